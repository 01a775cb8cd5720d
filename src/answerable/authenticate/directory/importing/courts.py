"""Which courts of the United States are there? The open list courts-db, as candidates; what ended is retired."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from answerable.authenticate.directory.importing.csv_reading import Fault, Read, decoded
from answerable.casefile.directory import DirectoryRecord
from answerable.errors import MalformedDirectory

_SOURCE = "List of courts (courts-db)"
_ABROAD = ("international", "extraterritorial", "colonial")
_MOST = 50_000
_FIRST_DAY = date(1800, 1, 1)  # of our calendar; what ended before has ended all the same


def courts(content: bytes, at: datetime) -> Read[DirectoryRecord]:
    """Return one candidate a court of the United States. Refuses a file that is not that list.

    The list gives its place in it, not a line, because it is JSON: entry 1 is the first.
    """
    made: list[DirectoryRecord] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for place, entry in enumerate(_entries(content), start=1):
        if isinstance(entry, dict) and entry.get("system") in _ABROAD:
            continue
        record = _record(entry, at)
        if record is None or record.id in seen:
            faults.append(Fault(place, "the entry has no name, or an identifier that is missing, odd or there twice"))
            continue
        seen.add(record.id)
        made.append(record)
    return Read(tuple(made), tuple(faults))


def _entries(content: bytes) -> list[Any]:
    try:
        entries = json.loads(decoded(content))
    except (ValueError, RecursionError) as fault:
        raise _malformed("directory.not-a-list", "It is not JSON that can be read.") from fault
    if not isinstance(entries, list) or not entries or len(entries) > _MOST:
        raise _malformed("directory.not-a-list", "It is no list of courts.")
    return entries


def _record(entry: Any, at: datetime) -> DirectoryRecord | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        return None
    others = [entry.get("name_abbreviation"), *(entry.get("examples") or [])[:20]]
    name = entry["name"].strip()
    try:
        return DirectoryRecord(
            id=f"us-court-{_slug(entry.get('id'))}",
            name=name[:400],
            other_names=tuple(
                dict.fromkeys(
                    each.strip()[:400] for each in others if isinstance(each, str) and each.strip() not in ("", name)
                )
            ),
            country="US",
            region=str(entry.get("location") or "")[:200] or None,
            kind="judge",
            source=_SOURCE,
            added_on=at.date(),
            added_by="import us-courts",
            retired_on=_ended(entry.get("dates")),
        )
    except ValidationError:
        return None


def _slug(identifier: object) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", str(identifier or "").lower()).strip("-.")[:60]


def _ended(dates: object) -> date | None:
    """Return the last day of a court whose every time has an end, or None."""
    ends = [each.get("end") for each in dates if isinstance(each, dict)] if isinstance(dates, list) else []
    known = [end for end in ends if isinstance(end, str)]
    if not known or len(known) < len(ends):
        return None
    try:
        return max(_FIRST_DAY, *(date.fromisoformat(end[:10]) for end in known))
    except ValueError:
        return None


def _malformed(code: str, why: str) -> MalformedDirectory:
    return MalformedDirectory(
        code, what="The list of courts cannot be read.", why=why, next_step="Fetch the list again from its project."
    )
