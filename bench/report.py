"""What do a period table, its figures and a recount cost, for 500,000 demands a year over five years?

python bench/report.py [--quick] [--demands N] [--periods N]

One half-year after the other, as they are published; the reference is hashing as many rows of as many fields with hashlib alone,
in one process. Seconds are of the clock: table and recount use every core.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

from measuring import line, measured, options, reach, with_children_mb

from answerable.adapters.counting import recount_table
from answerable.adapters.tabling import write_table
from answerable.casefile.categories import DataClass
from answerable.casefile.encoding import sha512_hex
from answerable.report.counted import CountedDemand
from answerable.report.gathered import Gathered, gather
from answerable.report.periods import HalfYear
from answerable.report.query import current, query_text
from answerable.report.reporting import Closing, groups_of, header_for, report_of, report_text

_SECRET = bytes(32)
_STATES = ("DE", "FR", "US", "NL", "ES", "IT", "PL", "GB", "IN", "BR", "SE", "LT", "MT", "EE")
_INSTRUMENTS = ("eu.epoc", "us.sca.subpoena", "us.sca.warrant", "eu.domestic", "int.foreign")
_OUTCOMES = ("answer", "answer", "answer in part", "refuse", "contest", "nothing held")


def _demands(count: int, seed: int) -> Iterator[CountedDemand]:
    pick = random.Random(seed)
    for number in range(count):
        yield CountedDemand(
            link=f"{number:064x}",
            month=f"2026-{1 + number % 6:02d}",
            instrument=pick.choice(_INSTRUMENTS),
            lane="data",
            country=_STATES[min(int(pick.expovariate(0.35)), len(_STATES) - 1)],
            requester="police",
            court=pick.random() < 0.5,
            channel="portal",
            emergency=pick.random() < 0.05,
            genuine="yes",
            outcome=pick.choice(_OUTCOMES),
            grounds=("R3",) if pick.random() < 0.2 else (),
            asked=(DataClass.SUBSCRIBER, DataClass.TRAFFIC),
            given=(DataClass.SUBSCRIBER,),
            accounts=1 + int(pick.expovariate(0.1)),
            hours_to_answer=int(pick.expovariate(0.01)),
            notice="told",
        )


def _gathered(count: int, seed: int) -> Gathered:
    return gather(current(), _demands(count, seed))


def _publish(folder: str, period: str, count: int, seed: int) -> tuple[int, int, float]:
    """Write the table of one half-year and the report over it; return its rows, its bytes and the memory of all processes."""
    query, gathered, table = current(), _gathered(count, seed), Path(folder) / "table.jsonl"
    header = header_for(query, gathered, Closing("Bench", HalfYear.named(period), date(2031, 1, 2)))
    write_table(table, query, header, gathered=gathered, secret=_SECRET)
    report = report_of(query, header, groups_of(query, gathered))
    (Path(folder) / "report.json").write_bytes(report_text(report))
    return header.size * len(query.sheets), table.stat().st_size, with_children_mb()


def _make_only(count: int, seed: int) -> int:
    return sum(1 for _ in _demands(count, seed))


def _count(count: int, seed: int) -> int:
    query, gathered = current(), _gathered(count, seed)
    header = header_for(query, gathered, Closing("Bench", HalfYear.named("2026-H1"), date(2026, 7, 2)))
    return report_of(query, header, groups_of(query, gathered)).received or 0


def _recount(folder: str) -> tuple[bool, float]:
    report = (Path(folder) / "report.json").read_bytes()
    found = recount_table(Path(folder) / "table.jsonl", query_text(), report)
    return found.passed, with_children_mb()


def _hash_alone(rows: int, count: int) -> str:
    """Hash as often as a table must: two a field and link of each demand's rows, one a row, two a row for the tree."""
    query, last = current(), b""
    fields = sum(len(sheet.fields) + 1 for sheet in query.sheets)
    for _ in range(2 * fields * count + len(query.sheets) * count + 2 * rows):
        last = hashlib.sha256(last + b"0123456789abcdef0123456789abcdef").digest()
    return sha512_hex(last)


def main() -> None:
    """Print the figures of the report: of each half-year the seconds from the first demand to the end of the recount."""
    sizes = options(__doc__ or "", demands=(250_000, 10_000), periods=(10, 1))
    unit = f"s for {sizes.demands} demands"
    with tempfile.TemporaryDirectory() as folder:
        made = measured(_make_only, sizes.demands, 1, times=1)
        wrote, again, octets = [], [], 0
        for seed in range(sizes.periods):
            period = f"{2026 + seed // 2}-H{1 + seed % 2}"
            wrote.append(measured(_publish, folder, period, sizes.demands, seed, times=1))
            again.append(measured(_recount, folder, times=1))
            assert again[-1].result[0], period
            octets += wrote[-1].result[1]
        alone = measured(_hash_alone, wrote[-1].result[0], sizes.demands, times=1)
        table, recounted = (median(each.seconds for each in of) for of in (wrote, again))
        for name, seconds, peak in (
            ("table", table - made.seconds, max(each.result[2] for each in wrote)),
            ("recount", recounted, max(each.result[1] for each in again)),
        ):
            line(f"report.{name}", unit, seconds, alone.seconds, peak_mb=peak, **reach("< 350 MB", peak < 350))
        line("report.table_size", "MB", wrote[-1].result[1] / 1e6)
        counted = measured(_count, sizes.demands, 1, times=1)
        line("report.count", unit, counted.seconds - made.seconds, peak_mb=counted.peak_mb)
        whole = sum(each.seconds for each in (*wrote, *again))
        line(f"report.{sizes.periods}_half_years", "s", whole)
        line(f"report.{sizes.periods}_half_years_of_table", "MB", octets / 1e6)


if __name__ == "__main__":
    main()
