"""Who may demand data directly, State by State, by which law? The table of `countries.yaml`, read into records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from answerable.casefile.categories import DataClass
from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Country
from answerable.law.citation import provisions
from answerable.law.pack import load_yaml
from answerable.law.words import said


class Blocking(Record):
    """A law that forbids a provider of its State to answer another State, for these classes of data."""

    by: str
    classes: tuple[DataClass, ...]
    reviewed: bool


class ForeignLaw(Record):
    """A law by which a State may demand. `until` is the first day without it.

    A legal basis names it by one of the words `named_by` together with one of the `articles`, where there are any.
    """

    cite: str
    named_by: tuple[str, ...]
    articles: tuple[str, ...] = ()
    who: tuple[Literal["judge", "prosecutor", "police", "intelligence", "regulator", "agency", "ministry"], ...]
    reach: tuple[DataClass, ...]
    judge_for: tuple[DataClass, ...] = ()
    needs: tuple[Literal["offence", "reasons", "period"], ...] = ()
    needs_for: tuple[DataClass, ...] = ()
    compels: bool = True
    since: date | None = None
    until: date | None = None
    pending: bool = False
    days: int | None = None
    reviewed: bool

    @property
    def label(self) -> str:
        """How it is cited in a finding, with the mark of an entry that nobody checked."""
        return self.cite if self.reviewed else f"{self.cite} [entry not checked against the official text]"

    def was_ended(self, day: date) -> bool:
        """Whether it has ended by `day`."""
        return self.until is not None and self.until <= day

    def holds_on(self, day: date) -> bool:
        """Whether it is known to be in force on `day`."""
        return not (self.pending or self.was_ended(day) or (self.since is not None and day < self.since))


class State(Record):
    """What is known of the demands of one State. `notice_by` says what the entry on notice rests on."""

    name: str
    challenge: str
    notice: Literal["unless ordered", "by the authority", "forbidden"]
    notice_by: str
    laws: tuple[ForeignLaw, ...]
    reviewed: bool


class Table(Record):
    """The whole table."""

    blocking: dict[Country, Blocking]
    countries: dict[Country, State]


@lru_cache
def table() -> Table:
    """Return the table beside this file."""
    place = files("answerable.law").joinpath("world", "foreign_demand", "countries.yaml")
    return Table.model_validate(load_yaml(place.read_text(encoding="utf-8")))


@lru_cache(maxsize=256)  # seven rules and the clocks ask the same of one paper
def law_named(country: str | None, legal_basis: str | None, day: date) -> ForeignLaw | None:
    """Return the law of a State that a legal basis names: the first that holds on `day`, else the first, or None."""
    state = table().countries.get(country or "")
    named = tuple(_named(state.laws, legal_basis or "")) if state else ()
    return next((law for law in named if law.holds_on(day)), named[0] if named else None)


def _named(laws: tuple[ForeignLaw, ...], basis: str) -> Iterator[ForeignLaw]:
    """Yield the laws that a basis names. A provision counts for the first of them only: 8(4), where annulled, is not 8."""
    cited = provisions(basis)
    for law in laws:
        mine = frozenset(each for each in cited if {each, each.partition("(")[0]} & set(law.articles))
        if said(law.named_by, basis) and (mine or not law.articles):
            yield law
            cited -= mine
