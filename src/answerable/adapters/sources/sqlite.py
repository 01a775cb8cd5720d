"""How is an SQLite database read? By its own driver, read-only, in one snapshot, joined with the targets."""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from answerable.adapters.sources import failures
from answerable.adapters.sources.batches import Pace, schema_of
from answerable.adapters.sources.scanning import ColumnFacts, Touched
from answerable.adapters.sources.source import quoted, refuse_missing
from answerable.adapters.sources.targets import found_subjects, is_octets, is_text, micros
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan
from answerable.collect.wall_clock import moment_of

# Moments are text here, in any of SQLite's own spellings. SQLite itself compares them to the millisecond and knows no zones,
# so that a function of ours reads them; text is compared first, by whole days and wide enough for any zone, so that an
# index on it serves.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GAP = re.compile(r"\s+(?=[Zz+-])")
_KINDS = {"integer": pa.int64(), "real": pa.float64(), "text": pa.string(), "blob": pa.binary()}
_UNBOUNDED = (None,) * 4
_FOLDED = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class _Whom:
    """The targets in the terms of a query: a row of values each, and which sides of the period are bounded, if any."""

    rows: list[list[object]]
    time: str | None
    zone: str
    values: dict[str, object]

    @classmethod
    def of(cls, rows: list[list[object]], time: str | None, zone: str) -> _Whom:
        """Return the targets, with the values that a query is given for them."""
        return cls(rows, time, zone, {"targets": json.dumps(rows), "zone": zone})


