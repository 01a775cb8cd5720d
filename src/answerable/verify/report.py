"""Do a published report's figures follow from its table, and is that table the one in the log?

1  the counting rules and the table can be read, every row of every sheet is there
2  no group of rows that show the same is smaller than the rules say; every sheet tells of as many demands
3  the figures, counted again from the rows, are those of the report, byte for byte
4  the log tells of the period once, and names this table, this report and these rules
5  where links are opened: every row stands for one event, each sheet for the same ones, and each receipt's event has its rows
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from pydantic import ValidationError

from answerable.casefile.encoding import sha512_hex
from answerable.errors import VerificationFailed
from answerable.public_log import merkle
from answerable.report.figures import Counted, Groups, Report
from answerable.report.query import Query, read_query, unreadable
from answerable.report.read_table import ReadSheet, read_header, read_sheets
from answerable.report.reporting import report_of, report_text
from answerable.report.table import Header
from answerable.verify.check import Check
from answerable.verify.log import VerifiedLog

ReadSheets = Callable[[Query, Header], Iterable["CheckedSheet"]]


@dataclass(frozen=True, slots=True)
class Recounted:
    """The checks, and, where the table could be read, the report that it gives and the root over its rows."""

    checks: tuple[Check, ...]
    text: bytes = b""
    table_root: bytes = b""
    sheets: tuple[tuple[bytes, ...], ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check holds."""
        return all(check.passed for check in self.checks)


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """What one sheet of a table gives: how many rows each group has, the root over all rows, and their commitments if kept."""

    name: str
    groups: Groups
    root: bytes
    commitments: tuple[bytes, ...] = ()

    @property
    def told(self) -> int:
        """How many rows are open."""
        return sum(rows for _, rows in self.groups)


def rows_root(commitments: Iterable[bytes]) -> bytes:
    """Return the root over rows: of one sheet, or of one part of it."""
    return merkle.root(merkle.leaf_hashes(commitments))


def checked_sheet(sheet: ReadSheet, *, keep_rows: bool) -> CheckedSheet:
    """Return what a sheet that was read gives; `keep_rows` keeps every commitment."""
    kept = sheet.commitments if keep_rows else ()
    return CheckedSheet(sheet.sheet.name, sheet.groups, rows_root(sheet.commitments), kept)


def recount(
    table: Iterable[str], query: bytes, report: bytes, *, log: VerifiedLog | None = None, keep_rows: bool = False
) -> Recounted:
    """Return what holds of a report. `table` are its lines without their ends; `keep_rows` keeps every commitment.

    Always ends; what does not hold is named: the figure, the line, the leaf.
    """
    lines = iter(table)

    def read(rules: Query, header: Header) -> Iterator[CheckedSheet]:
        return (checked_sheet(sheet, keep_rows=keep_rows) for sheet in read_sheets(rules, header, lines))

    return recount_sheets(partial(next, lines, ""), query, report, read=read, log=log)


def recount_sheets(
    first: Callable[[], str], query: bytes, report: bytes, *, read: ReadSheets, log: VerifiedLog | None = None
) -> Recounted:
    """Do as `recount` does with a table of which `first` gives the first line, and `read` what each sheet gives."""
    try:
        rules = read_query(query)
        header = read_header(first())
        sheets = tuple(read(rules, header))
    except VerificationFailed as fault:
        return Recounted((Check(name=fault.what, passed=False, detail=fault.why),))
    text = report_text(report_of(rules, header, {sheet.name: sheet.groups for sheet in sheets}))
    root = merkle.root([sheet.root for sheet in sheets])
    checks = [*_rows_hold(rules, header, sheets), _same_figures(text, report)]
    if log is not None:
        checks += _in_log(header, log, said=_Said(header.size * len(sheets), root, report, query))
    return Recounted(tuple(checks), text, root, tuple(sheet.commitments for sheet in sheets))


