"""What follows from a removal order: the hour, the time to contest, how long is kept what was removed, who tells the person.

The hour runs from receipt, or from the clarification of manifest errors and of what is missing to carry it out (Art. 3(8)).
The provider tells the content provider (Art. 11(1)), unless the order decides on silence: six weeks, and once six more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from answerable.casefile.assessment import Clock, NoticeBy, NoticeRule, Suspension
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.supplied import ExchangeKind
from answerable.law import calendar
from answerable.law.eu.terrorist_content_regulation.rules import RESTS_ON, is_cross_border
from answerable.law.rule import Facts

_CITE = "Regulation (EU) 2021/784"


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:
    """Yield the hour, the time to contest where the order comes from another State, and what is kept until when."""
    hour = _hours(
        facts,
        "removal_hours",
        name="Remove",
        citation=f"{_CITE}, Art. 3(3)",
        suspended_because=_suspended(findings),
    )
    yield _clarified(facts, hour)
    if is_cross_border(facts):
        yield _hours(facts, "contest_hours", name="Contest before our own authority", citation=f"{_CITE}, Art. 4(4)")
    yield _preserve(facts)


def notice(facts: Facts) -> NoticeRule:
    """Return who tells the content provider: the provider, at once, or when a silence that was decided has ended."""
    secrecy = facts.order.secrecy
    if secrecy.kind != "ordered":
        wish = (
            "" if secrecy.kind == "none" else "Silence is asked for, but not decided in the order: it does not bind. "
        )
        return NoticeRule(
            told_by=NoticeBy.PROVIDER,
            reason=f"{wish}We tell the content provider that it was removed, and on request why, with a copy of the order.",
            citation=f"{_CITE}, Art. 11(1) and (2)",
        )
    until = _silence_ends(facts)
    weeks = facts.number("silence_days") // 7
    return NoticeRule(
        told_by=NoticeBy.PROVIDER,
        reason=f"The order decides on silence: {weeks} weeks at most, and once {weeks} more. We tell when it has ended.",
        citation=f"{_CITE}, Art. 11(3)",
        silent_since=facts.received_at,
        silent_until=until,
        review_on=until,
        chase="Ask the authority until when silence is to be kept: the order names no end."
        if secrecy.is_indefinite
        else None,
    )


def _silence_ends(facts: Facts) -> datetime:
    """Return the end of the last day of silence at the provider: that of the order, and never later than the law's."""
    order, secrecy, weeks = facts.order, facts.order.secrecy, facts.number("silence_days")
    decided = order.issued_on or facts.received_at.date()
    last = decided + timedelta(days=weeks * (1 + min(secrecy.renewals, facts.number("silence_renewals"))))
    if secrecy.until is not None:
        last = min(last, secrecy.until)
    elif secrecy.days is not None:
        last = min(last, decided + timedelta(days=secrecy.days))
    return datetime.combine(last + timedelta(days=1), time(), ZoneInfo(facts.provider.zone)).astimezone(UTC)


def _hours(facts: Facts, value: str, *, name: str, citation: str, suspended_because: str | None = None) -> Clock:
    ends = calendar.after_hours(facts.received_at, facts.number(value))
    return Clock(
        name=name,
        citation=citation,
        starts=facts.received_at,
        strict=ends.strict,
        legal=ends.legal,
        working=(*ends.working, "That Regulation 1182/71 governs this period has not been checked by a lawyer."),
        suspended_because=suspended_because,
    )


def _clarified(facts: Facts, hour: Clock) -> Clock:
    """Return the hour as it runs from the clarification on, where one was asked in time (Art. 3(8))."""
    asked = [each for each in facts.supplied.exchanged(ExchangeKind.CLARIFICATION) if each.asked_at < hour.legal]
    if not asked:
        return hour
    rests = tuple(
        Suspension(since=each.asked_at, until=each.heard_at, citation=f"{_CITE}, Art. 3(8)") for each in asked
    )
    heard = [each.until for each in rests if each.until is not None]
    if len(heard) < len(rests):
        said = "The hour has not started: what we asked the authority is not clarified yet (Art. 3(8))."
        return hour.model_copy(update={"suspensions": rests, "working": (*hour.working, said)})
    ends = calendar.after_hours(max(heard), facts.number("removal_hours"))
    said = f"It was clarified on {max(heard):%d %B %Y, %H:%M} UTC; the whole hour starts there (Art. 3(8))."
    moved = {"starts": max(heard), "strict": ends.strict, "legal": ends.legal}
    return hour.model_copy(update={**moved, "suspensions": rests, "working": (*hour.working, said)})


def _preserve(facts: Facts) -> Clock:
    provider, days = facts.provider, facts.number("preservation_days")
    ends = calendar.after_days(facts.received_at, days, zone=provider.zone, country=provider.member_state)
    table = calendar.holidays(provider.member_state)
    return Clock(
        name="Preserve what was removed",
        citation=f"{_CITE}, Art. 6",
        starts=facts.received_at,
        strict=ends.legal,
        legal=ends.legal,
        working=(
            f"Six months from the removal, counted here as {days} days, to the end of the day; longer on request for a review.",
            *ends.working[1:],
        ),
        calendar=table.version if table else None,
        keeps=True,
    )


def _suspended(findings: tuple[Finding, ...]) -> str | None:
    """Return why the hour rests (Art. 3(8)), or None. It is shown all the same."""
    errors = [each.rule for each in findings if each.rule in RESTS_ON and each.outcome is Outcome.NOT_MET]
    if not errors:
        return None
    return (
        f"Art. 3(8): the order shows manifest errors, or cannot be carried out as it stands ({', '.join(errors)}). The hour"
        " starts when that is clarified, once the authority has been told with the form of Annex III."
    )
