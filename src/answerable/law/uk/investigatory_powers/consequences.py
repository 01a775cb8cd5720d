"""What follows from a notice for communications data? A reasonable time to answer, and silence that the Act itself orders."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.assessment import Clock, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law.rule import Facts
from answerable.law.world.paper import answer_clock, silent


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield the clock of the answer: the time of the paper, or our own, for the Act sets none."""
    yield answer_clock(
        facts,
        days=facts.number("target_days"),
        citation="Investigatory Powers Act 2016, s 66",
        why="The Act wants an answer as far as reasonably practicable and sets no day: this one is ours.",
    )


def notice(facts: Facts) -> NoticeRule:
    """Return that we are silent: to tell the person is an offence without permission or a reasonable excuse."""
    return silent(
        facts,
        reason="The Act forbids to tell the person without permission or a reasonable excuse, and sets no end.",
        citation="Investigatory Powers Act 2016, s 82",
    )
