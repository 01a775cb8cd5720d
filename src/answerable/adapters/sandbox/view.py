"""Which files does a job need? The program itself, its libraries and fonts; nothing that belongs to a desk."""

from __future__ import annotations

import stat
import sys
import sysconfig
from pathlib import Path

import answerable

_OF_THE_MACHINE = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache")
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/usr/share/poppler")
_PROGRAMS = ("/usr/bin/pdftoppm",)
_LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")


def view(more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the folders and files that a job may read, those above before those beneath, without doubles."""
    ours = {str(Path(sysconfig.get_path(name))) for name in _LIBRARIES}
    ours |= {str(Path(sys.base_prefix, "lib")), str(Path(answerable.__file__).resolve().parent)}
    found = sorted({*ours, *_OF_THE_MACHINE, *_FONTS, *_PROGRAMS, *more})
    return tuple(path for path in found if Path(path).exists() and not _is_beneath(path, found))


def is_open_to_all(paths: tuple[str, ...]) -> bool:
    """Whether an account without any rights could read them: every folder above lets everybody pass."""
    above = {folder for path in paths for folder in Path(path).resolve().parents}
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in above)


def _is_beneath(path: str, others: list[str]) -> bool:
    return any(other != path and Path(path).is_relative_to(other) for other in others)
