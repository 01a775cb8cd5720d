"""Orders of Member States in the quantitative template: Regulation (EU) 2022/2065, Art. 15(1)(a), columns A to T of the sheet
of orders in Implementing Regulation (EU) 2024/2835.

Exact numbers: the law names no smallest one. Greece is EL there. The desk does not judge what content is about: an order under
the Terrorist Content Regulation names its subject itself; of every other, a person has to choose the category, and column N says
so. A time runs from receipt, in whole hours; an acknowledgement by the machine within the hour is nought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from statistics import median
from typing import NamedTuple

from answerable.report.counted import CountedDemand
from answerable.report.figures import Report
from answerable.report.views.view import Counting, View, as_csv

MEMBER_STATES = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
    "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
HEAD = (
    "Applicability", "Service", "Reporting period", "Category of illegal content",
    "Description of the sub-category Other", "Scope", "Number of orders to act",
    "Number of specific items in those orders", "Median hours to inform authority of receipt (orders to act)",
    "Median hours to give effect (orders to act)", "Number of orders to provide information",
    "Median hours to inform authority of receipt (information orders)",
    "Median hours to give effect (information orders)", "Contextual information", *("",) * 6,
)  # fmt: skip
_TERROR = "KEYWORD_TERRORIST_CONTENT"
_UNSPECIFIED = "STATEMENT_CATEGORY_NOT_SPECIFIED_ORDER"
_CHOOSE = "The desk does not judge content: choose the category of each order, and keep this one only where the order names no law."


class _Order(NamedTuple):
    """What the template tells of an order. `effected` is None where nothing was removed or given."""

    category: str
    state: str
    lane: str
    items: int
    acknowledged: int | None
    effected: int | None


def state(demand: CountedDemand) -> str:
    """Return the State as Eurostat writes it."""
    return "EL" if demand.country == "GR" else demand.country


def category(demand: CountedDemand) -> str:
    """Return the category that the instrument itself names, else the one for orders that name none."""
    return _TERROR if demand.instrument == "eu.tco.removal" else _UNSPECIFIED


def _make(counting: Counting) -> list[bytes]:
    orders = Counter(
        _order(each) for each in counting.demands if state(each) in MEMBER_STATES and each.lane in ("data", "removal")
    )
    return as_csv([HEAD, *_lines(counting.report, orders)])


def _order(demand: CountedDemand) -> _Order:
    done = demand.carried_out if demand.lane == "removal" else demand.answered
    effected = demand.hours_to_answer if done else None
    return _Order(category(demand), state(demand), demand.lane, demand.items, demand.hours_to_acknowledge, effected)


def _lines(report: Report, orders: Mapping[_Order, int]) -> Iterator[tuple[object, ...]]:
    for of in (None, *sorted({each.category for each in orders})):
        chosen = {each: times for each, times in orders.items() if of in (None, each.category)}
        for scope in ("TOTAL", *sorted({each.state for each in chosen})):
            rows = {each: times for each, times in chosen.items() if scope in ("TOTAL", each.state)}
            yield _line(report, rows, of, scope=scope)


def _line(report: Report, rows: Mapping[_Order, int], of: str | None, *, scope: str) -> tuple[object, ...]:
    acting = {each: times for each, times in rows.items() if each.lane == "removal"}
    informing = {each: times for each, times in rows.items() if each.lane == "data"}
    last = report.end - timedelta(days=1)
    return (
        "YES", report.provider, f"{report.start}/{last}", of or "TOTAL", "", scope,
        sum(acting.values()), sum(each.items * times for each, times in acting.items()),
        _median(acting, "acknowledged"), _median(acting, "effected"),
        sum(informing.values()), _median(informing, "acknowledged"), _median(informing, "effected"),
        _CHOOSE if of == _UNSPECIFIED else "", *("",) * 6,
    )  # fmt: skip


def _median(orders: Mapping[_Order, int], of: str) -> str:
    hours = Counter[int]()
    for each, times in orders.items():
        if (known := getattr(each, of)) is not None:
            hours[known] += times
    return f"{median(hours.elements()):g}" if hours else ""


VIEW = View(
    "dsa-article-15-orders.csv",
    "Orders of Member States, quantitative template",
    "Regulation (EU) 2022/2065, Art. 15(1)(a); Implementing Regulation (EU) 2024/2835",
    is_public=False,
    make=_make,
)
