"""What happened in this period? Counts that follow from one row a demand, and nothing about a person.

The split follows Regulation (EU) 2023/1543, Art. 28(4): received, by data category, issuing State and emergency;
answered and not answered by the same split; time to answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median

from answerable.casefile.categories import DataClass
from answerable.casefile.encoding import Record
from answerable.casefile.scope import Moment


class CountedCase(Record):
    """The coarse fields of one demand. `hours_to_answer` is whole hours from receipt to hand-over, or None.

    `forged_by` is the code of the fact that showed a forgery which two people found, empty where there is none; `left`,
    whether an answer was fetched before that; `measures` counts the items that a person removed, preserved, put back or
    left, by measure.
    """

    instrument: str
    issuing_state: str
    is_readable: bool
    is_genuine: bool
    is_emergency: bool
    is_bulk: bool
    classes_asked: tuple[DataClass, ...]
    classes_permitted: tuple[DataClass, ...]
    outcome: str
    grounds: tuple[str, ...]
    records: int
    hours_to_answer: int | None
    measures: dict[str, int]
    received_at: Moment
    forged_by: str = ""
    left: bool = False


class Report(Record):
    """Figures of the demands received from `start` up to, not including, `end`. Every figure is a count of rows.

    `forged` were found so by two people, `forged_caught` before anything was fetched, `forged_by_fact` says what showed it.
    """

    provider: str
    start: date
    end: date
    received: int
    unreadable: int
    not_genuine: int
    emergencies: int
    bulk: int
    open: int
    records_disclosed: int
    by_outcome: dict[str, int]
    by_state: dict[str, int]
    by_class_asked: dict[str, int]
    by_class_answered: dict[str, int]
    grounds: dict[str, int]
    items_by_measure: dict[str, int]
    median_hours_to_answer: int | None
    forged: int
    forged_caught: int
    forged_by_fact: dict[str, int]
    log_size: int
    log_root: str


OPEN = "open"


def count(
    cases: Iterable[CountedCase], *, provider: str, period: tuple[date, date], log_size: int, log_root: str
) -> Report:
    """Return the figures of the cases received in `period` (half-open, by the date in UTC)."""
    rows = [case for case in cases if period[0] <= case.received_at.date() < period[1]]
    answered = [row.hours_to_answer for row in rows if row.hours_to_answer is not None]
    return Report(
        provider=provider,
        start=period[0],
        end=period[1],
        received=len(rows),
        unreadable=sum(not row.is_readable for row in rows),
        not_genuine=sum(row.is_readable and not row.is_genuine for row in rows),
        emergencies=sum(row.is_emergency for row in rows),
        bulk=sum(row.is_bulk for row in rows),
        open=sum(row.outcome == OPEN for row in rows),
        records_disclosed=sum(row.records for row in rows),
        by_outcome=_counted(row.outcome for row in rows),
        by_state=_counted(row.issuing_state for row in rows if row.issuing_state),
        by_class_asked=_by_class(row.classes_asked for row in rows),
        by_class_answered=_by_class(row.classes_permitted for row in rows if row.records),
        grounds=_counted(ground for row in rows for ground in set(row.grounds)),
        items_by_measure=_summed(row.measures for row in rows),
        median_hours_to_answer=int(median(answered)) if answered else None,
        forged=sum(bool(row.forged_by) for row in rows),
        forged_caught=sum(bool(row.forged_by) and not row.left for row in rows),
        forged_by_fact=_counted(row.forged_by for row in rows if row.forged_by),
        log_size=log_size,
        log_root=log_root,
    )


def half_year(day: date) -> tuple[date, date]:
    """Return the half-year that `day` lies in, as first day and first day after."""
    if day.month <= 6:
        return date(day.year, 1, 1), date(day.year, 7, 1)
    return date(day.year, 7, 1), date(day.year + 1, 1, 1)


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))


def _summed(rows: Iterable[dict[str, int]]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for row in rows:
        counted.update(row)
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _by_class(rows: Iterable[Sequence[DataClass]]) -> dict[str, int]:
    counted = Counter(each for row in rows for each in row)
    return {each.value: counted[each] for each in DataClass}
