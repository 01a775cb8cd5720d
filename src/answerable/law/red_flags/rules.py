"""Which signs of overbreadth does the paper itself show? RF1 to RF24, each a test of words, dates and fields.

None reads what the person said or did: no opinion is classified, nobody is scored. A flag without data beside it is for a
person to weigh; one that keeps data back says which.
"""

from __future__ import annotations

import re
from datetime import timedelta

from answerable.casefile.categories import DataClass
from answerable.casefile.order import Order
from answerable.law import professions, purposes
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.words import said, sentences

RULES = Rules("")
_REVERSE = ("area", "tower", "keyword", "ip_range", "group", "everybody")
# A national security letter certifies relevance, a preservation lets nothing leave, an order under the DSA states its purpose.
_WITHOUT_OFFENCE = ("us.nsl", "us.sca.preservation", "eu.dsa.inform")
_GRAVE = (DataClass.TRAFFIC, DataClass.CONTENT)
_EVERYTHING = (
    "any and all", "any & all", "any or all", "each and every", "all record relating", "all record pertaining", "all record related",
    "all data relating", "all data pertaining", "all data related", "all information relating", "all information pertaining",
    "all information related", "all available data", "all available information", "including but not limited to",
    "including without limitation", "from inception", "since inception", "sämtlich*", "alle verfügbaren daten",
    "einschließlich aber nicht beschränkt", "einschließlich jedoch nicht beschränkt", "toute les données", "toute données",
    "toute les informations", "toute informations", "l'ensemble des données", "y compris mais sans s'y limiter",
    "y compris mais non limité", "alle beschikbare gegevens", "met inbegrip van maar niet beperkt tot",
)  # fmt: skip
_OWN_RULES = (
    "terms of service", "terms of use", "terms and condition", "community guideline", "community standard", "acceptable use policy",
    "nutzungsbedingungen", "conditions d'utilisation", "conditions générales d'utilisation", "gebruiksvoorwaarden",
)  # fmt: skip
# That a demand was refused before, that one is made again, and that one goes to many.
_REFUSED = (
    "refused", "refusal", "declined", "rejected", "unanswered", "not complied", "did not comply", "abgelehnt*", "ablehnung", "verweigert*",
    "refusé", "refusée", "refus", "geweigerd*", "afgewezen",
)  # fmt: skip
_DEMAND = (
    "demand", "request", "order", "subpoena", "warrant", "letter", "notice", "application", "*ersuchen*", "anordnung*", "anfrage*",
    "demande", "réquisition", "injonction", "verzoek*", "vordering*", "bevel",
)  # fmt: skip
_AGAIN = (
    "second request", "repeat request", "repeated request", "renewed request", "repeat our request", "renew our request",
    "reiterate our request", "request once again", "final reminder", "erneutes ersuchen", "erneute anfrage", "zweites ersuchen",
    "nouvelle demande", "réitérons notre demande", "herhaald verzoek",
)  # fmt: skip
_TO_MANY = (
    "all provider", "all hosting provider", "all service provider", "all platform", "identical letter", "same letter", "circular letter",
    "alle anbieter", "alle diensteanbieter", "rundschreiben", "tous les hébergeurs", "tous les fournisseurs", "alle aanbieders",
)  # fmt: skip
# Where its own law lets a paper name an earlier one: the first contact, the request that is renewed, the request to preserve.
_FOLLOWS_BY_LAW = ("eu.tco.removal", "us.sca.preservation", "coe.sap.art7", "coe.mla")
_FREE_MAIL = re.compile(
    r"@(?:(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|gmx|web|proton|protonmail|pm|icloud|mail|yandex|aol|zoho|tuta"
    r"|tutanota|posteo|fastmail|hushmail|rediffmail|qq|163|126|naver|daum|seznam|libero|laposte)\.(?:[a-z]{2,3}|com?\.[a-z]{2}|example)"
    r"|(?:t-online|freenet)\.de|me\.com|(?:free|orange|wanadoo|sfr)\.fr|(?:bk|list|inbox|rambler|ya)\.ru|(?:wp|onet|o2)\.pl)\W*$",
    re.IGNORECASE,
)


def _words(order: Order) -> str:
    said_in = (order.text, order.offence, order.reasons, order.legal_basis, order.secrecy.reason, order.emergency.facts)
    return ". ".join(filter(None, (*said_in, *order.attestations)))


