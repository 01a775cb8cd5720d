"""Until when must a certificate be answered, does that time rest, and what else runs beside it?

1  production (Art. 10) and preservation (Art. 11)
2  it rests while the authority has to clarify what is missing or wrong (Art. 10(6)), and while an objection because of the
   law of a third country is reviewed (Art. 17(3)); an answer of the authority can set a new deadline (Art. 10(8))
3  beside it: the authority's days to answer, our days to object, and what runs in enforcement (Art. 16)

That a duty does not apply until the clarification is what the text says. Whether then the whole period begins anew it does not
say; we take the shorter reading, and let what was left of it run on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from answerable.casefile.assessment import Clock, Suspension
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.order import Order
from answerable.casefile.supplied import ExchangeKind
from answerable.law import calendar
from answerable.law.eu.e_evidence_regulation.conflict import is_raised, objection_ends
from answerable.law.eu.e_evidence_regulation.enforcement import is_required
from answerable.law.eu.e_evidence_regulation.instruments import CITE, is_emergency
from answerable.law.eu.e_evidence_regulation.preservation import answer_to_question
from answerable.law.rule import Facts

_UNREAD = "That Regulation 1182/71 governs this period has not been checked by a lawyer."
_RESTS = {
    ExchangeKind.CLARIFICATION: f"{CITE}, Art. 10(6)",
    ExchangeKind.THIRD_COUNTRY: f"{CITE}, Art. 17(3)",
}


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:
    """Yield what runs in enforcement, then the clock of the answer or of the preservation, then the others."""
    yield from _enforcement(facts)  # 3
    if facts.instrument == "eu.epoc":
        yield _production(facts, findings)
        if is_raised(facts):
            yield _objection(facts)
    else:
        yield from _preservation(facts, findings)
    yield from _questions(facts)


def _production(facts: Facts, findings: tuple[Finding, ...]) -> Clock:
    """Return the clock of the answer (Art. 10), moved by what rested."""
    provider, received, rests = facts.provider, facts.received_at, _rests(facts)
    table = calendar.holidays(provider.member_state)
    emergency = is_emergency(facts.epoc)
    if emergency:
        ends = calendar.after_hours(received, facts.number("emergency_hours"), rests=rests)
        name, citation = "Answer in an emergency", f"{CITE}, Art. 10(4)"
    else:
        days, state = facts.number("answer_days"), provider.member_state
        ends = calendar.after_days(received, days, zone=provider.zone, country=state, rests=rests)
        name, citation = "Answer", f"{CITE}, Art. 10(2) and (3)"
    holds = facts.epoc.C.deadline == "end_10d_ea"
    ends = _new_deadline(facts, ends, holds=holds)
    return Clock(
        name=name,
        citation=citation,
        starts=received,
        strict=ends.strict,
        legal=ends.legal,
        working=(*ends.working, _UNREAD),
        calendar=None if emergency or table is None else table.version,
        suspended_because=_suspended(findings),
        suspensions=rests,
        holds_release=holds,
    )


def _rests(facts: Facts) -> tuple[Suspension, ...]:
    """Return when the duty to answer rested. What the authority never answered rests on."""
    return tuple(
        Suspension(since=each.asked_at, until=each.heard_at, citation=_RESTS[each.kind])
        for each in facts.supplied.exchanged(*_RESTS)
    )


def _new_deadline(facts: Facts, ends: calendar.Ends, *, holds: bool) -> calendar.Ends:
    """Return the deadline that the last answer sets (Art. 10(8)), if one does; it never shortens the wait of Art. 10(2)."""
    given = [each.new_due for each in facts.supplied.exchanges if each.new_due]
    if not given:
        return ends
    due = given[-1]
    said = f"The authority set a new deadline, {due:%d %B %Y, %H:%M} UTC (Art. 10(8))."
    return calendar.Ends(due, max(due, ends.legal) if holds else due, (*ends.working, said))


def _preservation(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:
    """Yield until when data are preserved; after a confirmation there is no end that a text gives (Art. 11(2)).

    A question does not let the preservation rest; one that stays without an answer ends the duty (Art. 11(5)).
    """
    exempt = any(each.rule == "P6" and each.outcome is Outcome.NOT_MET for each in findings)
    if not exempt:
        yield _at_once(facts)
    if facts.instrument == "eu.epoc_pr.confirmation" or exempt:
        return
    name = "preservation_days" if facts.instrument == "eu.epoc_pr" else "preservation_extension_days"
    days = facts.number(name)
    start = facts.received_at
    if isinstance(facts.form, Order) and facts.form.earlier_issued_on:
        first = datetime.combine(facts.form.earlier_issued_on, time(), UTC)
        start = first + timedelta(days=facts.number("preservation_days"))
    ends = calendar.after_days(start, days, zone=facts.provider.zone, country=facts.provider.member_state)
    yield Clock(
        name="Preserve until",
        citation=f"{CITE}, Art. 11(1)",
        starts=start,
        strict=ends.legal,
        legal=ends.legal,
        working=("Preserved without delay on receipt; released when the period ends.", *ends.working[1:]),
        keeps=True,
    )


def _at_once(facts: Facts) -> Clock:
    """Return our own target: the Regulation says “without undue delay” and no number (Art. 11(1))."""
    hours = facts.number("preservation_target_hours")
    ends = calendar.after_hours(facts.received_at, hours)
    return Clock(
        name="Preserve",
        citation=f"{CITE}, Art. 11(1) and (2); our own target",
        starts=facts.received_at,
        strict=ends.strict,
        legal=ends.strict,
        working=(
            f"The Regulation says “without undue delay” and no number: {hours} hours from receipt are our own target.",
        ),
    )


def _questions(facts: Facts) -> Iterator[Clock]:
    """Yield the authority's days to answer each question that is open (Art. 10(6), 11(5))."""
    produces = facts.instrument == "eu.epoc"
    silent = (
        "While it is silent, the duty to answer rests."
        if produces
        else "If it is silent until then, the order no longer binds us to preserve."
    )
    for question in facts.supplied.exchanged(ExchangeKind.CLARIFICATION):
        if question.is_open:
            ends = answer_to_question(facts, question)
            yield Clock(
                name="The authority answers",
                citation=f"{CITE}, Art. {'10(6)' if produces else '11(5)'}",
                starts=question.asked_at,
                strict=ends.legal,
                legal=ends.legal,
                working=(
                    "Five days bind the authority, from its receipt of our form.",
                    *ends.working[1:],
                    silent,
                    _UNREAD,
                ),
            )


