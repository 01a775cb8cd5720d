"""Are answers that are due together read together and kept apart, and who learns whom a token stands for?"""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from answerable.adapters import clock
from answerable.adapters.encryption import decrypt
from answerable.errors import MoveRefused, StoreFailed
from answerable.verify.answer import verify_answer


def line(kind, value, *boxes):
    period = {"start": (clock.now() - timedelta(days=600)).isoformat(), "end": clock.now().isoformat()}
    return {"kind": kind, "value": value, "boxes": list(boxes), "time_ranges": [period]}


@pytest.fixture
def opened(machine, demo):
    """Return the files of a case's package, having verified it."""

    def files(case):
        case.refresh_from_db()
        identity = (demo.folder / "authority.key").read_text()
        content = b"".join(decrypt(machine.home.packages / case.package["name"], identity))
        assert [each for each in verify_answer(iter([content])).checks if not each.passed] == []
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            return {member.name: tar.extractfile(member).read() for member in tar}

    return files


@pytest.fixture
def approved(machine, people, settled):
    """Return cases that two people decided, with nothing of what follows done."""
    from answerable.decide import suggested
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    def decide(case):
        kind = suggested(case_file(case))
        case = moves.prepare(machine, case, actor=people["mara"], kind=kind, reason="As the findings say.")
        moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
        case.refresh_from_db()
        return case

    def approve(*orders):
        # All are settled before the first is decided: to settle one lets the worker do what is due.
        return [decide(each) for each in [settled("lawful", **changes) for changes in orders]]

    return approve


def records(files):
    return [
        json.loads(each)
        for path, content in files.items()
        if path.endswith(".jsonl") and path.startswith("data/")
        for each in content.splitlines()
    ]


def test_answers_that_are_due_together_are_read_once_and_leave_apart(machine, approved, opened, work, monkeypatch):
    from answerable.desk.moves import sealing

    read = []
    together = sealing.collect_together
    monkeypatch.setattr(
        sealing,
        "collect_together",
        lambda asked, *rest, **more: read.append(len(asked)) or together(asked, *rest, **more),
    )
    cases = approved({}, {"E": {"evidence": [line("user", "jonas.velt", "a1", "a2")]}})
    work()
    assert read == [2]
    mara, jonas = (opened(case) for case in cases)
    assert [{each["name"] for each in records(files) if "name" in each} for files in (mara, jonas)] == [
        {"Mara Lind"},
        {"Jonas Velt"},
    ]
    assert not any(b"jonas" in content for content in mara.values())
    assert not any(b"mara.lind" in content for path, content in jonas.items() if path.startswith("data/"))
    keys = {sealing.masking_key(machine, case) for case in cases}
    assert len(keys) == 2
    assert not any(key in content for key in keys for files in (mara, jonas) for content in files.values())


def test_two_people_are_told_of_free_text_before_they_decide_and_the_answer_counts_it(
    machine, settled, people, browser_of, opened, work
):
    from answerable.decide import suggested
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    def warned(path):
        return "may name others: <code>forum.messages.body</code>" in browser_of("jonas").get(path).content.decode()

    plain = settled("lawful")
    case = settled("lawful", E={"evidence": [line("user", "jonas.velt", "a1", "d4")]})
    assert (warned(f"/desk/{plain.reference}/"), warned(f"/desk/{case.reference}/")) == (False, True)
    kind = suggested(case_file(case))
    case = moves.prepare(machine, case, actor=people["mara"], kind=kind, reason="As the findings say.")
    assert warned(f"/desk/{case.reference}/approve")
    moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
    work()
    files = opened(case)
    flagged = [json.loads(each) for each in files["meta/flagged.jsonl"].splitlines()]
    written = sum(bool(each.get("body")) for each in records(files))
    assert written > 0
    assert case.package["flagged"] == written
    assert {each["column"] for each in flagged} == {"body"}
    page = browser_of("mara").get(f"/desk/{case.reference}/").content.decode()
    assert "free text in which somebody else may be named" in page
    assert not warned(f"/desk/{case.reference}/")


def test_one_answer_that_cannot_be_given_does_not_hold_up_the_others(machine, approved, work, monkeypatch):
    from answerable.desk.models import Job
    from answerable.desk.moves import sealing

    cases = approved({}, {})
    refuse = sealing.refuse_unanswerable

    def refused(plan, sources):
        if plan.case == cases[0].reference:
            raise StoreFailed("collect.by-hand", what="It cannot be asked.", why="A test.", next_step="None.")
        refuse(plan, sources)

    monkeypatch.setattr(sealing, "refuse_unanswerable", refused)
    monkeypatch.setattr("answerable.adapters.sources.collecting.refuse_unanswerable", refused)
    work()
    states = [(each.refresh_from_db(), each.state)[1] for each in cases]
    assert states == ["decided", "sealed"]
    job = Job.objects.get(kind="seal", case=cases[0])
    assert (job.done_at, job.error["code"]) == (None, "collect.by-hand")


def test_a_worker_that_is_told_to_stop_seals_nothing_and_begins_anew(machine, approved, work):
    from answerable.desk import moves

    [case], stop = approved({}), Event()
    stop.set()
    with pytest.raises(StoreFailed) as refusal:
        moves.seal(replace(machine, stop=stop), case)
    assert refusal.value.code == "collect.stopped"
    case.refresh_from_db()
    assert (case.state, case.package, case.masking_key) == ("decided", None, None)
    assert not (machine.home.packages / f"{case.reference}.tar.age").exists()
    work()
    case.refresh_from_db()
    assert case.state == "sealed"


def test_a_wider_order_learns_whom_a_token_stands_for_and_nothing_else_does(
    machine, demo, people, approved, received, opened, work
):
    from answerable.desk import moves
    from answerable.desk.moves import sealing

    [case] = approved({"E": {"evidence": [line("email", "mara.lind@mail.example", "c.ii.1", "c.ii.2")]}})
    work()
    files = opened(case)
    tokens = {value for each in records(files) for value in each.values() if str(value).startswith("tp_")}
    token = min(tokens)
    assert bytes(case.masking_key) != sealing.masking_key(machine, case)

    def order(value):
        return {"E": {"evidence": [line("user", value, "a1"), line("user", "mara.lind", "a1")]}}

    def why_not(wider, actor="mara"):
        with pytest.raises(MoveRefused) as refusal:
            moves.reidentify(machine, case, order=wider, actor=people[actor])
        return refusal.value.code

    assert why_not(received(**order(token))) == "identify.no-wider-order", "nobody decided it"
    assert why_not(case) == "identify.no-wider-order", "an order is not wider than itself"
    [other] = approved(order("tp_" + "a" * 32))
    assert why_not(other) == "identify.not-its-tokens"
    assert why_not(approved({})[0]) == "identify.not-its-tokens", "it names none"
    [wider] = approved(order(token))
    assert why_not(wider, "ina") == "decide.not-a-reviewer"
    found = moves.reidentify(machine, case, order=wider, actor=people["mara"])
    assert set(found) == {token}
    with sqlite3.connect(machine.settings.stores["forum"].path) as db:
        assert db.execute(
            "SELECT count(*) FROM messages WHERE recipient_id = ? OR sender_id = ?", [found[token]] * 2
        ).fetchone()[0]
    event = wider.events.get(kind="third parties identified")
    assert (event.facts["records"], case.reference in event.facts["reason"]) == ("1", True)
    assert found[token] not in json.dumps(event.facts)
