"""Who is still to be told, from which day, and who was told when and how?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from answerable.desk.models import Case, Notice
from answerable.desk.moves.recording import is_logged
from answerable.desk.queries.published import published_leaf
from answerable.desk.wiring import Desk
from answerable.desk.wording import WAYS_TO_TELL
from answerable.report.periods import HalfYear

SOMEBODY = "whoever posted the content"


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice: to whom, from when it may be sent, what proof goes with it, when and how it was given."""

    id: int
    to: str
    may_be_sent_from: datetime | None
    is_written: bool
    is_due: bool
    given_at: datetime | None
    how: str
    by: str
    proof: str


@dataclass(frozen=True, slots=True)
class DueNotices:
    """A case in which somebody is to be told now, since when, and how many people."""

    reference: str
    people: int
    since: datetime


def case_notices(case: Case, now: datetime) -> tuple[NoticeRow, ...]:
    """Return the notices of a case, in the order in which they are owed."""
    proof = _proof(case)
    return tuple(
        NoticeRow(
            id=row.pk,
            to=row.to or SOMEBODY,
            may_be_sent_from=row.may_be_sent_from,
            is_written=row.paper_id is not None,
            is_due=_is_due(row, now),
            given_at=row.given_at,
            how=WAYS_TO_TELL.get(row.how, row.how),
            by=row.by.name if row.by else "",
            proof=proof,
        )
        for row in case.notices.select_related("by")
    )


def due_notices(desk: Desk) -> tuple[DueNotices, ...]:
    """Return the cases, closed ones too, in which a notice may be sent and was not, longest due first."""
    due = Notice.objects.filter(given_at=None, paper__isnull=False, may_be_sent_from__lte=desk.now())
    by_case = due.values("case__reference").annotate(people=Count("pk"), since=Min("may_be_sent_from"))
    return tuple(
        DueNotices(row["case__reference"], row["people"], row["since"]) for row in by_case.order_by("since")[:50]
    )


def find_notice(case: Case, number: int) -> Notice | None:
    """Return a notice of the case, or None."""
    return case.notices.select_related("paper", "case").filter(pk=number).first()


def _proof(case: Case) -> str:
    """Return what the proof shows that the person can be given by now; empty before the log holds the case."""
    first = case.events.order_by("serial").first()
    if first is None or not is_logged(first):
        return ""
    counted = published_leaf(HalfYear.of(first.at.date())) is not None
    return "The proof that it was counted" if counted else "The receipt from the log"


def _is_due(row: Notice, now: datetime) -> bool:
    opens = row.may_be_sent_from
    return row.given_at is None and row.paper_id is not None and opens is not None and opens <= now
