"""Does the log keep its hours whatever the desk is busy with, and do the errands of the worker get done, and hold up nothing?"""

from __future__ import annotations

import dataclasses
import html
import shutil
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from tests.public_log.test_mirroring import environment

from answerable.adapters.mirroring import check_place
from answerable.desk.home import DeskSettings
from answerable.errors import LogHalted
from answerable.report.periods import HalfYear

HERE = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def working(machine):
    """Run the worker of a desk in a thread until the block ends; what it raised is raised there."""
    from contextlib import contextmanager

    from django.db import connection

    from answerable.desk.worker import work

    @contextmanager
    def run(desk):
        stop, steps, raised = threading.Event(), Steps(), []

        def target():
            try:
                work(desk, stop=stop, on_step=steps.add)
            except Exception as fault:
                raised.append(fault)
            finally:
                steps.ended.set()
                connection.close()

        thread = threading.Thread(target=target)
        thread.start()
        try:
            yield steps
        finally:
            stop.set()
            thread.join()
        if raised:
            raise raised[0]

    return run


class Steps:
    """What the worker said, to be waited for."""

    def __init__(self):
        self.said, self.ended, self._more = [], threading.Event(), threading.Condition()

    def add(self, kind, what):
        with self._more:
            self.said.append((kind, what))
            self._more.notify_all()

    def wait_for(self, kind, *, count=1, what=""):
        with self._more:
            assert self._more.wait_for(lambda: self.count(kind, what) >= count, timeout=30), (kind, self.said)

    def count(self, kind, what=""):
        return sum(said == kind and told.startswith(what) for said, told in self.said)


@pytest.fixture
def changed(machine):
    """Return the desk with other settings and a clock of its own, which stands still where `moment` says."""
    from answerable.desk.models import Epoch

    def change(**settings):
        last = Epoch.objects.order_by("number").last()
        # Other tests may have ticked in days to come.
        change.moment = max(machine.now(), last.closed_at if last else machine.now())
        settled = machine.settings.model_copy(update=settings)
        return dataclasses.replace(machine, settings=settled, now=lambda: change.moment)

    return change


@pytest.mark.parametrize(
    ("closed", "seconds", "due"),
    [
        ("2026-11-23T09:42:00", 86_400, "2026-11-24T00:00:00"),
        ("2026-11-24T00:00:00", 86_400, "2026-11-25T00:00:00"),
        ("2026-11-23T23:59:59", 86_400, "2026-11-24T00:00:00"),
        ("2026-11-24T00:00:07", 60, "2026-11-24T00:01:00"),
    ],
)
def test_a_tick_comes_at_its_moment_however_late_the_one_before_was(changed, closed, seconds, due):
    from answerable.desk.models import Epoch
    from answerable.desk.moves.ticking import next_tick

    last = Epoch(closed_at=datetime.fromisoformat(closed).replace(tzinfo=UTC))
    assert next_tick(changed(tick_seconds=seconds), last).isoformat() == f"{due}+00:00"


def test_a_tick_waits_for_no_work(machine, changed, received, working, monkeypatch):
    """A reading of hours must not show in the hour of a checkpoint."""
    from answerable.desk import effects, jobs

    ticked, began, waited = threading.Event(), threading.Event(), []

    def reads_for_hours(*_):
        began.set()
        waited.append(ticked.wait(timeout=30))

    case = received()
    monkeypatch.setitem(effects.EFFECTS, "count", reads_for_hours)
    jobs.enqueue(machine, "count", case, again=True)
    with working(changed(tick_seconds=86_400)) as steps:
        assert began.wait(timeout=30)
        already = steps.count("tick")
        changed.moment += timedelta(days=1)
        steps.wait_for("tick", count=already + 1)
        ticked.set()
    assert waited == [True]


def test_a_log_that_halts_stops_the_worker_and_its_work(machine, changed, working):
    mark = machine.home.folder / "restored"
    with pytest.raises(LogHalted, match=r"log\.restored"), working(changed()) as steps:
        try:
            mark.touch()
            changed.moment += timedelta(days=3)
            steps.ended.wait(timeout=30)
        finally:
            mark.unlink()


