"""What exactly would be read, for whom, from when until when, and why? Made before any row is read.

A step reads one table for everybody whom the scope asks the same of, once for each role a person can have there, with just
the columns whose category is in scope. What the scope permits and no column can answer is said, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from answerable.casefile.categories import CATEGORIES, DataClass, data_class
from answerable.casefile.encoding import Record
from answerable.casefile.scope import Identifier, Period, Scope
from answerable.collect.data_map import Column, DataMap, SubjectKey, Table

_TIMELESS = DataClass.SUBSCRIBER
_NAMED = 3  # so many identifiers are named in the words of a step


class PlannedColumn(Record):
    """A column that is read, the categories in scope that ask for it, and what happens to others' values in it."""

    name: str
    categories: tuple[str, ...]
    third_party: Literal["token", "flag"] | None = None


class Way(Record):
    """A table on the way to the one that is read: in the person's rows of it, `columns` give the next key.

    What these columns hold is followed and never leaves.
    """

    store: str
    table: str
    subject_columns: tuple[str, ...]
    same: bool
    role: str
    columns: tuple[str, ...]


class Step(Record):
    """One reading of one table in one role, for the identifiers of the plan whose numbers are in `targets`.

    `ways` lead from the identifier's subject to `subject_columns`, first to last. With `same`, each of these columns holds
    the subject. `by_hand` is a store that cannot be asked: a person brings its records.
    """

    number: int
    store: str
    table: str
    by_hand: bool = False
    targets: tuple[int, ...]
    role: str
    ways: tuple[Way, ...] = ()
    subject_columns: tuple[str, ...]
    same: bool = False
    time_column: str | None
    zone: str = "UTC"
    period: Period | None
    days_kept: int | None = None
    order_by: tuple[str, ...]
    columns: tuple[PlannedColumn, ...]
    words: str

    @property
    def label(self) -> str:
        """Store and table."""
        return f"{self.store}.{self.table}"

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category this step answers, once."""
        return tuple(dict.fromkeys(category for column in self.columns for category in column.categories))

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns that are read, in order."""
        return tuple(column.name for column in self.columns)

    def treated(self, how: Literal["token", "flag"]) -> tuple[str, ...]:
        """The columns in which others' values become tokens, or which are flagged."""
        return tuple(column.name for column in self.columns if column.third_party == how)


class Unanswered(Record):
    """A category in scope that the stores cannot answer, for whom, and why."""

    targets: tuple[int, ...]
    category: str
    why: str


class Plan(Record):
    """All steps, in order, and what stays unanswered. The number of an identifier is its place in `identifiers`, from 1."""

    case: str
    identifiers: tuple[Identifier, ...] = ()
    steps: tuple[Step, ...]
    unanswered: tuple[Unanswered, ...]

    def identifier(self, number: int) -> Identifier:
        """Return the identifier of a number."""
        return self.identifiers[number - 1]


def make_plan(scope: Scope, data_map: DataMap, *, case: str) -> Plan:
    """Return what `scope` means on these stores: no column, row or day more than it grants."""
    numbers = {identifier: number for number, identifier in enumerate(scope.identifiers, 1)}
    steps: list[Step] = []
    unanswered: list[Unanswered] = []
    for (period, categories), named in _alike(scope).items():
        targets, answered = tuple(numbers[each] for each in named), set[str]()
        for table in data_map.tables:
            for step in _steps(data_map, table, period, categories=categories):
                words = _words(step, table, _whose(named))
                steps.append(step.model_copy(update={"number": len(steps) + 1, "targets": targets, "words": words}))
                answered.update(step.categories)
        unanswered += [
            Unanswered(targets=targets, category=category, why=_why_not(category, data_map))
            for category in categories
            if category not in answered
        ]
    return Plan(case=case, identifiers=scope.identifiers, steps=tuple(steps), unanswered=tuple(unanswered))


def _alike(scope: Scope) -> dict[tuple[Period | None, tuple[str, ...]], list[Identifier]]:
    """Return who is asked the same of: the identifiers for each period with just these categories."""
    asked: dict[tuple[Identifier, Period | None], list[str]] = {}
    for item in scope.items:
        # Subscriber data describe the account, not a moment: the period of the form does not cut them.
        period = None if item.data_class is _TIMELESS else item.period
        asked.setdefault((item.identifier, period), []).append(item.category)
    alike: dict[tuple[Period | None, tuple[str, ...]], list[Identifier]] = {}
    for (identifier, period), categories in asked.items():
        alike.setdefault((period, tuple(dict.fromkeys(categories))), []).append(identifier)
    return alike


