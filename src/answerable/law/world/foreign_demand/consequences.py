"""What follows from a direct demand of another State? A day to answer or refuse, and the person is told unless law forbids."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.assessment import Clock, NoticeBy, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law.rule import Facts
from answerable.law.world.foreign_demand.rules import binds, law_of, state_asking
from answerable.law.world.paper import answer_clock, silent, told, told_unless_ordered


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield the clock of the answer: the days of its law where that binds and sets any, or our own."""
    law = law_of(facts) if binds(facts) else None
    days = law.days if law else None
    yield answer_clock(
        facts,
        days=days or facts.number("target_days"),
        citation=law.label if law else "Regulation (EU) 2016/679, Art. 48",
        why="The law of its State sets these days." if days else "No law that binds us sets a day: this one is ours.",
    )


def notice(facts: Facts) -> NoticeRule:
    """Return that we tell the person, unless a law that binds the provider forbids it or leaves it to the authority."""
    state = state_asking(facts) if binds(facts) else None
    if state is None:
        return told(
            reason="The demand does not bind us, nor does its wish for silence: we tell the person.",
            citation="Regulation (EU) 2016/679, Art. 48",
        )
    if state.notice == "forbidden":
        return silent(facts, reason="The law of its State forbids to tell the person.", citation=state.notice_by)
    if state.notice == "by the authority":
        rule = silent(facts, reason="By the law of its State the authority tells.", citation=state.notice_by)
        return rule.model_copy(update={"told_by": NoticeBy.ISSUING_AUTHORITY})
    return told_unless_ordered(facts, citation=state.notice_by)
