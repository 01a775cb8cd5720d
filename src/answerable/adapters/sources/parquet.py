"""How are Parquet files read? By DuckDB inside this process, within a fixed memory, batch after batch.

The files are listed once, when the store is opened, and hashed: what is read is exactly what the read log names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from answerable.adapters.sources.scanning import ColumnFacts, Touched
from answerable.adapters.sources.source import failed, missing, quoted
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan

_BATCH = 2_000
# No temporary folder: records of people are never spilled to disk, a query that needs more memory fails instead.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "96MB", "threads": 2, "temp_directory": ""}
_UTC = pa.timestamp("us", "UTC")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ParquetStore:
    """A folder with one sub-folder of Parquet files a table."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._columns: dict[str, dict[str, ColumnFacts]] = {}
        with self._explained():
            self._db = duckdb.connect(":memory:", config=_CONFIG)
            self._db.execute("SET TimeZone = 'UTC'")
            self._db.execute("SET enable_progress_bar = false")
            self._paths = {
                each.name: sorted(path for path in each.rglob("*.parquet"))
                for each in sorted(folder.iterdir())
                if each.is_dir()
            }

    def columns(self, table: str) -> Mapping[str, ColumnFacts]:
        """Return the columns of a table, empty where there is no such table."""
        if not self._paths.get(table):
            return {}
        if table not in self._columns:
            with self._explained():
                rows = self._db.execute(f"DESCRIBE SELECT * FROM {self._from(table)}").fetchall()  # noqa: S608
            self._columns[table] = {row[0]: ColumnFacts(type=row[1], is_indexed=False) for row in rows}
        return self._columns[table]

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table or a column that is not there."""
        known = set(self.columns(table))
        if not known or set(columns) - known:
            raise missing(self._name, table, set(columns) - known if known else ())

    def resolve(
        self, rule: IdentifierRule, identifiers: Sequence[Identifier]
    ) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the subjects seen with each identifier, for an IP address around its moment. Two at most."""
        self.check(rule.table, rule.touched)
        names = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in rule.keys)
        text = f"SELECT DISTINCT {names} FROM {self._from(rule.table)} WHERE {quoted(rule.column)} = ?"  # noqa: S608
        text += "".join(f" AND {quoted(name)} IS NOT NULL" for name in rule.keys)
        if rule.time:
            text += f" AND {self._moment(rule.table, rule.time, rule.zone)} BETWEEN ? AND ?"
        slack = timedelta(seconds=rule.within_seconds)
        found = []
        with self._explained():
            for each in identifiers:
                values: list[object] = [each.value]
                values += [each.at - slack, each.at + slack] if rule.time and each.at else []
                found.append(tuple(self._db.execute(f"{text} LIMIT 2", values).fetchall()))
        return tuple(found)

    def count(self, scan: Scan) -> tuple[int, ...]:
        """Return how many rows each target has."""
        self.check(scan.table, scan.touched)
        with self._explained():
            found = dict(self._cursor(scan).sql(f"SELECT t.n, count(*) {self._joined(scan)} GROUP BY ALL").fetchall())
        return tuple(found.get(number, 0) for number in range(len(scan.targets)))

    def query(self, scan: Scan) -> str:
        """Return the text that runs."""
        types = self.columns(scan.table)
        names = [
            f"{self._moment(scan.table, name, scan.zone)} AS {quoted(name)}"
            if name in types and types[name].type.startswith("TIMESTAMP")
            else f"r.{quoted(name)}"
            for name in scan.columns
        ]
        order = ", ".join(["t.n", *(f"r.{quoted(name)}" for name in scan.order_by)])
        return f"SELECT t.n AS {TARGET}, {', '.join(names)} {self._joined(scan)} ORDER BY {order}"

    def read(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        """Yield the rows in batches."""
        self.check(scan.table, scan.touched)
        with self._explained():
            yield from self._cursor(scan).sql(self.query(scan)).to_arrow_reader(_BATCH)

    def touched(self, scan: Scan) -> Touched:
        """Return each file with its SHA-256."""
        return Touched(files=tuple(each for each in self._hashes if each[0].split("/")[0] == scan.table))

    def interrupt(self) -> None:
        """Stop a reading that runs in another thread."""
        self._db.interrupt()

    def close(self) -> None:
        """Let go of the engine's memory."""
        self._db.close()

    def _cursor(self, scan: Scan) -> duckdb.DuckDBPyConnection:
        cursor = self._db.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        cursor.register("targets", self._targets(scan))
        return cursor

    def _targets(self, scan: Scan) -> pa.Table:
        keys = {
            f"k{place}": pa.array([target.subject[place] for target in scan.targets], pa.string())
            for place in range(len(scan.subject_columns))
        }
        return pa.table(
            {
                "n": pa.array(range(len(scan.targets)), pa.int32()),
                **keys,
                "first": _moments([target.start for target in scan.targets]),
                "after": _moments([target.end for target in scan.targets]),
            }
        )

    def _joined(self, scan: Scan) -> str:
        on = [f"CAST(r.{quoted(name)} AS VARCHAR) = t.k{place}" for place, name in enumerate(scan.subject_columns)]
        if scan.time_column:
            at = self._moment(scan.table, scan.time_column, scan.zone)
            on += [f"{at} IS NOT NULL", f"(t.first IS NULL OR {at} >= t.first)", f"(t.after IS NULL OR {at} < t.after)"]
        return f"FROM {self._from(scan.table)} r JOIN targets t ON {' AND '.join(on)}"

    def _moment(self, table: str, column: str, zone: str) -> str:
        kind = self.columns(table)[column].type
        return quoted(column) if "TIME ZONE" in kind else f"({quoted(column)} AT TIME ZONE '{zone}')"

    def _from(self, table: str) -> str:
        files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in self._paths.get(table, ()))
        return f"read_parquet([{files}])"

    @cached_property
    def _hashes(self) -> tuple[tuple[str, str], ...]:
        with self._explained():
            return tuple(
                (path.relative_to(self._folder).as_posix(), _sha256(path))
                for paths in self._paths.values()
                for path in paths
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (duckdb.Error, OSError) as fault:
            raise failed(self._name, fault) from fault


def _moments(moments: Sequence[datetime | None]) -> pa.Array:
    # From whole numbers: given moments of Python, Arrow loads a library of 60 MB to look at them.
    since = [None if each is None else (each - _EPOCH) // timedelta(microseconds=1) for each in moments]
    return pa.array(since, pa.int64()).cast(_UTC)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
