"""Until when is a copy kept: by the law's days, from the right moment, and moved by a renewal?"""

from datetime import UTC, datetime, timedelta

import pytest
from tests.decide.matters import NOW, make

from answerable.casefile.effect import Effect, Measure
from answerable.casefile.finding import Outcome
from answerable.casefile.route import CaseFile, State
from answerable.decide import kept_until, options, suggested

EPOC_PR, EXTENSION = ("eu.epoc_pr", {"form": "eu.epoc_pr"}), ("eu.epoc_pr.extension", {})
# Midnight in Amsterdam after the last day: 22 January 2027, a Friday.
FIRST_END = datetime(2027, 1, 22, 23, tzinfo=UTC)


def kept(instrument, given, measure, *, at=NOW, before=None, reference=None):
    matter = make(instrument, "carry out", given | ({"earlier_reference": reference} if reference else {}))
    earlier = (Effect(item="user x", measure="preserved", at=NOW, until=before, by="mara"),) if before else ()
    file = CaseFile(
        case="AN-2026-000001", state=State.DECIDED, demand=matter.demand, assessment=matter.assessment,
        decision=matter.decision, preserved_before=earlier,
    )  # fmt: skip
    return kept_until(file, "user x", Measure(measure), at=at, provider=matter.provider)


@pytest.mark.parametrize(
    ("instrument", "given", "measure", "until"),
    [
        (*EPOC_PR, "preserved", FIRST_END),
        (*EPOC_PR, "left unchanged", None),
        (*EPOC_PR, "preserved copy deleted", None),
        ("us.sca.preservation", {}, "preserved", NOW + timedelta(days=90)),
        ("eu.epoc_pr.confirmation", {}, "preserved", None),
        ("eu.tco.removal", {}, "put back", None),
        ("eu.dsa.act", {}, "removed", None),
        ("us.sca.warrant", {}, "preserved", None),
    ],
)
def test_the_last_day_is_the_laws(instrument, given, measure, until):
    assert kept(instrument, given, measure) == until


@pytest.mark.parametrize("measure", ["removed", "access disabled"])
def test_what_was_removed_later_is_kept_longer(measure):
    at_once = kept("eu.tco.removal", {}, measure)
    assert timedelta(days=184) <= at_once - NOW <= timedelta(days=189)
    assert kept("eu.tco.removal", {}, measure, at=NOW + timedelta(days=3)) == at_once + timedelta(days=3)
    assert kept("eu.tco.removal", {}, measure, at=NOW - timedelta(minutes=1)) == at_once


def test_a_preservation_does_not_run_longer_because_it_began_late():
    assert kept(*EPOC_PR, "preserved", at=NOW + timedelta(days=3)) == FIRST_END


def test_a_renewal_counts_from_the_end_of_what_runs():
    # Thirty days after 22 January 2027 is a Sunday: the period runs to Monday, 22 February.
    assert kept(*EXTENSION, "preserved", before=FIRST_END) == datetime(2027, 2, 22, 23, tzinfo=UTC)
    end = NOW + timedelta(days=50)
    assert kept("us.sca.preservation", {}, "preserved", before=end) == end + timedelta(days=90)


def test_what_is_renewed_without_a_rule_for_it_keeps_the_day_of_its_own_law():
    assert kept(*EPOC_PR, "preserved", before=FIRST_END + timedelta(days=5)) == FIRST_END


def file_of(instrument, given=None, **facts):
    matter = make(instrument, "refuse", given)
    genuine = matter.assessment.findings[:1]
    genuine = tuple(each.model_copy(update={"outcome": Outcome.MET}) for each in genuine)
    known = {"demand": matter.demand, "assessment": matter.assessment, "authenticity": genuine}
    return CaseFile(case="AN-2026-000001", state=State.ASSESSED, **known | facts)


AWAY = (Effect(item="https://forum.example/posts/4711", measure="removed", at=NOW, by="mara"),)


@pytest.mark.parametrize(
    ("instrument", "given", "facts", "best"),
    [
        ("eu.tco.removal", {}, {}, "carry out"),
        ("eu.tco.removal", {"issued_on": "2026-11-29"}, {}, "contest"),
        ("eu.tco.removal", {}, {"authenticity": ()}, "refuse"),
        ("eu.tco.removal", {}, {"effects": AWAY}, "put back"),
        (*EPOC_PR, {}, "carry out"),
        (*EPOC_PR, {"held": 0}, "nothing held"),
        ("eu.epoc_pr", {"form": "eu.epoc_pr", "I.kind": "other"}, {}, "contest"),
        ("eu.epoc", {}, {}, "answer"),
        ("us.sca.preservation", {}, {"assessment": None}, "contest"),
    ],
)
def test_what_the_findings_point_to(instrument, given, facts, best):
    file = file_of(instrument, given, **facts)
    if instrument == "eu.epoc":
        file = file.model_copy(update={"demand": _with_key(file.demand)})
    assert suggested(file) == best
    assert best in options(file)


def _with_key(demand):
    form = demand.form.model_copy(update={"L": demand.form.L.model_copy(update={"encryption_key": "age1" + "q" * 58})})
    return demand.model_copy(update={"form": form})