def _steps(data_map: DataMap, table: Table, period: Period | None, *, categories: tuple[str, ...]) -> Iterator[Step]:
    in_scope = [category for category in categories if _can_answer(table, category, period)]
    for key in table.subject_keys:
        columns = tuple(
            PlannedColumn(name=name, categories=asked, third_party=column.third_party)
            for name, column in table.columns.items()
            if (asked := _asked(column, in_scope)) and (column.only_if is None or column.only_if.role == key.role)
        )
        if columns:
            cut = period if table.time is not None and period is not None else None
            yield Step(
                number=0,
                store=table.store,
                table=table.table,
                by_hand=data_map.stores[table.store].kind == "person",
                targets=(),
                role=key.role,
                ways=_ways(data_map, table, key),
                subject_columns=key.columns,
                same=key.same,
                time_column=table.time.column if table.time and cut else None,
                zone=table.time.zone if table.time else "UTC",
                period=cut,
                days_kept=table.days_kept,
                order_by=table.order_by,
                columns=columns,
                words="",
            )


def _ways(data_map: DataMap, table: Table, key: SubjectKey) -> tuple[Way, ...]:
    """Return the tables that lead to a key, the one that the identifier's subject opens first."""
    ways: list[Way] = []
    leads_to = key
    for before, its_key in data_map.travel(table, key):
        ways.append(
            Way(
                store=before.store,
                table=before.table,
                subject_columns=its_key.columns,
                same=its_key.same,
                role=its_key.role,
                columns=leads_to.reached_from.columns if leads_to.reached_from else (),
            )
        )
        leads_to = its_key
    return tuple(reversed(ways))


def _can_answer(table: Table, category: str, period: Period | None) -> bool:
    """Whether a category can be cut to its period in this table; what cannot be limited is not read."""
    return data_class(category) is _TIMELESS or (table.time is not None and period is not None and period.is_closed)


def _asked(column: Column, categories: list[str]) -> tuple[str, ...]:
    return tuple(category for category in column.category if category in categories)


def _why_not(category: str, data_map: DataMap) -> str:
    named = [
        table.label for table in data_map.tables for column in table.columns.values() if category in column.category
    ]
    if not named:
        return "We hold no such data: no column of our stores has this category."
    return f"{', '.join(dict.fromkeys(named))} cannot be limited to a closed period, so it is not read."


def _whose(named: list[Identifier]) -> str:
    first = ", ".join(identifier.name for identifier in named[:_NAMED])
    more = f" and {len(named) - _NAMED:,} more" if len(named) > _NAMED else ""
    return first if len(named) == 1 else f"one of {len(named):,} ({first}{more})"


def _words(step: Step, table: Table, whose: str) -> str:
    labels = dict.fromkeys(CATEGORIES[category].label for column in step.columns for category in column.categories)
    when = (
        f", from {_day(step.period.start)} to before {_day(step.period.end)}" if step.period else ", whatever its date"
    )
    does = "Have a person read" if step.by_hand else "Read"
    names = ", ".join(step.column_names)
    said = [f"{does} {names} from {table.label} where {_belongs(step, whose)}{when}: {'; '.join(labels)}."]
    if masked := step.treated("token"):
        said.append(f"Others' values in {', '.join(masked)} become tokens.")
    if flagged := step.treated("flag"):
        said.append(f"Text in {', '.join(flagged)} may name others: its rows are flagged for a person.")
    if step.time_column and step.zone != "UTC":
        said.append(f"Moments without a zone are those of {step.zone}.")
    if step.days_kept:
        said.append(f"Rows are kept {step.days_kept:,} days.")
    return " ".join(said)


def _belongs(step: Step, whose: str) -> str:
    """Return whose rows they are, along the way that leads to them."""
    if not step.ways:
        return f"{whose} is {step.role}"
    keys = [*(way.subject_columns for way in step.ways[1:]), step.subject_columns]
    said = f"{whose} is {step.ways[0].role}"
    for way, reached in zip(step.ways, keys, strict=True):
        said = f"{_tuple(reached)} is {_tuple(way.columns)} of a row of {way.store}.{way.table} where {said}"
    return said


def _tuple(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _day(moment: object) -> str:
    return f"{moment:%d %B %Y, %H:%M} UTC" if moment else "the beginning"
