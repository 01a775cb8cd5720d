"""Do the rows of a case still say what its events said when they were written?

Whoever can write the database can change a row, and put in a call that nobody made. Nobody can make up an event without
`vault.key`: its root commits to its fields, salted from a sealed seed, and to the root before. So what lets a package
leave is held against the events: the demand, the calls, the decision, the suspicion, the package. That an emergency needs no
call is worked out again from the sheet that is on record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from answerable.assess import with_exemption
from answerable.authenticate.gathered import Proven
from answerable.casefile.encoding import digest
from answerable.casefile.events import EventKind, log_fields
from answerable.casefile.route import CaseFile
from answerable.desk.models import Case, Event
from answerable.desk.moves.recording import as_record, event_seed
from answerable.desk.wiring import Desk
from answerable.errors import NotConfigured
from answerable.public_log import slots

_READ = (EventKind.RECEIVED, EventKind.ENTERED, EventKind.AUTHORITY_ANSWERED)
_CALLED = (EventKind.CALLED_BACK, EventKind.CALL_SECONDED)
_UNDOES = (EventKind.SENT_BACK, EventKind.FACTS_SET_DOWN, EventKind.AUTHORITY_ANSWERED, EventKind.REOPENED)
_NOT_EXEMPTED = "That it needs no call is not what is on record."
_SUSPICION = {EventKind.SUSPECTED: "suspected", EventKind.FORGED: "forged", EventKind.CLEARED: None}


def altered(desk: Desk, case: Case, file: CaseFile) -> tuple[str, ...]:
    """Return what the rows of a case say against its events; empty where they agree."""
    events = list(case.events.select_related("case"))
    if not _is_whole(desk, events):
        return ("What is on record of this case is not as it was written.",)
    said = tuple(said for said, holds in _CHECKS.items() if not holds(case, file, events))
    return said if _same_exemption(desk, case, file, events) else (*said, _NOT_EXEMPTED)


def _is_whole(desk: Desk, events: Sequence[Event]) -> bool:
    """Whether each root is that of its event's fields, and each event names the one before."""
    try:
        roots = [slots.event_root(log_fields(as_record(each)), event_seed(desk, each)).hex() for each in events]
    except (NotConfigured, ValueError):
        return False
    chain = ["", *(each.root for each in events)]
    follows = all(each.previous == before for each, before in zip(events, chain, strict=False))
    return bool(events) and follows and roots == chain[1:]


def _same_demand(case: Case, file: CaseFile, events: Sequence[Event]) -> bool:
    told = [each.facts["record_sha512"] for each in events if each.kind in _READ and "record_sha512" in each.facts]
    return bool(told) and told[-1] == digest(case.demand)


def _same_calls(case: Case, file: CaseFile, events: Sequence[Event]) -> bool:
    """Whether each call, and each second person's word, was told of when it came, and no other was."""
    told = [each.facts.get("record_sha512") for each in events if each.kind in _CALLED]
    held = []
    for call in file.calls:
        held.append(digest(call.model_copy(update={"seconded_by": None, "seconded_at": None})))
        held += [digest(call)] if call.seconded_by else []
    return told == held


def _same_decision(case: Case, file: CaseFile, events: Sequence[Event]) -> bool:
    """Whether one person prepared this very decision and another approved it, and nothing has undone it since."""
    if file.decision is None:
        return True
    prepared = next((at for at, each in enumerate(events) if _is_of(each, EventKind.PREPARED, file)), None)
    after = events[prepared:] if prepared is not None else []
    undone = any(each.kind in _UNDOES for each in after)
    return any(_is_of(each, EventKind.APPROVED, file) for each in after) and not undone


def _is_of(event: Event, kind: EventKind, file: CaseFile) -> bool:
    return event.kind == kind and event.facts.get("statement_sha512") == file.decision.statement


def _same_suspicion(case: Case, file: CaseFile, events: Sequence[Event]) -> bool:
    words = [_SUSPICION[each.kind] for each in events if each.kind in _SUSPICION]
    return (words[-1] if words else None) == file.suspicion


def _same_emergency(case: Case, file: CaseFile, events: Sequence[Event]) -> bool:
    """Whether the demand is still what it was decided as: an emergency goes ahead of the log, no other demand does."""
    told = [each.facts["emergency"] for each in events if each.kind == EventKind.DECIDED]
    return bool(told) and told[-1] == ("yes" if case.is_emergency else "no")


def _same_exemption(desk: Desk, case: Case, file: CaseFile, events: Sequence[Event]) -> bool:
    """Whether an emergency that is to go without a call may do so by the pack, and by the sheet as it was made."""
    if file.demand is None or file.assessment is None or not file.assessment.call_exempted:
        return True
    told = [each.facts.get("record_sha512") for each in events if each.kind == EventKind.AUTHENTICATED]
    if not case.sheet or told[-1:] != [digest(case.sheet)]:
        return False
    sheet = Proven.model_validate(case.sheet).sheet
    return with_exemption(file.assessment, file.demand, sheet=sheet, own=desk.own_laws).call_exempted


def _same_package(case: Case, file: CaseFile, events: Sequence[Event]) -> bool:
    told = [each.facts.get("record_sha512") for each in events if each.kind == EventKind.SEALED]
    return told == ([digest(case.package)] if case.package else [])


_CHECKS: dict[str, Callable[[Case, CaseFile, Sequence[Event]], bool]] = {
    "The demand is not the one that is on record.": _same_demand,
    "The calls to the authority are not those that are on record.": _same_calls,
    "The decision is not one that two people are on record with.": _same_decision,
    "What was said about a forgery is not what is on record.": _same_suspicion,
    "Whether it is an emergency is not what it was decided with.": _same_emergency,
    "The package is not the one that is on record.": _same_package,
}
