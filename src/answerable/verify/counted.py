"""Was my case counted? A receipt of its first event, and its rows in the period's table, both under the log.

1  the file can be read, its receipt holds, and shows an event of this log
2  the log tells of the period once
3  on every sheet that the file names, a row of the table of that period links to this very event
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from answerable.casefile.encoding import Record
from answerable.errors import VerificationFailed
from answerable.public_log import leaves, merkle, note, receipt
from answerable.report.query import unreadable
from answerable.report.rows import field_leaf, hash_of, row_commitment
from answerable.verify.check import Check
from answerable.verify.log import VerifiedLog
from answerable.verify.receipt import verify_receipt
from answerable.verify.report import Recounted

Hash = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]


class LinkedRow(Record):
    """A row whose link is opened: which sheet, which place, the event root it links to (hex), the salt, the other leaves."""

    sheet: Annotated[int, Field(ge=0, le=255)]
    at: Annotated[int, Field(ge=0)]
    link: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    salt: Hash
    leaves: tuple[Hash, ...]

    def commitment(self) -> bytes:
        """Return the commitment of the row that these parts give."""
        first = field_leaf(0, self.link, hash_of(self.salt))
        return row_commitment(self.sheet, [first, *map(hash_of, self.leaves)])


class Placed(Record):
    """A linked row with the proof that it lies in the table, from the row up; `index` counts over all sheets."""

    row: LinkedRow
    index: Annotated[int, Field(ge=0)]
    proof: tuple[Hash, ...]


class CountedProof(Record):
    """The file for a person or an authority: the receipt as text, the period, a row on each sheet."""

    format: Literal["answerable/counted/v1"] = "answerable/counted/v1"
    period: str
    receipt: str
    rows: Annotated[tuple[Placed, ...], Field(min_length=1)]


def is_counted_proof(content: bytes) -> bool:
    """Whether the content means to be such a file."""
    return content[:1] == b"{" and b"answerable/counted/" in content[:4096]


def verify_counted(content: bytes, log: VerifiedLog) -> tuple[Check, ...]:
    """Return every check of a proof that somebody was counted. An unverified log proves nothing."""
    try:
        proof = CountedProof.model_validate(json.loads(content))
    except (ValueError, ValidationError, RecursionError):
        fault = unreadable("The proof", "It is no proof that a demand was counted.")
        return (Check(name=fault.what, passed=False, detail=fault.why),)
    held = verify_receipt(proof.receipt.encode(), log)
    if not all(check.passed for check in held.checks):
        return held.checks
    event = receipt.parse(proof.receipt.encode()).opening.event_root()
    return (*held.checks, *_rows_of(proof, event.hex(), log))


def _rows_of(proof: CountedProof, event: str, log: VerifiedLog) -> Iterator[Check]:
    found = [leaf for _, leaf in log.periods if leaf.period == proof.period]
    detail = "" if found else "it does not, or not yet: a period is told at a tick of the log"
    yield Check(name=f"The log tells of {proof.period} once", passed=len(found) == 1, detail=detail)
    sheets = [placed.row.sheet for placed in proof.rows]
    yield Check(name="The file names each sheet once", passed=len(set(sheets)) == len(sheets), detail=f"{len(sheets)}")
    for placed in proof.rows if len(found) == 1 else ():
        yield _counted(placed, event, found[0])


def _counted(placed: Placed, event: str, leaf: leaves.Period) -> Check:
    name = f"The case was counted: sheet {placed.row.sheet}, row {placed.row.at}"
    if placed.row.link != event:
        return Check(name=name, passed=False, detail="The row links to another event.")
    try:
        proof = [note.unbase64(each) for each in placed.proof]
        commitment = merkle.leaf_hash(placed.row.commitment())
    except (VerificationFailed, ValueError):
        return Check(name=name, passed=False, detail="A hash cannot be read.")
    held = merkle.verify_inclusion(commitment, placed.index, leaf.rows, proof=proof, expected=leaf.table_root)
    return Check(name=name, passed=held, detail="" if held else "The row is not in that table.")


def verify_links(recounted: Recounted, links: Iterable[str], receipts: Sequence[bytes]) -> tuple[Check, ...]:
    """Return whether opened links (a JSON line each) and receipts of first events stand for each other, one to one."""
    found: dict[int, dict[str, int]] = {number: {} for number in range(len(recounted.sheets))}
    wrong: list[str] = []
    for number, line in enumerate(links, 1):
        wrong += [f"line {number}: {why}" for why in _link_fault(line, recounted, found)]
    return (
        Check(name="Every opened link is one of the table", passed=not wrong, detail="; ".join(wrong[:3])),
        _same_events(found),
        _every_event(found, receipts),
    )


def _link_fault(line: str, recounted: Recounted, found: dict[int, dict[str, int]]) -> Iterator[str]:
    try:
        row = LinkedRow.model_validate(json.loads(line))
        commitment = row.commitment()
    except (ValueError, ValidationError, RecursionError):
        yield "it is no link."
        return
    here = recounted.sheets[row.sheet] if row.sheet < len(recounted.sheets) else ()
    if row.at >= len(here) or here[row.at] != commitment:
        yield f"sheet {row.sheet}, row {row.at} of the table is another one."
    elif row.link in found[row.sheet]:
        yield f"sheet {row.sheet}: rows {found[row.sheet][row.link]} and {row.at} count one event twice."
    else:
        found[row.sheet][row.link] = row.at


def _same_events(found: dict[int, dict[str, int]]) -> Check:
    every = set().union(*found.values()) if found else set()
    missing = [
        f"sheet {number} lacks {len(every - set(links))}" for number, links in found.items() if every - set(links)
    ]
    return Check(
        name="Every sheet stands for the same events", passed=not missing, detail="; ".join(missing) or f"{len(every)}"
    )


def _every_event(found: dict[int, dict[str, int]], receipts: Sequence[bytes]) -> Check:
    left_out = []
    for content in receipts:
        parsed = receipt.parse(content)
        event = parsed.opening.event_root().hex()
        if any(event not in links for links in found.values()):
            left_out.append(f"the event in leaf {parsed.index}, slot {parsed.opening.slot} is in no row of the table")
    return Check(
        name="Every receipt's event was counted", passed=not left_out, detail="; ".join(left_out) or f"{len(receipts)}"
    )
