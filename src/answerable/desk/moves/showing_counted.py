"""How is somebody shown that their case was counted? By the row that stands for it on each sheet, and the way from there to the log."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from answerable.casefile.encoding import canonical
from answerable.desk.models import Case, PublishedPeriod
from answerable.desk.moves.delivering import receipt_of
from answerable.desk.queries.published import Kept, kept, published_leaf
from answerable.desk.queries.published_table import PublishedTable
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused
from answerable.public_log import merkle, note
from answerable.report.counted import CountedDemand
from answerable.report.gathered import gather, values_on
from answerable.report.groups import Row, Shown
from answerable.report.periods import HalfYear
from answerable.report.query import read_query
from answerable.report.rows import Place, places, salt_of, to_base64
from answerable.verify.counted import CountedProof, LinkedRow, Placed


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
    placed = tuple(_placed(PublishedTable(desk, row), held, at, held.demand(at)))
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
    held, table = kept(desk, row), PublishedTable(desk, row)
    gathered = gather(read_query(bytes(row.query)), held.demands())
    for number, on in enumerate(gathered.sheets):
        groups, lies_at = table.groups(), places(held.secret, number, len(held.cases), size=table.size)
        shows = array("i", map(_group_of, table.rows()))
        for at, kind in enumerate(on.numbers):
            values = (gathered.links[32 * at : 32 * at + 32].hex(), *on.rows[kind])
            place = Place(held.secret, number, lies_at[at])
            yield canonical(_linked(place, values, groups, shows[place.at])).decode()


def _placed(table: PublishedTable, held: Kept, at: int, demand: CountedDemand) -> Iterator[Placed]:
    """Yield, sheet after sheet, the row of the demand at a place in the list, and the proof that it is in the table.

    Of each sheet no more than the part is read in which that row lies: a large table has hundreds of megabytes.
    """
    for number, sheet in enumerate(table.query.sheets):
        place = Place(held.secret, number, places(held.secret, number, len(held.cases), size=table.size)[at])
        groups, part = table.groups(), table.part(number, place.at)
        row = _linked(
            place, (demand.link, *values_on(sheet, demand)), groups, _group_of(part.rows[place.at - part.start])
        )
        path = (
            merkle.prove_inclusion(part.hashes, place.at - part.start),
            merkle.prove_inclusion(table.part_roots, part.number),
        )
        proof = tuple(note.to_base64(each) for some in path for each in some)
        yield Placed(row=row, index=number * table.size + place.at, proof=proof)


def _linked(place: Place, values: Row, groups: Sequence[Shown], group: int) -> LinkedRow:
    """Return the row at a place with its link opened; `values` begin with the link, `group` is the one it shows, -1 for none."""
    leaves = place.leaves(values, groups[group] if group >= 0 else None)
    salt = to_base64(salt_of(place.closed_seed, 0))
    return LinkedRow(
        sheet=place.sheet, at=place.at, link=values[0], salt=salt, leaves=tuple(map(to_base64, leaves[1:]))
    )


def _group_of(row: str) -> int:
    """Return which group a row shows: what stands before its first comma, -1 for none."""
    return -1 if row.startswith('["') else int(row[1 : row.index(",")])
