"""How does a paper reach a job, and its answer the desk? The desk writes, waits, measures, and believes nothing it is told."""

from __future__ import annotations

import array
import atexit
import fcntl
import json
import os
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from answerable.adapters.sandbox.failing import Cause, cause_of, failed, stumbled
from answerable.adapters.sandbox.limits import Layers, Limits
from answerable.errors import SandboxFailed

LIMITS = Limits()
_PROBE = "answerable.adapters.sandbox.probing:walls"
_PATIENCE = 60.0  # seconds a zygote may take to load, on a machine that is busy
_GRACE = 5.0  # seconds the keeper may be late
_PIECE = 1 << 20
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")


class Sandbox:
    """Runs jobs in children that are walled in. One zygote a sandbox, made when it is first needed, and safe for threads.

    `load` names the modules that are loaded before any paper comes; `view` names folders a job may read besides the
    program's own; `at_once` is how many jobs run at a time, by default as many as there are processors; `skip` leaves
    walls out, to see what holds without them. Close it, or leave it to the end of the process.
    """

    def __init__(
        self,
        *,
        load: tuple[str, ...] = (),
        view: tuple[str, ...] = (),
        at_once: int | None = None,
        skip: frozenset[str] = frozenset(),
    ) -> None:
        self._asked = {"load": [*load, "answerable.adapters.sandbox.probing"], "view": list(view), "skip": sorted(skip)}
        self._places = threading.BoundedSemaphore(at_once or max(2, os.cpu_count() or 2))
        self._lock = threading.Lock()
        self._zygote: _Zygote | None = None
        self._layers: Layers | None = None
        self.peak = 0
        """The most memory any job held so far, in bytes."""

    @property
    def is_possible(self) -> bool:
        """Whether this machine is of the kind whose kernel has these walls: Linux."""
        return sys.platform == "linux"

    def run(
        self, job: str, content: bytes, settings: Mapping[str, Any] | None = None, *, limits: Limits = LIMITS
    ) -> bytes:
        """Return what `job` ("module:function") gives for `content` and `settings`. Refuses with the cause: `SandboxFailed`.

        What comes back was made by a process that read the paper: check it as you would check the paper.
        """
        if not self.is_possible:
            raise failed(Cause.ABSENT, "Only Linux has these walls.")
        with self._places:
            running = _Run(limits)
            try:
                return running.answer(job, _written(content, settings or {}), self._started())
            finally:
                self.peak = max(self.peak, running.peak)

    def available(self) -> Layers:
        """Return which walls hold on this machine, found by trying them in a job. Asked once."""
        if self._layers is None:
            try:
                self._layers = Layers.model_validate_json(self.run(_PROBE, b""))
            except SandboxFailed as fault:
                self._layers = Layers(missing={"everything": f"{fault.what} {fault.why}"})
        return self._layers

    def start(self) -> None:
        """Let the zygote load what jobs need, while this process goes on with something else."""
        if self.is_possible:
            self._started()

    def close(self) -> None:
        """End the zygote. Jobs under way still give their answers; they end with this process."""
        with self._lock:
            if self._zygote:
                self._zygote.close()
                self._zygote = None

    def _started(self) -> _Zygote:
        with self._lock:
            if self._zygote is None or not self._zygote.is_there:
                self._zygote = _Zygote(self._asked)
            return self._zygote


