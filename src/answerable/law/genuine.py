"""Is everything about paper and sender confirmed? The one rule that every law here has, each with its own citation."""

from __future__ import annotations

from answerable.casefile.finding import Outcome
from answerable.law.rule import Answer, Facts, met, not_met


def sender_holds(facts: Facts, *, if_met: str = "", if_not: str = "") -> Answer:
    """Return whether every fact about paper and sender is confirmed; a paper of which none was checked is held.

    `if_met` and `if_not` are sentences that one law adds.
    """
    failing = [each.rule for each in facts.authenticity if each.outcome is not Outcome.MET]
    if failing or not facts.authenticity:
        names = ", ".join(failing) or "none was checked"
        return not_met(
            f"Not every fact about paper and sender is confirmed ({names}). Hold it, and call back by a number"
            f" from the directory, never from the paper.{if_not}"
        )
    return met(f"Every fact about paper and sender is confirmed.{if_met}")
