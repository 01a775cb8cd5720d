"""What does the worker do beside cases and log? Errands: closing a half-year, copying the log to where everybody reads it,
taking in what an access point laid down.

What goes wrong with one is set down for the doctor, and holds up nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from answerable.adapters.log_stores import LocalStore
from answerable.adapters.mirroring import copy, open_store
from answerable.desk.jobs import as_row, unexpected
from answerable.desk.models import Errand
from answerable.desk.moves.handing_over import take_handed_over
from answerable.desk.moves.reporting import close_period
from answerable.desk.queries.errands import closes_from, unpublished_periods
from answerable.desk.wiring import Desk
from answerable.errors import AnswerableError, LogHalted, NotConfigured

# A tick may be writing while the tree is read: what does not hold then is looked at again, after so many seconds.
_LOOKED_AT_AGAIN = (0.0, 0.5, 2.0)


def close_due_periods(desk: Desk) -> Iterator[str]:
    """Close each half-year that is over for as many days as the settings say, and yield its name; none where they say nothing."""
    for period in unpublished_periods(desk):
        due = closes_from(desk, period)
        if due and desk.now() >= due and _done(desk, Errand.REPORT, partial(close_period, desk, period)):
            yield period.name


def copy_out(desk: Desk) -> bool:
    """Copy the published tree to the place that the settings name, and return whether it stands there now."""
    return _done(desk, Errand.COPY, partial(_copy, desk, desk.settings.publish_to or ""))


def look_at_access_point(desk: Desk, on_step: Callable[[str, str], None]) -> bool:
    """Take in what a State's own system handed over, and return whether the folder could be looked at."""

    def look() -> None:
        for said in take_handed_over(desk):
            on_step("handed over", said)

    return _done(desk, Errand.HANDED_OVER, look)


def published_checkpoint(desk: Desk) -> bytes:
    """Return the checkpoint that stands in the published tree; empty before the first."""
    return LocalStore(desk.home.log).read("checkpoint") or b""


def _done(desk: Desk, name: str, errand: Callable[[], object]) -> bool:
    """Run an errand, set down what came of it, and return whether it is done."""
    said: dict[str, object] = {"tried_at": desk.now()}
    try:
        errand()
    except Exception as fault:
        known = fault if isinstance(fault, AnswerableError) else unexpected(name, fault)
        said |= {"error": as_row(known)}
    else:
        said |= {"error": None, "done_at": desk.now()}
    Errand.objects.update_or_create(pk=name, defaults=said)
    return said["error"] is None


def _copy(desk: Desk, place: str) -> None:
    target = open_store(place if place.startswith("s3://") else str(desk.home.folder / place))
    if isinstance(target, LocalStore) and target.folder.resolve().is_relative_to(desk.home.log.resolve()):
        raise NotConfigured(
            "publish.into-itself",
            what="The log cannot be copied into itself.",
            why="`publish_to` names a folder in `log/`, where every file is one of the log's.",
            next_step="Name another folder in desk.yaml, or serve `log/` as it is and leave the setting out.",
        )
    for seconds in _LOOKED_AT_AGAIN:
        desk.stop.wait(seconds)
        found, _ = copy(LocalStore(desk.home.log), target, key=desk.signer.verifier_key)
        if found.passed:
            break
    else:
        broken = found.checks[-1]
        raise LogHalted(
            "publish.broken-log",
            what="The log was not copied to where everybody reads it.",
            why=f"It does not hold: {broken.name}. {broken.detail}".strip(),
            next_step="Let `answerable log check` say what is wrong; docs/run/recovery.md says how to mend it.",
        )