class _Zygote:
    """The process from which jobs are forked, seen from the desk."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self._owner, self._lock = os.getpid(), threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "answerable.adapters.sandbox.zygote"],
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", start_new_session=True,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            )  # fmt: skip
        except OSError as fault:
            self._control.close()
            raise failed(Cause.ABSENT, f"No process can be started ({type(fault).__name__}).") from fault
        finally:
            theirs.close()
        atexit.register(self.close)
        self._is_ready = False
        with suppress(OSError):
            self._control.send(json.dumps(asked).encode())

    @property
    def is_there(self) -> bool:
        """Whether it can be handed a job: it lives, and was started by this very process."""
        return self._owner == os.getpid() and self._child.poll() is None

    def hand_over(self, message: bytes, handles: list[int]) -> None:
        """Hand it one job with its files."""
        with self._lock:
            self._wait_until_ready()
            rights = array.array("i", handles)
            self._control.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])

    def close(self) -> None:
        """End it; keepers and jobs that it started go on."""
        atexit.unregister(self.close)
        self._control.close()
        if self._owner == os.getpid():
            self._child.kill()
            self._child.wait()

    def _wait_until_ready(self) -> None:
        """Wait until it has loaded everything and left the machine. Refuses where it ended before."""
        if self._is_ready:
            return
        self._control.settimeout(_PATIENCE)
        said = b""
        with suppress(OSError):
            said = self._control.recv(65_536)
        self._control.settimeout(_GRACE)
        if not said:
            self.close()
            raise failed(Cause.ABSENT, "The process that starts the readers ended or did not come up.")
        self._is_ready = True


class _Run:
    """One job, from its start to its answer."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.peak = 0

    def answer(self, job: str, paper: int, zygote: _Zygote) -> bytes:
        leash, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        reading, writing = os.pipe()
        handles = [paper, writing, theirs.fileno()]
        message = json.dumps({"job": job, "limits": self._limits.model_dump(mode="json")}).encode()
        try:
            try:
                zygote.hand_over(message, handles)
            except OSError as fault:
                raise failed(Cause.ABSENT, "The process that starts the readers is gone.") from fault
            finally:
                theirs.close()
                os.close(writing)
                os.close(paper)
            return self._judged(self._read(reading), leash)
        finally:
            os.close(reading)
            leash.close()  # lets the job go, where it still runs

    def _read(self, reading: int) -> bytes:
        """Return what the job wrote. Refuses more than the limit, and a job that outlives its keeper."""
        pieces: list[bytes] = []
        size, until = 0, time.monotonic() + self._limits.wall + _GRACE
        with selectors.DefaultSelector() as ready:
            ready.register(reading, selectors.EVENT_READ)
            while True:
                if not ready.select(max(0.0, until - time.monotonic())):
                    raise failed(Cause.WALL, f"It took more than {self._limits.wall:g} s.")
                piece = os.read(reading, _PIECE)
                if not piece:
                    return b"".join(pieces)
                pieces.append(piece)
                size += len(piece)
                if size > self._limits.output:
                    raise failed(Cause.OUTPUT, f"Its reader gave more than {self._limits.output:,} bytes.")

    def _judged(self, answer: bytes, leash: socket.socket) -> bytes:
        ended = self._ended(leash)
        self.peak = int(ended["peak"]) if ended else 0
        if ended is not None and ended["status"] == 0 and answer[:1] == b"+":
            return answer[1:]
        if ended is not None and ended["status"] == 0 and answer[:1] == b"-":
            raise stumbled(_one_word(answer[1:]), self._limits)
        if ended is not None and ended["status"] == 0:
            raise failed(Cause.GARBLED, "It ended well, and its answer is none.")
        raise cause_of(ended, self._limits)

    def _ended(self, leash: socket.socket) -> dict[str, Any] | None:
        leash.settimeout(self._limits.wall + _GRACE)
        try:
            said = leash.recv(4096)
        except TimeoutError:
            raise failed(Cause.WALL, f"It took more than {self._limits.wall:g} s.") from None
        except OSError:
            return None
        return dict(json.loads(said)) if said else None


def _written(content: bytes, settings: Mapping[str, Any]) -> int:
    """Return a file in memory that holds settings and paper, and that nobody can change any more."""
    handle = os.memfd_create("paper", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    told = json.dumps(dict(settings)).encode()
    try:
        for part in (len(told).to_bytes(8, "big"), told, content):
            rest = memoryview(part)
            while rest:
                rest = rest[os.write(handle, rest) :]
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(handle, fcntl.F_ADD_SEALS, seals)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _one_word(said: bytes) -> str:
    """Return the kind of fault a job names, as letters alone: it may have been told what to say."""
    name = said[:60].decode("ascii", "replace")
    return name if name.isidentifier() else "unnamed"
