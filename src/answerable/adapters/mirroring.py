"""How does a log get from one place to another, without a step back and without a file that does not hold?

1  all of the source is checked first, and what is read again must be what was checked
2  what stands at the target must be a prefix of it
3  entries, tiles and openings are copied, made durable and read back
4  the checkpoint is swapped last
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from answerable.adapters.at_once import Answer, Part, at_once
from answerable.adapters.log_files import copy_tree, would_fork
from answerable.adapters.log_stores import Files, LocalStore, Source, Store, halted
from answerable.adapters.log_web import WebSource
from answerable.adapters.steps import OnStep, silent, told
from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, note, tiles
from answerable.public_log.quorum import Quorum
from answerable.verify.log import VerifiedLog, verify_log
from answerable.verify.tree import AT_A_TIME

_WORTH = 4096
"""From that many files on, half a million entries, a second process saves more time than its start takes."""


def open_source(place: str) -> Source:
    """Return what reads a log from a folder, an address of S3, or an address of the web."""
    return WebSource(place) if place.startswith(("http://", "https://")) else open_store(place)


def open_store(place: str) -> Store:
    """Return what publishes a log to a folder or an address of S3. Refuses an address of the web."""
    if place.startswith(("http://", "https://")):
        raise halted("log.read-only", "A server of static files is read from, not published to.")
    if place.startswith("s3://"):
        from answerable.adapters.log_buckets import BucketStore

        return BucketStore(place)
    return LocalStore(Path(place))


def check_place(
    place: str, *, key: str | None = None, quorum: Quorum | None = None, on_step: OnStep = silent
) -> VerifiedLog:
    """Return what holds of the log that is published at `place`: everything is computed again from its files."""
    return _checked(Files(open_source(place)), key=key, quorum=quorum, on_step=on_step)


def copy(source: Source, target: Store, *, key: str | None = None, on_step: OnStep = silent) -> tuple[VerifiedLog, int]:
    """Copy a log that holds, and return it with how many files were new. What does not hold is returned, and not copied."""
    files = Files(source)
    log = _checked(files, key=key, on_step=on_step)  # 1
    if not log.passed or log.tree is None:
        return log, 0
    if probe := getattr(target, "probe", None):
        probe()
    before = target.read("checkpoint")
    if before is not None and not log.begins_with(_head(before, log)):
        raise would_fork()  # 2
    return log, copy_tree(files, target, tree=log.tree, on_step=on_step)  # 3, 4


def _checked(files: Files, *, key: str | None, quorum: Quorum | None = None, on_step: OnStep) -> VerifiedLog:
    def each(work: Callable[[Part], Answer], parts: Iterable[Part]) -> Iterator[Answer]:
        found = at_once(work, parts, worth=len(files) >= _WORTH)
        return told(found, on_step, "entries hashed", each=AT_A_TIME * tiles.WIDTH)

    return verify_log(files, expected_key=key, quorum=quorum, each=each)


def _head(signed: bytes, log: VerifiedLog) -> checkpoint.TreeHead:
    try:
        return checkpoint.parse(note.open_note(signed, log.verifiers))
    except VerificationFailed as fault:
        raise halted("log.checkpoint-unreadable", "The checkpoint at the target is not one of this log.") from fault
