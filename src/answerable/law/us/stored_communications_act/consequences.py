"""What follows from a paper of the United States: until when it is answered, how long data are kept, and who tells the person.

The Act sets no day for the answer: the paper does, or we set ourselves one. Without an order of a court, or a certified
letter, nothing forbids the provider to tell the person, and it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from answerable.casefile.assessment import Clock, NoticeBy, NoticeRule
from answerable.casefile.categories import DataClass
from answerable.casefile.finding import Finding
from answerable.law.rule import Facts
from answerable.law.us.stored_communications_act.paper import COMPELLED, SECRET_BY_LAW, silence_binds

_LAST_DAY = date(9999, 12, 29)  # the calendar ends; so does every silence


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield the clock of the answer, of the motion for a conflict of laws, and of what is kept."""
    if facts.instrument == "us.sca.preservation":
        yield _at_once(facts)
    yield _emergency(facts) if facts.instrument == "us.sca.emergency" else _answer(facts)
    if facts.instrument in COMPELLED and facts.asks(DataClass.CONTENT):
        days = facts.number("cloud_act_motion_days")
        yield _until(
            facts,
            facts.received_at + timedelta(days=days),
            name="Move for a conflict of laws",
            citation="18 USC 2703(h)(2)",
            working=(
                f"{days} days from service, counted from receipt to the minute.",
                "A last day on a weekend or holiday may count longer: we do not rely on it.",
            ),
        )
    if facts.instrument == "us.sca.preservation":
        yield _preserve(facts)


def notice(facts: Facts) -> NoticeRule:
    """Return who tells the person: the provider, at once, or when a silence that binds has ended."""
    if silence_binds(facts) is not False:
        return _silent(facts)
    wish = facts.order.secrecy.kind != "none"
    return NoticeRule(
        told_by=NoticeBy.PROVIDER,
        reason="Silence is asked for without an order of a court: it binds nobody, and the person is told."
        if wish
        else "No silence is ordered: nothing forbids to tell the person.",
        citation="18 USC 2705(b)",
    )


def _silent(facts: Facts) -> NoticeRule:
    until = None if facts.instrument in SECRET_BY_LAW else _silence_ends(facts)
    letter = facts.instrument == "us.nsl"
    why = (
        "The paper does not say who ordered silence: we keep it until that is known."
        if silence_binds(facts) is None
        else "Silence binds: by an order of a court, a certified letter, or the instrument's own law."
    )
    ask = f"Give reciprocal notice: the government then has {facts.number('nsl_court_days')} days to go to court."
    return NoticeRule(
        told_by=NoticeBy.PROVIDER,
        reason=f"{why} We tell the person when it has ended.",
        citation="18 USC 2709(c), 3511(b)" if letter else "18 USC 2705(b), 3123(d), 2511(2)(a)(ii)",
        silent_since=facts.received_at,
        silent_until=until,
        review_on=None if until else facts.received_at + timedelta(days=facts.number("silence_review_days")),
        chase=ask if letter else None if until else "Ask until when silence is to be kept, and by whose order.",
    )


def _silence_ends(facts: Facts) -> datetime | None:
    """Return the end of the last day of silence, or None. A day ends last twelve hours west of Greenwich."""
    secrecy, received = facts.order.secrecy, facts.received_at.date()
    last = secrecy.until
    if last is None and secrecy.days is not None:
        last = min(facts.order.issued_on or received, received) + timedelta(days=secrecy.days)
    if last is None:
        return None
    return datetime.combine(min(last, _LAST_DAY) + timedelta(days=1), time(12), UTC)


def _emergency(facts: Facts) -> Clock:
    hours = facts.number("emergency_target_hours")
    return _until(
        facts,
        facts.received_at + timedelta(hours=hours),
        name="Answer in an emergency",
        citation="our own target; 18 USC 2702(b)(8) and (c)(4) set no time",
        working=(f"{hours} hours from receipt: our own target.", "The answer is voluntary: no law sets a time."),
    )


def _answer(facts: Facts) -> Clock:
    due, days = facts.order.due, facts.number("answer_target_days")
    return _until(
        facts,
        due or facts.received_at + timedelta(days=days),
        name="Answer",
        citation="the day that the paper names" if due else "our own target",
        working=("The paper names this day; no law sets another.",)
        if due
        else (f"{days} days from receipt: our own target.", "The paper names no day, and no law sets one."),
    )


def _at_once(facts: Facts) -> Clock:
    hours = facts.number("preservation_target_hours")
    return _until(
        facts,
        facts.received_at + timedelta(hours=hours),
        name="Preserve at once",
        citation="18 USC 2703(f)(1); our own target",
        working=(f"The Act names no time: {hours} hours from receipt are our own target.",),
    )


def _preserve(facts: Facts) -> Clock:
    first, again = facts.number("preservation_days"), facts.number("preservation_renewal_days")
    renews = bool(facts.order.earlier_reference)
    working = [f"{first} days from receipt: what is there now is kept, and nothing is disclosed."]
    if renews:
        working = [
            f"A renewal adds {again} days to the first {first}, and the paper does not say when those began.",
            f"Counted at the longest: {first + again} days from receipt. Shorten it by the day of the first request.",
        ]
    kept = _until(
        facts,
        facts.received_at + timedelta(days=first + (again if renews else 0)),
        name="Preserve",
        citation="18 USC 2703(f)(2)",
        working=tuple(working),
    )
    return kept.model_copy(update={"keeps": True})


def _until(facts: Facts, end: datetime, *, name: str, citation: str, working: tuple[str, ...]) -> Clock:
    """Return a clock whose two ends are one: no law lengthens it."""
    return Clock(name=name, citation=citation, starts=facts.received_at, strict=end, legal=end, working=working)
