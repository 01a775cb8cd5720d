"""Does section I of the sheet say what was heard, and no more?"""

from datetime import UTC, date, datetime

import pytest

from answerable.authenticate.calling import call_facts
from answerable.casefile.call_back import CallBack, Called
from answerable.casefile.demand import Arrival, Demand
from answerable.casefile.evidence import Result, Section
from answerable.casefile.order import Order

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
DEMAND = Demand(
    instrument="us.sca.emergency",
    form=Order(
        instrument="us.sca.emergency",
        reference="26-117",
        requester={"name": "County Sheriff", "official": "Ann Ford"},
        asked=[{"kind": "user", "value": "tern", "boxes": ["a1"]}],
    ),
    arrival=Arrival(received_at=NOW, channel="email", media_type="application/pdf", sha512="0" * 128, size=1),
)
CALL = CallBack(
    called=Called(authority="sheriff", number="+1 555 0100", source="county page", confirmed_on=date(2026, 1, 7)),
    by="mara",
    at=NOW,
    outcome="confirmed",
    spoke_to="The watch commander",
    post="watch commander",
    heard={"case_number": "26-117", "sought": "gull", "requester": "Ford"},
    note="She read the number to me.",
)


def results(*calls):
    return {(fact.code, fact.subject): fact.result for fact in call_facts(calls, DEMAND, at=NOW)}


def test_nobody_called_is_one_fact_and_it_is_absent():
    assert results() == {("I1", None): Result.ABSENT}


@pytest.mark.parametrize(
    ("change", "code", "result"),
    [
        ({}, "I1", Result.CONFIRMED),
        ({}, "I2", Result.CONFIRMED),
        ({}, "I3", Result.CONFIRMED),
        ({}, "I4", Result.CONTRADICTED),
        ({}, "I5", Result.CONFIRMED),
        ({}, "I6", Result.ABSENT),
        ({"seconded_by": "mara"}, "I6", Result.ABSENT),
        ({"seconded_by": "jonas"}, "I6", Result.CONFIRMED),
        ({"outcome": "denied"}, "I2", Result.CONTRADICTED),
        ({"heard": {}}, "I3", Result.ABSENT),
        ({"outcome": "not reached"}, "I1", Result.NOT_CHECKED),
    ],
)
def test_each_fact_of_a_call(change, code, result):
    call = CallBack.model_validate(CALL.model_dump() | change)
    assert results(call)[code, "call 1"] is result


def test_who_was_not_reached_said_nothing():
    call = CALL.model_copy(
        update={"outcome": CallBack.model_validate(CALL.model_dump() | {"outcome": "not reached"}).outcome}
    )
    assert list(results(call)) == [("I1", "call 1")]


def test_two_calls_stand_side_by_side_in_section_i_and_name_nobody():
    facts = call_facts((CALL, CALL), DEMAND, at=NOW)
    assert {fact.subject for fact in facts} == {"call 1", "call 2"}
    assert {fact.section for fact in facts} == {Section.CALL_BACK}
    assert not [fact for fact in facts if "tern" in fact.found or "gull" in fact.found or "Ford" in fact.found]
