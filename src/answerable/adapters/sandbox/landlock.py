"""Which files may a job open? Only those beneath the folders of its view, to read; Landlock holds it to that.

Three system calls, see landlock(7): make a set of rules, add the folders, restrict this process. It needs no privilege.
They are asked for directly, because the packages that wrap them are unfinished or weeks old.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from answerable.adapters.sandbox import linux

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every kind of machine
_ASK_VERSION = 1
_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_FOLDER = 1, 4, 8
_TCP = 0b11  # bind, connect; from version 4
_SCOPES = 0b11  # abstract sockets and signals to others; from version 6


def version() -> int:
    """Return the version of Landlock that the kernel has. Refuses with `OSError` where it has none."""
    return linux.system_call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))


def close_files(view: Iterable[str], *, programs: bool) -> None:
    """Let this process read what lies beneath `view`, and nothing else; TCP is closed too where the kernel can."""
    kernel = version()
    rights = (1 << (13 + min(max(kernel - 1, 0), 2))) - 1 | (1 << 15 if kernel >= 5 else 0)
    rules = struct.pack("QQQ", rights, _TCP if kernel >= 4 else 0, _SCOPES if kernel >= 6 else 0)
    size = 8 if kernel < 4 else 16 if kernel < 6 else 24
    handle = linux.system_call(_CREATE, ctypes.create_string_buffer(rules[:size], size), ctypes.c_size_t(size), 0)
    try:
        for path in view:
            _allow(handle, path, _READ_FILE | (_EXECUTE if programs else 0))
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        linux.system_call(_RESTRICT, handle, ctypes.c_uint32(0))
    finally:
        os.close(handle)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        folder = _READ_FOLDER if stat.S_ISDIR(os.fstat(place).st_mode) else 0
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights | folder, place), 12)
        linux.system_call(_ADD, rules, _BENEATH, rule, ctypes.c_uint32(0))
    finally:
        os.close(place)
