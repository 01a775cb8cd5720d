"""How do demands become table and report, and how does the table alone give the same report again?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from answerable.casefile.encoding import canonical
from answerable.report.bands import bands, is_banded, room
from answerable.report.counted import CountedDemand
from answerable.report.figures import Groups, Report, count, group_rows
from answerable.report.groups import shown
from answerable.report.periods import HalfYear
from answerable.report.query import Query
from answerable.report.table import Header, SheetRows, sheet_rows, size_for, values_on


@dataclass(frozen=True, slots=True)
class Closing:
    """What a period is closed with: whose, which, on which day, and in which way of the law bands are told."""

    provider: str
    period: HalfYear
    on: date
    way: int = 3


def header_for(query: Query, demands: Sequence[CountedDemand], closing: Closing) -> Header:
    """Return the first line of the table over the demands of a period."""
    told = sum(not is_banded(demand) for demand in demands)
    told = told if told >= query.smallest_group else 0
    space = max(room(demands, way=closing.way), query.smallest_group)
    return Header(
        provider=closing.provider,
        period=closing.period.name,
        start=closing.period.start,
        end=closing.period.end,
        size=size_for(told, room=space, least=query.smallest_size),
        bands=bands(demands, way=closing.way, end=closing.period.end, on=closing.on),
    )


def sheets(query: Query, demands: Sequence[CountedDemand], *, size: int, secret: bytes) -> Iterator[SheetRows]:
    """Yield the sheets of the table, one at a time: a large one is a large part of memory."""
    for number in range(len(query.sheets)):
        yield sheet_rows(query, number, demands, size=size, secret=secret)


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


def groups_of(query: Query, demands: Sequence[CountedDemand], *, smallest: int | None = None) -> dict[str, Groups]:
    """Return the groups of each sheet without a table, for figures that are not published; `smallest` 1 closes nothing."""
    told = [demand for demand in demands if not is_banded(demand)]
    found: dict[str, Groups] = {}
    for sheet in query.sheets:
        values = [values_on(sheet, demand)[1:] for demand in told]
        opened = shown(values, smallest=smallest or query.smallest_group)
        found[sheet.name] = group_rows(opened or ())
    return found
