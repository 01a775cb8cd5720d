"""Government demands to remove content, in the shape that the Lumen database takes notices in. Not checked against its service.

One notice for each demand that a published figure shows, and nothing that the figure does not show: no address, no name, no day.
Who wants to give the paper itself adds it by hand, after a person read it.
"""

from __future__ import annotations

from collections.abc import Iterator

from answerable.report.figures import Report
from answerable.report.views.view import Counting, View, as_json_list

_ACTION = {"carry out": "Yes", "carry out in part": "Partial", "refuse": "No", "contest": "No"}
_RECEIVED = "removals_by_state"


def _make(counting: Counting) -> Iterator[bytes]:
    figure = counting.report.figure(_RECEIVED)
    notices = ((_notice(counting.report, *cell.key), cell.rows) for cell in figure.cells)
    return as_json_list({"not_shown": figure.not_shown}, "notices", notices)


def _notice(report: Report, country: str, outcome: str, instrument: str) -> dict[str, object]:
    return {
        "notice": {
            "type": "GovernmentRequest",
            "title": f"Demand to remove content, {country}, {report.period}",
            "subject": f"{instrument}: {outcome}",
            "source": f"{report.provider}, report of {report.period}",
            "jurisdiction_list": country,
            "action_taken": _ACTION.get(outcome, "Unspecified"),
            "tag_list": f"answerable,{instrument}",
            "works_attributes": [{"description": "Not given: the report shows no address of content."}],
            "entity_notice_roles_attributes": [
                {"name": "recipient", "entity_attributes": {"name": report.provider, "kind": "organization"}},
                {"name": "sender", "entity_attributes": {"name": f"An authority of {country}", "kind": "organization"}},
            ],
        }
    }


VIEW = View("lumen.json", "Demands to remove, for the Lumen database", "lumendatabase.org", is_public=True, make=_make)
