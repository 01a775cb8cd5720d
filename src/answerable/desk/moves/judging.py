"""Is it genuine, and what does the law permit? The machine's findings, and a person's answers to its questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from answerable.adapters.reading import authenticate as examine_paper
from answerable.adapters.reading import make_sheet
from answerable.adapters.sources import Sources, count
from answerable.assess import assess as put_to_the_law
from answerable.assess import notice_rule, with_exemption
from answerable.authenticate import against_finding, never_damaged
from answerable.authenticate.gathered import Proven
from answerable.casefile.assessment import Assessment
from answerable.casefile.demand import Demand
from answerable.casefile.encoding import digest
from answerable.casefile.events import EventKind
from answerable.casefile.finding import Answered, Finding, Outcome
from answerable.casefile.handover import Handover
from answerable.casefile.route import CaseFile, Move, State, is_genuine, standing
from answerable.casefile.scope import Scope
from answerable.casefile.supplied import Supplied
from answerable.collect import make_plan
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Case
from answerable.desk.moves.casefiles import allowed, case_file, locked, refuse_unless_reviewer
from answerable.desk.moves.evidence import gathered, keep_evidence, with_handover
from answerable.desk.moves.handing_over import how_it_came
from answerable.desk.moves.papers import paper_bytes
from answerable.desk.moves.recording import record
from answerable.desk.queries.directory import authorities
from answerable.desk.wiring import Desk
from answerable.errors import MalformedDemand, MoveRefused, SandboxFailed


def authenticate(desk: Desk, case: Case) -> Case:
    """Set down the facts about paper, seal and sender. The paper is looked at in a child, outside of the transaction."""
    file, _ = allowed(desk, case, Move.AUTHENTICATE)
    found = examined(desk, paper_bytes(desk, case), file.demand, came=how_it_came(desk, case))
    with transaction.atomic():
        case = locked(case)
        _, after = allowed(desk, case, Move.AUTHENTICATE)
        set_down(case, found)
        case.state = after.value
        case.save()
        facts = {"outcome_genuine": "yes" if is_genuine(found.findings) else "no"}
        facts |= {"record_sha512": digest(case.sheet)} if case.sheet else {}
        record(desk, case, EventKind.AUTHENTICATED, actor=None, **facts)
    return case


@dataclass(frozen=True, slots=True)
class Examined:
    """The findings on a paper, its sheet (None where it ended its reader), and where all that it rests on is kept."""

    findings: tuple[Finding, ...]
    known: Proven | None
    evidence: dict[str, object] | None


def examined(
    desk: Desk,
    content: bytes,
    demand: Demand,
    *,
    at: datetime | None = None,
    came: tuple[Handover, bytes] | None = None,
) -> Examined:
    """Return what a paper shows as of `at`, by default its receipt. Findings and sheet are made in a child.

    `came` is how a State's own system handed over this very paper; what came beside it later did not come so.
    """
    moment = at or demand.arrival.received_at
    findings = examine_paper(
        content,
        demand.form,
        trust_roots=desk.trust_roots,
        directory=authorities(desk),
        at=moment,
        sandbox=desk.sandbox,
        limits=desk.settings.papers.limits,
    )
    known, evidence = _known(desk, content, demand, at=moment, came=came)
    sheet = known.sheet if known else None
    return Examined((*never_damaged(findings, sheet), against_finding(sheet)), known, evidence)


def set_down(case: Case, found: Examined) -> None:
    """Put what a paper shows into the row of its case; whoever calls it saves the row."""
    case.authenticity = [finding.model_dump(mode="json") for finding in found.findings]
    case.sheet = found.known.model_dump(mode="json") if found.known else None
    case.evidence = found.evidence


def _known(
    desk: Desk, content: bytes, demand: Demand, *, at: datetime, came: tuple[Handover, bytes] | None
) -> tuple[Proven | None, dict[str, object] | None]:
    """Return the sheet of a paper and where its evidence is kept; no sheet where the paper ended its reader."""
    arrival, limits = demand.arrival, desk.settings.papers.limits
    try:
        evidence = gathered(desk, content, at=at, channel=arrival.channel, country=demand.head.country)
        evidence = with_handover(evidence, came, named=demand.head.country)
    except (MalformedDemand, SandboxFailed):
        return None, None
    kept = keep_evidence(desk, evidence)
    try:
        return make_sheet(evidence, sandbox=desk.sandbox, limits=limits), kept
    except SandboxFailed:
        return None, kept


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
        authenticity=standing(file),
        at=desk.now(),
        answers=tuple(Answered.model_validate(each) for each in case.answers),
        supplied=Supplied.model_validate(case.supplied),
        own=desk.own_laws,
    )
    sheet = Proven.model_validate(case.sheet).sheet if case.sheet else None
    assessment = with_exemption(assessment, file.demand, sheet=sheet, own=desk.own_laws)
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
