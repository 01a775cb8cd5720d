"""Until when is a harbour master answered, and who tells the person?"""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.assessment import Clock, NoticeBy, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law import calendar
from answerable.law.rule import Facts


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield the clock of the answer."""
    provider, days = facts.provider, facts.number("answer_days")
    ends = calendar.after_days(facts.received_at, days, zone=provider.zone, country=provider.member_state)
    yield Clock(
        name="Answer",
        citation="Harbour Act (invented), s. 4",
        starts=facts.received_at,
        strict=ends.strict,
        legal=ends.legal,
        working=ends.working,
    )


def notice(facts: Facts) -> NoticeRule:  # noqa: ARG001
    """Return who tells the person: we do, for the Act knows no silence."""
    return NoticeRule(
        told_by=NoticeBy.PROVIDER,
        reason="The Act knows no silence: we tell the person.",
        citation="Harbour Act (invented), s. 5",
    )
