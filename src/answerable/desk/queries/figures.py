"""What is counted of each demand of a half-year, and what are its figures so far?

A demand belongs to the half-year in which its first event was set down, and is counted by what the log holds of it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Prefetch

from answerable.casefile.assessment import Assessment, NoticeBy, NoticeRule
from answerable.casefile.decision import DecisionKind
from answerable.casefile.effect import RENEWAL
from answerable.casefile.events import EventKind
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.route import State, is_genuine, is_proved
from answerable.desk.models import Case, Event
from answerable.desk.moves.casefiles import case_file
from answerable.desk.wiring import Desk
from answerable.report.counted import NOTHING, OPEN, CountedDemand
from answerable.report.figures import Report
from answerable.report.gathered import gather
from answerable.report.periods import HalfYear
from answerable.report.query import current
from answerable.report.reporting import Closing, groups_of, header_for, report_of

_AT_A_TIME = 10
_LIVE = ("us.wiretap", "us.pen_trap")


def report_so_far(desk: Desk, period: HalfYear) -> Report:
    """Return the figures of a half-year that may still run, every group told however small: never to be published."""
    gathered = gather(current(), (demand for _, demand in counted_demands(desk, period)))
    closing = Closing(desk.provider.name, period, desk.now().date(), way=desk.settings.national_security_bands)
    return report_of(current(), header_for(current(), gathered, closing), groups_of(current(), gathered, smallest=1))


def counted_demands(desk: Desk, period: HalfYear) -> Iterator[tuple[str, CountedDemand]]:
    """Yield the key of each case of a half-year whose first event is logged, with what is counted of it."""
    start, end = period.moments
    logged = Prefetch("events", Event.objects.filter(slot__isnull=False).order_by("serial"), to_attr="logged")
    cases = Case.objects.prefetch_related(logged, "notices")
    first = Event.objects.filter(previous="", at__gte=start, at__lt=end, slot__isnull=False).order_by("case__reference")
    # By number alone: whole cases would be sorted as they are, with their findings.
    begun = array("q", first.values_list("case_id", flat=True).iterator())
    for at in range(0, len(begun), _AT_A_TIME):
        some = begun[at : at + _AT_A_TIME]
        found = cases.in_bulk(some)
        for case in map(found.__getitem__, some):
            yield case.key, _counted(case, desk.provider.identifier_threshold, at=min(end, desk.now()))


def unlogged(period: HalfYear) -> int:
    """Return how many events of a half-year the log does not hold yet."""
    start, end = period.moments
    return Event.objects.filter(at__gte=start, at__lt=end, slot__isnull=True).count()


def _counted(case: Case, threshold: int, *, at: datetime) -> CountedDemand:
    assessment = Assessment.model_validate(case.assessment) if case.assessment else None
    form = (case.demand or {}).get("form", {})
    rule = NoticeRule.model_validate(case.notice) if case.notice else None
    asked = assessment.requested.classes if assessment else ()
    records = case.package["records"] if case.package and _has(case, EventKind.SEALED) else 0
    gag = _gag(rule, at)
    return CountedDemand(
        link=case.logged[0].root,
        month=f"{case.logged[0].at:%Y-%m}",
        instrument=case.instrument,
        lane=_lane(case, assessment),
        country=case.country,
        requester=_requester(form),
        court="judge" in _deciding(form),
        channel=case.channel,
        emergency=bool(assessment and assessment.is_emergency),
        genuine=_genuine(case),
        forged_by=_forged_by(case),
        left=_has(case, EventKind.FETCHED),
        outcome=_outcome(case),
        grounds=_grounds(case, assessment),
        asked=asked,
        given=assessment.permitted.classes if assessment and records else (),
        live=case.instrument in _LIVE or bool({"live", "standing", "future"} & set(form.get("special", ()))),
        bulk=case.identifiers >= threshold,
        accounts=case.identifiers,
        items=len(form.get("items", ())),
        records=records,
        hours_to_answer=_hours(case),
        hours_to_acknowledge=0 if case.channel == "portal" else None,
        measures=_measures(case),
        notice=_notice(case, rule),
        gag=gag,
        gag_months=_months(rule.silent_since, at) if gag != NOTHING and rule and rule.silent_since else 0,
        reply=_reply(case),
    )


def _lane(case: Case, assessment: Assessment | None) -> str:
    if case.demand is None:
        return "unreadable"
    return assessment.purpose if assessment else "no law here knows it"


def _requester(form: dict) -> str:
    return (form.get("requester") or form.get("I") or {}).get("kind") or ""


def _deciding(form: dict) -> tuple[str, ...]:
    """Return who issued and who approved or validated a demand, as its paper says."""
    by = (form.get("approval") or {}).get("by"), (form.get("J") or {}).get("kind")
    return (_requester(form), *filter(None, by))


def _genuine(case: Case) -> str:
    if case.demand is None:
        return "unreadable"
    return "yes" if _is_proved(case) else "no"


def _is_proved(case: Case) -> bool:
    """Whether the seal proves it or, of a paper without one, the call; calls are read only where they can matter."""
    findings = tuple(Finding.model_validate(each) for each in case.authenticity)
    return is_genuine(findings) or (any(each.unsealed for each in findings) and is_proved(case_file(case)))


def _outcome(case: Case) -> str:
    if case.decision and _has(case, EventKind.DECIDED):
        return str(case.decision["kind"])
    return "closed unanswered" if case.state == State.CLOSED.value and _has(case, EventKind.CLOSED) else OPEN


def _grounds(case: Case, assessment: Assessment | None) -> tuple[str, ...]:
    """Return the checks that were not met, the weightiest first: those of the paper, then those that hold back what is asked."""
    findings = () if _is_proved(case) else (Finding.model_validate(each) for each in case.authenticity)
    paper = [each.rule for each in findings if each.outcome is not Outcome.MET]
    law = [part.rule for part in assessment.kept_back] if assessment else []
    return tuple(dict.fromkeys((*paper, *law)))


def _has(case: Case, kind: EventKind) -> bool:
    return any(event.kind == kind for event in case.logged)


def _measures(case: Case) -> dict[str, int]:
    """Return how many items each logged measure was taken on. A renewal that only moves a last day counts where it came."""
    counted: Counter[str] = Counter()
    for event in case.logged:
        if event.kind == EventKind.CARRIED_OUT and event.facts.get("grounds") != RENEWAL:
            counted[event.facts["decision"]] += int(event.facts["records"])
    return dict(counted)


def _hours(case: Case) -> int | None:
    """Return the whole hours from receipt to what ended it: hand-over, deed, or the decision where neither follows."""
    kind = DecisionKind(case.decision["kind"]) if case.decision else None
    ends = (
        EventKind.MADE_AVAILABLE if kind and kind.discloses
        else EventKind.CARRIED_OUT if kind and kind.acts else EventKind.DECIDED
    )  # fmt: skip
    ended = [event.at for event in case.logged if event.kind == ends]
    return int((ended[0] - case.received_at).total_seconds() // 3600) if ended else None


def _forged_by(case: Case) -> str:
    found = [event for event in case.logged if event.kind == EventKind.FORGED]
    return found[-1].facts.get("grounds", "") or "person" if found else ""


def _notice(case: Case, rule: NoticeRule | None) -> str:
    """Return who was told: the last thing that is true of any of the people concerned."""
    if rule is None:
        return ""
    if rule.told_by is not NoticeBy.PROVIDER:
        return "the authority tells"
    given = [event.facts.get("notice", "") for event in case.logged if event.kind == EventKind.NOTICE_GIVEN]
    if given:
        return "could not be reached" if all(how == "not reachable" for how in given) else "told"
    if any(each.may_be_sent_from is None or each.paper_id is None for each in case.notices.all()):
        return "silence binds us"
    return "to be told" if case.notices.exists() else ""


def _gag(rule: NoticeRule | None, at: datetime) -> str:
    if rule is None or rule.silent_since is None or (rule.silent_until is not None and rule.silent_until <= at):
        return NOTHING
    return "until a day" if rule.silent_until else "without end"


def _months(since: datetime, until: datetime) -> int:
    months = (until.year - since.year) * 12 + until.month - since.month
    return max(0, months - (until.day < since.day))


def _reply(case: Case) -> str:
    """Return what came of the last thing put to the authority."""
    exchanges = case.supplied.get("exchanges", ())
    return str(exchanges[-1].get("reply") or "") if exchanges else ""
