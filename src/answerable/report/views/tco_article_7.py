"""The figures of the transparency report on terrorist content: Regulation (EU) 2021/784, Art. 7(3). Exact numbers.

What the desk cannot know stands there as null, with who does: measures of one's own, content that came back, complaints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from answerable.report.counted import CountedDemand
from answerable.report.views.view import Counting, View, as_json

_ORGANISATION = "the organisation, outside the desk"


def _make(counting: Counting) -> bytes:
    orders = [each for each in counting.demands if each.instrument == "eu.tco.removal"]
    return as_json(
        {
            "law": VIEW.source,
            "period": counting.report.period,
            "points": [_point(letter, what, known) for letter, what, known in _points(orders)],
            "removal orders received": len(orders),
            "by issuing State": dict(sorted(Counter(each.country for each in orders).items())),
        }
    )


def _points(orders: Sequence[CountedDemand]) -> list[tuple[str, str, dict[str, object] | None]]:
    removed = sum(each.measures.get("removed", 0) + each.measures.get("access disabled", 0) for each in orders)
    refused = [each for each in orders if each.refused]
    put_back = [each for each in orders if each.measures.get("put back")]
    return [
        ("a", "measures to identify and remove terrorist content", None),
        ("b", "measures against content that comes back", None),
        (
            "c",
            "items removed or disabled after removal orders, orders not carried out, and why",
            {
                "items": removed,
                "orders not carried out": len(refused),
                "grounds": dict(Counter(each.grounds[0] for each in refused if each.grounds).most_common()),
            },
        ),
        ("d", "complaints and what came of them", None),
        ("e", "review proceedings brought by us", {"put to the authority": sum(bool(each.reply) for each in orders)}),
        (
            "f",
            "content put back after a review",
            {"orders": len(put_back), "items": sum(each.measures["put back"] for each in put_back)},
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
