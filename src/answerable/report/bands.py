"""What may be told of demands that law lets be told in bands only? 50 USC 1874(a), not read by a lawyer.

A provider chooses one of the ways of the law. Numbers of the ways (1) and (2) that rest on the Foreign Intelligence
Surveillance Act may be told only 180 days after the end of the period; way (3) counts all process together. Way (4), a year in
bands of 100, is not offered: the reports here are of half-years.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from answerable.casefile.encoding import Record
from answerable.report.counted import CountedDemand

# Instruments whose rows stay closed for good, with the heading under which the ways of the law count them.
BANDED: dict[str, str] = {"us.nsl": "national security letters", "us.fisa": "orders under FISA"}
_WIDTHS = {1: 1000, 2: 500, 3: 250}
_DELAY = timedelta(days=180)


class Bands(Record):
    """The numbers in bands: `bands` gives each heading its lowest and highest number; `later` when the rest may be told."""

    citation: str
    reviewed: bool = False
    bands: dict[str, tuple[int, int]]
    later: date | None = None


def is_banded(demand: CountedDemand) -> bool:
    """Whether law lets this demand be told in a band only."""
    return demand.instrument in BANDED


def bands(demands: Iterable[CountedDemand], *, way: int, end: date, on: date) -> Bands:
    """Return the bands of the demands of a period that ended before `end`, as they may be told on the day `on`.

    Bands always begin at nought: no demand and one look the same.
    """
    rows = [demand for demand in demands if is_banded(demand)]
    wide = _WIDTHS[way]
    told: dict[str, tuple[int, int]] = {}
    for heading, of in _headings(rows, way).items():
        told[heading] = _band(len(of), wide)
        told[f"accounts named in {heading}"] = _band(sum(each.accounts for each in of), wide)
    waits = way != 3 and on < end + _DELAY
    kept = {name: band for name, band in told.items() if not (waits and "FISA" in name)}
    return Bands(citation=f"50 USC 1874(a)({way})", bands=kept, later=end + _DELAY if waits else None)


def room(demands: Iterable[CountedDemand], *, way: int) -> int:
    """Return how many such demands a reader of the bands must hold possible: the table has room for them all."""
    rows = [demand for demand in demands if is_banded(demand)]
    return sum(_band(len(of), _WIDTHS[way])[1] for of in _headings(rows, way).values())


def _headings(rows: list[CountedDemand], way: int) -> dict[str, list[CountedDemand]]:
    if way == 3:
        return {"all national security process": rows}
    found: dict[str, list[CountedDemand]] = {}
    for instrument, heading in BANDED.items():
        of = [row for row in rows if row.instrument == instrument]
        if instrument == "us.nsl":
            found[heading] = of
            continue
        found[f"{heading}, content"] = [row for row in of if "content" in row.asked]
        found[f"{heading}, other"] = [row for row in of if "content" not in row.asked]
    return found


def _band(number: int, width: int) -> tuple[int, int]:
    low = number // width * width
    return (low, low + width - 1)
