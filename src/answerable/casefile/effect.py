"""What did a person do in the service's own tools, with what, and when? Nothing here removes or keeps anything itself.

An effect is one measure on one item of one demand, as the person who carried it out set it down. What holds now follows
from all effects of a case, in their order: what is still removed, and which preserved copies are still kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Country
from answerable.casefile.scope import Moment

# The ground of an event that carries out nothing new: a later demand moved the last day of a copy that is kept.
RENEWAL = "renewal"


class Measure(StrEnum):
    """The closed list of what can be done with an item."""

    REMOVED = "removed"
    DISABLED = "access disabled"
    PRESERVED = "preserved"
    REINSTATED = "put back"
    DELETED = "preserved copy deleted"
    UNCHANGED = "left unchanged"

    @property
    def takes_away(self) -> bool:
        """Whether somebody can no longer see the item."""
        return self in (Measure.REMOVED, Measure.DISABLED)


class Effect(Record):
    """One measure on one item. `item` is named as the demand names it: an address of content, or an identifier.

    `territory` names the States where access was disabled, none meaning the whole Union; `until` is the moment at which a
    preserved copy must go, None where nothing is kept or no day is known; `by` is the account that carried it out.
    `statement` is the decision it rests on, empty for what was preserved before any decision. `kept_in` names the earlier
    case that holds the copy, where a later demand only moved its last day.
    """

    item: Annotated[str, Field(min_length=1, max_length=1_200)]
    measure: Measure
    at: Moment
    until: Moment | None = None
    territory: tuple[Country, ...] = ()
    by: str
    note: Annotated[str, Field(max_length=4_000)] = ""
    statement: str = ""
    kept_in: str = ""


def taken_away(effects: Iterable[Effect]) -> dict[str, Effect]:
    """Return each item that is removed or disabled now, with the effect that did it."""
    now: dict[str, Effect] = {}
    for effect in effects:
        if effect.measure.takes_away:
            now[effect.item] = effect
        elif effect.measure is Measure.REINSTATED:
            now.pop(effect.item, None)
    return now


def kept_copies(effects: Iterable[Effect]) -> dict[str, Effect]:
    """Return each item of which a preserved copy is kept here now, with the effect that says until when.

    What was preserved, and what was removed under a law that has a copy kept of it.
    """
    now: dict[str, Effect] = {}
    for effect in effects:
        keeps = effect.measure is Measure.PRESERVED or (effect.measure.takes_away and effect.until is not None)
        if keeps and not effect.kept_in:
            now[effect.item] = effect
        elif effect.measure in (Measure.DELETED, Measure.REINSTATED):
            now.pop(effect.item, None)
    return now


def first_end(effects: Iterable[Effect]) -> Moment | None:
    """Return the first moment at which a kept copy must go, or None where none has a last day."""
    return min((effect.until for effect in kept_copies(effects).values() if effect.until), default=None)
