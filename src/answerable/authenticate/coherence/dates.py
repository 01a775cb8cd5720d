"""Are its dates in order, and was it still in time when it came? A weekend is nothing: judges work on Sundays too."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from answerable.authenticate.directory.fact import Said
from answerable.casefile.demand import Demand
from answerable.casefile.evidence import Fact, Result
from answerable.casefile.order import Order

# A zone ahead of ours writes tomorrow's date while it is today here.
_ZONES = timedelta(days=1)
_OLD = timedelta(days=365)


def date_facts(said: Said, demand: Demand) -> tuple[Fact, ...]:
    """Return G1, the order of its dates, and G2, whether what it sets a time for had run out."""
    return _in_order(said, demand), _in_time(said, demand)


def _in_order(said: Said, demand: Demand) -> Fact:
    issued, received = demand.head.issued_on, demand.arrival.received_at
    if issued is None:
        return said("G1", Result.ABSENT, "The paper carries no date.")
    wrong = tuple(_against(demand, issued, received))
    if wrong:
        return said("G1", Result.CONTRADICTED, " ".join(wrong))
    old = received.date() - issued
    late = f" It is {old.days} days old." if old > _OLD else ""
    return said("G1", Result.CONFIRMED, f"Dated {issued:%d %B %Y}, received {received:%d %B %Y}.{late}")


def _against(demand: Demand, issued: date, received: datetime) -> list[str]:
    wrong = []
    if issued > (received + _ZONES).date():
        wrong.append(f"The order is dated {issued:%d %B %Y}, after it was received ({received:%d %B %Y}).")
    for title, day in _days_before(demand):
        if day is not None and day > issued:
            wrong.append(f"{title} is dated {day:%d %B %Y}, after the order ({issued:%d %B %Y}).")
    return wrong


def _days_before(demand: Demand) -> tuple[tuple[str, date | None], ...]:
    form = demand.form
    if isinstance(form, Order):
        return (("The approval", form.approval.given_on), ("The earlier demand it names", form.earlier_issued_on))
    earlier = (form.D.preservation, form.D.production)
    return tuple(("The earlier order it names", each.issued_on) for each in earlier if each is not None)


def _in_time(said: Said, demand: Demand) -> Fact:
    form, received = demand.form, demand.arrival.received_at
    if not isinstance(form, Order):
        return said("G2", Result.ABSENT, "The form sets its times by law; none of its own can run out.")
    issued, secrecy = form.issued_on, form.secrecy
    wrong = []
    if form.due is not None and form.due < received:
        wrong.append(f"Its own time for the answer ended on {form.due:%d %B %Y, %H:%M} UTC, before it was received.")
    if form.due is not None and issued is not None and (form.due + _ZONES).date() < issued:
        wrong.append("Its time for the answer ends before the day it is dated.")
    if secrecy.until is not None and (
        secrecy.until < received.date() or (issued is not None and secrecy.until < issued)
    ):
        wrong.append(f"The silence it orders ended on {secrecy.until:%d %B %Y}, before it was received.")
    if wrong:
        return said("G2", Result.CONTRADICTED, " ".join(wrong))
    if form.due is None and secrecy.until is None:
        return said("G2", Result.ABSENT, "It sets no time of its own.")
    return said("G2", Result.CONFIRMED, "The times it sets lay ahead when it was received.")
