"""How is an SQLite database read? By its own driver, read-only, in one snapshot, row batch after row batch."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from answerable.adapters.sources.source import Row, columns_of, failed, missing, quoted, unreadable_moments
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.plan import Step

_BATCH = 2_000
# Moments are text here, in any of SQLite's own spellings; one without a zone is UTC.
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*"


class SqliteSource:
    """One database file, seen as it was when the source was opened."""

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        with self._explained():
            self._db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA query_only = ON")
            self._db.execute("BEGIN")
            # The first read takes the snapshot that the whole answer is read from.
            self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table or a column that is not there.

        SQLite takes a quoted name it does not know for a text, and would answer with the name itself.
        """
        with self._explained():
            known = {row[1] for row in self._db.execute(f"PRAGMA table_info({quoted(table)})")}
        if not known or set(columns) - known:
            raise missing(self._name, table, set(columns) - known if known else ())

    def resolve(self, rule: IdentifierRule, identifier: Identifier) -> tuple[str, ...]:
        """Return the subjects whose column equals the identifier, letter case aside, around its moment where it has one.

        Two at most: more is one too many.
        """
        self.check(rule.table, {rule.column, rule.key} | ({rule.time} if rule.time else set()))
        text = f"SELECT DISTINCT {quoted(rule.key)} FROM {quoted(rule.table)} WHERE {quoted(rule.column)} = ? COLLATE NOCASE"  # noqa: S608
        values = [identifier.value]
        if rule.time and identifier.at:
            slack = timedelta(seconds=rule.within_seconds)
            text += f" AND julianday({quoted(rule.time)}) BETWEEN julianday(?) AND julianday(?)"
            values += [(identifier.at + side).isoformat(timespec="microseconds") for side in (-slack, slack)]
        with self._explained():
            return tuple(str(row[0]) for row in self._db.execute(f"{text} LIMIT 2", values))

    def count(self, step: Step, subject: str) -> int:
        """Return how many rows the step would give."""
        self.check(step.table, columns_of(step))
        self._refuse_unreadable_moments(step, subject)
        text = f"SELECT count(*) FROM {quoted(step.table)} WHERE {_where(step)}"  # noqa: S608 - names come from the map
        with self._explained():
            return int(self._db.execute(text, _values(step, subject)).fetchone()[0])

    def query(self, step: Step) -> str:
        """Return the text that runs."""
        columns = ", ".join(map(quoted, step.column_names))
        order = ", ".join(map(quoted, step.order_by))
        return f"SELECT {columns} FROM {quoted(step.table)} WHERE {_where(step)} ORDER BY {order}"  # noqa: S608

    def read(self, step: Step, subject: str) -> Iterator[Sequence[Row]]:
        """Yield the rows in batches."""
        self.check(step.table, columns_of(step))
        self._refuse_unreadable_moments(step, subject)
        with self._explained():
            cursor = self._db.execute(self.query(step), _values(step, subject))
            while rows := cursor.fetchmany(_BATCH):
                yield rows

    def files(self) -> tuple[tuple[str, str], ...]:
        """Return nothing: a database changes in place, its snapshot is what counts."""
        return ()

    def snapshot(self) -> str | None:
        """Return the number of the schema and the size in pages: what this snapshot can say of itself."""
        with self._explained():
            marks = [self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("schema_version", "page_count")]
        return f"schema {marks[0]}, {marks[1]} pages, one read transaction"

    def close(self) -> None:
        """End the snapshot."""
        self._db.close()

    def _refuse_unreadable_moments(self, step: Step, subject: str) -> None:
        """Refuse rows that cannot be placed in time: left out they would be missing, taken along they might be too much."""
        if not step.time_column:
            return
        column = quoted(step.time_column)
        text = (
            f"SELECT count(*) FROM {quoted(step.table)} WHERE {quoted(step.subject_column)} = ?"  # noqa: S608
            f" AND {column} IS NOT NULL AND (typeof({column}) <> 'text' OR {column} NOT GLOB ? OR julianday({column}) IS NULL)"
        )
        with self._explained():
            unreadable = self._db.execute(text, (subject, _DAY)).fetchone()[0]
        if unreadable:
            raise unreadable_moments(self._name, step, unreadable)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as fault:
            raise failed(self._name, fault) from fault


def _where(step: Step) -> str:
    """Return the condition of a step: this subject, and the half-open period, to the millisecond.

    Text is compared first, by whole days and wide enough for any zone, so that an index on it serves.
    """
    parts = [f"{quoted(step.subject_column)} = ?"]
    if step.period and step.time_column:
        column = quoted(step.time_column)
        parts += [f"{column} >= ? AND julianday({column}) >= julianday(?)"] if step.period.start else []
        parts += [f"{column} < ? AND julianday({column}) < julianday(?)"] if step.period.end else []
    return " AND ".join(parts)


def _day_near(moment: datetime, days: int) -> str:
    """Return the day so many days off as text, or the end of the calendar."""
    try:
        return (moment + timedelta(days=days)).date().isoformat()
    except OverflowError:
        return "9999-12-32" if days > 0 else "0000-00-00"


def _values(step: Step, subject: str) -> tuple[str, ...]:
    values = [subject]
    if step.period and step.time_column:
        for moment, days in ((step.period.start, -1), (step.period.end, 2)):
            if moment:
                values += [_day_near(moment, days), moment.isoformat(timespec="microseconds")]
    return tuple(values)
