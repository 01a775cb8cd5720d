"""How is a package closed so that only the authority opens it? age, streamed, written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyrage

from answerable.adapters.files import sync_folder
from answerable.errors import AnswerableError, SealFailed, VerificationFailed

_BUFFER = 1024 * 1024
_END = object()


class _Reader(io.RawIOBase):
    """A file to read from, over an iterator of pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")
        self.fault: AnswerableError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            try:
                piece = next(self._pieces, None)
            except AnswerableError as fault:
                # The sealing library would swallow which error it was.
                self.fault = fault
                raise
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        taken = min(len(target), len(self._rest))
        target[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken


class _Hashing(io.RawIOBase):
    """A file to write to, that counts and hashes what passes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.size, self.sha512 = file, 0, hashlib.sha512()

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.size += len(piece)
        self.sha512.update(piece)
        return self._file.write(piece)


class _Queue(io.RawIOBase):
    """A file to write to, whose pieces another thread takes; at most a few wait, so memory stays bounded."""

    def __init__(self) -> None:
        self.pieces: queue.Queue[object] = queue.Queue(maxsize=8)

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.pieces.put(bytes(piece))
        return len(piece)


def new_identity() -> tuple[str, str]:
    """Return a new identity and its recipient, both as text."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def encrypt(stream: Iterator[bytes], path: Path, recipients: Sequence[str]) -> tuple[int, str]:
    """Write `stream`, sealed to `recipients`, to `path`; return size and SHA-512 of the sealed file.

    After a crash or a full disk nothing at `path` looks whole that is not.
    """
    beside = path.with_name(f".{path.name}.part")
    source = _Reader(stream)
    try:
        keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", _BUFFER) as file:
            sealed = _Hashing(file)
            pyrage.encrypt_io(io.BufferedReader(source, _BUFFER), sealed, keys)
            file.flush()
            os.fsync(file.fileno())
    except (OSError, pyrage.RecipientError, pyrage.EncryptError) as fault:
        beside.unlink(missing_ok=True)
        if source.fault is not None:
            raise source.fault from fault
        raise SealFailed(
            "seal.not-written",
            what="The package could not be sealed.",
            why=f"{type(fault).__name__}: the disk is full or closed to us, or the authority's key cannot be read.",
            next_step="Make room or correct the key; nothing half-made was left, and the worker tries again.",
        ) from fault
    beside.replace(path)
    sync_folder(path.parent)
    return sealed.size, sealed.sha512.hexdigest()


def decrypt(path: Path, identity: str) -> Iterator[bytes]:
    """Yield what was sealed, in pieces. Refuses, possibly after some pieces, whatever was changed or is not for `identity`."""
    target = _Queue()
    faults: list[BaseException] = []

    def work() -> None:
        try:
            with path.open("rb") as file:
                pyrage.decrypt_io(file, target, [pyrage.x25519.Identity.from_str(identity.strip())])
        except BaseException as fault:
            faults.append(fault)
        target.pieces.put(_END)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while (piece := target.pieces.get()) is not _END:
        yield piece  # type: ignore[misc]
    thread.join()
    if faults:
        raise VerificationFailed(
            "answer.cannot-open",
            what="The answer cannot be opened",
            why="It was changed, cut short, or sealed to another key.",
            next_step="Fetch it again, and use the identity whose recipient stood in Section L.",
        ) from faults[0]
