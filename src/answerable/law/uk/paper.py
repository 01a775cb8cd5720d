"""What does every paper from the United Kingdom have to show, whatever its Act?"""

from __future__ import annotations

from answerable.law.rule import Answer, Facts, met, not_met
from answerable.law.world.paper import states_of


def binds_here(facts: Facts) -> Answer:
    """Return whether an authority of the United Kingdom asks a provider that its law binds."""
    if facts.order.requester.country == "GB" and "GB" in states_of(facts):
        return met("An authority of the United Kingdom asks, and its law binds the provider.")
    return not_met(
        "No authority of the United Kingdom asks, or its law does not bind the provider: the way is a treaty or mutual"
        " legal assistance."
    )


def judge_made_it(facts: Facts) -> bool:
    """Whether the paper shows that a judge of the United Kingdom made it or approved it."""
    requester = facts.order.requester
    return requester.country == "GB" and "judge" in (requester.kind, facts.order.approval.by)
