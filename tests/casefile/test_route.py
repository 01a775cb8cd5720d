"""Can any sequence of moves let a package leave without two people, a genuine demand, the law's leave and the log?"""

from collections import deque
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product

import pytest

from answerable.casefile.assessment import Assessment
from answerable.casefile.call_back import CallBack, Called, CallOutcome, is_confirmed
from answerable.casefile.decision import Approval, Decision, DecisionKind
from answerable.casefile.demand import Arrival, Demand
from answerable.casefile.epoc import Epoc
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.route import (
    MOVES,
    CaseFile,
    Move,
    State,
    blockers,
    decision_blockers,
    is_genuine,
    next_state,
    two_people,
)
from answerable.casefile.scope import Identifier, Scope, ScopeItem, Withheld
from answerable.casefile.supplied import Supplied

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
LATER = NOW + timedelta(days=10)
SECOND = timedelta(seconds=1)
PEOPLE = ("mara", "jonas")


def item(category):
    return ScopeItem(identifier=Identifier(kind="user", value="somebody"), category=category)


SMALL = Scope(items=(item("subscriber.identity"),))
WIDE = Scope(items=(item("subscriber.identity"), item("content.messages")))
HELD_BACK = (Withheld(item=item("content.messages"), rule="R2", ground="no judge", citation="Art. 4(2)"),)


def finding(outcome):
    return Finding(rule="A1", title="signed", outcome=outcome, citation="Art. 21", fact="as seen", pack="test 1")


def assessment(permitted, *, withheld=(), release_not_before=None):
    return Assessment(
        instrument="eu.epoc", pack="test 1", reviewed_by=None, assessed_at=NOW, findings=(), requested=WIDE,
        permitted=permitted, withheld=withheld, clocks=(), release_not_before=release_not_before,
    )  # fmt: skip


@cache
def decision(kind=DecisionKind.ANSWER_IN_PART, *, by="mara", permitted=SMALL):
    return Decision(
        case="AN-2026-000001", kind=kind, reason="Ten letters at the least.", permitted=permitted, withheld=(),
        version=1, demand_sha512="0" * 128, pack="test 1", prepared_by=by, prepared_at=NOW,
    )  # fmt: skip


@cache
def statement(made):
    return made.statement


def yes(by, made, *, minutes=0):
    return Approval(by=by, at=NOW + timedelta(minutes=minutes), statement=statement(made))


MET, NOT_MET, UNCLEAR = map(finding, (Outcome.MET, Outcome.NOT_MET, Outcome.UNCLEAR))
# Whether each counts as genuine, and what the law leaves with the only kind of answer that may disclose it.
AUTHENTICITY = [((), False), ((MET, MET), True), ((MET, NOT_MET), False), ((UNCLEAR, MET), False)]
ASSESSMENTS = [
    (None, None),
    (assessment(Scope(), withheld=HELD_BACK), None),
    (assessment(SMALL, withheld=HELD_BACK), DecisionKind.ANSWER_IN_PART),
    (assessment(SMALL), DecisionKind.ANSWER),
]


def demand(key, sections=()):
    """Return a demand whose Section L names `key`."""
    arrival = Arrival(received_at=NOW, channel="portal", media_type="application/pdf", sha512="0" * 128, size=1)
    form = Epoc.model_validate({"L": {"encryption_key": key}} | dict(sections))
    return Demand(instrument="eu.epoc", form=form, arrival=arrival)


DEMAND, DEMAND_WITHOUT_KEY = demand("age1" + "q" * 58), demand(None)


def case(state, **facts):
    return CaseFile(case="AN-2026-000001", state=state, **{"demand": DEMAND} | facts)


def blocked(file, move, *, actor="machine", now=NOW):
    return blockers(file, move, actor=actor, now=now)


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_what_the_table_does_not_name_is_not_allowed(state, move):
    allowed = (state, move) in MOVES
    assert (next_state(state, move) is not None) is allowed
    if not allowed:
        assert blocked(case(state), move) == (f"A case that is {state.value} cannot be moved by “{move.value}”.",)


