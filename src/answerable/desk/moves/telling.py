"""Who tells the person, and when was it done? A notice is owed with the decision, written when silence ends, given by a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from answerable.adapters.typesetting import letter_pdf
from answerable.casefile.assessment import NoticeRule
from answerable.casefile.events import EventKind
from answerable.decide.letters import Matter, notices, people_concerned
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Case, Notice
from answerable.desk.moves.casefiles import locked, refuse_unless_reviewer
from answerable.desk.moves.matters import matter_of
from answerable.desk.moves.moments import refuse_moment
from answerable.desk.moves.papers import keep, read
from answerable.desk.moves.recording import record
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused
from answerable.notify import is_ours_to_give, may_be_sent_from


def owe_notices(desk: Desk, case: Case, matter: Matter) -> None:
    """Set down each notice that is owed on this decision, with the day from which it may be sent.

    Of a bulk demand nobody was looked up, so that nobody is written to one by one.
    """
    people = people_concerned(matter) if is_ours_to_give(matter.notice) else ()
    if not people or len(people) >= desk.provider.identifier_threshold:
        return
    opens = may_be_sent_from(matter.notice, desk.now())
    for person in people:
        Notice.objects.get_or_create(
            case=case,
            to=person.value if person else "",
            statement=matter.decision.statement,
            defaults={"may_be_sent_from": opens},
        )
    if opens is not None:
        enqueue(desk, "notices", case, due_at=opens, again=True)


def write_notices(desk: Desk, case: Case) -> Case:
    """Write each notice of the decision that is owed and may be sent by now."""
    with transaction.atomic():
        case = locked(case)
        if case.decision:
            keep_notices(desk, case)
    return case


def keep_notices(desk: Desk, case: Case) -> None:
    """Write and keep the notices that may be sent by now. Call it inside a transaction, while the decision stands."""
    matter = matter_of(desk, case)
    owed = case.notices.filter(statement=matter.decision.statement, paper=None, may_be_sent_from__lte=desk.now())
    waiting = {row.to: row for row in owed}
    for notice in notices(matter) if waiting else ():
        if row := waiting.get(notice.to):
            row.paper = keep(desk, letter_pdf(notice), media_type="application/pdf")
            row.written_at = desk.now()
            row.save()


def give_notice(desk: Desk, notice: Notice, *, actor: Account, at: datetime, how: str) -> Notice:
    """Set down that a person was told, when and how. Refuses before it may be sent, and a second time."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(notice.case)
        notice = Notice.objects.select_for_update().get(pk=notice.pk)
        _refuse_unless_open(desk, case, notice)
        refuse_moment(at, now=desk.now(), earliest=notice.may_be_sent_from, before="before the notice could be sent")
        notice.given_at, notice.how, notice.by = at, how, actor
        notice.save()
        record(desk, case, EventKind.NOTICE_GIVEN, actor=actor, notice=how)
    return notice


def lift_silence(desk: Desk, case: Case, *, actor: Account, reason: str) -> Case:
    """Set down that a silence which names no end has ended, and let the notices be written.

    Refuses a silence with a day of its own, and one that is the authority's to end by telling the person itself.
    """
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        case = locked(case)
        rule = NoticeRule.model_validate(case.notice) if case.notice else None
        if not is_ours_to_give(rule) or rule.silent_since is None or rule.silent_until is not None:
            raise MoveRefused(
                "notify.silence-stands",
                what=f"The silence in {case.reference} cannot be ended here.",
                why="It names its own last day, the authority tells the person, or there is none.",
                next_step="Wait for its last day, or ask the authority.",
            )
        now = desk.now()
        case.notice = rule.model_copy(update={"silent_until": now, "review_on": None}).model_dump(mode="json")
        case.save()
        case.notices.filter(may_be_sent_from=None).update(may_be_sent_from=now)
        record(desk, case, EventKind.NOTICE_OWED, actor=actor, notice="The silence has ended.", reason=reason)
        enqueue(desk, "notices", case, again=True)
    return case


def notice_bytes(desk: Desk, notice: Notice) -> bytes:
    """Return a notice as it was written."""
    return read(desk, notice.paper)


def _refuse_unless_open(desk: Desk, case: Case, notice: Notice) -> None:
    if notice.given_at is not None or notice.paper_id is None:
        raise MoveRefused(
            "notify.not-open",
            what=f"This notice in {case.reference} cannot be set down as given.",
            why="It was given already." if notice.given_at else "It is not written: silence still binds.",
            next_step="Open the case: it shows each notice and the day from which it may be sent.",
        )
