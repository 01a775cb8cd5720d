"""Is anything lost, done twice or contradicted when a demo is killed at any durable operation and started again?

By default a spread of seven operations, every kind among them; all of them where ANSWERABLE_EVERY_KILL is set.
`killable.py` beside this file says what a durable operation is.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.public_log.worlds import read_tree

from answerable.adapters.verifying import verify_delivery
from answerable.public_log import checkpoint, merkle, note
from answerable.verify.log import verify_log

KILLABLE = Path(__file__).with_name("killable.py")
SIZES = ("--accounts", "1300", "--events", "2400")
ALL, SPREAD = bool(os.environ.get("ANSWERABLE_EVERY_KILL")), 7
KINDS = {"sync file", "commit", "write a row", "hardlink_to", "rename"}
MIGRATION = "record a migration"
ONCE = ("sealed", "made available", "fetched", "closed")


@dataclass(frozen=True)
class Point:
    """Where a run is killed: before operation `number`, counted from a folder with the sample provider, or one set up.

    `kind` is what that operation was when operations were counted; jobs of the same second may change places.
    """

    start: str
    number: int
    kind: str


@dataclass(frozen=True)
class Desk:
    """What a desk's folder holds: rows by table, sealed files by name, published files by path."""

    events: list[dict[str, Any]]
    cases: dict[str, dict[str, Any]]
    deliveries: list[str]
    undone: list[str]
    packages: dict[str, str]
    log: dict[str, bytes]

    def kinds(self, case: str) -> list[str]:
        """Return what happened to a case, in order."""
        return [event["kind"] for event in self.events if event["case"] == case]


@dataclass(frozen=True)
class Ending:
    """What a killed run left, and what the next one made of it."""

    point: Point
    killed: int
    kind: str
    exit: int
    before: Desk
    after: Desk
    unverified: list[str]
    times: set[float]
    laid_out: set[str]


class Runner:
    """Runs the demo in forks of two warm processes, side by side."""

    def __init__(self) -> None:
        self._idle: queue.Queue[subprocess.Popen[str]] = queue.Queue()
        command = [sys.executable, str(KILLABLE)]
        self._all = [subprocess.Popen(command, stdin=-1, stdout=-1, text=True) for _ in range(2)]
        for each in self._all:
            self._idle.put(each)

    def run(self, out: Path, **options: Any) -> int:
        """Return the exit code of one run into `out`; the options are those of `killable.run`."""
        warm = self._idle.get()
        try:
            print(json.dumps({"out": str(out), **options}), file=warm.stdin, flush=True)
            return int(warm.stdout.readline())
        finally:
            self._idle.put(warm)

    def close(self) -> None:
        """End the warm processes."""
        for each in self._all:
            with each:
                each.stdin.close()


@pytest.fixture(scope="module")
def runner():
    started = Runner()
    yield started
    started.close()


@pytest.fixture(scope="module")
def starts(runner, tmp_path_factory) -> dict[str, Path]:
    """Return the folders that runs start from: one with the sample provider alone, one that is set up."""
    folder = tmp_path_factory.mktemp("starts")
    assert runner.run(folder / "set up", only_set_up=True) == 0
    (folder / "nothing").mkdir()
    shutil.copytree(folder / "set up" / "harbour-forum", folder / "nothing" / "harbour-forum")
    shutil.copy(folder / "set up" / "until", folder / "nothing")
    return {each.name: each for each in folder.iterdir() if each.is_dir()}


@pytest.fixture(scope="module")
def counted(runner, starts, tmp_path_factory) -> tuple[list[Point], Desk]:
    """Count the operations of setting up and then those of the route; return them, and the desk that they leave."""
    every = []
    for name in ("nothing", "set up"):
        folder = tmp_path_factory.mktemp("counted") / "demo"
        _copy(starts[name], folder)
        assert runner.run(folder, count=str(folder / "kinds.json"), only_set_up=name == "nothing") == 0
        kinds = json.loads((folder / "kinds.json").read_text())
        every += [Point(name, at, kind) for at, kind in enumerate(kinds, 1)]
    return every, _desk(folder)


@pytest.fixture(scope="module")
def every(counted) -> list[Point]:
    """Return every operation that a run can be killed before."""
    return counted[0]


@pytest.fixture(scope="module")
def undisturbed(counted) -> Desk:
    """Return the desk of a demo that nobody killed."""
    return counted[1]


