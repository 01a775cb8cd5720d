"""What follows from an order under the Digital Services Act: until when it is answered, and who tells the person.

The Act says “without undue delay” and sets no hours or days; an order may. It obliges the provider to tell the recipient, at
the latest when effect is given, or at the time that the order sets (Arts 9(5) and 10(5)). Nothing in it lets a time rest
while something is missing: the authority is told at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from answerable.casefile.assessment import Clock, NoticeBy, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law import calendar
from answerable.law.eu.digital_services_act.rules import ACT
from answerable.law.rule import Facts

_CITE = "Regulation (EU) 2022/2065"


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield the clock of the order, then that of the confirmation of receipt."""
    acts = facts.instrument in ACT
    name, citation = ("Act", f"{_CITE}, Art. 9(1)") if acts else ("Answer", f"{_CITE}, Art. 10(1)")
    yield _set_in_the_order(facts, name) if facts.order.due else _own_target(facts, name, citation)
    hours = facts.number("confirm_target_hours")
    ends = calendar.after_hours(facts.received_at, hours)
    yield Clock(
        name="Confirm receipt",
        citation=f"{_CITE}, Art. 15(1)(a); our own target" if acts else f"{_CITE}, Art. 10(1); our own target",
        starts=facts.received_at,
        strict=ends.strict,
        legal=ends.legal,
        working=(
            f"{hours} hours from receipt: our own target.",
            "The yearly report counts the median time to confirm.",
        ),
    )


def notice(facts: Facts) -> NoticeRule:
    """Return who tells the person: the provider, when effect is given or when a silence that binds has ended."""
    acts, secrecy = facts.instrument in ACT, facts.order.secrecy
    citation = f"{_CITE}, Art. 9(5) and (6)" if acts else f"{_CITE}, Art. 10(5) and (6)"
    if not secrecy.binds:
        wish = "Silence is asked for and not ordered: it binds nobody. " if secrecy.kind == "requested" else ""
        return NoticeRule(
            told_by=NoticeBy.PROVIDER,
            reason=f"{wish}The Act obliges us to tell the recipient, at the latest when effect is given.",
            citation=citation,
        )
    until = _silence_ends(facts)
    review = facts.received_at + timedelta(days=facts.number("silence_review_days"))
    return NoticeRule(
        told_by=NoticeBy.PROVIDER,
        reason="The order, or the law behind it, sets a later time: we tell the recipient then.",
        citation=citation,
        silent_since=facts.received_at,
        silent_until=until,
        review_on=None if until else review,
        chase=None if until else "Ask the authority at what time we may tell the recipient: the order names none.",
    )


def _silence_ends(facts: Facts) -> datetime | None:
    """Return the end of the last day of silence at the provider, or None where the order names none."""
    order, last = facts.order, facts.order.secrecy.until
    if last is None and order.secrecy.days is not None:
        last = (order.issued_on or facts.received_at.date()) + timedelta(days=order.secrecy.days)
    if last is None:
        return None
    return datetime.combine(last + timedelta(days=1), time(), ZoneInfo(facts.provider.zone)).astimezone(UTC)


def _set_in_the_order(facts: Facts, name: str) -> Clock:
    due = facts.order.due or facts.received_at
    return Clock(
        name=name,
        citation="the time that the order sets",
        starts=facts.received_at,
        strict=due,
        legal=due,
        working=("The order sets this time. The Act itself sets none.",),
    )


def _own_target(facts: Facts, name: str, citation: str) -> Clock:
    days = facts.number("act_target_days" if facts.instrument in ACT else "inform_target_days")
    provider = facts.provider
    ends = calendar.after_days(facts.received_at, days, zone=provider.zone, country=provider.member_state)
    table = calendar.holidays(provider.member_state)
    return Clock(
        name=name,
        citation=f"{citation}; our own target",
        starts=facts.received_at,
        strict=ends.strict,
        legal=ends.legal,
        working=(
            "The order sets no time, and the Act says “without undue delay”: what follows is our own target.",
            *ends.working,
        ),
        calendar=table.version if table else None,
    )
