"""How fast are databases read? PostgreSQL with an index beside psycopg by hand, SQLite beside one join by hand.

A server is started in a folder of its own, on a socket, with the durability of its writes off: they are not measured.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import psycopg
from measuring import line, measured, options, reach

from answerable.adapters.sources.connections import Connection, open_store
from answerable.adapters.sources.scanning import Scanning
from answerable.collect.scan import Scan, Target

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=90)
COLUMNS = ("id", "at", "ip", "port", "user_agent", "kind")
BUSY = "busy"


def account(number: int) -> str:
    """Return the name of an account."""
    return f"u{number:07d}"


def fill_postgres(dsn: str, rows: int, accounts: int, busy: int) -> None:
    """Make the table: two years of rows of accounts in order of time, and those of one busy account in 90 days."""
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("CREATE TABLE signins (id bigint, account_id text, at timestamptz, ip text, port int, user_agent text, kind text)")  # fmt: skip
        insert = (
            "INSERT INTO signins SELECT {name}, timestamptz '{start}' + i * interval '{step} microseconds',"
            " '203.0.113.' || i % 254, (i % 64000)::int, 'Browser/' || i % 40, 'sign-in' FROM generate_series(1, {rows}) AS i"
        )
        two_years = UNTIL - timedelta(days=730)
        name = f"i, 'u' || lpad(((i * 7919::bigint) % {accounts})::text, 7, '0')"
        for who, start, count in ((name, two_years, rows), (f"-i, '{BUSY}'", SINCE, busy)):
            step = (UNTIL - start) // timedelta(microseconds=1) // (count + 1)
            db.execute(insert.format(name=who, start=start, step=step, rows=count))
        db.execute("CREATE INDEX ON signins (account_id, at)")
        db.execute("VACUUM ANALYZE signins")
        db.execute("CREATE ROLE reader LOGIN")
        db.execute("GRANT SELECT ON signins TO reader")


def fill_sqlite(path: str, rows: int, accounts: int) -> None:
    """Make the same table in SQLite, moments as text."""
    step = timedelta(days=730) // (rows + 1)
    db = sqlite3.connect(path)
    db.execute(
        "CREATE TABLE signins (id INTEGER, account_id TEXT, at TEXT, ip TEXT, port INTEGER, user_agent TEXT, kind TEXT)"
    )
    db.executemany(
        "INSERT INTO signins VALUES (?, ?, ?, ?, ?, ?, 'sign-in')",
        (
            (i, account(i * 7919 % accounts), f"{UNTIL - i * step:%Y-%m-%dT%H:%M:%SZ}", f"203.0.113.{i % 254}", i % 64000, f"Browser/{i % 40}")
            for i in range(1, rows + 1)
        ),
    )  # fmt: skip
    db.execute("CREATE INDEX signins_account ON signins (account_id, at)")
    db.commit()
    db.close()


@contextmanager
def postgres(folder: Path) -> Iterator[str | None]:
    """Start a server and yield its address, None where PostgreSQL is not installed."""
    places = os.pathsep.join(
        [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), os.environ["PATH"]]
    )
    programs = [shutil.which(each, path=places) for each in ("initdb", "postgres")]
    if None in programs:
        yield None
        return
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    start = [
        *as_user,
        programs[0],
        "-D",
        f"{folder}/pg",
        "-A",
        "trust",
        "-U",
        "postgres",
        "-N",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run(start, check=True, capture_output=True, cwd="/")
    fast = [f"-c{each}=off" for each in ("fsync", "synchronous_commit", "full_page_writes")]
    memory = ["-cshared_buffers=512MB", "-cmaintenance_work_mem=512MB", "-cmax_wal_size=8GB"]
    command = [*as_user, programs[1], "-D", f"{folder}/pg", "-k", str(folder), "-clisten_addresses=", *fast, *memory]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    try:
        dsn = f"host={folder} user=postgres dbname=postgres"
        _waited(dsn)
        yield dsn
    finally:
        server.terminate()
        server.wait()


def _waited(dsn: str) -> None:
    for _ in range(600):
        try:
            psycopg.connect(dsn).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return


@lru_cache(maxsize=1)
def _store(kind: str, place: str) -> Scanning:
    os.environ["BENCH_DSN"] = place.replace("user=postgres", "user=reader")
    return open_store(
        "signins", kind, Connection(dsn_env="BENCH_DSN") if kind == "postgres" else Connection(path=place)
    )


def ours(kind: str, place: str, names: tuple[str, ...]) -> int:
    """Read the rows of these accounts as the desk does, and return how many."""
    targets = tuple(Target((name,), SINCE, UNTIL) for name in names)
    scan = Scan("signins", ("account_id",), COLUMNS, targets, ("at", "id"), "at")
    return sum(batch.num_rows for batch in _store(kind, place).read(scan))


@lru_cache(maxsize=1)
def _by_hand(dsn: str) -> psycopg.Connection:
    return psycopg.connect(dsn.replace("user=postgres", "user=reader"))


def by_hand(_: str, dsn: str, names: tuple[str, ...]) -> int:
    """Read the same rows with psycopg alone: a named cursor, a join, batches of tuples."""
    count = 0
    with _by_hand(dsn).cursor("by_hand") as cursor:
        cursor.execute(
            f"SELECT account_id, {', '.join(COLUMNS)} FROM signins JOIN unnest(%s::text[]) AS x(who) ON account_id = who"
            " WHERE at >= %s AND at < %s ORDER BY account_id, at, id",
            (list(names), SINCE, UNTIL),
        )
        while rows := cursor.fetchmany(10_000):
            count += len(rows)
    return count


def sqlite_by_hand(_: str, path: str, names: tuple[str, ...]) -> int:
    """Read the same rows of SQLite with one join on a table of the accounts."""
    db, count = sqlite3.connect(path), 0
    db.execute("CREATE TEMP TABLE targets (who TEXT)")
    db.executemany("INSERT INTO targets VALUES (?)", ((name,) for name in names))
    rows = db.execute(
        f"SELECT who, {', '.join(COLUMNS)} FROM targets CROSS JOIN signins ON account_id = who"
        " WHERE at >= ? AND at < ? ORDER BY who, at, id",
        (f"{SINCE:%Y-%m-%dT%H:%M:%SZ}", f"{UNTIL:%Y-%m-%dT%H:%M:%SZ}"),
    )
    while batch := rows.fetchmany(2_000):
        count += len(batch)
    db.close()
    return count


def compared(kind: str, place: str, figure: str, names: tuple[str, ...]) -> None:
    """Print what these accounts cost beside the same by hand."""
    reference = by_hand if kind == "postgres" else sqlite_by_hand
    times = 25 if len(names) == 1 else 5
    mine, other = (measured(each, kind, place, names, times=times) for each in (ours, reference))
    ratio = mine.seconds / other.seconds
    label = f"collect.{kind}.{figure}"
    line(f"{label}.rows", "rows", mine.result, other.result, **reach("equal", mine.result == other.result))
    if len(names) == 1:
        goal = reach("ratio <= 1.2", ratio <= 1.2) if kind == "postgres" else {}
        line(label, "ms", mine.seconds * 1000, other.seconds * 1000, peak_mb=mine.peak_mb, **goal)
    else:
        goal = reach("ratio <= 1.2, < 1 s", ratio <= 1.2 and mine.seconds < 1) if kind == "postgres" else {}
        line(label, "s", mine.seconds, other.seconds, peak_mb=mine.peak_mb, **goal)


def main() -> None:
    """Print every figure."""
    size = options(
        __doc__,
        rows=(30_000_000, 300_000),
        accounts=(1_000_000, 20_000),
        busy=(500_000, 50_000),
        targets=(10_000, 2_000),
        sqlite_rows=(1_000_000, 100_000),
    )
    names = tuple(account(number * 3 % size.accounts) for number in range(size.targets))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, postgres(Path(folder)) as dsn:
        if dsn:
            fill_postgres(dsn, size.rows, size.accounts, size.busy)
            compared("postgres", dsn, "one_account", names[:1])
            compared("postgres", dsn, "many_accounts", names)
            compared("postgres", dsn, "busy_account", (BUSY,))
        path = f"{folder}/signins.sqlite"
        fill_sqlite(path, size.sqlite_rows, size.accounts)
        compared("sqlite", path, "one_account", names[:1])
        compared("sqlite", path, "many_accounts", names)


if __name__ == "__main__":
    main()
