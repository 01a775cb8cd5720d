"""How do the demands of a period lie in its table? A sheet at a time: open rows, closed ones and decoys, shuffled.

Every sheet has the same number of rows, a power of two, so that the root over all of them is the root over the sheets' roots
(RFC 6962). The tree itself is none of this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from answerable.casefile.encoding import Record, canonical
from answerable.report.bands import Bands, is_banded
from answerable.report.counted import FIELDS, CountedDemand
from answerable.report.groups import Shown, ordered, shown
from answerable.report.query import Query, Sheet
from answerable.report.rows import Place, decoy, decoy_seed, places, row_commitment, to_base64


class Header(Record):
    """The first line of the table: which period of which provider, how many rows a sheet, and what is told in bands."""

    format: Literal["answerable/table/v1"] = "answerable/table/v1"
    provider: str
    period: str
    start: date
    end: date
    size: int
    bands: Bands


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One sheet as it is published: its groups, and, place by place, the commitment and the line of each row."""

    name: str
    groups: tuple[Shown, ...]
    commitments: tuple[bytes, ...]
    lines: tuple[str, ...]

    def text(self) -> Iterator[str]:
        """Yield the lines of the sheet."""
        yield canonical({"groups": self.groups, "sheet": self.name}).decode()
        yield from self.lines


def size_for(demands: int, *, room: int, least: int) -> int:
    """Return the number of rows of a sheet: a power of two that follows from what is published alone."""
    return int(1 << max(least - 1, demands + room).bit_length())


def values_on(sheet: Sheet, demand: CountedDemand) -> tuple[str, ...]:
    """Return the fields of a demand on a sheet, its link first."""
    return (demand.link, *(FIELDS[name](demand) for name in sheet.fields))


def sheet_rows(query: Query, number: int, demands: Sequence[CountedDemand], *, size: int, secret: bytes) -> SheetRows:
    """Return one sheet over the demands of a period. Refuses more demands than it has rows."""
    values = [values_on(query.sheets[number], demand) for demand in demands]
    told = [at for at, demand in enumerate(demands) if not is_banded(demand)]
    open_rows = shown([values[at][1:] for at in told], smallest=query.smallest_group) or []
    groups = tuple(sorted(set(open_rows), key=ordered))
    numbers = {group: at for at, group in enumerate(groups)}
    known = dict(zip(told, open_rows, strict=False))
    filled: dict[int, tuple[bytes, str]] = {}
    for at, where in enumerate(places(secret, number, len(demands), size=size)):
        filled[where] = _row(Place(secret, number, where), values[at], known.get(at), numbers)
    decoys = decoy_seed(secret)
    rows = [filled.get(at) or _closed(decoy(decoys, number, at)) for at in range(size)]
    return SheetRows(query.sheets[number].name, groups, tuple(row[0] for row in rows), tuple(row[1] for row in rows))


def _row(place: Place, values: Sequence[str], group: Shown | None, numbers: dict[Shown, int]) -> tuple[bytes, str]:
    leaves = place.leaves(values, group)
    commitment = row_commitment(place.sheet, leaves)
    if group is None:
        return _closed(commitment)
    hidden = [leaf for leaf, shows in zip(leaves, (None, *group), strict=True) if shows is None]
    written = ",".join(f'"{to_base64(part)}"' for part in (place.open_seed, *hidden))
    return commitment, f"[{numbers[group]},{written}]"


def _closed(commitment: bytes) -> tuple[bytes, str]:
    return commitment, f'["{to_base64(commitment)}"]'
