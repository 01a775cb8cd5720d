"""How far does a paper of the United States reach? U0 to U34, each one test with its citation.

A higher rung of the ladder (subpoena, order, warrant) holds every lower one; a lower one never unlocks more. What is
asked beyond the rung stays, and the rest may leave. Here: every paper, the ladder, preservation, emergency, silence;
`agencies.py` has U20 to U29, `california.py` U32 to U34.
"""

from __future__ import annotations

from datetime import timedelta

from answerable.casefile.categories import DataClass
from answerable.law.genuine import sender_holds
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.us.stored_communications_act import agencies, california
from answerable.law.us.stored_communications_act.paper import (
    BELOW_A_WARRANT,
    COMPELLED,
    GRAVE,
    crowds,
    judge_found,
    reaches,
    silence_binds,
    without_period,
)

RULES = Rules("")


@RULES.rule(
    "U0",
    "Paper and sender hold",
    cite="18 USC 2703; FBI notification of 4 November 2024 on forged demands",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
)
def paper_holds(facts: Facts) -> Answer:
    return sender_holds(facts)


@RULES.rule(
    "U1",
    "An authority of the United States or of one of its States asks",
    cite="18 USC 2711(4)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    reviewed=False,
)
def a_governmental_entity(facts: Facts) -> Answer:
    requester = facts.order.requester
    if requester.kind in ("party", "other") or requester.country not in (None, "US"):
        return not_met("The sender is no authority of the United States or of one of its States.")
    if requester.kind is None or requester.country is None:
        return unclear("The paper does not say what the sender is, or of which State.", "Is it a US authority?")
    return met(f"The sender is: {requester.kind}, United States.")


@RULES.rule(
    "U2",
    "A subpoena asks for the basic subscriber record only",
    cite="18 USC 2703(c)(2)",
    only=("us.sca.subpoena",),
    reviewed=False,
)
def within_a_subpoena(facts: Facts) -> Answer:
    return reaches(facts, "reach_subpoena", "the basic subscriber record, which is all that a subpoena reaches")


@RULES.rule(
    "U3",
    "A court order for records asks for records only",
    cite="18 USC 2703(c)(1)(B) and (d)",
    only=("us.sca.d_order",),
)
def within_a_d_order(facts: Facts) -> Answer:
    return reaches(facts, "reach_d_order", "the records that an order under 2703(d) reaches")


@RULES.rule(
    "U4",
    "Content is asked for by warrant",
    cite="United States v. Warshak (6th Cir. 2010); 18 USC 2703(a) and (b)",
    withholds=(DataClass.CONTENT,),
    only=BELOW_A_WARRANT,
    reviewed=False,
)
def content_by_warrant(facts: Facts) -> Answer:
    if facts.asks(DataClass.CONTENT):
        return not_met("Content is asked for with less than a warrant.")
    return met("No content is asked for.")


@RULES.rule(
    "U5",
    "Location is asked for by warrant",
    cite="Carpenter v. United States (2018); Chatrie v. United States (2026)",
    only=BELOW_A_WARRANT,
    reviewed=False,
)
def location_by_warrant(facts: Facts) -> Answer:
    location = facts.words("location")
    if facts.asks(*location):
        return not_met("Location is asked for with less than a warrant.", withholds=location)
    return met("No location is asked for, or it came before the ruling.")


@RULES.rule(
    "U6",
    "A judge gave the order on specific and articulable facts",
    cite="18 USC 2703(d)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=("us.sca.d_order",),
)
def facts_before_a_judge(facts: Facts) -> Answer:
    return judge_found(facts, "specific and articulable facts", "probable cause")


@RULES.rule(
    "U7",
    "The order is for a criminal investigation",
    cite="18 USC 2703(d)",
    withholds=ALL_CLASSES,
    only=("us.sca.d_order",),
)
def criminal_investigation(facts: Facts) -> Answer:
    if facts.order.offence:
        return met("An offence under investigation is named.")
    return not_met("No offence is named, and the order is for an ongoing criminal investigation only.")


