"""When may we tell the person, and what do we ask an authority that is to tell? The rule itself is the law's."""

from __future__ import annotations

from datetime import datetime

from answerable.casefile.assessment import NoticeBy, NoticeRule
from answerable.casefile.demand import Demand
from answerable.casefile.encoding import Record
from answerable.casefile.parties import Provider
from answerable.casefile.scope import Moment


class ChaseLetter(Record):
    """The question to the issuing authority whether the person was informed."""

    provider: Provider
    to: str
    their_reference: str
    our_reference: str
    at: Moment
    sentences: tuple[str, ...]


def is_ours_to_give(rule: NoticeRule | None) -> bool:
    """Whether it is the provider that tells the person, now or some day. Without a rule nobody is told."""
    return rule is not None and rule.told_by is NoticeBy.PROVIDER


def may_be_sent_from(rule: NoticeRule, now: datetime) -> datetime | None:
    """Return the first moment at which our notice may be sent: now, at the end of the silence, or None where none is known."""
    if rule.silent_since is None:
        return now
    return rule.silent_until if rule.silent_until is None else max(now, rule.silent_until)


def chase_letter(demand: Demand, rule: NoticeRule, provider: Provider, *, reference: str, at: datetime) -> ChaseLetter:
    """Return the question to the authority, to be sent on the day of review."""
    head = demand.head
    return ChaseLetter(
        provider=provider,
        to=head.send_to or "",
        their_reference=head.reference or "",
        our_reference=reference,
        at=at,
        sentences=(
            f"On {demand.arrival.received_at:%d %B %Y} we received your order and have kept silent about it since.",
            f"{rule.citation} leaves it to you to inform the person concerned.",
            "Please tell us whether you have done so and on which day, or until when and why you delay it.",
            "Please tell us also whether we may now inform the person ourselves.",
        ),
    )
