"""What was counted in a published half-year, and what does its table say? For the desk alone; what all see is in `public`.

A half-year of a large service is larger than memory should hold: table and list are read piece by piece, as often as needed.
"""

from __future__ import annotations

import codecs
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from answerable.casefile.encoding import canonical
from answerable.desk.models import Checkpoint, Leaf, PublishedPeriod
from answerable.desk.wiring import Desk
from answerable.errors import NotConfigured
from answerable.public_log import leaves
from answerable.report.counted import CountedDemand
from answerable.report.periods import HalfYear
from answerable.verify.check import Check

_BEGINS, _ENDS = '{"demands":[', '],"cases":['
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Kept:
    """What was counted in a published period: the secret behind its table, and each case's key with what was counted of it."""

    secret: bytes
    cases: tuple[str, ...]
    _deflated: bytes

    def demands(self) -> Iterator[CountedDemand]:
        """Yield what was counted of each case, in the order of their keys; each time it is asked, it is read anew."""
        return map(CountedDemand.model_validate, _told(self._deflated))

    def demand(self, at: int) -> CountedDemand:
        """Return what was counted of the case at a place in the list."""
        return CountedDemand.model_validate(next(islice(_told(self._deflated), at, None)))


class Keeping:
    """Deflates what is counted while it is counted; the list of it would be larger than memory should hold."""

    def __init__(self) -> None:
        self._deflating = zlib.compressobj()
        self._parts = [self._deflating.compress(_BEGINS.encode())]
        self._cases = bytearray()

    def add(self, counted: tuple[str, CountedDemand]) -> CountedDemand:
        """Keep the key of a case and what was counted of it, and return the latter."""
        key, demand = counted
        comma = b"," if self._cases else b""
        self._cases += comma + canonical(key)
        self._parts.append(self._deflating.compress(comma + canonical(demand)))
        return demand

    def closed(self, secret: bytes) -> bytes:
        """Return all that was kept, with the secret behind the table, as `kept` reads it."""
        self._parts += map(
            self._deflating.compress, (_ENDS.encode(), self._cases, b'],"secret":', canonical(secret.hex()), b"}")
        )
        return b"".join((*self._parts, self._deflating.flush()))


def kept(desk: Desk, row: PublishedPeriod) -> Kept:
    """Return what was counted in a published period, for the statutory figures and for those who were counted."""
    deflated = desk.vault.unseal(bytes(row.counted), name=kept_name(row.period))
    rest = _rest(deflated)
    return Kept(bytes.fromhex(rest["secret"]), tuple(rest["cases"]), deflated)


def kept_name(period: str) -> str:
    """Return the name under which the vault holds what was counted."""
    return f"counted demands {period}"


def table_place(desk: Desk, row: PublishedPeriod) -> Path:
    """Return where the table of a half-year lies, as gzip: the root in the name says that it is the one the log tells of."""
    return desk.home.reports / f"{row.period}-{bytes(row.table_root).hex()}.jsonl.gz"


def table_pieces(desk: Desk, row: PublishedPeriod) -> Iterator[bytes]:
    """Yield the bytes of `table.jsonl`, piece by piece. Refuses a file that is lost, cut off or changed."""
    place = table_place(desk, row)
    try:
        with gzip.open(place) as file:
            while piece := file.read(_PIECE):
                yield piece
    except (OSError, EOFError, zlib.error) as fault:
        raise table_lost(row, place, is_there=not isinstance(fault, FileNotFoundError)) from fault


def table_lost(row: PublishedPeriod, place: Path, *, is_there: bool) -> NotConfigured:
    """Return what is raised where the table of a half-year is not there, or not the one that was published."""
    return NotConfigured(
        "report.table-lost",
        what=f"The table of {row.period} cannot be read.",
        why=f"reports/{place.name} is {'damaged' if is_there else 'missing'}.",
        next_step="Restore it from your backup, or make it again with gzip from the table.jsonl that was published.",
    )


def tables_are_there(desk: Desk) -> Check:
    """Return whether the table of each published report lies where it is read: none of them is in the database."""
    rows = PublishedPeriod.objects.only("period", "table_root")
    lost = [place.name for place in (table_place(desk, row) for row in rows) if not place.exists()]
    return Check(name="the table of every published report is there", passed=not lost, detail=", ".join(lost))


def published_leaf(period: HalfYear) -> int | None:
    """Return the index of the published leaf that tells of a period, or None where the log tells of it at its next tick."""
    row = leaf_of(period)
    return row.index if row and Checkpoint.objects.filter(size__gt=row.index).exists() else None


def leaf_of(period: HalfYear) -> Leaf | None:
    """Return the leaf that tells of a period, published or to be published at the next tick."""
    for row in Leaf.objects.filter(index__gt=0):
        if bytes(row.content).startswith(b"answerable/period/"):
            leaf = leaves.parse(bytes(row.content))
            if isinstance(leaf, leaves.Period) and leaf.period == period.name:
                return row
    return None


def _told(deflated: bytes) -> Iterator[Any]:
    """Yield what was counted of each demand."""
    pieces, decode = _inflated(deflated), json.JSONDecoder().raw_decode
    text, at = "", len(_BEGINS)
    while len(text) < at:
        text += next(pieces)
    while not text.startswith("]", at):
        try:
            each, end = decode(text, at + text.startswith(",", at))
        except ValueError:  # cut in the middle
            text, at = text[at:] + next(pieces), 0
        else:
            yield each
            at = end


def _rest(deflated: bytes) -> Any:
    """Return what stands behind all demands. It is looked for by what begins it, which is in no demand: a quote in a text is escaped."""
    pieces, text = _inflated(deflated), ""
    while (at := text.find(_ENDS)) < 0:
        text = text[-len(_ENDS) :] + next(pieces)
    return json.loads("{" + text[at + 2 :] + "".join(pieces))


def _inflated(deflated: bytes) -> Iterator[str]:
    inflating, reading = zlib.decompressobj(), codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(deflated), _PIECE):
        yield reading.decode(inflating.decompress(deflated[start : start + _PIECE]))
    yield reading.decode(inflating.flush(), final=True)
