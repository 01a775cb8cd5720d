"""Which items can two people grant on a demand that discloses nothing, and which of those still have to be carried out?"""

from __future__ import annotations

from collections.abc import Iterable

from answerable.casefile.assessment import Assessment
from answerable.casefile.decision import Decision, DecisionKind
from answerable.casefile.demand import Demand
from answerable.casefile.effect import Effect, Measure
from answerable.casefile.order import Order

_SAYS = {
    "removal": "This demand asks to remove content: nothing may be disclosed on it.",
    "preservation": "This demand asks to preserve data: nothing may be disclosed on it.",
}


def grantable(demand: Demand | None, assessment: Assessment | None, before: Iterable[Effect] = ()) -> tuple[str, ...]:
    """Return the name of each item that may be removed or preserved, once each, in the order of the demand.

    Of a preservation only what the law lets be kept; one that names nobody continues what was preserved `before`.
    """
    if demand is None or assessment is None:
        return ()
    if assessment.purpose == "removal" and isinstance(demand.form, Order):
        return tuple(dict.fromkeys(item.name for item in demand.form.items if item.name))
    if assessment.purpose != "preservation":
        return ()
    if assessment.requested.is_empty:
        return tuple(effect.item for effect in before)
    return tuple(identifier.name for identifier in assessment.reach.identifiers)


def against_granting(kind: DecisionKind, items: tuple[str, ...], assessment: Assessment | None) -> tuple[str, ...]:
    """Return why `items` cannot be granted in full or in part."""
    purpose = assessment.purpose if assessment else "data"
    if purpose not in _SAYS:
        return ("This demand asks neither to remove nor to preserve anything.",)
    if not items and purpose == "removal":
        return ("The paper points to no item that could be removed.",)
    if not items:
        return (
            "Nobody is named whose data may be preserved, and no earlier preservation under its reference runs here.",
        )
    if purpose == "removal":
        in_part = kind is DecisionKind.CARRY_OUT_IN_PART and len(items) == 1
        return ("There is one item alone, so there is no part of it.",) if in_part else ()
    is_narrowed = assessment is not None and bool(assessment.kept_back)
    if is_narrowed and kind is DecisionKind.CARRY_OUT:
        return ("A part is withheld, so this is carried out in part.",)
    if not is_narrowed and kind is DecisionKind.CARRY_OUT_IN_PART:
        return ("Nothing is withheld, so this is carried out in full.",)
    return ()


def against_disclosing(kind: DecisionKind, assessment: Assessment | None) -> tuple[str, ...]:
    """Return why nothing may be disclosed on a demand that asks for something else.

    That nothing is held may be said of data to be preserved: then there is nothing to preserve.
    """
    purpose = assessment.purpose if assessment else "data"
    if kind is DecisionKind.NOTHING_HELD and purpose == "preservation":
        return ()
    return (_SAYS[purpose],) if purpose in _SAYS else ()


def outstanding(decision: Decision, effects: Iterable[Effect]) -> tuple[str, ...]:
    """Return the granted items that nobody has set down an effect of, under this very decision."""
    done = {effect.item for effect in effects if effect.statement == decision.statement}
    return tuple(item for item in decision.granted if item not in done)


def measures_for(decision: Decision, assessment: Assessment) -> tuple[Measure, ...]:
    """Return what a person may have done on a decision that acts. Leaving an item as it is asks for a reason."""
    if decision.kind is DecisionKind.PUT_BACK:
        return (Measure.REINSTATED, Measure.UNCHANGED)
    if assessment.purpose == "removal":
        return (Measure.REMOVED, Measure.DISABLED, Measure.UNCHANGED)
    return (Measure.PRESERVED, Measure.UNCHANGED)
