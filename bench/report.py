"""What do a period table, its figures and a recount cost, for 500,000 demands a year over five years?

python bench/report.py [--quick] [--demands N] [--periods N]

One half-year at a time, as they are published; the reference is hashing as many rows of as many fields with hashlib alone.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from datetime import date
from pathlib import Path

from measuring import line, measured, options

from answerable.casefile.categories import DataClass
from answerable.casefile.encoding import canonical, sha512_hex
from answerable.public_log import merkle
from answerable.report.counted import CountedDemand
from answerable.report.periods import HalfYear
from answerable.report.query import current, query_text
from answerable.report.read_table import read_header, read_sheets
from answerable.report.reporting import Closing, groups_of, header_for, report_of, report_text, sheets
from answerable.verify.report import recount, sheet_root

_PERIOD, _SECRET = HalfYear.named("2026-H1"), bytes(32)
_STATES = ("DE", "FR", "US", "NL", "ES", "IT", "PL", "GB", "IN", "BR", "SE", "LT", "MT", "EE")
_INSTRUMENTS = ("eu.epoc", "us.sca.subpoena", "us.sca.warrant", "eu.domestic", "int.foreign")
_OUTCOMES = ("answer", "answer", "answer in part", "refuse", "contest", "nothing held")


def _demands(count: int, seed: int) -> list[CountedDemand]:
    pick = random.Random(seed)
    return [
        CountedDemand(
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
        for number in range(count)
    ]


def _publish(folder: str, count: int, seed: int) -> tuple[int, int]:
    """Write the table of one half-year, a sheet at a time; return its rows and bytes."""
    rows, query = _demands(count, seed), current()
    header = header_for(query, rows, Closing("Bench", _PERIOD, date(2026, 7, 2)))
    roots = []
    with (Path(folder) / "table.jsonl").open("w", encoding="utf-8") as file:
        file.write(canonical(header).decode() + "\n")
        for sheet in sheets(query, rows, size=header.size, secret=_SECRET):
            file.writelines(f"{each}\n" for each in sheet.text())
            roots.append(sheet_root(sheet.commitments))
    merkle.root(roots)
    return header.size * len(roots), (Path(folder) / "table.jsonl").stat().st_size


def _make_only(count: int, seed: int) -> int:
    return len(_demands(count, seed))


def _count(count: int, seed: int) -> int:
    query, rows = current(), _demands(count, seed)
    header = header_for(query, rows, Closing("Bench", _PERIOD, date(2026, 7, 2)))
    return report_of(query, header, groups_of(query, rows)).received or 0


def _write_report(folder: str) -> None:
    with (Path(folder) / "table.jsonl").open(encoding="utf-8") as file:
        lines = (each[:-1] for each in file)
        header = read_header(next(lines))
        groups = {each.sheet.name: each.groups for each in read_sheets(current(), header, lines)}
    (Path(folder) / "report.json").write_bytes(report_text(report_of(current(), header, groups)))


def _recount(folder: str) -> bool:
    with (Path(folder) / "table.jsonl").open(encoding="utf-8") as file:
        report = (Path(folder) / "report.json").read_bytes()
        return recount((each[:-1] for each in file), query_text(), report).passed


def _hash_alone(rows: int, count: int) -> str:
    """Hash as often as a table must: two a field and link of each demand's rows, one a row, two a row for the tree."""
    query, last = current(), b""
    fields = sum(len(sheet.fields) + 1 for sheet in query.sheets)
    for _ in range(2 * fields * count + len(query.sheets) * count + 2 * rows):
        last = hashlib.sha256(last + b"0123456789abcdef0123456789abcdef").digest()
    return sha512_hex(last)


def main() -> None:
    """Print the figures of the report."""
    sizes = options(__doc__ or "", demands=(250_000, 10_000), periods=(1, 1))
    with tempfile.TemporaryDirectory() as folder:
        made = measured(_make_only, sizes.demands, 1, times=1)
        told = [measured(_publish, folder, sizes.demands, seed, times=1) for seed in range(1, sizes.periods + 1)]
        rows, octets = told[-1].result
        alone = measured(_hash_alone, rows, sizes.demands, times=1)
        seconds = sum(each.seconds for each in told) / len(told) - made.seconds
        peak = max(each.peak_mb for each in told)
        line("report.table", f"s for {sizes.demands} demands", seconds, alone.seconds, peak_mb=peak)
        line("report.table_size", "MB", octets / 1e6)
        counted = measured(_count, sizes.demands, 1, times=1)
        line("report.count", f"s for {sizes.demands} demands", counted.seconds - made.seconds, peak_mb=counted.peak_mb)
        _write_report(folder)
        again = measured(_recount, folder, times=1)
        assert again.result
        line("report.recount", f"s for {sizes.demands} demands", again.seconds, alone.seconds, peak_mb=again.peak_mb)


if __name__ == "__main__":
    main()
