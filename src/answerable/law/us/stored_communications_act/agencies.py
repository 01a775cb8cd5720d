"""What of the papers that agencies give, or that other laws govern? U20 to U29: live orders, foreign intelligence, letters."""

from __future__ import annotations

from answerable.law import purposes
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear
from answerable.law.us.stored_communications_act.paper import crowds, nothing_stored, reaches

RULES = Rules("")


@RULES.rule(
    "U20",
    "A pen register or trap and trace order asks for nothing stored",
    cite="18 USC 3121 to 3127",
    withholds=ALL_CLASSES,
    only=("us.pen_trap",),
    reviewed=False,
)
def pen_trap_is_not_for_stored_data(facts: Facts) -> Answer:
    return nothing_stored(facts)


@RULES.rule(
    "U21",
    "A wiretap order asks for nothing stored",
    cite="18 USC 2510 to 2523",
    withholds=ALL_CLASSES,
    only=("us.wiretap",),
    reviewed=False,
)
def wiretap_is_not_for_stored_data(facts: Facts) -> Answer:
    return nothing_stored(facts)


@RULES.rule(
    "U22",
    "A foreign intelligence order is answered elsewhere",
    cite="50 USC 1805, 1824, 1842, 1862, 1881a",
    withholds=ALL_CLASSES,
    only=("us.fisa",),
    reviewed=False,
)
def fisa_is_answered_elsewhere(facts: Facts) -> Answer:
    if facts.requested.is_empty:
        return met("No data are named.")
    return not_met("This desk does not answer foreign intelligence orders: give it to a cleared lawyer.")


@RULES.rule(
    "U23",
    "A senior official certified the letter",
    cite="18 USC 2709(b)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=("us.nsl",),
    reviewed=False,
)
def letter_is_certified(facts: Facts) -> Answer:
    if facts.order.approval.standard == "certification":
        return met("It carries a certification.")
    if facts.order.approval.standard is None:
        return unclear("No certification is named.", "Did a senior official of the FBI certify that it is relevant?")
    return not_met(f"It rests on {facts.order.approval.standard}, not on a certification.")


@RULES.rule(
    "U24",
    "The letter rests on a specific selection term",
    cite="18 USC 2709(b)",
    withholds=ALL_CLASSES,
    only=("us.nsl",),
    reviewed=False,
)
def specific_selection_term(facts: Facts) -> Answer:
    if not facts.order.asked or crowds(facts):
        return not_met(f"It names no person, entity, number or account: {crowds(facts) or 'nothing'}.")
    return met("It names a person, entity, number or account.")


@RULES.rule(
    "U25",
    "The letter asks for name, address, length of service and toll records only",
    cite="18 USC 2709(a) and (b); opinion of the Office of Legal Counsel of 5 November 2008",
    only=("us.nsl",),
    reviewed=False,
)
def within_a_letter(facts: Facts) -> Answer:
    return reaches(facts, "reach_nsl", "name, address, length of service and toll records")


@RULES.rule(
    "U26",
    "An administrative subpoena asks for subscriber data only",
    cite="18 USC 2703(c)(2)",
    only=("us.admin_subpoena",),
)
def within_an_admin_subpoena(facts: Facts) -> Answer:
    return reaches(facts, "reach_admin_subpoena", "subscriber data, which is all that an administrative one reaches")


@RULES.rule(
    "U27",
    "It cites a statute that gives an administrative subpoena",
    cite="19 USC 1509, 8 USC 1225(d)(4), 18 USC 3486, 21 USC 876",
    withholds=ALL_CLASSES,
    only=("us.admin_subpoena",),
    reviewed=False,
)
def statute_gives_it(facts: Facts) -> Answer:
    basis = facts.order.legal_basis or ""
    if any(purposes.cited(basis)):
        return met(f"It cites {basis}.")
    return not_met(f"It cites {basis or 'no statute'}, and none that we know to give an administrative subpoena.")


@RULES.rule(
    "U28",
    "It is for the purpose of its statute",
    cite="19 USC 1509, 8 USC 1225(d)(4), 18 USC 3486, 21 USC 876; Twitter v. DHS (N.D. Cal. 2017)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=("us.admin_subpoena",),
    reviewed=False,
)
def statute_fits_purpose(facts: Facts) -> Answer:
    order = facts.order
    if not any(purposes.cited(order.legal_basis)):
        return unclear("It cites no statute that we know.", "For which purpose does its statute give a subpoena?")
    if not purposes.fits(order.legal_basis, f"{order.offence or ''}. {order.reasons or ''}"):
        return unclear("The purpose stated is not one of its statute, or none is.", "Is it within that purpose?")
    return met("The purpose stated is one of its statute.")


@RULES.rule(
    "U29",
    "A court has enforced it",
    cite="19 USC 1510, 8 USC 1225(d)(4)(B), 18 USC 3486(c), 21 USC 876(c)",
    withholds=ALL_CLASSES,
    holds_if_unclear=True,
    only=("us.admin_subpoena",),
    reviewed=False,
)
def enforced_by_a_court(facts: Facts) -> Answer:
    if facts.order.approval.by == "judge":
        return met("A judge stands behind it.")
    return unclear(
        "It does not enforce itself: the agency must ask a court, and no judge is named.", "Has a court enforced it?"
    )
