"""How does an assessment read as text? For the command line, and for whoever pastes it into a letter."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.assessment import Assessment, NoticeRule
from answerable.casefile.categories import CATEGORIES
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.scope import ScopeItem

_MARKS = {Outcome.MET: "met    ", Outcome.NOT_MET: "NOT MET", Outcome.UNCLEAR: "unclear"}
_MOST = 40


def told(assessment: Assessment, notice: NoticeRule, *, title: str) -> Iterator[str]:
    """Yield the lines of an assessment: what it is, what leaves, what stays and why, until when, who tells the person."""
    reviewed = (
        f"read by {assessment.reviewed_by}" if assessment.reviewed_by else "not yet read by a lawyer; not legal advice"
    )
    yield f"{title}, by {assessment.pack} ({reviewed})"
    yield ""
    for finding in sorted(assessment.findings, key=lambda each: each.outcome is Outcome.MET):
        yield from _finding(finding)
    yield ""
    yield f"Leaves: {len(assessment.permitted.items)} of {len(assessment.requested.items)} items asked for"
    yield from _lines(assessment.permitted.items)
    if assessment.withheld:
        yield f"Stays: {len(assessment.withheld)}"
        for part in assessment.withheld[:_MOST]:
            yield f"  {_item(part.item)}: {part.rule}, {part.ground} ({part.citation})"
    yield ""
    for clock in assessment.clocks:
        yield f"{clock.name}: by {clock.strict:%Y-%m-%d %H:%M} UTC; last lawful moment {clock.legal:%Y-%m-%d %H:%M} UTC ({clock.citation})"
        yield from (f"  {line}" for line in clock.working)
        for rest in clock.suspensions:
            when = f"rested until {rest.until:%Y-%m-%d %H:%M} UTC" if rest.until else "still rests: no answer has come"
            yield f"  Asked on {rest.since:%Y-%m-%d %H:%M} UTC; it {when} ({rest.citation})"
        if clock.suspended_because and clock.rests_since is None:
            yield f"  It may rest: {clock.suspended_because}"
    yield f"The person: {notice.told_by}. {notice.reason} ({notice.citation})"
    for way in assessment.ways:
        until = f", by {way.until:%Y-%m-%d %H:%M} UTC" if way.until else ""
        yield f"Can be answered: {way.title} ({way.citation}){until}"


def _finding(finding: Finding) -> Iterator[str]:
    unchecked = "" if finding.reviewed else " [not checked against the official text]"
    yield f"{_MARKS[finding.outcome]}  {finding.rule:<5} {finding.title} ({finding.citation}){unchecked}"
    if finding.outcome is not Outcome.MET:
        yield f"               {finding.fact}"
        if finding.question:
            yield f"               Question: {finding.question}"


def _lines(items: tuple[ScopeItem, ...]) -> Iterator[str]:
    yield from (f"  {_item(item)}" for item in items[:_MOST])
    if len(items) > _MOST:
        yield f"  and {len(items) - _MOST} more"


def _item(item: ScopeItem) -> str:
    period = item.period
    when = "no time range"
    if period is not None:
        start, end = (f"{moment:%Y-%m-%d %H:%M}" if moment else "…" for moment in (period.start, period.end))
        when = f"{start} to {end}"
    return f"{item.identifier.kind} {item.identifier.value}: {CATEGORIES[item.category].label}, {when}"
