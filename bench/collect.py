"""What does it cost to collect an answer, beside the same query without masking, counting and read log?

python bench/collect.py [--quick] [--accounts N] [--events N] [--rows N] [--most N] [--identifiers N]
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from functools import lru_cache
from pathlib import Path

import duckdb
import sample
from measuring import line, measured, options, reach

from answerable.adapters.sources import Sources, collect
from answerable.collect.plan import Plan
from answerable.collect.sharing import shape_of
from answerable.errors import StoreFailed


def ours(folder: Path, plan: Plan) -> int:
    """Collect as the desk does, and return the number of records."""
    with sample.sources(folder) as sources:
        return _drained(sources, plan)


def ours_or_none(folder: Path, plan: Plan) -> int:
    """Collect as the desk does, and return the number of records: none where the store could not be read."""
    try:
        return ours(folder, plan)
    except StoreFailed:
        return 0


def ours_opened(folder: Path, plan: Plan) -> int:
    """Collect from stores that are open already."""
    return _drained(_opened(folder), plan)


@lru_cache(maxsize=1)
def forum(folder: Path) -> sqlite3.Connection:
    """Return the database of the sample provider."""
    return sqlite3.connect(folder / "forum.sqlite")


def plain_sqlite(folder: Path, plan: Plan, written: bool = False, is_open: bool = False) -> int:
    """Run the same queries in SQLite alone; where `written`, make lines of JSON of the rows as well."""
    db, count = forum(folder) if is_open else forum.__wrapped__(folder), 0
    for step in plan.steps:
        start, end = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (step.period.start, step.period.end))
        rows = db.execute(
            f"SELECT {', '.join(step.column_names)} FROM {step.table}"
            f" WHERE {step.subject_columns[0]} = ? AND at >= ? AND at < ? ORDER BY id",
            (sample.KEYS[plan.identifier(step.targets[0]).value], start, end),
        )
        while batch := rows.fetchmany(2_000):
            count += len(sample.lines(step.column_names, batch)) if written else len(batch)
    return count


def native_lines(folder: Path, plan: Plan) -> int:
    """Let DuckDB itself write the lines of JSON: the serialiser that no row of Python passes through."""
    db = duckdb.connect(
        ":memory:", config={"memory_limit": "96MB", "threads": 2, "temp_directory": tempfile.gettempdir()}
    )
    files = sorted(map(str, (folder / "events" / "signins").glob("*.parquet")))
    period = plan.steps[0].period
    done = db.execute(
        f"COPY (SELECT {', '.join(f'{chr(34)}{name}{chr(34)}' for name in plan.steps[0].column_names)}"
        f" FROM read_parquet({files}) WHERE account_id = '{sample.BUSY_KEY}' AND \"at\" >= TIMESTAMPTZ '{period.start}'"
        f" AND \"at\" < TIMESTAMPTZ '{period.end}' ORDER BY \"at\", id) TO '{folder / 'lines.jsonl'}' (FORMAT json)"
    )
    return int(done.fetchone()[0])


def joined(folder: Path, users: tuple[str, ...]) -> int:
    """Read the same rows with one join on a table of the targets."""
    db = sqlite3.connect(folder / "forum.sqlite")
    db.execute("CREATE TEMP TABLE targets (username TEXT)")
    db.executemany("INSERT INTO targets VALUES (?)", ((user,) for user in users))
    found = db.execute(
        "SELECT name, email, phone FROM targets t JOIN accounts a ON a.username = t.username COLLATE NOCASE"
    ).fetchall()
    db.close()
    return len(found)


def hashed(folder: Path) -> int:
    """Hash the files of the Parquet store as the read log names them, and return how many."""
    step = sample.plan(sample.BUSY, categories=sample.SIGN_INS, table="signins").steps[0]
    with sample.sources(folder) as sources:
        return len(sources.store(step.store).touched(shape_of(step)).files)


def hashed_plainly(folder: Path) -> int:
    """Hash the same files with hashlib, and nothing else."""
    files = sorted((folder / "events" / "signins").glob("*.parquet"))
    for path in files:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")
    return len(files)


@lru_cache(maxsize=1)
def _opened(folder: Path) -> Sources:
    return sample.sources(folder)


def _drained(sources: Sources, plan: Plan) -> int:
    rows = collect(plan, sources, masking_key=bytes(32))
    for _ in rows.chunks():
        pass
    return rows.records


def many_rows(folder: Path) -> None:
    """Print what one account with very many rows costs, in Parquet and in SQLite."""
    for store, table, categories, plain in (
        ("parquet", "signins", sample.SIGN_INS, sample.plain_parquet),
        ("sqlite", "messages", sample.MESSAGES, plain_sqlite),
    ):
        plan = sample.plan(sample.BUSY, categories=categories, table=table)
        mine = measured(ours, folder, plan)
        bare, written = measured(plain, folder, plan, False), measured(plain, folder, plan, True)
        same = mine.result == bare.result == written.result
        line(f"collect.{store}.same_rows", "rows", mine.result, bare.result, reach="equal", holds=same)
        line(f"collect.{store}.rows", "rows/s", mine.result / mine.seconds, bare.result / bare.seconds)
        ratio = reach("ratio <= 1.3", mine.seconds <= 1.3 * written.seconds)
        line(f"collect.{store}.beside_serialising", "s", mine.seconds, written.seconds, **ratio)
        memory = reach("< 300 MB", mine.peak_mb < 300)
        line(f"collect.{store}.memory", "MB", mine.peak_mb, bare.peak_mb, peak_mb=mine.peak_mb, **memory)


def native(folder: Path) -> None:
    """Print our rate of rows beside a serialiser in native code."""
    plan = sample.plan(sample.BUSY, categories=sample.SIGN_INS, table="signins")
    mine, other = measured(ours, folder, plan), measured(native_lines, folder, plan)
    rate = mine.result / mine.seconds
    goal = reach(">= 800000 rows/s", rate >= 800_000)
    line("collect.parquet.beside_native_json", "rows/s", rate, other.result / other.seconds, **goal)


def one_account(folder: Path) -> None:
    """Print what one account with a few rows costs: what an order usually asks for."""
    for store, table, categories, plain, most in (
        ("parquet", "signins", sample.SIGN_INS, sample.plain_parquet, 500),
        ("sqlite", "messages", sample.MESSAGES, plain_sqlite, 5),
    ):
        plan = sample.plan(sample.QUIET, categories=categories, table=table)
        whole = measured(ours, folder, plan, times=9)
        bare = measured(plain, folder, plan, times=9)
        mine, query = measured(ours_opened, folder, plan, times=9), measured(plain, folder, plan, False, True, times=9)
        goal = reach(f"< {most} ms", mine.seconds * 1000 < most)
        line(f"collect.{store}.one_account", "ms", mine.seconds * 1000, query.seconds * 1000, **goal)
        line(f"collect.{store}.one_account_with_opening", "ms", whole.seconds * 1000, bare.seconds * 1000)


def most_rows(folder: Path, rows: int) -> None:
    """Print how many of `rows` rows of one account come out: the engine sorts them within its memory, or gives up."""
    sample.make(folder, accounts=2_000, events=20_000, busy_rows=rows)
    plan = sample.plan(sample.BUSY, categories=sample.SIGN_INS, table="signins")
    mine, bare = measured(ours_or_none, folder, plan, times=1), measured(sample.plain_parquet, folder, plan, times=1)
    goal = reach("all of them, < 300 MB", mine.result == bare.result and mine.peak_mb < 300)
    line("collect.parquet.most_rows", "rows", mine.result, bare.result, peak_mb=mine.peak_mb, **goal)


def many_accounts(folder: Path, count: int) -> None:
    """Print what many accounts cost, as one scan, beside one join written by hand."""
    users = tuple(f"sailor{number}" for number in range(3, count + 3))
    plan = sample.plan(*users, categories=("subscriber.identity",))
    mine, bare = measured(ours, folder, plan, times=1), measured(joined, folder, users, times=1)
    goal = reach("10000 accounts < 1 s", mine.seconds * 10_000 / count < 1)
    line("collect.sqlite.many_accounts", f"s for {count}", mine.seconds, bare.seconds, **goal)


def hashing(folder: Path) -> None:
    """Print how fast the files of a Parquet store are hashed for the read log: once an answer, all of them."""
    octets = sum(path.stat().st_size for path in (folder / "events" / "signins").glob("*.parquet"))
    mine, bare = measured(hashed, folder), measured(hashed_plainly, folder)
    line("collect.parquet.hashing_files", "GB/s", octets / mine.seconds / 1e9, octets / bare.seconds / 1e9)


def main() -> None:
    """Print every figure."""
    size = options(
        __doc__,
        accounts=(100_000, 10_000),
        events=(5_000_000, 500_000),
        rows=(500_000, 50_000),
        most=(1_000_000, 200_000),
        identifiers=(10_000, 1_000),
    )
    with tempfile.TemporaryDirectory() as name:
        folder = sample.make(Path(name), accounts=size.accounts, events=size.events, busy_rows=size.rows)
        many_rows(folder)
        native(folder)
        one_account(folder)
        many_accounts(folder, min(size.identifiers, size.accounts - 3))
        hashing(folder)
    with tempfile.TemporaryDirectory() as name:
        most_rows(Path(name), size.most)


if __name__ == "__main__":
    main()
