"""Can anything be sealed before one person looked up what no machine can ask, and another confirmed it?"""

from itertools import product

import pytest
from tests.casefile.test_route import DEMAND, NOW, PEOPLE, SMALL, WIDE, assessment, decision, finding

from answerable.casefile.decision import Approval, DecisionKind
from answerable.casefile.finding import Outcome
from answerable.casefile.look_up import LookUp
from answerable.casefile.route import CaseFile, Move, State, blockers, decision_blockers, next_state

OPEN = LookUp(store="archive", table="letters")
BROUGHT = OPEN.model_copy(update={"brought_by": "mara", "sha512": "a" * 128, "rows": 2})
DONE = BROUGHT.model_copy(update={"confirmed_by": "jonas"})
OWN_YES = BROUGHT.model_copy(update={"confirmed_by": "mara"})


def ready(
    *look_ups: LookUp, state: State = State.DECIDED, kind: DecisionKind = DecisionKind.ANSWER, **facts
) -> CaseFile:
    """Return a case in which nothing but the look-ups can stand in the way."""
    made = decision(kind, permitted=SMALL)
    known = {
        "demand": DEMAND, "authenticity": (finding(Outcome.MET),), "assessment": assessment(SMALL), "held": 1,
        "decision": made, "look_ups": look_ups,
        "approvals": tuple(Approval(by=by, at=NOW, statement=made.statement) for by in PEOPLE),
    }  # fmt: skip
    return CaseFile(case="AN-2026-000001", state=state, **known | facts)


def may(file: CaseFile, move: Move, actor: str = "machine") -> bool:
    return not blockers(file, move, actor=actor, now=NOW)


@pytest.mark.parametrize("found", list(product([OPEN, BROUGHT, OWN_YES, DONE], repeat=2)), ids=str)
def test_an_answer_is_sealed_when_two_people_stand_for_every_look_up_and_not_before(found):
    assert may(ready(*found), Move.SEAL) is (set(found) == {DONE})
    assert may(ready(*found), Move.LOOK_UP, "mara") is (set(found) != {DONE})


def test_without_a_look_up_nothing_is_waited_for():
    assert may(ready(), Move.SEAL)
    assert not may(ready(), Move.LOOK_UP, "mara")
    assert not may(ready(), Move.CONFIRM_LOOK_UP, "mara")


@pytest.mark.parametrize(
    ("found", "actor", "allowed"),
    [
        ((OPEN,), "jonas", False),
        ((BROUGHT,), "jonas", True),
        ((BROUGHT,), "mara", False),
        ((DONE,), "jonas", False),
        ((BROUGHT, BROUGHT.model_copy(update={"brought_by": "jonas"})), "mara", True),
    ],
)
def test_who_brought_a_file_does_not_confirm_it(found, actor, allowed):
    assert may(ready(*found), Move.CONFIRM_LOOK_UP, actor) is allowed


@pytest.mark.parametrize(
    "facts",
    [
        {"approvals": ()},
        {"suspicion": "suspected"},
        {"authenticity": (finding(Outcome.NOT_MET),)},
        {"kind": DecisionKind.REFUSE},
        {"state": State.PREPARED},
        {"state": State.SEALED},
    ],
)
def test_nobody_looks_anything_up_before_two_people_decided_that_it_leaves(facts):
    assert may(ready(BROUGHT), Move.LOOK_UP, "jonas")
    for move in (Move.LOOK_UP, Move.CONFIRM_LOOK_UP):
        assert not may(ready(BROUGHT, **facts), move, "jonas")


def test_no_sequence_of_bringing_and_confirming_gets_round_the_second_person():
    waiting, seen = [ready(OPEN, OPEN)], []
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.append(file)
        for move, actor in product((Move.LOOK_UP, Move.CONFIRM_LOOK_UP, Move.SEAL), PEOPLE):
            if not may(file, move, actor):
                continue
            after = file.model_copy(update={"state": next_state(file.state, move)})
            waiting += [after] if move is Move.SEAL else [
                after.model_copy(update={"look_ups": (*file.look_ups[:place], changed, *file.look_ups[place + 1 :])})
                for place, changed in changes(file, move, actor)
            ]  # fmt: skip
    sealed = [file for file in seen if file.state is State.SEALED]
    assert sealed
    for file in sealed:
        assert all({each.brought_by, each.confirmed_by} == set(PEOPLE) for each in file.look_ups)


def changes(file: CaseFile, move: Move, actor: str):
    """Yield everything a careless desk could make of a move: any look-up is taken, a confirmed file is replaced."""
    for place, each in enumerate(file.look_ups):
        if move is Move.LOOK_UP:
            yield place, each.model_copy(update={"brought_by": actor, "sha512": "a" * 128, "confirmed_by": None})
        elif each.brought_by:
            yield place, each.model_copy(update={"confirmed_by": actor})


def test_nothing_held_is_not_said_while_only_people_know():
    file = ready(state=State.ASSESSED, decision=None, approvals=(), held=0)
    assert decision_blockers(file, DecisionKind.NOTHING_HELD) == ()
    unknown = file.model_copy(update={"only_people_know": True})
    assert len(decision_blockers(unknown, DecisionKind.NOTHING_HELD)) == 1
    assert decision_blockers(unknown.model_copy(update={"assessment": assessment(WIDE)}), DecisionKind.ANSWER) == ()
