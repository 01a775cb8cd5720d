"""Does it order preservation, does one it follows still run, and does it bind? Art. 11, Annexes V and VI."""

from __future__ import annotations

from datetime import timedelta

from answerable.casefile.supplied import Exchange, ExchangeKind
from answerable.law import calendar
from answerable.law.eu.e_evidence_regulation.instruments import (
    CERTIFICATES,
    CITE,
    FOLLOW_UPS,
    PRESERVATION,
    PRODUCTION,
    iso,
)
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear

RULES = Rules(CITE)


@RULES.rule(
    "P0", "It orders production", cite="Art. 3(8) and (9), Art. 10 and 11", withholds=ALL_CLASSES, only=CERTIFICATES
)
def orders_production(facts: Facts) -> Answer:
    if facts.instrument in PRESERVATION:
        return not_met("It orders that data be preserved: nothing leaves on it.")
    return met("It orders that data be produced.")


@RULES.rule("R16", "An earlier preservation it builds on still runs", cite="Art. 11(1) and (2)", only=PRODUCTION)
def preservation_still_runs(facts: Facts) -> Answer:
    earlier = facts.epoc.D.preservation
    if earlier is None:
        return met("No earlier preservation is named in Section D.")
    if earlier.issued_on is None:
        return unclear(
            "Section D names an earlier preservation without its date.", "When was that certificate received?"
        )
    if earlier.issued_on + timedelta(days=_longest_preservation(facts)) < facts.received_at.date():
        return not_met("The earlier preservation ended, at the latest with its extension, before this order came.")
    return met("The earlier preservation, with its extension, can still run.")


@RULES.rule(
    "P3",
    "It names the preservation order that it follows",
    cite="Annex V, Section C; Annex VI, Section C",
    only=FOLLOW_UPS,
)
def names_what_it_follows(facts: Facts) -> Answer:
    if facts.order.earlier_reference and facts.order.earlier_issued_on:
        return met("File number and date of the preservation order are given.")
    return not_met("It does not give file number and date of the preservation order.")


@RULES.rule("P4", "It came while the preservation still ran", cite="Art. 11(1) and (2)", only=FOLLOW_UPS)
def came_in_time(facts: Facts) -> Answer:
    order = facts.order
    if order.earlier_issued_on is None:
        return unclear("The date of the preservation order is not given.", "When was the preservation order received?")
    days = facts.number("preservation_days")
    days += facts.number("preservation_extension_days") if order.earlier_extended else 0
    if order.earlier_issued_on + timedelta(days=days) < facts.received_at.date():
        return not_met("The preservation had ended before it came: what was preserved may be deleted.")
    return met("The preservation can still run.")


@RULES.rule("P5", "A preservation is extended once", cite="Art. 11(1), Annex VI", only=FOLLOW_UPS)
def extended_once(facts: Facts) -> Answer:
    if facts.instrument == "eu.epoc_pr.extension" and facts.order.earlier_extended:
        return not_met("The preservation was extended before: a second extension does not bind.")
    return met("It is no second extension.")


@RULES.rule(
    "P6",
    "The authority answered our question in time",
    cite="Art. 11(5)",
    only=PRESERVATION,
    asked_if=lambda facts: bool(facts.supplied.exchanged(ExchangeKind.CLARIFICATION)),
)
def was_answered_in_time(facts: Facts) -> Answer:
    for question in facts.supplied.exchanged(ExchangeKind.CLARIFICATION):
        last = answer_to_question(facts, question).legal
        if question.answered_at is not None and question.answered_at > last:
            return not_met(
                f"No answer had come by {last:%d %B %Y, %H:%M} UTC: the order no longer binds us to preserve."
            )
    return met("No question was left without an answer until its five days had passed.")


def answer_to_question(facts: Facts, question: Exchange) -> calendar.Ends:
    """Return when the authority's days to answer a question end, by the calendar of its State (Art. 10(6), 11(5))."""
    state = iso(facts.epoc.A.issuing_state) or facts.provider.member_state
    days = facts.number("authority_answer_days")
    return calendar.after_days(question.asked_at, days, zone=facts.provider.zone, country=state)


def _longest_preservation(facts: Facts) -> int:
    return facts.number("preservation_days") + facts.number("preservation_extension_days")
