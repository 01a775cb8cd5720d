"""What does a table need of the demands of a period? Each one's link, and on each sheet which row of values it has.

Demands are taken one after the other and none is kept: a half-year has hundreds of thousands of them, but few different rows.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from answerable.report.bands import is_banded
from answerable.report.counted import FIELDS, CountedDemand
from answerable.report.groups import Row
from answerable.report.query import Query, Sheet


@dataclass(frozen=True, slots=True)
class OnSheet:
    """A sheet before it is laid out: the different rows of values, and by demand the number of its row among them."""

    rows: tuple[Row, ...]
    numbers: Sequence[int]
    told: dict[Row, int]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The demands of a period, in order. `banded` are those that law lets be told in bands only, by their place in it.

    `links` are the event roots of their first events, 32 bytes each, one after the other.
    """

    links: bytes
    sheets: tuple[OnSheet, ...]
    banded: dict[int, CountedDemand]

    @property
    def told(self) -> int:
        """How many demands are told one by one."""
        return len(self.links) // 32 - len(self.banded)


def gather(query: Query, demands: Iterable[CountedDemand]) -> Gathered:
    """Return what the table needs of the demands. Refuses, with `ValueError`, a link that is no event root in hex."""
    links = bytearray()
    known: list[dict[Row, int]] = [{} for _ in query.sheets]
    numbers = [array("I") for _ in query.sheets]
    banded: dict[int, CountedDemand] = {}
    for at, demand in enumerate(demands):
        root = bytes.fromhex(demand.link)
        if root.hex() != demand.link or len(root) != 32:
            raise ValueError("a demand is linked to by the root of its first event, in hex")
        links += root
        if is_banded(demand):
            banded[at] = demand
        for sheet, rows, of in zip(query.sheets, known, numbers, strict=True):
            of.append(rows.setdefault(values_on(sheet, demand), len(rows)))
    on = (_on_sheet(tuple(rows), of, banded) for rows, of in zip(known, numbers, strict=True))
    return Gathered(bytes(links), tuple(on), banded)


def values_on(sheet: Sheet, demand: CountedDemand) -> Row:
    """Return the fields of a demand on a sheet."""
    return tuple([FIELDS[name](demand) for name in sheet.fields])


def _on_sheet(rows: tuple[Row, ...], numbers: array[int], banded: Iterable[int]) -> OnSheet:
    told = Counter(numbers)
    told.subtract(numbers[at] for at in banded)
    return OnSheet(rows, numbers, {rows[number]: times for number, times in told.items() if times})
