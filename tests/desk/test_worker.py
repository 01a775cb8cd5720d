"""Does the work after a move go on, whatever one case does to it?"""

from __future__ import annotations

import dataclasses
import threading
from datetime import timedelta

import pytest

from answerable.errors import NotConfigured, StoreFailed


def _fails(*_):
    raise StoreFailed("store.down", what="The store is down.", why="It is switched off.", next_step="Switch it on.")


def _surprises(*_):
    raise KeyError("mara.lind@mail.example")


@pytest.mark.parametrize("fault", [_fails, _surprises])
def test_a_job_that_fails_is_put_off_shown_and_tried_again(
    machine, browser_of, order, people, work, monkeypatch, fault
):
    from answerable.desk import effects, moves
    from answerable.desk.models import Job

    monkeypatch.setitem(effects.EFFECTS, "count", fault)
    case = moves.receive(machine, order(), channel="portal", actor=people["ina"])
    other = moves.receive(machine, order("emergency"), channel="portal", actor=people["ina"])
    work()
    for each in (case, other):
        each.refresh_from_db()
        assert each.state == "assessed"
    job = Job.objects.get(case=case, kind="count")
    assert (job.attempts, job.done_at) == (1, None)
    page = browser_of("mara").get("/desk/").content.decode()
    assert case.reference in page
    assert "mara.lind" not in str(job.error)
    monkeypatch.undo()
    assert browser_of("mara").post(f"/desk/{case.reference}/try-again").status_code == 302
    moves.try_again(machine, other)
    work()
    case.refresh_from_db()
    assert case.counts is not None


def test_a_job_is_given_up_after_its_attempts_and_not_forgotten(machine, received, monkeypatch):
    from answerable.desk import effects, jobs, queries
    from answerable.desk.models import Job

    case = received()
    monkeypatch.setitem(effects.EFFECTS, "count", _fails)
    jobs.enqueue(machine, "count", case, again=True)
    for hours in range(1, Job.MOST_ATTEMPTS + 3):
        later = dataclasses.replace(machine, now=lambda hours=hours: machine.now() + timedelta(hours=hours))
        jobs.run_due(later)
    job = Job.objects.get(case=case, kind="count")
    assert (job.attempts, job.is_given_up) == (Job.MOST_ATTEMPTS, True)
    shown = [each for each in queries.troubles(machine)[1] if each.reference == case.reference]
    assert [each.again_at for each in shown] == [None]
    jobs.try_again(machine, case)
    monkeypatch.undo()
    jobs.run_due(machine)


def test_there_is_one_worker(machine):
    from answerable.desk import jobs

    with (
        jobs.only_worker(machine),
        pytest.raises(NotConfigured, match=r"worker\.already-runs"),
        jobs.only_worker(machine),
    ):
        pass


def test_the_worker_ticks_on_time_and_stops_when_told(machine):
    from django.db import connection

    from answerable.desk.models import Epoch
    from answerable.desk.worker import work

    last = Epoch.objects.order_by("number").last()
    from_now = max(machine.now(), last.closed_at) if last else machine.now()
    late = dataclasses.replace(machine, now=lambda: from_now + timedelta(days=2))
    stop, steps = threading.Event(), []

    def on_step(kind: str, _: str) -> None:
        steps.append(kind)
        if kind == "tick":
            stop.set()

    work(late, stop=stop, on_step=on_step)
    assert steps.count("tick") == 1
    assert Epoch.objects.count() == (last.number if last else 0) + 1
    connection.close()


def test_a_worker_deletes_the_files_that_a_killed_one_had_open(machine):
    from answerable.desk.worker import work

    left, coming = machine.home.uploads / "read-left", machine.home.uploads / "somebody-uploads.part"
    left.mkdir()
    (left / "7").write_bytes(b"a record")
    coming.write_bytes(b"half a paper")
    stop = threading.Event()
    stop.set()
    work(machine, stop=stop)
    assert (left.exists(), coming.exists()) == (False, True)
    coming.unlink()


def test_the_desk_says_when_the_worker_is_not_there(machine, browser_of):
    from answerable.desk.models import Heartbeat

    Heartbeat.objects.update_or_create(pk=1, defaults={"at": machine.now() - timedelta(minutes=5)})
    assert "The worker is not there." in browser_of("mara").get("/desk/").content.decode()
