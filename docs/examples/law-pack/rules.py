"""May a harbour master have this? HA1 to HA3, each one test of the invented Harbour Act."""

from __future__ import annotations

from answerable.casefile.categories import CATEGORIES
from answerable.law.rule import ALL_CLASSES, Answer, Facts, Rules, met, not_met, unclear

RULES = Rules("Harbour Act (invented)")


@RULES.rule(
    "HA1", "A harbour master gives it", cite="s. 1", withholds=ALL_CLASSES, holds_if_unclear=True, reviewed=False
)
def by_a_harbour_master(facts: Facts) -> Answer:
    post = facts.order.requester.post
    if post is None:
        return unclear("It does not say which post the signatory holds.", "Is the signatory a harbour master?")
    if post.casefold() == "harbour master":
        return met("A harbour master gives it.")
    return not_met("It is given by somebody who is no harbour master.")


@RULES.rule("HA2", "It asks for no more than who the account is of, and since when", cite="s. 2(1)", reviewed=False)
def within_its_reach(facts: Facts) -> Answer:
    beyond = facts.asked_beyond(facts.words("reach"))
    if not beyond:
        return met("All that is asked is within s. 2(1).")
    names = "; ".join(CATEGORIES[code].label for code in beyond)
    return not_met(f"Beyond s. 2(1): {names}.", withholds=beyond)


@RULES.rule("HA3", "It says why", cite="s. 3", withholds=ALL_CLASSES, reviewed=False)
def says_why(facts: Facts) -> Answer:
    return met("It gives reasons.") if facts.order.reasons else not_met("It gives no reasons.")
