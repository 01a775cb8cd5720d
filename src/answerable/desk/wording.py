"""Which words does a page use for what the desk keeps? One place, so that every page says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from answerable import __version__
from answerable.casefile.effect import Measure
from answerable.casefile.events import EventKind
from answerable.casefile.route import State
from answerable.desk.wiring import desk
from answerable.law.register import pack_of, title_of

STATES: dict[State, tuple[str, str]] = {
    State.RECEIVED: ("Being examined", "info"),
    State.UNREADABLE: ("Could not be read", "bad"),
    State.AUTHENTICATED: ("Being put to the law", "info"),
    State.ASSESSED: ("Waiting for a decision", "warn"),
    State.PREPARED: ("Waiting for second approval", "warn"),
    State.DECIDED: ("Decided", "ok"),
    State.SEALED: ("Sealed, waiting for the public log", "ok"),
    State.AVAILABLE: ("Ready to be fetched", "ok"),
    State.CARRIED_OUT: ("Carried out", "ok"),
    State.CLOSED: ("Closed", ""),
}

EVENTS: dict[EventKind, str] = {
    EventKind.RECEIVED: "Demand received",
    EventKind.UNREADABLE: "Demand received, could not be read",
    EventKind.ENTERED: "Read by a person, who entered what it says",
    EventKind.AUTHENTICATED: "Paper, seal and sender examined",
    EventKind.ASSESSED: "Put to the law",
    EventKind.ANSWERED_QUESTION: "A question of law answered",
    EventKind.CALLED_BACK: "The authority was called",
    EventKind.CALL_SECONDED: "The call was confirmed by a second person",
    EventKind.SENDER_CONFIRMED: "The sender confirmed the demand with a passkey",
    EventKind.FOLLOWED_UP: "The order in due form came after the emergency",
    EventKind.FACTS_SET_DOWN: "A fact beside the paper set down",
    EventKind.AUTHORITY_ASKED: "Put to the authority",
    EventKind.AUTHORITY_ANSWERED: "Answer of the authority",
    EventKind.PREPARED: "Answer prepared and approved by the first person",
    EventKind.SENT_BACK: "Answer sent back",
    EventKind.APPROVED: "Answer approved by the second person",
    EventKind.DECIDED: "Decided",
    EventKind.LOOKED_UP: "A person brought what was looked up",
    EventKind.LOOK_UP_CONFIRMED: "What was looked up was confirmed by a second person",
    EventKind.SEALED: "Data collected and sealed",
    EventKind.IDENTIFIED: "Told whom tokens of an earlier package stand for",
    EventKind.MADE_AVAILABLE: "Package made available",
    EventKind.KEPT_OPEN: "Package kept open longer",
    EventKind.FETCHED: "Package fetched by the authority",
    EventKind.CARRIED_OUT: "Carried out in the service, and set down",
    EventKind.REOPENED: "Opened again",
    EventKind.LETTER_WRITTEN: "Letter written",
    EventKind.NOTICE_WITHHELD: "Silence towards the person, with its reason",
    EventKind.NOTICE_OWED: "The person is to be told, by us",
    EventKind.NOTICE_GIVEN: "The person was told",
    EventKind.CLOSED: "Case closed",
    EventKind.SUSPECTED: "Suspected of being forged; nothing leaves",
    EventKind.FORGED: "Found forged by two people",
    EventKind.CLEARED: "Cleared of suspicion by a second person",
}

MEASURES: dict[Measure, tuple[str, str]] = {
    Measure.REMOVED: ("Removed", "ok"),
    Measure.DISABLED: ("Access disabled", "ok"),
    Measure.PRESERVED: ("Preserved", "ok"),
    Measure.REINSTATED: ("Put back", "info"),
    Measure.DELETED: ("Preserved copy deleted", ""),
    Measure.UNCHANGED: ("Left unchanged", "warn"),
}

WAYS_TO_TELL: dict[str, str] = {
    "in the service": "In the service",
    "by e-mail": "By e-mail",
    "by post": "By post",
    "not reachable": "Could not be reached",
}

LETTERS: dict[str, str] = {
    "covering-letter": "Covering letter",
    "annex-iii": "Form of Annex III",
    "enforcement-objection": "Objection to the enforcing authority",
    "chase": "Was the person told?",
    "question": "Questions about the demand",
    "refusal": "Refusal",
    "redirect-mla": "Pointer to mutual legal assistance",
    "reciprocal-notice": "Notice that a court is to review the silence",
    "preservation": "Confirmation of preservation",
    "reinstatement": "Content was put back",
    "tco-annex-ii": "Removal of terrorist content, form of Annex II",
    "tco-annex-iii": "Removal order cannot be carried out, form of Annex III",
    "dsa-effect": "Effect given to the order",
    "notice-to-person": "Notice to the person",
    "motion": "Draft of a motion, for counsel",
}

COUNTRIES: dict[str, str] = {
    "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany",
    "DK": "Denmark", "EE": "Estonia", "EL": "Greece", "ES": "Spain", "FI": "Finland", "FR": "France", "GR": "Greece",
    "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IT": "Italy", "LT": "Lithuania", "LU": "Luxembourg",
    "LV": "Latvia", "MT": "Malta", "NL": "Netherlands", "PL": "Poland", "PT": "Portugal", "RO": "Romania",
    "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long until a deadline, in two parts at most, and how near that is: hot, amber or calm."""

    parts: tuple[tuple[int, str], ...]
    is_over: bool
    tone: str

    def __str__(self) -> str:
        words = " ".join(f"{number} {unit}" for number, unit in self.parts)
        return f"over by {words}" if self.is_over else words


