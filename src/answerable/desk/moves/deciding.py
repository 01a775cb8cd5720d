"""How do two people decide? One prepares and signs, another reads and signs the same words, or sends it back."""

from __future__ import annotations

from django.db import transaction

from answerable.casefile.assessment import NoticeRule
from answerable.casefile.decision import Decision, DecisionKind
from answerable.casefile.events import EventKind
from answerable.casefile.route import Move
from answerable.decide import draft
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Approval, Case
from answerable.desk.moves.casefiles import allowed, locked, refuse_unless_reviewer
from answerable.desk.moves.judging import assessment_facts
from answerable.desk.moves.looking_up import ask_people, withdraw
from answerable.desk.moves.recording import record
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused


def prepare(
    desk: Desk, case: Case, *, actor: Account, kind: DecisionKind, reason: str, items: tuple[str, ...] = ()
) -> Case:
    """Set down a decision with its author's own approval; `items` are those of a removal that is done in part."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        file, after = allowed(desk, case, Move.PREPARE, actor=actor)
        version = case.events.filter(kind=EventKind.PREPARED.value).count() + 1
        decision = draft(file, kind, version=version, reason=reason, by=actor.username, at=desk.now(), items=items)
        case.decision = decision.model_dump(mode="json")
        case.handled_by = actor
        case.state = after.value
        case.save()
        Approval.objects.create(case=case, by=actor, at=desk.now(), statement=decision.statement)
        record(desk, case, EventKind.PREPARED, actor=actor, decision=kind.value, statement_sha512=decision.statement)
    return case


def send_back(desk: Desk, case: Case, *, actor: Account, reason: str) -> Case:
    """Give back a decision that is prepared, or decided and not yet carried out; its approvals count for nothing more."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        _, after = allowed(desk, case, Move.SEND_BACK, actor=actor)
        case.decision = None
        case.state = after.value
        case.save()
        withdraw(desk, case)
        record(desk, case, EventKind.SENT_BACK, actor=actor, reason=reason)
    return case


def approve(desk: Desk, case: Case, *, actor: Account, statement: str) -> Case:
    """Set down the second person's yes to exactly `statement`, and let the answer go on its way."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        file, after = allowed(desk, case, Move.APPROVE, actor=actor)
        decision = file.decision
        _refuse_unless_read(decision, statement, case)
        Approval.objects.create(case=case, by=actor, at=desk.now(), statement=statement)
        case.state = after.value
        case.save()
        record(desk, case, EventKind.APPROVED, actor=actor, statement_sha512=statement)
        facts = assessment_facts(case) | {"decision": decision.kind.value, "statement_sha512": statement}
        record(desk, case, EventKind.DECIDED, actor=None, **facts)
        told = EventKind.NOTICE_WITHHELD if case.notice["silent_since"] else EventKind.NOTICE_OWED
        record(desk, case, told, actor=None, notice=case.notice["reason"][:200])
        waits_for_people = decision.kind.discloses and ask_people(desk, case, decision)
        if not decision.kind.acts and not waits_for_people:  # what acts is told of once a person has carried it out
            enqueue(desk, "seal" if decision.kind.discloses else "letters", case, again=True)
        if case.notice["review_on"] and case.notice["chase"]:
            enqueue(desk, "chase", case, due_at=NoticeRule.model_validate(case.notice).review_on)
    return case


def _refuse_unless_read(decision: Decision, statement: str, case: Case) -> None:
    if statement != decision.statement:
        raise MoveRefused(
            "decide.changed-meanwhile",
            what=f"The decision in {case.reference} is not the one you were shown.",
            why="It was sent back and prepared again after your page was opened.",
            next_step="Reload the case, read the decision again, and approve that one.",
        )
