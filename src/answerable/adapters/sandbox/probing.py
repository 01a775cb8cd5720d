"""Do the walls hold? A job that tries to get out, and tells what it met. It is handed no paper."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
from pathlib import Path
from typing import Any

from answerable.adapters.sandbox.limits import MIB

_AF_INET, _SOCK_DGRAM = 2, 2
_ELSEWHERE = ("/etc/passwd", "/proc/self/environ", "/etc/ssl", "/var", "/sys")


def walls(_: bytes, settings: dict[str, Any]) -> bytes:
    """Return, as JSON, which walls held against trying. `settings["missing"]` is what could not be put up."""
    missing: dict[str, str] = dict(settings["missing"])
    tried = {
        "network": {"network namespace": "network namespace" not in missing, "seccomp": _no_socket()},
        "files": {name: name not in missing and not _sees_more() for name in ("mount namespace", "landlock")},
        "processes": {
            "process namespace": os.getpid() == 1,
            "no rights": os.getuid() != 0 or "capabilities" not in missing,
            "no new privileges": "no new privileges" not in missing,
            "seccomp": _no_fork(),
        },
    }
    found = {part: [name for name, holds in each.items() if holds] for part, each in tried.items()}
    return json.dumps(found | {"missing": missing, "memory": _memory_ends(), "cpu": _processor_ends()}).encode()


def _no_socket() -> bool:
    """Whether the C library itself is refused a socket, before there is a question of where it leads."""
    library = ctypes.CDLL(None, use_errno=True)
    handle = library.socket(_AF_INET, _SOCK_DGRAM, 0)
    if handle >= 0:
        os.close(handle)
        return False
    return ctypes.get_errno() == errno.EPERM


def _sees_more() -> bool:
    """Whether anything can be read that is no part of the program, or anything be written."""
    try:
        os.close(os.open(f"/tmp/{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # noqa: S108
    except OSError:
        pass
    else:
        return True
    for path in _ELSEWHERE:
        try:
            if Path(path).is_dir():
                next(Path(path).iterdir(), None)
            else:
                Path(path).read_bytes()
        except OSError:
            continue
        return True
    return False


def _no_fork() -> bool:
    try:
        child = os.fork()
    except OSError:
        return True
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return False


def _memory_ends() -> bool:
    limit = resource.getrlimit(resource.RLIMIT_AS)[1]
    if limit == resource.RLIM_INFINITY:
        return False
    try:
        bytearray(limit + MIB)
    except MemoryError:
        return True
    return False


def _processor_ends() -> bool:
    return resource.getrlimit(resource.RLIMIT_CPU)[1] != resource.RLIM_INFINITY
