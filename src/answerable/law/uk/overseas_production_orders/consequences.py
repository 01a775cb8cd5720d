"""What follows from an overseas production order? Seven days, unless the judge set others, and notice unless forbidden."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.assessment import Clock, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law.rule import Facts
from answerable.law.world.paper import answer_clock, told_unless_ordered


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield the clock of the answer (s 5)."""
    yield answer_clock(
        facts,
        days=facts.number("production_days"),
        citation="Crime (Overseas Production Orders) Act 2019, s 5",
        why="The order gives no time of its own: seven days, as the Act has it.",
    )


def notice(facts: Facts) -> NoticeRule:
    """Return that we tell the person, unless the judge made a non-disclosure order (s 8)."""
    return told_unless_ordered(facts, citation="Crime (Overseas Production Orders) Act 2019, s 8")
