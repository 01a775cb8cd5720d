"""Is it genuine, and what does the law permit? The machine's findings, and a person's answers to its questions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from answerable.adapters.reading import authenticate as examine_paper
from answerable.adapters.reading import make_sheet, open_paper
from answerable.adapters.sources import Sources, count
from answerable.assess import assess as put_to_the_law
from answerable.assess import notice_rule
from answerable.authenticate import against_finding
from answerable.authenticate.gathered import Evidence, Proven
from answerable.casefile.assessment import Assessment
from answerable.casefile.epoc import Epoc
from answerable.casefile.events import EventKind
from answerable.casefile.finding import Answered, Finding, Outcome
from answerable.casefile.order import Order
from answerable.casefile.route import CaseFile, Move, State, is_genuine
from answerable.casefile.scope import Scope
from answerable.casefile.supplied import Supplied
from answerable.collect import make_plan
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Case
from answerable.desk.moves.casefiles import allowed, case_file, locked, refuse_unless_reviewer
from answerable.desk.moves.papers import paper_bytes
from answerable.desk.moves.recording import record
from answerable.desk.queries.directory import authorities
from answerable.desk.wiring import Desk
from answerable.errors import MalformedDemand, MoveRefused, SandboxFailed


def authenticate(desk: Desk, case: Case) -> Case:
    """Set down the facts about paper, seal and sender. The paper is looked at in a child, outside of the transaction."""
    file, _ = allowed(desk, case, Move.AUTHENTICATE)
    findings, known = examined(desk, paper_bytes(desk, case), file.demand.form, at=file.demand.arrival.received_at)
    with transaction.atomic():
        case = locked(case)
        _, after = allowed(desk, case, Move.AUTHENTICATE)
        case.authenticity = [finding.model_dump(mode="json") for finding in findings]
        case.sheet = known.model_dump(mode="json") if known else None
        case.state = after.value
        case.save()
        record(desk, case, EventKind.AUTHENTICATED, actor=None, outcome_genuine="yes" if is_genuine(findings) else "no")
    return case


def examined(
    desk: Desk, content: bytes, form: Epoc | Order, *, at: datetime
) -> tuple[tuple[Finding, ...], Proven | None]:
    """Return the findings on a paper as of `at`, and its sheet: None where it ended its reader. Both are made in a child."""
    findings = examine_paper(
        content,
        form,
        trust_roots=desk.trust_roots,
        directory=authorities(desk),
        at=at,
        sandbox=desk.sandbox,
        limits=desk.settings.papers.limits,
    )
    known = _known(desk, content, at=at)
    return (*findings, against_finding(known.sheet if known else None)), known


def _known(desk: Desk, content: bytes, *, at: datetime) -> Proven | None:
    """Return the sheet of a paper as of its receipt, or None where it ended its reader."""
    try:
        within = open_paper(content, sandbox=desk.sandbox, limits=desk.settings.papers.limits).within(content)
        evidence = Evidence(original=content, paper=within, at=at, anchors=desk.trust_roots)
        return make_sheet(evidence, sandbox=desk.sandbox, limits=desk.settings.papers.limits)
    except (MalformedDemand, SandboxFailed):
        return None


def assess(desk: Desk, case: Case) -> Case:
    """Set down what the law says: findings, permitted scope, clocks, who tells the person."""
    with transaction.atomic():
        case = locked(case)
        file, after = allowed(desk, case, Move.ASSESS)
        put_again(desk, case, file, after)
        record(desk, case, EventKind.ASSESSED, actor=None, **assessment_facts(case))
        enqueue(desk, "count", case)
    return case


def answer_question(desk: Desk, case: Case, *, actor: Account, rule: str, outcome: Outcome, reason: str) -> Case:
    """Set down a person's answer to an unclear finding, and put the demand to the law again.

    Refuses a finding that is not unclear: what is not met cannot be talked away.
    """
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        file, after = allowed(desk, case, Move.ANSWER_QUESTION, actor=actor)
        _refuse_unless_open(file, rule)
        case.answers = [
            *(each for each in case.answers if each["rule"] != rule),
            Answered(rule=rule, outcome=outcome, reason=reason, by=actor.username).model_dump(mode="json"),
        ]
        file = case_file(case)
        case.handled_by = case.handled_by or actor
        put_again(desk, case, file, after)
        record(
            desk, case, EventKind.ANSWERED_QUESTION, actor=actor, grounds=rule, decision=outcome.value, reason=reason
        )
        enqueue(desk, "count", case, again=True)
    return case


def count_records(desk: Desk, case: Case) -> Case:
    """Count, without reading, what was asked and what is permitted. A bulk demand is not counted: it is not looked at."""
    file = case_file(case)
    if file.assessment is None or len(file.assessment.requested.identifiers) >= desk.provider.identifier_threshold:
        return case
    with desk.sources() as sources:
        asked, _ = _counted(desk, file.assessment.requested, sources)
        permitted, by_hand = _counted(desk, file.assessment.reach, sources)
    counts = {
        "asked": sum(asked.values()),
        "permitted": sum(permitted.values()),
        "by_hand": by_hand,
        "by_category": {each: {"asked": asked[each], "permitted": permitted.get(each, 0)} for each in asked},
    }
    Case.objects.filter(pk=case.pk).update(counts=counts)
    return Case.objects.get(pk=case.pk)


def assessment_facts(case: Case) -> dict[str, str]:
    """Return the coarse facts of an assessment that go, salted, into the log."""
    assessment = Assessment.model_validate(case.assessment)
    return {
        "instrument": assessment.instrument,
        "issuing_state": case.country,
        "emergency": "yes" if assessment.is_emergency else "no",
        "categories_asked": " ".join(assessment.requested.classes),
        "categories_permitted": " ".join(assessment.permitted.classes),
        "grounds": " ".join(dict.fromkeys(part.rule for part in assessment.kept_back)),
        "law_pack": assessment.pack,
        "due": assessment.due.strict.strftime("%Y-%m-%dT%H:%MZ") if assessment.due else "",
    }


def put_again(desk: Desk, case: Case, file: CaseFile, after: State) -> None:
    """Put the demand to the law with all that is known by now, and save what came out. Call it inside a transaction."""
    assessment = put_to_the_law(
        file.demand,
        provider=desk.provider,
        authenticity=file.authenticity,
        at=desk.now(),
        answers=tuple(Answered.model_validate(each) for each in case.answers),
        supplied=Supplied.model_validate(case.supplied),
        own=desk.own_laws,
    )
    notice = notice_rule(file.demand, provider=desk.provider, own=desk.own_laws)
    case.notice = notice.model_dump(mode="json")
    case.counts = None  # of another scope; counted anew
    case.is_emergency = assessment.is_emergency
    case.open_questions = sum(finding.outcome is Outcome.UNCLEAR for finding in assessment.findings)
    case.state = after.value
    keep_assessment(case, assessment)


def keep_assessment(case: Case, assessment: Assessment) -> None:
    """Save an assessment, and when somebody has to look at the case next."""
    case.assessment = assessment.model_dump(mode="json")
    case.due_at = assessment.next_end.strict if assessment.next_end else None
    case.save()


def _refuse_unless_open(file: CaseFile, rule: str) -> None:
    answerable = {finding.rule for finding in _questions(file)}
    if rule not in answerable:
        raise MoveRefused(
            "assess.not-a-question",
            what=f"{rule} is not an open question in {file.case}.",
            why="Only a finding that is unclear can be answered by a person.",
            next_step="If the finding rests on a wrong reading of the paper, refuse or contest and say so.",
        )


def _questions(file: CaseFile) -> tuple[Finding, ...]:
    findings = (*file.authenticity, *(file.assessment.findings if file.assessment else ()))
    return tuple(finding for finding in findings if finding.question is not None)


def _counted(desk: Desk, scope: Scope, sources: Sources) -> tuple[dict[str, int], int]:
    """Return how many records each category has, and how many steps are for a person: these cannot be counted."""
    counted: dict[str, int] = {}
    plan = make_plan(scope, desk.data_map, case="counting")
    rows = count(plan, sources)
    for step in plan.steps:
        for category in step.categories:
            counted[category] = counted.get(category, 0) + rows[step.number]
    for gap in plan.unanswered:
        counted.setdefault(gap.category, 0)
    return counted, sum(step.by_hand for step in plan.steps)
