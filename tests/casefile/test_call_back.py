"""Can an emergency be believed without a call that the authority itself answered, and a second person?"""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.casefile.call_back import (
    CallBack,
    Called,
    CallOutcome,
    Heard,
    agreement,
    call_reasons,
    exempt_from_call,
    is_confirmed,
)
from answerable.casefile.demand import Arrival, Demand, claims_emergency
from answerable.casefile.epoc import Epoc
from answerable.casefile.evidence import Fact, Result, Sheet
from answerable.casefile.order import Order

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
NUMBER = Called(authority="court", number="+49 30 1234567", source="court's own page", confirmed_on=date(2026, 1, 7))
ARRIVAL = Arrival(received_at=NOW, channel="portal", media_type="application/pdf", sha512="0" * 128, size=1)
PAPER = {
    "C": {"deadline": "emergency_8h", "emergency": ["life"]},
    "E": {"evidence": [{"kind": "email", "value": "Mara.Lind@mail.example", "boxes": ["a1"]}]},
    "I": {"authority": {"name": "Court", "file_number": "4 Gs 12/26", "representative": "Dr. Änne Weiß"}},
}


def demand(paper=None):
    return Demand(instrument="eu.epoc", form=Epoc.model_validate(paper or PAPER), arrival=ARRIVAL)


DEMAND = demand()
RIGHT, WRONG, NOTHING = Heard(case_number="4Gs 12 / 26"), Heard(case_number="4 Gs 13/26"), Heard()


def call(outcome=CallOutcome.CONFIRMED, *, heard=RIGHT, second="jonas", minute=0):
    return CallBack(
        called=NUMBER, by="mara", at=NOW + timedelta(minutes=minute), outcome=outcome, heard=heard,
        note="They read it out to me.", seconded_by=second, seconded_at=NOW if second else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ({"case_number": "4 Gs 12/26"}, (True, None, None)),
        ({"case_number": "4gs1226"}, (True, None, None)),
        ({"case_number": "4 Gs 12/27"}, (False, None, None)),
        ({"case_number": "Gs 12/26"}, (False, None, None)),
        ({"case_number": "/"}, (False, None, None)),
        ({"sought": "MARA.LIND@MAIL.EXAMPLE"}, (None, True, None)),
        ({"sought": "mara.lind@mail.test"}, (None, False, None)),
        ({"requester": "Weiss"}, (None, None, True)),
        ({"requester": "Änne Weiß"}, (None, None, True)),
        ({"requester": "Frau Schwarz"}, (None, None, False)),
        ({"requester": "  -  "}, (None, None, None)),
        ({}, (None, None, None)),
    ],
)
def test_what_was_heard_is_compared_by_letters_and_digits(heard, expected):
    found = agreement(Heard(**heard), DEMAND)
    assert (found.case_number, found.sought, found.requester) == expected


def test_a_paper_that_names_nothing_can_agree_with_nothing():
    bare = demand({"C": {"emergency": ["life"]}})
    assert not agreement(Heard(case_number="1", sought="x", requester="y"), bare).holds


@pytest.mark.parametrize(
    ("heard", "holds"),
    [
        (RIGHT, True),
        (WRONG, False),
        (NOTHING, False),
        (Heard(requester="Weiß"), False),
        (Heard(sought="mara.lind@mail.example"), True),
        (Heard(case_number="4 Gs 12/26", sought="somebody else"), False),
        (Heard(case_number="4 Gs 12/26", requester="somebody else"), False),
    ],
)
def test_the_case_or_the_person_must_be_named_and_nothing_wrongly(heard, holds):
    assert agreement(heard, DEMAND).holds is holds
    assert is_confirmed((call(heard=heard),), DEMAND) is holds


WORLD = [
    call(outcome, heard=heard, second=second)
    for outcome, heard, second in product(CallOutcome, (RIGHT, WRONG, NOTHING), (None, "mara", "jonas"))
]
GOOD = call()


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_in_every_history_the_last_call_that_reached_somebody_decides(length):
    seen = set()
    for history in product(WORLD, repeat=length):
        calls = tuple(each.model_copy(update={"at": NOW + timedelta(minutes=at)}) for at, each in enumerate(history))
        reached = [each for each in history if each.outcome is not CallOutcome.NOT_REACHED]
        confirmed = bool(reached) and reached[-1] == GOOD
        assert is_confirmed(calls, DEMAND) is confirmed
        assert (call_reasons(calls, DEMAND) == ()) is confirmed
        seen.add(confirmed)
    assert seen == ({True, False} if length else {False})


