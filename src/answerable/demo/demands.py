"""Which demands lie in the queue of the demo? One lawful, one emergency, one too broad, one forged, one bulk; and two that
ask for no data: to remove a post, and to preserve what an account holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from answerable.casefile.epoc import Epoc
from answerable.casefile.order import Order

AUTHORITY = "Untersuchungsrichteramt Musterstadt"
ORGANISATION = "VATDE-000000001"


def orders(now: datetime, recipient: str) -> dict[str, Epoc]:
    """Return the five certificates by name, dated to `now`, to be answered to the age `recipient`."""
    month = _range(now - timedelta(days=30), now - timedelta(hours=1))
    day = _range(now - timedelta(days=3), now - timedelta(hours=1))
    return {
        "lawful": _form(
            now, recipient, [("email", "mara.lind@mail.example", month, ["a1", "a2", "a6", "b1", "c.ii.1", "c.ii.4"])]
        ),
        "emergency": _form(
            now,
            recipient,
            [("user", "jonas.velt", day, ["a1", "b1"])],
            C={
                "deadline": "emergency_8h",
                "emergency": ["life"],
                "additional": "A person announced on the service, an hour ago, that they would be dead tonight.",
            },
            A={"issuing_file_no": "12 Gs 882/26"},
        ),
        "broad": _form(
            now,
            recipient,
            [("user", "old.harbour", month, ["a1", "b1", "c.ii.1", "d4", "d3"])],
            A={"issuing_file_no": "12 Gs 883/26"},
            G={"thresholds": []},
        ),
        "forged": _form(
            now, recipient, [("user", "mara.lind", month, ["a1", "a2", "d4"])], A={"issuing_file_no": "12 Gs 884/26"}
        ),
        "bulk": _form(
            now,
            recipient,
            [("user", f"sailor{number}", month, ["a1"]) for number in range(3, 1203)],
            A={"issuing_file_no": "12 Gs 885/26"},
        ),
    }


def actions(now: datetime, recipient: str) -> dict[str, Epoc | Order]:
    """Return the two demands that ask for no data by name, dated to `now`: a removal order and a preservation order."""
    month = _range(now - timedelta(days=30), now - timedelta(hours=1))
    preserved = _form(
        now,
        recipient,
        [("user", "jonas.velt", month, ["a1", "b1", "c.ii.1", "d4"])],
        A={"issuing_file_no": "12 Gs 887/26"},
        H={"authority_delays": False, "because": []},
    )
    plain = preserved.model_dump(mode="json") | {"form": "eu.epoc_pr", "C": {}, "L": {}}
    return {"removal": removal(now), "preservation": Epoc.model_validate(plain)}


def removal(now: datetime, *, reference: str = "12 Gs 886/26") -> Order:
    """Return an order to remove two posts of terrorist content, of the demo's court, complete."""
    return Order.model_validate(
        {
            "form": "order",
            "instrument": "eu.tco.removal",
            "reference": reference,
            "requester": {
                "name": AUTHORITY,
                "country": "DE",
                "kind": "judge",
                "official": "I. Albrecht",
                "post": "investigating judge",
                "email": "gericht@musterstadt.example",
                "signed": True,
            },
            "addressed_to": "Harbour Forum B.V., orders@harbourforum.example",
            "issued_on": now.date().isoformat(),
            "legal_basis": "Regulation (EU) 2021/784, Art. 3(1)",
            "reasons": "Both posts incite to attack the ferry terminal of Musterstadt, type (a) of Section B.",
            "redress": "Administrative court of Musterstadt, within one month; the person who posted it too.",
            "told_other_authority": True,
            "earlier_reference": "12 Gs 402/26",
            "earlier_issued_on": (now - timedelta(days=90)).date().isoformat(),
            "items": [
                {"url": "https://harbourforum.example/t/88412/p/3", "description": "third post of the thread"},
                {"url": "https://harbourforum.example/t/88412/p/9", "description": "the picture in the ninth post"},
            ],
        }
    )


def _form(
    now: datetime, recipient: str, lines: list[tuple[str, str, Any, list[str]]], **changes: dict[str, Any]
) -> Epoc:
    sections: dict[str, dict[str, Any]] = {
        "A": {"issuing_state": "DE", "issuing_authority": AUTHORITY, "issuing_file_no": "12 Gs 881/26"},
        "B": {"addressee": "Harbour Forum B.V.", "addressee_kind": ["designated_establishment"]},
        "C": {"deadline": "asap_10d"},
        "E": {
            "evidence": [
                {"kind": kind, "value": value, "time_ranges": [period], "boxes": boxes}
                for kind, value, period, boxes in lines
            ]
        },
        "G": {
            "concerns": ["proceedings"],
            "offence": "Extortion of a forum member, section 253 of the Criminal Code of the issuing State",
            "thresholds": ["3y"],
            "addressed_to": "controller",
        },
        "H": {"authority_delays": True, "because": ["inquiries"]},
        "I": {
            "kind": "judge",
            "authority": {
                "name": AUTHORITY,
                "post": "investigating judge",
                "tel": "+49 30 5550199",
                "email": "gericht@musterstadt.example",
            },
            "signature_date": now.date().isoformat(),
        },
        "L": {"to": ["issuing"], "contact": {"name": AUTHORITY}, "encryption_key": recipient},
    }
    for name, change in changes.items():
        sections[name] |= change
    return Epoc.model_validate(sections)


def _range(start: datetime, end: datetime) -> dict[str, str]:
    return {"start": start.isoformat(), "end": end.isoformat()}
