"""What a service may collect on European orders: Regulation (EU) 2023/1543, Art. 28(4).

Received, by class of data, issuing State and emergency or not; fulfilled and not fulfilled by the same split; average time to
answer, in whole hours. A demand for several classes is counted under each. Exact numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import mean

from answerable.casefile.categories import DataClass
from answerable.report.counted import OPEN, CountedDemand
from answerable.report.views.view import Counting, View, as_json

_ORDERS = {"eu.epoc": "production orders", "eu.epoc_pr": "preservation orders"}


def _make(counting: Counting) -> bytes:
    told = {
        name: _of([each for each in counting.demands if each.instrument == instrument])
        for instrument, name in _ORDERS.items()
    }
    return as_json({"law": VIEW.source, "period": counting.report.period, **told})


def _of(orders: Sequence[CountedDemand]) -> dict[str, object]:
    fulfilled = [each for each in orders if each.answered or each.carried_out]
    waiting = [each for each in orders if each.outcome == OPEN]
    other = [each for each in orders if each not in fulfilled and each not in waiting]
    hours = [each.hours_to_answer for each in fulfilled if each.hours_to_answer is not None]
    return {
        "received": _split(orders),
        "fulfilled": _split(fulfilled),
        "not fulfilled": _split(other),
        "not answered yet": _split(waiting),
        "average hours to answer": round(mean(hours)) if hours else None,
        "average hours to answer, emergencies": _average(fulfilled),
    }


def _average(orders: Iterable[CountedDemand]) -> int | None:
    hours = [each.hours_to_answer for each in orders if each.emergency and each.hours_to_answer is not None]
    return round(mean(hours)) if hours else None


def _split(orders: Sequence[CountedDemand]) -> dict[str, object]:
    classes = Counter(each for order in orders for each in order.asked)
    return {
        "all": len(orders),
        "by class of data": {each.value: classes[each] for each in DataClass},
        "by issuing State": dict(sorted(Counter(each.country for each in orders).items())),
        "emergencies": sum(each.emergency for each in orders),
        "other": sum(not each.emergency for each in orders),
    }


VIEW = View(
    "e-evidence-article-28.json",
    "European orders, figures that a service may send to the Commission",
    "Regulation (EU) 2023/1543, Art. 28(4)",
    is_public=False,
    make=_make,
)
