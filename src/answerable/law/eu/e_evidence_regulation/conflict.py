"""Does the law of a third country forbid to execute it? The reasoned objection of Art. 17, once a reviewer raises it.

The provider says which law, why it applies and why it conflicts, on Annex III with box D10 and Section E, to the issuing and
the enforcing authority. An authority that upholds its order has a court of its State review it; until then the order is
suspended, and the data are kept (recital 79). The court asks first whether the law applies and forbids disclosure, then
weighs (Art. 17(4) to (6)); what it decides comes back as the answer to the objection.
"""

from __future__ import annotations

from collections.abc import Callable

from answerable.casefile.finding import Outcome
from answerable.casefile.supplied import Exchange, ExchangeKind, Reply, ThirdCountryConflict
from answerable.law import calendar
from answerable.law.eu.e_evidence_regulation.instruments import CITE, MEMBER_STATES, PRODUCTION, iso
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear

RULES = Rules(CITE)


def is_raised(facts: Facts) -> bool:
    """Whether a reviewer raised a conflict with the law of a third country."""
    return facts.supplied.conflict is not None


@RULES.rule(
    "CL1",
    "No obligation under the law of a third country stands against it",
    cite="Art. 17(1), (3) and (8)",
    annex_iii=("D10",),
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=PRODUCTION,
    asked_if=is_raised,
    reviewed=False,
)
def no_conflict_stands(facts: Facts) -> Answer:
    if any(each.reply is Reply.MAINTAINED for each in _objections(facts)):
        return met("The objection was reviewed, and the order is upheld.")
    wanting = _wanting(facts)
    if wanting:
        return unclear(
            f"A conflict is raised, and the objection is not one that Art. 17 hears: {' '.join(wanting)}",
            "Does the law of a third country stand against execution all the same?",
        )
    conflict = _conflict(facts)
    reach = tuple(name for name in ALL_CLASSES if name in (conflict.reach or ALL_CLASSES))
    return not_met(f"{conflict.law} ({conflict.country}) forbids it, as Section E sets out.", withholds=reach)


@RULES.rule(
    "CL2",
    "The objection gives every detail that is asked for",
    cite="Art. 17(2), Annex III, Section E",
    only=PRODUCTION,
    asked_if=is_raised,
)
def objection_is_complete(facts: Facts) -> Answer:
    lacking = _lacking(_conflict(facts))
    return not_met(f"Section E lacks: {', '.join(lacking)}.") if lacking else met("Section E is filled in.")


@RULES.rule(
    "CL3",
    "The objection rests on more than a missing procedure or the place of storage",
    cite="Art. 17(2)",
    only=PRODUCTION,
    asked_if=is_raised,
)
def objection_can_be_heard(facts: Facts) -> Answer:
    excluded = _conflict(facts).rests_only_on
    if excluded == "no similar procedure":
        return not_met("It rests on nothing but that the third country has no similar procedure.")
    if excluded == "place of storage":
        return not_met("It rests on nothing but that the data are stored in the third country.")
    return met("It does not rest on a missing procedure or the place of storage alone.")


@RULES.rule(
    "CL4",
    "The law that is named is that of a third country",
    cite="Art. 17(1)",
    only=PRODUCTION,
    asked_if=is_raised,
)
def country_is_outside(facts: Facts) -> Answer:
    country = iso(_conflict(facts).country)
    if country is None:
        return not_met("No country is named.")
    if country in MEMBER_STATES:
        return not_met(f"{country} is a Member State: its law is no law of a third country.")
    return met(f"{country} is no Member State.")


@RULES.rule(
    "CL5",
    "The objection is filed in time",
    cite="Art. 17(2)",
    only=PRODUCTION,
    asked_if=is_raised,
)
def objection_is_in_time(facts: Facts) -> Answer:
    last, filed = objection_ends(facts).legal, [each.asked_at for each in _objections(facts)]
    if not filed:
        return met(f"It was not filed yet; it can be until {last:%d %B %Y, %H:%M} UTC.")
    if min(filed) > last:
        return not_met(f"It was filed after {last:%d %B %Y, %H:%M} UTC.")
    return met("It was filed in the ten days after receipt.")


def objection_ends(facts: Facts) -> calendar.Ends:
    """Return when the objection must be filed: ten days from receipt, as the issuing State counts them (Art. 17(2), (9))."""
    state = iso(facts.epoc.A.issuing_state) or facts.provider.member_state
    days = facts.number("objection_days")
    return calendar.after_days(facts.received_at, days, zone=facts.provider.zone, country=state)


def _objections(facts: Facts) -> tuple[Exchange, ...]:
    return facts.supplied.exchanged(ExchangeKind.THIRD_COUNTRY)


def _conflict(facts: Facts) -> ThirdCountryConflict:
    return facts.supplied.conflict or ThirdCountryConflict()


def _lacking(conflict: ThirdCountryConflict) -> list[str]:
    """Return what Section E asks and the objection does not say, in the form's order."""
    asked = {
        "title of the law": conflict.law,
        "provisions": conflict.provision,
        "interest protected": conflict.interest and conflict.interest_specified,
        "why it applies": conflict.why_applies,
        "why it conflicts": conflict.why_conflicts,
        "link between provider and third country": conflict.link,
        "consequences for the addressee": conflict.consequences,
    }
    return [name for name, said in asked.items() if not said]


def _wanting(facts: Facts) -> list[str]:
    """Return why Art. 17 would not hear the objection, in words; nothing where it would."""
    tests: dict[str, Callable[[Facts], Answer]] = {
        "Section E is not complete.": objection_is_complete,
        "It rests on a reason that is not heard.": objection_can_be_heard,
        "No third country is named.": country_is_outside,
        "It came too late.": objection_is_in_time,
    }
    return [title for title, test in tests.items() if test(facts).outcome is not Outcome.MET]
