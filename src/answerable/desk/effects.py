"""Which work does each kind of job stand for? Each looks first whether it is done already."""

from __future__ import annotations

from collections.abc import Callable

from answerable.authenticate.gathered import Proven
from answerable.casefile.look_up import look_up_reasons
from answerable.casefile.route import State
from answerable.desk import moves
from answerable.desk.jobs import due_beside
from answerable.desk.models import Case, IssuerSheet
from answerable.desk.moves.casefiles import look_ups_of, suspicion
from answerable.desk.moves.examining_issuer import examine_issuer
from answerable.desk.wiring import Desk


def examine(desk: Desk, case: Case) -> None:
    """Prove it genuine, compare it with directory and past, and put it to the law."""
    case.refresh_from_db()
    if case.state == State.RECEIVED:
        case = moves.authenticate(desk, case)
    if case.state == State.AUTHENTICATED:
        moves.assess(desk, case)
    if not IssuerSheet.objects.filter(case=case).exists():
        known = Proven.model_validate(case.sheet) if case.sheet else None
        examine_issuer(desk, case, mail=known.mail if known else None, seal=known.seal if known else None)


def seal(desk: Desk, case: Case) -> None:
    """Collect and seal, then write the letters; together with every other answer that is due for the first time."""
    case.refresh_from_db()
    if not _may_be_sealed(case):
        return
    # What people looked up was looked up for one case: it is sealed by itself.
    beside = () if case.look_ups.exists() else due_beside(desk, "seal", case)
    others = [job.case for job in beside if _may_be_sealed(job.case) and not job.case.look_ups.exists()]
    if others:
        moves.seal_together(desk, [case, *others])
        case.refresh_from_db()
    if case.state == State.DECIDED:
        moves.seal(desk, case)


def _may_be_sealed(case: Case) -> bool:
    """Whether it is decided, nobody suspects it, and people have looked up what no machine can ask."""
    is_due = case.state == State.DECIDED and suspicion(case) is None
    return is_due and not look_up_reasons(look_ups_of(case))


def make_available(desk: Desk, case: Case) -> None:
    """Put the package where the officer can fetch it."""
    case.refresh_from_db()
    if case.state == State.SEALED and suspicion(case) is None:
        moves.make_available(desk, case)


def receipt(desk: Desk, case: Case) -> None:
    """Lay the receipt beside a package that left in an emergency, on a promise."""
    case.refresh_from_db()
    if case.available_until is not None:
        moves.lay_receipt(desk, case)


def draw(desk: Desk, case: Case) -> None:
    """Draw the paper's pages for people to look at."""
    if not moves.is_drawn(desk, case):
        moves.draw(desk, case)


EFFECTS: dict[str, Callable[[Desk, Case], object]] = {
    "examine": examine,
    "draw": draw,
    "count": moves.count_records,
    "seal": seal,
    "letters": moves.write_letters,
    "make available": make_available,
    "receipt": receipt,
    "chase": moves.chase,
    "notices": moves.write_notices,
}
