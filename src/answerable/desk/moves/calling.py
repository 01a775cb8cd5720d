"""Was the authority called, at a number of the directory, by one person and confirmed by another?"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from answerable.authenticate.claiming import claims_of
from answerable.authenticate.directory import numbers_at
from answerable.casefile.call_back import CallBack, Called, Conversation
from answerable.casefile.demand import Demand, claims_emergency
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.encoding import digest
from answerable.casefile.events import EventKind
from answerable.casefile.route import Move, State, provable_by_call
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Call, Case, FollowUp, Listing, SecondedCall
from answerable.desk.moves.casefiles import allowed, calls_of, case_file, locked, refuse_unless_reviewer
from answerable.desk.moves.directory import as_record
from answerable.desk.moves.judging import put_again
from answerable.desk.moves.recording import record
from answerable.desk.queries.directory import matching
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused

# How long an authority has, after an emergency was answered, to send the order in due form. Our own rule.
FOLLOW_UP_WITHIN = timedelta(hours=72)


def call_back(
    desk: Desk, case: Case, *, actor: Account, listing: Listing, number: str, conversation: Conversation
) -> Call:
    """Set down a call. Refuses a number that may not be called about this demand: only the directory's own, settled ones."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        file, _ = allowed(desk, case, Move.CALL_BACK, actor=actor)
        call = CallBack(
            called=_called(_fitting(listing, file.demand), number, file.demand),
            by=actor.username,
            at=desk.now(),
            **dict(conversation),
        )
        row = Call.objects.create(
            case=case, by=actor, at=call.at, listing=listing.key, record=call.model_dump(mode="json")
        )
        told = {"decision": conversation.outcome.value, "record_sha512": digest(call)}
        record(desk, case, EventKind.CALLED_BACK, actor=actor, **told)
        _put_what_a_call_changes(desk, case)
    return row


def second_call(desk: Desk, case: Case, *, actor: Account, call: int) -> Case:
    """Set down a second person's yes to the last call. Refuses the caller, and a call that is no longer the last one."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        allowed(desk, case, Move.SECOND_CALL, actor=actor)
        last = case.calls.last()
        if last.pk != call:
            raise _changed_meanwhile(case)
        SecondedCall.objects.create(call=last, by=actor, at=desk.now())
        record(desk, case, EventKind.CALL_SECONDED, actor=actor, record_sha512=digest(calls_of(case)[-1]))
        _put_what_a_call_changes(desk, case)
    return case


def _put_what_a_call_changes(desk: Desk, case: Case) -> None:
    """Put an unsealed demand to the law again: a call proves it, and a denial takes that back. Call it in the move."""
    file = case_file(case)
    if file.state is State.ASSESSED and provable_by_call(file):
        put_again(desk, case, file, State.ASSESSED)
        enqueue(desk, "count", case, again=True)


def owe_follow_up(desk: Desk, case: Case) -> None:
    """Note that an emergency was answered, so that its order in due form is owed. Does nothing for another demand."""
    demand = Demand.model_validate(case.demand)
    if claims_emergency(demand.form):
        last = case.calls.last()
        defaults = {"listing": last.listing if last else "", "due_at": desk.now() + FOLLOW_UP_WITHIN}
        FollowUp.objects.get_or_create(case=case, defaults=defaults)


def follow_up(desk: Desk, case: Case, *, actor: Account, note: str) -> FollowUp:
    """Set down that the order in due form came."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        owed = FollowUp.objects.select_for_update().filter(case=case).first()
        if owed is None or owed.received_at is not None:
            raise _nothing_owed(case)
        owed.received_at, owed.by, owed.note = desk.now(), actor, note
        owed.save()
        record(desk, locked(case), EventKind.FOLLOWED_UP, actor=actor, reason=note)
    return owed


def _fitting(listing: Listing, demand: Demand) -> DirectoryRecord:
    """Return the record of the office that the demand names. Another office could confirm nothing."""
    named = {each.id for each in matching(claims_of(demand))}
    if listing.key not in named:
        raise MoveRefused(
            "call.another-authority",
            what="This office is not the one that the demand names.",
            why="Only the authority itself can say that a demand is its own.",
            next_step="Choose the record of that name; if it has another name there, propose the name as a further one.",
        )
    return as_record(listing)


def _called(found: DirectoryRecord, number: str, demand: Demand) -> Called:
    known = {each.number.number: each for each in numbers_at(found, demand.arrival.received_at)}
    at = known.get(number)
    if at is None or at.refused is not None:
        raise MoveRefused(
            "call.not-of-the-directory",
            what="This number cannot be called about this demand.",
            why=at.refused if at else "It does not stand in the directory under this authority.",
            next_step="Call a number that two people confirmed more than 30 days before the demand came, or enter one now "
            "for the demands to come.",
        )
    entry = at.number
    return Called(authority=found.id, number=entry.number, source=entry.source, confirmed_on=entry.stands_since.date())


def _changed_meanwhile(case: Case) -> MoveRefused:
    return MoveRefused(
        "call.changed-meanwhile",
        what=f"The last call in {case.reference} is not the one you were shown.",
        why="Another call was set down after your page was opened.",
        next_step="Reload the case and read the last call.",
    )


def _nothing_owed(case: Case) -> MoveRefused:
    return MoveRefused(
        "call.nothing-owed",
        what=f"No order in due form is owed in {case.reference}.",
        why="It is owed only after an emergency was answered, and it comes once.",
        next_step="Open the case: its history says what came and when.",
    )
