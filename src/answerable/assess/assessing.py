"""What does the law permit? Every finding, the permitted scope as a set, and the clocks.

1  which law governs the instrument on the day of receipt
2  every rule is asked, and every red flag of a plain order; none stops another; a person's answers settle what was unclear
3  each item asked for is permitted, cut at the moment of receipt, or withheld with its ground
4  the clocks, who tells the person, and the ways to answer
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from answerable.casefile.assessment import Assessment, Clock, NoticeRule, WayToAnswer
from answerable.casefile.call_back import exempt_from_call
from answerable.casefile.categories import CATEGORIES
from answerable.casefile.demand import Demand
from answerable.casefile.evidence import Sheet
from answerable.casefile.finding import Answered, Finding, settle
from answerable.casefile.order import Order
from answerable.casefile.parties import Provider
from answerable.casefile.scope import Scope, ScopeItem, Withheld, scope_of
from answerable.casefile.supplied import Supplied
from answerable.law import calendar
from answerable.law.register import Law, law, law_for
from answerable.law.rule import Facts, covers

# The rules that keep what was not yet stored on receipt: of the European certificates, and of every other order.
_STORED_ONLY = ("R18", "RF17")
_NOTHING = Supplied()
# The rules by which nothing leaves on a demand that data be preserved: they do not stand against keeping the data.
LEAVES_NOTHING = ("P0", "U12")


def assess(
    demand: Demand,
    *,
    provider: Provider,
    authenticity: tuple[Finding, ...],
    at: datetime,
    answers: tuple[Answered, ...] = (),
    supplied: Supplied = _NOTHING,
    own: tuple[Law, ...] = (),
    as_of: date | None = None,
) -> Assessment:
    """Return what the law says to `demand`. Refuses an instrument or day that no pack knows (`UnknownLaw`).

    `supplied` is what was set down beside the paper; `own` are packs of one's own. With `as_of` it is put to the law as it
    stood on that day, its own dates as they are.
    """
    governing = _governing(demand, own, as_of)  # 1
    facts = _facts(demand, governing, provider, authenticity=authenticity, supplied=supplied, answers=answers)
    findings = settle((*governing.findings(facts), *_red_flags(facts, as_of)), answers)  # 2
    permitted, withheld = _judged(facts, findings)  # 3
    instrument = governing.instrument(demand.instrument)
    purpose = instrument.kind.value
    against_keeping = tuple(each for each in findings if each.rule not in LEAVES_NOTHING)
    keeps, keeps_not = _judged(facts, against_keeping) if purpose == "preservation" else (Scope(), ())
    clocks = tuple(governing.clocks(facts, findings))  # 4
    return Assessment(
        instrument=demand.instrument,
        pack=governing.pack.label,
        reviewed_by=governing.pack.title.reviewed_by,
        assessed_at=at,
        findings=findings,
        requested=facts.requested,
        permitted=permitted,
        withheld=withheld,
        clocks=clocks,
        release_not_before=_held_until(clocks),
        is_emergency=any("emergency" in clock.name for clock in clocks),
        paper_allowed=instrument.paper,
        ways=tuple(_ways(governing, facts)),
        purpose=purpose,
        preservable=keeps,
        not_preservable=keeps_not,
    )


def with_exemption(
    assessment: Assessment, demand: Demand, *, sheet: Sheet | None, own: tuple[Law, ...] = ()
) -> Assessment:
    """Return the assessment with the pack's word on the call-back: whether this emergency, so sealed and so come, needs none."""
    exempts = _governing(demand, own, None).instrument(demand.instrument).state_system_needs_no_call
    return assessment.model_copy(update={"call_exempted": exempts and exempt_from_call(demand, sheet)})


def with_clocks(
    assessment: Assessment, demand: Demand, *, provider: Provider, supplied: Supplied, own: tuple[Law, ...] = ()
) -> Assessment:
    """Return the assessment with its clocks worked out anew from what was asked and answered; its findings stand."""
    governing = _governing(demand, own, None)
    facts = _facts(demand, governing, provider, authenticity=(), supplied=supplied)
    clocks = tuple(governing.clocks(facts, assessment.findings))
    return assessment.model_copy(update={"clocks": clocks, "release_not_before": _held_until(clocks)})


