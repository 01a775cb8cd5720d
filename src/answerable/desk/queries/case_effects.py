"""What is to be removed or preserved in a case, what was done of it, by whom, and until when is a copy kept?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answerable.casefile.effect import Effect, Measure, first_end, kept_copies, taken_away
from answerable.casefile.granting import measures_for
from answerable.casefile.order import Item, Order
from answerable.casefile.route import CaseFile, Move, State, blockers
from answerable.desk.models import Account, Case
from answerable.desk.moves.casefiles import earlier_case
from answerable.desk.wording import MEASURES, TimeLeft, time_left


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done with an item."""

    words: str
    tone: str
    at: datetime
    until: datetime | None
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item: what the demand says of it, whether it was granted and still has to be carried out, what was done."""

    name: str
    description: str
    asked: str
    territory: tuple[str, ...]
    is_granted: bool
    is_open: bool
    done: tuple[Done, ...]


@dataclass(frozen=True, slots=True)
class Acting:
    """What the page of a case says about carrying out. `kept` are copies; `goes_at` is when the first must be deleted."""

    purpose: str
    rows: tuple[ItemRow, ...]
    open_items: tuple[str, ...]
    measures: tuple[Measure, ...]
    kept: tuple[Effect, ...]
    goes_at: datetime | None
    goes_in: TimeLeft | None
    preserved_without_day: bool
    earlier: str
    can_record: bool
    can_preserve: bool
    can_release: bool
    can_reopen: bool

    @property
    def must_delete(self) -> bool:
        """Whether a preserved copy has outlived its last day."""
        return self.goes_in is not None and self.goes_in.is_over

    @property
    def done_of(self) -> str:
        """How many of the granted items were carried out, in words."""
        granted = sum(row.is_granted for row in self.rows)
        return f"{granted - len(self.open_items)} of {granted}"


def acting(case: Case, file: CaseFile, now: datetime) -> Acting:
    """Return what is to be carried out in the case, what was, and what may be set down now."""
    names = dict(Account.objects.values_list("username", "name"))
    kept, goes_at, earlier = kept_copies(file.effects), first_end(file.effects), earlier_case(case)

    def may(move: Move) -> bool:
        return not blockers(file, move, actor="", now=now)

    can_record = may(Move.RECORD_EFFECT)
    return Acting(
        purpose=file.assessment.purpose if file.assessment else "data",
        rows=tuple(_rows(file, names)),
        open_items=file.outstanding if can_record else (),
        measures=measures_for(file.decision, file.assessment) if can_record else (),
        kept=tuple(kept.values()),
        goes_at=goes_at,
        goes_in=time_left(goes_at, now) if goes_at else None,
        preserved_without_day=any(effect.until is None for effect in kept.values()),
        earlier=earlier.reference if earlier else "",
        can_record=can_record,
        can_preserve=_is_of_use(file) and may(Move.PRESERVE) and not kept,
        can_release=may(Move.RELEASE),
        can_reopen=may(Move.REOPEN),
    )


def carried_out_at(file: CaseFile) -> datetime | None:
    """Return when the last item of this decision was carried out, or None while one is open."""
    if file.decision is None or not file.decision.kind.acts or file.state not in (State.CARRIED_OUT, State.CLOSED):
        return None
    return max((each.at for each in file.effects if each.statement == file.decision.statement), default=None)


def _is_of_use(file: CaseFile) -> bool:
    """Whether data are asked for that could be lost while the demand is examined."""
    asks = file.demand is not None and not file.demand.requested.is_empty
    purpose = file.assessment.purpose if file.assessment else "data"
    return asks and (purpose != "preservation" or file.state in (State.ASSESSED, State.PREPARED))


def _rows(file: CaseFile, names: dict[str, str]) -> list[ItemRow]:
    items = file.demand.form.items if file.demand and isinstance(file.demand.form, Order) else ()
    asked = {item.name: item for item in items if item.name}
    granted = file.decision.granted if file.decision else ()
    before = tuple(taken_away(file.effects)) + tuple(effect.item for effect in file.effects)
    return [
        _row(name, asked.get(name), file, names=names, granted=granted)
        for name in dict.fromkeys((*asked, *file.grantable, *granted, *before))
    ]


def _row(name: str, item: Item | None, file: CaseFile, *, names: dict[str, str], granted: tuple[str, ...]) -> ItemRow:
    return ItemRow(
        name=name,
        description=(item.description or "") if item and item.url else "",
        asked=item.kind if item else "preserve",
        territory=item.territory if item else (),
        is_granted=name in granted,
        is_open=name in file.outstanding,
        done=tuple(_done(effect, names) for effect in file.effects if effect.item == name),
    )


def _done(effect: Effect, names: dict[str, str]) -> Done:
    words, tone = MEASURES[effect.measure]
    where = f" in {', '.join(effect.territory)}" if effect.territory else ""
    return Done(words + where, tone, effect.at, effect.until, names.get(effect.by, effect.by), effect.note)
