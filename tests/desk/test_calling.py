"""Can anything leave on an emergency without the call: by pages, by moves, by the worker, by a hand in the database?"""

from __future__ import annotations

import html
import re

import pytest
from django.db import DatabaseError, transaction

from answerable.casefile.call_back import CallOutcome, Conversation
from answerable.demo.calling import COURT, NUMBER, call_court
from answerable.errors import MoveRefused

NOTE = "She looked it up and read it out."


def _text(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def emergency(received):
    return received("emergency")


@pytest.fixture
def two(people):
    return [people["mara"], people["jonas"]]


def _called(case, number=NUMBER, **said):
    return {"number": f"{COURT} {number}", "outcome": "confirmed", "spoke_to": "The registry", "note": NOTE} | said


def test_two_people_call_back_and_only_then_an_answer_is_open(browser_of, emergency, work):
    mara, jonas = browser_of("mara"), browser_of("jonas")
    case = f"/desk/{emergency.reference}/"
    reference = emergency.demand["A"]["issuing_file_no"] if "A" in emergency.demand else emergency.their_reference
    assert "nothing leaves before the authority confirms it" in _text(mara.get(case))
    page = _text(mara.get(f"{case}call"))
    assert "Do not call <del>+49 30 5550199</del>" in page
    assert reference not in page
    assert "jonas.velt" not in page
    assert NUMBER in page

    refused = mara.post(f"{case}call", _called(emergency, spoke_to=""))
    assert (refused.status_code, "Write who answered." in _text(refused)) == (422, True)
    assert mara.post(f"{case}call", _called(emergency, number="+49305550199")).status_code == 422
    assert mara.post(f"{case}call", _called(emergency, case_number=reference)).status_code == 302
    call = re.search(r'name="call" value="(\d+)"', _text(jonas.get(f"{case}call/second")))[1]
    assert "You made this call" in _text(mara.get(f"{case}call/second"))
    assert mara.post(f"{case}call/second", {"call": call}).status_code == 409
    assert mara.post(f"{case}prepare", {"kind": "answer", "reason": "A life is in danger."}).status_code == 422
    assert jonas.post(f"{case}call/second", {"call": "0"}).status_code == 409
    assert jonas.post(f"{case}call/second", {"call": call}).status_code == 302
    assert "Confirmed by two people" in _text(mara.get(case))
    assert mara.post(f"{case}prepare", {"kind": "answer", "reason": "A life is in danger."}).status_code == 302


@pytest.mark.parametrize(
    "said",
    [
        {"outcome": "denied"},
        {"outcome": "not reached"},
        {},
        {"case_number": "1 Gs 1/01"},
        {"sought": "somebody.else"},
    ],
)
def test_a_call_that_confirms_nothing_opens_nothing(browser_of, emergency, said, people):
    mara, jonas = browser_of("mara"), browser_of("jonas")
    case = f"/desk/{emergency.reference}/"
    assert mara.post(f"{case}call", _called(emergency, **said)).status_code == 302
    jonas.post(f"{case}call/second", {"call": str(emergency.calls.last().pk)})
    for kind in ("answer", "answer in part", "nothing held"):
        assert mara.post(f"{case}prepare", {"kind": kind, "reason": "Do it all the same."}).status_code == 422


def test_a_number_that_came_after_the_demand_cannot_be_called(machine, emergency, two):
    from answerable.casefile.directory import Number
    from answerable.desk.moves import calling, directory
    from answerable.desk.queries.directory import find_listing

    listing = find_listing(COURT)
    found = directory.as_record(listing)
    late = Number(number="+49305550177", source="a letter", added_at=machine.now(), added_by="mara")
    draft = found.model_copy(update={"numbers": (*found.numbers, late)})
    proposal = directory.propose(
        machine, actor=two[0], draft=draft, base=listing.version, reason="It stood in a letter that came today."
    )
    directory.confirm(machine, proposal, actor=two[1])
    with pytest.raises(MoveRefused) as refused:
        calling.call_back(
            machine, emergency, actor=two[0], listing=find_listing(COURT), number="+49305550177",
            conversation=Conversation(outcome=CallOutcome.CONFIRMED, note=NOTE),
        )  # fmt: skip
    assert refused.value.code == "call.not-of-the-directory"
    assert "demand came" in refused.value.why


def test_another_office_cannot_confirm(machine, emergency, two):
    from answerable.casefile.directory import DirectoryRecord
    from answerable.desk.moves import calling, directory
    from answerable.desk.queries.directory import find_listing

    other = DirectoryRecord(
        id="de-other", name="Another office", country="DE", kind="police", source="a list",
        added_on=machine.now().date(), added_by="mara",
    )  # fmt: skip
    proposal = directory.propose(machine, actor=two[0], draft=other, base=0, reason="It stands in the list.")
    directory.confirm(machine, proposal, actor=two[1])
    with pytest.raises(MoveRefused) as refused:
        calling.call_back(
            machine, emergency, actor=two[0], listing=find_listing("de-other"), number=NUMBER,
            conversation=Conversation(outcome=CallOutcome.CONFIRMED, note=NOTE),
        )  # fmt: skip
    assert refused.value.code == "call.another-authority"


def test_what_was_said_cannot_be_changed_and_nobody_confirms_their_own_call(machine, emergency, two):
    from answerable.desk.models import Call, SecondedCall

    call_court(machine, emergency, two)
    call = emergency.calls.last()
    for meddle in (
        lambda: Call.objects.filter(pk=call.pk).update(record={}),
        lambda: Call.objects.filter(pk=call.pk).delete(),
        lambda: SecondedCall.objects.filter(pk=call.pk).update(by=two[0]),
        lambda: SecondedCall.objects.filter(pk=call.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            meddle()
    own = Call.objects.create(case=emergency, by=two[0], at=machine.now(), listing=COURT, record=call.record)
    with pytest.raises(DatabaseError), transaction.atomic():
        SecondedCall.objects.create(call=own, by=two[0], at=machine.now())


@pytest.mark.parametrize("state", ["decided", "sealed", "available"])
def test_a_hand_in_the_database_gets_no_package_out(browser_of, decided, work, machine, people, state):
    """Take the call away from an emergency that was decided with it, set any state: nothing is sealed, offered or fetched."""
    from django.db import connection

    from answerable.desk import moves

    case = decided("emergency")
    work(tick=True)
    case.refresh_from_db()
    assert case.state == "available"
    with connection.cursor() as cursor:
        for table in ("desk_secondedcall", "desk_call"):
            cursor.execute(f"DROP TRIGGER {table}_no_delete")
        cursor.execute(
            "DELETE FROM desk_secondedcall WHERE call_id IN (SELECT id FROM desk_call WHERE case_id = %s)", [case.pk]
        )
        cursor.execute("DELETE FROM desk_call WHERE case_id = %s", [case.pk])
        cursor.execute("UPDATE desk_case SET state = %s, is_emergency = 0 WHERE id = %s", [state, case.pk])
        for table in ("desk_secondedcall", "desk_call"):
            cursor.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    case.refresh_from_db()
    for move in (
        lambda: moves.seal(machine, case),
        lambda: moves.make_available(machine, case),
        lambda: moves.fetch(machine, case, actor=people["ina"]),
    ):
        with pytest.raises(MoveRefused):
            move()
    assert browser_of("ina").post(f"/portal/{case.reference}/package").status_code == 409


def test_after_an_emergency_the_order_in_due_form_is_owed(browser_of, decided, work):
    case = decided("emergency")
    work(tick=True)
    mara = browser_of("mara")
    page = f"/desk/{case.reference}/"
    assert "The order in due form is owed until" in _text(mara.get(page))
    short = mara.post(f"{page}follow-up", {"note": "short"})
    assert short.status_code == 422
    assert mara.post(f"{page}follow-up", {"note": "Order of 25 November, AN-2026-000099."}).status_code == 302
    assert "The order in due form came" in _text(mara.get(page))
    assert mara.post(f"{page}follow-up", {"note": "Order of 25 November, again."}).status_code == 409


def test_a_missing_order_in_due_form_counts_against_its_office(decided, work, machine):
    from dataclasses import replace
    from datetime import timedelta

    from answerable.desk.queries.calling import missing_follow_ups

    decided("emergency")
    work(tick=True)
    later = replace(machine, now=lambda: machine.now() + timedelta(hours=73))
    before, after = missing_follow_ups(machine).get(COURT, 0), missing_follow_ups(later).get(COURT, 0)
    assert after > before
