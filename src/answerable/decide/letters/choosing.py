"""Which letters does a case get? That follows from the ways to answer that its law gives, and from the decision.

1  a law none of whose ways has a form is answered by hand: no letter is written
2  what is to be removed, preserved or put back is not told of before it was done; a removal order under the TCO Regulation
   is answered on its own forms: Annex II for what was done, Annex III for what is not; a preservation is confirmed
3  what answers, or says that nothing is held: the covering letter; an order under the DSA is told its effect as well
4  what refuses or contests: the form of Annex III where the law has it, else mutual legal assistance for a State whose law
   does not bind the provider, else a question where the contest can be cured, else the refusal; with a draft for counsel
   where a contest can go to court. Once an enforcing authority requires us to comply, the objection goes to it, and alone
5  an objection to silence, whatever the answer is; and the notice to the person, wherever silence does not bind
"""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.decision import DecisionKind
from answerable.casefile.supplied import ExchangeKind
from answerable.decide.letters.annex_iii import AnnexIII, annex_iii
from answerable.decide.letters.courts import motion, reciprocal_notice, steps
from answerable.decide.letters.covering import CoveringLetter, covering_letter
from answerable.decide.letters.enforcement import enforcement_objection
from answerable.decide.letters.matter import Letter, Matter, asks, missing
from answerable.decide.letters.people import notice_to_person, people_to_tell
from answerable.decide.letters.preserving import preservation
from answerable.decide.letters.refusals import question, redirect, refusal
from answerable.decide.letters.removals import dsa_effect, reinstatement, tco_feedback, tco_impossibility
from answerable.law.register import instruments

# These never go to the authority: one is for counsel, one for the person.
NOT_FOR_THE_AUTHORITY = frozenset({"motion", "notice-to-person"})

AnyLetter = Letter | CoveringLetter | AnnexIII


def letter_kinds(matter: Matter) -> tuple[str, ...]:
    """Return the kinds of letters of the case, in the order in which they are written."""
    forms = frozenset(way.form for way in matter.assessment.ways if way.form)
    return tuple(dict.fromkeys(_kinds(matter, forms))) if forms else ()  # 1


def letters_for(matter: Matter) -> dict[str, AnyLetter]:
    """Return each letter by its kind, those to people left out: there can be many, see `notices`."""
    return {kind: _write(matter, kind) for kind in letter_kinds(matter) if kind != "notice-to-person"}


def asked_of_authority(matter: Matter) -> tuple[ExchangeKind, ...]:
    """Return what the letters of the case put to an authority and it has now to answer; nothing where they only tell.

    A question, and the boxes D1 to D3 of Annex III, ask for clarification; D10 is the objection because of the law of a
    third country; the other boxes give reasons that the authority reviews.
    """
    kinds, boxes = letter_kinds(matter), set(matter.decision.annex_iii)
    found = {
        ExchangeKind.CLARIFICATION: bool({"question", "tco-annex-iii"} & set(kinds))
        or ("annex-iii" in kinds and bool({"D1", "D2", "D3"} & boxes)),
        ExchangeKind.THIRD_COUNTRY: "annex-iii" in kinds and "D10" in boxes,
        ExchangeKind.OTHER_REASON: "annex-iii" in kinds and bool({"D5", "D6", "D7", "D8", "D9"} & boxes),
        ExchangeKind.ENFORCEMENT: "enforcement-objection" in kinds,
    }
    return tuple(kind for kind, is_asked in found.items() if is_asked)


def notices(matter: Matter) -> Iterator[Letter]:
    """Yield the notice to each person who is to be told by us, now; none while silence binds."""
    if "notice-to-person" in letter_kinds(matter):
        yield from (notice_to_person(matter, person) for person in people_to_tell(matter))


def _kinds(matter: Matter, forms: frozenset[str]) -> Iterator[str]:
    kind = matter.decision.kind
    if kind.acts:  # 2
        if not matter.effects:
            return
        yield from _carried_out(matter, forms)
    elif "tco-annex-ii" in forms:
        yield "tco-annex-iii"
    elif kind.discloses or kind is DecisionKind.NOTHING_HELD:
        yield from _answering(matter, forms)  # 3
    else:
        yield from _refusing(matter, forms)  # 4
    if "reciprocal-notice" in forms and matter.order and matter.order.secrecy.binds:  # 5
        yield "reciprocal-notice"
    if people_to_tell(matter):
        yield "notice-to-person"


def _carried_out(matter: Matter, forms: frozenset[str]) -> Iterator[str]:
    if matter.decision.kind is DecisionKind.PUT_BACK:
        if matter.done:
            yield "reinstatement"
        return
    if "tco-annex-ii" in forms:
        yield from (["tco-annex-ii"] if matter.done else []) + (["tco-annex-iii"] if matter.left else [])
    if "dsa-effect" in forms:
        yield "dsa-effect"
    if "preservation" in forms:
        yield "preservation"
        if "annex-iii" in forms and matter.decision.annex_iii:
            yield "annex-iii"


def _answering(matter: Matter, forms: frozenset[str]) -> Iterator[str]:
    if "dsa-effect" not in forms or "covering-letter" in forms:
        yield "covering-letter"
    if "annex-iii" in forms and matter.decision.kind is not DecisionKind.ANSWER:
        yield "annex-iii"
    if "dsa-effect" in forms:
        yield "dsa-effect"


def _refusing(matter: Matter, forms: frozenset[str]) -> Iterator[str]:
    is_contest = matter.decision.kind is DecisionKind.CONTEST
    asks_back = is_contest and "question" in forms and bool(asks(matter.assessment) or missing(matter.assessment))
    if "enforcement-objection" in forms:
        yield "enforcement-objection"
        return
    if "annex-iii" in forms:
        yield from ("covering-letter", "annex-iii")
        return
    if "dsa-effect" in forms:
        yield "dsa-effect"
    if "redirect-mla" in forms and not _binds(matter):
        yield "redirect-mla"
    elif asks_back:
        yield "question"
    elif "dsa-effect" not in forms:
        yield "refusal"
    if is_contest and steps(matter):
        yield "motion"


def _binds(matter: Matter) -> bool:
    """Whether the law of the State that asks binds the provider, so that it need not go through another."""
    return matter.demand.head.country in (matter.provider.member_state, *matter.provider.bound_by)


def _write(matter: Matter, kind: str) -> AnyLetter:
    about = {
        "decision": matter.decision,
        "demand": matter.demand,
        "provider": matter.provider,
        "assessment": matter.assessment,
    }
    if kind == "covering-letter":
        return covering_letter(**about, package=matter.package, own=matter.own)  # type: ignore[arg-type]
    if kind == "annex-iii":
        return annex_iii(**about, at=matter.at, supplied=matter.supplied)  # type: ignore[arg-type]
    if kind == "reciprocal-notice":
        return reciprocal_notice(matter, days=_days_to_go_to_court(matter))
    plain = {
        "question": question,
        "refusal": refusal,
        "redirect-mla": redirect,
        "tco-annex-ii": tco_feedback,
        "tco-annex-iii": tco_impossibility,
        "dsa-effect": dsa_effect,
        "preservation": preservation,
        "reinstatement": reinstatement,
        "motion": motion,
        "enforcement-objection": enforcement_objection,
    }
    return plain[kind](matter)


def _days_to_go_to_court(matter: Matter) -> int:
    """Return how many days the government has, as the pack says for the day of the notice (18 USC 3511(b)(1)(B))."""
    return instruments()[matter.demand.instrument].number("nsl_court_days", matter.at.date())
