"""How does the second engine find the same rows? DuckDB joins all files with a table of the targets, in one statement.

It leaves out row groups by its own reading of the footers, converts zones by its own tables, and shares with the first engine
only what a subject's text means. DuckDB's wheel has no driver for S3: there the bytes come through pyarrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from weakref import WeakSet

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from answerable.adapters.sources.parquet.footers import footer_of
from answerable.adapters.sources.parquet.kinds import Kind
from answerable.adapters.sources.parquet.places import File, Place
from answerable.adapters.sources.parquet.reading import schema_of
from answerable.adapters.sources.parquet.table import Table, bounds_in, keys_of, span, ticks
from answerable.adapters.sources.source import quoted
from answerable.collect.scan import TARGET, Scan

# No temporary folder: what does not fit fails instead of being written in the clear.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "128MB", "threads": 2, "temp_directory": ""}
_BATCH = 16_384


class Checker:
    """The second engine, for one store."""

    def __init__(self, store: str, place: Place) -> None:
        self._store, self._place = store, place
        self._db = duckdb.connect(":memory:", config=_CONFIG)
        self._db.execute("SET TimeZone = 'UTC'")
        self._db.execute("SET enable_progress_bar = false")
        self._running: WeakSet[duckdb.DuckDBPyConnection] = WeakSet()

    def count(self, table: Table, scan: Scan, kinds: Mapping[str, Kind]) -> tuple[int, ...]:
        """Return the number of rows of each target."""
        text = f"SELECT t.{TARGET}, count(*) {self._found(table, scan, kinds)} GROUP BY ALL"
        counted = dict(self._run(text, table, scan, kinds).fetchall())
        return tuple(counted.get(place, 0) for place in range(len(scan.targets)))

    def rows(self, table: Table, scan: Scan, kinds: Mapping[str, Kind]) -> Iterator[pa.RecordBatch]:
        """Yield the rows, in no order."""
        text = f"SELECT t.{TARGET}, {_columns(scan, kinds)} {self._found(table, scan, kinds)}"
        schema = schema_of(scan, kinds)
        for batch in self._run(text, table, scan, kinds).to_arrow_reader(_BATCH):
            yield _typed(batch, schema)

    def query(self, table: Table, scan: Scan, kinds: Mapping[str, Kind]) -> str:
        """Return the statement, with placeholders."""
        order = ", ".join([f"t.{TARGET}", *(f"s.{quoted(name)} NULLS FIRST" for name in scan.order_by)])
        columns = _columns(scan, kinds)
        return f"SELECT t.{TARGET}, {columns} {self._found(table, scan, kinds)} ORDER BY {order}"

    def interrupt(self) -> None:
        """Stop what runs."""
        for cursor in list(self._running):
            cursor.interrupt()

    def close(self) -> None:
        """Let go of the engine's memory."""
        self._db.close()

    @property
    def _is_local(self) -> bool:
        return self._place.options is None

    def _found(self, table: Table, scan: Scan, kinds: Mapping[str, Kind]) -> str:
        named = ", union_by_name := true" if self._differs(table, scan) else ""
        source = f"read_parquet(?, hive_partitioning := false{named})" if self._is_local else "files"
        tests = [f"s.{quoted(name)} = t.key_{place}" for place, name in enumerate(scan.subject_columns)]
        if scan.time_column:
            moment = _moment(scan.time_column, kinds[scan.time_column], scan.zone)
            tests += [f"(t.first IS NULL OR {moment} >= t.first)", f"(t.last IS NULL OR {moment} < t.last)"]
            tests += self._span(scan, kinds)[0]
        return f"FROM {source} s JOIN targets t ON {' AND '.join(tests)}"

    def _differs(self, table: Table, scan: Scan) -> bool:
        found = {
            tuple(footer_of(self._store, self._place, file).kinds.get(name) for name in sorted(scan.touched))
            for file in table.files
        }
        return len(found) > 1

    def _span(self, scan: Scan, kinds: Mapping[str, Kind]) -> tuple[list[str], list[datetime]]:
        """Return the conditions by which the engine leaves out row groups, and their values."""
        kind = kinds[scan.time_column] if scan.time_column else None
        if kind is None or not pa.types.is_timestamp(kind.stored) or kind.nanoseconds == 1:
            return [], []
        low, high = span(scan)
        first, last = bounds_in(
            Kind(pa.timestamp("us"), None), low, high, is_wide=not kind.has_zone and scan.zone != "UTC"
        )
        column = f"s.{quoted(scan.time_column or '')}"
        made = "make_timestamptz" if kind.has_zone else "make_timestamp"
        tests = [f"{column} >= {made}(?)"] if first is not None else []
        tests += [f"{column} <= {made}(?)"] if last is not None else []
        return tests, [each for each in (first, last) if each is not None]  # type: ignore[misc]

    def _run(self, text: str, table: Table, scan: Scan, kinds: Mapping[str, Kind]) -> duckdb.DuckDBPyRelation:
        cursor = self._db.cursor()
        self._running.add(cursor)
        cursor.execute("SET TimeZone = 'UTC'")
        cursor.register("targets", _targets(scan, kinds))
        values: list[object] = [[file.address for file in table.files]] if self._is_local else []
        if not self._is_local:
            cursor.register("files", self._through_pyarrow(table, scan, kinds))
        return cursor.sql(text, params=[*values, *(self._span(scan, kinds)[1] if scan.time_column else ())])

    def _through_pyarrow(self, table: Table, scan: Scan, kinds: Mapping[str, Kind]) -> pa.RecordBatchReader:
        names = sorted(scan.touched)
        schema = pa.schema(
            [(name, pa.binary() if kinds[name].is_uuid else _engine_type(kinds[name])) for name in names]
        )
        batches = (batch for file in table.files for batch in self._batches(file, names, schema))
        return pa.RecordBatchReader.from_batches(schema, batches)

    def _batches(self, file: File, names: list[str], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with self._place.opened(file) as content:
            for batch in pq.ParquetFile(content, pre_buffer=False).iter_batches(_BATCH, columns=names):
                columns = [
                    column.storage if isinstance(column, pa.ExtensionArray) else column
                    for column in (batch.column(name) for name in names)
                ]
                table = pa.Table.from_arrays(columns, names=names).cast(schema)
                yield from table.to_batches()


def _targets(scan: Scan, kinds: Mapping[str, Kind]) -> pa.Table:
    keys = tuple(kinds[name] for name in scan.subject_columns)
    places, columns = keys_of(keys, scan.targets)
    unit = kinds[scan.time_column].nanoseconds if scan.time_column else 1000
    chosen = [scan.targets[place] for place in places]
    made = {
        TARGET: pa.array(places, pa.int32()),
        "first": pa.array([ticks(each.start, unit) for each in chosen], pa.int64()),
        "last": pa.array([ticks(each.end, unit) for each in chosen], pa.int64()),
    }
    for place, (kind, values) in enumerate(zip(keys, columns, strict=True)):
        made[f"key_{place}"] = pa.array(values, kind.keyed)
    return pa.table(made)


def _columns(scan: Scan, kinds: Mapping[str, Kind]) -> str:
    return ", ".join(_leaving(name, kinds[name], scan) for name in scan.columns)


def _leaving(name: str, kind: Kind, scan: Scan) -> str:
    column = f"s.{quoted(name)}"
    if pa.types.is_timestamp(kind.stored) or (pa.types.is_date(kind.stored) and name == scan.time_column):
        return f"{_moment(name, kind, scan.zone)} AS {quoted(name)}"
    return column


def _moment(name: str, kind: Kind, zone: str) -> str:
    """Return a column of moments as microseconds, or nanoseconds, since 1970 in UTC."""
    column = f"s.{quoted(name)}"
    unit = "ns" if kind.nanoseconds == 1 else "us"
    if pa.types.is_date(kind.stored):
        column = f"CAST({column} AS TIMESTAMP)"
    if kind.has_zone or zone == "UTC":
        return f"epoch_{unit}({column})"
    there = f"epoch_us({_first_of(f'CAST({column} AS TIMESTAMP)', zone)})"
    return there if unit == "us" else f"({there} * 1000 + epoch_ns({column}) % 1000)"


def _first_of(reading: str, zone: str) -> str:
    """Return the moment of a reading of a wall clock: the first one where the clock showed it twice, where ICU takes the later.

    Counted on from a day before, the first one is what shows the same reading again.
    """
    counted = f"(({reading} - INTERVAL 24 HOURS) AT TIME ZONE '{zone}' + INTERVAL 24 HOURS)"
    return (
        f"CASE WHEN {counted} AT TIME ZONE '{zone}' = {reading} THEN {counted} ELSE {reading} AT TIME ZONE '{zone}' END"
    )


def _engine_type(kind: Kind) -> pa.DataType:
    if not pa.types.is_timestamp(kind.stored):
        return kind.leaves
    return pa.timestamp("ns" if kind.nanoseconds == 1 else "us", "UTC" if kind.has_zone else None)


def _typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = []
    for column, field in zip(batch.columns, schema, strict=True):
        is_moment = pa.types.is_timestamp(field.type) and pa.types.is_integer(column.type)
        if is_moment:
            columns.append(column.cast(pa.int64()).view(field.type))
        elif isinstance(column, pa.ExtensionArray):
            columns.append(pa.array([None if each is None else str(each) for each in column.to_pylist()], field.type))
        else:
            columns.append(column.cast(field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
