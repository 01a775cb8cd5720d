"""What can happen to a case, and which fields of it go, salted, into the public log?

Both lists are closed. A position of `LOG_FIELDS` is never given another meaning: sealed entries are opened years later.
"""

from __future__ import annotations

from enum import StrEnum

from answerable.casefile.encoding import Record
from answerable.casefile.scope import Moment


class EventKind(StrEnum):
    """The closed list of what can happen."""

    RECEIVED = "received"
    UNREADABLE = "unreadable"
    ENTERED = "entered by a person"
    AUTHENTICATED = "authenticated"
    ASSESSED = "assessed"
    ANSWERED_QUESTION = "answered question"
    CALLED_BACK = "called back"
    CALL_SECONDED = "call seconded"
    SENDER_CONFIRMED = "confirmed by its sender"
    FOLLOWED_UP = "followed up"
    FACTS_SET_DOWN = "facts set down"
    AUTHORITY_ASKED = "authority asked"
    AUTHORITY_ANSWERED = "authority answered"
    PREPARED = "prepared"
    SENT_BACK = "sent back"
    APPROVED = "approved"
    DECIDED = "decided"
    LOOKED_UP = "looked up"
    LOOK_UP_CONFIRMED = "look-up confirmed"
    SEALED = "sealed"
    MADE_AVAILABLE = "made available"
    KEPT_OPEN = "kept open longer"
    IDENTIFIED = "third parties identified"
    FETCHED = "fetched"
    CARRIED_OUT = "carried out"
    REOPENED = "reopened"
    LETTER_WRITTEN = "letter written"
    NOTICE_WITHHELD = "notice withheld"
    NOTICE_OWED = "notice owed"
    NOTICE_GIVEN = "notice given"
    CLOSED = "closed"
    SUSPECTED = "suspected"
    FORGED = "found forged"
    CLEARED = "cleared of suspicion"


LOG_FIELDS: tuple[str, ...] = (
    "case", "previous", "serial", "event", "moment", "instrument", "issuing_state", "authority",
    "actor_role", "emergency", "document_sha512", "identifiers", "categories_asked", "categories_permitted",
    "decision", "grounds", "records", "package_sha512", "manifest_sha512", "statement_sha512",
    "law_pack", "due", "notice", "outcome_genuine",
    "reason", "record_sha512", "reserved_26", "reserved_27", "reserved_28", "reserved_29", "reserved_30", "reserved_31",
)  # fmt: skip


class Event(Record):
    """One thing that happened. `actor` is an account of the desk or "machine"; `facts` may name fields of the log.

    `previous` is the event root of the case's event before, hex; empty for the first.
    """

    serial: int
    case: str
    kind: EventKind
    at: Moment
    actor: str
    actor_role: str
    facts: dict[str, str]
    previous: str = ""


def log_fields(event: Event) -> tuple[str, ...]:
    """Return the 32 field values of `event`, empty where it has none. Minutes, not seconds: a log needs no more."""
    known = {
        "case": event.case,
        "previous": event.previous,
        "serial": str(event.serial),
        "event": event.kind.value,
        "moment": event.at.strftime("%Y-%m-%dT%H:%MZ"),
        "actor_role": event.actor_role,
    }
    values = {**event.facts, **known}
    return tuple(values.get(name, "") for name in LOG_FIELDS)