@RULES.rule(
    "U8",
    "A judge gave the warrant on probable cause",
    cite="18 USC 2703(a); Fed. R. Crim. P. 41; Fourth Amendment",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=("us.sca.warrant",),
)
def probable_cause(facts: Facts) -> Answer:
    return judge_found(facts, "probable cause")


@RULES.rule(
    "U9",
    "The warrant names an account and an offence",
    cite="Fourth Amendment; Fed. R. Crim. P. 41(e)",
    withholds=ALL_CLASSES,
    only=("us.sca.warrant",),
    reviewed=False,
)
def particular_in_whom(facts: Facts) -> Answer:
    if not facts.order.asked or crowds(facts):
        return not_met(f"It names no account: {crowds(facts) or 'nothing'}.")
    if not facts.order.offence:
        return not_met("It names no offence.")
    return met("It names an account and an offence.")


@RULES.rule(
    "U10",
    "The warrant names the time of traffic and content data",
    cite="Fourth Amendment; Fed. R. Crim. P. 41(e)",
    only=("us.sca.warrant",),
    reviewed=False,
)
def particular_in_time(facts: Facts) -> Answer:
    open_ended = without_period(facts, *GRAVE)
    if open_ended:
        return not_met("Traffic or content data are asked for without beginning or end.", withholds=open_ended)
    return met("Traffic and content data, where asked for, have a beginning and an end.")


@RULES.rule(
    "U11",
    "No conflict with the law of a State that has an agreement",
    cite="18 USC 2703(h)",
    only=COMPELLED,
)
def no_conflict_of_laws(facts: Facts) -> Answer:
    qualifying = [
        state
        for state in facts.words("qualifying_states")
        if state in (facts.provider.member_state, *facts.provider.bound_by)
    ]
    if not qualifying or not facts.asks(DataClass.CONTENT):
        return met("No content is asked for, or no State with an agreement binds the provider.")
    return unclear(
        f"Content is asked for, and this provider is also bound by the law of {', '.join(qualifying)}.",
        "Is the person neither a US person nor living there, and would an answer break that law? Then move in time.",
    )


@RULES.rule(
    "U12",
    "A preservation request is answered with nothing",
    cite="18 USC 2703(f)(1)",
    withholds=ALL_CLASSES,
    only=("us.sca.preservation",),
)
def preservation_discloses_nothing(facts: Facts) -> Answer:
    if facts.requested.is_empty:
        return met("No data are named.")
    return not_met("It asks to keep what it names; to have it, another instrument is needed.")


@RULES.rule(
    "U13",
    "It asks to keep what is there, not what is to come",
    cite="18 USC 2703(f)(1)",
    only=("us.sca.preservation",),
    reviewed=False,
)
def keeps_what_is_there(facts: Facts) -> Answer:
    if {"future", "live", "standing"} & set(facts.order.special):
        return not_met("It asks to keep what is yet to come: a request keeps what is there when it comes.")
    return met("Nothing that is yet to come is to be kept.")


@RULES.rule(
    "U14",
    "It asks to keep for 90 days, and is renewed once",
    cite="18 USC 2703(f)(2)",
    only=("us.sca.preservation",),
)
def keeps_for_its_time(facts: Facts) -> Answer:
    longest = facts.number("preservation_days")
    if (facts.order.preserve_days or 0) > longest:
        return not_met(f"It asks for {facts.order.preserve_days} days; a request keeps for {longest}.")
    if facts.order.earlier_reference:
        return unclear("It renews an earlier request.", "Is this the first renewal, and did it come in time?")
    return met(f"It asks for {longest} days or fewer, and names no earlier request.")


