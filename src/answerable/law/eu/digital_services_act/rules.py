"""Does an order under the Digital Services Act hold what it must? DS1 to DS18, each one test with its citation.

Arts 9 and 10 are a frame: they say what an order must hold, and give no power to make one. That comes from the law that the
order cites. The Act does not say what follows where something is missing: that nothing leaves until it is mended is our
reading.
"""

from __future__ import annotations

import re

from answerable.casefile.categories import CATEGORIES, DataClass
from answerable.casefile.order import Asked, Item
from answerable.law.citation import names_a_provision
from answerable.law.eu.digital_services_act.basis import law_besides
from answerable.law.genuine import sender_holds
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.words import affirmed, said

RULES = Rules("Regulation (EU) 2022/2065")
ACT = ("eu.dsa.act",)
INFORM = ("eu.dsa.inform",)
_GRAVE = (DataClass.TRAFFIC, DataClass.CONTENT)
_AUTHORITIES = ("judge", "prosecutor", "police", "regulator", "agency", "ministry")
_CRIMINAL = ("judge", "prosecutor", "police")
_REVERSE = ("area", "tower", "keyword", "ip_range", "group", "everybody")
# An address of one item: not a whole site, and no pattern for many.
_ONE_ITEM = re.compile(r"https?://[^/\s*]+/[^\s*]+", re.IGNORECASE)
# Need and proportion, in the languages of the Union.
_NEED = (
    "necess*", "needed to", "needed for", "needed in order", "proportion*", "indispensable", "required in order to", "erforderlich*", "notwendig*", "benötigt",
    "verhältnismäßig*", "nécess*", "noodzak*", "nodig", "evenredig*", "necesar*", "proporcion*", "necessár*", "proporzion*",
    "niezbędn*", "konieczn*", "nezbytn*", "přiměřen*", "nevyhnutn*", "primeran*", "szükséges*", "arányos*", "proporțional*",
    "nödvändig*", "nødvendig*", "forholdsmæssig*", "välttämät*", "tarpee*", "oikeasuht*", "αναγκαί*", "απαραίτητ*", "αναλογικ*",
    "необходим*", "пропорционал*", "nužn*", "razmjern*", "potrebn*", "sorazmern*", "vajalik*", "nepieciešam*", "samērīg*", "būtin*",
    "riachtanach*",
)  # fmt: skip