@pytest.fixture(scope="module")
def endings(runner, starts, every, answerable, tmp_path_factory) -> list[Ending]:
    """Kill a run at every point, or at a spread of them, start it again, and return how each ended."""
    route = [point for point in every if point.kind != MIGRATION]
    points = route if ALL else _spread(route)
    folder = tmp_path_factory.mktemp("killed")

    def ending(number: int) -> Ending:
        point, out = points[number], folder / str(number)
        _copy(starts[point.start], out)
        killed = runner.run(out, kill_at=point.number)
        kind = _said(out).rpartition("killed before: ")[2].strip()
        before = _desk(out)
        if number % 12 == 6 and not ALL:
            again = answerable("demo", "--once", "--out", out, *SIZES).returncode
        else:
            again = runner.run(out)
        left = _left(out) if again == 0 else ([], set(), set())
        ended = Ending(point, killed, kind, again, before, _desk(out), *left)
        shutil.rmtree(out)
        return ended

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(ending, range(len(points))))


def test_every_kind_of_operation_is_hit(endings):
    assert {ending.killed for ending in endings} == {-9}
    assert {ending.kind for ending in endings} == KINDS


def test_the_next_run_ends_well_and_leaves_no_work(endings, undisturbed):
    assert [ending.point for ending in endings if ending.exit != 0] == []
    assert [ending.point for ending in endings if ending.after.undone != undisturbed.undone] == []


def test_there_are_seven_cases_and_each_lived_the_life_of_one_nobody_disturbed(endings, undisturbed):
    lives = {name: undisturbed.kinds(case["key"]) for name, case in undisturbed.cases.items()}
    assert len(lives) == 7
    for ending in endings:
        after = ending.after
        assert {name: after.kinds(case["key"]) for name, case in after.cases.items()} == lives, ending.point
        assert Counter(case["state"] for case in after.cases.values()) == {"closed": 5, "carried out": 2}


def test_no_event_is_lost_or_changed(endings):
    for ending in endings:
        for before, after in zip(ending.before.events, ending.after.events, strict=False):
            placed = {name: after[name] for name in ("epoch", "position") if before[name] is None}
            assert after == before | placed, ending.point
        assert len(ending.before.events) <= len(ending.after.events)
        assert [event["serial"] for event in ending.after.events] == [*range(1, len(ending.after.events) + 1)]


def test_each_chain_is_unbroken(endings):
    for ending in endings:
        last: dict[str, str] = {}
        for event in ending.after.events:
            assert event["previous"] == last.get(event["case"], ""), ending.point
            last[event["case"]] = event["root"]


def test_nothing_happens_twice(endings):
    for ending in endings:
        after = ending.after
        for case in after.cases.values():
            assert all(after.kinds(case["key"]).count(kind) <= 1 for kind in ONCE), ending.point
        assert sorted(after.deliveries) == sorted(name for name, case in after.cases.items() if case["package"])


def test_every_event_is_in_one_slot(endings):
    for ending in endings:
        slots = [(event["epoch"], event["position"]) for event in ending.after.events]
        assert None not in {epoch for epoch, _ in slots}, ending.point
        assert len(set(slots)) == len(slots)


def test_a_package_on_disk_is_the_one_of_its_event(endings):
    for ending in endings:
        after = ending.after
        for name, case in after.cases.items():
            sealed = [
                json.loads(each["facts"])
                for each in after.events
                if (each["case"], each["kind"]) == (case["key"], "sealed")
            ]
            expected = [each["package_sha512"] for each in sealed]
            assert [sha512 for file, sha512 in after.packages.items() if file == f"{name}.tar.age"] == expected
        assert len(after.packages) == 3, ending.point


def test_every_delivery_and_the_answer_laid_out_verify(endings):
    assert {str(ending.point): ending.unverified for ending in endings if ending.unverified} == {}


def test_published_checkpoints_only_grow(endings):
    for ending in endings:
        if "checkpoint" in ending.before.log:
            assert _grew(ending.before.log, ending.after.log), ending.point
        immutable = {
            path: content for path, content in ending.before.log.items() if "/" in path and ".part" not in path
        }
        assert immutable.items() <= ending.after.log.items(), ending.point


def test_nothing_half_written_is_published_or_laid_out(endings):
    for ending in endings:
        published = [*ending.after.log, *ending.laid_out]
        assert [path for path in published if path.endswith(".part")] == [], ending.point


def test_the_times_of_published_files_tell_nothing(endings):
    assert {str(ending.point): ending.times for ending in endings if ending.times != {0.0}} == {}


def test_a_desk_killed_while_its_database_is_made_starts_again(runner, starts, every, tmp_path):
    migrations = [point for point in every if point.kind == MIGRATION]
    assert migrations
    for point in migrations if ALL else migrations[:1]:
        out = tmp_path / str(point.number)
        _copy(starts[point.start], out)
        assert runner.run(out, kill_at=point.number) == -9
        assert runner.run(out) == 0


