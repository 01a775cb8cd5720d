"""Can anything be removed or preserved without a genuine demand, two people, and an effect set down for each item?"""

from collections import deque
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.casefile.assessment import Assessment
from answerable.casefile.decision import Approval, Decision, DecisionKind
from answerable.casefile.demand import Arrival, Demand
from answerable.casefile.effect import Effect, Measure, first_end, kept_copies, taken_away
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.granting import grantable, measures_for, outstanding
from answerable.casefile.order import Order
from answerable.casefile.route import CaseFile, Move, State, blockers, decision_blockers, next_state
from answerable.casefile.scope import Identifier, Scope, ScopeItem, Withheld

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
PEOPLE = ("mara", "jonas")
ITEMS = ("https://forum.example/1", "https://forum.example/2")
SOMEBODY = ScopeItem(identifier=Identifier(kind="user", value="somebody"), category="subscriber.identity")
KEPT_BACK = Withheld(item=SOMEBODY, rule="R9b", ground="nobody is named", citation="Art. 5(5)")


def finding(outcome):
    return Finding(rule="A1", title="signed", outcome=outcome, citation="Art. 21", fact="as seen", pack="test 1")


def demand(items=ITEMS):
    arrival = Arrival(received_at=NOW, channel="portal", media_type="application/pdf", sha512="0" * 128, size=1)
    form = Order.model_validate({"instrument": "eu.tco.removal", "items": [{"url": item} for item in items]})
    return Demand(instrument="eu.tco.removal", form=form, arrival=arrival)


def assessment(purpose="removal", **more):
    return Assessment(
        instrument="eu.tco.removal", pack="test 1", reviewed_by=None, assessed_at=NOW, findings=(), withheld=(),
        requested=more.pop("requested", Scope()), permitted=Scope(), clocks=(), purpose=purpose, **more,
    )  # fmt: skip


def decision(kind=DecisionKind.CARRY_OUT, granted=ITEMS, *, by="mara", version=1):
    return Decision(
        case="AN-2026-000001", kind=kind, reason="Ten letters at the least.", permitted=Scope(), withheld=(),
        version=version, granted=granted, demand_sha512="0" * 128, pack="test 1", prepared_by=by, prepared_at=NOW,
    )  # fmt: skip


def effect(item, measure=Measure.REMOVED, *, until=None, made=None, kept_in=""):
    return Effect(
        item=item, measure=measure, at=NOW, by="mara", until=until,
        statement=made.statement if made else "", kept_in=kept_in,
    )  # fmt: skip


def case(state, **facts):
    known = {"demand": demand(), "authenticity": (finding(Outcome.MET),), "assessment": assessment()}
    return CaseFile(case="AN-2026-000001", state=state, **known | facts)


def signed(made, people=PEOPLE):
    return tuple(Approval(by=each, at=NOW, statement=made.statement) for each in people)


ACTING = (DecisionKind.CARRY_OUT, DecisionKind.CARRY_OUT_IN_PART)


@pytest.mark.parametrize(
    ("facts", "open_kinds"),
    [
        ({}, ACTING),
        ({"demand": demand(ITEMS[:1])}, ACTING[:1]),
        ({"demand": demand(())}, ()),
        ({"authenticity": ()}, ()),
        ({"authenticity": (finding(Outcome.UNCLEAR),)}, ()),
        ({"assessment": None}, ()),
        ({"assessment": assessment("data")}, ()),
        ({"assessment": assessment("no duty")}, ()),
        ({"assessment": assessment("preservation")}, ()),
        ({"assessment": assessment("preservation"), "preserved_before": (effect("user x"),)}, ACTING[:1]),
        ({"assessment": assessment("preservation", preservable=Scope(items=(SOMEBODY,)),
                                   requested=Scope(items=(SOMEBODY,)))}, ACTING[:1]),
        ({"assessment": assessment("preservation", preservable=Scope(items=(SOMEBODY,)),
                                   requested=Scope(items=(SOMEBODY,)), not_preservable=(KEPT_BACK,))}, ACTING[1:]),
        ({"effects": (effect(ITEMS[0]),)}, (*ACTING, DecisionKind.PUT_BACK)),
        ({"effects": (effect(ITEMS[0]), effect(ITEMS[0], Measure.REINSTATED))}, ACTING),
    ],
)  # fmt: skip
def test_what_may_be_decided_of_a_demand_that_asks_for_no_data(facts, open_kinds):
    file = case(State.ASSESSED, **facts)
    acting = [kind for kind in DecisionKind if kind.acts and not decision_blockers(file, kind)]
    assert set(acting) == set(open_kinds)
    if file.assessment and file.assessment.purpose in ("removal", "preservation"):
        for kind in DecisionKind:
            assert not kind.discloses or decision_blockers(file, kind)


