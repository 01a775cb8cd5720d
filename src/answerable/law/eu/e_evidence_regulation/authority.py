"""Did somebody order it who may, and is it truly from there? Art. 4, the seal, the State."""

from __future__ import annotations

from answerable.casefile.supplied import Reply
from answerable.law.eu.e_evidence_regulation.instruments import (
    CERTIFICATES,
    CITE,
    GRAVE,
    MEMBER_STATES,
    PRESERVATION,
    PRODUCTION,
    iso,
)
from answerable.law.genuine import sender_holds
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met

RULES = Rules(CITE)


@RULES.rule(
    "R2",
    "Traffic and content data are ordered or validated by a judge",
    cite="Art. 4(2)",
    annex_iii=("D6",),
    withholds=GRAVE,
    only=PRODUCTION,
)
def judge_for_grave_data(facts: Facts) -> Answer:
    if not facts.asks(*GRAVE):
        return met("No traffic or content data are asked for.")
    if facts.epoc.I.kind == "judge":
        return met("Section I: issued by a judge, court or investigating judge.")
    if facts.epoc.J and facts.epoc.J.kind == "judge":
        return met("Section J: validated by a judge, court or investigating judge.")
    return not_met("Neither Section I nor Section J names a judge, court or investigating judge.")


@RULES.rule(
    "R3",
    "Subscriber and identification data are ordered or validated by a judge or prosecutor",
    cite="Art. 4(1) and (5)",
    annex_iii=("D6",),
    withholds=ALL_CLASSES,
    only=PRODUCTION,
)
def competent_for_light_data(facts: Facts) -> Answer:
    form = facts.epoc
    if form.I.kind in ("judge", "prosecutor"):
        return met("Section I: issued by a judge or public prosecutor.")
    if form.J and form.J.kind:
        return met("Section J: validated by a judge or public prosecutor.")
    if form.I.kind and form.I.no_prior_validation and form.C.deadline == "emergency_8h":
        return met("Section I: issued without prior validation in an emergency, validation follows within 48 hours.")
    return not_met("No judge or public prosecutor issued or validated it, and it is no emergency without validation.")


@RULES.rule(
    "R4",
    "Emergency without validation is used for subscriber and identification data only",
    cite="Art. 4(5)",
    annex_iii=("D6",),
    withholds=GRAVE,
    only=PRODUCTION,
)
def no_shortcut_for_grave_data(facts: Facts) -> Answer:
    if facts.epoc.I.no_prior_validation and facts.asks(*GRAVE):
        return not_met("Section I ticks “without prior validation” and traffic or content data are asked for.")
    return met("Section I does not use the emergency of Art. 4(5) for traffic or content data.")


@RULES.rule(
    "P2",
    "A judge or prosecutor ordered or validated the preservation",
    cite="Art. 4(3) and (5)",
    annex_iii=("D6",),
    only=PRESERVATION,
)
def competent_for_preservation(facts: Facts) -> Answer:
    form = facts.epoc
    if form.I.kind in ("judge", "prosecutor") or (form.J and form.J.kind):
        return met("A judge or public prosecutor issued or validated it.")
    if form.I.kind and form.I.no_prior_validation and not facts.asks(*GRAVE):
        return met("Issued without prior validation in an emergency, for subscriber or identification data.")
    return not_met("No judge or public prosecutor issued or validated it.")


@RULES.rule(
    "R13",
    "Seal and sender hold",
    cite="Art. 21(2), Art. 31(1)(a)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
)
def seal_holds(facts: Facts) -> Answer:
    return sender_holds(facts, if_met=" Whether the seal is a qualified one was not checked.")


@RULES.rule(
    "R15",
    "It comes from another Member State that the Regulation binds",
    cite="Art. 1(1)",
    annex_iii=("D6",),
    withholds=ALL_CLASSES,
    only=CERTIFICATES,
)
def crosses_a_border(facts: Facts) -> Answer:
    state = iso(facts.epoc.A.issuing_state)
    if state == iso(facts.provider.member_state):
        return not_met("It comes from the provider's own Member State: that is a domestic order, under national law.")
    if state == facts.pack.value("state_not_bound", facts.received_at.date()):
        return not_met("The issuing State is not bound by the Regulation.")
    if state not in MEMBER_STATES:
        return not_met("The issuing State is not a Member State.")
    return met(f"Issued in {state}, addressed in {facts.provider.member_state}.")


@RULES.rule(
    "R22",
    "It was not withdrawn or lifted",
    cite="Art. 10(5) to (8), Art. 12(1), Art. 17",
    withholds=ALL_CLASSES,
    only=CERTIFICATES,
    asked_if=lambda facts: any(each.heard_at for each in facts.supplied.exchanges),
)
def still_stands(facts: Facts) -> Answer:
    if any(each.reply is Reply.WITHDRAWN for each in facts.supplied.exchanges):
        return not_met("The authority answered that it is withdrawn, lifted, or need not be executed.")
    return met("No answer of the authority says that it need not be executed.")