def test_killed_again_and_again_it_still_gets_there(runner, starts, every, undisturbed, tmp_path):
    # A database is made whole or not at all, so the first run has to live until there is one.
    founded = max(point.number for point in every if (point.start, point.kind) == ("set up", MIGRATION))
    pick, runs, code = random.Random(11), 0, -9
    _copy(starts["set up"], tmp_path / "demo")
    while code == -9 and runs < 40:
        code = runner.run(tmp_path / "demo", kill_at=pick.randrange(22, 45) + (0 if runs else founded))
        runs += 1
    desk = _desk(tmp_path / "demo")
    assert (code, runs > 3) == (0, True)
    assert [event["serial"] for event in desk.events] == [*range(1, len(undisturbed.events) + 1)]
    assert _left(tmp_path / "demo")[0] == []


def _said(out: Path) -> str:
    return out.with_name(f"{out.name}.said").read_text()


def _spread(every: list[Point]) -> list[Point]:
    """Return one operation of each kind and others evenly between, always the same ones."""
    pick = random.Random(5)
    of_a_kind = [pick.choice([each for each in every if each.kind == kind]) for kind in sorted({e.kind for e in every})]
    step = len(every) / (SPREAD - len(of_a_kind))
    evenly = [every[int(at * step + pick.random() * step)] for at in range(SPREAD - len(of_a_kind))]
    return sorted({*of_a_kind, *evenly}, key=every.index)


def _copy(start: Path, target: Path) -> None:
    """Copy a start; the sample provider, which nobody writes to, is shared."""
    shutil.copytree(start, target, ignore=lambda folder, names: ["harbour-forum"] if Path(folder) == start else [])
    (target / "harbour-forum").symlink_to(start / "harbour-forum")


def _desk(out: Path) -> Desk:
    """Return what lies there, reading a copy of the database: opening it would already mend it."""
    desk = out / "desk"
    packages = desk / "packages"
    return Desk(
        **_rows(desk, out.with_name(f"{out.name}.looked at")),
        packages={
            path.name: hashlib.sha512(path.read_bytes()).hexdigest()
            for path in (packages.iterdir() if packages.exists() else ())
            if not path.name.endswith(".part")
        },
        log=read_tree(desk / "log") if (desk / "log").exists() else {},
    )


def _rows(desk: Path, aside: Path) -> dict[str, Any]:
    aside.mkdir()
    for path in desk.glob("desk.sqlite3*"):
        shutil.copy(path, aside)
    db = sqlite3.connect(aside / "desk.sqlite3")
    db.row_factory = sqlite3.Row
    try:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        if not {"desk_event", "desk_job", "desk_slot"} <= tables:
            return {"events": [], "cases": {}, "deliveries": [], "undone": []}
        return _tables(db)
    finally:
        db.close()
        shutil.rmtree(aside)


def _tables(db: sqlite3.Connection) -> dict[str, Any]:
    cases = {row["reference"]: dict(row) for row in db.execute("SELECT reference, key, state, package FROM desk_case")}
    events = db.execute(
        "SELECT serial, c.key AS 'case', kind, facts, previous, root, hex(seed), epoch_id AS epoch, position"
        " FROM desk_event e JOIN desk_case c ON c.id = e.case_id LEFT JOIN desk_slot s ON s.event_id = serial ORDER BY 1"
    )
    deliveries = db.execute("SELECT reference FROM desk_delivery d JOIN desk_case c ON c.id = d.case_id")
    return {
        "events": [dict(row) for row in events],
        "cases": cases,
        "deliveries": [row[0] for row in deliveries],
        "undone": [row[0] for row in db.execute("SELECT kind FROM desk_job WHERE done_at IS NULL ORDER BY 1")],
    }


def _left(out: Path) -> tuple[list[str], set[float], set[str]]:
    """Return which answers do not verify, the times of the published files, and the names of what is laid out."""
    desk, identity = out / "desk", (out / "authority.key").read_text()
    answers = [(path, desk / "log") for path in sorted((desk / "deliveries").glob("*/*.age"))]
    unverified = [
        f"{answer.name}: {check.name}"
        for answer, log in [*answers, (out / "answer.tar.age", out / "log")]
        for check in verify_delivery(answer, identity, log, receipt=answer.with_name(f"{answer.name}.tlog-proof"))
        if not check.passed
    ]
    times = {path.stat().st_mtime for path in (desk / "log").rglob("*") if path.is_file()}
    return unverified, times, {path.name for path in out.iterdir()}


def _grew(before: dict[str, bytes], after: dict[str, bytes]) -> bool:
    """Whether the head of `before` is that of a prefix of the tree in `after`, by a consistency proof."""
    now = verify_log(after)
    old = checkpoint.parse(note.open_note(before["checkpoint"], now.verifiers))
    hashes = [merkle.leaf_hash(entry) for entry in map(now.tree.entry, range(now.tree.size))]
    proof = merkle.prove_consistency(hashes, old.size)
    return now.passed and merkle.verify_consistency(old.root, old.size, now.head.root, now.head.size, proof=proof)