@pytest.mark.parametrize(
    ("after", "before"),
    [
        (State.DECIDED, {(State.PREPARED, Move.APPROVE)}),
        (State.SEALED, {(State.DECIDED, Move.SEAL)}),
        (State.AVAILABLE, {(State.SEALED, Move.MAKE_AVAILABLE)}),
        (State.CARRIED_OUT, {(State.DECIDED, Move.CARRY_OUT)}),
        (State.RECEIVED, {(State.UNREADABLE, Move.ENTER)}),
        (State.UNREADABLE, set()),
    ],
)
def test_there_is_one_way_to_each_state_that_matters(after, before):
    assert {step for step, reached in MOVES.items() if reached is after and step[0] is not after} == before


def test_what_stays_in_its_state_is_a_fetch_or_a_thing_set_down():
    staying = {move for (state, move), reached in MOVES.items() if state is reached}
    told = {Move.ANSWER_QUESTION, Move.SUPPLY, Move.HEAR, Move.CALL_BACK, Move.SECOND_CALL}
    told |= {Move.LOOK_UP, Move.CONFIRM_LOOK_UP}
    assert staying == told | {Move.FETCH, Move.KEEP_OPEN, Move.RECORD_EFFECT, Move.PRESERVE, Move.RELEASE}


def test_closed_is_the_end_but_for_what_must_be_put_back():
    assert {move for state, move in MOVES if state is State.CLOSED} == {Move.REOPEN}
    assert {state for state, _ in MOVES} == set(State)
    assert blocked(case(State.CLOSED), Move.REOPEN) == ("Nothing that was removed on this demand is still away.",)


# Who signed what, and whether these are two people who signed exactly the decision as Mara prepared it.
SIGNED = [
    ((), False),
    ((("mara", 0),), False),
    ((("mara", 0), ("mara", 0)), False),
    ((("jonas", 0), ("ines", 0)), False),
    ((("mara", 0), ("jonas", 1)), False),
    ((("mara", 1), ("jonas", 0)), False),
    ((("mara", 0), ("jonas", 0)), True),
    ((("ines", 1), ("jonas", 0), ("mara", 0)), True),
]


def signatures(signed, made):
    other = decision(DecisionKind.REFUSE)
    return tuple(yes(by, (made, other)[which], minutes=at) for at, (by, which) in enumerate(signed))


@pytest.mark.parametrize(("signed", "enough"), SIGNED)
def test_one_name_never_counts_twice_and_other_words_never_count(signed, enough):
    assert two_people(decision(), signatures(signed, decision())) is enough


@pytest.mark.parametrize(("authenticity", "genuine"), AUTHENTICITY)
def test_genuine_means_every_check_is_met_and_there_was_one(authenticity, genuine):
    assert is_genuine(authenticity) is genuine


@pytest.mark.parametrize(("authenticity", "law"), list(product(AUTHENTICITY, ASSESSMENTS)))
def test_a_package_is_sealed_and_released_exactly_when_everything_holds(authenticity, law):
    (findings, genuine), (judged, kind_allowed) = authenticity, law
    waiting = judged and judged.model_copy(update={"release_not_before": LATER})
    seen = set()
    for kind, permitted, (signed, enough), asked in product(
        DecisionKind, (SMALL, WIDE), SIGNED, (DEMAND, DEMAND_WITHOUT_KEY)
    ):
        made = decision(kind, permitted=permitted)
        facts = {
            "demand": asked, "authenticity": findings, "decision": made, "approvals": signatures(signed, made)
        }  # fmt: skip
        may_seal = genuine and enough and kind is kind_allowed and permitted is SMALL and asked is DEMAND
        reasons = blocked(case(State.DECIDED, assessment=judged, **facts), Move.SEAL)
        assert (reasons == ()) is may_seal
        seen.add(may_seal)
        for package, logged, now in product((None, "a" * 128), (False, True), (NOW, LATER - SECOND, LATER)):
            file = case(State.SEALED, assessment=waiting, package_sha512=package, logged=logged, **facts)
            may_leave = may_seal and package is not None and logged and now is LATER
            assert (blocked(file, Move.MAKE_AVAILABLE, now=now) == ()) is may_leave
    assert seen == ({True, False} if genuine and kind_allowed else {False})


