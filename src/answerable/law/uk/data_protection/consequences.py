"""What follows from a voluntary request? No duty: a day of our own to say no or yes, and the person may be told."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.assessment import Clock, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law.rule import Facts
from answerable.law.world.paper import answer_clock, told_unless_ordered


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield the clock of the answer: the day that is asked for, or our own."""
    yield answer_clock(
        facts,
        days=facts.number("target_days"),
        citation="Data Protection Act 2018, Sch 2 para 2",
        why="Nothing compels an answer, so no law sets a day: this one is ours.",
    )


def notice(facts: Facts) -> NoticeRule:
    """Return that we tell the person, unless silence is ordered: a wish binds nobody, prejudice is for a person to weigh."""
    return told_unless_ordered(facts, citation="Data Protection Act 2018, Sch 2 para 2")
