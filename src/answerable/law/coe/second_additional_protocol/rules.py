"""May a paper of the Convention on Cybercrime be answered? SP1 to SP10: the direct order, and the request between States.

The Protocol is not in force, so its order is tested whole and answered by none; the request is never for a provider.
"""

from __future__ import annotations

import re

from answerable.casefile.categories import DataClass
from answerable.law.citation import beside, names_a_provision
from answerable.law.genuine import sender_holds
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.words import affirmed
from answerable.law.world.paper import words_of

RULES = Rules("Convention on Cybercrime (ETS 185)")
_ORDER, _REQUEST = "coe.sap.art7", "coe.mla"
_PROTOCOL = re.compile(
    r"\b(?:second|2nd) additional protocol\b(?: to the (?:budapest )?convention on cybercrime)?"
    r"|\bzweite\w* zusatzprotokoll\w*\b(?: zum übereinkommen über computerkriminalität)?"
    r"|\b(?:deuxième|second) protocole additionnel\b(?: à la convention sur la cybercriminalité)?"
    r"|\b(?:CETS|STCE|SEV|ETS)\.?\s*(?:no|nr|n°)?\.?\s*224\b",
    re.IGNORECASE,
)
# The Convention itself is no law of one State either, nor is what its Protocol is about.
_TREATIES = (
    rf"{_PROTOCOL.pattern}|\b(?:budapest )?convention on cybercrime\b|\bbudapest convention\b"
    r"|\bübereinkommen\w* über computerkriminalität\b|\bconvention (?:de budapest|sur la cybercriminalité)\b"
    r"|\b(?:ETS|STE|SEV|CETS)\.?\s*(?:no|nr|n°)?\.?\s*185\b"
    r"|\bon enhanced co-?operation and disclosure of electronic evidence\b"
)
_AUTHENTICITY = ("authentic*", "genuine*", "echtheit*")


@RULES.rule(
    "SP1",
    "The treaty it stands on is in force",
    cite="Second Additional Protocol (CETS 224), Art. 16",
    withholds=ALL_CLASSES,
)
def in_force(facts: Facts) -> Answer:
    name = "in_force" if facts.instrument == _ORDER else "convention_in_force"
    if facts.pack.value(name, facts.received_at.date()) is None:
        return not_met(
            "The Protocol is not in force: no order under it binds anybody. Point to mutual legal assistance."
        )
    return met("The treaty is in force.")


@RULES.rule(
    "SP2",
    "Both States have ratified, without reserving the direct order away",
    cite="Second Additional Protocol (CETS 224), Art. 7(9) and 16",
    withholds=ALL_CLASSES,
    only=(_ORDER,),
)
def both_are_parties(facts: Facts) -> Answer:
    parties = facts.words("parties")
    states = (facts.order.requester.country or "the State that asks", facts.provider.member_state)
    missing = [state for state in states if state not in parties]
    if missing:
        return not_met(f"Not among the Parties that take part in Art. 7: {', '.join(missing)}.")
    return met(f"Both take part in Art. 7: {', '.join(states)}.")


@RULES.rule(
    "SP3",
    "It is a paper for a provider, not one between States",
    cite="Art. 25, 27 and 31; Second Additional Protocol (CETS 224), Art. 7(1)",
    withholds=ALL_CLASSES,
    reviewed=False,
)
def for_a_provider(facts: Facts) -> Answer:
    if facts.instrument == _REQUEST:
        return not_met("A request between States is for the central authority of the State that is asked: point to it.")
    return met("An order under Art. 7 goes to the provider itself.")