def instrument_title(name: str) -> str:
    """Return what an instrument is called, or an empty text where no law here knows it."""
    return title_of(name, (each.pack for each in desk().own_laws)) or ""


def time_left(due: datetime, now: datetime) -> TimeLeft:
    """Return what is left until `due`, rounded down to minutes."""
    left = due - now
    minutes = int(abs(left).total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = ((days, "day" if days == 1 else "days"), (hours, "h")) if days else ((hours, "h"), (rest, "min"))
    tone = "hot" if left < timedelta(hours=2) else "amb" if left < timedelta(hours=24) else ""
    return TimeLeft(parts, left < timedelta(0), tone)


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return “1 account”, “2 accounts”."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def about(purpose: str, identifiers: int, items: int = 0) -> str:
    """Return what a demand is about, without naming anybody."""
    if purpose == "removal":
        return f"Removal, {counted(items, 'item')}"
    if purpose == "preservation":
        return f"Preservation, {counted(identifiers, 'identifier')}" if identifiers else "Preservation"
    return f"Data, {counted(identifiers, 'identifier')}"


def purpose_of(instrument: str) -> str:
    """Return what an instrument is for; data where no law here knows it."""
    pack = pack_of(instrument, (each.pack for each in desk().own_laws))
    return pack.title.instruments[instrument].kind.value if pack else "data"


def short_citation(citation: str) -> str:
    """Return a citation without the instrument that the heading names already."""
    return citation.removeprefix("Regulation (EU) 2023/1543, ")


def for_pages(request) -> dict[str, object]:
    """Give each page the provider, and the version that made it."""
    return {"provider": desk().provider, "version": __version__}


# The checks of a paper as the public report names them. Not taken from where they are made: that loads the readers of papers.
CHECKS_OF_PAPERS = {
    "A1": "the paper is signed",
    "A2": "the signed bytes are unchanged",
    "A3": "the seal covers the whole document",
    "A4": "the certificate chains to a trusted authority",
    "A5": "the issuing authority is in our directory, and the seal is its own",
    "A6": "the authority is what the paper says it is",
    "A7": "nothing on the evidence sheet speaks against it",
}
