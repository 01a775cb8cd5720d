"""What does it cost to find rows in Parquet files, beside the SQL that a person would write in DuckDB?

python bench/collect.py [--quick] [--rows N] [--times N]

Data are made by a fixed seed: events of a million accounts, some far busier than others, over 365 days in files by time. Ours
is `ParquetStore.read` to its last batch: found, joined with periods, put in order, every file's state looked at before and
after. The reference is `SELECT … WHERE account_id IN (…)` with 300 MB, unordered. The two take turns, each in a process of its
own; medians count. Digests of files are known from an earlier reading, as in a worker that runs; hashing has a row of its own.
"""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pyarrow.parquet as pq
from measuring import line, options, reach

from answerable.adapters.sources.advising import Advising
from answerable.adapters.sources.parquet import ParquetStore
from answerable.collect.scan import Scan, Target

FIRST, DAYS = datetime(2025, 11, 1, tzinfo=UTC), 365
START, END = FIRST + timedelta(days=180), FIRST + timedelta(days=270)
ACCOUNTS = 1_000_000
COLUMNS = ("at", "ip", "port", "user_agent", "kind")
NAMES = ", ".join(f'"{name}"' for name in COLUMNS)


def make(folder: Path, rows: int) -> Path:
    """Return `folder` with `rows` events in 48 files, in the order of time."""
    (folder / "events").mkdir(parents=True)
    db = duckdb.connect(config={"memory_limit": "1GB", "threads": 2})
    db.execute("SET TimeZone = 'UTC'")
    db.execute("SET enable_progress_bar = false")
    each = rows // 48
    for number in range(48):
        db.execute(
            f"""COPY (SELECT n AS id,
                  'u' || lpad(CAST(CAST({ACCOUNTS} * pow(hash(n) % 1000003 / 1000003, 1.5) AS BIGINT) AS VARCHAR), 9, '0')
                    AS account_id,
                  TIMESTAMPTZ '{FIRST}' + to_microseconds(CAST(n::DOUBLE / {rows} * {DAYS * 86_400_000_000} AS BIGINT)) AS "at",
                  '203.0.' || hash(n + 1) % 256 || '.' || hash(n + 2) % 256 AS ip,
                  CAST(hash(n + 3) % 64000 + 1024 AS INTEGER) AS port, 'Browser/' || hash(n + 4) % 400 AS user_agent,
                  ['sign-in', 'post', 'read', 'sign-out'][CAST(hash(n + 5) % 4 AS INTEGER) + 1] AS kind,
                  hash(n + 6) AS session, CAST(hash(n + 7) % 100000 AS INTEGER) AS octets
                FROM range({number * each}, {(number + 1) * each}) t(n))
              TO '{folder / "events" / f"{number:02d}.parquet"}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"""
        )
    return folder


def accounts(count: int, seed: int = 1) -> list[str]:
    """Return so many accounts, spread as the events are."""
    chance = random.Random(seed)
    return list(dict.fromkeys(f"u{int(ACCOUNTS * (chance.random() ** 1.5)):09d}" for _ in range(count)))


def scan(names: list[str]) -> Scan:
    """Return the reading of these accounts in 90 days."""
    targets = tuple(Target((name,), START, END) for name in names)
    return Scan("events", ("account_id",), COLUMNS, targets, ("at",), "at")


@cache
def opened(folder: Path) -> ParquetStore:
    """Return the store, open."""
    return ParquetStore("events", folder)


@cache
def engine() -> duckdb.DuckDBPyConnection:
    """Return DuckDB with more memory than it needs."""
    db = duckdb.connect(config={"memory_limit": "300MB", "threads": 2})
    db.execute("SET TimeZone = 'UTC'")
    db.execute("SET enable_progress_bar = false")
    return db


def ours(folder: Path, names: list[str]) -> int:
    """Read the rows as the desk does."""
    return sum(batch.num_rows for batch in opened(folder).read(scan(names)))


