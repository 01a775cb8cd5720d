"""What do a period table, its figures and a recount cost, for 500,000 demands a year over five years? And to a desk?

python bench/report.py [--quick] [--demands N] [--periods N] [--at-a-desk N]

One half-year after the other, as they are published; the reference is hashing as many rows of as many fields with hashlib alone,
in one process. Seconds are of the clock: table and recount use every core. `report.desk` are the same steps at a desk whose
database holds so many cases: those of the demo, with their findings and what was decided, over and over.
"""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from statistics import median
from threading import Thread

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


def _filled(folder: str, count: int) -> int:
    """Make a desk, let the demo's demands walk its route, and lay copies of their cases beside them; return how many there are."""
    set_up, start = (import_module(name) for name in ("answerable.demo.setting_up", "answerable.desk.starting"))
    demo = set_up.set_up(Path(folder) / "demo", accounts=1_300, events=2_400, seed=7)
    start.start(demo.home.folder)
    import_module("answerable.demo.once").run_once(demo, say=lambda _: None)
    connection, cases = import_module("django.db").connection, import_module("answerable.desk.models").Case.objects
    with connection.cursor() as cursor:
        for statement in _COPIES:
            cursor.execute(statement, {"count": count})
    return cases.count()


# A bulk demand is no model: its list alone is a megabyte. Neither findings nor decisions of the others are cut.
_COPIES = (
    "CREATE TEMP TABLE model AS SELECT row_number() OVER (ORDER BY id) - 1 AS at, id FROM desk_case WHERE identifiers < 100",
    "CREATE TEMP TABLE copy AS WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < %(count)s)"
    " SELECT n, 1000 + n AS id, (SELECT id FROM model WHERE at = n %% (SELECT COUNT(*) FROM model)) AS of FROM number",
    "INSERT INTO desk_paper SELECT printf('%%0128x', n), size, media_type, kept_at"
    " FROM copy JOIN desk_case c ON c.id = of JOIN desk_paper ON sha512 = c.paper_id",
    "INSERT INTO desk_case (id, key, reference, paper_id, state, channel, received_at, closed_at, demand, instrument, authority,"
    " country, their_reference, identifiers, authenticity, answers, supplied, assessment, is_emergency, open_questions, decision,"
    " notice, package) SELECT copy.id, printf('%%032x', n), printf('C-%%d', n), printf('%%0128x', n), state, channel, received_at,"
    " closed_at, demand, instrument, authority, country, their_reference, identifiers, authenticity, answers, supplied, assessment,"
    " is_emergency, open_questions, decision, notice, package FROM copy JOIN desk_case c ON c.id = of ORDER BY n",
    "CREATE TEMP TABLE happened AS SELECT 1000 + row_number() OVER (ORDER BY n, serial) AS serial, copy.id AS case_id, serial AS of"
    " FROM copy JOIN desk_event e ON e.case_id = of"
    " WHERE kind IN ('received', 'decided', 'sealed', 'made available', 'carried out', 'closed')",
    "INSERT INTO desk_event (serial, case_id, kind, at, actor, actor_role, facts, previous, root, seed)"
    " SELECT h.serial, h.case_id, kind, at, actor, actor_role, facts, previous, lower(hex(randomblob(32))), seed"
    " FROM happened h JOIN desk_event e ON e.serial = h.of ORDER BY h.serial",
    "INSERT INTO desk_epoch (number, capacity, decoy_seed, leaf_index, closed_at)"
    " SELECT 1000, 4096, decoy_seed, 1000, closed_at FROM desk_epoch WHERE number = 1",
    "INSERT INTO desk_slot (event_id, epoch_id, position) SELECT serial, 1000, serial FROM happened",
)  # fmt: skip


def _at_desk(folder: str):
    start, wiring = (import_module(f"answerable.desk.{name}") for name in ("starting", "wiring"))
    start.start(Path(folder) / "demo" / "desk")
    machine = wiring.desk()
    period = HalfYear.of(machine.now().date())
    over = period.moments[1] + timedelta(days=7)
    return replace(machine, now=lambda: over), period


def _closed(folder: str) -> float:
    """Close the half-year as the worker does, whose other threads go on; return the seconds."""
    desk, period = _at_desk(folder)
    close = import_module("answerable.desk.moves.reporting").close_period
    Thread(target=desk.stop.wait, daemon=True).start()
    started = time.perf_counter()
    close(desk, period)
    return time.perf_counter() - started


def _handed_in(folder: str) -> float:
    """Write every file of the closed half-year, those for authorities too; return the seconds."""
    (desk, period), write = _at_desk(folder), import_module("answerable.adapters.files").write_whole
    row = import_module("answerable.desk.models").PublishedPeriod.objects.get(pk=period.name)
    started = time.perf_counter()
    for name, content in import_module("answerable.desk.queries").report_files(desk, row):
        (Path(folder) / name).parent.mkdir(exist_ok=True)
        write(Path(folder) / name, content)
    return time.perf_counter() - started


def _shown(folder: str) -> float:
    """Make the proof that the first of the demo's demands was counted; return the seconds."""
    desk, _ = _at_desk(folder)
    case = import_module("answerable.desk.models").Case.objects.order_by("pk").first()
    started = time.perf_counter()
    import_module("answerable.desk.moves.showing_counted").counted_proof(desk, case)
    return time.perf_counter() - started


def _opened(folder: str) -> float:
    """Open every link for an auditor; return the seconds."""
    desk, period = _at_desk(folder)
    row = import_module("answerable.desk.models").PublishedPeriod.objects.get(pk=period.name)
    started = time.perf_counter()
    for _ in import_module("answerable.desk.moves.showing_counted").opened_links(desk, row):
        pass
    return time.perf_counter() - started


def _desks(folder: str, count: int) -> None:
    """Print what closing a half-year costs a desk, and what is read of it afterwards. Memory is of the desk's own process.

    Those that write and read sheets for it are those of `report.table`.
    """
    unit = f"s for {measured(_filled, folder, count, times=1).result} demands"
    for name, work in (("close", _closed), ("files", _handed_in), ("proof", _shown), ("links", _opened)):
        found = measured(work, folder, times=1)
        line(f"report.desk_{name}", unit, found.result, peak_mb=found.peak_mb, **reach("< 350 MB", found.peak_mb < 350))


def main() -> None:
    """Print the figures of the report: of each half-year the seconds from the first demand to the end of the recount."""
    sizes = options(__doc__ or "", demands=(250_000, 10_000), periods=(10, 1), at_a_desk=(250_000, 2_000))
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
    os.environ.pop("ANSWERABLE_HOME", None)
    with tempfile.TemporaryDirectory() as folder:
        _desks(folder, sizes.at_a_desk)


if __name__ == "__main__":
    main()
