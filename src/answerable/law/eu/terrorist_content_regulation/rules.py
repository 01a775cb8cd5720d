"""Must this removal order be carried out within the hour? TC1 to TC17, each one test with its citation.

The hour runs unless the order shows manifest errors or cannot be carried out as it stands (Art. 3(8)): TC3 and TC4 are the
rules that make it rest. Everything else is contested while it runs.
"""

from __future__ import annotations

import re
from datetime import timedelta

from answerable.casefile.finding import Outcome
from answerable.law.genuine import sender_holds
from answerable.law.professions import PRESS
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.words import said

RULES = Rules("Regulation (EU) 2021/784")
RESTS_ON = ("TC3", "TC4")
_EXACT = re.compile(r"https?://[^/\s*]+/[^\s*]+", re.IGNORECASE)
_THE_REGULATION = (
    "2021/784", "2021 / 784", "terrorist content regulation", "terrorist content online regulation", "TCO regulation", "TCOR", "TCO-VO",
    "TCO-verordnung", "règlement TCO", "TCO-verordening",
)  # fmt: skip
# The five types of Art. 2(7), by the letters of Annex I, Section B, or by their words.
_LETTER = re.compile(
    r"2\s*\(7\)\s*\(?[a-e]\)|\b7\s?[a-e]\b"
    r"|\b7\)?[,\s]*(?:buchst\w*|lit|onder|letra|lettera|lettre|letter|litera|point|punt|písm\w*)\.?\s*\(?[a-e]\b",
    re.IGNORECASE,
)
_TYPE = (
    "incit*", "glorif*", "advocat*", "solicit", "solicits", "soliciting", "solicited", "solicitation", "instruction*", "instructs",
    "instructing", "threat*", "anstift*", "verherrlich*", "anleitung*", "anleitet*", "*drohung*", "droht", "drohen", "androh*", "bedroh*", "aufruf*",
    "apologie", "provocation", "provoqu*", "sollicit*", "menace*", "opruiing", "opruiend*", "aanzet*", "zet aan tot", "verheerlijk*",
    "dreig*", "bedreig*", "instructie*", "enaltec*", "amenaz*", "instrucc*", "istig*", "apologia", "minacci*", "istruzion*",
    "nawoł*", "podżeg*", "pochwal*", "gróźb*", "instrukcj*",
)  # fmt: skip
_PROTECTED = (
    *PRESS, "press", "educati*", "teach*", "school*", "*universit*", "research*", "museum", "artist*", "artwork", "documentary",
    "counter terror*", "counter speech", "unterricht*", "forschung*", "*wissenschaft*", "künstler*", "die presse", "presse",
    "enseignement*", "recherche", "artistique", "onderzoeker*", "onderwijs*", "kunstenaar*", "satir*",
)  # fmt: skip


def is_cross_border(facts: Facts) -> bool:
    """Whether the order comes from another Member State than the provider's, or does not say from which."""
    return facts.order.requester.country != facts.provider.member_state


@RULES.rule(
    "TC1",
    "Paper and sender hold",
    cite="Art. 3(5)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
)
def paper_holds(facts: Facts) -> Answer:
    return sender_holds(facts, if_not=" The hour runs.")


@RULES.rule("TC2", "Every part of the order is there", cite="Art. 3(4), Annex I")
def complete(facts: Facts) -> Answer:
    order = facts.order
    parts = {
        "the authority": order.requester.name and order.requester.email,
        "the reasons": order.reasons,
        "the address of the content": order.items and all(item.url for item in order.items),
        "the legal basis": order.legal_basis,
        "the date": order.issued_on,
        "redress": order.redress,
    }
    missing = [name for name, content in parts.items() if not content]
    return not_met(f"Missing: {', '.join(missing)}.") if missing else met("Every part of the form is filled in.")


@RULES.rule("TC3", "The address of the content is exact", cite="Art. 3(4), Art. 3(8)")
def address_is_exact(facts: Facts) -> Answer:
    items = facts.order.items
    loose = [item for item in items if not (item.url and _EXACT.fullmatch(item.url))]
    if not items or any(not item.url for item in loose):
        return not_met("It gives no address for what is to be removed: the hour starts when that is clarified.")
    if loose and all(item.description for item in loose):
        return unclear(
            "An address is that of a whole site or a pattern, with words beside it.",
            "Do the words beside the address lead to one item, and to no other?",
        )
    if loose:
        return not_met("An address is that of a whole site, or a pattern: the hour starts when that is clarified.")
    return met("Each item has its exact address.")