def _repeats(order: Order) -> str | None:
    """Return the word by which a paper says that its like was refused, is made again, or goes to many; or None."""
    words, follows_by_law = _words(order), order.instrument in _FOLLOWS_BY_LAW
    refused = (
        (said(_REFUSED, each) for each in sentences(words) if said(_DEMAND, each)) if said(_REFUSED, words) else ()
    )
    return next(filter(None, refused), None) or said(_TO_MANY if follows_by_law else (*_AGAIN, *_TO_MANY), words)


@RULES.rule(
    "RF1",
    "A judge or an independent office stands behind a demand for traffic or content data",
    cite="Necessary and Proportionate Principles, 6; the ladder of each law",
)
def judge_behind_grave_data(facts: Facts) -> Answer:
    order = facts.order
    if not facts.asks(*_GRAVE):
        return met("No traffic or content data are asked for.")
    if order.requester.kind == "judge" or order.approval.by in ("judge", "independent office"):
        return met("A judge or an independent office issued or approved it.")
    return not_met("Traffic or content data are asked for, and no judge or independent office issued or approved it.")


@RULES.rule("RF2", "It is limited in its words", cite="Fed. R. Crim. P. 41, particularity; seen in published subpoenas")
def limited_words(facts: Facts) -> Answer:
    found = said(_EVERYTHING, _words(facts.order))
    return not_met(f"The paper says “{found}”.") if found else met("No words that ask for everything.")


@RULES.rule("RF3", "It names a period", cite="Marco Civil (Brazil), Art. 22; particularity", withholds=_GRAVE)
def names_a_period(facts: Facts) -> Answer:
    asked = [item for item in facts.requested.items if item.data_class in _GRAVE]
    if any(item.period is None or not item.period.is_closed for item in asked):
        return not_met("Traffic or content data are asked for without beginning or without end.")
    return met("Every range for traffic and content data is closed." if asked else "No such data are asked for.")


@RULES.rule(
    "RF4",
    "It names an account, not an area, a word or a crowd",
    cite="Chatrie v. United States (2026); United States v. Smith, 110 F.4th 817 (5th Cir. 2024); Regulation (EU) 2016/679, recital 31",
    withholds=ALL_CLASSES,
)
def names_an_account(facts: Facts) -> Answer:
    kinds = sorted({line.kind for line in facts.order.asked if line.kind in _REVERSE})
    if kinds:
        return not_met(f"It selects people by {', '.join(kinds).replace('_', ' ')}: ask for a named selector.")
    return met("Every selector is an account or an identifier." if facts.order.asked else "No data are asked for.")


@RULES.rule(
    "RF5",
    "It touches few people",
    cite="Regulation (EU) 2016/679, recital 31; published figures of refused bulk demands",
    withholds=ALL_CLASSES,
)
def touches_few(facts: Facts) -> Answer:
    touched = facts.order.left_out + sum(line.people or 1 for line in facts.order.asked)
    if touched >= facts.provider.identifier_threshold:
        return not_met(
            f"It would touch {touched:,} people; from {facts.provider.identifier_threshold} on this provider asks for a named selector."
        )
    return met(f"It would touch {touched} people or fewer.")


@RULES.rule(
    "RF6",
    "Its statute is for this purpose",
    cite="Twitter v. DHS (N.D. Cal. 2017); 19 USC 1509; 8 USC 1225(d); 18 USC 3486; 21 USC 876",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
)
def statute_fits(facts: Facts) -> Answer:
    order = facts.order
    if not purposes.fits(order.legal_basis, f"{order.offence or ''}. {order.reasons or ''}"):
        return unclear(
            "The statute cited is for one purpose, and the paper states another or none.",
            "Is this demand within the purpose of the statute it cites?",
        )
    return met("No statute of one purpose is cited for another.")


@RULES.rule(
    "RF7",
    "It states an offence",
    cite="Second Additional Protocol (CETS 224), Art. 7(3)(d); Manila Principles, III",
    withholds=ALL_CLASSES,
)
def states_an_offence(facts: Facts) -> Answer:
    order = facts.order
    if not order.asked or order.offence or order.emergency.claimed:
        return met("An offence or an emergency is stated, or no data are asked for.")
    if order.instrument in _WITHOUT_OFFENCE:
        return met("This instrument does not have to state an offence.")
    return not_met("The suspected offence is left blank.")


@RULES.rule(
    "RF8", "It cites a law", cite="Manila Principles, III; GNI Implementation Guidelines, 3.2", withholds=ALL_CLASSES
)
def cites_a_law(facts: Facts) -> Answer:
    return met("A legal basis is cited.") if facts.order.legal_basis else not_met("No legal basis is cited.")


