"""Did the authority itself, reached at a number that we found, say that the demand is its own?

A mailbox that was taken over passes every technical check. A forger cannot take a call to a number that did not come from
the demand. So the caller asks, and writes down what the other side says unasked; the desk compares, and a second person
confirms. What was said is never changed: whoever misheard calls again.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from answerable.casefile.demand import Demand, claims_emergency
from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Epoc, Line
from answerable.casefile.evidence import Result, Sheet
from answerable.casefile.scope import Day, Moment

# The access point of the State that the paper names handed it over; and it is signed, unchanged, chains to an anchor, is
# not revoked, and is qualified.
_SO_COME, _OF_A_QUALIFIED_SEAL = ("A6", "A7"), ("D2", "D3", "E2", "E3", "E4")
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=4000)]


class CallOutcome(StrEnum):
    """What the call brought. “Could not reach” never becomes “confirmed”."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    NOT_REACHED = "not reached"


class Heard(Record):
    """What the other side named without being told: its case number, whom it asks about, who in its office asks."""

    case_number: Line | None = None
    sought: Line | None = None
    requester: Line | None = None


class Called(Record):
    """The number of the directory that was called: whose it is, where we have it from, since when two people stand for it."""

    authority: Line
    number: Line
    source: Line
    confirmed_on: Day


class Conversation(Record):
    """What came of a call. `spoke_to` and `post` say who answered; `note` is what was said, in the caller's own words."""

    outcome: CallOutcome
    spoke_to: Line | None = None
    post: Line | None = None
    heard: Heard = Heard()
    note: Note


class CallBack(Conversation):
    """One call. `seconded_by` is the second person of the desk who confirmed it."""

    called: Called
    by: str
    at: Moment
    seconded_by: str | None = None
    seconded_at: Moment | None = None

    @property
    def is_seconded(self) -> bool:
        """Whether a second person, not the caller, stands for it."""
        return self.seconded_by is not None and self.seconded_by != self.by


class Agreement(Record):
    """Whether what was heard is what the demand says. None: nothing was named, or the demand has nothing to compare."""

    case_number: Annotated[bool | None, Field(description="the authority's own reference")]
    sought: Annotated[bool | None, Field(description="an identifier that the demand names")]
    requester: Annotated[bool | None, Field(description="a person or office that the demand names")]

    @property
    def holds(self) -> bool:
        """Whether the case or the person sought was named rightly, and nothing wrongly."""
        named = (self.case_number, self.sought, self.requester)
        return False not in named and True in (self.case_number, self.sought)


def agreement(heard: Heard, demand: Demand) -> Agreement:
    """Return how what was heard compares with the demand. Letters and digits count, in either case; nothing else does."""
    head = demand.head
    return Agreement(
        case_number=_among(heard.case_number, (head.reference,)),
        sought=_among(heard.sought, tuple(each.value for each in demand.requested.identifiers)),
        requester=_named(heard.requester, _requesters(demand)),
    )


def is_confirmed(calls: tuple[CallBack, ...], demand: Demand) -> bool:
    """Whether the authority confirmed the demand: in the last call that reached it, heard rightly, with a second person.

    A denial after a confirmation takes it back; a call that reached nobody changes nothing. Of two calls set down in one
    moment the one written later counts.
    """
    reached = [
        (call.at, place, call) for place, call in enumerate(calls) if call.outcome is not CallOutcome.NOT_REACHED
    ]
    if not reached:
        return False
    _, _, last = max(reached)
    return last.outcome is CallOutcome.CONFIRMED and last.is_seconded and agreement(last.heard, demand).holds


def call_reasons(
    calls: tuple[CallBack, ...], demand: Demand, *, exempted: bool = False, unsealed: bool = False
) -> tuple[str, ...]:
    """Return why the demand still waits for a call-back; empty means that it does not.

    Every claimed emergency waits for one, and so does a paper without a seal (`unsealed`). `exempted` is a law pack's word
    for an emergency under a qualified seal; no person can give it, and it counts only where the demand came through a
    state's own authenticated system.
    """
    emergency = claims_emergency(demand.form) and not (exempted and came_by_state_system(demand))
    if not (emergency or unsealed) or is_confirmed(calls, demand):
        return ()
    if any(call.outcome is CallOutcome.DENIED for call in calls):
        return ("The authority said on the telephone that this demand is not its own.",)
    if any(call.outcome is CallOutcome.CONFIRMED and not call.is_seconded for call in calls):
        return ("A second person has not confirmed the call to the authority.",)
    if not emergency:
        return ("The paper carries no seal: the authority can confirm it at a number of the directory.",)
    return ("An emergency is claimed: nothing leaves before the authority confirms it at a number of the directory.",)


def came_by_state_system(demand: Demand) -> bool:
    """Whether it came through a state's own authenticated system, as the way in that took it sets down; no person can."""
    return demand.arrival.channel == "state system"


def exempt_from_call(demand: Demand, sheet: Sheet | None) -> bool:
    """Whether a pack may let an emergency go without a call: by a state's own system, under a qualified seal that holds.

    Nothing is contradicted; the sheet shows who handed over these very bytes, for the State that they name; and of every
    signature it is confirmed that it holds, is trusted, not revoked and qualified. What a person entered for a paper that
    no machine could read is never exempted: the urgency would be that person's word.
    """
    if sheet is None or not came_by_state_system(demand) or sheet.contradicted:
        return False
    if demand.arrival.media_type == "unreadable":
        return False
    of_it = [{fact.result for fact in sheet.of(code)} for code in (*_SO_COME, *_OF_A_QUALIFIED_SEAL)]
    return all(results == {Result.CONFIRMED} for results in of_it)


def _requesters(demand: Demand) -> tuple[str | None, ...]:
    form = demand.form
    if isinstance(form, Epoc):
        contact = form.I.contact_point
        return (form.I.authority.representative, contact.name if contact else None)
    return (form.requester.official,)


def _among(heard: str | None, written: tuple[str | None, ...]) -> bool | None:
    known = {_bare(each) for each in written if each}
    if not heard or not known:
        return None
    return _bare(heard) in known


def _named(heard: str | None, written: tuple[str | None, ...]) -> bool | None:
    """Whether somebody was named who is written: on the telephone a family name does."""
    known = [{_bare(word) for word in each.split()} for each in written if each]
    said = {_bare(word) for word in (heard or "").split()} - {""}
    if not said or not known:
        return None
    return any(said <= words for words in known)


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(each for each in folded if each.isalnum())
