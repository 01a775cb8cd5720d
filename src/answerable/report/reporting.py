"""How do demands become table and report, and how does the table alone give the same report again?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from answerable.casefile.encoding import canonical
from answerable.report.bands import bands, room
from answerable.report.figures import Groups, Report, count, group_rows
from answerable.report.gathered import Gathered
from answerable.report.groups import Row, Shown, shown
from answerable.report.periods import HalfYear
from answerable.report.query import Query
from answerable.report.table import Header, size_for


@dataclass(frozen=True, slots=True)
class Closing:
    """What a period is closed with: whose, which, on which day, and in which way of the law bands are told."""

    provider: str
    period: HalfYear
    on: date
    way: int = 3


def header_for(query: Query, gathered: Gathered, closing: Closing) -> Header:
    """Return the first line of the table over the demands of a period."""
    told = gathered.told if gathered.told >= query.smallest_group else 0
    banded = list(gathered.banded.values())
    space = max(room(banded, way=closing.way), query.smallest_group)
    return Header(
        provider=closing.provider,
        period=closing.period.name,
        start=closing.period.start,
        end=closing.period.end,
        size=size_for(told, room=space, least=query.smallest_size),
        bands=bands(banded, way=closing.way, end=closing.period.end, on=closing.on),
    )


def report_of(query: Query, header: Header, groups: Mapping[str, Groups]) -> Report:
    """Return the report that the groups of each sheet give."""
    told = [sum(rows for _, rows in each) for each in groups.values()]
    return Report(
        provider=header.provider,
        period=header.period,
        start=header.start,
        end=header.end,
        smallest_group=query.smallest_group,
        received=told[0] if told and told[0] else None,
        figures=count(query, groups),
        bands=header.bands,
    )


def report_text(report: Report) -> bytes:
    """Return the bytes of `report.json`, whose SHA-512 stands in the log."""
    return canonical(report) + b"\n"


def groups_of(query: Query, gathered: Gathered, *, smallest: int | None = None) -> dict[str, Groups]:
    """Return the groups of each sheet without a table, for figures that are not published; `smallest` 1 closes nothing."""
    return {
        sheet.name: _groups(on.told, shown(on.told, smallest=smallest or query.smallest_group) or {})
        for sheet, on in zip(query.sheets, gathered.sheets, strict=True)
    }


def _groups(rows: Mapping[Row, int], told: Mapping[Row, Shown]) -> Groups:
    counted: Counter[Shown] = Counter()
    for row, shows in told.items():
        counted[shows] += rows[row]
    return group_rows(counted)
