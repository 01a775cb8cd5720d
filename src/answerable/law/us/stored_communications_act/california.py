"""What does California ask on top? U32 to U34: its own offices need a warrant, and other States must attest."""

from __future__ import annotations

from answerable.casefile.categories import DataClass
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.us.stored_communications_act.paper import COMPELLED, GRAVE, is_californian, reaches, without_period
from answerable.law.words import denied, said

RULES = Rules("")


@RULES.rule(
    "U32",
    "A Californian office has a warrant for more than subscriber information",
    cite="California Penal Code 1546(l) and 1546.1(b)",
    only=("us.sca.subpoena", "us.sca.d_order", "us.admin_subpoena"),
    reviewed=False,
)
def californian_metadata_by_warrant(facts: Facts) -> Answer:
    if not is_californian(facts):
        return met("The sender is no office of California.")
    return reaches(facts, "reach_california", "what California gives without a warrant")


@RULES.rule(
    "U33",
    "A Californian warrant names the time of all but subscriber data",
    cite="California Penal Code 1546.1(d)(1)",
    only=("us.sca.warrant",),
    reviewed=False,
)
def californian_warrant_names_time(facts: Facts) -> Answer:
    open_ended = without_period(facts, DataClass.IDENTIFICATION, *GRAVE)
    if is_californian(facts) and open_ended:
        return not_met("It is of California, and a time is missing.", withholds=open_ended)
    return met("It is not of California, or it names the time.")


@RULES.rule(
    "U34",
    "Process of another State to a Californian provider attests that it is not about lawful abortion",
    cite="California Penal Code 1524.2(c) and 1546.5",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=COMPELLED,
    reviewed=False,
)
def attested(facts: Facts) -> Answer:
    words, attestations = facts.words("attestation_words"), ". ".join(facts.order.attestations)
    sections = facts.words("attestation_sections")
    if not words or not facts.order.requester.region or is_californian(facts):
        return met("The sender is no office of another State, or the duty had not begun.")
    if denied(words, attestations) or said(sections, attestations):
        return met("It carries the attestation. Whether it is true was not looked at.")
    return unclear(
        f"It is of {facts.order.requester.region}, and attests nothing.",
        "Is this provider no corporation of California? If it is one, the paper must attest first.",
    )