class SqliteStore:
    """One database file, seen as it was when the store was opened."""

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._stop = threading.Event()
        self._path = path
        self._tables: dict[str, dict[str, ColumnFacts]] = {}
        self._indexed: dict[str, set[tuple[str, str]]] = {}
        self._placed: Scan | None = None
        self._known: tuple[Scan, _Whom] | None = (
            None  # of the scan that was asked about last: it is asked several times
        )
        with self._explained():
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)  # fmt: skip
            self._db.execute("PRAGMA query_only = ON")
            self._db.create_function("moment", 2, _moment, deterministic=True)
            self._db.create_function("octets", 1, bytes.fromhex, deterministic=True)
            self._db.execute("BEGIN")
            # The first read takes the snapshot that the whole answer is read from.
            self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()

    def tables(self) -> Collection[str]:
        """Return every table and view of the file."""
        named = (
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
        return [row[0] for row in self._rows(named, {})]

    def is_writable(self) -> bool:
        """Whether this process could write to the file."""
        return os.access(self._path, os.W_OK)

    def columns(self, table: str) -> Mapping[str, ColumnFacts]:
        """Return the columns of a table, empty where there is no such table."""
        if table not in self._tables:
            with self._explained():
                rows = self._db.execute(f"PRAGMA table_xinfo({quoted(table)})").fetchall()
                indexes = self._indexes(table)
            # The one column of an INTEGER PRIMARY KEY is the table's own order and has no index of its own.
            own = [row[1] for row in rows if row[5]]
            indexes |= {(own[0], "BINARY")} if len(own) == 1 else set()
            self._indexed[table] = indexes
            first = {column for column, _ in indexes}
            self._tables[table] = {row[1]: ColumnFacts(row[2] or "any", row[1] in first) for row in rows}
        return self._tables[table]

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table or a column that is not there.

        SQLite takes a quoted name it does not know for a text, and would answer with the name itself.
        """
        refuse_missing(self._name, table, columns, known=self.columns(table))

    def resolve(
        self, rule: IdentifierRule, identifiers: Sequence[Identifier]
    ) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the subjects of each identifier. Of letters, only the case of A to Z does not count."""
        keys, time, slack = rule.keys, rule.time, timedelta(seconds=rule.within_seconds)
        self.check(rule.table, {rule.column, *keys} | ({time} if time else set()))
        rows: list[list[object]] = []
        for place, each in enumerate(identifiers):
            around = (each.at - slack, each.at + slack + timedelta(microseconds=1)) if time and each.at else None
            both = _bounds(*around) if around else _UNBOUNDED
            rows += [[place, each.value.translate(_FOLDED), *both]] if is_text(each.value) else []
        whom = _Whom.of(rows, time, rule.zone)
        source = self._source(rule.table, (rule.column,), whom, folds=True)
        values = ", ".join(f"{self._key_text(rule.table, key)} AS k{place}" for place, key in enumerate(keys))
        held = " AND ".join(f"k{place} IS NOT NULL" for place in range(len(keys)))
        names = ", ".join(f"k{place}" for place in range(len(keys)))
        inner = f"SELECT DISTINCT x.place, {values} {source}"
        ranked = f"SELECT *, row_number() OVER (PARTITION BY place) AS nth FROM ({inner}) WHERE {held}"  # noqa: S608
        text = f"{self._with(1)} SELECT place, {names} FROM ({ranked}) WHERE nth <= 2"  # noqa: S608
        return found_subjects(self._rows(text, whom.values), identifiers)

    def count(self, scan: Scan) -> tuple[int, ...]:
        """Return how many rows each target of the scan has."""
        self._refuse_unplaceable(scan)
        counts = [0] * len(scan.targets)
        text = f"{self._with(len(scan.subject_columns))} SELECT x.place, count(*) {self._of(scan)} GROUP BY x.place"
        for place, rows in self._rows(text, self._whom(scan).values):
            counts[place] = rows
        return tuple(counts)

    def query(self, scan: Scan) -> str:
        """Return the text that `read` runs."""
        selected = ", ".join([f"x.place AS {quoted(TARGET)}", *(f"t.{quoted(each)}" for each in scan.columns)])
        order = ", ".join(["x.place", *(f"t.{quoted(each)} COLLATE BINARY" for each in scan.order_by)])
        return f"{self._with(len(scan.subject_columns))} SELECT {selected} {self._of(scan)} ORDER BY {order}"

    def read(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        """Yield the rows in batches. A column holds what its rows hold: whole numbers, other numbers, octets, else text."""
        self._refuse_unplaceable(scan)
        kinds, pace = self._kinds(scan), Pace()
        schema = schema_of([(name, kind) for name, (kind, _) in zip(scan.columns, kinds, strict=True)])
        with self._explained():
            cursor = self._db.execute(self.query(scan), self._whom(scan).values)
        while rows := self._fetched(cursor, pace.rows):
            places, *columns = zip(*rows, strict=True)
            arrays = [
                pa.array([_written(value) for value in values] if is_mixed else values, kind)
                for values, (kind, is_mixed) in zip(columns, kinds, strict=True)
            ]
            batch = pa.RecordBatch.from_arrays([pa.array(places, pa.int32()), *arrays], schema=schema)
            pace.after(batch)
            del rows, places, columns, arrays
            yield batch

    def touched(self, scan: Scan) -> Touched:  # noqa: ARG002 - one snapshot for all
        """Return the number of the schema and the size in pages: what this snapshot can say of itself."""
        with self._explained():
            marks = [self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("schema_version", "page_count")]
        return Touched(snapshot=f"schema {marks[0]}, {marks[1]} pages, one read transaction")

    def interrupt(self) -> None:
        """Stop a reading that runs in another thread; the store then answers nothing more."""
        self._stop.set()
        self._db.interrupt()

    def close(self) -> None:
        """End the snapshot."""
        self._db.close()

    def _indexes(self, table: str) -> set[tuple[str, str]]:
        """Return the first column of each index and how it compares; a partial index does not serve every question."""
        whole = [row[1] for row in self._db.execute(f"PRAGMA index_list({quoted(table)})").fetchall() if not row[4]]
        text = "SELECT name, coll FROM pragma_index_xinfo(?) WHERE seqno = 0 AND name IS NOT NULL"
        return {(row[0], row[1].upper()) for index in whole for row in self._db.execute(text, (index,)).fetchall()}

    def _index(self, table: str, column: str, *, folds: bool = False) -> str | None:
        """Return how an index of a column compares that finds at least what is meant, None where there is none."""
        fitting = ("NOCASE",) if folds else ("BINARY", "NOCASE", "RTRIM")
        is_typed = self.columns(table)[column].type != "any"
        return next((each for each in fitting if is_typed and (column, each) in self._indexed[table]), None)

    def _is_octets(self, table: str, column: str) -> bool:
        return "BLOB" in self.columns(table)[column].type.upper()

    def _key_text(self, table: str, column: str) -> str:
        mine = f"t.{quoted(column)}"
        return f"lower(hex({mine}))" if self._is_octets(table, column) else f"CAST({mine} AS TEXT)"

    @staticmethod
    def _with(keys: int) -> str:
        """Return the targets as a table: their places, keys and bounds, as text by day and exactly in microseconds."""
        names = ["place", *(f"key{number}" for number in range(1, keys + 1)), "first", "start", "last", "end"]
        values = ", ".join(
            f"CAST(json_extract(value, '$[{place}]') AS TEXT)"
            if "key" in name
            else f"json_extract(value, '$[{place}]')"
            for place, name in enumerate(names)
        )
        shown = ", ".join(map(quoted, names))
        return f"WITH x({shown}) AS MATERIALIZED (SELECT {values} FROM json_each(:targets))"  # noqa: S608

    def _of(self, scan: Scan) -> str:
        self.check(scan.table, scan.touched)
        return self._source(scan.table, scan.subject_columns, self._whom(scan))

    def _whom(self, scan: Scan) -> _Whom:
        if self._known is None or self._known[0] is not scan:
            self._known = scan, _Whom.of(self._targets(scan), scan.time_column, scan.zone)
        return self._known[1]

    def _targets(self, scan: Scan) -> list[list[object]]:
        rows: list[list[object]] = []
        octets = [self._is_octets(scan.table, each) for each in scan.subject_columns]
        bounds = cache(_bounds)  # of many targets the period is the same
        for place, target in enumerate(scan.targets):
            if len(target.subject) != len(octets):
                raise ValueError("a target needs one value for each subject column")
            if all(is_octets(v) if o else is_text(v) for o, v in zip(octets, target.subject, strict=True)):
                both = bounds(target.start, target.end) if scan.time_column else _UNBOUNDED
                rows.append([place, *target.subject, *both])
        return rows

    def _source(self, table: str, keys: Sequence[str], whom: _Whom, *, folds: bool = False) -> str:
        on = [self._equals(table, key, f"x.key{n}", folds=folds) for n, key in enumerate(keys, 1)]
        if whom.time:
            mine = f"t.{quoted(whom.time)}"
            for sign, day, bound in ((">=", "x.first", "x.start"), ("<", "x.last", 'x."end"')):
                values = {row[-3 if sign == ">=" else -1] for row in whom.rows}
                inside = f"{mine} {sign} {day} AND moment({mine}, :zone) {sign} {bound}"
                if values - {None}:
                    on.append(f"({bound} IS NULL OR {inside})" if None in values else inside)
        # By an index each target finds its rows; without one a single pass over the table finds those of all.
        by_index = any(self._index(table, key, folds=folds) for key in keys)
        both = f"x CROSS JOIN {quoted(table)} AS t" if by_index else f"{quoted(table)} AS t CROSS JOIN x"
        return f"FROM {both} WHERE {' AND '.join(on)}"

    def _equals(self, table: str, column: str, other: str, *, folds: bool) -> str:
        """Return the condition that a column equals a text exactly: by its index first, then by its octets."""
        mine = f"t.{quoted(column)}"
        if self._is_octets(table, column):
            return f"{mine} = octets({other})"
        exactly = f"{other} = {'lower' if folds else ''}(CAST({mine} AS TEXT))"
        index = self._index(table, column, folds=folds)
        return f"{mine} = {other} COLLATE {index} AND {exactly}" if index else exactly

    def _kinds(self, scan: Scan) -> list[tuple[pa.DataType, bool]]:
        """Return the type of each column, and whether its rows are of several kinds and leave as text."""
        found = ", ".join(f"max(typeof(t.{quoted(each)}) = '{kind}')" for each in scan.columns for kind in _KINDS)
        text = f"{self._with(len(scan.subject_columns))} SELECT {found} {self._of(scan)}"
        row = self._rows(text, self._whom(scan).values)[0]
        seen = [
            [kind for place, kind in enumerate(_KINDS.values()) if row[4 * number + place]]
            for number in range(len(scan.columns))
        ]
        return [(kinds[0] if len(kinds) == 1 else pa.string(), len(kinds) > 1) for kinds in seen]

    def _refuse_unplaceable(self, scan: Scan) -> None:
        """Refuse rows that cannot be placed in time: left out they would be missing, taken along they might be too much."""
        if not scan.time_column or scan is self._placed:
            return
        self.check(scan.table, scan.touched)
        column = f"t.{quoted(scan.time_column)}"
        whom = replace(self._whom(scan), time=None)
        source = self._source(scan.table, scan.subject_columns, whom)
        condition = f"{column} IS NOT NULL AND moment({column}, :zone) IS NULL"
        text = f"{self._with(len(scan.subject_columns))} SELECT count(*) {source} AND {condition}"
        unplaceable = self._rows(text, self._whom(scan).values)[0][0]
        if unplaceable:
            raise failures.unplaceable(self._name, scan, unplaceable)
        self._placed = scan

    def _rows(self, text: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        with self._explained():
            return self._db.execute(text, values).fetchall()

    def _fetched(self, cursor: sqlite3.Cursor, rows: int) -> list[tuple[Any, ...]]:
        with self._explained():
            return cursor.fetchmany(rows)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        if self._stop.is_set():
            raise failures.stopped(self._name)
        try:
            yield
        except sqlite3.Error as fault:
            if self._stop.is_set():
                raise failures.stopped(self._name) from fault
            raise failures.broken(self._name, type(fault).__name__) from fault


def _bounds(start: datetime | None, end: datetime | None) -> tuple[object, ...]:
    """Return the bounds of a period, each as text by day and exactly in microseconds."""
    days = (start and _day_near(start, -2), end and _day_near(end, 3))
    return days[0], start and micros(start), days[1], end and micros(end)


def _day_near(moment: datetime, days: int) -> str:
    """Return the day so many days off as text, or the end of the calendar."""
    try:
        return (moment + timedelta(days=days)).date().isoformat()
    except OverflowError:
        return "9999-12-32" if days > 0 else "0000-00-00"


def _moment(value: object, zone: str) -> int | None:
    """Return the microseconds since 1970 of a moment as text, None where it is none. Smaller parts of it count for nothing."""
    if not isinstance(value, str) or not _DAY.match(value):
        return None
    try:
        return micros(_read(value, zone))
    except (ValueError, OverflowError):
        return None


def _read(text: str, zone: str) -> datetime:
    try:
        read: Callable[[str], datetime] = datetime.fromisoformat
        moment = read(text)
    except ValueError:
        moment = read(_GAP.sub("", text.strip()))
    return moment if moment.tzinfo else moment_of(moment, zone)


def _written(value: object) -> str | None:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return None if value is None else str(value)