def by_hand(folder: Path, names: list[str]) -> int:
    """Read the rows as a person would."""
    inside = ", ".join(f"'{name}'" for name in names)
    text = f'SELECT account_id, {NAMES} FROM read_parquet(?) WHERE account_id IN ({inside}) AND "at" >= ? AND "at" < ?'
    rows = engine().sql(text, params=[sorted(map(str, (folder / "events").glob("*"))), START, END])
    return sum(batch.num_rows for batch in rows.to_arrow_reader(65_536))


def one_by_one(folder: Path, names: list[str], demands: int) -> int:
    """Read some demands, each by itself."""
    return sum(ours(folder, names[each::100]) for each in range(demands))


def checked(folder: Path, names: list[str]) -> int:
    """Read the rows by the second engine."""
    return sum(batch.num_rows for batch in opened(folder).cross_check(scan(names)))


def counted(folder: Path, names: list[str]) -> int:
    """Count the rows, as is done before they are read."""
    return sum(opened(folder).count(scan(names)))


class Side:
    """A process of its own, in which one side of a comparison is measured."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        self.seconds: list[float] = []
        self.result, self.peak_mb = 0, 0.0

    def run(self, work: Any, *arguments: Any, is_counted: bool = True) -> None:
        """Run once."""
        seconds, self.result, self.peak_mb = self._pool.submit(_timed, work, arguments).result()
        if is_counted:
            self.seconds.append(seconds)

    @property
    def median(self) -> float:
        return median(self.seconds)

    def close(self) -> None:
        self._pool.shutdown()


def _timed(work: Any, arguments: tuple[Any, ...]) -> tuple[float, int, float]:
    started = time.perf_counter()
    try:
        result = work(*arguments)
    except Exception as fault:  # not every error finds its way back from another process
        raise RuntimeError(f"{type(fault).__name__}: {fault} ({fault.__cause__})") from None
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return time.perf_counter() - started, result, peak


def together(mine: tuple[Any, ...], other: tuple[Any, ...], times: int) -> tuple[Side, Side]:
    """Run two sides in turns, once for nothing and then so many times."""
    sides = (Side(), Side())
    for turn in range(times + 1):
        for side, work in zip(sides, (mine, other), strict=True):
            side.run(*work, is_counted=turn > 0)
    for side in sides:
        side.close()
    assert sides[0].result == sides[1].result, (sides[0].result, sides[1].result)
    return sides


def by_number(folder: Path, times: int) -> float:
    """Print 1, 10, 1,000 and 10,000 accounts on files in the order of time. Returns the greatest peak of memory."""
    peak = 0.0
    for count in (1, 10, 1_000, 10_000):
        names = accounts(count)
        mine, other = together((ours, folder, names), (by_hand, folder, names), times)
        most = 1 if count == 1 else 0.5
        goal = reach(f"ratio <= {most}", mine.median <= most * other.median)
        line(f"collect.parquet.{count}_accounts", "s", mine.median, other.median, peak_mb=mine.peak_mb, **goal)
        peak = max(peak, mine.peak_mb)
    return peak


def on_recommended(folder: Path, times: int) -> None:
    """Print the same on the layout that `advise` recommends, beside the SQL on the files as they were.

    And one account in the files as they were, with a bloom filter on the key.
    """
    advising = Advising(folder, "events", key="account_id", time="at")
    advice = advising.advice()
    advising.rewrite(advice, folder / "recommended")
    filtered = next(each for each in advice.layouts if each.has_filter and not each.group)
    advising.rewrite(replace(advice, chosen=filtered), folder / "filtered")
    wanted = [("recommended", count, most) for count, most in ((1, 0.2), (10, 0.5), (1_000, 1.1), (10_000, 1.1))]
    for layout, count, most in (*wanted, ("filtered", 1, None)):
        names = accounts(count)
        mine, other = together((ours, folder / layout, names), (by_hand, folder, names), times)
        goal = reach(f"ratio <= {most}", mine.median <= most * other.median) if most else {}
        figure = f"collect.parquet.{layout}.{count}_accounts"
        line(figure, "s", mine.median, other.median, peak_mb=mine.peak_mb, **goal)


def cold(folder: Path, times: int) -> None:
    """Print 10,000 accounts with nothing of the files in memory, beside their bytes by the rate of the disk."""
    names, side = accounts(10_000), Side()
    side.run(ours, folder, names, is_counted=False)
    store = ParquetStore("events", folder)
    for _ in store.read(scan(names)):
        pass
    octets = store.touched(scan(names)).bytes_read or 0
    floors = []
    for _ in range(times):
        forget(folder)
        side.run(ours, folder, names)
        forget(folder)
        floors.append(octets / _rate(folder))
    side.close()
    floor = median(floors)
    goal = reach("ratio <= 2", side.median <= 2 * floor)
    line("collect.parquet.cold_10000_accounts", "s", side.median, floor, peak_mb=side.peak_mb, **goal)


def forget(folder: Path) -> None:
    """Have the kernel let go of the files' pages."""
    for path in (folder / "events").glob("*"):
        with path.open("rb") as file:
            os.fdatasync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _rate(folder: Path) -> float:
    """Return bytes a second of one pass over the files."""
    total, started = 0, time.perf_counter()
    for path in (folder / "events").glob("*"):
        with path.open("rb", buffering=0) as file:
            while part := file.read(8 * 1024 * 1024):
                total += len(part)
    return total / (time.perf_counter() - started)


