"""Orders of Member States in the quantitative template: Regulation (EU) 2022/2065, Art. 15(1)(a), columns A to T of the sheet
of orders in Implementing Regulation (EU) 2024/2835.

Exact numbers: the law names no smallest one. Greece is EL there. The desk does not judge what content is about: an order under
the Terrorist Content Regulation names its subject itself; of every other, a person has to choose the category, and column N says
so. A time runs from receipt, in whole hours; an acknowledgement by the machine within the hour is nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from statistics import median

from answerable.report.counted import CountedDemand
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


def state(demand: CountedDemand) -> str:
    """Return the State as Eurostat writes it."""
    return "EL" if demand.country == "GR" else demand.country


def category(demand: CountedDemand) -> str:
    """Return the category that the instrument itself names, else the one for orders that name none."""
    return _TERROR if demand.instrument == "eu.tco.removal" else _UNSPECIFIED


def _make(counting: Counting) -> bytes:
    orders = [each for each in counting.demands if state(each) in MEMBER_STATES and each.lane in ("data", "removal")]
    return as_csv([HEAD, *_lines(counting, orders)])


def _lines(counting: Counting, orders: Sequence[CountedDemand]) -> Iterator[tuple[object, ...]]:
    for of in (None, *sorted({category(each) for each in orders})):
        chosen = [each for each in orders if of in (None, category(each))]
        for scope in ("TOTAL", *sorted({state(each) for each in chosen})):
            rows = [each for each in chosen if scope in ("TOTAL", state(each))]
            yield _line(counting, rows, of, scope=scope)


def _line(counting: Counting, rows: Iterable[CountedDemand], of: str | None, *, scope: str) -> tuple[object, ...]:
    report = counting.report
    acting = [each for each in rows if each.lane == "removal"]
    informing = [each for each in rows if each.lane == "data"]
    last = report.end - timedelta(days=1)
    return (
        "YES", report.provider, f"{report.start}/{last}", of or "TOTAL", "", scope,
        len(acting), sum(each.items for each in acting),
        _median(each.hours_to_acknowledge for each in acting), _median(each.hours_to_answer for each in acting if each.carried_out),
        len(informing),
        _median(each.hours_to_acknowledge for each in informing), _median(each.hours_to_answer for each in informing if each.answered),
        _CHOOSE if of == _UNSPECIFIED else "", *("",) * 6,
    )  # fmt: skip


def _median(hours: Iterable[int | None]) -> str:
    known = [each for each in hours if each is not None]
    return f"{median(known):g}" if known else ""


VIEW = View(
    "dsa-article-15-orders.csv",
    "Orders of Member States, quantitative template",
    "Regulation (EU) 2022/2065, Art. 15(1)(a); Implementing Regulation (EU) 2024/2835",
    is_public=False,
    make=_make,
)
