"""Does the log keep its promises? What is late, and what will be: for the doctor, the queue and everybody's page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from answerable.desk.models import Checkpoint, Epoch, Event
from answerable.desk.moves.opening import due_epochs
from answerable.desk.moves.ticking import next_tick
from answerable.desk.queries.errands import copy_is_new, handed_over, reports_are_published
from answerable.desk.queries.published import tables_are_there
from answerable.desk.wiring import Desk
from answerable.verify.check import Check

_INCLUDED_WITHIN = timedelta(hours=24)
_GRACE = timedelta(minutes=10)


def desk_promises(desk: Desk) -> Iterator[Check]:
    """Yield what the people of the desk must know is not kept: the log's promises, and those that tell of cases or settings."""
    yield from log_promises(desk)
    yield late_emergencies(desk)
    yield reports_are_published(desk)
    yield tables_are_there(desk)
    if desk.settings.state_system:
        yield handed_over()


def log_promises(desk: Desk) -> Iterator[Check]:
    """Yield each promise of the log with whether it is kept now. All of them can be told to everybody."""
    last = Epoch.objects.order_by("number").last()
    due = next_tick(desk, last) if last else None
    late = due is not None and desk.now() > due + _GRACE
    yield Check(
        name="every tick was on time",
        passed=not late,
        detail=f"epoch {last.number + 1} should have been closed at {due:%Y-%m-%d %H:%M} UTC" if late else "",
    )
    overdue = list(_overdue(desk))
    yield Check(
        name="everything older than the longest seal is open",
        passed=not overdue,
        detail=f"epoch {overdue[0].number} is overdue: the next tick opens it" if overdue else "",
    )
    newest = Checkpoint.objects.order_by("size").last()
    waits = newest is not None and newest.witnessed_at is None
    yield Check(
        name="the newest checkpoint has its witnesses",
        passed=not waits,
        detail=f"size {newest.size}: too few answered" if waits else "",
    )
    if desk.settings.publish_to:
        yield copy_is_new(desk)


def late_emergencies(desk: Desk) -> Check:
    """Return whether every event of an emergency is in the log within 24 hours. Not for everybody: it tells of cases."""
    before = desk.now() - _INCLUDED_WITHIN
    late = (
        Event.objects.filter(case__is_emergency=True, slot__isnull=True, at__lt=before).select_related("case").first()
    )
    return Check(
        name="what left in an emergency is in the log within 24 hours",
        passed=late is None,
        detail=f"{late.case.reference}: the log does not tick" if late else "",
    )


def _overdue(desk: Desk) -> Iterator[Epoch]:
    """Yield the epochs that are due by the log's own count, or by the clock where the log stood still."""
    newest = Epoch.objects.order_by("number").last()
    if newest is None:
        return
    yield from due_epochs(newest.number)
    ends = timedelta(days=desk.settings.longest_seal_days) + timedelta(seconds=desk.settings.tick_seconds)
    yield from Epoch.objects.filter(closed_at__lt=desk.now() - ends, epochopened__isnull=True).order_by("number")
