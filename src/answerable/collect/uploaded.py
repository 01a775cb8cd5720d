"""Does a file that a person brings hold what the task asks for, and nothing else?

CSV or JSON Lines, in UTF-8. Every row must be about somebody whom the plan names, in their period, and carry no value that
the plan does not read in that row. What is wrong is told by row and column of the plan, never by what stands there: a file
without a header has somebody's data for its column names.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from answerable.casefile.scope import Identifier
from answerable.collect.by_hand import Reading, Task
from answerable.errors import StoreFailed

LARGEST = 25 * 1024 * 1024
MOST_ROWS = 100_000
_MOST_TOLD = 5
_HALF = re.compile("[\ud800-\udfff]")
_TOO_FINE = re.compile(r"\.\d{7,}")

Row = dict[str, str | None]
Subjects = Mapping[Identifier, tuple[str, ...]]


def checked_rows(content: bytes, task: Task, subjects: Subjects) -> int:
    """Return how many rows a file brings for `task`. Refuses a file with any row, column or value that the plan does not
    read. `subjects` gives the values of the subject columns by identifier; one that is not in it stands for nobody.
    """
    count, wrong = 0, []
    for number, row in enumerate(read_rows(content, task.columns), 1):
        count += 1
        if why := _against(row, task, subjects):
            wrong.append(f"Row {number} {why}.")
            if len(wrong) == _MOST_TOLD:
                break
    if wrong:
        raise _refused("upload.row", " ".join(wrong))
    return count


def read_rows(content: bytes, columns: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a file that carries just `columns`. An empty cell of a CSV file is no value."""
    if len(content) > LARGEST:
        raise _refused("upload.too-large", f"It has more than {LARGEST // 1024 // 1024} MiB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise _refused("upload.encoding", "It is not written in UTF-8.") from fault
    reader = _json_lines(text, columns) if text.lstrip().startswith("{") else _csv(text, columns)
    for number, row in enumerate(reader, 1):
        if number > MOST_ROWS:
            raise _refused("upload.too-large", f"It has more than {MOST_ROWS:,} rows.")
        yield row


def column_names(content: bytes) -> tuple[str, ...]:
    """Return the columns of a file that was checked: its header or, in JSON Lines, the names in its first line."""
    text = content.decode("utf-8-sig")
    if text.lstrip().startswith("{"):
        return tuple(json.loads(text.lstrip().partition("\n")[0]))
    return tuple(next(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True), ()))


def moment_of(text: str | None, zone: str) -> datetime | None:
    """Return a moment in UTC, or None for what is none: a day alone, an hour that a change of clocks skips or repeats."""
    if not text or len(text) <= len("2026-11-01") or _TOO_FINE.search(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            local = moment.replace(tzinfo=ZoneInfo(zone))
            if local.utcoffset() != local.replace(fold=1).utcoffset():
                return None
            moment = local
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _against(row: Row, task: Task, subjects: Subjects) -> str:
    """Return why a row may not be there; nothing where it may."""
    own = [each for each in task.readings if _is_of(row, each, subjects)]
    if not own:
        return "is about nobody whom the plan names"
    unread = [
        each.time_column for each in own if each.time_column and moment_of(row[each.time_column], task.zone) is None
    ]
    if unread:
        return f"has no moment that can be read in {unread[0]}"
    reading = [each for each in own if _lies_in(row, each, task.zone)]
    if not reading:
        return "lies outside the period of the plan"
    may_stand = {*task.found_by, *(name for each in reading for name in each.columns)}
    extra = [name for name, value in row.items() if value is not None and name not in may_stand]
    return f"carries {extra[0]}, which the plan does not read in it" if extra else ""


def _is_of(row: Row, reading: Reading, subjects: Subjects) -> bool:
    subject = subjects.get(reading.identifier)
    if subject is None:
        return False
    return tuple(row[name] for name in reading.subject_columns) == values_of(reading, subject)


def values_of(reading: Reading, subject: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the subject columns of a reading hold in the rows of a subject."""
    return subject * len(reading.subject_columns) if reading.same else subject


def _lies_in(row: Row, reading: Reading, zone: str) -> bool:
    if reading.time_column is None or reading.period is None:
        return True
    moment = moment_of(row[reading.time_column], zone)
    return moment is not None and reading.period.contains(moment)


def _csv(text: str, columns: Sequence[str]) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = next(reader, None)
        if header is None:
            raise _refused(
                "upload.columns", f"It is empty: even without a row, its first line names {_listed(columns)}."
            )
        _refuse_other_columns(header, columns)
        for number, cells in enumerate(reader, 1):
            if not cells:
                continue
            if len(cells) != len(header):
                raise _refused("upload.format", f"Row {number} has {len(cells)} cells, and the header {len(header)}.")
            yield {name: cell or None for name, cell in zip(header, cells, strict=True)}
    except csv.Error as fault:
        raise _refused(
            "upload.format", f"It is no table in CSV as this can be read, near line {reader.line_num}."
        ) from fault


def _delimiter(text: str) -> str:
    """Return what parts the header: names of a map hold none of these."""
    return next((each for each in ",;\t" if each in text.partition("\n")[0]), ",")


def _json_lines(text: str, columns: Sequence[str]) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            # Numbers stay as they are written: a machine's idea of a number may drop digits.
            pairs = json.loads(
                line, object_pairs_hook=list, parse_int=str, parse_float=str, parse_constant=_no_constant
            )
        except (ValueError, RecursionError) as fault:
            raise _refused("upload.format", f"Line {number} is no JSON object of its own.") from fault
        yield _flat(pairs, number, columns)


def _flat(pairs: Any, number: int, columns: Sequence[str]) -> Row:
    if not isinstance(pairs, list) or not all(isinstance(each, tuple) for each in pairs):
        raise _refused("upload.format", f"Line {number} is no JSON object of its own.")
    _refuse_other_columns([name for name, _ in pairs], columns)
    if any(isinstance(value, list) for _, value in pairs):
        raise _refused("upload.format", f"Line {number} holds a list or an object inside a value.")
    if any(_HALF.search(value) for _, value in pairs if isinstance(value, str)):
        raise _refused("upload.format", f"Line {number} holds half a character.")
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in pairs}


def _no_constant(_: str) -> str:
    raise ValueError("no number")


def _refuse_other_columns(found: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse columns that are missing, twice there, or not in the plan. Only names of the plan are told."""
    unknown = [str(place) for place, name in enumerate(found, 1) if name not in columns]
    missing = [name for name in columns if name not in found]
    reasons = []
    if unknown:
        reasons.append(f"The plan does not name its column {', '.join(unknown[:_MOST_TOLD])}.")
    if missing:
        reasons.append(f"It does not carry {', '.join(missing)}.")
    if len(set(found)) != len(found):
        reasons.append("A column stands there twice.")
    if reasons:
        raise _refused("upload.columns", " ".join([*reasons, f"The file carries just {_listed(columns)}."]))


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(columns)


def _refused(code: str, why: str) -> StoreFailed:
    return StoreFailed(
        code,
        what="The file does not hold what the task asks for.",
        why=why,
        next_step="Bring what the task lists, no row and no column more, and choose the file again. Nothing of it was kept.",
    )