@RULES.rule("TC4", "It is dated, and not later than it came", cite="Art. 3(4), Art. 3(8)")
def date_holds(facts: Facts) -> Answer:
    issued = facts.order.issued_on
    if issued is None:
        return unclear("It bears no date.", "Is the missing date a manifest error that must be clarified first?")
    # A day ahead of Greenwich is still today's date there.
    if issued > (facts.received_at + timedelta(hours=14)).date():
        return not_met(f"It is dated {issued}, after it was received: a manifest error, to be clarified first.")
    return met(f"It is dated {issued}; a time stamp was not read by the desk.")


@RULES.rule("TC5", "It rests on this Regulation", cite="Art. 3(4)")
def rests_on_the_regulation(facts: Facts) -> Answer:
    basis = facts.order.legal_basis
    if basis and said(_THE_REGULATION, basis):
        return met(f"It cites: {basis}.")
    return not_met("It does not cite this Regulation as its legal basis.")


@RULES.rule("TC6", "It is signed, or came over an authenticated channel", cite="Art. 3(4) and (5), Annex I, Section E")
def is_signed(facts: Facts) -> Answer:
    if facts.order.requester.signed:
        return met("It is signed; whether by an electronic signature that holds, the facts about the paper say.")
    if facts.authenticity and all(each.outcome is Outcome.MET for each in facts.authenticity):
        return unclear(
            "It is not signed.", "Did it come over an authenticated channel, which makes a signature needless?"
        )
    return not_met("It is not signed, and its sender is not confirmed.")


@RULES.rule("TC7", "It gives reasons and states the type of material", cite="Art. 3(4), Art. 2(7), Annex I, Section B")
def type_is_stated(facts: Facts) -> Answer:
    reasons = facts.order.reasons
    if not reasons:
        return not_met("It gives no reasons and states no type.")
    by_letter = _LETTER.search(reasons)
    if found := said(_TYPE, reasons) or (by_letter and by_letter[0]):
        return met(f"Its reasons speak of one of the five types (“{found.lower()}”).")
    return unclear("Its reasons name none of the five types.", "Which of the five types of Art. 2(7) is meant?")


@RULES.rule("TC8", "A competent authority of a Member State gives it", cite="Art. 3(1), Annex I, Section E")
def from_a_competent_authority(facts: Facts) -> Answer:
    requester = facts.order.requester
    if requester.country and requester.country not in facts.words("member_states"):
        return not_met(f"It comes from {requester.country}, which is no Member State.")
    if requester.kind == "party":
        return not_met("The sender is no authority.")
    if requester.country and requester.kind not in (None, "other", "intelligence"):
        return met(f"The sender is: {requester.kind}, {requester.country}.")
    return unclear("It does not say of which State the sender is, or what it is.", "Is it on the list of authorities?")


@RULES.rule("TC9", "It is addressed to the main establishment or the legal representative", cite="Art. 3(5)")
def sent_to_main_establishment(facts: Facts) -> Answer:
    to, provider = facts.order.addressed_to or "", facts.provider
    if not to:
        return unclear("The paper names no addressee.", "Did it come to the contact point of the main establishment?")
    if said((provider.email, provider.addressee, provider.name), to):
        return met(f"It is addressed to {facts.order.addressed_to}.")
    return not_met(f"It is addressed to {facts.order.addressed_to}, which is not this provider or its contact point.")


@RULES.rule("TC10", "The authority made contact half a day before its first order", cite="Art. 3(2)")
def contact_came_first(facts: Facts) -> Answer:
    order, ahead = facts.order, timedelta(hours=facts.number("first_contact_hours"))
    # The paper gives the day of the earlier one: counted as if it came at its very end, anywhere.
    if order.earlier_issued_on and order.earlier_issued_on + timedelta(days=2) <= (facts.received_at - ahead).date():
        return met(f"The authority was in contact before: {order.earlier_reference or 'on'} {order.earlier_issued_on}.")
    if order.emergency.claimed and order.emergency.facts:
        return unclear("It claims an emergency.", "Is it duly justified that no contact came before the first order?")
    return unclear(
        "The paper names no earlier contact.",
        "Is this the authority's first order to us, and did procedures and deadlines come 12 hours before it?",
    )


