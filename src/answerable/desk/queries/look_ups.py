"""What must people look up for a case, what was brought, and whose turn is it?"""

from __future__ import annotations

from dataclasses import dataclass

from answerable.casefile.look_up import against_confirming
from answerable.casefile.route import Move, blockers
from answerable.casefile.scope import Identifier
from answerable.collect.by_hand import Reading, Task
from answerable.collect.uploaded import values_of
from answerable.desk.models import Account, Brought, Case, LookUp
from answerable.desk.moves.casefiles import as_look_up, case_file
from answerable.desk.moves.looking_up import subjects_of
from answerable.desk.wiring import Desk


@dataclass(frozen=True, slots=True)
class Asked:
    """One look-up as a line of the case: the table, the last file, and what the account may do."""

    look_up: LookUp
    task: Task
    last: Brought | None
    can_bring: bool
    against_confirming: tuple[str, ...]

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody confirmed the last file."""
        return self.last is not None and hasattr(self.last, "confirmed")

    @property
    def waits(self) -> bool:
        """Whether a file waits for a second person."""
        return self.last is not None and not self.is_confirmed

    @property
    def can_confirm(self) -> bool:
        """Whether this account may be the second person."""
        return self.can_bring and not self.against_confirming


@dataclass(frozen=True, slots=True)
class Whose:
    """One reading in words: whom the demand names, and the values by which their rows are found; none where nobody is known."""

    reading: Reading
    identifier: Identifier
    found_by: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LookUpPage:
    """What the page of one look-up shows."""

    case: Case
    asked: Asked
    readings: tuple[Whose, ...]


def look_ups(desk: Desk, case: Case, account: Account) -> tuple[Asked, ...]:
    """Return what the decision that stands needs from people; nothing where machines can ask every store."""
    file = case_file(case)
    if file.decision is None:
        return ()
    rows = case.look_ups.filter(statement=file.decision.statement).prefetch_related(
        "brought__by", "brought__confirmed__by"
    )
    is_open = not blockers(file, Move.LOOK_UP, actor=account.username, now=desk.now())
    return tuple(_asked(row, account, is_open=is_open) for row in rows)


def find_look_up(case: Case, number: int) -> LookUp | None:
    """Return a look-up of the case, or None."""
    return case.look_ups.select_related("case").filter(pk=number).first()


def find_brought(look_up: LookUp) -> Brought | None:
    """Return the last file that was brought, or None."""
    return look_up.brought.select_related("paper").last()


def look_up_page(desk: Desk, look_up: LookUp, account: Account) -> LookUpPage:
    """Return what `account` sees of a look-up. Asks the stores whose rows they are."""
    case = look_up.case
    is_open = not blockers(case_file(case), Move.LOOK_UP, actor=account.username, now=desk.now())
    asked = _asked(look_up, account, is_open=is_open)
    subjects = subjects_of(desk, asked.task)
    readings = (_whose(reading, subjects.get(reading.identifier, ())) for reading in asked.task.readings)
    return LookUpPage(case, asked, tuple(readings))


def _asked(row: LookUp, account: Account, *, is_open: bool) -> Asked:
    return Asked(
        look_up=row,
        task=Task.model_validate(row.task),
        last=row.brought.last(),
        can_bring=is_open and row.closed_at is None,
        against_confirming=against_confirming(as_look_up(row), account.username),
    )


def _whose(reading: Reading, subject: tuple[str, ...]) -> Whose:
    return Whose(
        reading, reading.identifier, tuple(zip(reading.subject_columns, values_of(reading, subject), strict=False))
    )
