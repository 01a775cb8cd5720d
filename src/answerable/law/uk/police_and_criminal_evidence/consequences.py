"""What follows from a production order? Seven days, unless it says otherwise; the data are kept; the person is told."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.assessment import Clock, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law.rule import Facts
from answerable.law.world.paper import answer_clock, told_unless_ordered


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield the clock of the answer (Sch 1 para 4)."""
    yield answer_clock(
        facts,
        days=facts.number("production_days"),
        citation="Police and Criminal Evidence Act 1984, Sch 1 para 4",
        why="The order gives no time of its own: seven days, as the Act has it. Nothing is hidden or destroyed meanwhile.",
    )


def notice(facts: Facts) -> NoticeRule:
    """Return that we tell the person, unless silence is ordered."""
    return told_unless_ordered(facts, citation="Police and Criminal Evidence Act 1984, Sch 1 para 11")
