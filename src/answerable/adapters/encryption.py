"""How is a package closed so that only the authority opens it? As one stream, written whole or not at all.

Three threads share the work: one makes the answer, one seals it, one hashes and writes what was sealed. A fourth may hash
what is made (`sealing.hashing`).
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from answerable.adapters.clock import now
from answerable.adapters.files import sync_folder
from answerable.adapters.sealing import age, cms, openpgp
from answerable.adapters.sealing.age import new_identity
from answerable.adapters.sealing.piping import BUFFER, BrokenOff, Pipe, Worker, Written
from answerable.adapters.sealing.recipients import Recipient, recipient, unfit
from answerable.casefile.recipient import SealKind
from answerable.errors import AnswerableError, SealFailed, VerificationFailed

__all__ = ["Opening", "decrypt", "encrypt", "new_identity"]

# Seconds. The libraries that seal hold the interpreter until another thread asks for it, and by Python's own interval none
# asks for five milliseconds: as long as it hashes two mebibytes.
_ASKED_FOR_AFTER = 0.0005
_ASKING, _BEFORE = Lock(), list[float]()


def encrypt(stream: Iterator[bytes], path: Path, recipients: Sequence[str]) -> tuple[int, str]:
    """Write `stream`, sealed to `recipients`, to `path`; return size and SHA-512 of the sealed file.

    Several recipients may be of age only. After a crash or a full disk nothing at `path` looks whole that is not.
    """
    to = [recipient(each, at=now()) for each in recipients]
    beside = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", BUFFER) as file:
            written = Written(file)
            with _asking_soon():
                _through(stream, written, _sealing(to))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException as fault:
        beside.unlink(missing_ok=True)
        if isinstance(fault, AnswerableError) or not isinstance(fault, Exception):
            raise
        raise SealFailed(
            "seal.not-written",
            what="The package could not be sealed.",
            why=f"{type(fault).__name__}: the disk is full or closed to us, or the answer could not be made or sealed.",
            next_step="Make room; nothing half-made was left, and the worker tries again.",
        ) from fault
    sync_folder(path.parent)
    return written.size, written.sha512


@contextmanager
def _asking_soon() -> Iterator[None]:
    """Have threads ask for the interpreter soon. It holds for the whole process, so that whoever seals last puts it back."""
    with _ASKING:
        _BEFORE.append(sys.getswitchinterval())
        sys.setswitchinterval(min(_BEFORE[-1], _ASKED_FOR_AFTER))
    try:
        yield
    finally:
        with _ASKING:
            sys.setswitchinterval(_BEFORE.pop())


def _sealing(to: Sequence[Recipient]) -> Callable[[Pipe, Pipe], None]:
    if len({each.kind for each in to}) != 1 or (len(to) > 1 and to[0].kind != "age"):
        raise unfit("An answer has one certificate, or one or more recipients of age.")
    if to[0].kind == "age":
        return lambda source, target: age.seal(source, target, [each.name for each in to])
    if to[0].kind == "openpgp":
        return lambda source, target: openpgp.seal(source, target, to[0].key)  # type: ignore[arg-type]
    return lambda source, target: cms.seal(source, target, to[0].key)  # type: ignore[arg-type]


def _through(stream: Iterator[bytes], written: Written, seal: Callable[[Pipe, Pipe], None]) -> None:
    """Lead `stream` through `seal` into `written`. A fault of any of the three stops the other two, and is raised."""
    plain, sealed = Pipe(), Pipe()

    def sealing() -> None:
        seal(plain, sealed)
        sealed.finish()

    workers = (Worker(sealing, plain, sealed), Worker(lambda: written.take(sealed.pieces()), sealed))
    try:
        for piece in stream:
            plain.write(piece)
        plain.finish()
    except BrokenOff:
        _joined(workers)
        raise _cause(workers) or OSError("sealing stopped") from None
    except BaseException:
        plain.break_off()
        _joined(workers)
        raise
    _joined(workers)
    if fault := _cause(workers):
        raise fault


def _joined(workers: Sequence[Worker]) -> None:
    for worker in workers:
        worker.join()


def _cause(workers: Sequence[Worker]) -> BaseException | None:
    """Return what went wrong first: a pipe that broke off is only how the others came to know of it."""
    faulty = sorted((each for each in workers if each.fault), key=lambda each: not each.is_first)
    return faulty[0].fault if faulty else None


class Opening:
    """A sealed file that is being opened. `sha512` is that of the sealed file, known once `pieces` is used up."""

    def __init__(self, path: Path, identity: str | bytes) -> None:
        self._path = path
        self._identity = identity.encode() if isinstance(identity, str) else identity
        self.sha512 = ""

    def pieces(self) -> Generator[bytes, None, None]:
        """Yield what was sealed. Refuses, possibly after some pieces, whatever was changed or is not for this identity."""
        source, target = Pipe(), Pipe()

        def opening() -> None:
            _unsealing(self._path)(source, target, self._identity)
            target.finish()

        workers = (Worker(lambda: self._feed(source), source), Worker(opening, source, target))
        try:
            yield from target.pieces()
        except OSError as fault:
            source.break_off()
            _joined(workers)
            raise cannot_open() from (workers[1].fault or fault)
        except GeneratorExit:
            source.break_off()
            target.break_off()
            raise
        _joined(workers)
        if workers[0].fault or workers[1].fault:
            raise cannot_open() from (workers[0].fault or workers[1].fault)

    def _feed(self, source: Pipe) -> None:
        sha512 = hashlib.sha512()
        with self._path.open("rb", 0) as file:
            while piece := file.read(BUFFER):
                source.write(piece)
                sha512.update(piece)
        self.sha512 = sha512.hexdigest()
        source.finish()


def decrypt(path: Path, identity: str | bytes) -> Iterator[bytes]:
    """Yield what was sealed, in pieces. Refuses, possibly after some pieces, whatever was changed or is not for `identity`."""
    return Opening(path, identity).pieces()


def sealed_kind(path: Path) -> SealKind:
    """Return how a file was sealed, by its first bytes."""
    with path.open("rb") as file:
        begins = file.read(len(age.BEGINS))
    if begins == age.BEGINS:
        return "age"
    return "cms" if begins.startswith(cms.BEGINS) else "openpgp"


def _unsealing(path: Path) -> Callable[[Pipe, Pipe, bytes], None]:
    return {"age": age.unseal, "cms": cms.unseal, "openpgp": openpgp.unseal}[sealed_kind(path)]


def cannot_open() -> VerificationFailed:
    """Return the error for an answer that does not open."""
    return VerificationFailed(
        "answer.cannot-open",
        what="The answer cannot be opened",
        why="It was changed, cut short, or sealed to another key.",
        next_step="Fetch it again, and use the identity whose recipient stood in Section L.",
    )