def test_without_a_decision_nothing_is_sealed():
    assert blocked(case(State.DECIDED, authenticity=(MET,), assessment=assessment(SMALL)), Move.SEAL)


READY = {
    "authenticity": (MET,),
    "assessment": assessment(SMALL, withheld=HELD_BACK),
    "decision": decision(),
    "approvals": signatures(SIGNED[-2][0], decision()),
    "package_sha512": "a" * 128,
    "logged": True,
}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"authenticity": ()}, "not proved genuine"),
        ({"assessment": None}, "permits nothing"),
        ({"demand": DEMAND_WITHOUT_KEY}, "names no key"),
        ({"demand": None}, "names no key"),
        ({"approvals": ()}, "Two different people"),
        ({"package_sha512": None}, "no sealed package"),
        ({"logged": False}, "no log, no release"),
    ],
)
def test_one_thing_missing_is_named_and_stops_the_release(change, sentence):
    assert blocked(case(State.SEALED, **READY), Move.MAKE_AVAILABLE) == ()
    assert sentence in " ".join(blocked(case(State.SEALED, **READY | change), Move.MAKE_AVAILABLE))


@pytest.mark.parametrize(("now", "is_free"), [(LATER - SECOND, False), (LATER, True), (LATER + SECOND, True)])
def test_the_day_of_release_is_respected_to_the_second(now, is_free):
    waits = assessment(SMALL, withheld=HELD_BACK, release_not_before=LATER)
    reasons = blocked(case(State.SEALED, **READY | {"assessment": waits}), Move.MAKE_AVAILABLE, now=now)
    assert (reasons == ()) is is_free
    assert is_free or "03 December 2026, 09:42 UTC" in reasons[0]


@pytest.mark.parametrize(("authenticity", "law"), list(product(AUTHENTICITY, ASSESSMENTS)))
def test_only_the_fitting_answer_to_a_genuine_demand_is_open(authenticity, law):
    (findings, genuine), (judged, kind_allowed) = authenticity, law
    for kind, held in product(DecisionKind, (None, 0, 3)):
        file = case(State.ASSESSED, authenticity=findings, assessment=judged, held=held)
        fits = {
            DecisionKind.CONTEST: True,
            DecisionKind.REFUSE: True,
            # That nothing is held tells that somebody is not known here: it says as much as an answer does.
            DecisionKind.NOTHING_HELD: genuine and kind_allowed is not None and held == 0,
        }
        is_open = fits.get(kind, genuine and kind is kind_allowed)
        assert (decision_blockers(file, kind) == ()) is is_open, (kind, held)


@pytest.mark.parametrize(
    ("actor", "made", "may"),
    [("mara", decision(), False), ("jonas", decision(), True), ("jonas", None, False)],
)
def test_who_prepared_an_answer_is_not_its_second_person(actor, made, may):
    file = case(State.PREPARED, **READY | {"decision": made})
    assert (blocked(file, Move.APPROVE, actor=actor) == ()) is may


def test_nothing_is_prepared_before_the_law_was_asked():
    assert blocked(case(State.ASSESSED), Move.PREPARE, actor="mara")
    assert not blocked(case(State.ASSESSED, assessment=assessment(Scope())), Move.PREPARE, actor="mara")


@pytest.mark.parametrize(
    ("state", "made", "facts", "may"),
    [
        (State.AVAILABLE, decision(), {}, False),
        (State.AVAILABLE, decision(), {"fetched": True}, True),
        (State.AVAILABLE, decision(), {"available_until": NOW + SECOND}, False),
        (State.AVAILABLE, decision(), {"available_until": NOW}, True),
        (State.DECIDED, decision(), {}, False),
        (State.DECIDED, decision(DecisionKind.REFUSE), {}, True),
        (State.UNREADABLE, None, {}, True),
    ],
)
def test_a_case_is_closed_once_what_leaves_was_fetched_or_can_no_longer_be(state, made, facts, may):
    assert (blocked(case(state, decision=made, **facts), Move.CLOSE) == ()) is may


