"""What follows from a red flag? Nothing by itself: the law that governs the demand has the clocks and the notice."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.assessment import Clock, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law.pack import unknown
from answerable.law.rule import Facts


def clocks(facts: Facts, findings: tuple[Finding, ...]) -> Iterator[Clock]:  # noqa: ARG001 - every law is asked alike
    """Yield none."""
    yield from ()


def notice(facts: Facts) -> NoticeRule:  # noqa: ARG001 - every law is asked alike
    """Refuse: no demand is governed by red flags."""
    raise unknown("Red flags are no law.")
