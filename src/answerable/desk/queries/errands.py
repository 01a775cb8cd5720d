"""Is what the worker does beside the cases being done: half-years closed, the log copied to where everybody reads it,
what an access point laid down taken in?
"""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.desk.models import Checkpoint, Epoch, Errand, HandedOver, PublishedPeriod
from answerable.desk.wiring import Desk
from answerable.report.periods import HalfYear
from answerable.verify.check import Check

_GRACE = timedelta(minutes=10)
_A_DAY = timedelta(days=1)


def unpublished_periods(desk: Desk) -> tuple[HalfYear, ...]:
    """Return the half-years that are over, since the log's first epoch, and that were not closed yet, oldest first."""
    first = Epoch.objects.order_by("number").first()
    if first is None:
        return ()
    published = set(PublishedPeriod.objects.values_list("period", flat=True))
    over, period = [], HalfYear.of(first.closed_at.date())
    while period.moments[1] <= desk.now():
        over.append(period)
        period = HalfYear.of(period.end)
    return tuple(each for each in over if each.name not in published)


def closes_from(desk: Desk, period: HalfYear) -> datetime | None:
    """Return from when the worker closes a half-year, or None where people do."""
    days = desk.settings.report_after_days
    return None if days is None else period.moments[1] + timedelta(days=days)


def reports_are_published(desk: Desk) -> Check:
    """Return whether each half-year that is over is published, or still has the days in which people look at it."""
    waiting = [(period, closes_from(desk, period)) for period in unpublished_periods(desk)]
    late = [period for period, closes in waiting if closes is None or desk.now() > closes + _A_DAY]
    told = [f"{period.name} is closed by the worker on {closes:%Y-%m-%d}" for period, closes in waiting if closes]
    if late:
        fault = Errand.objects.filter(pk=Errand.REPORT).exclude(error=None).first()
        why = f" {fault.error['what']} {fault.error['why']}" if fault else ""
        told = [f"{late[0].name} is over and not published.{why} {_command(desk, late[0])}"]
    return Check(name="every half-year that is over is published", passed=not late, detail="; ".join(told))


def copied_at(desk: Desk) -> datetime | None:
    """Return when the log was copied last to where everybody reads it; None where no setting names a place, or never."""
    row = Errand.objects.filter(pk=Errand.COPY).first() if desk.settings.publish_to else None
    return row.done_at if row else None


def copy_is_new(desk: Desk) -> Check:
    """Return whether the copy for everybody is as new as the log. Can be told to everybody: it names no place."""
    newest = Checkpoint.objects.order_by("size").last()
    changed = max(filter(None, (newest.signed_at, newest.witnessed_at))) if newest else None
    copied = copied_at(desk)
    behind = changed is not None and (copied is None or copied < changed) and desk.now() > changed + _GRACE
    fault = Errand.objects.filter(pk=Errand.COPY).exclude(error=None).first()
    since = f"last copied {copied:%Y-%m-%d %H:%M} UTC" if copied else "not copied yet"
    return Check(
        name="the copy that everybody reads is as new as the log",
        passed=not behind,
        detail=f"{since}; {fault.error['code']}" if fault else since,
    )


def handed_over() -> Check:
    """Return whether the worker looks at the access point's folder, and all that lies there was taken in."""
    look = Errand.objects.filter(pk=Errand.HANDED_OVER).first()
    aside = list(HandedOver.objects.filter(case=None))
    told = [f"{each.place}: {each.error['why']} {each.error['next_step']} ({each.error['code']})" for each in aside[:3]]
    told += [f"and {len(aside) - 3} more"] if len(aside) > 3 else []
    if look is None or look.error:
        told.append(f"{look.error['what']} ({look.error['code']})" if look else "the worker has not looked there yet")
    return Check(name="all that the access point handed over was taken in", passed=not told, detail="; ".join(told))


def _command(desk: Desk, period: HalfYear) -> str:
    return f"answerable report --period {period.name} --home {desk.home.folder} --out report-{period.name}"
