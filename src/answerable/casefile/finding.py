"""What was tested, and what came out? A failed test is a value, never an exception, and never a score."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from answerable.casefile.encoding import Record


class Outcome(StrEnum):
    """Unclear never becomes met by itself: a person answers the question."""

    MET = "met"
    NOT_MET = "not met"
    UNCLEAR = "unclear"


class Finding(Record):
    """The outcome of one test, with its citation and the fact it rests on.

    `withholds` are the classes and categories of data that do not leave while the test is not met (or, with `holds_if_unclear`,
    unclear). `annex_iii` are the boxes D1 to D10 of the form with which the provider answers. `pack` is the name and
    version of the law pack, or of the check. `reviewed_by` is the lawyer who read the pack, or None. `not_shown` says
    what the fact does not prove; `reviewed`, whether what the test rests on was checked against the official text.
    `unsealed` says that it fails because the paper carries no electronic seal at all, which a call can make up for; never
    of one that is damaged, forged or not trusted.
    """

    rule: str
    title: str
    outcome: Outcome
    citation: str
    fact: str
    question: str | None = None
    annex_iii: tuple[str, ...] = ()
    withholds: tuple[str, ...] = ()
    holds_if_unclear: bool = False
    pack: str
    reviewed_by: str | None = None
    reviewed: bool = True
    not_shown: str | None = None
    unsealed: bool = False

    @property
    def withholds_now(self) -> tuple[str, ...]:
        """The classes and categories held back as things stand."""
        if self.outcome is Outcome.NOT_MET or (self.outcome is Outcome.UNCLEAR and self.holds_if_unclear):
            return self.withholds
        return ()


class Answered(Record):
    """A person's answer to an unclear finding; it never overrides a finding that is not met."""

    rule: str
    outcome: Annotated[Outcome, Field(description="met or not met, as the person judged")]
    reason: Annotated[str, Field(min_length=10, max_length=4000)]
    by: str


def settle(findings: tuple[Finding, ...], answers: tuple[Answered, ...]) -> tuple[Finding, ...]:
    """Return the findings with each unclear one replaced by the person's answer, where there is one."""
    given = {answer.rule: answer for answer in answers}
    return tuple(
        finding.model_copy(
            update={
                "outcome": given[finding.rule].outcome,
                "fact": f"{finding.fact} Judged: {given[finding.rule].reason}",
            }
        )
        if finding.outcome is Outcome.UNCLEAR and finding.rule in given
        else finding
        for finding in findings
    )
