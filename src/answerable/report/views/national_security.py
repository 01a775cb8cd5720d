"""What may be told of national security process in the United States: bands, and until when the rest must wait."""

from __future__ import annotations

from answerable.report.views.view import Counting, View, as_json


def _make(counting: Counting) -> list[bytes]:
    bands = counting.report.bands
    return as_json(
        {
            "period": counting.report.period,
            "law": bands.citation,
            "read_by_a_lawyer": bands.reviewed,
            "bands": [{"of": name, "from": low, "to": high} for name, (low, high) in bands.bands.items()],
            "rest_may_be_told_on": bands.later.isoformat() if bands.later else None,
            "these_demands_are_in_no_other_figure": True,
        }
    )


VIEW = View("national-security.json", "National security process in bands", "50 USC 1874", is_public=True, make=_make)