@pytest.mark.parametrize(
    ("state", "kind", "may"),
    [
        (State.PREPARED, DecisionKind.ANSWER, True),
        (State.PREPARED, DecisionKind.REFUSE, True),
        (State.DECIDED, DecisionKind.ANSWER, True),
        (State.DECIDED, DecisionKind.REFUSE, False),
        (State.SEALED, DecisionKind.ANSWER, False),
        (State.AVAILABLE, DecisionKind.ANSWER, False),
    ],
)
def test_an_answer_can_be_sent_back_until_it_is_sealed_or_its_letters_stand(state, kind, may):
    assert (blocked(case(state, decision=decision(kind)), Move.SEND_BACK, actor="jonas") == ()) is may


CALL = CallBack(
    called=Called(authority="court", number="+49 30 1", source="its own page", confirmed_on=NOW.date()),
    by="mara", at=NOW, outcome="confirmed", heard={"case_number": "4 Gs 12/26"}, note="They read it out to me.",
)  # fmt: skip
EMERGENCY = demand("age1" + "q" * 58, {"C": {"emergency": ["life"]}, "I": {"authority": {"file_number": "4 Gs 12/26"}}})
ORDINARY = tuple(move for move in Move if move not in (Move.CALL_BACK, Move.SECOND_CALL))


def exchanged(kind, *, heard=False):
    answer = {"answered_at": NOW, "reply": "maintained"} if heard else {}
    return Supplied.model_validate({"exchanges": [{"kind": kind, "asked_at": NOW, **answer}]})


@pytest.mark.parametrize(
    ("state", "kind", "supplied", "may_supply", "may_hear"),
    [
        (State.ASSESSED, None, Supplied(), True, False),
        (State.ASSESSED, None, exchanged("clarification"), True, True),
        (State.ASSESSED, None, exchanged("clarification", heard=True), True, False),
        (State.DECIDED, DecisionKind.CONTEST, exchanged("clarification"), True, True),
        (State.DECIDED, DecisionKind.REFUSE, Supplied(), True, False),
        (State.DECIDED, DecisionKind.ANSWER, exchanged("clarification"), False, False),
        (State.PREPARED, DecisionKind.CONTEST, exchanged("clarification"), False, False),
        (State.AVAILABLE, DecisionKind.ANSWER_IN_PART, exchanged("clarification"), False, False),
        (State.CLOSED, DecisionKind.CONTEST, exchanged("clarification"), False, False),
    ],
)
def test_a_contest_is_looked_at_again_and_an_answer_that_is_on_its_way_is_not(
    state, kind, supplied, may_supply, may_hear
):
    file = case(state, decision=kind and decision(kind), supplied=supplied)
    assert (blocked(file, Move.SUPPLY, actor="mara") == ()) is may_supply
    assert (blocked(file, Move.HEAR, actor="mara") == ()) is may_hear


@pytest.mark.parametrize(
    ("supplied", "may"),
    [
        (Supplied(), True),
        (exchanged("clarification"), True),
        (exchanged("other reason"), True),
        (exchanged("third-country objection"), False),
        (exchanged("third-country objection", heard=True), True),
        (exchanged("objection to enforcement"), False),
    ],
)
def test_a_case_stays_open_while_an_objection_is_reviewed(supplied, may):
    file = case(State.DECIDED, decision=decision(DecisionKind.CONTEST), supplied=supplied)
    assert (blocked(file, Move.CLOSE) == ()) is may


def changes(file, move, actor, world):
    """Return everything that a careless desk could make of a move: only the route is asked, nothing else refuses."""
    match move:
        case Move.AUTHENTICATE:
            return [{"authenticity": world[0]}]
        case Move.ASSESS:
            return [{"assessment": world[1]}]
        case Move.PREPARE:
            kinds = (DecisionKind.ANSWER, DecisionKind.ANSWER_IN_PART)
            drafts = [decision(kind, by=actor) for kind in kinds]
            return [{"decision": made, "approvals": file.approvals | {yes(actor, made)}} for made in drafts]
        case Move.SEND_BACK | Move.SUPPLY:
            return [{"decision": None}]
        case Move.APPROVE:
            read = (file.decision, decision(by="ines"))
            return [{"approvals": file.approvals | {yes(actor, made)}} for made in read]
        case Move.SEAL:
            return [{"package_sha512": "a" * 128}]
        case Move.FETCH:
            return [{"fetched": True}]
        case Move.CALL_BACK:
            return [{"calls": (CALL.model_copy(update={"by": actor, "outcome": each}),)} for each in CallOutcome]
        case Move.SECOND_CALL:
            return [{"calls": (file.calls[-1].model_copy(update={"seconded_by": actor}),)}]
    return [{}]


