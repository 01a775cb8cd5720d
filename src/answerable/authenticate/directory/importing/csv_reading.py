"""How is a table that somebody sends us read? Whole or not at all, with the line of every fault; nothing is guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from answerable.errors import MalformedDirectory

LARGEST = 64 * 1024 * 1024
_MOST_LINES = 500_000
_LONGEST_CELL = 10_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line was left out. It names line and column, never the value."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: where it starts in the file, and its cells by column."""

    line: int
    cells: dict[str, str]

    def list_of(self, column: str) -> tuple[str, ...]:
        """Return the values of a cell that separates them by semicolons or line ends, each once."""
        parts = self.cells.get(column, "").replace("\n", ";").split(";")
        return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


@dataclass(frozen=True, slots=True)
class Read(Generic[Made]):
    """What a file gave, and which lines it did not."""

    made: tuple[Made, ...]
    faults: tuple[Fault, ...] = ()


class BadLine(Exception):
    """A line that cannot be used, with the reason; it becomes a `Fault`."""


def each_row(
    content: bytes, needed: Sequence[str], make: Callable[[Row], Made], *, known: Sequence[str] | None = None
) -> Read[Made]:
    """Return what `make` makes of each line. Refuses a file that is no table with the columns `needed`.

    Where `known` is given, a column that is not in it is refused too. A line that `make` refuses is a fault.
    """
    made: list[Made] = []
    faults: list[Fault] = []
    for row in _rows(content, needed, known):
        if isinstance(row, Fault):
            faults.append(row)
            continue
        try:
            made.append(make(row))
        except BadLine as fault:
            faults.append(Fault(row.line, str(fault)))
    return Read(tuple(made), tuple(faults))


def _rows(content: bytes, needed: Sequence[str], known: Sequence[str] | None) -> Iterator[Row | Fault]:
    reader = csv.reader(io.StringIO(decoded(content), newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for number, cells in enumerate(reader):
            start, line = line, reader.line_num + 1
            if number > _MOST_LINES:
                raise malformed("directory.too-long", f"It has more than {_MOST_LINES:,} lines.", "Send it in parts.")
            if header is None:
                header = _header(cells, needed, known)
            elif any(cell.strip() for cell in cells):
                yield _row(start, cells, header)
    except csv.Error as fault:
        why = f"Line {reader.line_num} is not CSV: {_plain(fault)}."
        raise malformed(
            "directory.not-a-table", why, "Export it again with quotes around cells that hold commas."
        ) from fault
    if header is None:
        raise malformed("directory.not-a-table", "It is empty.", "Send a table with a line of column names.")


def _plain(fault: csv.Error) -> str:
    return "a cell is too long" if "field limit" in str(fault) else "quotes do not close, or stand inside a cell"


def _header(cells: list[str], needed: Sequence[str], known: Sequence[str] | None) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = sorted({name for name in header if header.count(name) > 1})
    missing = [name for name in needed if name not in header]
    strange = sum(name not in known for name in header) if known is not None else 0
    if twice or missing:
        said = f"Missing: {', '.join(missing)}." if missing else "Two columns have one name."
        raise malformed(
            "directory.columns", f"The first line does not name the columns. {said}", "See docs/formats/directory.md."
        )
    if strange:
        why = f"{strange} of its columns are unknown here. Known are: {', '.join(known or ())}."
        raise malformed("directory.columns", why, "Take them away or name them as docs/formats/directory.md does.")
    return header


def _row(line: int, cells: list[str], header: list[str]) -> Row | Fault:
    if len(cells) != len(header):
        return Fault(line, f"it has {len(cells)} cells, and the first line names {len(header)}")
    if any(len(cell) > _LONGEST_CELL for cell in cells):
        return Fault(line, f"a cell is longer than {_LONGEST_CELL:,} characters")
    return Row(line, {name: harmless(cell.strip()) for name, cell in zip(header, cells, strict=True)})


def decoded(content: bytes) -> str:
    """Return the text of a file, which must be UTF-8, with or without a byte order mark. Says where it is not."""
    if len(content) > LARGEST:
        raise malformed("directory.too-long", f"It is larger than {LARGEST // 1024 // 1024} MiB.", "Send it in parts.")
    if content.startswith(_UTF16):
        raise malformed("directory.encoding", "It is UTF-16.", "Save it as “CSV UTF-8”.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise malformed("directory.encoding", f"Line {line} is not UTF-8.", "Save it as “CSV UTF-8”.") from fault
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise malformed("directory.encoding", f"Line {line} holds a zero byte.", "Export it again as text.")
    return text


def harmless(cell: str) -> str:
    """Return a cell without the apostrophe that an export puts before what a spreadsheet would run as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


def unformulaic(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def malformed(code: str, why: str, next_step: str) -> MalformedDirectory:
    """Return the error of a list that cannot be read."""
    return MalformedDirectory(code, what="The list of authorities cannot be read.", why=why, next_step=next_step)
