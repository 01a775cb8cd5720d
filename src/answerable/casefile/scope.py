"""Whose data, of which category, from when until when? And what is left of that once the law has spoken?

A scope is a set: narrowing it can only take away. Periods are half-open, `start <= moment < end`, in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from answerable.casefile.categories import CATEGORIES, DataClass, data_class
from answerable.casefile.encoding import Record


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as fault:
        raise ValueError("this moment lies outside the calendar") from fault


def _known_category(code: str) -> str:
    if code not in CATEGORIES:
        raise ValueError(f"unknown category {code!r}")
    return code


# Room is left at the end of the calendar, so that no period that is counted from a day runs off it.
Day = Annotated[date, Field(ge=date(1800, 1, 1), le=date(9800, 12, 31))]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
CategoryCode = Annotated[str, AfterValidator(_known_category)]


class Period(Record):
    """A half-open span of time in UTC; `None` on a side means open on that side."""

    start: Moment | None = None
    end: Moment | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.start and self.end and self.start >= self.end:
            raise ValueError("a period must end after it starts")
        return self

    @property
    def is_closed(self) -> bool:
        """Whether both sides are given."""
        return self.start is not None and self.end is not None

    def contains(self, moment: datetime) -> bool:
        """Whether `moment` lies in the period; the end itself does not."""
        return (self.start is None or self.start <= moment) and (self.end is None or moment < self.end)

    def before(self, limit: datetime) -> Period | None:
        """Return the part strictly before `limit`, or None where nothing is left."""
        if self.start is not None and self.start >= limit:
            return None
        return self if self.end is not None and self.end <= limit else Period(start=self.start, end=limit)

    def since(self, limit: datetime) -> Period | None:
        """Return the part from `limit` on, or None where nothing is left."""
        if self.end is not None and self.end <= limit:
            return None
        return self if self.start is not None and self.start >= limit else Period(start=limit, end=self.end)


class IdentifierKind(StrEnum):
    """The lines of Annex I, Section E that can name someone."""

    USER = "user"
    EMAIL = "email"
    PHONE = "tel"
    IP = "ip"
    IMEI = "imei"
    MAC = "mac"
    OTHER = "other"


class Identifier(Record):
    """What the demand names a person by. `at` goes with an IP address, which identifies nobody without its moment."""

    kind: IdentifierKind
    value: Annotated[str, Field(min_length=1, max_length=500)]
    at: Moment | None = None

    @property
    def name(self) -> str:
        """The identifier as one line: its kind, its value, and the moment that goes with an address."""
        return f"{self.kind} {self.value}" + (f" at {self.at:%Y-%m-%d %H:%M:%S} UTC" if self.at else "")


class ScopeItem(Record):
    """One identifier, one category, one period (None: not tied to a time)."""

    identifier: Identifier
    category: CategoryCode
    period: Period | None = None

    @property
    def data_class(self) -> DataClass:
        """The legal class of the category."""
        return data_class(self.category)


class Scope(Record):
    """A set of items, kept in the order of the demand."""

    items: tuple[ScopeItem, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in scope."""
        return not self.items

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Each identifier once, in order."""
        return tuple(dict.fromkeys(item.identifier for item in self.items))

    @property
    def classes(self) -> tuple[DataClass, ...]:
        """Each legal class once, lightest first."""
        found = {item.data_class for item in self.items}
        return tuple(each for each in DataClass if each in found)

    def within(self, other: Scope) -> bool:
        """Whether every item lies inside an item of `other`: same identifier and category, period not longer."""
        return all(any(_covers(wide, item) for wide in other.items) for item in self.items)


class Withheld(Record):
    """A part of what was asked that does not leave, and the ground for it."""

    item: ScopeItem
    rule: str
    ground: str
    citation: str
    annex_iii: tuple[str, ...] = ()


def scope_of(items: Iterable[ScopeItem]) -> Scope:
    """Return a scope of `items`, each once, in order."""
    return Scope(items=tuple(dict.fromkeys(items)))


def _covers(wide: ScopeItem, item: ScopeItem) -> bool:
    if (wide.identifier, wide.category) != (item.identifier, item.category):
        return False
    if wide.period is None:
        return True
    if item.period is None:
        return False
    starts_inside = wide.period.start is None or (
        item.period.start is not None and wide.period.start <= item.period.start
    )
    ends_inside = wide.period.end is None or (item.period.end is not None and item.period.end <= wide.period.end)
    return starts_inside and ends_inside
