"""The figures of the transparency report on terrorist content: Regulation (EU) 2021/784, Art. 7(3). Exact numbers.

What the desk cannot know stands there as null, with who does: measures of one's own, content that came back, complaints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from answerable.report.counted import CountedDemand
from answerable.report.views.view import Counting, View, as_json

_ORGANISATION = "the organisation, outside the desk"


class _Order(NamedTuple):
    """What is told of a removal order. `ground` is empty where none is given, or where it was not refused."""

    country: str
    refused: bool
    ground: str
    removed: int
    put_back: int
    replied: bool


_Orders = Mapping[_Order, int]


def _make(counting: Counting) -> list[bytes]:
    orders = Counter(_order(each) for each in counting.demands if each.instrument == "eu.tco.removal")
    return as_json(
        {
            "law": VIEW.source,
            "period": counting.report.period,
            "points": [_point(letter, what, known) for letter, what, known in _points(orders)],
            "removal orders received": sum(orders.values()),
            "by issuing State": dict(sorted(_counted(orders, "country").items())),
        }
    )


def _order(demand: CountedDemand) -> _Order:
    return _Order(
        country=demand.country,
        refused=demand.refused,
        ground=demand.grounds[0] if demand.refused and demand.grounds else "",
        removed=demand.measures.get("removed", 0) + demand.measures.get("access disabled", 0),
        put_back=demand.measures.get("put back", 0),
        replied=bool(demand.reply),
    )


def _counted(orders: _Orders, of: str) -> Counter[str]:
    counted = Counter[str]()
    for each, times in orders.items():
        counted[getattr(each, of)] += times
    return counted


def _points(orders: _Orders) -> list[tuple[str, str, dict[str, object] | None]]:
    grounds = _counted(orders, "ground")
    grounds.pop("", None)
    return [
        ("a", "measures to identify and remove terrorist content", None),
        ("b", "measures against content that comes back", None),
        (
            "c",
            "items removed or disabled after removal orders, orders not carried out, and why",
            {
                "items": sum(each.removed * times for each, times in orders.items()),
                "orders not carried out": sum(times for each, times in orders.items() if each.refused),
                "grounds": dict(grounds.most_common()),
            },
        ),
        ("d", "complaints and what came of them", None),
        (
            "e",
            "review proceedings brought by us",
            {"put to the authority": sum(times for each, times in orders.items() if each.replied)},
        ),
        (
            "f",
            "content put back after a review",
            {
                "orders": sum(times for each, times in orders.items() if each.put_back),
                "items": sum(each.put_back * times for each, times in orders.items()),
            },
        ),
        ("g", "content put back after a complaint of who posted it", None),
    ]


def _point(letter: str, what: str, known: dict[str, object] | None) -> dict[str, object]:
    return {"point": letter, "of": what, "figures": known, "known by": "the desk" if known else _ORGANISATION}


VIEW = View(
    "tco-article-7.json",
    "Transparency report on terrorist content",
    "Regulation (EU) 2021/784, Art. 7(3)",
    is_public=False,
    make=_make,
)