def what_differs(file, now):
    made = file.decision and statement(file.decision)
    return file.state, made, file.approvals, file.package_sha512, file.logged, file.fetched, file.calls, now


def everything_reachable(world, asked=DEMAND, moves=ORDINARY):
    """Return every case file that any sequence of moves, people, log entries and days can lead to, with its moment."""
    # Approvals as a set, so that their order does not multiply the cases.
    waiting = deque([(case(State.RECEIVED, demand=asked).model_copy(update={"approvals": frozenset()}), NOW)])
    seen = {}
    while waiting:
        file, now = waiting.popleft()
        if (differs := what_differs(file, now)) in seen:
            continue
        seen[differs] = file, now
        waiting += [(file.model_copy(update={"logged": file.package_sha512 is not None}), now), (file, LATER)]
        for move, actor in product(moves, PEOPLE):
            if not blocked(file, move, actor=actor, now=now):
                after = next_state(file.state, move)
                waiting += [
                    (file.model_copy(update={"state": after, **change}), now)
                    for change in changes(file, move, actor, world)
                ]
    return seen.values()


@pytest.mark.parametrize(("authenticity", "law"), list(product(AUTHENTICITY, ASSESSMENTS)))
def test_no_sequence_of_moves_gets_round_a_rule(authenticity, law):
    waits = law[0] and law[0].model_copy(update={"release_not_before": LATER})
    reached = everything_reachable((authenticity[0], waits))
    for file, now in reached:
        if file.state in (State.SEALED, State.AVAILABLE):
            signed = {each.by for each in file.approvals if each.statement == statement(file.decision)}
            assert signed == set(PEOPLE)
            assert authenticity[1]
            assert file.decision.kind is law[1]
            assert file.assessment.permitted.items
        if file.state is State.AVAILABLE:
            assert file.logged
            assert now >= LATER
    may_leave = authenticity[1] and law[1] is not None
    assert (State.AVAILABLE in {file.state for file, _ in reached}) is may_leave
    assert State.PREPARED in {file.state for file, _ in reached} or law[0] is None


def test_no_sequence_of_moves_lets_an_emergency_go_without_the_call():
    world = AUTHENTICITY[1][0], assessment(SMALL)
    reached = everything_reachable(world, EMERGENCY, tuple(Move))
    gone = [file for file, _ in reached if file.state is State.AVAILABLE]
    assert gone
    for file, now in reached:
        assert file.state not in (State.DECIDED, State.SEALED) or file.decision.kind.discloses
        for move in (Move.MAKE_AVAILABLE, Move.KEEP_OPEN, Move.FETCH):
            if not blocked(file, move, now=now):
                assert is_confirmed(file.calls, EMERGENCY)
                assert file.calls[-1].by != file.calls[-1].seconded_by
    assert not [file for file in gone if not file.calls]


def test_a_denial_after_the_release_stops_the_fetch():
    good = CALL.model_copy(update={"seconded_by": "jonas"})
    denial = CALL.model_copy(update={"outcome": CallOutcome.DENIED, "at": LATER})
    file = case(State.AVAILABLE, **READY | {"demand": EMERGENCY, "calls": (good,)})
    assert blocked(file, Move.FETCH) == ()
    [said] = blocked(file.model_copy(update={"calls": (good, denial)}), Move.FETCH)
    assert "holds the package back" in said


@pytest.mark.parametrize(
    ("calls", "actor", "may"),
    [((), "jonas", False), ((CALL,), "mara", False), ((CALL,), "jonas", True)],
)
def test_who_called_does_not_confirm_the_call(calls, actor, may):
    assert (blocked(case(State.ASSESSED, calls=calls), Move.SECOND_CALL, actor=actor) == ()) is may
