"""How is a half-year closed, once and for all? Its table and report are made and kept, then the log tells of them.

What was counted is kept encrypted beside it: without it nobody could be shown the row in which their case was counted.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, transaction

from answerable.adapters.counting import read_checked
from answerable.adapters.files import write_whole
from answerable.adapters.keys import random_bytes
from answerable.adapters.steps import OnStep, silent, told
from answerable.adapters.tabling import write_table
from answerable.casefile.encoding import sha512_hex
from answerable.desk.models import PublishedPeriod
from answerable.desk.moves.recording import append_period
from answerable.desk.queries.figures import counted_demands, unlogged
from answerable.desk.queries.published import Keeping, kept_name, leaf_of, table_place
from answerable.desk.queries.published_table import roots_place
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused
from answerable.public_log import leaves, merkle
from answerable.report.gathered import Gathered, gather
from answerable.report.periods import HalfYear
from answerable.report.query import Query, current, query_text
from answerable.report.reporting import Closing, header_for, report_of, report_text

_PIECE = 1 << 20


def close_period(desk: Desk, period: HalfYear, on_step: OnStep = silent) -> PublishedPeriod:
    """Make and publish table and report of a half-year that is over, or return them as they were published.

    The log tells of it when it is published next: at the next tick. Refuses a period that still runs, and one of which an event is not in the log yet.
    """
    known = PublishedPeriod.objects.filter(pk=period.name)
    made = None if known.exists() else _made(desk, period, on_step)
    with transaction.atomic():
        row = known.first() or made
        if row is made:
            row.save(force_insert=True)
        if leaf_of(period) is None:
            append_period(
                desk,
                leaves.Period(
                    period=row.period,
                    rows=row.rows,
                    table_root=bytes(row.table_root),
                    report_sha512=sha512_hex(bytes(row.report)),
                    query_sha512=sha512_hex(bytes(row.query)),
                ),
            )
    if made is not None and row is not made:  # somebody else closed it meanwhile
        table_place(desk, made).unlink(missing_ok=True)
        roots_place(desk, made).unlink(missing_ok=True)
    return row


def _made(desk: Desk, period: HalfYear, on_step: OnStep) -> PublishedPeriod:
    """Return the row of a half-year, not saved yet; its table lies in its place already. Counting takes a millisecond a demand, and holds up no move."""
    query, secret = current(), random_bytes(32)
    gathered, counted = _counted(desk, period, query, secret=secret, on_step=on_step)
    closing = Closing(desk.provider.name, period, desk.now().date(), way=desk.settings.national_security_bands)
    header = header_for(query, gathered, closing)
    with TemporaryDirectory(prefix="answerable-table-") as folder:
        table = Path(folder) / "table.jsonl"
        roots = write_table(table, query, header, gathered=gathered, secret=secret)
        checked = tuple(told(read_checked(table, query, header), on_step, f"of {len(query.sheets)} sheets read again"))
        if merkle.root([sheet.root for sheet in checked]) != (root := merkle.root(roots)):
            raise MoveRefused(
                "report.table-differs",
                what="The table of the period reads otherwise than it was written.",
                why="The disk or the memory of this machine changed a row. Nothing was published.",
                next_step="Close the period again; if it stays, look at the disk of the folder that TMPDIR names.",
            )
        made = PublishedPeriod(
            period=period.name,
            closed_at=desk.now(),
            counted=counted,
            report=report_text(report_of(query, header, {sheet.name: sheet.groups for sheet in checked})),
            query=query_text(),
            rows=header.size * len(checked),
            table_root=root,
        )
        desk.home.reports.mkdir(mode=0o700, exist_ok=True)  # the first desks had no such folder
        write_whole(table_place(desk, made), _as_gzip(table))
        write_whole(roots_place(desk, made), roots)
    return made


def _counted(desk: Desk, period: HalfYear, query: Query, *, secret: bytes, on_step: OnStep) -> tuple[Gathered, bytes]:
    """Return what the table needs of the demands, and what is kept of them, sealed."""
    keeping = Keeping()
    with _as_of_one_moment():
        _refuse_too_early(desk, period)
        gathered = gather(query, map(keeping.add, told(counted_demands(desk, period), on_step, "demands counted")))
    return gathered, desk.vault.seal(keeping.closed(secret), name=kept_name(period.name))


def _as_gzip(file: Path) -> Iterator[bytes]:
    # Nearly all of a table is hashes: to try harder than the first level gains nothing.
    deflating = zlib.compressobj(1, wbits=31)
    with file.open("rb") as whole:
        while piece := whole.read(_PIECE):
            yield deflating.compress(piece)
    yield deflating.flush()


@contextmanager
def _as_of_one_moment() -> Iterator[None]:
    """Read every row as of one moment while others write. A transaction of the framework's own would keep them from it."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _refuse_too_early(desk: Desk, period: HalfYear) -> None:
    if desk.now() < period.moments[1]:
        raise MoveRefused(
            "report.period-runs",
            what=f"{period.name} is not over.",
            why=f"A report is published once, after the last day of its half-year; the first day after is {period.end}.",
            next_step="Wait for it, or look at the figures so far with --so-far; those are not for publication.",
        )
    if waiting := unlogged(period):
        raise MoveRefused(
            "report.not-logged",
            what=f"{waiting} events of {period.name} are not in the log yet.",
            why="Only what is logged is counted, and everything that happened is to be.",
            next_step="Let the worker tick the log, and try again.",
        )