@RULES.rule(
    "DS1",
    "Paper and sender hold",
    cite="Art. 9(2)(a)(iii), Art. 10(2)(a)(ii); an answer to an impostor: Regulation (EU) 2016/679, Arts 32 and 33",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def paper_holds(facts: Facts) -> Answer:
    return sender_holds(facts)


@RULES.rule(
    "DS2",
    "A judicial or administrative authority of a Member State gives it",
    cite="Art. 9(1), Art. 10(1)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
)
def from_a_member_state(facts: Facts) -> Answer:
    requester = facts.order.requester
    if requester.country and requester.country not in facts.words("member_states"):
        return not_met(f"It comes from {requester.country}, which is no Member State.")
    if requester.kind in ("party", "other"):
        return not_met("The sender is no judicial or administrative authority.")
    if requester.country and requester.kind in _AUTHORITIES:
        return met(f"The sender is: {requester.kind}, {requester.country}.")
    return unclear(
        "The paper does not say of which State the sender is, or what it is.",
        "Is the sender a judicial or administrative authority of a Member State?",
    )


@RULES.rule(
    "DS3",
    "It identifies the authority that gives it",
    cite="Art. 9(2)(a)(iii), Art. 10(2)(a)(ii)",
    withholds=ALL_CLASSES,
)
def authority_is_identified(facts: Facts) -> Answer:
    requester = facts.order.requester
    if requester.name and (requester.email or requester.tel or requester.official):
        return met(f"The authority is named: {requester.name}.")
    return not_met("It does not name the authority, or names neither an official nor a way to reach it.")


@RULES.rule(
    "DS4",
    "It cites its legal basis in Union or national law",
    cite="Art. 9(2)(a)(i), Art. 10(2)(a)(i)",
    withholds=ALL_CLASSES,
)
def basis_is_cited(facts: Facts) -> Answer:
    if facts.order.legal_basis:
        return met(f"It cites: {facts.order.legal_basis}.")
    return not_met("It cites no legal basis.")


@RULES.rule(
    "DS5",
    "The law it cites, and not the Act itself, gives the power",
    cite="Art. 9(1), Art. 10(1), Art. 9(2)(a)(i), Art. 10(2)(a)(i)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
)
def power_is_from_elsewhere(facts: Facts) -> Answer:
    if law_besides(facts.order.legal_basis):
        return met("A provision besides the Act is cited; that it reaches this far was not read by the desk.")
    return unclear(
        "No provision is cited besides the Act, which is a frame and gives no power of its own.",
        "Which provision of Union or national law gives this authority the power to make the order?",
    )


@RULES.rule("DS6", "It says why the content is illegal, by which provision", cite="Art. 9(2)(a)(ii)", only=ACT)
def illegality_is_explained(facts: Facts) -> Answer:
    order = facts.order
    if not order.reasons:
        return not_met("It gives no reasons.")
    if names_a_provision(f"{order.reasons}; {order.offence or ''}"):
        return met("It gives reasons and refers to a provision.")
    return unclear("Its reasons name no provision.", "Which specific provision does the content break?")


@RULES.rule(
    "DS7",
    "It says for which purpose the information is required, and why that is necessary and proportionate",
    cite="Art. 10(2)(a)(iv)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=INFORM,
)
def purpose_is_stated(facts: Facts) -> Answer:
    order = facts.order
    if order.reasons and affirmed(_NEED, order.reasons):
        return met("The purpose and the need are stated; whether they hold is for a person to weigh.")
    if order.reasons:
        return unclear("Its reasons do not speak of need or proportion.", "Do the reasons say why it is needed?")
    if order.offence and order.requester.kind in _CRIMINAL:
        return unclear("It gives no reasons, and is about an offence.", "Does the investigation forbid to state them?")
    return not_met("It does not say for which purpose the information is required.")


@RULES.rule("DS8", "It points to the exact items", cite="Art. 9(1), Art. 9(2)(a)(iv)", only=ACT)
def items_are_exact(facts: Facts) -> Answer:
    items = facts.order.items
    if not items or any(not item.url and not item.description for item in items):
        return not_met("It names no item, or one without an address and without a description.")
    loose = [item for item in items if not _is_one(item)]
    if loose:
        return unclear(
            f"{len(loose)} of {len(items)} items have no address, or that of a whole site.",
            "Can each item be found by what the order says, and no other be mistaken for it?",
        )
    return met("Each item has its exact address.")


def _is_one(item: Item) -> bool:
    return bool(item.url and _ONE_ITEM.fullmatch(item.url))


@RULES.rule(
    "DS9",
    "It acts against items, not against a person's account or what is yet to come",
    cite="Art. 8, Art. 9(1), by their wording",
    only=ACT,
    reviewed=False,
)
def items_only(facts: Facts) -> Answer:
    if any(item.kind == "suspend account" for item in facts.order.items):
        return not_met("An account is to be suspended: the article is about specific items.")
    if facts.order.special:
        return not_met(
            f"It asks for {', '.join(facts.order.special).replace('_', ' ')}: no general watch may be imposed."
        )
    return met("It asks to act against items that are there.")


@RULES.rule("DS10", "It holds no further than is strictly necessary", cite="Art. 9(2)(b)", only=ACT)
def territory_is_limited(facts: Facts) -> Answer:
    items = facts.order.items
    if any(item.worldwide for item in items):
        return not_met("It is to hold everywhere.")
    if not items or any(not item.territory for item in items):
        return unclear("It does not say where it holds.", "In which territory is the order to hold?")
    wider = sorted({state for item in items for state in item.territory} - {facts.order.requester.country})
    if wider:
        return unclear(f"It holds also in {', '.join(wider)}.", "Does the order say why it must hold there too?")
    return met("It holds in the State of the authority.")


@RULES.rule(
    "DS11",
    "It says how the provider and the recipient can seek redress",
    cite="Art. 9(2)(a)(v), Art. 10(2)(a)(v)",
    withholds=ALL_CLASSES,
)
def redress_is_stated(facts: Facts) -> Answer:
    if facts.order.redress:
        return met(
            "Redress is stated; that it is open to both, the provider and the recipient, was not read by the desk."
        )
    return not_met("It says nothing of redress.")


@RULES.rule(
    "DS12",
    "It is in a language that the provider declared",
    cite="Art. 9(2)(c), Art. 10(2)(c), Art. 11(3)",
    withholds=ALL_CLASSES,
)
def language_is_declared(facts: Facts) -> Answer:
    if facts.order.language in facts.provider.languages:
        return met(f"Language of the order: {facts.order.language}.")
    declared = ", ".join(facts.provider.languages)
    return not_met(
        f"It is in {facts.order.language}; declared are {declared}: ask for a translation of its main parts."
    )


@RULES.rule("DS13", "It was sent to the provider's contact point", cite="Art. 9(2)(c), Art. 10(2)(c), Art. 11")
def sent_to_contact_point(facts: Facts) -> Answer:
    to, provider = facts.order.addressed_to or "", facts.provider
    if not to:
        return unclear("The paper names no addressee.", "Did it come to the electronic contact point?")
    if said((provider.email, provider.addressee, provider.name), to):
        return met(f"It is addressed to {facts.order.addressed_to}.")
    return not_met(f"It is addressed to {facts.order.addressed_to}, which is not this provider or its contact point.")


@RULES.rule(
    "DS14",
    "It is about individual recipients, not about a class of people",
    cite="Art. 10(1), by its wording",
    withholds=ALL_CLASSES,
    only=INFORM,
    reviewed=False,
)
def individuals_only(facts: Facts) -> Answer:
    classes = sorted({line.kind for line in facts.order.asked if line.kind in _REVERSE})
    if classes:
        return not_met(f"It selects people by {', '.join(classes).replace('_', ' ')}: that is no individual recipient.")
    if any((line.people or 1) > 1 for line in facts.order.asked):
        return not_met("One selector touches several people: that is a class, no individual recipient.")
    if facts.people >= facts.provider.identifier_threshold:
        return not_met(f"It names {facts.people:,} people at once: that is bulk.")
    return met("Every selector is for one recipient.")


@RULES.rule(
    "DS15",
    "Each recipient is identified by a name or identifier that the service knows",
    cite="Art. 10(2)(a)(iii)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=INFORM,
)
def recipients_are_identified(facts: Facts) -> Answer:
    asked = facts.order.asked
    if not asked:
        return not_met("It names no recipient.")
    vague = [line for line in asked if not _identifies(line)]
    if vague:
        return unclear(
            f"{len(vague)} of {len(asked)} selectors are no account name, or an IP address without its moment.",
            "Does each selector lead to one recipient, and to no other?",
        )
    return met("Each recipient is named by an account name or an identifier.")


def _identifies(line: Asked) -> bool:
    return line.at is not None if line.kind == "ip" else line.kind != "other"


@RULES.rule(
    "DS16",
    "It asks for what was already collected for the service and is within the provider's control",
    cite="Art. 10(2)(b)",
    withholds=ALL_CLASSES,
    only=INFORM,
)
def already_collected(facts: Facts) -> Answer:
    special = ", ".join(facts.order.special).replace("_", " ")
    if special:
        return not_met(f"It asks for {special}: that is not there, or not within control.")
    periods = [item.period for item in facts.requested.items if item.period]
    if any(period.since(facts.received_at) for period in periods):
        return not_met("A range reaches beyond the moment of receipt; that part does not leave.", withholds=())
    return met("Nothing is asked for that would first have to be collected.")


@RULES.rule(
    "DS17",
    "The law it cites reaches traffic and content data, where they are asked for",
    cite="Art. 10(1) and (6): a frame that reaches no further than the law behind it",
    withholds=_GRAVE,
    holds_if_unclear=True,
    only=INFORM,
    reviewed=False,
)
def grave_data_are_reached(facts: Facts) -> Answer:
    grave = [code for code in CATEGORIES if facts.asks(code) and code.startswith(_GRAVE)]
    if not grave:
        return met("No traffic or content data are asked for.")
    return unclear(
        f"It asks for {'; '.join(CATEGORIES[code].label for code in grave)}.",
        "Does the cited law give such data to this authority, and did whoever must approve it approve it?",
    )


@RULES.rule(
    "DS18",
    "It asks for what its article is for",
    cite="Art. 9(1), Art. 10(1)",
    withholds=ALL_CLASSES,
)
def one_article(facts: Facts) -> Answer:
    order = facts.order
    if facts.instrument in ACT and order.asked:
        return not_met("An order to act against content gives no data: that needs an order under Art. 10.")
    if facts.instrument in INFORM and order.items:
        return not_met("An order for information removes nothing: that needs an order under Art. 9.", withholds=())
    return met("Removal and information are not mixed.")
