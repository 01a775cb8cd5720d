"""Where does a published log lie, and how is a file put there so that nobody ever sees half of it, or another one?

A folder or a bucket, with the same four promises. What is added is never replaced; the checkpoint is swapped only for the one
that was there; nothing is swapped before a barrier; a fault of a barrier is never followed by reading back.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from answerable.adapters.files import is_unfinished, sync_folder, unfinished, write_whole
from answerable.errors import LogHalted, NotConfigured
from answerable.verify.tree import changed_meanwhile

_OPEN = 64
"""How many files may lie open beside their places."""


class Source(Protocol):
    """Where a log is read from."""

    def read(self, path: str) -> bytes | None:
        """Return a file, or None where there is none."""

    def paths(self) -> Iterator[str]:
        """Yield the path of every file."""


class Store(Source, Protocol):
    """Where a log is published."""

    def add(self, path: str, content: bytes) -> None:
        """Put an immutable file there. Halts where one with other bytes is there."""

    def barrier(self) -> None:
        """Make everything that was added durable."""

    def give_up(self) -> None:
        """Let go of what was added since the last barrier: it is not wanted."""

    def swap(self, path: str, content: bytes, *, before: bytes | None) -> None:
        """Replace a file that still holds `before`. Halts where it does not."""


class LocalStore:
    """A folder. Every file has the time zero, because the time of a file would tell when something happened.

    What is added lies beside its place until the barrier: so the disk writes many files at once, and none has its name
    before all of it is durable. A file stays open until then, because only who has it open is sure to be told of a fault.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._touched: set[Path] = set()
        self._placed: set[Path] = {folder}
        self._beside: dict[Path, BinaryIO] = {}

    def read(self, path: str) -> bytes | None:
        try:
            # Twice as fast as by way of a Path, and a check opens every file of a log.
            with open(f"{self.folder}/{path}", "rb", buffering=0) as file:  # noqa: PTH123
                return file.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def add(self, path: str, content: bytes) -> None:
        target = self.folder / path
        with self._closing_on_fault():
            if target in self._beside or len(self._beside) >= _OPEN:
                self._settle()
            held = self.read(path)
            if held is None:
                self._write(target, content)
            elif held != content:
                raise file_differs(path)

    def barrier(self) -> None:
        with self._closing_on_fault():
            self._settle()
        touched, self._touched = self._touched, set()
        for folder in sorted(touched, key=lambda each: len(each.parts), reverse=True):
            sync_folder(folder)
        self._placed |= touched

    def give_up(self) -> None:
        written = list(self._beside)
        self._close()
        for target in written:
            unfinished(target).unlink(missing_ok=True)

    def swap(self, path: str, content: bytes, *, before: bytes | None) -> None:
        if self.read(path) != before:
            raise swapped(path)
        write_whole(self.folder / path, content, mode=0o644, timeless=True)

    def paths(self) -> Iterator[str]:
        return _files_below(self.folder, "") if self.folder.is_dir() else iter(())

    def clear_unfinished(self) -> None:
        """Take away the halves of writes that a crash left behind."""
        for left in [each for each in self.folder.rglob("*") if is_unfinished(each.name)]:
            left.unlink()

    def _write(self, target: Path, content: bytes) -> None:
        if target.parent not in self._touched:
            self._make(target.parent)
        handle = os.open(unfinished(target), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        self._beside[target] = file = os.fdopen(handle, "wb")
        file.write(content)
        file.flush()
        os.utime(file.fileno(), (0, 0))
        if start_writing := getattr(os, "posix_fadvise", None):
            start_writing(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def _make(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        self._touched.add(parent)
        for folder in (parent, *parent.parents):
            if folder in self._placed:
                break  # its own name is durable: this store made it so, or it is where the log lies
            self._touched.add(folder.parent)

    def _settle(self) -> None:
        """Make what lies beside its place durable, and then put it there."""
        for file in self._beside.values():
            os.fsync(file.fileno())
        written = list(self._beside)
        self._close()
        for target in written:
            unfinished(target).replace(target)

    @contextmanager
    def _closing_on_fault(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        beside, self._beside = self._beside, {}
        for file in beside.values():
            with suppress(OSError):  # what is durable is already, and of what is not the caller is being told
                file.close()


def _files_below(folder: Path | str, before: str) -> Iterator[str]:
    """Yield what lies in a folder in the order of names. A large log has many files: no more is asked of the disk than must be."""
    with os.scandir(folder) as found:
        held = sorted(found, key=lambda each: each.name)
    for each in held:
        if each.is_dir(follow_symlinks=False):
            yield from _files_below(each.path, f"{before}{each.name}/")
        elif each.is_file() and not is_unfinished(each.name):
            yield f"{before}{each.name}"


class Files(Mapping[str, bytes]):
    """The files of a store by path, each read when it is asked for: a large log is checked without holding it.

    Checkpoint and key are held, so that a log that grows meanwhile stays the one that was checked. What was opened must be
    the same when it is read again; of bundles and tiles, which are many, the checked tree sees to that.
    """

    def __init__(self, store: Source) -> None:
        self._store = store
        self._paths = dict.fromkeys(store.paths())
        self._held: dict[str, bytes] = {}
        self._digests: dict[str, bytes] = {}

    def __getitem__(self, path: str) -> bytes:
        if path in self._held:
            return self._held[path]
        content = self._store.read(path) if path in self._paths else None
        if content is None:
            raise KeyError(path)
        if "/" not in path:
            self._held[path] = content
        elif path.startswith("opening/"):
            digest = hashlib.sha256(content).digest()
            if self._digests.setdefault(path, digest) != digest:
                raise changed_meanwhile(path)
        return content

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def file_differs(path: str) -> LogHalted:
    """Return what is raised where an immutable file has other bytes."""
    return halted("log.file-differs", f"{path} holds other bytes than the log gives.")


def swapped(path: str) -> LogHalted:
    """Return what is raised where somebody else wrote the checkpoint."""
    return halted("log.two-signers", f"{path} is not the one that was read: something else writes to this log.")


def halted(code: str, why: str) -> LogHalted:
    """Return what is raised before anything wrong is signed."""
    return LogHalted(
        code,
        what="The log was halted before it signed.",
        why=why,
        next_step="Bring back the newest database of this desk, never an older one; docs/run/recovery.md says how.",
    )


def cannot_reach(fault: Exception) -> NotConfigured:
    """Return what is raised where a place of the log does not answer."""
    return NotConfigured(
        "publish.cannot-reach",
        what="The place of the published log cannot be reached.",
        why=f"It answered with {type(fault).__name__}.",
        next_step="Look at its address, its keys (AWS_ACCESS_KEY_ID and the like) and its rights, and try again.",
    )