def test_an_item_that_the_demand_does_not_name_is_not_approved():
    for granted, may in ((ITEMS, True), (ITEMS[:1], True), (("https://elsewhere.example/",), False)):
        made = decision(granted=granted)
        file = case(State.PREPARED, decision=made, approvals=signed(made, ("mara",)))
        assert (blockers(file, Move.APPROVE, actor="jonas", now=NOW) == ()) is may
    made = decision(DecisionKind.PUT_BACK)
    away = case(State.PREPARED, decision=made, effects=(effect(ITEMS[0]),))
    assert "does not leave open" in " ".join(blockers(away, Move.APPROVE, actor="jonas", now=NOW))


@pytest.mark.parametrize("people", [(), ("mara",), ("jonas",), ("jonas", "ines"), PEOPLE])
def test_two_people_come_before_the_first_effect_and_the_last(people):
    made = decision()
    file = case(State.DECIDED, decision=made, approvals=signed(made, people))
    assert (blockers(file, Move.RECORD_EFFECT, actor="mara", now=NOW) == ()) is (people == PEOPLE)
    whole = file.model_copy(update={"effects": tuple(effect(item, made=made) for item in ITEMS)})
    assert (blockers(whole, Move.CARRY_OUT, actor="mara", now=NOW) == ()) is (people == PEOPLE)
    assert blockers(whole, Move.RECORD_EFFECT, actor="mara", now=NOW) != ()


def test_an_effect_of_another_decision_does_not_count():
    made, before = decision(version=2), decision()
    file = case(State.DECIDED, decision=made, approvals=signed(made))
    old = tuple(effect(item, made=before) for item in ITEMS)
    assert outstanding(made, old) == ITEMS
    assert "2 items" in " ".join(blockers(file.model_copy(update={"effects": old}), Move.CARRY_OUT, actor="", now=NOW))


@pytest.mark.parametrize("kind", [DecisionKind.ANSWER, DecisionKind.REFUSE, DecisionKind.CONTEST])
def test_what_does_not_act_has_nothing_carried_out(kind):
    made = decision(kind, ())
    file = case(State.DECIDED, decision=made, approvals=signed(made))
    for move in (Move.RECORD_EFFECT, Move.CARRY_OUT):
        assert blockers(file, move, actor="mara", now=NOW) == ("The decision has nothing carried out.",)
    assert blockers(case(State.DECIDED), Move.CARRY_OUT, actor="mara", now=NOW)


@pytest.mark.parametrize(
    ("effects", "may"),
    [
        ((), True),
        ((effect(ITEMS[0]),), True),
        ((effect(ITEMS[0], until=NOW),), False),
        ((effect(ITEMS[0], until=NOW), effect(ITEMS[0], Measure.DELETED)), True),
        ((effect(ITEMS[0], until=NOW), effect(ITEMS[0], Measure.REINSTATED)), True),
        ((effect("user x", Measure.PRESERVED),), False),
        ((effect("user x", Measure.PRESERVED, kept_in="AN-2026-000007"),), True),
    ],
)
def test_a_case_is_not_closed_while_a_copy_is_kept(effects, may):
    for state in (State.CARRIED_OUT, State.AVAILABLE, State.AUTHENTICATED):
        file = case(state, effects=effects)
        assert (blockers(file, Move.CLOSE, actor="mara", now=NOW) == ()) is may
        assert (blockers(file.model_copy(update={"state": State.DECIDED}), Move.RELEASE, actor="", now=NOW) == ()) is (
            not may
        )


def test_a_grant_is_taken_back_only_before_its_first_effect():
    made = decision()
    file = case(State.DECIDED, decision=made, approvals=signed(made), effects=(effect(ITEMS[0]),))
    assert blockers(file, Move.SEND_BACK, actor="jonas", now=NOW) == ()
    begun = file.model_copy(update={"effects": (effect(ITEMS[0], made=made),)})
    assert blockers(begun, Move.SEND_BACK, actor="jonas", now=NOW)
    assert blockers(file, Move.CLOSE, actor="jonas", now=NOW) == ("What was granted has not been carried out.",)


