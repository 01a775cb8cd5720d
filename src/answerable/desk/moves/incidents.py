"""What if a demand is forged? One person stops it at once; another says that it is forged, or that it is not."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from answerable.adapters.keys import random_bytes
from answerable.casefile.assessment import Assessment
from answerable.casefile.decision import DecisionKind
from answerable.casefile.directory import Caution, CautionAbout, CautionReason
from answerable.casefile.events import EventKind
from answerable.casefile.route import State
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Case, IncidentStep, Listing, Proposal
from answerable.desk.moves import directory
from answerable.desk.moves.casefiles import locked, refuse_unless_reviewer
from answerable.desk.moves.recording import is_logged, record
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused

# How long a forgery that was found makes us look twice at the office it named. Our own rule.
_CARE = timedelta(days=365)


def suspect(desk: Desk, case: Case, *, actor: Account, reason: str, shown_by: str) -> IncidentStep:
    """Stop a case at once: nothing leaves until a second person has spoken. `shown_by` is the code of the fact."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        last = last_step(case)
        if last is not None and last.word != IncidentStep.Word.CLEARED:
            raise _already(case, last)
        record(desk, case, EventKind.SUSPECTED, actor=actor, reason=reason, grounds=shown_by)
        return _say(desk, case, IncidentStep.Word.SUSPECTED, actor=actor, reason=reason, shown_by=shown_by)


def find_forged(
    desk: Desk, case: Case, *, actor: Account, reason: str, listing: Listing | None = None, shared: bool = False
) -> IncidentStep:
    """Say as the second person that a suspected demand is forged, and keep a caution on the office it named.

    It cannot be taken back: the office or a person can contest it, and a true demand can be sent again.
    """
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        first = _suspected_by_another(case, actor)
        record(desk, case, EventKind.FORGED, actor=actor, reason=reason, grounds=first.shown_by)
        step = _say(
            desk, case, IncidentStep.Word.FORGED, actor=actor, reason=reason, shown_by=first.shown_by,
            listing=listing.key if listing else "",
        )  # fmt: skip
        if listing is not None:
            _keep_caution(desk, case, listing, first=first, second=step, shared=shared)
    return step


def clear(desk: Desk, case: Case, *, actor: Account, reason: str) -> IncidentStep:
    """Say as the second person that a suspected demand is not forged; what waited goes on."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        first = _suspected_by_another(case, actor)
        record(desk, case, EventKind.CLEARED, actor=actor, reason=reason, grounds=first.shown_by)
        step = _say(desk, case, IncidentStep.Word.CLEARED, actor=actor, reason=reason, shown_by=first.shown_by)
        _go_on(desk, case)
    return step


def last_step(case: Case) -> IncidentStep | None:
    """Return the last word on whether a case is forged, or None."""
    return case.incident_steps.select_related("by").last()


def _go_on(desk: Desk, case: Case) -> None:
    """Queue again the work that was passed over while the case was suspected."""
    discloses = case.decision is not None and DecisionKind(case.decision["kind"]).discloses
    if case.state == State.DECIDED and discloses:
        enqueue(desk, "seal", case, again=True)
    elif case.state == State.SEALED and is_logged(case.events.get(kind=EventKind.SEALED.value)):
        earliest = Assessment.model_validate(case.assessment).release_not_before
        enqueue(desk, "make available", case, due_at=max(desk.now(), earliest or desk.now()), again=True)


def _say(
    desk: Desk, case: Case, word: str, *, actor: Account, reason: str, shown_by: str, listing: str = ""
) -> IncidentStep:
    return IncidentStep.objects.create(
        case=case, word=word, by=actor, at=desk.now(), reason=reason, shown_by=shown_by, listing=listing
    )


def _suspected_by_another(case: Case, actor: Account) -> IncidentStep:
    last = last_step(case)
    if last is None or last.word != IncidentStep.Word.SUSPECTED:
        raise MoveRefused(
            "incident.not-suspected",
            what=f"{case.reference} is not suspected of being forged now.",
            why="First one person suspects it, which stops it; then another decides.",
            next_step="Open the case, and mark it as suspected if you think that it is forged.",
        )
    if last.by_id == actor.pk:
        raise MoveRefused(
            "incident.same-person",
            what="You marked it as suspected: somebody else must decide.",
            why="Neither a forgery nor a release rests on one person's word.",
            next_step="Ask another reviewer to look at it. Until then nothing leaves.",
        )
    return last


def _already(case: Case, last: IncidentStep) -> MoveRefused:
    return MoveRefused(
        "incident.already",
        what=f"{case.reference} is {last.word} already.",
        why=f"It was marked so on {last.at:%d %B %Y}.",
        next_step="Open the case: it says who decides next.",
    )


def _keep_caution(
    desk: Desk, case: Case, listing: Listing, *, first: IncidentStep, second: IncidentStep, shared: bool
) -> None:
    """Put a caution on the office that the forgery named, as an edit of the same two people."""
    before = directory.as_record(listing)
    caution = Caution(
        id=random_bytes(16).hex(),
        about=CautionAbout.AGENCY,
        reason=CautionReason.FORGED_DEMAND,
        starts_at=case.received_at,
        ends_at=desk.now() + _CARE,
        noted_by=first.by.username,
        confirmed_by=second.by.username,
        case=case.reference,
        shared=shared,
    )
    draft = before.model_copy(update={"cautions": (*before.cautions, caution)})
    if not before.is_confirmed:
        directory.warn_of_candidate(desk, listing, draft)
        return
    proposal = Proposal.objects.create(
        key=listing.key, base=listing.version, draft=draft.model_dump(mode="json"), by=first.by, at=desk.now(),
        reason=f"{case.reference} was found forged in its name.",
    )  # fmt: skip
    directory.confirm(desk, proposal, actor=second.by)
