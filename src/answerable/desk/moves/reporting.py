"""How is a half-year closed, once and for all? Its table and report are made and kept, then the log tells of them.

What was counted is kept encrypted beside it: without it nobody could be shown the row in which their case was counted.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, transaction

from answerable.adapters.counting import read_checked
from answerable.adapters.keys import random_bytes
from answerable.adapters.tabling import write_table
from answerable.casefile.encoding import canonical, sha512_hex
from answerable.desk.models import Case, PublishedPeriod
from answerable.desk.moves.delivering import receipt_of
from answerable.desk.moves.recording import append_period
from answerable.desk.queries.figures import counted_demands, unlogged
from answerable.desk.queries.published import Keeping, Kept, kept, kept_name, leaf_of, published_leaf, table_text
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused
from answerable.public_log import leaves, merkle, note
from answerable.report.gathered import gather, values_on
from answerable.report.periods import HalfYear
from answerable.report.query import current, query_text, read_query
from answerable.report.read_table import read_header, read_sheets
from answerable.report.reporting import Closing, header_for, report_of, report_text
from answerable.report.rows import Place, places, salt_of, to_base64
from answerable.verify.counted import CountedProof, LinkedRow, Placed
from answerable.verify.report import rows_root


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
    linked = list(_linked(row, held, [held.cases.index(case.key)]))
    proof = CountedProof(period=row.period, receipt=receipt_of(desk, first).decode(), rows=_placed(row, linked))
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
    held = kept(desk, row)
    return (canonical(each).decode() for each in _linked(row, held, range(len(held.cases))))


def _made(desk: Desk, period: HalfYear) -> PublishedPeriod:
    """Return the row of a half-year, not saved yet. Counting takes a millisecond a demand, and holds up no move."""
    query, secret, keeping = current(), random_bytes(32), Keeping()
    with _as_of_one_moment():
        _refuse_too_early(desk, period)
        gathered = gather(query, map(keeping.add, counted_demands(desk, period)))
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
        deflated = _deflated(table)
    return PublishedPeriod(
        period=period.name,
        closed_at=desk.now(),
        counted=desk.vault.seal(keeping.closed(secret), name=kept_name(period.name)),
        report=report_text(report_of(query, header, {sheet.name: sheet.groups for sheet in checked})),
        query=query_text(),
        table=deflated,
        rows=header.size * len(checked),
        table_root=root,
    )


def _deflated(file: Path) -> bytes:
    deflating, parts = zlib.compressobj(), []
    with file.open("rb") as whole:
        while piece := whole.read(1 << 20):
            parts.append(deflating.compress(piece))
    return b"".join((*parts, deflating.flush()))


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


def _linked(row: PublishedPeriod, held: Kept, wanted: Sequence[int]) -> Iterator[LinkedRow]:
    lines = table_text(row).decode().splitlines()
    query, size = read_query(bytes(row.query)), read_header(lines[0]).size
    for number, sheet in enumerate(query.sheets):
        begins = 1 + number * (size + 1)
        groups = json.loads(lines[begins])["groups"]
        where = places(held.secret, number, len(held.demands), size=size)
        for at in wanted:
            said = json.loads(lines[begins + 1 + where[at]])
            group = tuple(groups[said[0]]) if len(said) > 1 else None
            demand = held.demands[at]
            place, values = Place(held.secret, number, where[at]), (demand.link, *values_on(sheet, demand))
            salt = salt_of(place.closed_seed, 0)
            others = place.leaves(values, group)[1:]
            yield LinkedRow(
                sheet=number, at=where[at], link=values[0], salt=to_base64(salt), leaves=tuple(map(to_base64, others))
            )


def _placed(row: PublishedPeriod, linked: Sequence[LinkedRow]) -> tuple[Placed, ...]:
    lines = table_text(row).decode().splitlines()
    query, header = read_query(bytes(row.query)), read_header(lines[0])
    read = [each.commitments for each in read_sheets(query, header, iter(lines[1:]))]
    roots = [rows_root(each) for each in read]
    return tuple(
        Placed(
            row=each,
            index=each.sheet * header.size + each.at,
            proof=tuple(
                note.to_base64(hash_)
                for hash_ in (
                    *merkle.prove_inclusion([merkle.leaf_hash(row_) for row_ in read[each.sheet]], each.at),
                    *merkle.prove_inclusion(roots, each.sheet),
                )
            ),
        )
        for each in linked
    )
