"""How is a store read that only a person can look into? From the files that one person brought and another confirmed.

Each table is one file. It is read whole when the store is opened, so the file may go as soon as it is; what the read log
names is the SHA-256 of just those bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event

import pyarrow as pa

from answerable.adapters.sources.scanning import ColumnFacts, Touched
from answerable.adapters.sources.source import failed, missing
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan, Target
from answerable.collect.uploaded import Row, column_names, moment_of, read_rows
from answerable.errors import StoreFailed

_BATCH = 2_000


class PersonStore:
    """A store of confirmed files, by table. A table that nobody looked up is no empty table: reading it is refused."""

    def __init__(self, name: str, files: Mapping[str, Path]) -> None:
        self._name = name
        self._stopped = Event()
        self._hashes: dict[str, str] = {}
        self._columns: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, list[Row]] = {}
        for table, path in files.items():
            try:
                content = path.read_bytes()
            except OSError as fault:
                raise failed(name, fault) from fault
            self._hashes[table] = hashlib.sha256(content).hexdigest()
            self._columns[table] = column_names(content)
            self._rows[table] = list(read_rows(content, self._columns[table]))

    def tables(self) -> Collection[str]:
        """Return the tables that were looked up."""
        return self._columns.keys()

    def is_writable(self) -> None:
        """Nothing can be written to what a person asks."""

    def columns(self, table: str) -> Mapping[str, ColumnFacts]:
        """Return the columns of a table's file, empty where there is none."""
        return {name: ColumnFacts(type="text", is_indexed=False) for name in self._columns.get(table, ())}

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table that nobody looked up, and a column that its file does not carry."""
        self._table(table)
        # A file without a row names its columns only where it is CSV.
        if self._rows[table] and (absent := set(columns) - set(self._columns[table])):
            raise missing(self._name, table, absent)

    def resolve(
        self,
        rule: IdentifierRule,  # noqa: ARG002 - every store is asked alike
        identifiers: Sequence[Identifier],
    ) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return nobody: a person looks there once it is decided, and cannot be asked before whose something is."""
        return tuple(() for _ in identifiers)

    def count(self, scan: Scan) -> tuple[int, ...]:
        """Return how many rows each target of the scan has."""
        self.check(scan.table, scan.touched)
        return tuple(len(self._of(scan, target)) for target in scan.targets)

    def query(self, scan: Scan) -> str:
        """Return what was done in place of a query."""
        by = ", ".join(scan.subject_columns + ((scan.time_column,) if scan.time_column else ()))
        return (
            f"person: a reviewer looked up {', '.join(scan.columns)} in {scan.table}, by {by}, "
            "and another reviewer confirmed the file"
        )

    def read(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        """Yield the rows of each target in the scan's order: text as the file holds it, the time column as a moment."""
        self.check(scan.table, scan.touched)
        for place, target in enumerate(scan.targets):
            rows = sorted(
                self._of(scan, target), key=lambda row: [_order(row[name], name, scan) for name in scan.order_by]
            )
            for start in range(0, len(rows), _BATCH):
                if self._stopped.is_set():
                    raise failed(self._name, InterruptedError())
                yield self._batch(scan, place, rows[start : start + _BATCH])

    def touched(self, scan: Scan) -> Touched:
        """Return the file of the scan's table, with its hash, and its rows."""
        files = ((f"{self._name}.{scan.table}", self._hashes[scan.table]),)
        return Touched(files=files, rows_read=len(self._table(scan.table)))

    def interrupt(self) -> None:
        """Stop a reading that runs in another thread."""
        self._stopped.set()

    def close(self) -> None:
        """Let go of the rows."""
        self._rows.clear()

    def _batch(self, scan: Scan, place: int, rows: list[Row]) -> pa.RecordBatch:
        fields = [pa.field(TARGET, pa.int32())]
        arrays = [pa.array([place] * len(rows), pa.int32())]
        for name in scan.columns:
            values: list[object] = [row[name] for row in rows]
            if name == scan.time_column:
                moments = [moment_of(row[name], scan.zone) for row in rows]
                if [each is None for each in moments] != [each is None for each in values]:
                    raise failed(self._name, ValueError())
                values = list(moments)
            kind = pa.timestamp("us", "UTC") if name == scan.time_column else pa.string()
            fields.append(pa.field(name, kind))
            arrays.append(pa.array(values, kind))
        return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))

    def _table(self, table: str) -> list[Row]:
        if table not in self._rows:
            raise StoreFailed(
                "collect.not-looked-up",
                what=f"Nobody has looked up what is needed of the store “{self._name}”.",
                why=f"Only a person can look into it, and no confirmed file stands for {table}.",
                next_step="Send the decision back and decide again: the case then lists what to look up.",
            )
        return self._rows[table]

    def _of(self, scan: Scan, target: Target) -> list[Row]:
        own = [
            row
            for row in self._table(scan.table)
            if tuple(row[name] for name in scan.subject_columns) == target.subject
        ]
        if scan.time_column is None or (target.start is None and target.end is None):
            return own
        timed = ((row, moment_of(row[scan.time_column], scan.zone)) for row in own)
        return [
            row
            for row, moment in timed
            if moment is not None
            and (target.start is None or target.start <= moment)
            and (target.end is None or moment < target.end)
        ]


def _order(value: str | None, name: str, scan: Scan) -> tuple[int, float, str]:
    """Return a key that puts moments and whole numbers in their order, text after them, and nothing last."""
    if value is None:
        return (3, 0.0, "")
    moment = moment_of(value, scan.zone) if name == scan.time_column else None
    if moment is not None:
        return (0, moment.timestamp(), value)
    is_number = value.isascii() and value.isdigit() and len(value) <= 15
    return (1, float(value), value) if is_number else (2, 0.0, value)
