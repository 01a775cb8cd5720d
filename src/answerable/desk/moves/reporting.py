"""How is a half-year closed, once and for all? Its table and report are made and kept, then the log tells of them.

What was counted is kept encrypted beside it: without it nobody could be shown the row in which their case was counted.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, transaction

from answerable.adapters.counting import read_checked
from answerable.adapters.files import write_whole
from answerable.adapters.keys import random_bytes
from answerable.adapters.tabling import write_table
from answerable.casefile.encoding import canonical, sha512_hex
from answerable.desk.models import Case, PublishedPeriod
from answerable.desk.moves.delivering import receipt_of
from answerable.desk.moves.recording import append_period
from answerable.desk.queries.figures import counted_demands, unlogged
from answerable.desk.queries.published import (
    Keeping,
    Kept,
    kept,
    kept_name,
    leaf_of,
    published_leaf,
    table_lines,
    table_place,
)
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused
from answerable.public_log import leaves, merkle, note
from answerable.report.counted import CountedDemand
from answerable.report.gathered import Gathered, gather, values_on
from answerable.report.groups import Row
from answerable.report.periods import HalfYear
from answerable.report.query import Query, current, query_text, read_query
from answerable.report.read_table import read_header, read_sheet
from answerable.report.reporting import Closing, header_for, report_of, report_text
from answerable.report.rows import Place, places, salt_of, to_base64
from answerable.verify.counted import CountedProof, LinkedRow, Placed

_PIECE = 1 << 20


def close_period(desk: Desk, period: HalfYear) -> PublishedPeriod:
    """Make and publish table and report of a half-year that is over, or return them as they were published.

    The log tells of it when it is published next: at the next tick. Refuses a period that still runs, and one of which an event is not in the log yet.
    """
    known = PublishedPeriod.objects.filter(pk=period.name)
    made = None if known.exists() else _made(desk, period)
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
    return row


def counted_proof(desk: Desk, case: Case) -> bytes:
    """Return the file that shows to whom a case concerns that it is in the log and was counted.

    Refuses a case whose period is not published yet.
    """
    first = case.events.order_by("serial").first()
    row = PublishedPeriod.objects.filter(pk=HalfYear.of(first.at.date()).name).first() if first else None
    held = kept(desk, row) if row else None
    if row is None or held is None or case.key not in held.cases:
        raise MoveRefused(
            "report.not-counted-yet",
            what=f"{case.reference} is in no published report yet.",
            why="A case is counted in the report of the half-year in which it came, once that is over.",
            next_step="Ask again when the report of that half-year is published.",
        )
    at = held.cases.index(case.key)
    demand = next(islice(held.demands(), at, None))
    placed = _placed(desk, row, held, at=at, demand=demand)
    proof = CountedProof(period=row.period, receipt=receipt_of(desk, first).decode(), rows=placed)
    return canonical(proof) + b"\n"


def proof_for_person(desk: Desk, case: Case) -> tuple[str, bytes]:
    """Return the file that goes with a notice, and its name: that the case was counted or, before that, that it is in the log.

    Refuses while the log does not hold the case's first event. Neither names anybody.
    """
    first = case.events.order_by("serial").first()
    if published_leaf(HalfYear.of(first.at.date())) is not None:
        return f"{case.reference}-counted.json", counted_proof(desk, case)
    return f"{case.reference}.tlog-proof", receipt_of(desk, first, shown=("event", "moment"))


def opened_links(desk: Desk, row: PublishedPeriod) -> Iterator[str]:
    """Yield each row of a published table with its link opened: for an auditor, never for the public."""
    held, query = kept(desk, row), read_query(bytes(row.query))
    gathered = gather(query, held.demands())
    links = gathered.links
    for sheet, on in zip(_sheets(desk, row), gathered.sheets, strict=True):
        demands = (
            (at, (links[32 * at : 32 * at + 32].hex(), *on.rows[number])) for at, number in enumerate(on.numbers)
        )
        yield from (canonical(each).decode() for each in sheet.linked(held, demands))


def _made(desk: Desk, period: HalfYear) -> PublishedPeriod:
    """Return the row of a half-year, not saved yet; its table lies in its place already. Counting takes a millisecond a demand, and holds up no move."""
    query, secret = current(), random_bytes(32)
    gathered, counted = _counted(desk, period, query, secret=secret)
    closing = Closing(desk.provider.name, period, desk.now().date(), way=desk.settings.national_security_bands)
    header = header_for(query, gathered, closing)
    with TemporaryDirectory(prefix="answerable-table-") as folder:
        table = Path(folder) / "table.jsonl"
        root = write_table(table, query, header, gathered=gathered, secret=secret)
        checked = tuple(read_checked(table, query, header))
        if merkle.root([sheet.root for sheet in checked]) != root:
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
    return made


def _counted(desk: Desk, period: HalfYear, query: Query, *, secret: bytes) -> tuple[Gathered, bytes]:
    """Return what the table needs of the demands, and what is kept of them, sealed."""
    keeping = Keeping()
    with _as_of_one_moment():
        _refuse_too_early(desk, period)
        gathered = gather(query, map(keeping.add, counted_demands(desk, period)))
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


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet of a published table: its groups, and which of them each row shows, -1 for none; its commitments where asked for.

    Its lines, and the other sheets, are not in memory: a large table has hundreds of megabytes.
    """

    number: int
    groups: list[list[str | None]]
    shown: array[int]
    commitments: tuple[bytes, ...]

    def linked(self, held: Kept, demands: Iterable[tuple[int, Row]]) -> Iterator[LinkedRow]:
        """Yield the rows of demands with their links opened. Each is given by its place in the list, and its link and values."""
        where = places(held.secret, self.number, len(held.cases), size=len(self.shown))
        for at, values in demands:
            place, shows = Place(held.secret, self.number, where[at]), self.shown[where[at]]
            leaves_ = place.leaves(values, tuple(self.groups[shows]) if shows >= 0 else None)
            yield LinkedRow(
                sheet=self.number,
                at=where[at],
                link=values[0],
                salt=to_base64(salt_of(place.closed_seed, 0)),
                leaves=tuple(map(to_base64, leaves_[1:])),
            )


