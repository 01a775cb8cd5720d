"""What does an officer see? The demands sent from this account, and of each only what concerns its sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from answerable.casefile.answer import Package
from answerable.casefile.decision import Decision
from answerable.casefile.effect import Measure
from answerable.casefile.route import State
from answerable.decide.letters import NOT_FOR_THE_AUTHORITY
from answerable.desk.models import Account, Case, Letter
from answerable.desk.moves.casefiles import awaits_confirmation
from answerable.desk.wiring import Desk
from answerable.desk.wording import MEASURES, instrument_title

_WORDS: dict[State, str] = {
    State.UNREADABLE: "Could not be read",
    State.DECIDED: "Being answered",
    State.SEALED: "Being answered",
    State.AVAILABLE: "Ready to be fetched",
    State.CARRIED_OUT: "Carried out",
    State.CLOSED: "Closed",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What was done with one item that the authority named, when, and until when a copy is kept; never by whom."""

    item: str
    words: str
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PortalCase:
    """A demand as its sender sees it: no finding, no name of a reviewer, nothing of the deliberation."""

    reference: str
    status: str
    instrument: str
    their_reference: str
    received_at: datetime
    sha512: str
    size: int
    unreadable: dict[str, str] | None
    decision: Decision | None
    letters: tuple[Letter, ...]
    package: Package | None
    available_until: datetime | None
    fetched_at: datetime | None
    done: tuple[Told, ...]
    awaits_confirmation: bool
    confirmed_at: datetime | None


def own_cases(account: Account) -> list[PortalCase]:
    """Return the demands this account sent, newest first, at most 200."""
    rows = Case.objects.select_related("paper").filter(sent_by=account).order_by("-received_at")[:200]
    return [portal_case(row) for row in rows]


def find_own_case(account: Account, reference: str) -> Case | None:
    """Return a case this account sent, or None; somebody else's looks as if it were not there."""
    return Case.objects.select_related("paper").filter(sent_by=account, reference=reference).first()


def find_own_letter(case: Case, kind: str) -> Letter | None:
    """Return a letter that its sender may read by now, or None."""
    return next((letter for letter in _letters(case) if letter.kind == kind), None)


def delivered_file(desk: Desk, case: Case, which: str) -> Path | None:
    """Return where the manifest or the receipt of an offered package lies, or None."""
    if case.package is None or case.available_until is None:
        return None
    package, folder = case.package["name"], desk.home.deliveries / case.reference
    names = {"manifest": ("manifest.json",), "receipt": (f"{package}.tlog-proof", f"{package}.promise")}.get(which, ())
    return next((folder / name for name in names if (folder / name).is_file()), None)


def portal_case(case: Case) -> PortalCase:
    """Return what the sender may see of the case."""
    state = State(case.state)
    decided = state in (State.DECIDED, State.SEALED, State.AVAILABLE, State.CARRIED_OUT, State.CLOSED)
    offered = case.available_until is not None
    fetched = case.deliveries.order_by("at").first()
    return PortalCase(
        reference=case.reference,
        status=_WORDS.get(state, "Being examined"),
        instrument=instrument_title(case.instrument),
        their_reference=case.their_reference,
        received_at=case.received_at,
        sha512=case.paper.sha512,
        size=case.paper.size,
        unreadable=None if case.entered_by_id else case.unreadable,
        decision=Decision.model_validate(case.decision) if case.decision and decided else None,
        letters=_letters(case),
        package=Package.model_validate(case.package) if case.package and offered else None,
        available_until=case.available_until,
        fetched_at=fetched.at if fetched else None,
        awaits_confirmation=awaits_confirmation(case) and not decided,
        confirmed_at=case.confirmation.at if hasattr(case, "confirmation") else None,
        done=_done(case) if state in (State.CARRIED_OUT, State.CLOSED) else (),
    )


def _done(case: Case) -> tuple[Told, ...]:
    """Return what was carried out on a decision; that a copy was deleted in the end is ours to know."""
    rows = case.effects.exclude(statement="").exclude(measure=Measure.DELETED.value)
    return tuple(Told(row.item, MEASURES[Measure(row.measure)][0], row.at, row.until) for row in rows)


def _letters(case: Case) -> tuple[Letter, ...]:
    """Return the letters to the authority once the package is offered, or at once where nothing leaves.

    What is for counsel, or for the person, is kept with the case and never shown here; letters of an earlier decision stay.
    """
    letters = case.letters.select_related("paper").exclude(kind__in=NOT_FOR_THE_AUTHORITY).order_by("kind")
    if case.package and case.available_until is None:
        letters = letters.filter(written_at__lt=Decision.model_validate(case.decision).prepared_at)
    return tuple(letters)
