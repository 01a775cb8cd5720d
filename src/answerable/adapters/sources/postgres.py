"""How is a PostgreSQL database read? In one read-only snapshot, through a server-side cursor, joined with the targets."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
import pyarrow as pa
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.numeric import Int4BinaryLoader, Int8BinaryLoader

from answerable.adapters.sources import failures
from answerable.adapters.sources.batches import Pace, schema_of
from answerable.adapters.sources.connections import Connection, secret
from answerable.adapters.sources.postgres_columns import Column, columns_of_table, rights_to_write, tables_in_sight
from answerable.adapters.sources.scanning import ColumnFacts, Touched
from answerable.adapters.sources.source import quoted, refuse_missing
from answerable.adapters.sources.targets import (
    Clock,
    Sought,
    bound,
    found_subjects,
    sought,
    sought_around,
)
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan

_GONE = ("08", "57P", "25P03")  # SQLSTATEs of a connection that ended
# A dead network is noticed after a minute and a half, unless the operator says otherwise.
_DEFAULTS = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "15", "keepalives_count": "4"}


class PostgresStore:
    """One database, seen as it was when the store was opened, by a role that cannot change it."""

    def __init__(self, name: str, settings: Connection) -> None:
        self._name = name
        self._seconds = settings.statement_timeout_seconds
        self._stop = threading.Event()
        self._tables: dict[str, Mapping[str, Column]] = {}
        self._cursors = count()
        dsn = secret(name, settings)
        with self._explained():
            self._db = psycopg.connect(dsn, autocommit=True, prepare_threshold=None, **_missing_from(dsn))  # type: ignore[arg-type]
        try:
            with self._explained():
                self._prepare(settings)
        except BaseException:
            self._db.close()
            raise

    def _prepare(self, settings: Connection) -> None:
        """Make the session read-only, refuse a role that can write, and take the snapshot."""
        path = ", ".join(map(quoted, settings.search_path))
        for setting, value in (
            ("default_transaction_read_only", "on"),
            ("client_encoding", "UTF8"),
            ("TimeZone", "UTC"),
            ("DateStyle", "ISO"),
            ("IntervalStyle", "iso_8601"),
            ("bytea_output", "hex"),
            ("extra_float_digits", "1"),
            ("cursor_tuple_fraction", "1.0"),  # every row is read, so the plan must not favour the first
            ("statement_timeout", f"{self._seconds}s"),
            *((("search_path", path),) if path else ()),
        ):
            self._db.execute("SELECT set_config(%s, %s, false)", (setting, value))
        # Moments and days stay whole numbers until they are a column: no object of Python for each.
        for kind, loader in (
            ("timestamptz", Int8BinaryLoader),
            ("timestamp", Int8BinaryLoader),
            ("date", Int4BinaryLoader),
        ):
            self._db.adapters.register_loader(kind, loader)
        rights = rights_to_write(self._db)
        if rights and settings.may_write_because is None:
            raise failures.may_write(self._name, rights)
        self._may_write = bool(rights)
        self._db.autocommit = False
        self._db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._db.read_only = True
        row = self._db.execute("SELECT pg_current_snapshot()::text, now()").fetchone()
        self._snapshot = f"snapshot {row[0]} of {row[1]:%Y-%m-%dT%H:%M:%S.%fZ}" if row else ""

    def tables(self) -> Collection[str]:
        """Return every table and view that a plain name finds and the role may read."""
        with self._explained():
            return tables_in_sight(self._db)

    def is_writable(self) -> bool:
        """Whether the role could write, which the settings then give a reason for."""
        return self._may_write

    def columns(self, table: str) -> Mapping[str, ColumnFacts]:
        """Return the columns of a table, empty where there is no such table."""
        return {name: ColumnFacts(each.shown, each.is_indexed) for name, each in self._columns(table).items()}

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table or a column that is not there."""
        refuse_missing(self._name, table, columns, known=self._columns(table))

    def resolve(
        self, rule: IdentifierRule, identifiers: Sequence[Identifier]
    ) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the subjects of each identifier. Of letters, only the case of A to Z does not count."""
        keys, time = rule.keys, rule.time
        self.check(rule.table, {rule.column, *keys} | ({time} if time else set()))
        known = self._columns(rule.table)
        clock = self._clock(rule.table, time)
        rows: list[tuple[Any, ...]] = []
        wanted = sought_around(rule, identifiers, clock)
        for folds in (False, True):
            group = [each for each in wanted if _has_letters(each.keys[0]) == folds]
            ask = _Asked(rule.table, (known[rule.column],), group, time=(time, clock), folds=folds)
            if not ask.wanted:
                continue
            values = ", ".join(f"{known[key].key_text} AS k{place}" for place, key in enumerate(keys))
            held = " AND ".join(f"k{place} IS NOT NULL" for place in range(len(keys)))
            names = ", ".join(f"k{place}" for place in range(len(keys)))
            inner = f"SELECT DISTINCT x.place, {values} {ask.source}"
            ranked = f"SELECT *, row_number() OVER (PARTITION BY place) AS nth FROM ({inner}) AS d WHERE {held}"  # noqa: S608
            text = f"SELECT place, {names} FROM ({ranked}) AS r WHERE nth <= 2"  # noqa: S608
            rows += self._rows(text, ask.values)
        return found_subjects(rows, identifiers)

    def count(self, scan: Scan) -> tuple[int, ...]:
        """Return how many rows each target of the scan has."""
        ask, counts = self._asked(scan), [0] * len(scan.targets)
        if ask.wanted:
            for place, rows in self._rows(f"SELECT x.place, count(*) {ask.source} GROUP BY x.place", ask.values):
                counts[place] = rows
        return tuple(counts)

    def query(self, scan: Scan) -> str:
        """Return the text that `read` runs."""
        return self._query(scan, self._asked(scan))

    def _query(self, scan: Scan, ask: _Asked) -> str:
        known = self._columns(scan.table)
        selected = ", ".join([f"x.place AS {quoted(TARGET)}", *(known[each].selected for each in scan.columns)])
        order = ", ".join(["x.place", *(known[each].ordered for each in scan.order_by)])
        return f"SELECT {selected} {ask.source} ORDER BY {order}"

    def read(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        """Yield the rows in batches."""
        ask, known, pace = self._asked(scan), self._columns(scan.table), Pace()
        columns = [known[each] for each in scan.columns]
        schema = schema_of([(each.name, each.arrow) for each in columns])
        if not ask.wanted:
            return
        with self._explained(), self._db.cursor(f"answerable_{next(self._cursors)}", binary=True) as cursor:
            cursor.execute(self._query(scan, ask), ask.values)
            more = True
            while more and (rows := cursor.fetchmany(pace.rows)):
                more = len(rows) == pace.rows
                places, *values = zip(*rows, strict=True)
                arrays = [column.array(each, scan.zone) for column, each in zip(columns, values, strict=True)]
                if None in arrays:
                    raise failures.off_calendar(self._name, scan.table)
                batch = pa.RecordBatch.from_arrays([pa.array(places, pa.int32()), *arrays], schema=schema)
                if more:
                    pace.after(batch)
                del rows, places, values, arrays
                yield batch
                self._refuse_stopped()

    def touched(self, scan: Scan) -> Touched:  # noqa: ARG002 - one snapshot for all
        """Return the snapshot."""
        return Touched(snapshot=self._snapshot)

    def interrupt(self) -> None:
        """Stop a reading that runs in another thread; the store then answers nothing more."""
        self._stop.set()
        try:
            self._db.cancel_safe(timeout=5)
        except psycopg.Error:  # the connection is gone already, and the reading ends by itself
            return

    def close(self) -> None:
        """End the snapshot."""
        self._db.close()

    def _asked(self, scan: Scan) -> _Asked:
        self.check(scan.table, scan.touched)
        known, clock = self._columns(scan.table), self._clock(scan.table, scan.time_column)
        keys = tuple(known[each] for each in scan.subject_columns)
        return _Asked(scan.table, keys, sought(scan, clock), time=(scan.time_column, clock))

    def _clock(self, table: str, column: str | None) -> Clock:
        if column is None:
            return "none"
        kind = self._columns(table)[column]
        if kind.clock is None:
            raise failures.no_moment(self._name, table, column, kind.shown)
        return kind.clock

    def _columns(self, table: str) -> Mapping[str, Column]:
        if table not in self._tables:
            with self._explained():
                self._tables[table] = columns_of_table(self._db, quoted(table))
        return self._tables[table]

    def _rows(self, text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with self._explained():
            return self._db.execute(text, values).fetchall()

    def _refuse_stopped(self) -> None:
        if self._stop.is_set():
            raise failures.stopped(self._name)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        self._refuse_stopped()
        try:
            yield
        except psycopg.Error as fault:
            self._refuse_stopped()
            state = fault.sqlstate or ""
            if isinstance(fault, psycopg.errors.QueryCanceled):
                raise failures.too_slow(self._name, self._seconds) from fault
            is_gone = isinstance(fault, psycopg.OperationalError) and not state
            if is_gone or state.startswith(_GONE):
                raise failures.lost(self._name) from fault
            raise failures.broken(self._name, type(fault).__name__) from fault


class _Asked:
    """Rows of one table for some targets: the text from `FROM` on, and its values."""

    def __init__(
        self,
        table: str,
        keys: Sequence[Column],
        wanted: Sequence[Sought],
        *,
        time: tuple[str | None, Clock],
        folds: bool = False,
    ) -> None:
        self.wanted = [each for each in wanted if all(k.holds(v) for k, v in zip(keys, each.keys, strict=True))]
        self.values: dict[str, Any] = {"places": [each.place for each in self.wanted]}
        arrays, names = ["%(places)s::int4[]"], ["place"]
        conditions = []
        for number, key in enumerate(keys, 1):
            self.values[f"key{number}"] = [key.sent(each.keys[number - 1]) for each in self.wanted]
            arrays.append(f"%(key{number})s::text[]")
            names.append(f"key{number}")
            conditions.append(key.folded(f"x.key{number}") if folds else key.equals(f"x.key{number}"))
        if time[0] is not None:
            self._bound(time[0], "timestamptz" if time[1] == "utc" else "timestamp", (arrays, names, conditions))
        self.source = (
            f"FROM unnest({', '.join(arrays)}) AS x({', '.join(names)})"
            f" JOIN {quoted(table)} AS t ON {' AND '.join(conditions)}"
        )

    def _bound(self, column: str, kind: str, parts: tuple[list[str], list[str], list[str]]) -> None:
        """Add the half-open period: once where it is the same for all, else for each, within the widest."""
        arrays, names, conditions = parts
        for side, sign in (("start", ">="), ("end", "<")):
            differs, widest = bound(self.wanted, side)  # type: ignore[arg-type]
            if widest:
                self.values[f"widest_{side}"] = widest
                conditions.append(f"t.{quoted(column)} {sign} %(widest_{side})s::{kind}")
            if differs:
                self.values[side] = [getattr(each, side) for each in self.wanted]
                arrays.append(f"%({side})s::{kind}[]")
                names.append(f"{side}s")
                open_too = "" if widest else f"x.{side}s IS NULL OR "
                conditions.append(f"({open_too}t.{quoted(column)} {sign} x.{side}s)")


def _missing_from(dsn: str) -> dict[str, str]:
    given = conninfo_to_dict(dsn)
    return {key: value for key, value in _DEFAULTS.items() if key not in given} | {"application_name": "answerable"}


def _has_letters(value: str) -> bool:
    return any("a" <= each <= "z" or "A" <= each <= "Z" for each in value)
