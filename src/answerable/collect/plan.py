"""What exactly would be read, for whom, from when until when, and why? Made before any row is read.

Per identifier and period, a table is read once for each role of the target in it, with just the columns whose category is
in scope there. What the scope permits and no column can answer is said, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator

from answerable.casefile.categories import CATEGORIES, DataClass, data_class
from answerable.casefile.encoding import Record
from answerable.casefile.scope import Identifier, Period, Scope, ScopeItem
from answerable.collect.data_map import Column, DataMap, Table

_TIMELESS = DataClass.SUBSCRIBER


class PlannedColumn(Record):
    """A column that is read, the categories in scope that ask for it, and whether others' values become tokens."""

    name: str
    categories: tuple[str, ...]
    third_party: bool


class Step(Record):
    """One reading of one table for one identifier in one role."""

    number: int
    store: str
    table: str
    identifier: Identifier
    subject_column: str
    role: str
    time_column: str | None
    period: Period | None
    order_by: tuple[str, ...]
    columns: tuple[PlannedColumn, ...]
    words: str

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category this step answers, once."""
        return tuple(dict.fromkeys(category for column in self.columns for category in column.categories))

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns that are read, in order."""
        return tuple(column.name for column in self.columns)


class Unanswered(Record):
    """A category in scope that the stores cannot answer, and why."""

    identifier: Identifier
    category: str
    why: str


class Plan(Record):
    """All steps, in order, and what stays unanswered."""

    case: str
    steps: tuple[Step, ...]
    unanswered: tuple[Unanswered, ...]


def make_plan(scope: Scope, data_map: DataMap, *, case: str) -> Plan:
    """Return what `scope` means on these stores: no column, row or day more than it grants."""
    steps: list[Step] = []
    unanswered: list[Unanswered] = []
    for (identifier, period), items in _grouped(scope).items():
        answered: set[str] = set()
        for table in data_map.tables:
            for step in _steps(table, identifier, period, categories=tuple(item.category for item in items)):
                steps.append(step.model_copy(update={"number": len(steps) + 1}))
                answered.update(step.categories)
        unanswered += [
            Unanswered(identifier=identifier, category=item.category, why=_why_not(item.category, data_map))
            for item in items
            if item.category not in answered
        ]
    return Plan(case=case, steps=tuple(steps), unanswered=tuple(unanswered))


def _grouped(scope: Scope) -> dict[tuple[Identifier, Period | None], list[ScopeItem]]:
    groups: dict[tuple[Identifier, Period | None], list[ScopeItem]] = {}
    for item in scope.items:
        # Subscriber data describe the account, not a moment: the period of the form does not cut them.
        period = None if item.data_class is _TIMELESS else item.period
        groups.setdefault((item.identifier, period), []).append(item)
    return groups


def _steps(
    table: Table, identifier: Identifier, period: Period | None, *, categories: tuple[str, ...]
) -> Iterator[Step]:
    in_scope = [category for category in categories if _can_answer(table, category, period)]
    for key in table.subject_keys:
        columns = tuple(
            PlannedColumn(name=name, categories=asked, third_party=column.third_party is not None)
            for name, column in table.columns.items()
            if (asked := _asked(column, in_scope)) and (column.only_if is None or column.only_if.role == key.role)
        )
        if columns:
            cut = period if table.time is not None and period is not None else None
            yield Step(
                number=0,
                store=table.store,
                table=table.table,
                identifier=identifier,
                subject_column=key.column,
                role=key.role,
                time_column=table.time.column if table.time and cut else None,
                period=cut,
                order_by=table.order_by,
                columns=columns,
                words=_words(table, key.role, columns, cut),
            )


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


def _words(table: Table, role: str, columns: tuple[PlannedColumn, ...], period: Period | None) -> str:
    labels = dict.fromkeys(CATEGORIES[category].label for column in columns for category in column.categories)
    when = f", from {_day(period.start)} to before {_day(period.end)}" if period else ", whatever its date"
    masked = [column.name for column in columns if column.third_party]
    mask = f" Others' values in {', '.join(masked)} become tokens." if masked else ""
    names = ", ".join(column.name for column in columns)
    return f"Read {names} from {table.label} where the person is {role}{when}: {'; '.join(labels)}.{mask}"


def _day(moment: object) -> str:
    return f"{moment:%d %B %Y, %H:%M} UTC" if moment else "the beginning"
