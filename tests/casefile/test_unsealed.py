"""Can a paper without a seal be answered after a call, and never one that is damaged, contradicted or claimed in a hurry?

Every world of: what the findings say, whether something speaks against it, what came of the call, what the pack allows,
whether an emergency is claimed, whether a pack exempts it, and by which way it came.
"""

from itertools import product

import pytest
from tests.casefile.test_call_back import GOOD, call
from tests.casefile.test_route import NOW, SMALL, assessment, decision

from answerable.casefile.call_back import CallOutcome
from answerable.casefile.decision import Approval, DecisionKind
from answerable.casefile.demand import Arrival, Demand
from answerable.casefile.epoc import Epoc
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.route import CaseFile, Move, State, blockers, is_proved

DISCLOSING = [
    (State.PREPARED, Move.APPROVE),
    (State.DECIDED, Move.SEAL),
    (State.SEALED, Move.MAKE_AVAILABLE),
    (State.AVAILABLE, Move.FETCH),
]


def finding(rule, outcome, *, unsealed=False):
    return Finding(
        rule=rule, title="t", outcome=outcome, citation="c", fact="f", pack="test 1", unsealed=unsealed
    )  # fmt: skip


SEALS = {
    "sealed": (finding("A1", Outcome.MET), finding("A2", Outcome.MET)),
    "unsealed": (finding("A1", Outcome.NOT_MET, unsealed=True), finding("A2", Outcome.UNCLEAR, unsealed=True)),
    "damaged": (finding("A1", Outcome.NOT_MET), finding("A2", Outcome.UNCLEAR)),
    "not trusted": (finding("A1", Outcome.MET), finding("A2", Outcome.NOT_MET)),
    "not examined": (),
}
AGAINST = {"nothing": Outcome.MET, "not yet answered": Outcome.UNCLEAR, "answered with no": Outcome.NOT_MET}
CALLS = {
    "none": (),
    "two people": (GOOD,),
    "one person": (call(second=None),),
    "the caller twice": (call(second="mara"),),
    "denied": (call(CallOutcome.DENIED),),
    "taken back": (GOOD, call(CallOutcome.DENIED, minute=5)),
    "not reached": (call(CallOutcome.NOT_REACHED),),
}
SECTIONS = {
    "E": {"evidence": [{"kind": "email", "value": "Mara.Lind@mail.example", "boxes": ["a1"]}]},
    "I": {"authority": {"name": "Court", "file_number": "4 Gs 12/26", "representative": "Dr. Änne Weiß"}},
    "L": {"encryption_key": "age1" + "q" * 58},
}
HURRY = {"C": {"deadline": "emergency_8h", "emergency": ["life"]}}


def demand(*, emergency, channel):
    arrival = Arrival(received_at=NOW, channel=channel, media_type="application/pdf", sha512="0" * 128, size=1)
    form = Epoc.model_validate(SECTIONS | (HURRY if emergency else {}))
    return Demand(instrument="eu.epoc", form=form, arrival=arrival)


def world(state, *, seal, against, calls, paper, emergency, exempted, channel):
    made = decision(DecisionKind.ANSWER, permitted=SMALL)
    findings = SEALS[seal]
    return CaseFile(
        case="AN-2026-000001",
        state=state,
        demand=demand(emergency=emergency, channel=channel),
        authenticity=(*findings, finding("A7", AGAINST[against])) if findings else (),
        calls=CALLS[calls],
        assessment=assessment(SMALL).model_copy(update={"paper_allowed": paper, "call_exempted": exempted}),
        held=1,
        decision=made,
        approvals=tuple(Approval(by=by, at=NOW, statement=made.statement) for by in ("mara", "jonas")),
        package_sha512="0" * 128,
        logged=True,
    )


WORLDS = list(product(SEALS, AGAINST, CALLS, (True, False), (True, False), (True, False), ("portal", "state system")))
NAMES = ("seal", "against", "calls", "paper", "emergency", "exempted", "channel")


def may_leave(*, seal, against, calls, paper, emergency, exempted, channel):
    """Say it again in other words: what must hold before a package leaves."""
    called = calls == "two people"
    proved = seal == "sealed" or (seal == "unsealed" and paper and called)
    hurried = emergency and not (exempted and channel == "state system")
    return proved and against == "nothing" and (called or not hurried)


@pytest.mark.parametrize(("state", "move"), DISCLOSING)
def test_in_every_world_a_package_leaves_only_on_a_seal_or_a_call(state, move):
    seen = set()
    for values in WORLDS:
        facts = dict(zip(NAMES, values, strict=True))
        leaves = not blockers(world(state, **facts), move, actor="jonas", now=NOW)
        assert leaves is may_leave(**facts), facts
        seen.add((leaves, facts["seal"], facts["emergency"]))
    assert {(True, "sealed", True), (True, "unsealed", True), (True, "unsealed", False)} <= seen


def test_no_call_proves_a_paper_that_is_damaged_or_sealed_by_somebody_else():
    for seal in ("damaged", "not trusted", "not examined"):
        facts = {"against": "nothing", "paper": True, "emergency": False, "exempted": False, "channel": "portal"}
        assert not is_proved(world(State.ASSESSED, seal=seal, calls="two people", **facts))
