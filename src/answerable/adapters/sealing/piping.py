"""How do two threads work on one stream? One writes, the other reads, a few pieces apart, so that memory stays bounded."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import BinaryIO

BUFFER = 1024 * 1024
# Whoever has hashed or written a piece waits for the interpreter: pieces this large make few waits.
PIECE = 4 * BUFFER
_SYNCED = 16 * BUFFER


class BrokenOff(OSError):
    """The other side of a pipe has stopped: how a thread comes to know of a fault that is not its own."""


class Pipe(io.RawIOBase):
    """What one thread writes and another reads. Where either side stops, the other gets `OSError` and does not hang."""

    def __init__(self, room: int = 4 * PIECE) -> None:
        self._pieces: deque[bytes] = deque()
        self._held, self._room = 0, room
        self._changed = threading.Condition()
        self._rest = memoryview(b"")
        self.is_broken = self._is_finished = False

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes | memoryview) -> int:  # type: ignore[override]
        held = bytes(piece)
        with self._changed:
            self._changed.wait_for(lambda: self.is_broken or self._held < self._room)
            if self.is_broken:
                raise BrokenOff
            if held:
                self._pieces.append(held)
                self._held += len(held)
            self._changed.notify_all()
        return len(held)

    def finish(self) -> None:
        """Say that all is written."""
        with self._changed:
            self._is_finished = True
            self._changed.notify_all()

    def break_off(self) -> None:
        """Say that this side stops before the end."""
        with self._changed:
            self.is_broken = True
            self._changed.notify_all()

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = self._next()
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        taken = min(len(target), len(self._rest))
        target[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken

    def pieces(self) -> Iterator[bytes]:
        """Yield what is written, as it was written."""
        while (piece := self._next()) is not None:
            yield piece

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self.is_broken or self._is_finished or self._pieces)
            if self.is_broken:
                raise BrokenOff
            piece = self._pieces.popleft() if self._pieces else None
            self._held -= len(piece or b"")
            self._changed.notify_all()
        return piece


class Gathered:
    """What writes to a pipe in chunks, so that the other side gets pieces. `flush` gives it the last."""

    def __init__(self, target: Pipe) -> None:
        self._target, self._chunks, self._size = target, list[bytes](), 0

    def write(self, chunk: bytes) -> int:
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size >= PIECE:
            self.flush()
        return len(chunk)

    def flush(self) -> None:
        self._target.write(b"".join(self._chunks))
        self._chunks, self._size = [], 0


class Worker:
    """A thread whose fault is not lost. `pipes` are broken off where it stops, so that nobody waits for it.

    `is_first` says of a fault that no pipe was broken off before: libraries give `BrokenOff` other names on its way.
    """

    def __init__(self, work: Callable[[], object], *pipes: Pipe) -> None:
        self.fault: BaseException | None = None
        self.is_first = False
        self._work, self._pipes = work, pipes
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as fault:
            self.fault, self.is_first = fault, not any(pipe.is_broken for pipe in self._pipes)
            for pipe in self._pipes:
                pipe.break_off()


class Written:
    """A file that is being written: its size and SHA-512, known once all is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._sha512, self.size = file, hashlib.sha512(), 0
        self._begun = 0

    @property
    def sha512(self) -> str:
        """The digest so far, 128 hexadecimal digits."""
        return self._sha512.hexdigest()

    def take(self, pieces: Iterator[bytes]) -> None:
        """Hash and write every piece."""
        for piece in pieces:
            self.size += len(piece)
            self._sha512.update(piece)
            self._file.write(piece)
            if self.size - self._begun >= _SYNCED:
                self._begin_syncing()

    def _begin_syncing(self) -> None:
        """Have the disk begin on what is written, so that little is left to wait for at the end; nothing fails here."""
        if hasattr(os, "posix_fadvise"):  # Linux begins to write what it is told to forget.
            with suppress(OSError):  # It is advice: a file system need not take it.
                os.posix_fadvise(self._file.fileno(), self._begun, self.size - self._begun, os.POSIX_FADV_DONTNEED)
        self._begun = self.size
