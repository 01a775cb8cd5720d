"""What does a published table hold? Each sheet is read by itself; the commitment of every row is computed again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from answerable.casefile.encoding import canonical
from answerable.report.groups import Shown
from answerable.report.query import Query, Sheet, unreadable
from answerable.report.rows import field_leaf, hash_of, row_commitment, salt_of
from answerable.report.table import Header


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """One sheet as it was read: how many rows each group has, the commitment of every row, and the line it stands on."""

    sheet: Sheet
    groups: tuple[tuple[Shown, int], ...]
    commitments: tuple[bytes, ...]
    first_line: int

    @property
    def told(self) -> int:
        """How many rows are open."""
        return sum(rows for _, rows in self.groups)


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
    at = 2
    for number in range(len(query.sheets)):
        yield _read_sheet(query, number, header.size, lines=lines, first=at)
        at += header.size + 1
    if next(lines, None) is not None:
        raise unreadable(
            "table.jsonl", f"Line {at} is one more than {len(query.sheets)} sheets of {header.size} rows have."
        )


def _read_sheet(query: Query, number: int, size: int, *, lines: Iterator[str], first: int) -> ReadSheet:
    sheet = query.sheets[number]
    groups = _read_groups(sheet, next(lines, ""), first)
    counted, commitments = [0] * len(groups), []
    for at in range(first + 1, first + 1 + size):
        line = next(lines, None)
        if line is None:
            raise unreadable("table.jsonl", f"It ends before line {at}: a row of sheet {sheet.name} was left out.")
        try:
            group, commitment = _read_row(number, groups, json.loads(line))
        except (ValueError, TypeError, IndexError, RecursionError) as fault:
            raise unreadable("table.jsonl", f"Line {at}, sheet {sheet.name}: this is no row.") from fault
        if group is not None:
            counted[group] += 1
        commitments.append(commitment)
    return ReadSheet(sheet, tuple(zip(groups, counted, strict=True)), tuple(commitments), first)


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


def _read_row(sheet: int, groups: Sequence[Shown], said: Any) -> tuple[int | None, bytes]:
    if len(said) == 1:
        return None, hash_of(said[0])
    number, seed, *hidden = said
    if type(number) is not int or number < 0:
        raise ValueError("no group")
    group, closed = groups[number], iter([hash_of(each) for each in hidden])
    opened = hash_of(seed)
    leaves = [
        next(closed, b"") if value is None else field_leaf(position, value, salt_of(opened, position))
        for position, value in enumerate((None, *group))
    ]
    if next(closed, None) is not None or not all(leaves):
        raise ValueError("closed fields and leaves do not fit")
    return number, row_commitment(sheet, leaves)
