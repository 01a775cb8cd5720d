"""What does the paper itself say, in the terms that several rules of this law share?"""

from __future__ import annotations

from answerable.casefile.categories import CATEGORIES, DataClass
from answerable.law.rule import Answer, Facts, covers, met, not_met, unclear

COMPELLED = ("us.sca.subpoena", "us.sca.d_order", "us.sca.warrant")
BELOW_A_WARRANT = ("us.sca.subpoena", "us.sca.d_order", "us.nsl", "us.admin_subpoena")
SECRET_BY_LAW = ("us.pen_trap", "us.wiretap", "us.fisa")
GRAVE = (DataClass.TRAFFIC, DataClass.CONTENT)
_REVERSE = ("area", "tower", "keyword", "ip_range", "group", "everybody")


def silence_binds(facts: Facts) -> bool | None:
    """Whether the silence asked for binds; None where the paper does not say who ordered it.

    A pen register, a wiretap and a foreign intelligence order are secret by their own law.
    """
    secrecy = facts.order.secrecy
    if facts.instrument in SECRET_BY_LAW:
        return True
    if not secrecy.binds:
        return False
    if secrecy.by is None:
        return None
    return secrecy.by == "judge" or facts.instrument == "us.nsl"


def reaches(facts: Facts, value: str, rung: str) -> Answer:
    """Return whether all that is asked lies within the list `value`; what lies beyond stays."""
    beyond = facts.asked_beyond(facts.words(value))
    if not beyond:
        return met(f"All that is asked is within {rung}.")
    names = "; ".join(CATEGORIES[code].label for code in beyond)
    return not_met(f"Beyond {rung}: {names}.", withholds=beyond)


def judge_found(facts: Facts, *standards: str) -> Answer:
    """Return whether a judge stands behind it, by one of these standards."""
    approval = facts.order.approval
    if "judge" not in (facts.order.requester.kind, approval.by):
        return not_met("No judge issued or approved it.")
    if approval.standard is None:
        return unclear("A judge is named, and no standard.", f"Did the judge find {' or '.join(standards)}?")
    if approval.standard not in standards:
        return not_met(f"The standard named is {approval.standard}, which is too low.")
    return met(f"A judge found {approval.standard}.")


def without_period(facts: Facts, *classes: str) -> tuple[str, ...]:
    """Return the categories of these classes that are asked for without beginning or without end."""
    asked = [item for item in facts.requested.items if covers(classes, item.category)]
    return tuple(
        dict.fromkeys(item.category for item in asked if item.period is None or not item.period.is_closed),
    )


def crowds(facts: Facts) -> str:
    """Return the kinds of selectors that name no account, in words; empty where there are none."""
    return ", ".join(sorted({line.kind for line in facts.order.asked} & set(_REVERSE))).replace("_", " ")


def nothing_stored(facts: Facts) -> Answer:
    """Return whether an instrument that is not for stored data asks for none."""
    if facts.requested.is_empty:
        return met("No stored data are asked for.")
    return not_met("Stored data are asked for on an instrument that is not for them.")


def is_californian(facts: Facts) -> bool:
    """Whether the sender is an office of California."""
    return (facts.order.requester.region or "").upper() in facts.words("california")
