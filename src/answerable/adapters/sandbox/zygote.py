"""Where do jobs come from? One process that has loaded everything a job needs, and never sees a byte of a paper.

    desk ──socket──▸ zygote ──fork──▸ keeper ──fork──▸ job

1  the zygote loads the program, leaves the machine's network and files, and says which walls are missing
2  for each job it is handed a name, limits and three files: the paper, where the answer goes, the leash
3  the keeper forks the job into a namespace of its own and holds its time; when the leash is let go, the job ends
4  the job walls itself in, reads the paper, writes its answer and ends

Started as `python -m answerable.adapters.sandbox.zygote` with the socket as file 0.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from answerable.adapters.sandbox import namespaces
from answerable.adapters.sandbox.confining import confine
from answerable.adapters.sandbox.limits import Limits
from answerable.adapters.sandbox.view import view

_LONGEST_MESSAGE = 65_536
_PAPER, _ANSWER, _KEEPER = 3, 4, 5


def main() -> None:
    """Serve jobs until the desk lets go of the socket."""
    control = socket.socket(fileno=os.dup(0))
    _nothing_on(0, 1)
    asked = json.loads(control.recv(_LONGEST_MESSAGE))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the desk, which then lets go
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers that end are gone at once
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")  # a machine out of memory ends these first
    for name in asked["load"]:
        importlib.import_module(name)
    gc.freeze()  # what is loaded stays shared with every job
    walls = _Walls(view(tuple(asked["view"])), frozenset(asked["skip"]), {})
    walls.missing.update(namespaces.leave(walls.view, skip=walls.skip))
    control.send(b"{}")
    while _next_job(control, walls):
        pass


@dataclass(frozen=True, slots=True)
class _Walls:
    view: tuple[str, ...]
    skip: frozenset[str]
    missing: dict[str, str]


def _next_job(control: socket.socket, walls: _Walls) -> bool:
    message, handles, _, _ = socket.recv_fds(control, _LONGEST_MESSAGE, 3)
    if not message:
        return False
    keeper = os.fork()
    if keeper == 0:
        try:
            control.close()
            _as_keeper(json.loads(message), handles, walls)
        finally:
            os._exit(71)  # a keeper never comes back to serve
    for handle in handles:
        os.close(handle)
    return True


def _as_keeper(asked: dict[str, object], handles: list[int], walls: _Walls) -> None:
    """Hold one job: end it when its time is over or the leash is let go, and say how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    paper, answer, leash = handles
    limits = Limits.model_validate(asked["limits"])
    walls.missing.update(namespaces.own_processes(skip=walls.skip))
    started = time.monotonic()
    keeper_ends, _ = os.pipe()  # the other end is this process's own, and closes with it
    job = os.fork()
    if job == 0:
        _as_job(str(asked["job"]), (paper, answer, keeper_ends), limits, walls=walls)
    os.close(paper)
    os.close(answer)
    over = _wait(job, leash, limits.wall)
    _, status, used = os.wait4(job, 0)
    ended = {
        "status": os.waitstatus_to_exitcode(status),
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss * 1024,
        "wall": time.monotonic() - started,
        "over": over,
    }
    with suppress(OSError):
        os.write(leash, json.dumps(ended).encode())
    os._exit(0)


def _wait(job: int, leash: int, wall: float) -> bool:
    """Wait for the end of `job`, and end it where its time is over or nobody waits for it. Return whether it was ended."""
    ends = os.pidfd_open(job)
    watch = select.poll()
    watch.register(ends, select.POLLIN)
    watch.register(leash, select.POLLIN | select.POLLHUP)
    happened = {handle for handle, _ in watch.poll(wall * 1000)}
    if ends in happened:
        return False
    with suppress(OSError):
        os.killpg(job, signal.SIGKILL)  # its own group, where it came so far
    os.kill(job, signal.SIGKILL)
    return True


def _as_job(name: str, handles: tuple[int, int, int], limits: Limits, *, walls: _Walls) -> None:
    """Wall this process in, do the job, write the answer. Never returns."""
    try:
        os.setsid()
        _nothing_on(0, 1, 2)
        high = [fcntl.fcntl(handle, fcntl.F_DUPFD, 20) for handle in handles]
        for handle, place in zip(high, (_PAPER, _ANSWER, _KEEPER), strict=True):
            os.dup2(handle, place)
        os.closerange(_KEEPER + 1, 1024)
        missing = walls.missing | confine(limits, walls.view, skip=walls.skip)
        if select.select([_KEEPER], [], [], 0)[0]:
            return  # the keeper ended before this process was bound to end with it
        settings, content = _handed_over(_PAPER)
        _write(_answer(name, content, settings | {"missing": missing}))
    finally:
        os._exit(70)  # reached only when the answer itself could not be written


def _answer(name: str, content: bytes, settings: dict[str, object]) -> bytes:
    """Return "+" and what the job gives, or "-" and the kind of what stopped it. Never its text: that may quote the paper."""
    module, _, function = name.partition(":")
    try:
        given: bytes = getattr(importlib.import_module(module), function)(content, settings)
        return b"+" + given
    except BaseException as fault:  # the answer says so; nothing else hears of it
        return b"-" + type(fault).__name__.encode()


def _handed_over(handle: int) -> tuple[dict[str, object], bytes]:
    """Return settings and paper as the desk wrote them: eight bytes of length, the settings, the paper."""
    size = os.fstat(handle).st_size
    length = int.from_bytes(os.pread(handle, 8, 0), "big")
    settings = json.loads(os.pread(handle, length, 8))
    return settings, os.pread(handle, size - 8 - length, 8 + length)


def _write(answer: bytes) -> None:
    rest = memoryview(answer)
    while rest:
        rest = rest[os.write(_ANSWER, rest) :]
    os._exit(0)


def _nothing_on(*handles: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for handle in handles:
        os.dup2(nothing, handle)
    if nothing not in handles:
        os.close(nothing)


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, ConnectionResetError):
        sys.exit(0)
