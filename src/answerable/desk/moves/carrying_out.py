"""How is it set down that a person removed, preserved or put back something in the service's own tools?

Nothing here touches the service. What two people granted is set down item by item; with the last one the case is carried
out, and the letters that say so are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction

from answerable.casefile.effect import RENEWAL, Effect, Measure, first_end, kept_copies
from answerable.casefile.events import EventKind
from answerable.casefile.granting import measures_for
from answerable.casefile.route import CaseFile, Move, State
from answerable.decide import kept_until
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Case
from answerable.desk.models import Effect as EffectRow
from answerable.desk.moves.casefiles import allowed, case_file, earlier_case, effects_of, locked, refuse_unless_reviewer
from answerable.desk.moves.moments import refuse_moment
from answerable.desk.moves.recording import record
from answerable.desk.moves.telling import keep_notices
from answerable.desk.moves.writing import keep_letters
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused, SealFailed

WHOLE_DEMAND = "everything that the demand names"


@dataclass(frozen=True, slots=True)
class Carried:
    """What was done with one item. `territory` names States where access was disabled in some alone."""

    item: str
    measure: Measure
    territory: tuple[str, ...] = ()
    note: str = ""


def record_effects(desk: Desk, case: Case, *, actor: Account, at: datetime, done: Sequence[Carried]) -> Case:
    """Set down what was done at the moment `at`. With the last item that was granted, the case is carried out."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        file, _ = allowed(desk, case, Move.RECORD_EFFECT, actor=actor)
        refuse_moment(at, now=desk.now(), earliest=case.received_at, before="before the demand came")
        _refuse_unless_granted(file, done)
        earlier = earlier_case(case)
        kept_there = kept_copies(effects_of(earlier)) if earlier else {}
        effects = [
            Effect(
                item=each.item,
                measure=each.measure,
                at=at,
                until=kept_until(file, each.item, each.measure, at=at, provider=desk.provider),
                territory=each.territory,
                by=actor.username,
                note=each.note,
                statement=file.decision.statement,
                kept_in=earlier.reference
                if earlier and each.measure is Measure.PRESERVED and each.item in kept_there
                else "",
            )
            for each in done
        ]
        _keep(desk, case, actor, effects)
        if earlier:
            moved = [effect for effect in effects if effect.kept_in]
            _extend(desk, earlier, actor, moved, by=case.reference)
        return _finished(desk, case)


def preserve(desk: Desk, case: Case, *, actor: Account, at: datetime, note: str) -> Case:
    """Set down that what a demand names is preserved while it is examined; nothing is disclosed, and nobody decided yet."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        file, _ = allowed(desk, case, Move.PRESERVE, actor=actor)
        refuse_moment(at, now=desk.now(), earliest=case.received_at, before="before the demand came")
        named = tuple(identifier.name for identifier in file.demand.requested.identifiers) if file.demand else ()
        items = named if 0 < len(named) < desk.provider.identifier_threshold else (WHOLE_DEMAND,)
        effects = [Effect(item=item, measure=Measure.PRESERVED, at=at, by=actor.username, note=note) for item in items]
        _keep(desk, case, actor, effects)
    return case


def release(desk: Desk, case: Case, *, actor: Account, at: datetime, note: str) -> Case:
    """Set down that every preserved copy of the case was deleted."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        file, _ = allowed(desk, case, Move.RELEASE, actor=actor)
        kept = kept_copies(file.effects)
        since = max(effect.at for effect in kept.values())
        refuse_moment(at, now=desk.now(), earliest=since, before="before the copy was made")
        effects = [Effect(item=item, measure=Measure.DELETED, at=at, by=actor.username, note=note) for item in kept]
        _keep(desk, case, actor, effects)
        _due_when_copies_go(case)
    return case


def reopen(desk: Desk, case: Case, *, actor: Account, reason: str) -> Case:
    """Open a case again whose order may have lost its effect, so that two people can decide to put back what is away."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        _, after = allowed(desk, case, Move.REOPEN, actor=actor)
        _write_what_is_due(desk, case)
        case.decision, case.state, case.closed_at = None, after.value, None
        case.save()
        record(desk, case, EventKind.REOPENED, actor=actor, reason=reason)
    return case


def _write_what_is_due(desk: Desk, case: Case) -> None:
    """Write letters and notices of a decision before it goes. One that cannot be typeset must not keep content away."""
    with suppress(SealFailed), transaction.atomic():
        keep_letters(desk, case)
        keep_notices(desk, case)


def _refuse_unless_granted(file: CaseFile, done: Sequence[Carried]) -> None:
    items = [each.item for each in done]
    measures = measures_for(file.decision, file.assessment)
    wrong = [each for each in done if each.item not in file.outstanding or each.measure not in measures]
    if not done or wrong or len(set(items)) != len(items):
        raise MoveRefused(
            "effect.not-granted",
            what="What was set down is not what two people granted.",
            why="It names no item, one that is not open, one twice, or a measure that the decision does not give.",
            next_step="Reload the case: it lists each item that still has to be carried out.",
        )
    if any(each.measure is Measure.UNCHANGED and not each.note.strip() for each in done):
        raise MoveRefused(
            "effect.no-reason",
            what="An item was left unchanged without a reason.",
            why="Two people granted it, and the authority is told why it was not done.",
            next_step="Say in the note why it could not be done.",
        )


def _finished(desk: Desk, case: Case) -> Case:
    """Move the case on where nothing is outstanding, and have its letters written."""
    if case_file(case).outstanding:
        return case
    _, after = allowed(desk, case, Move.CARRY_OUT)
    case.state = after.value
    _due_when_copies_go(case)
    enqueue(desk, "letters", case, again=True)
    return case


def _extend(desk: Desk, earlier: Case, actor: Account, effects: Sequence[Effect], *, by: str) -> None:
    """Move the last day of copies that an earlier case keeps."""
    if not effects:
        return
    earlier = locked(earlier)
    allowed(desk, earlier, Move.PRESERVE, actor=actor)
    here = [effect.model_copy(update={"kept_in": "", "note": f"Renewed by {by}."}) for effect in effects]
    _keep(desk, earlier, actor, here, grounds=RENEWAL)
    _due_when_copies_go(earlier)


def _due_when_copies_go(case: Case) -> None:
    """Let a case that was carried out come up again on the day on which a preserved copy must be deleted."""
    if case.state == State.CARRIED_OUT:
        case.due_at = first_end(effects_of(case))
        case.save()


def _keep(desk: Desk, case: Case, actor: Account, effects: Sequence[Effect], **facts: str) -> None:
    """Append the effects, and one event for each measure with the number of its items."""
    now = desk.now()
    EffectRow.objects.bulk_create(
        EffectRow(case=case, by=actor, recorded_at=now, **effect.model_dump(exclude={"by"})) for effect in effects
    )
    for measure, group in groupby(sorted(effects, key=lambda each: each.measure), key=lambda each: each.measure):
        same = list(group)
        ends = [effect.until for effect in same if effect.until]
        record(
            desk,
            case,
            EventKind.CARRIED_OUT,
            actor=actor,
            decision=measure.value,
            records=str(len(same)),
            statement_sha512=same[0].statement,
            due=min(ends).strftime("%Y-%m-%dT%H:%MZ") if ends else "",
            reason=next((effect.note for effect in same if effect.note), ""),
            **facts,
        )
