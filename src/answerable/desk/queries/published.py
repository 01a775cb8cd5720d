"""What was counted in a published half-year, and what does its table say? For the desk alone; what all see is in `public`."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

from answerable.desk.models import PublishedPeriod
from answerable.desk.wiring import Desk
from answerable.report.counted import CountedDemand


@dataclass(frozen=True, slots=True)
class Kept:
    """What was counted in a published period: the secret behind its table, and each case's key with what was counted of it."""

    secret: bytes
    cases: tuple[str, ...]
    demands: tuple[CountedDemand, ...]


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
