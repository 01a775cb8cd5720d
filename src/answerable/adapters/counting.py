"""How does an outsider check a report or a proof of having been counted? Files go to the pure checks.

A large table is read on every core, a sheet each, where its lines are as many as its first one says; where they are not, it is
read from the first line to the last, and what is wrong is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from answerable.adapters.at_once import at_once
from answerable.adapters.mirroring import check_place
from answerable.adapters.steps import OnStep, silent, told
from answerable.errors import VerificationFailed
from answerable.report.query import Query
from answerable.report.read_table import first_line, read_sheet, read_sheets
from answerable.report.table import Header
from answerable.verify.check import Check
from answerable.verify.counted import is_counted_proof, verify_counted, verify_links
from answerable.verify.log import VerifiedLog
from answerable.verify.report import CheckedSheet, Recounted, checked_sheet, recount_sheets

_WORTH, _PIECE = 8 << 20, 1 << 20
"""From that many bytes of table on, a second process saves more time than its start takes; how many are read at once."""


def recount_folder(
    folder: Path,
    *,
    log: Path | None,
    log_key: str | None = None,
    links: Path | None = None,
    receipts: Sequence[Path] = (),
    on_step: OnStep = silent,
) -> tuple[Recounted, tuple[Check, ...]]:
    """Return the report that the table in `folder` gives, and every check of it, of the log, and of opened links."""
    published = check_place(str(log), key=log_key, on_step=on_step) if log else None
    found = recount_table(
        folder / "table.jsonl",
        _bytes(folder / "query.json"),
        _bytes(folder / "report.json"),
        log=published,
        keep_rows=links is not None,
        on_step=on_step,
    )
    linked: tuple[Check, ...] = ()
    if links is not None:
        linked = verify_links(found, _lines(links), [path.read_bytes() for path in receipts])
    return found, (*(published.checks if published else ()), *found.checks, *linked)


def recount_table(
    table: Path,
    query: bytes,
    report: bytes,
    *,
    log: VerifiedLog | None = None,
    keep_rows: bool = False,
    on_step: OnStep = silent,
) -> Recounted:
    """Return what holds of a report whose table lies in a file, as `verify.report.recount` does of its lines."""

    def read(rules: Query, header: Header) -> Iterator[CheckedSheet]:
        return told(
            read_checked(table, rules, header, keep_rows=keep_rows), on_step, f"of {len(rules.sheets)} sheets counted"
        )

    return recount_sheets(lambda: next(_lines(table), ""), query, report, read=read, log=log)


def read_checked(table: Path, query: Query, header: Header, *, keep_rows: bool = False) -> Iterator[CheckedSheet]:
    """Yield what each sheet of a table gives. Refuses, with the line, the first thing that is none of the format."""
    starts = _starts(table, query, header) if table.stat().st_size >= _WORTH else None
    if starts is None:
        lines = _lines(table)
        next(lines, None)
        return (checked_sheet(sheet, keep_rows=keep_rows) for sheet in read_sheets(query, header, lines))
    jobs = [_Job(table, query, header.size, number, start, keep_rows) for number, start in enumerate(starts)]
    return at_once(_read, jobs, worth=True)


@dataclass(frozen=True, slots=True)
class _Job:
    table: Path
    query: Query
    size: int
    sheet: int
    start: int
    keep_rows: bool


def _read(job: _Job) -> CheckedSheet:
    sheet = read_sheet(job.query, job.sheet, job.size, lines=_lines(job.table, job.start))
    return checked_sheet(sheet, keep_rows=job.keep_rows)


def _starts(table: Path, query: Query, header: Header) -> list[int] | None:
    """Return at which byte each sheet begins, or None where the table has another number of lines than its sheets."""
    wanted = [first_line(number, header.size) - 1 for number in range(len(query.sheets) + 1)]
    starts: list[int] = []
    seen = before = 0
    with table.open("rb") as file:
        while piece := file.read(_PIECE):
            lines = piece.count(b"\n")
            while len(starts) < len(wanted) and wanted[len(starts)] <= seen + lines:
                rest = piece.split(b"\n", wanted[len(starts)] - seen)[-1]
                starts.append(before + len(piece) - len(rest))
            seen, before = seen + lines, before + len(piece)
    return starts[:-1] if len(starts) == len(wanted) and starts[-1] == before else None


def counted_checks(path: Path, log: Path, *, log_key: str | None = None) -> tuple[Check, ...]:
    """Return every check of a proof of having been counted; none where the file is something else."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not is_counted_proof(start):
        return ()
    published: VerifiedLog = check_place(str(log), key=log_key)
    return (*published.checks, *verify_counted(path.read_bytes(), published))


def _lines(path: Path, start: int = 0) -> Iterator[str]:
    """Yield the lines of a text from a byte on, without their ends; a last line that has none is refused as cut off."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        file.seek(start)
        for line in file:
            if not line.endswith("\n"):
                raise VerificationFailed(
                    "report.cut-off",
                    what=f"{path.name} ends in the middle of a line.",
                    why="Every line of it ends with a newline.",
                    next_step="Fetch it again from its publisher.",
                )
            yield line[:-1]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
