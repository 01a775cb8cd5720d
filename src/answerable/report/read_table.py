"""What does a published table hold? Each sheet is read by itself; the commitment of every row is computed again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from answerable.casefile.encoding import canonical
from answerable.errors import VerificationFailed
from answerable.report.groups import Shown
from answerable.report.query import Query, Sheet, unreadable
from answerable.report.rows import field, hash_of, leaves_of, row_commitment
from answerable.report.table import Header, order_of


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """One sheet as it was read: how many rows each group has, and the commitment of every row."""

    sheet: Sheet
    groups: tuple[tuple[Shown, int], ...]
    commitments: tuple[bytes, ...]


def read_header(line: str) -> Header:
    """Return the first line of a table. Refuses every spelling but the canonical one."""
    try:
        header = Header.model_validate(json.loads(line))
    except (ValueError, RecursionError, ValidationError) as fault:
        raise unreadable("table.jsonl", "Its first line is no header.") from fault
    if canonical(header).decode() != line:
        raise unreadable("table.jsonl", "Its first line is not in the canonical form.")
    return header


def read_sheets(query: Query, header: Header, lines: Iterator[str]) -> Iterator[ReadSheet]:
    """Yield each sheet of a table, its commitments computed again. Refuses, with the line, whatever is none of the format."""
    for number in range(len(query.sheets)):
        yield read_sheet(query, number, header.size, lines=lines)
    if next(lines, None) is not None:
        raise one_more(query, header.size)


def read_sheet(query: Query, number: int, size: int, *, lines: Iterator[str]) -> ReadSheet:
    """Return the sheet that begins with the next of `lines`."""
    sheet, first = query.sheets[number], first_line(number, size)
    groups = _read_groups(sheet, next(lines, ""), first)
    read, counted, commitments = _Rows(number, groups), [0] * len(groups), []
    for at in range(first + 1, first + 1 + size):
        line = next(lines, None)
        if line is None:
            raise unreadable("table.jsonl", f"It ends before line {at}: a row of sheet {sheet.name} was left out.")
        try:
            group, commitment = read.row(line)
        except (ValueError, TypeError, LookupError, RecursionError) as fault:
            raise unreadable("table.jsonl", f"Line {at}, sheet {sheet.name}: this is no row.") from fault
        if group is not None:
            counted[group] += 1
        commitments.append(commitment)
    return ReadSheet(sheet, tuple(zip(groups, counted, strict=True)), tuple(commitments))


def first_line(number: int, size: int) -> int:
    """Return the line, counted from 1, on which a sheet of a table begins."""
    return 2 + number * (size + 1)


def one_more(query: Query, size: int) -> VerificationFailed:
    """Return the refusal of a table with a line after its last sheet."""
    at = first_line(len(query.sheets), size)
    return unreadable("table.jsonl", f"Line {at} is one more than {len(query.sheets)} sheets of {size} rows have.")


def _read_groups(sheet: Sheet, line: str, at: int) -> tuple[Shown, ...]:
    try:
        said = json.loads(line)
        groups = tuple(tuple(group) for group in said["groups"])
        right = said["sheet"] == sheet.name and len(set(groups)) == len(groups)
        right = right and all(len(group) == len(sheet.fields) for group in groups)
        right = right and all(value is None or isinstance(value, str) for group in groups for value in group)
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise unreadable("table.jsonl", f"Line {at} does not begin sheet {sheet.name}.") from fault
    if not right or canonical(said).decode() != line:
        raise unreadable("table.jsonl", f"Line {at} does not begin sheet {sheet.name}.")
    return groups


class _Rows:
    """Reads the rows of one sheet. A row that is written as it is published is not read as JSON: the quotes are its frame."""

    def __init__(self, sheet: int, groups: Sequence[Shown]) -> None:
        self._sheet, self._groups = sheet, groups
        self._fields = [
            [field(at, value) for at, value in enumerate(group, 1) if value is not None] for group in groups
        ]
        self._order = [order_of(group) for group in groups]
        self._begins = {f"[{number},": number for number in range(len(groups))}
        # What stands between the quotes: a comma before each closed field, the link among them.
        self._between = [[","] * (1 + group.count(None)) for group in groups]

    def row(self, line: str) -> tuple[int | None, bytes]:
        """Return the group of a row, None for one that shows nothing, and its commitment. Refuses what is no row."""
        try:
            return self._framed(line.split('"'))
        except ValueError:
            return self._said(json.loads(line))

    def _framed(self, parts: list[str]) -> tuple[int | None, bytes]:
        begins, ends = parts[0], parts[-1]
        if begins == "[" and ends == "]" and len(parts) == 3:
            return None, hash_of(parts[1])
        number = self._begins.get(begins)
        if number is None or ends != "]" or parts[2:-1:2] != self._between[number]:
            raise ValueError("not as it is published")
        return number, self._commitment(number, [hash_of(each) for each in parts[1::2]])

    def _said(self, said: Any) -> tuple[int | None, bytes]:
        if len(said) == 1:
            return None, hash_of(said[0])
        number, *hashes = said
        if type(number) is not int or number < 0:
            raise ValueError("no group")
        if len(hashes) != 1 + len(self._between[number]):
            raise ValueError("closed fields and leaves do not fit")
        return number, self._commitment(number, [hash_of(each) for each in hashes])

    def _commitment(self, number: int, hashes: list[bytes]) -> bytes:
        seed, *closed = hashes
        leaves = self._order[number]([*closed, *leaves_of(seed, self._fields[number])])
        return row_commitment(self._sheet, leaves)
