"""Every published figure as one table: a line a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerable.report.views.view import Counting, View, as_csv

_DEEPEST = 3
_HEAD = (
    "period", "figure", "title", *(f"{what}_{at}" for at in range(1, _DEEPEST + 1) for what in ("field", "value")), "demands",
)  # fmt: skip


def _make(counting: Counting) -> list[bytes]:
    rows: list[tuple[object, ...]] = [_HEAD]
    period = counting.report.period
    for figure in counting.report.figures:
        named = (period, figure.name, figure.title)
        rows += [(*named, *_pairs(figure.by, cell.key), cell.rows) for cell in figure.cells]
        rows.append((*named, *_pairs(figure.by, ("not shown",)), figure.not_shown))
    return as_csv(rows)


def _pairs(fields: Sequence[str], values: Sequence[str]) -> Iterator[str]:
    for at in range(_DEEPEST):
        yield fields[at] if at < len(fields) else ""
        yield values[at] if at < len(values) else ""


VIEW = View("figures.csv", "Every figure", "the counting rules, query.json", is_public=True, make=_make)