@given(st.permutations([call(minute=1), call(CallOutcome.DENIED, minute=2), call(CallOutcome.NOT_REACHED, minute=3)]))
def test_the_clock_orders_the_calls_and_not_the_list(calls):
    assert not is_confirmed(tuple(calls), DEMAND)


@pytest.mark.parametrize(
    ("form", "claims"),
    [
        (Epoc.model_validate({}), False),
        (Epoc.model_validate({"C": {"deadline": "asap_10d"}}), False),
        (Epoc.model_validate({"C": {"deadline": "emergency_8h"}}), True),
        (Epoc.model_validate({"C": {"emergency": ["critical_infra"]}}), True),
        (Epoc.model_validate({"I": {"no_prior_validation": True}}), True),
        (Order(instrument="us.sca.emergency"), True),
        (Order(instrument="us.sca.subpoena"), False),
        (Order(instrument="us.sca.subpoena", emergency={"claimed": True}), True),
    ],
)
def test_an_emergency_claimed_anywhere_is_one(form, claims):
    assert claims_emergency(form) is claims


@pytest.mark.parametrize(
    ("calls", "sentence"),
    [
        ((), "nothing leaves before the authority confirms it"),
        ((call(CallOutcome.NOT_REACHED),), "nothing leaves before the authority confirms it"),
        ((call(CallOutcome.DENIED),), "not its own"),
        ((call(second=None),), "A second person has not confirmed"),
        ((call(second="mara"),), "A second person has not confirmed"),
        ((call(heard=WRONG),), "nothing leaves before the authority confirms it"),
    ],
)
def test_the_reason_says_what_is_missing(calls, sentence):
    assert sentence in " ".join(call_reasons(calls, DEMAND))


def by(channel, paper=None):
    return Demand(
        instrument="eu.epoc",
        form=Epoc.model_validate(paper or PAPER),
        arrival=ARRIVAL.model_copy(update={"channel": channel}),
    )


@pytest.mark.parametrize("channel", ["portal", "email", "post", "file", "state system"])
@pytest.mark.parametrize("exempted", [True, False])
def test_a_laws_exemption_counts_only_through_a_states_own_system(channel, exempted):
    waits = call_reasons((), by(channel), exempted=exempted)
    assert (waits == ()) is (exempted and channel == "state system")


def test_an_ordinary_demand_needs_no_call_unless_it_carries_no_seal():
    ordinary = demand({"C": {"deadline": "asap_10d"}, "I": PAPER["I"]})
    assert call_reasons((), ordinary) == ()
    assert "carries no seal" in call_reasons((), ordinary, unsealed=True)[0]
    assert call_reasons((GOOD,), ordinary, unsealed=True) == ()


def fact(code, result=Result.CONFIRMED, *, subject="Seal"):
    return Fact(code=code, title="t", subject=subject, result=result, found="f", method="m", at=NOW, not_shown="n")


QUALIFIED = tuple(map(fact, ("A6", "A7", "D1", "D2", "D3", "D4", "E1", "E2", "E3", "E4")))


def sheet(*facts):
    return Sheet(paper="0" * 64, at=NOW, facts=facts)


def test_a_qualified_seal_through_a_states_own_system_may_be_exempted():
    assert exempt_from_call(by("state system"), sheet(*QUALIFIED))


@pytest.mark.parametrize("channel", ["portal", "email", "post", "file"])
def test_by_no_other_way(channel):
    assert not exempt_from_call(by(channel), sheet(*QUALIFIED))


@pytest.mark.parametrize("code", ["A6", "A7", "D2", "D3", "E2", "E3", "E4"])
@pytest.mark.parametrize("result", [Result.ABSENT, Result.NOT_CHECKED, Result.CONTRADICTED, None])
def test_whatever_is_not_confirmed_of_any_seal_keeps_the_call(code, result):
    demand = by("state system")
    less = [each for each in QUALIFIED if each.code != code]
    assert not exempt_from_call(demand, sheet(*less, *([fact(code, result)] if result else [])))
    if result:
        assert not exempt_from_call(demand, sheet(*QUALIFIED, fact(code, result, subject="another")))


def test_anything_contradicted_keeps_the_call_and_so_does_a_missing_sheet():
    assert not exempt_from_call(by("state system"), sheet(*QUALIFIED, fact("B4", Result.CONTRADICTED)))
    assert not exempt_from_call(by("state system"), None)


def test_what_a_person_entered_keeps_the_call():
    entered = by("state system")
    arrival = entered.arrival.model_copy(update={"media_type": "unreadable"})
    assert not exempt_from_call(entered.model_copy(update={"arrival": arrival}), sheet(*QUALIFIED))