def test_the_tree_is_copied_after_each_tick_and_the_public_page_says_when(
    machine, changed, working, browser_of, monkeypatch, tmp_path
):
    from answerable.desk.public import views

    desk = changed(publish_to=str(tmp_path / "everybody"), tick_seconds=86_400)
    with working(desk) as steps:
        steps.wait_for("copy")
        changed.moment += timedelta(days=1)
        steps.wait_for("tick")
        steps.wait_for("copy", count=2)
    assert (tmp_path / "everybody" / "checkpoint").read_bytes() == (machine.home.log / "checkpoint").read_bytes()
    assert check_place(str(tmp_path / "everybody"), key=machine.signer.verifier_key).passed
    monkeypatch.setattr(views, "desk", lambda: desk)
    page = browser_of(None).get("/log/").content.decode()
    assert f"{changed.moment.astimezone(HERE):%Y, %H:%M}" in page.partition("Copied to where it is published")[2][:80]


def test_the_tree_is_copied_to_a_bucket_with_keys_of_the_environment(machine, changed, s3, monkeypatch):
    from answerable.desk import moves

    environment(s3, monkeypatch)
    place = f"s3://{s3.bucket()}/log"
    desk = changed(publish_to=place)
    assert moves.copy_out(desk)
    assert check_place(place, key=machine.signer.verifier_key).passed


def test_a_place_that_cannot_be_reached_holds_up_no_tick_and_is_tried_again(machine, changed, working, tmp_path):
    from answerable.desk import queries
    from answerable.desk.models import Errand

    target = tmp_path / "everybody"
    target.write_text("a file where the folder should be")
    desk = changed(publish_to=str(target), tick_seconds=86_400)
    with working(desk) as steps:
        steps.wait_for("copy")
        row = Errand.objects.get(pk=Errand.COPY)
        assert row.error is not None
        changed.moment += timedelta(days=1)
        steps.wait_for("tick")
        steps.wait_for("copy", count=2)
        changed.moment += timedelta(minutes=15)
        late = [each for each in queries.log_promises(desk) if not each.passed]
        assert [each.name for each in late] == ["the copy that everybody reads is as new as the log"]
        assert row.error["code"] in late[0].detail
        assert str(target) not in late[0].detail
        target.unlink()
        changed.moment += timedelta(minutes=2)
        steps.wait_for("copy", what="done")
    assert all(each.passed for each in queries.log_promises(desk))
    assert Errand.objects.get(pk=Errand.COPY).error is None


def test_sessions_that_are_over_are_forgotten_and_no_other(changed, working):
    from django.contrib.sessions.models import Session

    desk = changed(tick_seconds=86_400)
    for key, seconds in (("over", -1), ("open", 3_600)):
        ends = changed.moment + timedelta(seconds=seconds)
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    with working(desk) as steps:
        while Session.objects.filter(pk="over").exists():
            assert not steps.ended.wait(0.05)
    assert Session.objects.filter(pk="open").delete()[0] == 1


def test_a_tree_that_does_not_hold_is_not_copied_nor_one_into_itself(machine, changed, tmp_path):
    from answerable.desk import moves
    from answerable.desk.models import Errand

    home = type(machine.home)(tmp_path / "home")
    shutil.copytree(machine.home.log, home.log)
    next((home.log / "tile" / "0").rglob("*.p/*")).write_bytes(b"something else")
    assert not moves.copy_out(dataclasses.replace(changed(publish_to="out"), home=home))
    assert Errand.objects.get(pk=Errand.COPY).error["code"] == "publish.broken-log"
    assert not (home.folder / "out" / "checkpoint").exists()
    assert not moves.copy_out(changed(publish_to="log/copy"))
    assert Errand.objects.get(pk=Errand.COPY).error["code"] == "publish.into-itself"
    assert moves.copy_out(changed(publish_to=str(tmp_path / "good")))


@pytest.mark.parametrize(
    "place",
    ["https://log.example", "s3://key:secret@bucket/log", "s3://bucket/log?key=secret", "gs://bucket", "s3://Bucket"],
)
def test_no_place_has_room_for_a_secret(machine, place):
    said = machine.settings.model_dump(mode="json")
    with pytest.raises(ValidationError):
        DeskSettings.model_validate(said | {"publish_to": place})
    assert DeskSettings.model_validate(said | {"publish_to": "s3://bucket/log"}).publish_to == "s3://bucket/log"


