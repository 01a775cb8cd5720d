"""What are the figures of a period? Sums of groups of open rows, as the published rules say, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from answerable.casefile.encoding import Record
from answerable.report.bands import Bands
from answerable.report.groups import Shown, ordered
from answerable.report.query import Figure, Query, Sheet

Groups = Sequence[tuple[Shown, int]]


class Cell(Record):
    """One number: the values that the rows show, in the order of the figure's `by`, and how many rows."""

    key: tuple[str, ...]
    rows: int


class Counted(Record):
    """One figure. `not_shown` rows have a value closed that decides where they belong; every one is counted once."""

    name: str
    title: str
    by: tuple[str, ...]
    cells: tuple[Cell, ...]
    not_shown: int

    def of(self, *key: str) -> int:
        """Return the number under `key`, nought where there is none."""
        return next((cell.rows for cell in self.cells if cell.key == key), 0)

    @property
    def total(self) -> int:
        """All rows under the figure's cells."""
        return sum(cell.rows for cell in self.cells)


class Report(Record):
    """The published figures. `received` is None where fewer demands came than the smallest group: then nothing is told."""

    format: Literal["answerable/report/v1"] = "answerable/report/v1"
    provider: str
    period: str
    start: date
    end: date
    smallest_group: int
    received: int | None
    figures: tuple[Counted, ...]
    bands: Bands

    def figure(self, name: str) -> Counted:
        """Return the figure of that name. Refuses an unknown one with `KeyError`."""
        return next(each for each in self.figures if each.name == name)


def count(query: Query, groups: Mapping[str, Groups]) -> tuple[Counted, ...]:
    """Return every figure of the query over the groups of each sheet."""
    sheets = {sheet.name: sheet for sheet in query.sheets}
    return tuple(_count(figure, sheets[figure.sheet], groups[figure.sheet]) for figure in query.figures)


def group_rows(rows: Mapping[Shown, int]) -> Groups:
    """Return how many rows show the same, in one order."""
    return sorted(rows.items(), key=lambda pair: ordered(pair[0]))


def _count(figure: Figure, sheet: Sheet, groups: Groups) -> Counted:
    at = {name: number for number, name in enumerate(sheet.fields)}
    counted: Counter[tuple[str, ...]] = Counter()
    not_shown = 0
    for group, rows in groups:
        asked = {name: group[at[name]] for name in (*figure.by, *figure.where)}
        if any(value is not None and value not in figure.where.get(name, (value,)) for name, value in asked.items()):
            continue
        key = tuple(value for name in figure.by if (value := asked[name]) is not None)
        if any(value is None for value in asked.values()):
            not_shown += rows
        else:
            counted[key] += rows
    cells = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return Counted(
        name=figure.name,
        title=figure.title,
        by=figure.by,
        cells=tuple(Cell(key=key, rows=rows) for key, rows in cells),
        not_shown=not_shown,
    )
