"""What are the figures of this half-year?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from django.db.models import Prefetch

from answerable.casefile.assessment import Assessment
from answerable.casefile.effect import RENEWAL
from answerable.casefile.events import EventKind
from answerable.casefile.finding import Finding
from answerable.casefile.route import is_genuine, is_proved
from answerable.desk.models import Case, Event
from answerable.desk.moves.casefiles import case_file
from answerable.desk.queries.log import tree_head
from answerable.desk.wiring import Desk
from answerable.report.counting import OPEN, CountedCase, Report, count, half_year


def report(desk: Desk) -> Report:
    """Return the figures of the current half-year, as of the newest checkpoint.

    What is not yet logged is not yet counted, so that nobody sees a demand arrive by watching the figures.
    """
    head = tree_head()
    size, root = (head.size, head.root.hex()) if head else (0, "")
    provider = desk.provider
    return _report(provider.name, provider.identifier_threshold, half_year(desk.now().date()), size=size, root=root)


@lru_cache(maxsize=4)
def _report(provider: str, threshold: int, period: tuple[date, date], *, size: int, root: str) -> Report:
    """Count once for each checkpoint: the public page must not cost a recount each time it is opened."""
    return count(_counted(threshold), provider=provider, period=period, log_size=size, log_root=root)


def _is_proved(case: Case) -> bool:
    """Whether the seal proves it or, of a paper without one, the call; calls are read only where they can matter."""
    findings = tuple(Finding.model_validate(each) for each in case.authenticity)
    return is_genuine(findings) or (any(each.unsealed for each in findings) and is_proved(case_file(case)))


def _counted(threshold: int) -> Iterator[CountedCase]:
    logged = Prefetch("events", Event.objects.filter(slot__isnull=False), to_attr="logged")
    rows = Case.objects.filter(events__slot__isnull=False).distinct().order_by("reference")
    for case in rows.prefetch_related(logged).iterator(chunk_size=50):
        assessment = Assessment.model_validate(case.assessment) if case.assessment else None
        genuine = _is_proved(case)
        yield CountedCase(
            instrument=assessment.instrument if assessment else "",
            issuing_state=case.country,
            is_readable=case.demand is not None,
            is_genuine=genuine,
            is_emergency=bool(assessment and assessment.is_emergency),
            is_bulk=bool(assessment and len(assessment.requested.identifiers) >= threshold),
            classes_asked=assessment.requested.classes if assessment else (),
            classes_permitted=assessment.permitted.classes if assessment else (),
            outcome=case.decision["kind"] if case.decision and _has(case, EventKind.DECIDED) else OPEN,
            grounds=tuple(part.rule for part in assessment.kept_back) if assessment else (),
            records=case.package["records"] if case.package and _has(case, EventKind.SEALED) else 0,
            hours_to_answer=_hours(case),
            measures=_measures(case),
            received_at=case.received_at,
            forged_by=_forged_by(case),
            left=_has(case, EventKind.FETCHED),
        )


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
    offered = [event.at for event in case.logged if event.kind == EventKind.MADE_AVAILABLE]
    return int((offered[0] - case.received_at).total_seconds() // 3600) if offered else None


def _forged_by(case: Case) -> str:
    found = [event for event in case.logged if event.kind == EventKind.FORGED]
    return found[-1].facts.get("grounds", "") or "person" if found else ""
