"""What comes out otherwise after a change of law? Of the cases of a table, and of past cases of a desk.

A case of a table is received once on each of the two days. A past case keeps its dates, and is put to the law as it stood
on each of the two days: so nothing differs but the law.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from answerable.assess.assessing import assess, notice_rule
from answerable.assess.cases import all_cases, assess_changed, provider_of
from answerable.assess.checking import NO_DEMAND, own_of, table_of
from answerable.casefile.assessment import Assessment, NoticeRule
from answerable.casefile.demand import Demand
from answerable.casefile.encoding import Record
from answerable.casefile.finding import Answered, Finding
from answerable.casefile.order import Order
from answerable.casefile.parties import Provider
from answerable.casefile.scope import ScopeItem
from answerable.errors import AnswerableError, UnknownLaw
from answerable.law.register import Law

_NONE = "–"
_THE_LAW = "the law"


class Difference(Record):
    """What differs in one case. It names rules, categories, counts and moments, and nobody.

    `stopped` is the code of the error because of which it could not be compared.
    """

    case: str
    findings: tuple[str, ...] = ()
    permitted: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    notice: tuple[str, ...] = ()
    stopped: str | None = None

    @property
    def told(self) -> str:
        """The difference as one line."""
        parts = (*self.findings, *self.permitted, *self.clocks, *self.notice)
        return f"{self.case}: {', '.join(parts) or f'could not be compared ({self.stopped})'}"


@dataclass(frozen=True, slots=True)
class Past:
    """A demand that was received, with the facts about its paper and what a person answered."""

    case: str
    demand: Demand
    authenticity: tuple[Finding, ...]
    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """What the law of one day says, each thing by its name."""

    findings: Mapping[str, str]
    permitted: Mapping[str, tuple[ScopeItem, ...]] = field(default_factory=dict)
    clocks: Mapping[str, str] = field(default_factory=dict)
    notice: Mapping[str, str] = field(default_factory=dict)


def differing(law: Law, before: datetime, after: datetime) -> Iterator[Difference]:
    """Yield each case of a law's table that comes out otherwise when it is received on the second day."""
    table = table_of(law)
    provider, own = provider_of(table), own_of(law)
    for base, case in all_cases(table):
        given = case.get("given", {})
        try:
            first, second = (
                _findings_of(base, given | {"received_at": day.isoformat()}, provider=provider, own=own)
                for day in (before, after)
            )
        except (AnswerableError, *NO_DEMAND) as fault:
            yield Difference(case=case["name"], stopped=getattr(fault, "code", "what is given makes no demand"))
            continue
        if changed := tuple(_changed(first, second)):
            yield Difference(case=case["name"], findings=changed)


def concerns(law: Law, demand: Demand) -> bool:
    """Whether a demand is put to this law: it knows the instrument, or, having none, is asked of every plain order."""
    instruments = law.pack.title.instruments
    return demand.instrument in instruments if instruments else isinstance(demand.form, Order)


def difference(
    past: Past, before: date, after: date, *, provider: Provider, own: tuple[Law, ...] = ()
) -> Difference | None:
    """Return what comes out otherwise of a past case under the law of the second day, or None where nothing does."""
    try:
        first, second = (_said(past, day, provider=provider, own=own) for day in (before, after))
    except AnswerableError as fault:
        return Difference(case=past.case, stopped=fault.code)
    found = Difference(
        case=past.case,
        findings=tuple(_changed(first.findings, second.findings)),
        permitted=tuple(_leaving(first.permitted, second.permitted)),
        clocks=tuple(_changed(first.clocks, second.clocks)),
        notice=tuple(_changed(first.notice, second.notice)),
    )
    return found if found != Difference(case=past.case) else None


def _said(past: Past, day: date, *, provider: Provider, own: tuple[Law, ...]) -> _Said:
    try:
        found = assess(
            past.demand, provider=provider, authenticity=past.authenticity, at=past.demand.arrival.received_at,
            answers=past.answers, own=own, as_of=day,
        )  # fmt: skip
        notice = notice_rule(past.demand, provider=provider, own=own, as_of=day)
    except UnknownLaw:
        return _Said(findings={_THE_LAW: "does not apply"})
    leaves: dict[str, tuple[ScopeItem, ...]] = {}
    for item in found.permitted.items:
        leaves[item.category] = (*leaves.get(item.category, ()), item)
    return _Said(_outcomes(found), leaves, _clocks(found), _notice(notice))


def _outcomes(found: Assessment) -> dict[str, str]:
    return {finding.rule: finding.outcome.value for finding in found.findings}


def _clocks(found: Assessment) -> dict[str, str]:
    """Return the ends of each clock. One that is there twice is counted, so that neither hides the other."""
    seen: Counter[str] = Counter()
    told = {}
    for clock in found.clocks:
        seen[clock.name] += 1
        name = clock.name if seen[clock.name] == 1 else f"{clock.name} ({seen[clock.name]})"
        rests = ", may rest" if clock.suspended_because else ""
        holds = ", holds release" if clock.holds_release else ""
        told[name] = f"{_moment(clock.strict)} (legal {_moment(clock.legal)}){rests}{holds}"
    return told


def _notice(rule: NoticeRule) -> dict[str, str]:
    return {
        "the person is told by": rule.told_by.value,
        "silent until": _moment(rule.silent_until),
        "silence is looked at again on": _moment(rule.review_on),
    }


def _leaving(first: Mapping[str, tuple[ScopeItem, ...]], second: Mapping[str, tuple[ScopeItem, ...]]) -> Iterator[str]:
    for category in {**first, **second}:
        old, new = first.get(category, ()), second.get(category, ())
        if len(old) != len(new):
            yield f"{category} {len(old)} → {len(new)}"
        elif set(old) != set(new):
            yield f"{category} of other periods"


def _changed(first: Mapping[str, str], second: Mapping[str, str]) -> Iterator[str]:
    if _THE_LAW in {**first, **second}:
        first, second = ({_THE_LAW: each.get(_THE_LAW, "applies")} for each in (first, second))
    for name in {**first, **second}:
        if first.get(name) != second.get(name):
            yield f"{name} {first.get(name, _NONE)} → {second.get(name, _NONE)}"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else _NONE


def _findings_of(
    base: Mapping[str, Any], given: Mapping[str, Any], *, provider: Provider, own: tuple[Law, ...]
) -> dict[str, str]:
    try:
        return _outcomes(assess_changed(base, given, provider=provider, own=own))
    except UnknownLaw:
        return {_THE_LAW: "does not apply"}