def notice_rule(
    demand: Demand, *, provider: Provider, own: tuple[Law, ...] = (), as_of: date | None = None
) -> NoticeRule:
    """Return who tells the person, and why we are silent until when. Refuses an instrument that no pack knows."""
    governing = _governing(demand, own, as_of)
    return governing.notice(_facts(demand, governing, provider, authenticity=()))


def _governing(demand: Demand, own: tuple[Law, ...], as_of: date | None) -> Law:
    """Return the law that governs on the day of receipt; with `as_of`, that of that day as if it had always held."""
    found = law_for(demand.instrument, as_of or demand.arrival.received_at.date(), own)
    return found.as_of(as_of) if as_of else found


def _held_until(clocks: tuple[Clock, ...]) -> datetime | None:
    """Return until when the law forbids an answer."""
    return next((clock.legal for clock in clocks if clock.holds_release), None)


def _facts(
    demand: Demand,
    governing: Law,
    provider: Provider,
    *,
    authenticity: tuple[Finding, ...],
    supplied: Supplied = _NOTHING,
    answers: tuple[Answered, ...] = (),
) -> Facts:
    requested = demand.requested
    identifiers = requested.identifiers
    return Facts(
        instrument=demand.instrument,
        form=demand.form,
        requested=requested,
        identifiers=identifiers,
        people=len(identifiers) + demand.left_out,
        provider=provider,
        authenticity=authenticity,
        received_at=demand.arrival.received_at,
        pack=governing.pack,
        supplied=supplied,
        answers=answers,
    )


def _red_flags(facts: Facts, as_of: date | None) -> tuple[Finding, ...]:
    """Return the red flags of overbreadth. A European certificate has its own rules for them."""
    if not isinstance(facts.form, Order) or not (facts.form.asked or facts.form.items):
        return ()
    flags = law("red_flags")
    flags = flags.as_of(as_of) if as_of else flags
    return flags.findings(replace(facts, pack=flags.pack))


def _grounds(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    """Return, for each category that stays, the finding that keeps it. The first in the order of the rules is named."""
    keeping = [(finding, finding.withholds_now) for finding in findings if finding.withholds_now]
    held = ((code, next((finding for finding, kept in keeping if covers(kept, code)), None)) for code in CATEGORIES)
    return {code: finding for code, finding in held if finding is not None}


def _judged(facts: Facts, findings: tuple[Finding, ...]) -> tuple[Scope, tuple[Withheld, ...]]:
    """Return what of the request the findings leave, and what they keep back."""
    grounds, future = _grounds(findings), next((each for each in findings if each.rule in _STORED_ONLY), None)
    judged = [_judge(item, grounds, facts.received_at, future=future) for item in facts.requested.items]
    left = scope_of(item for item, _ in judged if item is not None)
    return left, tuple(part for _, part in judged if part is not None)


def _judge(
    item: ScopeItem, grounds: dict[str, Finding], received: datetime, *, future: Finding | None
) -> tuple[ScopeItem | None, Withheld | None]:
    """Return what of the item may leave, and what is withheld with its ground."""
    ground = grounds.get(item.category)
    if ground is not None:
        return None, _withheld(item, ground)
    if item.period is None:
        return item, None
    stored, later = item.period.before(received), item.period.since(received)
    if later is None or future is None:
        return item, None
    part = _withheld(item.model_copy(update={"period": later}), future)
    return (item.model_copy(update={"period": stored}) if stored else None), part


def _withheld(item: ScopeItem, ground: Finding) -> Withheld:
    return Withheld(
        item=item, rule=ground.rule, ground=ground.fact, citation=ground.citation, annex_iii=ground.annex_iii
    )


def _ways(governing: Law, facts: Facts) -> Iterator[WayToAnswer]:
    """Yield the ways to answer, each with its last day: that of its own value in days, or none."""
    provider, received = facts.provider, facts.received_at
    enforced = facts.supplied.enforcement is not None and facts.supplied.enforcement.required_at is not None
    for way in governing.instrument(facts.instrument).ways:
        if way.when == "enforcement" and not enforced:
            continue
        days = way.last_day and governing.pack.value(way.last_day, received.date())
        ends = (
            calendar.after_days(received, int(days), zone=provider.zone, country=provider.member_state)
            if days
            else None
        )
        yield WayToAnswer(
            title=way.title,
            citation=f"{governing.pack.title.cite}, {way.citation}",
            form=way.form,
            until=ends.strict if ends else None,
        )