def _sheets(desk: Desk, row: PublishedPeriod, *, committed: bool = False) -> Iterator[_Sheet]:
    """Yield the sheets of a published table, one after the other."""
    lines, query = table_lines(desk, row), read_query(bytes(row.query))
    size = read_header(next(lines)).size
    for number in range(len(query.sheets)):
        heading, shown = next(lines), array("i")
        rows = _noted(islice(lines, size), shown)
        read = read_sheet(query, number, size, lines=chain([heading], rows)) if committed else None
        deque(rows, maxlen=0)  # those that nobody read are noted, too
        yield _Sheet(number, json.loads(heading)["groups"], shown, read.commitments if read else ())


def _noted(rows: Iterable[str], shown: array[int]) -> Iterator[str]:
    """Pass the rows of a sheet on, and note which group each shows: what stands before its first comma, if it shows one."""
    for row in rows:
        shown.append(-1 if row.startswith('["') else int(row[1 : row.index(",")]))
        yield row


def _placed(desk: Desk, row: PublishedPeriod, held: Kept, *, at: int, demand: CountedDemand) -> tuple[Placed, ...]:
    """Return the rows of the demand at a place in the list, and the proof of each that it is in the table."""
    query, found, roots = read_query(bytes(row.query)), [], []
    for sheet in _sheets(desk, row, committed=True):
        values = (demand.link, *values_on(query.sheets[sheet.number], demand))
        [linked] = sheet.linked(held, [(at, values)])
        hashes = merkle.leaf_hashes(sheet.commitments)
        found.append((linked, merkle.prove_inclusion(hashes, linked.at)))
        roots.append(merkle.root(hashes))
    size = row.rows // len(roots)
    return tuple(
        Placed(
            row=linked,
            index=linked.sheet * size + linked.at,
            proof=tuple(map(note.to_base64, (*path, *merkle.prove_inclusion(roots, linked.sheet)))),
        )
        for linked, path in found
    )
