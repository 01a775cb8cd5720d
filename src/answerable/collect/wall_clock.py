"""Which readings of a wall clock belong to a period? For stores that write moments without a zone.

A reading that the clock showed twice is taken for the first of the two; one that it skipped is counted on from before the
gap. So RFC 5545, section 3.3.5 reads it, and so do Python (`fold=0`) and Java. Every store is asked in readings, so that
an index on the column serves and no engine's own table of zones decides what leaves.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime | None, datetime | None]
# No zone has two changes within so short a time.
_NEAR = timedelta(hours=36)
_FIRST, _LAST = (each.replace(tzinfo=None) for each in (datetime.min, datetime.max))  # noqa: DTZ901 - readings


def moment_of(reading: datetime, zone: str) -> datetime:
    """Return the moment, in UTC, of a reading without a zone. Refuses with OverflowError what lies off the calendar."""
    return reading.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def spans(start: datetime | None, end: datetime | None, zone: str) -> tuple[Span, ...]:
    """Return the half-open spans of readings, without a zone, whose moments m fulfil start ≤ m < end.

    Nearly always one; two where the clock went forward at a bound; none where it showed no such reading.
    """
    since = _since(start, zone) if start else ((None, None),)
    until = _until(end, zone) if end else ((None, None),)
    return tuple(both for one in since for other in until if (both := _common(one, other)))


def _since(moment: datetime, zone: str) -> tuple[Span, ...]:
    before, after, turn = _around(moment, zone)
    if turn is None:
        return ((_shifted(moment, before), None),)
    return _joined(((_shifted(moment, before), turn), (max(_shifted(moment, after), turn), None)))


def _until(moment: datetime, zone: str) -> tuple[Span, ...]:
    before, after, turn = _around(moment, zone)
    if turn is None:
        return ((None, _shifted(moment, before)),)
    return _joined(((None, min(_shifted(moment, before), turn)), (turn, _shifted(moment, after))))


def _around(moment: datetime, zone: str) -> tuple[timedelta, timedelta, datetime | None]:
    """Return the offsets before and after the change that is near a moment, and the first reading under the new one."""
    low, high = _shifted(moment, -_NEAR), _shifted(moment, _NEAR)
    before, after = _offset(low, zone), _offset(high, zone)
    if before == after:
        return before, after, None
    while high - low > timedelta(microseconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return before, after, _shifted(high, max(before, after))


def _offset(moment: datetime, zone: str) -> timedelta:
    """Return how far the clock of a zone is ahead at a moment in UTC, given without a zone."""
    try:
        return ZoneInfo(zone).fromutc(moment.replace(tzinfo=ZoneInfo(zone))).utcoffset() or timedelta()
    except OverflowError:
        return timedelta()


def _shifted(moment: datetime, by: timedelta) -> datetime:
    """Return a moment in UTC, without its zone, moved; at the end of the calendar it stops there."""
    try:
        return moment.replace(tzinfo=None) + by
    except OverflowError:
        return _LAST if by > timedelta() else _FIRST


def _joined(both: tuple[Span, Span]) -> tuple[Span, ...]:
    """Return two spans, in their order, as one where they touch, and without an empty one."""
    kept = tuple(span for span in both if _common(span, (None, None)))
    if len(kept) == 2 and kept[0][1] == kept[1][0]:
        return ((kept[0][0], kept[1][1]),)
    return kept


def _common(one: Span, other: Span) -> Span | None:
    """Return what two spans have in common, None where it is nothing."""
    starts = [each for each in (one[0], other[0]) if each]
    ends = [each for each in (one[1], other[1]) if each]
    start, end = (max(starts) if starts else None), (min(ends) if ends else None)
    return None if start and end and start >= end else (start, end)
