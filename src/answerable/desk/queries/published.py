"""What was counted in a published half-year, and what does its table say? For the desk alone; what all see is in `public`."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

from answerable.casefile.encoding import canonical
from answerable.desk.models import Checkpoint, Leaf, PublishedPeriod
from answerable.desk.wiring import Desk
from answerable.public_log import leaves
from answerable.report.counted import CountedDemand
from answerable.report.periods import HalfYear


@dataclass(frozen=True, slots=True)
class Kept:
    """What was counted in a published period: the secret behind its table, and each case's key with what was counted of it."""

    secret: bytes
    cases: tuple[str, ...]
    demands: tuple[CountedDemand, ...]


class Keeping:
    """Deflates what is counted while it is counted; the list of it would be larger than memory should hold."""

    def __init__(self) -> None:
        self._deflating = zlib.compressobj()
        self._parts = [self._deflating.compress(b'{"demands":[')]
        self._cases: list[str] = []

    def add(self, counted: tuple[str, CountedDemand]) -> CountedDemand:
        """Keep the key of a case and what was counted of it, and return the latter."""
        key, demand = counted
        comma = b"," if self._cases else b""
        self._cases.append(key)
        self._parts.append(self._deflating.compress(comma + canonical(demand)))
        return demand

    def closed(self, secret: bytes) -> bytes:
        """Return all that was kept, with the secret behind the table, as `kept` reads it."""
        rest = canonical({"cases": self._cases, "secret": secret.hex()})[1:]
        return b"".join((*self._parts, self._deflating.compress(b"]," + rest), self._deflating.flush()))


def kept(desk: Desk, row: PublishedPeriod) -> Kept:
    """Return what was counted in a published period, for the statutory figures and for those who were counted."""
    plain = json.loads(zlib.decompress(desk.vault.unseal(bytes(row.counted), name=kept_name(row.period))))
    demands = tuple(CountedDemand.model_validate(each) for each in plain["demands"])
    return Kept(bytes.fromhex(plain["secret"]), tuple(plain["cases"]), demands)


def kept_name(period: str) -> str:
    """Return the name under which the vault holds what was counted."""
    return f"counted demands {period}"


def table_text(row: PublishedPeriod) -> bytes:
    """Return the bytes of `table.jsonl`."""
    return zlib.decompress(bytes(row.table))


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