EFFECTS = st.lists(
    st.builds(
        effect,
        st.sampled_from(ITEMS),
        st.sampled_from(list(Measure)),
        until=st.sampled_from([None, NOW, NOW + timedelta(days=60)]),
        kept_in=st.sampled_from(["", "AN-2026-000007"]),
    ),
    max_size=12,
)


@given(EFFECTS)
def test_what_holds_now_follows_from_the_last_word_on_each_item(effects):
    for item in ITEMS:
        about = [each.measure for each in effects if each.item == item]
        seen = [each for each in about if each.takes_away or each is Measure.REINSTATED]
        assert (item in taken_away(effects)) is bool(seen and seen[-1].takes_away)
        if about and about[-1] in (Measure.DELETED, Measure.REINSTATED):
            assert item not in kept_copies(effects)
    assert all(not each.kept_in for each in kept_copies(effects).values())
    ends = [each.until for each in kept_copies(effects).values() if each.until]
    assert first_end(effects) == (min(ends) if ends else None)


def test_what_may_be_set_down_follows_from_the_decision():
    left = Measure.UNCHANGED
    assert measures_for(decision(), assessment()) == (Measure.REMOVED, Measure.DISABLED, left)
    assert measures_for(decision(), assessment("preservation")) == (Measure.PRESERVED, left)
    assert measures_for(decision(DecisionKind.PUT_BACK), assessment()) == (Measure.REINSTATED, left)
    assert grantable(None, assessment()) == grantable(demand(), None) == ()


def test_a_statement_without_items_is_what_it_was_before_there_were_items():
    assert "granted" not in decision(DecisionKind.REFUSE, ()).model_dump()
    assert decision(DecisionKind.REFUSE, ()).statement != decision(DecisionKind.REFUSE, ITEMS).statement
    assert Decision.model_validate(decision().model_dump(mode="json")) == decision()


def changes(file, move, actor):
    """Return everything that a careless desk could make of a move: only the route is asked, nothing else refuses."""
    if move is Move.PREPARE:
        drafts = [decision(kind, by=actor) for kind in (DecisionKind.CARRY_OUT, DecisionKind.ANSWER)]
        return [{"decision": each, "approvals": file.approvals | set(signed(each, (actor,)))} for each in drafts]
    if move is Move.APPROVE:
        return [{"approvals": file.approvals | set(signed(file.decision, (actor,)))}]
    if move is Move.RECORD_EFFECT:
        item = file.outstanding[0]
        return [{"effects": (*file.effects, effect(item, made=file.decision))}]
    if move in (Move.SEND_BACK, Move.REOPEN):
        return [{"decision": None}]
    return [{"package_sha512": "a" * 128} if move is Move.SEAL else {}]


def reachable(authenticity):
    start = case(State.ASSESSED, authenticity=authenticity).model_copy(update={"approvals": frozenset()})
    waiting, seen = deque([start]), {}
    while waiting:
        file = waiting.popleft()
        key = (file.state, file.decision and file.decision.statement, file.approvals, file.effects)
        if key in seen or len(file.effects) > 2:
            continue
        seen[key] = file
        for move, actor in product(set(Move) - {Move.PRESERVE, Move.RELEASE}, PEOPLE):
            if not blockers(file, move, actor=actor, now=NOW):
                after = next_state(file.state, move)
                waiting += [file.model_copy(update={"state": after, **each}) for each in changes(file, move, actor)]
    return seen.values()


@pytest.mark.parametrize(("authenticity", "genuine"), [((finding(Outcome.MET),), True), ((), False)])
def test_no_sequence_of_moves_removes_without_two_people_or_seals_anything(authenticity, genuine):
    reached = reachable(authenticity)
    for file in reached:
        assert file.state not in (State.SEALED, State.AVAILABLE)
        if file.state is State.CARRIED_OUT:
            assert {each.by for each in file.approvals if each.statement == file.decision.statement} == set(PEOPLE)
            assert not file.outstanding
    assert (State.CARRIED_OUT in {file.state for file in reached}) is genuine
    assert all(file.effects == () for file in reached) is not genuine
