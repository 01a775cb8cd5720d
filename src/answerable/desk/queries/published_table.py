"""What does the table of a half-year say? It is read from its first line to its last, and what nobody asks for is passed over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from answerable.adapters.files import write_whole
from answerable.desk.models import PublishedPeriod
from answerable.desk.queries.published import table_lost, table_pieces, table_place
from answerable.desk.wiring import Desk
from answerable.errors import NotConfigured, VerificationFailed
from answerable.public_log import merkle, tiles
from answerable.report.groups import Shown
from answerable.report.query import read_query
from answerable.report.read_table import read_header, read_sheet
from answerable.report.table import PART


@dataclass(frozen=True, slots=True)
class TablePart:
    """A part of a sheet: its number among the parts of all sheets, where on its sheet it starts, its rows and their leaf hashes."""

    number: int
    start: int
    rows: list[str]
    hashes: list[bytes]


class PublishedTable:
    """A table that is read once: of each sheet its groups, and then its rows or one part of them.

    Refuses a file that is lost, cut off or changed.
    """

    def __init__(self, desk: Desk, row: PublishedPeriod) -> None:
        self._desk, self._row = desk, row
        self._pieces, self._rest = table_pieces(desk, row), b""
        self.query = read_query(bytes(row.query))
        self._heading = self._line()
        with self._refusing():
            self.size = read_header(self._heading).size
            """How many rows each sheet has."""
        self._width = min(PART, self.size)

    def groups(self) -> list[Shown]:
        """Return the groups of the next sheet."""
        self._heading = self._line()
        with self._refusing():
            return [tuple(group) for group in json.loads(self._heading)["groups"]]

    def rows(self) -> Iterator[str]:
        """Yield all rows of the sheet whose groups were read last."""
        for _ in range(0, self.size, self._width):
            yield from self._lines(self._width)

    def part(self, sheet: int, at: int) -> TablePart:
        """Return the part of the sheet whose groups were read last in which a row lies. The others are passed over."""
        start = at - at % self._width
        self._skip(start)
        rows, hashes = self._part(sheet)
        self._skip(self.size - start - self._width)
        part = TablePart((sheet * self.size + start) // self._width, start, rows, hashes)
        if merkle.root(hashes) != self.part_roots[part.number]:
            raise self._lost()
        return part

    @cached_property
    def part_roots(self) -> list[bytes]:
        """Return the root of each part of all sheets, which give the root over all rows. Where they are lost, they are made again."""
        place = roots_place(self._desk, self._row)
        roots = tiles.split(place.read_bytes()) if place.exists() else []
        if not self._are_right(roots):
            roots = list(PublishedTable(self._desk, self._row)._all_roots())
            if not self._are_right(roots):
                raise self._lost()
            with suppress(FileNotFoundError):  # somebody else made it meanwhile, and it is the same
                write_whole(place, roots)
        return roots

    def _are_right(self, roots: list[bytes]) -> bool:
        return len(roots) * self._width == self._row.rows and merkle.root(roots) == bytes(self._row.table_root)

    def _all_roots(self) -> Iterator[bytes]:
        for sheet in range(len(self.query.sheets)):
            self._heading = self._line()
            for _ in range(0, self.size, self._width):
                yield merkle.root(self._part(sheet)[1])

    def _part(self, sheet: int) -> tuple[list[str], list[bytes]]:
        rows = self._lines(self._width)
        with self._refusing():
            read = read_sheet(self.query, sheet, self._width, lines=iter([self._heading, *rows]))
            return rows, merkle.leaf_hashes(read.commitments)

    def _line(self) -> str:
        return self._lines(1)[0]

    def _lines(self, count: int) -> list[str]:
        while self._rest.count(b"\n") < count:
            self._rest += self._piece()
        *lines, self._rest = self._rest.split(b"\n", count)
        return [line.decode(errors="replace") for line in lines]

    def _skip(self, count: int) -> None:
        while (held := self._rest.count(b"\n")) < count:
            count -= held
            self._rest = self._rest[self._rest.rfind(b"\n") + 1 :] + self._piece()
        self._rest = self._rest.split(b"\n", count)[-1]

    def _piece(self) -> bytes:
        piece = next(self._pieces, b"")
        if not piece:
            raise self._lost()
        return piece

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except (VerificationFailed, ValueError, TypeError, KeyError) as fault:
            raise self._lost() from fault

    def _lost(self) -> NotConfigured:
        return table_lost(self._row, table_place(self._desk, self._row), is_there=True)


def roots_place(desk: Desk, row: PublishedPeriod) -> Path:
    """Return where the root of each part of a table lies, beside it: the proof of one row needs no more of the others."""
    return table_place(desk, row).with_suffix(".roots")