@RULES.rule(
    "U15",
    "A person is in danger of death or serious physical injury, now",
    cite="18 USC 2702(b)(8) and (c)(4)",
    withholds=ALL_CLASSES,
    only=("us.sca.emergency",),
    reviewed=False,
)
def danger_now(facts: Facts) -> Answer:
    emergency = facts.order.emergency
    if not emergency.claimed or emergency.threat not in ("death", "serious injury"):
        return not_met("No danger of death or serious physical injury is stated.")
    if emergency.is_past:
        return not_met("The event is over.")
    return met(f"The danger stated is: {emergency.threat}.")


@RULES.rule(
    "U16",
    "The danger is stated with facts",
    cite="18 USC 2702(b)(8) and (c)(4); FBI notification of 4 November 2024",
    withholds=ALL_CLASSES,
    only=("us.sca.emergency",),
    reviewed=False,
)
def danger_has_facts(facts: Facts) -> Answer:
    told = (facts.order.emergency.facts or "").strip()
    if len(told) < facts.number("emergency_facts_length"):
        return not_met("No facts are stated, or a few words only.")
    return met("Facts are stated. Whether they are true was not looked at.")


@RULES.rule(
    "U17",
    "The provider itself believes that the danger needs an answer without delay",
    cite="18 USC 2702(b)(8) and (c)(4)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=("us.sca.emergency",),
    reviewed=False,
)
def good_faith(facts: Facts) -> Answer:
    if facts.requested.is_empty:
        return met("No data are asked for.")
    return unclear(
        "The law asks what the provider believes, which no paper can say.",
        "Do you believe in good faith, from facts you checked by a call back, that this danger cannot wait?",
    )


@RULES.rule(
    "U18",
    "An emergency request asks for records, not content",
    cite="18 USC 2702(c)(4); our cap",
    only=("us.sca.emergency",),
    reviewed=False,
)
def emergency_within_cap(facts: Facts) -> Answer:
    return reaches(facts, "reach_emergency", "what we give in an emergency")


@RULES.rule(
    "U19",
    "An emergency request asks for recent traffic data",
    cite="18 USC 2702(c)(4); our cap",
    withholds=(DataClass.TRAFFIC,),
    only=("us.sca.emergency",),
    reviewed=False,
)
def emergency_is_recent(facts: Facts) -> Answer:
    days = facts.number("emergency_recent_days")
    earliest = facts.received_at - timedelta(days=days)
    periods = [item.period for item in facts.requested.items if item.data_class is DataClass.TRAFFIC]
    if any(period is None or period.start is None or period.start < earliest for period in periods):
        return not_met(f"Traffic data are asked for from more than {days} days back.")
    return met(f"Traffic data, where asked for, are of the last {days} days.")


@RULES.rule(
    "U30",
    "Silence, where it is asked for, binds",
    cite="18 USC 2705(b), 2709(c), 3511(b)",
)
def silence_is_ordered(facts: Facts) -> Answer:
    secrecy, binds = facts.order.secrecy, silence_binds(facts)
    if secrecy.kind == "none":
        return met("No silence is asked for.")
    if binds is None:
        return unclear("Silence is ordered, and the paper does not say by whom.", "Did a court order it?")
    if not binds:
        return not_met("Silence is wished for, or ordered by an office that cannot: it binds nobody.")
    return met("Silence is ordered by a court, certified in a letter, or part of the instrument's own law.")


@RULES.rule(
    "U31",
    "Silence ends within a year",
    cite="policy of the Department of Justice of 19 October 2017 on 18 USC 2705(b)",
    only=COMPELLED,
)
def silence_is_short(facts: Facts) -> Answer:
    order, longest = facts.order, facts.number("silence_longest_days")
    if order.secrecy.is_indefinite:
        return not_met("Silence is ordered without an end.")
    since = order.issued_on or facts.received_at.date()
    days = (order.secrecy.until - since).days if order.secrecy.until else order.secrecy.days or 0
    if order.secrecy.binds and days > longest:
        return not_met(f"Silence is ordered for {days} days; the policy is {longest} at most.")
    return met("No silence is ordered, or for a year at most.")


RULES.extend((*agencies.RULES, *california.RULES))