def _rows_hold(rules: Query, header: Header, sheets: Sequence[CheckedSheet]) -> list[Check]:
    small = [each for sheet in sheets for each in _too_small(sheet, rules.smallest_group)]
    first = sheets[0].told if sheets else 0
    uneven = [f"{sheet.name} tells of {sheet.told}" for sheet in sheets if sheet.told != first]
    return [
        Check(name="The table can be read, and no row is missing", passed=True, detail=f"{len(sheets)} sheets of {header.size}"),
        Check(name="No group of rows is smaller than the rules say", passed=not small, detail="; ".join(small[:3])),
        Check(
            name="Every sheet tells of as many demands",
            passed=not uneven,
            detail=f"the first of {first}, {'; '.join(uneven)}" if uneven else f"{first}",
        ),
    ]  # fmt: skip


def _too_small(sheet: CheckedSheet, smallest: int) -> list[str]:
    """Return the groups that tell of fewer demands than they may; a group that no row shows is one."""
    return [f"sheet {sheet.name}, {group}: {rows}" for group, rows in sheet.groups if rows < smallest]


def _same_figures(counted: bytes, report: bytes) -> Check:
    name = "The figures are those that the rows give"
    if counted == report:
        return Check(name=name, passed=True, detail=f"{len(counted)} bytes, equal")
    try:
        said, found = Report.model_validate(json.loads(report)), Report.model_validate(json.loads(counted))
    except (ValueError, ValidationError, RecursionError):
        return Check(name=name, passed=False, detail="report.json cannot be read.")
    differing = list(_differences(said, found))
    return Check(
        name=name, passed=False, detail="; ".join(differing[:5]) or "report.json is not in the canonical form."
    )


def _differences(said: Report, found: Report) -> Iterator[str]:
    for field in ("provider", "period", "start", "end", "smallest_group", "received", "bands"):
        if getattr(said, field) != getattr(found, field):
            yield f"{field}: the report says {getattr(said, field)}, the table gives {getattr(found, field)}"
    named = {figure.name: figure for figure in said.figures}
    for figure in found.figures:
        yield from _cells_that_differ(named.pop(figure.name, None), figure)
    yield from (f"{name}: the rules know no such figure" for name in named)


def _cells_that_differ(said: Counted | None, found: Counted) -> Iterator[str]:
    if said is None:
        yield f"{found.name} is missing from the report"
        return
    keys = dict.fromkeys(cell.key for cell in (*found.cells, *said.cells))
    for key in keys:
        if said.of(*key) != found.of(*key):
            words = ", ".join(key) or "all"
            yield f"{found.name}, {words}: the report says {said.of(*key)}, the rows give {found.of(*key)}"
    if said.not_shown != found.not_shown:
        yield f"{found.name}, not shown: the report says {said.not_shown}, the rows give {found.not_shown}"


@dataclass(frozen=True, slots=True)
class _Said:
    rows: int
    root: bytes
    report: bytes
    query: bytes


def _in_log(header: Header, log: VerifiedLog, *, said: _Said) -> Iterator[Check]:
    if not log.passed:
        why = " ".join(f"{check.name}: {check.detail}" for check in log.checks if not check.passed)
        yield Check(name="The report can be looked up in the log", passed=False, detail=f"The log does not hold. {why}")
        return
    found = [(at, leaf) for at, leaf in log.periods if leaf.period == header.period]
    detail = (
        ", ".join(f"leaf {at}" for at, _ in found) or "it does not, or not yet: a period is told at a tick of the log"
    )
    yield Check(name=f"The log tells of {header.period} once", passed=len(found) == 1, detail=detail)
    for at, leaf in found:
        names = (
            ("table has as many rows as the log says", leaf.rows == said.rows, f"{said.rows}, by leaf {at} {leaf.rows}"),
            ("table is the one in the log", leaf.table_root == said.root, "a row was changed, dropped or added"),
            ("report is the one in the log", leaf.report_sha512 == sha512_hex(said.report), "report.json was changed"),
            ("counting rules are those in the log", leaf.query_sha512 == sha512_hex(said.query), "query.json was changed"),
        )  # fmt: skip
        yield from (Check(name=f"The {name}", passed=holds, detail="" if holds else why) for name, holds, why in names)


def read_report(text: bytes) -> Report:
    """Return a published report. Refuses what is none."""
    try:
        return Report.model_validate(json.loads(text))
    except (ValueError, ValidationError, RecursionError) as fault:
        raise unreadable("report.json", "It is no report.") from fault
