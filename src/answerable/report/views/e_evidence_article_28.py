"""What a service may collect on European orders: Regulation (EU) 2023/1543, Art. 28(4).

Received, by class of data, issuing State and emergency or not; fulfilled and not fulfilled by the same split; average time to
answer, in whole hours. A demand for several classes is counted under each. Exact numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from answerable.casefile.categories import DataClass
from answerable.report.counted import OPEN, CountedDemand
from answerable.report.views.view import Counting, View, as_json

_ORDERS = {"eu.epoc": "production orders", "eu.epoc_pr": "preservation orders"}


class _Order(NamedTuple):
    """What is told of an order; `came` is what came of it, `hours` after how long it was fulfilled."""

    instrument: str
    came: str
    asked: tuple[DataClass, ...]
    country: str
    emergency: bool
    hours: int | None


_Orders = Mapping[_Order, int]


def _make(counting: Counting) -> list[bytes]:
    orders = Counter(_order(each) for each in counting.demands if each.instrument in _ORDERS)
    told = {
        name: _of({each: times for each, times in orders.items() if each.instrument == instrument})
        for instrument, name in _ORDERS.items()
    }
    return as_json({"law": VIEW.source, "period": counting.report.period, **told})


def _order(demand: CountedDemand) -> _Order:
    fulfilled = demand.answered or demand.carried_out
    came = "fulfilled" if fulfilled else "not answered yet" if demand.outcome == OPEN else "not fulfilled"
    hours = demand.hours_to_answer if fulfilled else None
    return _Order(demand.instrument, came, demand.asked, demand.country, demand.emergency, hours)


def _of(orders: _Orders) -> dict[str, object]:
    parts = {
        came: _split({each: times for each, times in orders.items() if each.came == came})
        for came in ("fulfilled", "not fulfilled", "not answered yet")
    }
    urgent = {each: times for each, times in orders.items() if each.emergency}
    return {
        "received": _split(orders),
        **parts,
        "average hours to answer": _average(orders),
        "average hours to answer, emergencies": _average(urgent),
    }


def _average(orders: _Orders) -> int | None:
    known = [(each.hours, times) for each, times in orders.items() if each.hours is not None]
    answered = sum(times for _, times in known)
    return round(sum(hours * times for hours, times in known) / answered) if answered else None


def _split(orders: _Orders) -> dict[str, object]:
    classes, states = Counter[DataClass](), Counter[str]()
    for each, times in orders.items():
        states[each.country] += times
        for asked in each.asked:
            classes[asked] += times
    urgent = sum(times for each, times in orders.items() if each.emergency)
    return {
        "all": sum(orders.values()),
        "by class of data": {each.value: classes[each] for each in DataClass},
        "by issuing State": dict(sorted(states.items())),
        "emergencies": urgent,
        "other": sum(orders.values()) - urgent,
    }


VIEW = View(
    "e-evidence-article-28.json",
    "European orders, figures that a service may send to the Commission",
    "Regulation (EU) 2023/1543, Art. 28(4)",
    is_public=False,
    make=_make,
)
