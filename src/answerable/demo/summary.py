"""What did the route find, permit and withhold, in one file?"""

from __future__ import annotations

import json

from answerable.desk.models import Case, Event
from answerable.desk.wiring import Desk


def summary(machine: Desk, cases: dict[str, Case], main: str) -> bytes:
    """Return the summary of the main demand, with those of the others under `queue`, as indented JSON."""
    told = {name: _told(case) for name, case in cases.items()}
    whole = {**told[main], "origin": machine.settings.origin, "queue": told}
    return json.dumps(whole, indent=2, ensure_ascii=False).encode() + b"\n"


def _told(case: Case) -> dict[str, object]:
    case.refresh_from_db()
    assessment = case.assessment or {
        "findings": [],
        "withheld": [],
        "permitted": {"items": []},
        "requested": {"items": []},
    }
    counts = case.counts or {}
    is_bulk = len(assessment["requested"]["items"]) > 200
    return {
        "demand": case.reference,
        "state": case.state,
        "decision": case.decision["kind"] if case.decision else None,
        "findings": [
            {key: finding[key] for key in ("rule", "title", "outcome", "citation", "fact", "pack", "reviewed_by")}
            for finding in [*case.authenticity, *assessment["findings"]]
        ],
        "asked": {"people": case.identifiers, "records": counts.get("asked")}
        if is_bulk
        else {"items": assessment["requested"]["items"], "records": counts.get("asked")},
        "permitted": {"items": assessment["permitted"]["items"], "records": counts.get("permitted")},
        "withheld": {
            "items": len(assessment["withheld"]) if is_bulk else assessment["withheld"],
            "records": counts["asked"] - counts["permitted"] if counts else None,
        },
        "records_by_category": counts.get("by_category"),
        "package": case.package,
        "notice": case.notice,
        "log_entries": [
            {
                "serial": event.serial,
                "event": event.kind,
                "root": event.root,
                "epoch": event.slot.epoch_id,
                "slot": event.slot.position,
            }
            for event in Event.objects.filter(case=case).select_related("slot")
        ],
    }
