"""May this notice for communications data be carried out? IP1 to IP8, each one test with its citation."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from answerable.casefile.categories import DataClass
from answerable.law.genuine import sender_holds
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.uk.paper import binds_here
from answerable.law.words import affirmed
from answerable.law.world.paper import speaks_of_press

RULES = Rules("Investigatory Powers Act 2016")
_SINGLE_POINT = ("single point of contact", "SPoC")


@RULES.rule(
    "IP1",
    "An independent office approved it",
    cite="s 60A; ss 61 and 61A for the exceptions",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def independent_approval(facts: Facts) -> Answer:
    order = facts.order
    if order.approval.by in ("independent office", "judge"):
        return met(f"Approved by: {order.approval.by}.")
    if order.approval.by and (order.requester.kind == "intelligence" or order.emergency.claimed):
        return unclear(
            "It was approved inside the authority, as only intelligence agencies and urgent cases may.",
            "Which designated senior officer gave the authorisation, and under s 61 or s 61A?",
        )
    return not_met("No independent office approved it.")


@RULES.rule(
    "IP2",
    "It comes through a single point of contact",
    cite="s 76",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def through_single_point(facts: Facts) -> Answer:
    requester = facts.order.requester
    # Its sender must say so: a letter that only mentions one is not from one.
    said_by_sender = (requester.post, requester.name, *facts.order.attestations)
    if affirmed(_SINGLE_POINT, "; ".join(filter(None, said_by_sender))):
        return met("It names a single point of contact as its sender; whether it is one, the register says.")
    return unclear(
        "It names no single point of contact.",
        "Which accredited officer sent it? Look in the register, and do not call the number on the paper.",
    )


@RULES.rule(
    "IP3",
    "It asks who, when, where and how, never what was said",
    cite="ss 60A, 61 and 261",
    withholds=(DataClass.CONTENT,),
    reviewed=False,
)
def never_content(facts: Facts) -> Answer:
    if facts.asks(DataClass.CONTENT):
        return not_met("Content is asked for: that needs a warrant under another Part.")
    return met("No content is asked for.")


@RULES.rule(
    "IP4", "Its authorisation still runs", cite="s 65", withholds=ALL_CLASSES, holds_if_unclear=True, reviewed=False
)
def authorisation_runs(facts: Facts) -> Answer:
    given, today = facts.order.approval.given_on, facts.received_at.date()
    if given is None:
        return unclear("It does not say when it was authorised.", "On which day was the authorisation given?")
    if given > today:
        return not_met(f"Its authorisation is dated {given}, after the day of receipt.")
    ends = _months_after(given, facts.number("validity_months"))
    if ends <= today:
        return not_met(f"Its authorisation of {given} ended with the day before {ends}.")
    return met(f"Its authorisation of {given} runs until the day before {ends}.")


@RULES.rule(
    "IP5",
    "A source of the press is asked about only with a Judicial Commissioner",
    cite="s 77",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def source_of_the_press(facts: Facts) -> Answer:
    if not speaks_of_press(facts.order):
        return met("The paper does not speak of the press; who the person is, was not looked at.")
    if facts.order.approval.by == "judge":
        return met("The paper speaks of the press, and a judge approved it.")
    return unclear(
        "The paper speaks of the press, and names no Judicial Commissioner.",
        "Is it meant to find a journalist's source, and has a Judicial Commissioner approved it?",
    )


@RULES.rule("IP6", "It can be carried out as far as reasonably practicable", cite="ss 66 and 85", reviewed=False)
def practicable(facts: Facts) -> Answer:
    wanted = ", ".join(sorted(facts.order.special)).replace("_", " ")
    if wanted:
        return unclear(
            f"It asks for more than stored data: {wanted}.",
            "What of it is reasonably practicable for us? The duty reaches no further.",
        )
    return met("It asks for stored data only.")


@RULES.rule(
    "IP7", "The law of the United Kingdom binds the provider", cite="s 85", withholds=ALL_CLASSES, reviewed=False
)
def law_binds(facts: Facts) -> Answer:
    return binds_here(facts)


@RULES.rule(
    "IP8",
    "Paper and sender hold",
    cite="s 76; practice of verifying through the register",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def paper_holds(facts: Facts) -> Answer:
    return sender_holds(facts)


def _months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last one of a shorter month."""
    more, month = divmod(day.month - 1 + months, 12)
    year = day.year + more
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
