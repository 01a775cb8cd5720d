"""Does a suspicion stop everything that discloses, and nothing else?"""

import pytest
from tests.casefile.test_route import DEMAND, NOW, SMALL, assessment, decision, finding

from answerable.casefile.decision import Approval, DecisionKind
from answerable.casefile.finding import Outcome
from answerable.casefile.route import CaseFile, Move, State, blockers, decision_blockers


def ready(state: State, *, suspicion: str | None, kind: DecisionKind = DecisionKind.ANSWER) -> CaseFile:
    """Return a case in which nothing else stands in the way."""
    made = decision(kind, permitted=SMALL)
    return CaseFile(
        case="AN-2026-000001",
        state=state,
        demand=DEMAND,
        authenticity=(finding(Outcome.MET),),
        assessment=assessment(SMALL),
        held=1,
        decision=made,
        approvals=tuple(Approval(by=by, at=NOW, statement=made.statement) for by in ("mara", "jonas")),
        package_sha512="0" * 128,
        logged=True,
        suspicion=suspicion,
    )


DISCLOSING = [
    (State.ASSESSED, Move.PREPARE),
    (State.PREPARED, Move.APPROVE),
    (State.DECIDED, Move.SEAL),
    (State.SEALED, Move.MAKE_AVAILABLE),
    (State.AVAILABLE, Move.FETCH),
]


@pytest.mark.parametrize(("state", "move"), DISCLOSING)
@pytest.mark.parametrize("suspicion", ["suspected", "forged"])
def test_nothing_moves_towards_disclosure(state, move, suspicion):
    assert blockers(ready(state, suspicion=None), move, actor="jonas", now=NOW) == ()
    against = blockers(ready(state, suspicion=suspicion), move, actor="jonas", now=NOW)
    if move is Move.PREPARE:  # what may be prepared is asked for each answer
        against = decision_blockers(ready(state, suspicion=suspicion), DecisionKind.ANSWER)
    assert len(against) == 1


@pytest.mark.parametrize("suspicion", ["suspected", "forged"])
def test_refusing_contesting_and_sending_back_stay_open(suspicion):
    for kind in (DecisionKind.REFUSE, DecisionKind.CONTEST):
        assert decision_blockers(ready(State.ASSESSED, suspicion=suspicion), kind) == ()
        file = ready(State.PREPARED, suspicion=suspicion, kind=kind)
        assert blockers(file, Move.APPROVE, actor="jonas", now=NOW) == ()
    assert blockers(ready(State.PREPARED, suspicion=suspicion), Move.SEND_BACK, actor="jonas", now=NOW) == ()


def test_who_fetches_is_not_told_of_a_suspicion():
    [said] = blockers(ready(State.AVAILABLE, suspicion="suspected"), Move.FETCH, actor="officer", now=NOW)
    assert "forged" not in said
    assert "suspect" not in said
