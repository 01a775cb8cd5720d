"""Whom and what may it reach, and from when until when? Offence, identifiers, ranges, what was stored, what was raised."""

from __future__ import annotations

from datetime import timedelta

from answerable.casefile.categories import DataClass
from answerable.casefile.scope import IdentifierKind, Period
from answerable.casefile.supplied import Raised
from answerable.law.eu.e_evidence_regulation.instruments import CERTIFICATES, CITE, GRAVE, PRODUCTION
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear

RULES = Rules(CITE)


@RULES.rule(
    "R5",
    "The offence is one for which traffic and content data may be ordered",
    cite="Art. 5(4)",
    annex_iii=("D7",),
    withholds=GRAVE,
    only=PRODUCTION,
)
def offence_is_grave_enough(facts: Facts) -> Answer:
    if not facts.asks(*GRAVE):
        return met("No traffic or content data are asked for.")
    if facts.epoc.G.thresholds:
        return met(f"Section G(c) ticks: {', '.join(facts.epoc.G.thresholds)}.")
    return not_met("Section G(c) ticks nothing.")


@RULES.rule(
    "R8",
    "Somebody can be identified by what the certificate says",
    cite="Art. 5(5)(c), Annex I, Section E",
    annex_iii=("D3",),
    withholds=ALL_CLASSES,
    only=CERTIFICATES,
)
def somebody_is_named(facts: Facts) -> Answer:
    named = dict.fromkeys(line.identifier for line in facts.epoc.E.evidence)
    if not named:
        return not_met("Section E names no identifier.")
    if any(each.kind is IdentifierKind.IP and each.at is None for each in named):
        return not_met("Section E gives an IP address without its moment.")
    return met(f"Section E names {len(named)} identifier(s).")


@RULES.rule(
    "R9",
    "Traffic and content data are asked for a closed time range",
    cite="Art. 5(5)(c) and (e), Art. 5(2)",
    annex_iii=("D3",),
    withholds=GRAVE,
    only=PRODUCTION,
)
def range_is_closed(facts: Facts) -> Answer:
    grave = [item for item in facts.requested.items if item.data_class in GRAVE]
    open_ended = [item.category for item in grave if item.period is None or not item.period.is_closed]
    if open_ended:
        return not_met(
            "Traffic or content data are asked for without beginning or without end.",
            withholds=tuple(dict.fromkeys(open_ended)),
        )
    return met(
        "Every time range for traffic and content data has a beginning and an end." if grave else "None is asked for."
    )


@RULES.rule(
    "R9b",
    "It names people, not a class of people",
    cite="Art. 5(2) and (5)(c)",
    annex_iii=("D3",),
    withholds=ALL_CLASSES,
    only=CERTIFICATES,
)
def not_bulk(facts: Facts) -> Answer:
    if any(each.kind is IdentifierKind.OTHER for each in facts.identifiers):
        return not_met("Section E describes somebody in words (“other”) instead of naming an account or identifier.")
    if facts.people >= facts.provider.identifier_threshold:
        return not_met(
            f"Section E lists {facts.people} identifiers; from {facts.provider.identifier_threshold} on"
            " this provider asks for a named selector."
        )
    return met("Section E names single accounts or identifiers, fewer than the provider's threshold.")


@RULES.rule(
    "R17",
    "Identification data are asked for identification only",
    cite="Art. 3(10), Art. 4(1)",
    annex_iii=("D2",),
    withholds=(DataClass.IDENTIFICATION,),
    holds_if_unclear=True,
    only=PRODUCTION,
)
def identification_stays_small(facts: Facts) -> Answer:
    asked = [item for item in facts.requested.items if item.data_class is DataClass.IDENTIFICATION]
    if not asked:
        return met("No identification data are asked for.")
    limit = timedelta(days=facts.number("long_identification_days"))
    long = any(item.period is None or _length(item.period) > limit for item in asked)
    if long or len({item.identifier for item in asked}) > facts.number("many_identifications"):
        return unclear(
            "Identification data are asked for a long range or for many accounts: that looks like traffic data.",
            "Is this range needed only to identify the user, so that the light rules of Art. 3(10) hold?",
        )
    return met("The range asked for is short and for few accounts.")


@RULES.rule("R18", "It asks for what was stored when it came", cite="Art. 3(8)", annex_iii=("D4",), only=CERTIFICATES)
def nothing_future(facts: Facts) -> Answer:
    if not_stored := facts.supplied.raises("not stored"):
        return against(not_stored, "Not stored on receipt")
    late = [
        item for item in facts.requested.items if item.period and item.period.before(facts.received_at) != item.period
    ]
    if late:
        return not_met("A time range reaches beyond the moment of receipt; that part does not leave.")
    return met("No time range reaches beyond the moment of receipt.")


@RULES.rule("R19", "It can be carried out in fact", cite="Art. 10(7), Art. 11(6)", annex_iii=("D5",), only=CERTIFICATES)
def can_be_done(facts: Facts) -> Answer:
    if impossible := facts.supplied.raises("impossible"):
        return against(impossible, "Impossible in fact")
    return met("Nobody here has set down that it is impossible in fact.")


@RULES.rule(
    "R20",
    "It concerns a service that the Regulation covers",
    cite="Art. 3(3), Art. 16(4)(e) and (5)(d)",
    annex_iii=("D8",),
    only=CERTIFICATES,
)
def service_is_covered(facts: Facts) -> Answer:
    if not_covered := facts.supplied.raises("not covered"):
        return against(not_covered, "Not covered")
    ours = {service.casefold() for service in facts.provider.services}
    others = [line for line in facts.epoc.E.evidence if line.service and line.service.casefold() not in ours]
    if others:
        return unclear(
            f"Section E names a service that is not among ours, in {len(others)} line(s).",
            "Is it a service of ours, and one that the Regulation covers?",
        )
    return met("Section E names no service that is not ours.")


@RULES.rule(
    "R21",
    "No immunity, privilege or press protection stands against it",
    cite="Art. 10(5), Art. 11(4)",
    annex_iii=("D9",),
    only=CERTIFICATES,
)
def nothing_is_privileged(facts: Facts) -> Answer:
    if privilege := facts.supplied.raises("privilege"):
        return against(privilege, "Protected, as far as the certificate shows")
    return met("Nobody here has set down an immunity, a privilege or a protection of the press.")


def against(raised: tuple[Raised, ...], what: str) -> Answer:
    """Return the answer that what a reviewer set down gives: it keeps back the classes it stands against."""
    reach = {name for each in raised for name in each.reach or ALL_CLASSES}
    kept = tuple(name for name in ALL_CLASSES if name in reach)
    return not_met(f"{what}: {' '.join(each.why for each in raised)}", withholds=kept)


def _length(period: Period) -> timedelta:
    return period.end - period.start if period.start and period.end else timedelta.max
