"""Who may learn whom the tokens of a package stand for? A wider order alone, that names them and two people approved."""

from __future__ import annotations

from django.db import transaction

from answerable.adapters.sources import identify
from answerable.casefile.events import EventKind
from answerable.casefile.route import CaseFile, decision_blockers, two_people
from answerable.collect import make_plan
from answerable.collect.masking import is_token
from answerable.desk.models import Account, Case
from answerable.desk.moves.casefiles import case_file, locked, refuse_unless_reviewer
from answerable.desk.moves.on_record import altered
from answerable.desk.moves.recording import record
from answerable.desk.moves.sealing import masking_key
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused


def reidentify(desk: Desk, case: Case, *, order: Case, actor: Account) -> dict[str, str]:
    """Return whom the tokens of `case`'s package stand for that `order` names as identifiers, and set down that it was done.

    What the stores no longer hold is left out. Nothing leaves by this: the order is answered like any other.
    """
    refuse_unless_reviewer(actor)
    _refuse_unless_wider(desk, case, order)
    key = masking_key(desk, case)
    tokens = _named(case_file(order), key) if key else frozenset()
    if key is None or not tokens:
        raise MoveRefused(
            "identify.not-its-tokens",
            what=f"{order.reference} does not name tokens of the package of {case.reference}.",
            why="A token stands among its permitted identifiers as an account, and is made by the key of that one package.",
            next_step="Look for the case whose package holds the tokens that the order names.",
        )
    plan = make_plan(case_file(case).decision.permitted, desk.data_map, case=case.reference)
    with desk.sources() as sources:
        found = identify(plan, sources, masking_key=key, tokens=tokens)
    with transaction.atomic():
        order = locked(order)
        _refuse_unless_wider(desk, case, order)
        record(
            desk,
            order,
            EventKind.IDENTIFIED,
            actor=actor,
            records=str(len(found)),
            reason=f"Tokens of {case.reference}.",
        )
    return found


def _named(order: CaseFile, key: bytes) -> frozenset[str]:
    """Return the tokens of this key among the identifiers that the law permits and two people approved."""
    return frozenset(each.value for each in order.decision.permitted.identifiers if is_token(key, each.value))


def _refuse_unless_wider(desk: Desk, case: Case, order: Case) -> None:
    """Refuse unless the order is another of the same authority, on which data may leave still as two people decided."""
    file = case_file(order)
    is_same = (case.authority, case.country) == (order.authority, order.country) and order.pk != case.pk
    if not is_same or not _may_still_disclose(file) or altered(desk, order, file):
        raise MoveRefused(
            "identify.no-wider-order",
            what=f"{order.reference} does not allow to say whom the tokens of {case.reference} stand for.",
            why="It takes another order of the same authority, on which two people decided that data leave.",
            next_step="Put the order to the law and decide it first, as any other.",
        )


def _may_still_disclose(file: CaseFile) -> bool:
    """Whether two people decided that data leave, and nothing stands against that now."""
    decision = file.decision
    is_decided = decision is not None and decision.kind.discloses and two_people(decision, file.approvals)
    return is_decided and not decision_blockers(file, decision.kind)
