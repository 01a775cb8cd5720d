"""How is a stream sealed with OpenPGP? By Sequoia in a process of its own, which keeps memory bounded at any size."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from answerable.adapters.sealing.piping import BUFFER, Gathered, Pipe, Worker

_SCRIPT = Path(__file__).with_name("openpgp_process.py")


def seal(source: Pipe, target: Pipe, certificate: bytes) -> None:
    """Write what `source` gives to `target`, sealed to one certificate."""
    _between("seal", source, target, certificate)


def unseal(source: Pipe, target: Pipe, secret: bytes) -> None:
    """Write what was sealed to `target`. `secret` is the key without a passphrase, armoured or not."""
    _between("open", source, target, secret)


def _between(verb: str, source: Pipe, target: Pipe, key: bytes) -> None:
    command = [sys.executable, "-I", str(_SCRIPT), verb]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
    ) as process:
        assert process.stdin and process.stdout  # noqa: S101 - both are asked for above
        _widen(process.stdin)
        _widen(process.stdout)
        feeding = Worker(lambda: _feed(process, source, key), source)
        try:
            gathered = Gathered(target)
            while piece := process.stdout.read(BUFFER):
                gathered.write(piece)
            gathered.flush()
        except BaseException:
            process.kill()
            source.break_off()
            raise
        finally:
            feeding.join()
    if feeding.fault or process.returncode:
        raise OSError(f"OpenPGP could not {verb} it") from feeding.fault


def _feed(process: subprocess.Popen[bytes], source: Pipe, key: bytes) -> None:
    assert process.stdin  # noqa: S101 - asked for above
    try:
        with process.stdin as stdin:
            _write_all(stdin, len(key).to_bytes(8, "big") + key)
            for piece in source.pieces():
                _write_all(stdin, piece)
    except BaseException:
        # It would take the end of its input for the end of the answer, and close a half one in good order.
        process.kill()
        raise


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a mebibyte where the system can: each side then waits a sixteenth as often."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # What all pipes of a user may hold is bounded.
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, BUFFER)


def _write_all(file: object, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]  # type: ignore[attr-defined]