@RULES.rule(
    "RF9",
    "Its sender is an authority",
    cite="Manila Principles, III; published notices of associations and response teams",
)
def sender_is_an_authority(facts: Facts) -> Answer:
    kind = facts.order.requester.kind
    if kind in (None, "party", "other"):
        return not_met(
            "The sender is no judge, prosecutor, police, regulator, agency or ministry, or does not say what it is."
        )
    return met(f"The sender is: {kind}.")


@RULES.rule(
    "RF10",
    "A person signs it, from an office",
    cite="GNI Implementation Guidelines, 3.2; published guidelines of services",
)
def signed_from_an_office(facts: Facts) -> Answer:
    requester = facts.order.requester
    wants = {
        "a signature": requester.signed,
        "a name": requester.official,
        "a post": requester.post,
        "an official address": requester.email and not _FREE_MAIL.search(requester.email),
    }
    missing = [name for name, is_there in wants.items() if not is_there]
    return (
        not_met(f"It lacks {', '.join(missing)}.")
        if missing
        else met("Signed, with name, post and an official address.")
    )


@RULES.rule(
    "RF11",
    "It comes from a State whose law binds the provider, or by a treaty",
    cite="Regulation (EU) 2016/679, Art. 48; Criminal Code (Switzerland), Art. 271; PIPL (China), Art. 41",
    withholds=ALL_CLASSES,
    reviewed=False,
)
def binds_the_provider(facts: Facts) -> Answer:
    state, provider = facts.order.requester.country, facts.provider
    if facts.order.instrument.startswith(("eu.", "coe.", "uk.copo")):
        return met("The instrument is one of the Union or rests on a treaty, which its own rules test.")
    if state in (provider.member_state, *provider.bound_by):
        return met(f"Its State, {state}, is one whose law binds the provider.")
    return not_met("Its State is not one whose law binds the provider: point to mutual legal assistance.")


@RULES.rule("RF12", "Its deadline can be met", cite="Twitter v. DHS (N.D. Cal. 2017): due the day before it came")
def deadline_can_be_met(facts: Facts) -> Answer:
    order = facts.order
    if order.due is None or order.emergency.claimed or order.instrument.startswith("eu.tco"):
        return met("No deadline of its own, or one that its law gives.")
    if order.due - facts.received_at < timedelta(hours=facts.number("shortest_hours")):
        return not_met("Its deadline had passed when it came, or leaves less than a day.")
    return met("Its deadline leaves more than a day.")


@RULES.rule(
    "RF13",
    "Silence is ordered, with an end, or not asked for",
    cite="18 USC 2705(b); a request in a cover letter binds nobody",
)
def silence_has_an_end(facts: Facts) -> Answer:
    secrecy = facts.order.secrecy
    if secrecy.kind == "requested":
        return not_met("Silence is asked for, and no order or law for it is named: it does not bind.")
    if secrecy.is_indefinite:
        return not_met("Silence is ordered without an end: it gets a day of review, and the end is asked for.")
    if secrecy.renewals >= 2:
        return not_met(f"Silence was renewed {secrecy.renewals} times.")
    return met("No silence is asked for, or it has an end.")


@RULES.rule(
    "RF14",
    "The paper names no protected profession",
    cite="Regulation (EU) 2023/1543, Art. 5(9) and (10); privilege and press laws",
)
def no_protected_profession(facts: Facts) -> Answer:
    found = professions.protected_named(_words(facts.order))
    if found:
        return unclear(
            f"The paper itself says “{found.lower()}”.",
            "Is the person protected by privilege, immunity or the freedom of the press?",
        )
    return met("The paper names no such profession; who the person is, was not looked at.")


@RULES.rule(
    "RF15",
    "It asks for a part of an account, not for all and what is yet to come",
    cite="particularity; order of the Audiencia Nacional (Spain), 26 October 2019",
)
def part_of_an_account(facts: Facts) -> Answer:
    asked = {item.category for item in facts.requested.items if item.data_class is DataClass.CONTENT}
    if asked and {"future", "standing"} & set(facts.order.special):
        return not_met("Content that is yet to come is asked for.")
    if len(asked) >= 5:
        return not_met(f"{len(asked)} kinds of content are asked for: nearly the whole account.")
    return met("Not the whole account, and nothing yet to come.")


