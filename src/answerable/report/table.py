"""How do the demands of a period lie in its table? A sheet at a time: open rows, closed ones and decoys, shuffled.

Every sheet has the same number of rows, a power of two, and is written in parts that have as many, so that the root over all
rows is the root over the parts' roots (RFC 6962). The tree itself is none of this module.
"""

from __future__ import annotations

from array import array
from binascii import b2a_base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Literal

from answerable.casefile.encoding import Record, canonical
from answerable.report.bands import Bands
from answerable.report.gathered import Gathered
from answerable.report.groups import Row, Shown, ordered, shown
from answerable.report.query import Query
from answerable.report.rows import Field, decoy_seed, decoys, derived, field, leaves_of, places, row_commitment

PART = 1 << 10
"""How many rows a part of a sheet has, where the sheet has as many."""


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
class Part:
    """Some rows of a sheet, place by place: their commitments, and their lines, each with its end."""

    commitments: tuple[bytes, ...]
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What rows of the same values have in common: how their lines begin, their fields by seed, and how leaves are ordered.

    `closed` lacks the link, which is the first closed field of every row; `begins` is empty where a row shows nothing.
    """

    begins: bytes
    opened: tuple[Field, ...]
    closed: tuple[Field, ...]
    order: Callable[[Sequence[bytes]], tuple[bytes, ...]]


@dataclass(frozen=True, slots=True)
class LaidSheet:
    """One sheet, ready to be written: its groups, the kinds of its rows, and by demand the number of its kind and its link, 32 bytes.

    Demands whose kind is told in bands only follow the others in `kinds`.
    """

    name: str
    number: int
    size: int
    secret: bytes
    groups: tuple[Shown, ...]
    kinds: tuple[Kind, ...]
    numbers: Sequence[int]
    links: bytes

    @property
    def heading(self) -> bytes:
        """The first line of the sheet, with its end."""
        return canonical({"groups": self.groups, "sheet": self.name}) + b"\n"

    def parts(self) -> Iterator[Part]:
        """Yield the rows of the sheet in parts that make one whole tree each. Refuses more demands than there are rows."""
        lies_at = array("q", [-1]) * self.size
        for demand, where in enumerate(places(self.secret, self.number, len(self.numbers), size=self.size)):
            lies_at[where] = demand
        for start in range(0, self.size, PART):
            yield self._part(start, lies_at[start : start + PART])

    def _part(self, start: int, lies_at: Sequence[int]) -> Part:
        decoy = decoys(decoy_seed(self.secret), self.number)
        open_seed, closed_seed = (derived(self.secret, what, self.number) for what in (b"open", b"closed"))
        link, commitments, lines = field(0, ""), [], []
        for at, demand in enumerate(lies_at, start):
            if demand < 0:
                commitment, begins = decoy(at), b""
            else:
                kind = self.kinds[self.numbers[demand]]
                begins = kind.begins
                mine = (link[0], link[1] + self.links[32 * demand : 32 * demand + 32].hex().encode())
                closed = leaves_of(closed_seed(at), (mine, *kind.closed))
                seed = open_seed(at)
                commitment = row_commitment(self.number, kind.order([*closed, *leaves_of(seed, kind.opened)]))
            told = [seed, *closed] if begins else [commitment]
            commitments.append(commitment)
            written = b'","'.join([b2a_base64(each, newline=False) for each in told])
            lines.append(b'%b"%b"]\n' % (begins or b"[", written))
        return Part(tuple(commitments), tuple(lines))


def size_for(demands: int, *, room: int, least: int) -> int:
    """Return the number of rows of a sheet: a power of two that follows from what is published alone."""
    return int(1 << max(least - 1, demands + room).bit_length())


def lay_out(query: Query, number: int, gathered: Gathered, *, size: int, secret: bytes) -> LaidSheet:
    """Return one sheet over the demands of a period."""
    sheet, rows = query.sheets[number], gathered.sheets[number].rows
    told = shown(gathered.sheets[number].told, smallest=query.smallest_group) or {}
    groups = tuple(sorted(set(told.values()), key=ordered))
    at = {group: place for place, group in enumerate(groups)}
    kinds = [_kind(row, group, at[group]) if (group := told.get(row)) else _kind(row) for row in rows]
    numbers = array("I", gathered.sheets[number].numbers)
    for demand in gathered.banded:
        kinds.append(_kind(rows[numbers[demand]]))
        numbers[demand] = len(kinds) - 1
    return LaidSheet(sheet.name, number, size, secret, groups, tuple(kinds), numbers, gathered.links)


def order_of(shows: Shown) -> Callable[[Sequence[bytes]], tuple[bytes, ...]]:
    """Return what puts the leaves of a row, first the closed ones and then the open, in the order of their fields."""
    hidden = [at for at, value in enumerate((None, *shows)) if value is None]
    opened = [at for at, value in enumerate((None, *shows)) if value is not None]
    came = {position: at for at, position in enumerate((*hidden, *opened))}
    return itemgetter(*(came[position] for position in range(len(shows) + 1)))


def _kind(row: Row, group: Shown | None = None, number: int = 0) -> Kind:
    shows = group or (None,) * len(row)
    fields = [field(at, value) for at, value in enumerate(row, 1)]
    opened = tuple(one for one, value in zip(fields, shows, strict=True) if value is not None)
    closed = tuple(one for one, value in zip(fields, shows, strict=True) if value is None)
    return Kind(b"[%d," % number if group else b"", opened, closed, order_of(shows))
