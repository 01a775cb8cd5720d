"""How does a row become the case file that the route looks at, and who refuses?"""

from __future__ import annotations

from answerable.casefile.assessment import Assessment
from answerable.casefile.call_back import CallBack
from answerable.casefile.decision import Approval, Decision
from answerable.casefile.demand import Demand
from answerable.casefile.effect import Effect, kept_copies
from answerable.casefile.events import EventKind
from answerable.casefile.finding import Answered, Finding, settle
from answerable.casefile.look_up import LookUp
from answerable.casefile.route import CaseFile, Move, State, blockers, next_state
from answerable.casefile.supplied import Supplied
from answerable.desk.models import Account, Call, Case, Confirmation, IncidentStep
from answerable.desk.models import LookUp as LookUpRow
from answerable.desk.moves.on_record import altered
from answerable.desk.moves.recording import may_leave
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused

# Before anything leaves, or is done on a decision, the rows are held against what is on record.
_ACTS = (Move.SEAL, Move.MAKE_AVAILABLE, Move.FETCH, Move.RECORD_EFFECT)


def locked(case: Case) -> Case:
    """Return the row again, locked for this transaction."""
    return Case.objects.select_for_update().select_related("paper", "handled_by", "sent_by").get(pk=case.pk)


def case_file(case: Case) -> CaseFile:
    """Return the frozen case file of a row."""
    sealed = case.events.filter(kind=EventKind.SEALED.value).first()
    return CaseFile(
        case=case.reference,
        state=State(case.state),
        demand=Demand.model_validate(case.demand) if case.demand else None,
        authenticity=_authenticity(case),
        calls=calls_of(case),
        assessment=Assessment.model_validate(case.assessment) if case.assessment else None,
        held=_held(case),
        decision=Decision.model_validate(case.decision) if case.decision else None,
        approvals=tuple(
            Approval(by=each.by.username, at=each.at, statement=each.statement)
            for each in case.approvals.select_related("by")
        ),
        package_sha512=case.package["sha512"] if case.package else None,
        logged=sealed is not None and may_leave(sealed),
        available_until=case.available_until,
        fetched=case.deliveries.exists(),
        suspicion=suspicion(case),
        awaits_sender=awaits_confirmation(case),
        supplied=Supplied.model_validate(case.supplied),
        look_ups=look_ups_of(case),
        only_people_know=bool(case.counts and case.counts.get("by_hand")),
        effects=effects_of(case),
        preserved_before=_preserved_before(case),
    )


def awaits_confirmation(case: Case) -> bool:
    """Whether the officer who sent it by the portal has a passkey and has not confirmed these very bytes with it.

    A passkey that was made after the demand came counts as well: whoever has one confirms with it.
    """
    if case.channel != "portal" or case.sent_by is None or Confirmation.objects.filter(case=case).exists():
        return False
    return case.sent_by.passkeys.filter(ended_at=None).exists()


def _held(case: Case) -> int | None:
    """Return how many permitted records there are; unknown where some lie in a store that only a person can ask."""
    return case.counts["permitted"] if case.counts and not case.counts.get("by_hand") else None


def suspicion(case: Case) -> str | None:
    """Return `suspected` or `forged` where that is the last word on a case, else None."""
    last = case.incident_steps.last()
    return last.word if last is not None and last.word != IncidentStep.Word.CLEARED else None


def _authenticity(case: Case) -> tuple[Finding, ...]:
    """Return the findings on the paper. A person's answer settles what asks a question, and nothing else."""
    findings = tuple(Finding.model_validate(each) for each in case.authenticity)
    asking = {finding.rule for finding in findings if finding.question}
    return settle(findings, tuple(Answered.model_validate(each) for each in case.answers if each["rule"] in asking))


def calls_of(case: Case) -> tuple[CallBack, ...]:
    """Return the calls about a case, each with its second person where it has one."""
    rows = case.calls.select_related("by", "seconded__by")
    return tuple(CallBack.model_validate(row.record | _second(row)) for row in rows)


def _second(row: Call) -> dict[str, object]:
    seconded = getattr(row, "seconded", None)
    return {"seconded_by": seconded.by.username, "seconded_at": seconded.at} if seconded else {}


def look_ups_of(case: Case) -> tuple[LookUp, ...]:
    """Return what the decision that stands needs from people, each with the last file that was brought."""
    if case.decision is None:
        return ()
    statement = Decision.model_validate(case.decision).statement
    return tuple(map(as_look_up, case.look_ups.filter(statement=statement)))


def as_look_up(row: LookUpRow) -> LookUp:
    """Return a look-up as the route sees it."""
    last = row.brought.select_related("by", "confirmed__by").last()
    confirmed = getattr(last, "confirmed", None)
    return LookUp(
        store=row.store,
        table=row.table,
        brought_by=last.by.username if last else None,
        sha512=last.paper_id if last else None,
        rows=last.rows if last else None,
        confirmed_by=confirmed.by.username if confirmed else None,
    )


def effects_of(case: Case) -> tuple[Effect, ...]:
    """Return what was carried out in a case, in order."""
    return tuple(
        Effect(
            item=row.item,
            measure=row.measure,
            at=row.at,
            until=row.until,
            territory=row.territory,
            by=row.by.username,
            note=row.note,
            statement=row.statement,
            kept_in=row.kept_in,
        )
        for row in case.effects.select_related("by")
    )


def earlier_case(case: Case) -> Case | None:
    """Return the newest case of the same State under the reference that this demand says it follows, or None."""
    reference = (case.demand or {}).get("form", {}).get("earlier_reference")
    if not reference or not case.country:
        return None
    same = Case.objects.filter(their_reference=reference, country=case.country).exclude(pk=case.pk)
    return same.order_by("-received_at").first()


def _preserved_before(case: Case) -> tuple[Effect, ...]:
    earlier = earlier_case(case)
    return tuple(kept_copies(effects_of(earlier)).values()) if earlier else ()


def allowed(desk: Desk, case: Case, move: Move, *, actor: Account | None = None) -> tuple[CaseFile, State]:
    """Return the case file and the state after `move`. Refuses with every reason the route gives."""
    file = case_file(case)
    if move in _ACTS:
        file = file.model_copy(update={"altered": altered(desk, case, file)})
    reasons = blockers(file, move, actor=actor.username if actor else "machine", now=desk.now())
    after = next_state(file.state, move)
    if reasons or after is None:
        raise MoveRefused(
            "route.not-allowed",
            what=f"{case.reference} cannot be moved by “{move.value}” now.",
            why=" ".join(reasons),
            next_step="Open the case: it lists what still stands in the way, and whose turn it is.",
        )
    return file, after


def refuse_unless_reviewer(actor: Account) -> None:
    """Refuse an account that may not decide: a role the pages check, checked where it counts."""
    if actor.role != Account.Role.REVIEWER or not actor.is_active:
        raise MoveRefused(
            "decide.not-a-reviewer",
            what="Only a reviewer of this desk can decide.",
            why="The account has another role or is closed.",
            next_step="Ask a reviewer to take the case.",
        )