@RULES.rule(
    "RF16", "A removal holds where its law holds", cite="Manila Principles, IV; Regulation (EU) 2022/2065, Art. 9(2)(b)"
)
def removal_is_local(facts: Facts) -> Answer:
    if any(item.worldwide for item in facts.order.items):
        return not_met("Removal is asked for everywhere, on a law that holds in one place.")
    return met("No removal everywhere is asked for.")


@RULES.rule(
    "RF17",
    "What is asked for was stored when the demand came",
    cite="18 USC 2703 and 3123; Regulation (EU) 2023/1543, Art. 3(8)",
)
def stored_when_it_came(facts: Facts) -> Answer:
    live = sorted({"future", "live", "standing"} & set(facts.order.special))
    if live:
        return not_met(f"It asks for {', '.join(live)} access: no instrument here gives that.")
    late = [
        item for item in facts.requested.items if item.period and item.period.before(facts.received_at) != item.period
    ]
    return (
        not_met("A time range reaches beyond the moment of receipt; that part does not leave.")
        if late
        else met("No range reaches beyond the moment of receipt.")
    )


@RULES.rule(
    "RF18",
    "It asks for data that are there, not for a power that is not",
    cite="published refusals to build, decrypt or open a back door",
)
def no_new_power(facts: Facts) -> Answer:
    asked = sorted(set(facts.order.special) - {"future", "live", "standing"})
    if asked:
        return not_met(
            f"It asks for {', '.join(asked).replace('_', ' ')}: outside any instrument here, and never built."
        )
    return met("It asks for nothing of the kind.")


@RULES.rule(
    "RF19",
    "It asks about the person, not about who the person knows",
    cite="particularity; published guidelines of services",
    withholds=("content.contacts",),
)
def not_about_others(facts: Facts) -> Answer:
    if facts.asks("content.contacts"):
        return not_met("A contact list is asked for: it is about others.")
    return met("No contact list is asked for.")


@RULES.rule(
    "RF20",
    "It is one demand, not three in one",
    cite="published demand of 23 October 2019 for data, removal and silence in one mail",
)
def one_demand(facts: Facts) -> Answer:
    order = facts.order
    if order.asked and order.items:
        return not_met("Data and removal are asked for in one paper: each needs its own.")
    return met("One kind of thing is asked for.")


@RULES.rule(
    "RF21",
    "An emergency is stated with facts, and is not over",
    cite="18 USC 2702(b)(8) and (c)(4); FBI notification of 4 November 2024 on forged emergencies",
    withholds=ALL_CLASSES,
)
def emergency_has_facts(facts: Facts) -> Answer:
    emergency = facts.order.emergency
    if not emergency.claimed:
        return met("No emergency is claimed.")
    if emergency.is_past:
        return not_met("The event is over: that is no emergency.")
    if emergency.threat not in ("death", "serious injury", "safety") or len(emergency.facts or "") < 40:
        return not_met("An emergency is claimed without a danger to a person, or without facts.")
    return met("The danger to a person is named, with facts.")


@RULES.rule("RF22", "It repeats no refused demand, and goes to one service", cite="practice of services")
def not_a_repetition(facts: Facts) -> Answer:
    order, found = facts.order, _repeats(facts.order)
    if found:
        return unclear(
            f"The paper itself says “{found.lower()}”.",
            "Was the same asked before and refused, or is it sent to many? Is anything different now?",
        )
    if order.earlier_reference and order.instrument not in _FOLLOWS_BY_LAW:
        return unclear("It names an earlier demand.", "Was the earlier demand refused, and is anything different now?")
    return met("It names no earlier demand, or one that its own law lets it name; nothing says that one was refused.")


@RULES.rule(
    "RF23", "It rests on law, not on the service's own rules", cite="Santa Clara Principles 2.0, state involvement"
)
def rests_on_law(facts: Facts) -> Answer:
    if said(_OWN_RULES, facts.order.legal_basis or ""):
        return not_met(
            "It points to the service's own rules: an authority's report of those is a report, not an order."
        )
    return met("It does not point to the service's own rules.")


@RULES.rule("RF24", "It is not voluminous", cite="18 USC 2703(d), last sentence", reviewed=False)
def not_voluminous(facts: Facts) -> Answer:
    limit = timedelta(days=facts.number("long_range_days"))
    grave = [item.period for item in facts.requested.items if item.data_class in _GRAVE and item.period]
    if any(period.start and period.end and period.end - period.start > limit for period in grave):
        return not_met(f"Traffic or content data are asked for over more than {limit.days} days.")
    return met("No range of traffic or content data is longer than a year.")
