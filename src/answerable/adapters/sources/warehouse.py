"""How is a warehouse or a cluster read? By an Ibis expression, shown on Apache Spark: the same scan, the same rows."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import ibis  # type: ignore[import-untyped]
import pyarrow as pa
from py4j.protocol import Py4JError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from answerable.adapters.sources import failures
from answerable.adapters.sources.batches import Pace, schema_of
from answerable.adapters.sources.connections import Connection
from answerable.adapters.sources.scanning import ColumnFacts, Touched
from answerable.adapters.sources.source import missing, refuse_missing
from answerable.adapters.sources.targets import (
    Clock,
    Sought,
    bound,
    found_subjects,
    sought,
    sought_around,
)
from answerable.adapters.sources.warehouse_columns import Column, bound_text, moment_of_text
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan

# Nothing of a query is shown on a page or in a log: both would hold values.
_QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
_LOCAL = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}


class WarehouseStore:
    """Tables of a catalogue, or folders of Parquet files, read by Spark.

    Spark keeps no snapshot: a table of files is the list of files that lay there when it was first asked for.
    """

    def __init__(self, name: str, settings: Connection) -> None:
        self._name = name
        self._settings = settings
        self._seconds = settings.statement_timeout_seconds
        self._stop, self._late = threading.Event(), threading.Event()
        self._group = f"answerable-{uuid4()}"
        self._tables: dict[str, tuple[DataFrame, Any, Mapping[str, Column]] | None] = {}
        if settings.master is None and settings.path is None and settings.database is None:
            raise failures.no_credentials(name, "master, path or database says where a warehouse lies; none is given.")
        with self._explained():
            builder = SparkSession.Builder().appName("answerable")
            is_local = (settings.master or "").startswith("local")
            for key, value in (_QUIET | (_LOCAL if is_local else {})).items():
                builder = builder.config(key, value)
            started = (builder.master(settings.master) if settings.master else builder).getOrCreate()
            started.sparkContext.setLogLevel("OFF")
            # A session of one's own on the machine's one context: views of two stores must not meet.
            self._session = started.newSession()
            self._ibis = ibis.pyspark.connect(self._session)

    def tables(self) -> Collection[str]:
        """Return every table of the database, or every folder of the path; none where the path is no folder of ours."""
        path = self._settings.path
        if path is not None:
            return [each.name for each in Path(path).iterdir() if each.is_dir()] if "://" not in path else ()
        parts = [each for each in (self._settings.catalog, self._settings.database) if each]
        with self._job():
            return [each.name for each in self._session.catalog.listTables(".".join(parts) or None)]

    def is_writable(self) -> bool | None:
        """Of a cluster, only its keeper knows."""
        return None

    def columns(self, table: str) -> Mapping[str, ColumnFacts]:
        """Return the columns of a table, empty where there is no such table. Spark has no index."""
        found = self._table(table)
        return {name: ColumnFacts(each.shown, False) for name, each in found[2].items()} if found else {}

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table or a column that is not there."""
        refuse_missing(self._name, table, columns, known=self.columns(table))

    def resolve(
        self, rule: IdentifierRule, identifiers: Sequence[Identifier]
    ) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the subjects of each identifier. Of letters, only the case of A to Z does not count."""
        keys, time = rule.keys, rule.time
        self.check(rule.table, {rule.column, *keys} | ({time} if time else set()))
        clock = self._clock(rule.table, time)
        wanted = sought_around(rule, identifiers, clock)
        ask = self._asked(rule.table, (rule.column,), wanted, time=(time, clock), folds=True)
        if ask is None:
            return tuple(() for _ in identifiers)
        joined, known = ask.joined, ask.columns
        texts = {f"k{place}": known[key].key_text(joined[key]) for place, key in enumerate(keys)}
        found = joined.select(place=joined["answerable_place"], **texts).distinct()
        found = found.filter(*(found[each].notnull() for each in texts))
        nth = ibis.row_number().over(group_by="place", order_by=list(texts))
        found = found.mutate(nth=nth).filter(lambda each: each["nth"] < 2).select("place", *texts)
        with self._job():
            return found_subjects([tuple(row) for row in self._frame(found).collect()], identifiers)

    def count(self, scan: Scan) -> tuple[int, ...]:
        """Return how many rows each target of the scan has."""
        ask, counts = self._scanned(scan), [0] * len(scan.targets)
        if ask is not None:
            grouped = ask.joined.group_by("answerable_place").aggregate(rows=ask.joined.count())
            with self._job():
                for place, rows in self._frame(grouped).collect():
                    counts[place] = rows
        return tuple(counts)

    def query(self, scan: Scan) -> str:
        """Return the text that `read` runs, with names in place of values."""
        ask = self._scanned(scan, is_shown=True)
        if ask is None:
            return "-- no target that this table could hold"
        return str(ibis.to_sql(ask.rows(scan), dialect="pyspark")).replace(ask.targets.get_name(), "targets")

    def read(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        """Yield the rows in batches. Spark hands over one part of its sorted result after the other."""
        ask, pace = self._scanned(scan), Pace()
        if ask is None:
            return
        columns = [ask.columns[each] for each in scan.columns]
        schema = schema_of([(each.name, each.arrow) for each in columns])
        with self._job():
            found = iter(self._frame(ask.rows(scan)).toLocalIterator())
        while True:
            with self._job():
                rows = list(islice(found, pace.rows))
            if not rows:
                return
            places, *values = list(zip(*rows, strict=True))[: len(columns) + 1]
            arrays = [column.array(each, scan.zone) for column, each in zip(columns, values, strict=True)]
            batch = pa.RecordBatch.from_arrays([pa.array(places, pa.int32()), *arrays], schema=schema)
            pace.after(batch)
            del rows, places, values, arrays
            yield batch

    def touched(self, scan: Scan) -> Touched:
        """Return a digest of the list of files of the table, as Spark took it down."""
        found = self._table(scan.table)
        with self._job():
            files = sorted(found[0].inputFiles()) if found else []
        digest = hashlib.sha256("\n".join(files).encode()).hexdigest()
        listed = f"{len(files)} files, their list with SHA-256 {digest}" if files else "no list of files"
        return Touched(snapshot=f"Spark {self._session.version}, {listed}")

    def interrupt(self) -> None:
        """Stop a reading that runs in another thread; the store then answers nothing more."""
        self._stop.set()
        self._cancel()

    def close(self) -> None:
        """Let go of the tables. The context stays for the next answer: to start one takes many seconds."""
        self._tables.clear()

    def _cancel(self) -> None:
        self._session.sparkContext.cancelJobGroup(self._group)

    def _expire(self) -> None:
        self._late.set()
        self._cancel()

    def _table(self, table: str) -> tuple[DataFrame, Any, Mapping[str, Column]] | None:
        if table not in self._tables:
            with self._job():
                self._tables[table] = self._found(table)
        return self._tables[table]

    def _found(self, table: str) -> tuple[DataFrame, Any, Mapping[str, Column]] | None:
        if self._settings.path is not None:
            folder = Path(self._settings.path, table)
            if "://" not in self._settings.path and not folder.is_dir():
                return None
            place = str(folder) if "://" not in self._settings.path else f"{self._settings.path.rstrip('/')}/{table}"
            frame = self._session.read.parquet(place)
            frame.createOrReplaceTempView(table)
            found = self._ibis.table(table)
        else:
            parts = [each for each in (self._settings.catalog, self._settings.database) if each]
            full = ".".join(f"`{each}`" for each in (*parts, table))
            if not self._session.catalog.tableExists(full):
                return None
            frame = self._session.table(full)
            found = self._ibis.table(table, database=tuple(parts) if len(parts) == 2 else (parts[0] if parts else None))
        return frame, found, {each.name: Column(each.name, each.dataType.simpleString()) for each in frame.schema}

    def _clock(self, table: str, column: str | None) -> Clock:
        if column is None:
            return "none"
        found = self._table(table)
        kind = found[2][column] if found else Column(column, "nothing")
        if kind.clock is None:
            raise failures.no_moment(self._name, table, column, kind.shown)
        return kind.clock

    def _scanned(self, scan: Scan, *, is_shown: bool = False) -> _Asked | None:
        self.check(scan.table, scan.touched)
        clock = self._clock(scan.table, scan.time_column)
        time = (scan.time_column, clock)
        return self._asked(scan.table, scan.subject_columns, sought(scan, clock), time=time, is_shown=is_shown)

    def _asked(
        self,
        table: str,
        keys: Sequence[str],
        wanted: Sequence[Sought],
        *,
        time: tuple[str | None, Clock],
        folds: bool = False,
        is_shown: bool = False,
    ) -> _Asked | None:
        found = self._table(table)
        if found is None:
            raise missing(self._name, table, ())
        columns = [found[2][each] for each in keys]
        kept = [each for each in wanted if all(c.holds(v) for c, v in zip(columns, each.keys, strict=True))]
        return _Asked(found[1], found[2], keys, kept, time=time, folds=folds, is_shown=is_shown) if kept else None

    def _frame(self, expression: Any) -> DataFrame:
        self._ibis._run_pre_execute_hooks(expression)
        return self._session.sql(self._ibis.compile(expression))

    @contextmanager
    def _job(self) -> Iterator[None]:
        """Run jobs that can be stopped, and that stop by themselves when they take too long."""
        timer = threading.Timer(self._seconds, self._expire)
        timer.daemon = True
        with self._explained():
            self._session.sparkContext.setJobGroup(self._group, "answerable", True)
            timer.start()
            try:
                yield
            finally:
                timer.cancel()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        if self._stop.is_set():
            raise failures.stopped(self._name)
        try:
            yield
        except (PySparkException, Py4JError, ibis.common.exceptions.IbisError, OSError) as fault:
            if self._stop.is_set():
                raise failures.stopped(self._name) from fault
            if self._late.is_set():
                raise failures.too_slow(self._name, self._seconds) from fault
            if isinstance(fault, OSError):
                raise failures.lost(self._name) from fault
            raise failures.broken(self._name, type(fault).__name__) from fault


class _Asked:
    """Rows of one table, joined with the targets they belong to."""

    def __init__(
        self,
        table: Any,
        columns: Mapping[str, Column],
        keys: Sequence[str],
        wanted: Sequence[Sought],
        *,
        time: tuple[str | None, Clock],
        folds: bool,
        is_shown: bool,
    ) -> None:
        self.columns = columns
        data: dict[str, list[Any]] = {"answerable_place": [each.place for each in wanted]}
        for number, key in enumerate(keys):
            data[f"answerable_key{number}"] = [columns[key].sent(each.keys[number]) for each in wanted]
        for side in ("start", "end"):  # an empty text where it is open: what is missing would arrive as "NaN"
            data[f"answerable_{side}"] = [bound_text(getattr(each, side)) or "" for each in wanted]
        self.targets = ibis.memtable(pa.table({name: pa.array(each, _kind(each)) for name, each in data.items()}))
        conditions = [
            condition
            for number, key in enumerate(keys)
            for condition in columns[key].equals(table[key], self.targets[f"answerable_key{number}"], folds=folds)
        ]
        self.joined = self.targets.join(table, conditions)
        if time[0] is not None:
            self._bound(time[0], time[1], wanted, is_shown=is_shown)

    def _bound(self, column: str, clock: Clock, wanted: Sequence[Sought], *, is_shown: bool) -> None:
        """Keep the rows of the half-open period: the widest as a constant, which leaves files unread, and each its own."""
        for side in ("start", "end"):
            differs, widest = bound(wanted, side)
            mine, own = self.joined[column], self.joined[f"answerable_{side}"]
            conditions = []
            if widest:
                text = f":widest_{side}" if is_shown else bound_text(widest)
                conditions.append(_beside(mine, moment_of_text(ibis.literal(text), clock), side))
            if differs:
                within = _beside(mine, moment_of_text(own.nullif(""), clock), side)
                conditions.append(within if widest else (own == "") | within)
            if conditions:
                self.joined = self.joined.filter(reduce(lambda one, other: one & other, conditions))

    def rows(self, scan: Scan) -> Any:
        """Return the rows as they leave, in order; what they are ordered by comes last."""
        carried = {f"column{n}": self.columns[name].carried(self.joined[name]) for n, name in enumerate(scan.columns)}
        order = {f"order{n}": self.joined[name] for n, name in enumerate(scan.order_by)}
        found = self.joined.select(**{TARGET: self.joined["answerable_place"]}, **carried, **order)
        return found.order_by(TARGET, *(ibis.asc(found[each], nulls_first=True) for each in order))


def _beside(mine: Any, bound: Any, side: str) -> Any:
    return mine >= bound if side == "start" else mine < bound


def _kind(values: Sequence[Any]) -> pa.DataType:
    return pa.int64() if isinstance(values[0], int) else pa.string()