@RULES.rule("TC11", "Silence is a decision in the order itself, with its reason", cite="Art. 11(3), Annex I, Section C")
def silence_is_decided(facts: Facts) -> Answer:
    secrecy = facts.order.secrecy
    if secrecy.kind == "none":
        return met("No silence is asked for.")
    if secrecy.kind != "ordered":
        return not_met("Silence is asked for, but not decided in the order: it does not bind.")
    if not secrecy.reason:
        return unclear("Silence is ordered without a reason.", "Is public security the reason for the silence?")
    return met("The order decides on silence and gives the reason.")


@RULES.rule("TC12", "Silence ends after six weeks, or twelve where it was renewed", cite="Art. 11(3)")
def silence_ends(facts: Facts) -> Answer:
    secrecy, days = facts.order.secrecy, facts.number("silence_days")
    if not secrecy.binds:
        return met("No silence is ordered.")
    if secrecy.renewals > facts.number("silence_renewals"):
        return not_met(f"Silence was renewed {secrecy.renewals} times, and may be renewed once.")
    if secrecy.is_indefinite:
        return not_met(f"Silence is ordered without an end: it ends by itself after {days} days.")
    last = days * (1 + secrecy.renewals)
    decided = facts.order.issued_on or facts.received_at.date()
    if (secrecy.days or 0) > last or (secrecy.until and secrecy.until > decided + timedelta(days=last)):
        return not_met(f"Silence is ordered for more than {last} days: it ends after those.")
    return met(f"Silence is ordered for {last} days at most.")


@RULES.rule("TC13", "The authority of the provider's own State got a copy", cite="Art. 4(1), Annex I, Section D")
def copy_was_sent(facts: Facts) -> Answer:
    if not is_cross_border(facts):
        return met("It comes from the provider's own State: no copy is due.")
    if facts.order.told_other_authority:
        return met("It says that the authority of the provider's State got a copy.")
    if facts.order.requester.country is None:
        return unclear("It does not say from which State it comes.", "Does it come from another Member State?")
    return not_met("It comes from another Member State, and does not say that the authority here got a copy.")


@RULES.rule("TC14", "The paper names no educational, journalistic, artistic or research purpose", cite="Art. 1(3)")
def no_protected_purpose(facts: Facts) -> Answer:
    order = facts.order
    words = (order.reasons, order.text, *(text for item in order.items for text in (item.url, item.description)))
    if found := said(_PROTECTED, " ".join(filter(None, words))):
        return unclear(
            f"The paper itself says “{found.lower()}”.",
            "Is it spread for education, journalism, art, research, or to counter terrorism?",
        )
    return met("The paper names no such purpose; the content itself was not looked at.")


@RULES.rule("TC15", "It asks to remove content or to disable access, and no more", cite="Art. 3(1) and (3)")
def removal_only(facts: Facts) -> Answer:
    other = sorted({item.kind for item in facts.order.items} - {"remove", "disable access"})
    if other:
        return not_met(f"It asks to {', '.join(other)}: a removal order cannot.")
    if any(item.worldwide for item in facts.order.items):
        return not_met(
            "It is to hold outside the Union too: the duty is to remove, or to disable access in all Member States."
        )
    return met("It asks for removal, or for access to be disabled.")


@RULES.rule("TC16", "It asks for no data", cite="Art. 3(1), by its wording", withholds=ALL_CLASSES, reviewed=False)
def no_data(facts: Facts) -> Answer:
    if facts.order.asked or facts.order.special:
        return not_met("Data are asked for, or access to what is yet to come: a removal order gives neither.")
    return met("No data are asked for.")


@RULES.rule("TC17", "It is in a language of the contact point", cite="Art. 15")
def language_is_declared(facts: Facts) -> Answer:
    if facts.order.language in facts.provider.languages:
        return met(f"Language of the order: {facts.order.language}.")
    return unclear(
        f"It is in {facts.order.language}; declared are {', '.join(facts.provider.languages)}.",
        "Can it be understood well enough to be carried out, or must it be clarified?",
    )
