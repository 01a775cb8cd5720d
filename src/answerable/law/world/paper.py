"""What does any paper from abroad have to show, and what follows from it where its law says nothing special?"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from answerable.casefile.assessment import Clock, NoticeBy, NoticeRule
from answerable.casefile.order import Order
from answerable.law import calendar, professions
from answerable.law.rule import Facts


def states_of(facts: Facts) -> tuple[str, ...]:
    """Return the States whose law binds the provider: its own first."""
    return (facts.provider.member_state, *facts.provider.bound_by)


def words_of(order: Order) -> str:
    """Return what the paper says in its own words."""
    said = (order.offence, order.reasons, order.secrecy.reason, order.emergency.facts, order.text, *order.attestations)
    return ". ".join(filter(None, said))


def speaks_of_press(order: Order) -> bool:
    """Whether the paper itself uses a word for the press. Who the person is, is not looked at."""
    return professions.press_named(words_of(order)) is not None


def speaks_of_lawyers(order: Order) -> bool:
    """Whether the paper itself uses a word for a lawyer or for privilege."""
    return professions.lawyers_named(words_of(order)) is not None


def answer_clock(facts: Facts, *, days: int, citation: str, why: str) -> Clock:
    """Return the clock of the answer: the moment that the paper names, or `days` from receipt, for the reason `why`."""
    due, received, provider = facts.order.due, facts.received_at, facts.provider
    if due is not None:
        working: tuple[str, ...] = ("The paper itself names this moment.",)
        return Clock(name="Answer", citation=citation, starts=received, strict=due, legal=due, working=working)
    ends = calendar.after_days(received, days, zone=provider.zone, country=provider.member_state)
    table = calendar.holidays(provider.member_state)
    return Clock(
        name="Answer",
        citation=citation,
        starts=received,
        strict=ends.strict,
        legal=ends.legal,
        working=(
            why,
            *ends.working,
            "Regulation 1182/71 does not govern this period: the legal end is only counted alike. Work to the strict one.",
        ),
        calendar=table.version if table else None,
    )


def silent(facts: Facts, *, reason: str, citation: str, until: datetime | None = None) -> NoticeRule:
    """Return that we are silent until a known end, or look again on a day of ours."""
    return NoticeRule(
        told_by=NoticeBy.PROVIDER,
        reason=reason,
        citation=citation,
        silent_since=facts.received_at,
        silent_until=until,
        review_on=None if until else facts.received_at + timedelta(days=facts.number("review_days")),
        chase=None if until else "Ask until when silence is to be kept, and whether we may tell the person now.",
    )


def told(*, reason: str, citation: str) -> NoticeRule:
    """Return that nothing keeps us from telling the person, and we do."""
    return NoticeRule(told_by=NoticeBy.PROVIDER, reason=reason, citation=citation)


def told_unless_ordered(facts: Facts, *, citation: str) -> NoticeRule:
    """Return that we tell the person, unless silence is ordered: a wish in a letter binds nobody."""
    if facts.order.secrecy.binds:
        reason = "Silence is ordered. We tell the person when it has ended."
        return silent(facts, reason=reason, citation=citation, until=silence_ends(facts))
    return told(reason="No silence is ordered: nothing forbids to tell the person, and we do.", citation=citation)


def silence_ends(facts: Facts) -> datetime | None:
    """Return the last moment of the last day of silence, in UTC, or None where the paper gives no end."""
    secrecy = facts.order.secrecy
    if secrecy.until is not None:
        return datetime.combine(secrecy.until, time.max, UTC)
    return facts.received_at + timedelta(days=secrecy.days) if secrecy.days is not None else None