def _objection(facts: Facts) -> Clock:
    """Return our days to object because of the law of a third country (Art. 17(2)), the emergency's hours unmoved."""
    ends = objection_ends(facts)
    hours = "In an emergency the reasons are told within the eight hours all the same (Art. 10(8))."
    return Clock(
        name="Object: law of a third country",
        citation=f"{CITE}, Art. 17(2)",
        starts=facts.received_at,
        strict=ends.strict,
        legal=ends.legal,
        working=(
            *ends.working,
            *([hours] if is_emergency(facts.epoc) else []),
            "The issuing State's own law counts this period (Art. 17(9)); what stands here is our count, not checked.",
        ),
    )


def _enforcement(facts: Facts) -> Iterator[Clock]:
    """Yield until when we comply or object, as the enforcing authority set it; before that, when it decides (Art. 16)."""
    notice = facts.supplied.enforcement
    if notice is None or facts.instrument not in ("eu.epoc", "eu.epoc_pr"):
        return
    if is_required(facts) and notice.required_at and notice.object_by:
        yield Clock(
            name="Comply or object",
            citation=f"{CITE}, Art. 16(3)",
            starts=notice.required_at,
            strict=notice.object_by,
            legal=notice.object_by,
            working=("The enforcing authority sets this day. The Regulation itself gives no number of days.",),
        )
    elif notice.transferred_at and not is_required(facts):
        zone, state = facts.provider.zone, facts.provider.member_state
        days = facts.number("recognition_working_days")
        ends = calendar.after_working_days(notice.transferred_at, days, zone=zone, country=state)
        yield Clock(
            name="The enforcing authority decides on recognition",
            citation=f"{CITE}, Art. 16(2)",
            starts=notice.transferred_at,
            strict=ends.legal,
            legal=ends.legal,
            working=("From its receipt of the order, which we take to be the day we were told.", *ends.working),
        )


def _suspended(findings: tuple[Finding, ...]) -> str | None:
    """Return why the duty to answer can rest (Art. 10(6)): what the authority is to clarify, once it is asked."""
    open_questions = [
        finding.rule
        for finding in findings
        if finding.outcome is Outcome.NOT_MET and {"D1", "D2", "D3"} & set(finding.annex_iii)
    ]
    if not open_questions:
        return None
    return (
        f"Art. 10(6): what is missing or wrong ({', '.join(open_questions)}) must be clarified by the authority first,"
        " once it has been told with the form of Annex III."
    )
