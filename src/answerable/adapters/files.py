"""How does a file come to be whole or not at all? Write beside, sync, rename, sync the folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_UNFINISHED = ".part"


def is_unfinished(name: str) -> bool:
    """Whether a file of this name is the half of a write that a crash left behind."""
    return name.startswith(".") and name.endswith(_UNFINISHED)


def unfinished(path: Path) -> Path:
    """Return where the content of a file lies until all of it is there."""
    return path.with_name(f".{path.name}{_UNFINISHED}")


def write_whole(path: Path, content: bytes | Iterable[bytes], *, mode: int = 0o600, timeless: bool = False) -> None:
    """Put `content` at `path` durably: after a crash the old file or the new one is there, never half of one.

    A `timeless` file carries the time zero, because the time of a published file would tell when something happened.
    """
    beside = unfinished(path)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.writelines([content] if isinstance(content, bytes) else content)
        file.flush()
        if timeless:
            os.utime(file.fileno(), (0, 0))
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def write_once(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Put `content` at `path` unless something is there already."""
    if not path.exists():
        write_whole(path, content, mode=mode)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
