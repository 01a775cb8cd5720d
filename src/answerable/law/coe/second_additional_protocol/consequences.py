"""What follows from a paper of the Convention on Cybercrime? A day for the answer or for pointing on, and who is told."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.assessment import Clock, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law.rule import Facts
from answerable.law.world.paper import answer_clock, silence_ends, silent, told


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield the clock of the answer: thirty days for an order (Art. 7(7)), a day of our own for pointing on a request."""
    is_order = facts.instrument == "coe.sap.art7"
    yield answer_clock(
        facts,
        days=facts.number("answer_days" if is_order else "target_days"),
        citation="Second Additional Protocol (CETS 224), Art. 7(7)"
        if is_order
        else "Convention on Cybercrime, Art. 27",
        why="After this time the State that asks may turn to ours; until the Protocol is in force nothing binds."
        if is_order
        else "No law sets us a day to point to the central authority: this one is ours.",
    )


def notice(facts: Facts) -> NoticeRule:
    """Return that we tell the person, unless the instructions ask for confidentiality."""
    citation = "Second Additional Protocol (CETS 224), Art. 7(4)(f) and 14"
    if facts.order.secrecy.kind == "none":
        return told(reason="The instructions ask for no confidentiality: we tell the person.", citation=citation)
    reason = "The instructions ask for confidentiality, as the treaty lets them."
    return silent(facts, reason=reason, citation=citation, until=silence_ends(facts))
