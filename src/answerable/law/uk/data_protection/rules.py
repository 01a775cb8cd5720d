"""May this voluntary request be answered? DP1 to DP5. It permits and never compels: a person decides whether we want to."""

from __future__ import annotations

from answerable.casefile.categories import DataClass
from answerable.law.genuine import sender_holds
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear

RULES = Rules("Data Protection Act 2018")
_GRAVE = (DataClass.TRAFFIC, DataClass.CONTENT)


@RULES.rule(
    "DP1",
    "Somebody here has a reason to answer what nothing compels",
    cite="Sch 2 para 2",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def nothing_compels(facts: Facts) -> Answer:
    if not facts.requested.items:
        return met("No data are asked for: nothing is to be decided.")
    return unclear(
        "The request compels nothing: the exemption only permits an answer.",
        "Why would we answer without an order, and what would be lost if we ask for one?",
    )


@RULES.rule(
    "DP2",
    "It says which crime, and why the data are needed now",
    cite="Sch 2 para 2(1), 'to the extent that'",
    withholds=ALL_CLASSES,
    reviewed=False,
)
def says_why(facts: Facts) -> Answer:
    order = facts.order
    missing = [name for name, said in {"the crime": order.offence, "why": order.reasons}.items() if not said]
    if missing:
        return not_met(f"It does not say {' nor '.join(missing)}: the exemption reaches only as far as that.")
    return met("It says which crime, and why.")


@RULES.rule(
    "DP3",
    "It does not reach traffic data or content",
    cite="Sch 2 para 2, which lifts no secrecy of communications",
    withholds=_GRAVE,
    reviewed=False,
)
def no_grave_data(facts: Facts) -> Answer:
    if facts.asks(*_GRAVE):
        return not_met("Traffic or content data are asked for: the exemption is one of data protection only.")
    return met("No traffic or content data are asked for.")


@RULES.rule(
    "DP4", "An authority of the United Kingdom asks", cite="Sch 2 para 2(1)", withholds=ALL_CLASSES, reviewed=False
)
def authority_asks(facts: Facts) -> Answer:
    requester = facts.order.requester
    if requester.country == "GB" and requester.kind not in (None, "party", "other"):
        return met(f"An authority of the United Kingdom asks: {requester.kind}.")
    return not_met("The sender is no authority of the United Kingdom.")


@RULES.rule(
    "DP5",
    "Paper and sender hold",
    cite="practice of calling back",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def paper_holds(facts: Facts) -> Answer:
    return sender_holds(facts)
