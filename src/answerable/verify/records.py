"""Which columns has a file of records, and how many records? Every record is looked at, none is turned into an object."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from answerable.collect.scan import TARGET
from answerable.errors import VerificationFailed

Columns = tuple[str, ...]
Reader = Callable[[bytes], tuple[set[Columns], int]]


@dataclass(frozen=True, slots=True)
class Format:
    """How a file of a format is read: its columns and records, and the numbers of the identifiers that these answer."""

    read: Reader
    targets: Callable[[bytes], set[int]]


# Possessive (`*+`), so that a file of any length is read in one pass and nothing is tried twice.
_TEXT = rb'"[^"\\\x00-\x1f]*+(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*+)*+"'
_VALUE = rb"(?:" + _TEXT + rb"|-?[0-9]++|null|true|false)"
_QUOTED = re.compile(rb'"[^"]*+"')
# No text of a line holds a line end that is not escaped, so that a line begins where one seems to. The end of the line before
# is looked for, and not the place after it: what begins with plain letters is found five times as fast.
_FIRST_OF_LINE = re.compile(rb'\n\{"' + TARGET.encode() + rb'":([0-9]{1,10})[,}]')
_BARE_ROW = rb"[^,\n\"]*+"


def json_lines(content: bytes) -> tuple[set[Columns], int]:
    """Return the columns that the lines have, and how many lines there are. Refuses what is no line of JSON."""
    if not content.endswith(b"\n"):
        raise _unreadable("A line has no end.")
    try:
        content.decode()
        first = tuple(json.loads(content[: content.index(b"\n")]))
        if _lines_of(first).fullmatch(content):
            return {first}, content.count(b"\n")
        lines = content[:-1].split(b"\n")
        return {tuple(_record(line)) for line in lines}, len(lines)
    except (ValueError, TypeError, RecursionError) as fault:
        raise _unreadable("A line is no JSON object in UTF-8.") from fault


def _record(line: bytes) -> dict[str, object]:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise TypeError("not an object")
    return record


@lru_cache(maxsize=64)
def _lines_of(columns: Columns) -> re.Pattern[bytes]:
    names = (re.escape(json.dumps(name, ensure_ascii=False).encode()) for name in columns)
    fields = b",".join(name + b":" + _VALUE for name in names)
    return re.compile(rb"(?:\{" + fields + rb"\}\n)*+")


def json_targets(content: bytes) -> set[int]:
    """Return the numbers with which the lines begin."""
    return {int(number) for number in set(_FIRST_OF_LINE.findall(b"\n" + content))}


def comma_targets(content: bytes) -> set[int]:
    """Return the numbers in the first field of the rows, but for the heading."""
    rows = _QUOTED.sub(b"", content).split(b"\n")[1:-1]
    return {int(row.partition(b",")[0]) for row in rows}


def comma_separated(content: bytes) -> tuple[set[Columns], int]:
    """Return the columns of the heading, and how many rows follow. Refuses a row with more fields or fewer."""
    try:
        heading = next(csv.reader([content[: content.index(b"\n")].decode()]))
        content.decode()
    except (ValueError, StopIteration, csv.Error) as fault:
        raise _unreadable("It is no CSV in UTF-8.") from fault
    field = rb"(?:(?:\"[^\"]*+\")++|" + _BARE_ROW + rb")"
    row = field + (rb"," + field) * (len(heading) - 1) + rb"\n"
    if not re.fullmatch(rb"(?:" + row + rb")*+", content):
        raise _unreadable("A row has not the fields of its heading.")
    return {tuple(heading)}, _QUOTED.sub(b"", content).count(b"\n") - 1


def _unreadable(why: str) -> VerificationFailed:
    return VerificationFailed(
        "answer.broken",
        what="A record cannot be read",
        why=why,
        next_step="Fetch the answer again, and tell the provider.",
    )


JSON_LINES, CSV = Format(json_lines, json_targets), Format(comma_separated, comma_targets)
