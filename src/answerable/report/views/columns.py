"""Which of the columns that other services publish can be filled, and with what? One table: who, which column, which figure.

A column is a figure of the report under one key, a list of figures that belong together, or the reason why there is none.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from answerable.report.figures import Report
from answerable.report.views.view import Counting, View, as_csv

_HEAD = ("period", "service", "column", "figure", "key", "demands", "not shown", "why not")


@lru_cache(maxsize=1)
def columns() -> tuple[dict[str, Any], ...]:
    """Return every column: `service`, `column`, and either `figure` with `keys`, or `why_not`."""
    text = (files("answerable.report.views") / "columns.yaml").read_text(encoding="utf-8")
    told = yaml.safe_load(text)
    return tuple({"service": service, **column} for service, listed in told.items() for column in listed)


def _make(counting: Counting) -> list[bytes]:
    return as_csv([_HEAD, *(_line(counting.report, column) for column in columns())])


def _line(report: Report, column: dict[str, Any]) -> tuple[object, ...]:
    name = (report.period, column["service"], column["column"])
    if "why_not" in column:
        return (*name, "", "", "", "", column["why_not"])
    figure, keys = report.figure(column["figure"]), column.get("keys")
    number = figure.total if keys is None else sum(figure.of(*_key(key)) for key in keys)
    shown = "" if keys is None else "; ".join(", ".join(_key(key)) for key in keys)
    return (*name, figure.name, shown, number, figure.not_shown, "")


def _key(key: str | list[str]) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else tuple(key)


VIEW = View(
    "columns.csv",
    "The columns of other services' reports",
    "reports of Google, Meta, Apple, Microsoft, GitHub and Signal",
    is_public=True,
    make=_make,
)
