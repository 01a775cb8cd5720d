"""What follows from an order of the provider's own State: until when it is answered, and who tells the person.

The order sets the time, or we set ourselves one. The provider tells the person unless the order or its State's law asks for
silence; a silence without an end gets a day of review. In the Netherlands the law itself asks for silence, and the public
prosecutor tells the person, of user data nobody: as we know it, not checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from answerable.casefile.assessment import Clock, NoticeBy, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law import calendar
from answerable.law.eu.domestic_order.rules import own_state
from answerable.law.rule import Facts


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield the clock of the answer."""
    due, provider = facts.order.due, facts.provider
    if due:
        yield Clock(
            name="Answer",
            citation="the time that the order sets",
            starts=facts.received_at,
            strict=due,
            legal=due,
            working=("The order sets this time.",),
        )
        return
    days = facts.number("answer_target_days")
    ends = calendar.after_days(facts.received_at, days, zone=provider.zone, country=provider.member_state)
    table = calendar.holidays(provider.member_state)
    yield Clock(
        name="Answer",
        citation="our own target",
        starts=facts.received_at,
        strict=ends.strict,
        legal=ends.legal,
        working=("The order sets no time: what follows is our own target.", *ends.working),
        calendar=table.version if table else None,
    )


def notice(facts: Facts) -> NoticeRule:
    """Return who tells the person: the provider, unless the order or the law of its State asks for silence."""
    if own_state(facts) in facts.words("silent_by_law"):
        return _silent_by_law(facts)
    if not facts.order.secrecy.binds:
        wish = (
            "Silence is asked for and not ordered: it binds nobody. " if facts.order.secrecy.kind == "requested" else ""
        )
        return NoticeRule(
            told_by=NoticeBy.PROVIDER,
            reason=f"{wish}No silence is ordered: we tell the person.",
            citation="Regulation (EU) 2016/679, Art. 5(1)(a); national law",
        )
    until = _silence_ends(facts)
    return NoticeRule(
        told_by=NoticeBy.PROVIDER,
        reason="Silence is ordered: we tell the person when it has ended.",
        citation="the order; national law",
        silent_since=facts.received_at,
        silent_until=until,
        review_on=None if until else _review(facts),
        chase=None if until else "Ask until when silence is to be kept, and by which provision.",
    )


def _silent_by_law(facts: Facts) -> NoticeRule:
    return NoticeRule(
        told_by=NoticeBy.ISSUING_AUTHORITY,
        reason="The law of this State asks for silence about the order, and sets no end. Nobody has checked this.",
        citation="Code of Criminal Procedure (Netherlands), Art. 126bb(1) and (5)",
        silent_since=facts.received_at,
        review_on=_review(facts),
        chase="Ask the public prosecutor whether the person has been informed, and whether we may.",
    )


def _review(facts: Facts) -> datetime:
    return facts.received_at + timedelta(days=facts.number("silence_review_days"))


def _silence_ends(facts: Facts) -> datetime | None:
    """Return the end of the last day of silence at the provider, or None where the order names none."""
    order, last = facts.order, facts.order.secrecy.until
    if last is None and order.secrecy.days is not None:
        last = (order.issued_on or facts.received_at.date()) + timedelta(days=order.secrecy.days)
    if last is None:
        return None
    return datetime.combine(last + timedelta(days=1), time(), ZoneInfo(facts.provider.zone)).astimezone(UTC)
