"""Is the certificate filled in as its form asks? Completeness, deadline, emergency, addressee, language.

A rule says what follows where it fails: the boxes of Annex III, Section D, and the classes of data that stay.
"""

from __future__ import annotations

from answerable.law.eu.e_evidence_regulation.instruments import (
    CERTIFICATES,
    CITE,
    GRAVE,
    PRESERVATION,
    PRODUCTION,
    is_emergency,
)
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear

RULES = Rules(CITE)


@RULES.rule(
    "R1",
    "The certificate is complete",
    cite="Art. 5(5), Art. 9(2), Annex I",
    annex_iii=("D1",),
    withholds=ALL_CLASSES,
    only=PRODUCTION,
)
def complete(facts: Facts) -> Answer:
    form = facts.epoc
    filled = {
        "Section A": form.A.issuing_state and form.A.issuing_authority and form.A.issuing_file_no,
        "Section B": form.B.addressee and form.B.addressee_kind,
        "Section C": form.C.deadline,
        "Section F": facts.requested.items,
        "Section G(a)": form.G.concerns,
        "Section G(b)": form.G.offence,
        "Section I": form.I.kind and form.I.authority.name and form.I.signature_date,
        "Section L": form.L.to and form.L.contact.name,
    }
    missing = [name for name, content in filled.items() if not content]
    return (
        not_met(f"Not filled in: {', '.join(missing)}.")
        if missing
        else met("Sections A, B, C, F, G, I and L are filled in.")
    )


@RULES.rule(
    "P1",
    "The preservation certificate is complete",
    cite="Art. 6(4), Art. 9(3), Annex II",
    annex_iii=("D1",),
    only=PRESERVATION,
)
def preservation_is_complete(facts: Facts) -> Answer:
    form = facts.epoc
    filled = {
        "Section A": form.A.issuing_state and form.A.issuing_authority and form.A.issuing_file_no,
        "Section B": form.B.addressee and form.B.addressee_kind,
        "Section C": form.E.evidence,
        "Section D": facts.requested.items,
        "Section E": form.G.concerns and form.G.offence,
        "Section F": form.I.kind and form.I.authority.name and form.I.signature_date,
    }
    missing = [name for name, content in filled.items() if not content]
    return not_met(f"Not filled in: {', '.join(missing)}.") if missing else met("Sections A to F are filled in.")


@RULES.rule(
    "R6",
    "Deadline and notification fit together",
    cite="Art. 8(1) and (2), Art. 10(2)",
    annex_iii=("D2",),
    only=PRODUCTION,
)
def notification_fits(facts: Facts) -> Answer:
    notified = bool(facts.epoc.K and facts.epoc.K.notified)
    waits = facts.epoc.C.deadline == "end_10d_ea"
    if waits != notified and not is_emergency(facts.epoc):
        return not_met("Section C and Section K disagree on whether the enforcing authority is notified.")
    if notified and not facts.asks(*GRAVE):
        return unclear(
            "The enforcing authority is said to be notified, and no traffic or content data are asked for (Art. 8(1)).",
            "Does the authority mean to ask for traffic or content data, or did it notify by mistake?",
        )
    if facts.asks(*GRAVE) and not notified:
        return unclear(
            "Traffic or content data are asked for without notification: the authority relies on Art. 8(2).",
            "Does anything in the paper speak against offence and person both belonging to the issuing State?",
        )
    return met("Section C and Section K agree.")


@RULES.rule(
    "R7",
    "An emergency is named and reasoned",
    cite="Art. 3(18), Art. 5(5)(g)",
    annex_iii=("D1",),
    withholds=ALL_CLASSES,
    only=PRODUCTION,
)
def emergency_is_reasoned(facts: Facts) -> Answer:
    section = facts.epoc.C
    if section.deadline != "emergency_8h":
        return met("No emergency is claimed.")
    if section.emergency and section.additional:
        return met("Section C names the threat and gives reasons.")
    return not_met("Section C claims an emergency without naming the threat or without reasons.")


@RULES.rule(
    "R10", "The fallback addressee is used in emergencies only", cite="Art. 7(2)", annex_iii=("D2",), only=CERTIFICATES
)
def fallback_is_emergency(facts: Facts) -> Answer:
    form = facts.epoc
    if "emergency_fallback" not in form.B.addressee_kind or is_emergency(form):
        return met("Section B does not use the emergency fallback outside an emergency.")
    if facts.instrument in PRODUCTION:
        return not_met("Section B ticks the emergency fallback and Section C is no emergency.")
    if form.I.no_prior_validation:
        return met("Section B uses the emergency fallback; Section F says that it was issued in an emergency.")
    return unclear(
        "Section B ticks the emergency fallback. Annex II has no place for an emergency but the tick of Section F.",
        "Is there an emergency, in which the addressee that was named did not react?",
    )


@RULES.rule(
    "R11",
    "It says whether controller or processor is addressed, and why",
    cite="Art. 5(5)(h), (6) and (7)",
    annex_iii=("D1",),
    withholds=ALL_CLASSES,
    only=PRODUCTION,
)
def role_is_stated(facts: Facts) -> Answer:
    section = facts.epoc.G
    if section.addressed_to == "controller":
        return met("Section G(d): addressed to the controller.")
    if section.addressed_to is None:
        return not_met("Section G(d) ticks neither controller nor processor.")
    if not section.processor_because or not section.processor_informs:
        return not_met("Section G(d): the processor is addressed without the reason, or without saying who informs.")
    if section.processor_informs == "no_inform" and not section.no_inform_justification:
        return not_met("Section G(d): the controller is not to be informed, and no justification is given.")
    return met("Section G(d): addressed to the processor, with reasons.")


@RULES.rule(
    "R12",
    "It carries nothing that is meant for the enforcing authority alone",
    cite="Art. 9(2), Annex I, Section M",
    only=CERTIFICATES,
)
def not_misdirected(facts: Facts) -> Answer:
    if facts.epoc.M not in (None, {}, [], ""):
        return not_met("Section M is filled in: that copy is not for us. Restrict who reads it and tell the authority.")
    return met("Section M is empty.")


@RULES.rule(
    "R14",
    "It is in a language this addressee accepts",
    cite="Art. 9(4)",
    annex_iii=("D1",),
    withholds=ALL_CLASSES,
    only=CERTIFICATES,
)
def language_is_accepted(facts: Facts) -> Answer:
    if facts.epoc.language in facts.provider.languages:
        return met(f"Language of the certificate: {facts.epoc.language}.")
    return not_met(
        f"Language of the certificate: {facts.epoc.language}; accepted: {', '.join(facts.provider.languages)}."
    )
