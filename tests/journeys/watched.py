"""What does the public see of a desk over some days? Runs desks to which the named demands come, and sets down what could be seen.

`watched.py DEMO MOMENT DESK=[DEMAND,…] …`: DEMO is a demo's folder, MOMENT when it begins, each DESK a copy of the demo's.
The clock stands still but for the ticks. Each desk gets a `seen.json`, with what there was to see after each tick. A process
that has only imported what a desk imports forks once a desk: importing is most of the time.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from killable import WARM

from answerable.adapters import clock
from answerable.demo import once
from answerable.demo.calling import enter_court
from answerable.demo.people import officer, reviewers
from answerable.demo.setting_up import Demo
from answerable.desk.starting import start

MORE_THAN_AN_EPOCH = 300
PAGES = ("/", "/log/", "/check/", "/rules/", "/log/checkpoint", "/log/vkey", "/log/tile/0/000", "/log/opening/1/0",
         "/reports/{year}-H1/", "/reports/{year}-H2/report.json", "/desk/AN-{year}-000001/", "/desk/AN-{year}-000900/",
         "/portal/AN-{year}-000001/", "/portal/AN-{year}-000001/package")  # fmt: skip


def main(demo: Demo, home: Path, begins: datetime, names: list[str]) -> list[dict[str, Any]]:
    """Live some days and return what was to be seen after each tick."""
    moment = [begins]
    clock.now = lambda: moment[0]
    start(home)
    from django.test.utils import setup_test_environment

    from answerable.desk import jobs, moves
    from answerable.desk.wiring import desk

    setup_test_environment()
    machine, two, sender, seen = desk(), reviewers(), officer(), []
    assert machine.now() == begins
    enter_court(machine, two)

    def tick() -> None:
        moves.tick(machine)
        assert moves.copy_out(machine)
        jobs.run_due(machine)
        seen.append(to_be_seen(home, moment[0]))
        moment[0] = (moment[0] + timedelta(days=1)).replace(hour=0, minute=0, second=0)

    tick()
    before = files(home)
    cases = [moves.receive(machine, demo.demand(name), channel="portal", actor=sender) for name in names]
    jobs.run_due(machine)
    for case in cases:
        once._decide(machine, case, two)
        once._carry_out(machine, case, two[0])
    jobs.run_due(machine)
    assert files(home) == before, "something became public between two ticks"
    tick()
    before = files(home)
    for case in cases:
        once._hand_over(machine, case, sender)
    if cases:
        many_more(machine, cases[0], two[0])
    jobs.run_due(machine)
    assert files(home) == before, "something became public between two ticks"
    for _ in range(4):
        tick()
    return seen


def many_more(machine: Any, case: Any, actor: Any) -> None:
    """Let more happen than one epoch has room for."""
    from django.db import transaction

    from answerable.casefile.events import EventKind
    from answerable.desk.moves.recording import record

    with transaction.atomic():
        for _ in range(MORE_THAN_AN_EPOCH):
            record(machine, case, EventKind.FOLLOWED_UP, actor=actor)


def files(home: Path) -> dict[str, list[int]]:
    """Return size, time and mode of every published file."""
    return {
        path.relative_to(home).as_posix(): [path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_mode]
        for name in ("log", "everybody")
        for path in sorted((home / name).rglob("*"))
        if path.is_file()
    }


def to_be_seen(home: Path, moment: datetime) -> dict[str, Any]:
    """Return the published files and what the pages answer to nobody in particular."""
    from django.test import Client

    head = (home / "log" / "checkpoint").read_bytes()
    secret = [line.rpartition(b" ")[2] for line in head.splitlines() if len(line) > 43]
    pages = {}
    for place in PAGES:
        said = Client().get(place.format(year=moment.year))
        body = b"".join(said) if said.streaming else said.content
        for each in secret:  # root and signatures
            body = body.replace(each, b"x" * len(each))
        pages[place] = [said.status_code, sorted(said.headers.items()), body.decode(errors="replace")]
        said.close()
    return {"files": files(home), "pages": pages}


def forked(demo: Demo, begins: datetime, said: str) -> int:
    """Live the days of one desk in a fork, and return its exit code."""
    child = os.fork()
    if not child:
        code = 1
        try:
            home, _, names = said.partition("=")
            seen = main(demo, Path(home), begins, [name for name in names.split(",") if name])
            Path(home, "seen.json").write_text(json.dumps(seen))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for each in WARM:
        importlib.import_module(each)
    folder, when, *desks = sys.argv[1:]
    sys.exit(any(forked(Demo(Path(folder)), datetime.fromisoformat(when), each) for each in desks))
