"""Jobs that try to get out, to take too much, or to end badly. They are named by the tests and run behind the walls."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any


def echo(content: bytes, settings: dict[str, Any]) -> bytes:
    return content + settings.get("more", "").encode()


def says_who(_: bytes, settings: dict[str, Any]) -> bytes:
    seen = {path: _can(lambda path=path: next(Path(path).iterdir(), None)) for path in settings["folders"]}
    seen |= {path: _can(lambda path=path: Path(path).read_bytes()) for path in settings["files"]}
    files = sorted(int(number) for number in range(256) if _is_open(number))
    return json.dumps(
        {"uid": os.getuid(), "pid": os.getpid(), "seen": seen, "open": files, "environment": dict(os.environ)}
    ).encode()


def reaches_out(_: bytes, settings: dict[str, Any]) -> bytes:
    """Try every way to a listening port that a library of C could take; return the name of the first that works."""
    address, library = ("127.0.0.1", settings["port"]), ctypes.CDLL(None, use_errno=True)
    ways = {
        "python": lambda: socket.create_connection(address, timeout=3).close(),
        "datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"out", address),
        "unix": lambda: socket.socket(socket.AF_UNIX).connect(settings["unix"]),
        "abstract unix": lambda: socket.socket(socket.AF_UNIX).connect("\0" + settings["abstract"]),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "c": lambda: _connects(library, settings["port"]),
        "io_uring": lambda: _checked(library.syscall(425, 8, ctypes.create_string_buffer(120))),
    }
    return json.dumps([name for name, way in ways.items() if _can(way)]).encode()


def does_harm(_: bytes, settings: dict[str, Any]) -> bytes:
    """Try what a job has no need of; return what worked."""
    library = ctypes.CDLL(None, use_errno=True)
    ways = {
        "fork": lambda: os.fork() or os._exit(0),
        "program": lambda: subprocess.run(["/usr/bin/true"], check=True),
        "kill": lambda: os.kill(settings["pid"], 0),
        "write": lambda: Path("/tmp/answerable-was-here").write_text("x"),
        "write beside": lambda: Path(settings["folder"], "x").write_text("x"),
        "namespace": lambda: _checked(library.unshare(0x10000000)),
        "trace": lambda: _checked(library.ptrace(16, settings["pid"], 0, 0)),
        "mount": lambda: _checked(library.mount(b"none", b"/", b"tmpfs", 0, None)),
        "root": lambda: os.setuid(0),
        "more memory": lambda: __import__("resource").setrlimit(9, (-1, -1)),
    }
    return json.dumps([name for name, way in ways.items() if _can(way)]).encode()


def takes_memory(_: bytes, settings: dict[str, Any]) -> bytes:
    return b"".join([bytes(1 << 20)] * 4096)[:1]


def takes_memory_in_c(_: bytes, settings: dict[str, Any]) -> bytes:
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    for _ in range(4096):
        place = library.malloc(ctypes.c_size_t(1 << 20))
        ctypes.memset(place, 1, 1 << 20)  # a null pointer is written to, as careless code does
    return b""


def computes(_: bytes, settings: dict[str, Any]) -> bytes:
    while True:
        pass


def sleeps(_: bytes, settings: dict[str, Any]) -> bytes:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(3600)
    return b""


def naps(_: bytes, settings: dict[str, Any]) -> bytes:
    time.sleep(0.5)
    return b"awake"


def crashes(_: bytes, settings: dict[str, Any]) -> bytes:
    ctypes.string_at(8)
    return b""


def aborts(_: bytes, settings: dict[str, Any]) -> bytes:
    os.abort()


def leaves(_: bytes, settings: dict[str, Any]) -> bytes:
    os._exit(settings.get("code", 0))


def talks(_: bytes, settings: dict[str, Any]) -> bytes:
    return bytes(settings["size"])


def stumbles(_: bytes, settings: dict[str, Any]) -> bytes:
    raise ValueError("a secret of the paper")


def prints(_: bytes, settings: dict[str, Any]) -> bytes:
    print("on the screen")  # noqa: T201
    os.write(1, b"in the way")
    os.write(2, b"in the way")
    return b"said"


def _connects(library: ctypes.CDLL, port: int) -> None:
    handle = _checked(library.socket(2, 1, 0))
    place = (2).to_bytes(2, "little") + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    _checked(library.connect(handle, place, 16))


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def _can(way) -> bool:
    try:
        way()
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return True


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