@RULES.rule(
    "SP4",
    "The order says what an order must say",
    cite="Second Additional Protocol (CETS 224), Art. 7(3)",
    withholds=ALL_CLASSES,
    only=(_ORDER,),
    reviewed=False,
)
def order_is_complete(facts: Facts) -> Answer:
    order = facts.order
    said = {
        "(a) authority and date": order.requester.name and order.issued_on,
        "(b) that it is issued under the Protocol": _PROTOCOL.search(order.legal_basis or ""),
        "(c) the provider": order.addressed_to,
        "(d) the offence": order.offence,
        "(f) the data, described": facts.requested.items,
    }
    missing = [name for name, is_there in said.items() if not is_there]
    return not_met(f"It lacks {', '.join(missing)}.") if missing else met("It has what Art. 7(3) lists.")


@RULES.rule(
    "SP5",
    "What must come with the order came with it",
    cite="Second Additional Protocol (CETS 224), Art. 7(4)",
    withholds=ALL_CLASSES,
    only=(_ORDER,),
    reviewed=False,
)
def papers_with_it(facts: Facts) -> Answer:
    order = facts.order
    came = {
        "(a) the ground in the law of its State, beside the Protocol": names_a_provision(
            beside(order.legal_basis or "", _TREATIES, own=("7",))
        ),
        "(b) the provisions and penalties": order.reasons or order.attestations,
        "(c) whom to answer and ask": order.requester.email or order.requester.tel,
        "(d) until when": order.due,
    }
    missing = [name for name, is_there in came.items() if not is_there]
    return not_met(f"It lacks {', '.join(missing)}.") if missing else met("What Art. 7(4) lists came with it.")


@RULES.rule(
    "SP6",
    "It asks for subscriber information only",
    cite="Art. 18(3); Second Additional Protocol (CETS 224), Art. 7(1)",
    only=(_ORDER,),
    reviewed=False,
)
def subscriber_information_only(facts: Facts) -> Answer:
    beyond = facts.asked_beyond((DataClass.SUBSCRIBER,))
    if beyond:
        return not_met(f"It asks for more than subscriber information: {', '.join(beyond)}.", withholds=beyond)
    return met("It asks for subscriber information only.")


@RULES.rule(
    "SP7",
    "A judge, a prosecutor or an independent office stands behind it",
    cite="Second Additional Protocol (CETS 224), Art. 7(2)(b)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=(_ORDER,),
    reviewed=False,
)
def supervised(facts: Facts) -> Answer:
    order = facts.order
    if order.requester.kind in ("judge", "prosecutor") or order.approval.by in (
        "judge",
        "prosecutor",
        "independent office",
    ):
        return met("A judge, a prosecutor or an independent office issued or approved it.")
    return unclear(
        "Nobody independent issued or approved it.",
        "Has the provider's State declared that an order needs a judge, a prosecutor or independent supervision?",
    )


@RULES.rule(
    "SP8",
    "The provider's State was told at the same time",
    cite="Second Additional Protocol (CETS 224), Art. 7(4)(g) and (5)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=(_ORDER,),
    reviewed=False,
)
def state_was_told(facts: Facts) -> Answer:
    if facts.order.told_other_authority:
        return met("It says that the provider's State was told.")
    return unclear(
        "It does not say that the provider's State was told.",
        "Does our State want to be told of such orders, or consulted, and has it told us not to answer?",
    )


@RULES.rule(
    "SP9",
    "The request says what the central authority will ask for",
    cite="Art. 31, form T-CY(2018)10",
    only=(_REQUEST,),
)
def request_is_complete(facts: Facts) -> Answer:
    order = facts.order
    said = {
        "a date": order.issued_on,
        "a case number": order.reference,
        "the requesting authority, with a person, telephone and mail": order.requester.official
        and order.requester.tel
        and order.requester.email,
        "a separate contact to confirm that it is authentic": affirmed(_AUTHENTICITY, words_of(order)),
    }
    missing = [name for name, is_there in said.items() if not is_there]
    return not_met(f"It lacks {', '.join(missing)}.") if missing else met("It has the fields of the form that we know.")


@RULES.rule(
    "SP10",
    "Paper and sender hold",
    cite="Second Additional Protocol (CETS 224), Art. 7(6)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def paper_holds(facts: Facts) -> Answer:
    return sender_holds(facts)
