"""What do the figures of collecting and sealing read? Harbour Forum, with one busy account of as many rows as wanted."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import duckdb

from answerable.adapters.sources import Sources, open_sources
from answerable.casefile.scope import Identifier, IdentifierKind, Period, ScopeItem, scope_of
from answerable.collect import make_plan
from answerable.collect.data_map import DataMap, load_data_map
from answerable.collect.plan import Plan
from answerable.demo import harbour_forum

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
MONTH = Period(start=UNTIL - timedelta(days=30), end=UNTIL)
BUSY, QUIET = "jonas.velt", "sailor77"
BUSY_KEY = "u0000001"
KEYS = {BUSY: BUSY_KEY, QUIET: "u0000077"}
SIGN_INS = ("identification.connection", "traffic.routing", "traffic.logs")
MESSAGES = ("traffic.time", "traffic.routing")


def make(folder: Path, *, accounts: int, events: int, busy_rows: int) -> Path:
    """Return `folder` with the sample provider in it; `busy_rows` sign-ins and messages of one account are in `MONTH`."""
    harbour_forum.make(folder, until=UNTIL, accounts=accounts, events=events)
    _busy_sign_ins(folder / "events" / "signins" / "busy.parquet", busy_rows)
    _busy_messages(folder / "forum.sqlite", busy_rows)
    return folder


def sources(folder: Path) -> Sources:
    """Open the stores of the sample provider."""
    return open_sources(data_map(), harbour_forum.HarbourForum(folder).places, now=lambda: UNTIL)


def data_map() -> DataMap:
    """Return its data map."""
    return load_data_map(harbour_forum.data_map())


def plan(*users: str, categories: tuple[str, ...], table: str | None = None) -> Plan:
    """Return what would be read of `users` in `MONTH`, of one table only where it is named."""
    items = [
        ScopeItem(identifier=Identifier(kind=IdentifierKind.USER, value=user), category=category, period=MONTH)
        for user in users
        for category in categories
    ]
    made = make_plan(scope_of(items), data_map(), case="AN-2026-000001")
    steps = tuple(step for step in made.steps if table in (None, step.table))
    return made.model_copy(update={"steps": steps})


@lru_cache(maxsize=1)
def engine() -> duckdb.DuckDBPyConnection:
    """Return an engine as the desk opens it."""
    return duckdb.connect(
        ":memory:", config={"memory_limit": "96MB", "threads": 2, "temp_directory": tempfile.gettempdir()}
    )


def plain_parquet(folder: Path, plan: Plan, written: bool = False, is_open: bool = False) -> int:
    """Run the same queries in DuckDB alone; where `written`, make lines of JSON of the rows as well."""
    db = engine() if is_open else engine.__wrapped__()
    files, count = sorted(map(str, (folder / "events" / "signins").glob("*.parquet"))), 0
    for step in plan.steps:
        names = ", ".join(f'"{name}"' for name in step.column_names)
        start, end = step.period.start, step.period.end
        rows = db.sql(
            f'SELECT {names} FROM read_parquet(?) WHERE account_id = ? AND "at" >= ? AND "at" < ? ORDER BY "at", id',
            params=[files, KEYS[plan.identifier(step.targets[0]).value], start, end],
        )
        for batch in rows.to_arrow_reader(2_000):
            lists = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
            count += len(lines(step.column_names, lists)) if written else len(lists)
    return count


def lines(names: tuple[str, ...], rows: list[tuple]) -> list[bytes]:
    """Return lines of JSON of `rows`: what serialising alone costs."""
    return [
        json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":"), default=str).encode()
        for row in rows
    ]


def _busy_sign_ins(path: Path, rows: int) -> None:
    db = duckdb.connect(":memory:", config={"memory_limit": "400MB", "threads": 2})
    db.execute("SET TimeZone = 'UTC'")
    db.execute("SET enable_progress_bar = false")
    db.execute(
        f"""COPY (SELECT 100000000 + i AS id, '{BUSY_KEY}' AS account_id,
              TIMESTAMPTZ '{MONTH.start}' + to_microseconds(CAST(i AS BIGINT) * {2_592_000_000_000 // rows}) AS "at",
              '203.0.113.' || (i % 254 + 1) AS ip, CAST(i % 64000 + 1024 AS INTEGER) AS port,
              'Browser/' || (i % 40) AS user_agent, 'sign-in' AS kind
            FROM range({rows}) t(i) ORDER BY "at") TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""
    )
    db.close()


def _busy_messages(path: Path, rows: int) -> None:
    db = sqlite3.connect(path)
    db.execute("DELETE FROM messages WHERE sender_id = ?", (BUSY_KEY,))
    first = db.execute("SELECT max(id) + 1 FROM messages").fetchone()[0]
    texts = (
        (
            first + i,
            BUSY_KEY,
            f"u{i % 999 + 1000:07d}",
            f"{MONTH.start + timedelta(seconds=i * 2_592_000 // rows):%Y-%m-%dT%H:%M:%SZ}",
        )
        for i in range(rows)
    )
    db.executemany("INSERT INTO messages VALUES (?, ?, ?, ?, 'See you at the quay.')", texts)
    db.commit()
    db.close()
