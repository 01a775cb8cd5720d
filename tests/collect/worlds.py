"""In which stores do the same rows lie? One small table of events, made anew in each kind of store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pymysql

from answerable.adapters.sources.scanning import Scanning

COLUMNS = ("id", "realm", "who", "number", "at", "wall", "day", "price", "octets", "big", "note")
BERLIN = "Europe/Berlin"


@dataclass(frozen=True)
class Event:
    """One row. `wall` is what a clock in Berlin showed, written without a zone."""

    id: int
    realm: str | None = "a"
    who: str | None = "mara"
    number: int | None = 1
    at: datetime | None = datetime(2026, 3, 1, 12, tzinfo=UTC)
    wall: str | None = "2026-03-01 13:00:00"
    day: date | None = date(2026, 3, 1)
    price: Decimal | None = Decimal("1.50")
    octets: bytes | None = b"\x00\xff"
    big: int | None = 2**62
    note: str | None = field(default="quay")

    @property
    def row(self) -> tuple[Any, ...]:
        """The values in the order of `COLUMNS`."""
        return tuple(getattr(self, name) for name in COLUMNS)


def in_sqlite(folder: Path, events: Iterable[Event], *, indexed: bool) -> Path:
    """Write the events into a database file, moments as text in several spellings, and return its path."""
    path = folder / "events.sqlite"
    db = sqlite3.connect(path)
    db.execute(
        "CREATE TABLE events (id INTEGER, realm TEXT, who TEXT COLLATE NOCASE, number INTEGER, at TEXT, wall TEXT, day TEXT,"
        " price TEXT, octets BLOB, big INTEGER, note TEXT)"
    )
    if indexed:
        db.execute("CREATE INDEX ours ON events (who, at)")
        db.execute("CREATE INDEX numbers ON events (number)")
    berlin = ZoneInfo(BERLIN)
    for each in events:
        row = list(each.row)
        if each.at:
            at = each.at if each.id % 2 else each.at.astimezone(berlin)
            row[4] = at.isoformat(" " if each.id % 3 else "T").replace("+00:00", "Z")
        row[6] = each.day and each.day.isoformat()
        row[7] = None if each.price is None else str(each.price)
        db.execute(f"INSERT INTO events VALUES ({', '.join('?' * len(row))})", row)
    db.commit()
    db.close()
    return path


def in_postgres(dsn: str, events: Iterable[Event], *, indexed: bool) -> None:
    """Write the events into a new table `events`."""
    with psycopg.connect(dsn) as db:
        db.execute("DROP TABLE IF EXISTS events")
        db.execute(
            "CREATE TABLE events (id bigint, realm text, who text, number int, at timestamptz, wall timestamp, day date,"
            " price numeric(10,2), octets bytea, big numeric(30), note varchar(200))"
        )
        if indexed:
            db.execute("CREATE INDEX ON events (who, at)")
            db.execute("CREATE INDEX ON events (number)")
        with db.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO events VALUES ({', '.join(['%s'] * len(COLUMNS))})", [e.row for e in events]
            )
        db.execute("GRANT SELECT ON events TO reader")


def in_mariadb(socket: Path, database: str, events: Iterable[Event], *, indexed: bool) -> None:
    """Write the events into a new table `events`, with the collation that MariaDB gives to texts by itself."""
    with pymysql.connect(unix_socket=str(socket), user="root", database=database, charset="utf8mb4") as db:
        cursor = db.cursor()
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute("DROP TABLE IF EXISTS events")
        cursor.execute(
            "CREATE TABLE events (id BIGINT, realm VARCHAR(50), who VARCHAR(100), number INT, at TIMESTAMP(6) NULL,"
            " wall DATETIME(6), day DATE, price DECIMAL(10,2), octets VARBINARY(100), big DECIMAL(30), note VARCHAR(200))"
            " CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
        )
        if indexed:
            cursor.execute("CREATE INDEX ours ON events (who, at)")
            cursor.execute("CREATE INDEX numbers ON events (number)")
        rows = [tuple(v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in each.row) for each in events]
        cursor.executemany(f"INSERT INTO events VALUES ({', '.join(['%s'] * len(COLUMNS))})", rows)
        db.commit()


def in_parquet(folder: Path, events: Iterable[Event]) -> Path:
    """Write the events into two files of a table `events`, and return the folder of the store."""
    types = (pa.int64(), pa.string(), pa.string(), pa.int32(), pa.timestamp("us", "UTC"), pa.timestamp("us"), pa.date32(),
             pa.decimal128(10, 2), pa.binary(), pa.decimal128(30, 0), pa.string())  # fmt: skip
    rows = [each.row for each in events]
    (folder / "events").mkdir(parents=True)
    for part in (0, 1):
        values = list(zip(*rows[part::2], strict=True)) or [()] * len(COLUMNS)
        arrays = [
            pa.array([_typed(name, each) for each in column], kind)
            for name, column, kind in zip(COLUMNS, values, types, strict=True)
        ]
        pq.write_table(pa.table(arrays, names=list(COLUMNS)), folder / "events" / f"{part}.parquet")
    return folder


def _typed(name: str, value: Any) -> Any:
    typed = {"big": Decimal, "wall": datetime.fromisoformat}.get(name)
    return typed(value) if typed and value is not None else value


def plain(value: Any) -> Any:
    """Return a value as any store may give it: numbers as such, moments and days as text in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


def rows_of(store: Scanning, scan: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a scan, after a look whether they are as many as were counted, and in one schema."""
    batches = list(store.read(scan))
    rows = [
        tuple(map(plain, row)) for each in batches for row in zip(*(c.to_pylist() for c in each.columns), strict=True)
    ]
    assert len({str(each.schema) for each in batches}) <= 1
    counts = [0] * len(scan.targets)
    for row in rows:
        counts[row[0]] += 1
    assert tuple(counts) == store.count(scan)
    return rows