@pytest.fixture
def over(apart, machine):
    """Return the first half-year from now on that is not closed, and a desk whose clock stands at `over.moment`, its end."""
    from answerable.desk import worker
    from answerable.desk.models import PublishedPeriod

    def end(**settings):
        end.period = HalfYear.of(machine.now().date())
        desk = apart(settings=settings, now=lambda: end.moment)
        while PublishedPeriod.objects.filter(pk=end.period.name).exists():
            end.period = HalfYear.of(end.period.end)
        end.moment = end.period.moments[1]
        worker.finish(desk)
        return desk

    return end


def test_a_half_year_that_is_over_is_closed_when_the_settings_say_so_and_told_at_the_next_tick(over, transaction):
    from answerable.desk import moves
    from answerable.desk.models import Errand, PublishedPeriod
    from answerable.desk.queries.errands import reports_are_published
    from answerable.desk.queries.published import published_leaf

    with transaction():
        desk = over(report_after_days=14)
        over.moment += timedelta(days=13, hours=23)
        assert list(moves.close_due_periods(desk)) == []
        told = reports_are_published(desk)
        assert told.passed
        assert f"{over.period.name} is closed by the worker on {over.period.end + timedelta(days=14)}" in told.detail
        over.moment += timedelta(hours=1)
        assert list(moves.close_due_periods(desk)) == [over.period.name]
        assert PublishedPeriod.objects.filter(pk=over.period.name).exists()
        assert Errand.objects.get(pk=Errand.REPORT).done_at == over.moment
        assert published_leaf(over.period) is None
        moves.tick(desk)
        assert published_leaf(over.period) is not None
        assert list(moves.close_due_periods(desk)) == []
        assert reports_are_published(desk).detail == ""


def test_without_the_setting_doctor_and_queue_name_the_command_and_nothing_is_closed(
    over, transaction, browser_of, monkeypatch
):
    from answerable.desk import moves
    from answerable.desk.queries.errands import reports_are_published
    from answerable.desk.staff import views

    with transaction():
        desk = over()
        assert list(moves.close_due_periods(desk)) == []
        told = reports_are_published(desk)
        assert not told.passed
        command = f"answerable report --period {over.period.name} --home {desk.home.folder}"
        assert command in told.detail
        monkeypatch.setattr(views, "desk", lambda: desk)
        page = html.unescape(browser_of("mara").get("/desk/").content.decode())
        assert "Not so: every half-year that is over is published." in page
        assert command in page
        over.moment = over.period.moments[0]
        assert reports_are_published(desk).passed


def test_a_half_year_that_cannot_be_closed_is_said_with_its_reason_and_tried_again(over, transaction, monkeypatch):
    from answerable.desk import moves
    from answerable.desk.moves import errands
    from answerable.desk.queries.errands import reports_are_published

    with transaction():
        desk = over(report_after_days=1)
        over.moment += timedelta(days=2, hours=1)
        real, surprise = errands.close_period, _surprise
        monkeypatch.setattr(errands, "close_period", surprise)
        assert list(moves.close_due_periods(desk)) == []
        told = reports_are_published(desk)
        assert not told.passed
        assert "(KeyError)" in told.detail
        assert "mara.lind" not in told.detail
        monkeypatch.setattr(errands, "close_period", real)
        assert list(moves.close_due_periods(desk)) == [over.period.name]
        assert reports_are_published(desk).passed


def _surprise(*_):
    raise KeyError("mara.lind@mail.example")


def test_a_report_that_is_counted_holds_up_no_move(machine, over):
    """Counting reads as of one moment, and whoever writes meanwhile need not wait."""
    from django.db import connection

    from answerable.desk.models import Errand, Heartbeat
    from answerable.desk.moves.reporting import _as_of_one_moment

    def write():
        Heartbeat.objects.update_or_create(pk=1, defaults={"at": machine.now()})
        Errand.objects.update_or_create(pk="other", defaults={"tried_at": machine.now()})
        connection.close()

    Errand.objects.filter(pk="other").delete()
    with _as_of_one_moment():
        assert not Errand.objects.filter(pk="other").exists()
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(timeout=15)
        assert not thread.is_alive()
        assert not Errand.objects.filter(pk="other").exists()
    assert Errand.objects.filter(pk="other").exists()
    Errand.objects.filter(pk="other").delete()
