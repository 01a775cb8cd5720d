"""How is an SQLite database read? By its own driver, read-only, in one snapshot, row batch after row batch."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from answerable.adapters.sources.scanning import ColumnFacts, Touched
from answerable.adapters.sources.source import failed, missing, quoted, unreadable_moments, written
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan, Target

_BATCH = 2_000
# Moments are text here, in any of SQLite's own spellings.
_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d|$)")


class SqliteStore:
    """One database file, seen as it was when the store was opened."""

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        with self._explained():
            self._db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA query_only = ON")
            self._db.execute("BEGIN")
            # The first read takes the snapshot that the whole answer is read from.
            self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()

    def columns(self, table: str) -> Mapping[str, ColumnFacts]:
        """Return the columns of a table, empty where there is no such table."""
        with self._explained():
            rows = self._db.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
        return {row[1]: ColumnFacts(type=row[2], is_indexed=row[5] == 1) for row in rows}

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table or a column that is not there.

        SQLite takes a quoted name it does not know for a text, and would answer with the name itself.
        """
        known = set(self.columns(table))
        if not known or set(columns) - known:
            raise missing(self._name, table, set(columns) - known if known else ())

    def resolve(
        self, rule: IdentifierRule, identifiers: Sequence[Identifier]
    ) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the subjects whose column equals each identifier, letter case aside. Two at most."""
        self.check(rule.table, rule.touched)
        names = ", ".join(map(quoted, (*rule.keys, *((rule.time,) if rule.time else ()))))
        text = f"SELECT DISTINCT {names} FROM {quoted(rule.table)} WHERE {quoted(rule.column)} = ? COLLATE NOCASE"  # noqa: S608
        return tuple(self._resolved(rule, identifier, text) for identifier in identifiers)

    def _resolved(self, rule: IdentifierRule, identifier: Identifier, text: str) -> tuple[tuple[str, ...], ...]:
        found: dict[tuple[str, ...], None] = {}
        with self._explained():
            for row in self._db.execute(text, [identifier.value]):
                subject = row[: len(rule.keys)]
                if rule.time and identifier.at:
                    at = _moment(row[-1], rule.zone)
                    if at is None or abs(at - identifier.at) > timedelta(seconds=rule.within_seconds):
                        continue
                if None not in subject:
                    found[tuple(map(str, subject))] = None
                if len(found) == 2:
                    break
        return tuple(found)

    def count(self, scan: Scan) -> tuple[int, ...]:
        """Return how many rows each target has."""
        return tuple(sum(1 for _ in self._rows(scan, target, ())) for target in scan.targets)

    def query(self, scan: Scan) -> str:
        """Return the text that runs for each target."""
        return self._text(scan, scan.columns)

    def read(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        """Yield the rows in batches."""
        held: list[tuple[Any, ...]] = []
        for number, target in enumerate(scan.targets):
            for row in self._rows(scan, target, scan.columns):
                held.append((number, *row))
                if len(held) == _BATCH:
                    yield _batch(scan, held)
                    held = []
        if held:
            yield _batch(scan, held)

    def touched(self, scan: Scan) -> Touched:  # noqa: ARG002 - the snapshot is that of every scan
        """Return the number of the schema and the size in pages: what this snapshot can say of itself."""
        with self._explained():
            marks = [self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("schema_version", "page_count")]
        return Touched(snapshot=f"schema {marks[0]}, {marks[1]} pages, one read transaction")

    def interrupt(self) -> None:
        """Stop a reading that runs in another thread."""
        self._db.interrupt()

    def close(self) -> None:
        """End the snapshot."""
        self._db.close()

    def _text(self, scan: Scan, columns: Sequence[str]) -> str:
        names = ", ".join(map(quoted, [*columns, *((scan.time_column,) if scan.time_column else ())])) or "1"
        where = " AND ".join(f"{quoted(name)} = ?" for name in scan.subject_columns)
        order = f" ORDER BY {', '.join(map(quoted, scan.order_by))}" if scan.order_by and columns else ""
        return f"SELECT {names} FROM {quoted(scan.table)} WHERE {where}{order}"  # noqa: S608 - names come from the map

    def _rows(self, scan: Scan, target: Target, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of one target in its period. Refuses rows that cannot be placed in time."""
        self.check(scan.table, scan.touched)
        with self._explained():
            cursor = self._db.execute(self._text(scan, columns), target.subject)
            while rows := cursor.fetchmany(_BATCH):
                for row in rows:
                    if scan.time_column is None:
                        yield row
                    elif row[-1] is not None:
                        at = _moment(row[-1], scan.zone)
                        if at is None:
                            raise unreadable_moments(self._name, scan, 1)
                        if (target.start is None or target.start <= at) and (target.end is None or at < target.end):
                            yield row[:-1]

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as fault:
            raise failed(self._name, fault) from fault


def _moment(value: object, zone: str) -> datetime | None:
    """Return a moment in UTC, or None for what is none. One without a zone is that of `zone`."""
    if not isinstance(value, str) or not _DAY.match(value):
        return None
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _batch(scan: Scan, rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    numbers, *columns = zip(*rows, strict=True)
    arrays = [pa.array(numbers, pa.int32()), *map(_array, columns)]
    return pa.RecordBatch.from_arrays(arrays, names=[TARGET, *scan.columns])


def _array(values: tuple[Any, ...]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        # A column of SQLite may hold a value of any type.
        return pa.array([None if value is None else str(written(value)) for value in values])