def shared(folder: Path, times: int) -> None:
    """Print 100 demands of ten accounts in one scan, beside one by one: ten of those are timed."""
    names, sides = accounts(1_000), (Side(), Side())
    for turn in range(times + 1):
        sides[0].run(ours, folder, names, is_counted=turn > 0)
        sides[1].run(one_by_one, folder, names, 10, is_counted=turn > 0)
    for side in sides:
        side.close()
    together_, alone = sides[0].median, sides[1].median * 10
    goal = reach("ratio <= 0.02", together_ <= 0.02 * alone)
    line("collect.parquet.100_demands_in_one_scan", "s", together_, alone, **goal)


def checks(folder: Path, times: int) -> None:
    """Print what counting before and reading by the second engine cost, beside reading."""
    names = accounts(1_000)
    for figure, work in (("count", counted), ("cross_check", checked)):
        mine, other = together((work, folder, names), (ours, folder, names), times)
        line(f"collect.parquet.{figure}", "s", mine.median, other.median, peak_mb=mine.peak_mb)


def hashing(folder: Path) -> None:
    """Print how long the digests of all files take, once for each state of a file, beside hashlib alone."""
    store = ParquetStore("events", folder)
    files = store._tables["events"].files
    octets = sum(file.size for file in files)
    started = time.perf_counter()
    for file in files:
        store._place.digest(file)
    mine = time.perf_counter() - started
    started = time.perf_counter()
    for file in files:
        with Path(file.address).open("rb") as content:
            hashlib.file_digest(content, "sha256")
    line("collect.parquet.hashing_files", "GB/s", octets / mine / 1e9, octets / (time.perf_counter() - started) / 1e9)


def main() -> None:
    """Print every figure."""
    size = options(__doc__ or "", rows=(48_000_000, 4_800_000), times=(5, 3))
    with tempfile.TemporaryDirectory() as name:
        folder = make(Path(name), size.rows)
        paths = list((folder / "events").glob("*"))
        groups = sum(pq.read_metadata(path).num_row_groups for path in paths)
        line(
            "collect.parquet.size",
            f"MB, {size.rows:,} rows, {groups} row groups",
            sum(p.stat().st_size for p in paths) / 1e6,
        )
        peak = by_number(folder, size.times)
        line("collect.parquet.memory", "MB", peak, peak_mb=peak, **reach("< 350 MB", peak < 350))
        shared(folder, size.times)
        checks(folder, size.times)
        hashing(folder)
        cold(folder, size.times)
        on_recommended(folder, size.times)


if __name__ == "__main__":
    main()
