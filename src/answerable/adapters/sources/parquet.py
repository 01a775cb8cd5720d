"""How are Parquet files read? By DuckDB inside this process, within a fixed memory, batch after batch.

The files are listed once, when the source is opened, and hashed: what is read is exactly what the read log names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import duckdb

from answerable.adapters.sources.source import Row, failed, missing, quoted
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.plan import Step

_BATCH = 2_000
# No temporary folder: records of people are never spilled to disk, a query that needs more memory fails instead.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "96MB", "threads": 2, "temp_directory": ""}


class ParquetSource:
    """A folder with one sub-folder of Parquet files a table."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        with self._explained():
            self._db = duckdb.connect(":memory:", config=_CONFIG)
            self._db.execute("SET TimeZone = 'UTC'")
            self._db.execute("SET enable_progress_bar = false")
            self._paths = {
                each.name: sorted(path for path in each.rglob("*.parquet"))
                for each in sorted(folder.iterdir())
                if each.is_dir()
            }

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table or a column that is not there."""
        if not self._list(table):
            raise missing(self._name, table, ())
        with self._explained():
            rows = self._db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [self._list(table)]).fetchall()
        if absent := set(columns) - {row[0] for row in rows}:
            raise missing(self._name, table, absent)

    def resolve(self, rule: IdentifierRule, identifier: Identifier) -> tuple[str, ...]:
        """Return the subjects seen with the identifier, for an IP address around its moment. Two at most."""
        text = f"SELECT DISTINCT {quoted(rule.key)} FROM read_parquet(?) WHERE {quoted(rule.column)} = ?"  # noqa: S608
        values: list[object] = [self._list(rule.table), identifier.value]
        if rule.time and identifier.at:
            slack = timedelta(seconds=rule.within_seconds)
            text += f" AND {quoted(rule.time)} BETWEEN ? AND ?"
            values += [identifier.at - slack, identifier.at + slack]
        with self._explained():
            return tuple(str(row[0]) for row in self._db.execute(text + " LIMIT 2", values).fetchall())

    def count(self, step: Step, subject: str) -> int:
        """Return how many rows the step would give."""
        text = f"SELECT count(*) FROM read_parquet(?) WHERE {_where(step)}"  # noqa: S608 - names come from the map
        with self._explained():
            found = self._db.execute(text, self._values(step, subject)).fetchone()
        return int(found[0]) if found else 0

    def query(self, step: Step) -> str:
        """Return the text that runs."""
        columns = ", ".join(map(quoted, step.column_names))
        order = ", ".join(map(quoted, step.order_by))
        return f"SELECT {columns} FROM read_parquet(?) WHERE {_where(step)} ORDER BY {order}"  # noqa: S608

    def read(self, step: Step, subject: str) -> Iterator[Sequence[Row]]:
        """Yield the rows in batches."""
        with self._explained():
            cursor = self._db.cursor()
            cursor.execute("SET TimeZone = 'UTC'")
            rows = cursor.sql(self.query(step), params=self._values(step, subject))
            for batch in rows.to_arrow_reader(_BATCH):
                yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def files(self) -> tuple[tuple[str, str], ...]:
        """Return each file with its SHA-256."""
        return self._hashes

    def snapshot(self) -> str | None:
        """Return nothing: the files' digests say which state was read."""
        return None

    def close(self) -> None:
        """Let go of the engine's memory."""
        self._db.close()

    @cached_property
    def _hashes(self) -> tuple[tuple[str, str], ...]:
        with self._explained():
            return tuple(
                (path.relative_to(self._folder).as_posix(), _sha256(path))
                for paths in self._paths.values()
                for path in paths
            )

    def _list(self, table: str) -> list[str]:
        return [str(path) for path in self._paths.get(table, ())]

    def _values(self, step: Step, subject: str) -> list[object]:
        return [self._list(step.table), subject, *_bounds(step)]

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (duckdb.Error, OSError) as fault:
            raise failed(self._name, fault) from fault


def _where(step: Step) -> str:
    """Return the condition of a step: this subject, and the half-open period where there is one."""
    parts = [f"{quoted(step.subject_column)} = ?"]
    if step.period and step.time_column:
        column = quoted(step.time_column)
        parts += [f"{column} >= ?"] if step.period.start else []
        parts += [f"{column} < ?"] if step.period.end else []
    return " AND ".join(parts)


def _bounds(step: Step) -> tuple[datetime, ...]:
    """Return the moments that fill the placeholders of `_where`, after the subject."""
    both = (step.period.start, step.period.end) if step.period and step.time_column else ()
    return tuple(moment for moment in both if moment)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
