"""For whom does a scan look, in the terms of a database? Keys as its columns hold them, bounds as its clock shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, cast

from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import Scan
from answerable.collect.wall_clock import spans

Clock = Literal["none", "utc", "wall"]  # no moments at all; moments of their own; readings without a zone
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,37}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OCTETS = re.compile(r"([0-9a-f]{2})*")


@dataclass(frozen=True, slots=True)
class Sought:
    """One target: its place in the scan, the values of its keys, and one span of its period."""

    place: int
    keys: tuple[str, ...]
    start: datetime | None = None
    end: datetime | None = None


def sought(scan: Scan, clock: Clock) -> list[Sought]:
    """Return whom a scan looks for. Bounds of a wall clock come without a zone, in two spans where it went forward."""
    found = []
    for place, target in enumerate(scan.targets):
        if len(target.subject) != len(scan.subject_columns):
            raise ValueError("a target needs one value for each subject column")
        both = (target.start, target.end) if scan.time_column and clock != "none" else (None, None)
        cut = spans(both[0], both[1], scan.zone) if clock == "wall" else (both,)
        found += [Sought(place, target.subject, start, end) for start, end in cut]
    return found


def sought_around(rule: IdentifierRule, identifiers: Sequence[Identifier], clock: Clock) -> list[Sought]:
    """Return whom a rule looks for: the identifier, within its seconds on both sides of its moment, both included."""
    slack, least = timedelta(seconds=rule.within_seconds), timedelta(microseconds=1)
    found = []
    for place, each in enumerate(identifiers):
        timed = rule.time and each.at and clock != "none"
        both = (each.at - slack, each.at + slack + least) if timed and each.at else (None, None)
        cut = spans(both[0], both[1], rule.zone) if clock == "wall" else (both,)
        found += [Sought(place, (each.value,), start, end) for start, end in cut]
    return found


def bound(wanted: Sequence[Sought], side: Literal["start", "end"]) -> tuple[bool, datetime | None]:
    """Return whether a side of the period differs between targets, and the widest bound: None where one is open."""
    values = {each.start if side == "start" else each.end for each in wanted}
    given = [each for each in values if each]
    widest = (min if side == "start" else max)(given) if given and None not in values else None
    return len(values) > 1, widest


def found_subjects(
    rows: Sequence[Sequence[object]], identifiers: Sequence[Identifier]
) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return the subjects of each identifier, two at most, from rows of a place and the values of the keys."""
    subjects: list[dict[tuple[str, ...], None]] = [{} for _ in identifiers]
    for place, *keys in rows:
        subjects[int(cast("int", place))][tuple(map(str, keys))] = None
    return tuple(tuple(each)[:2] for each in subjects)


def micros(moment: datetime) -> int:
    """Return the microseconds since 1970 of a moment, or of a reading as if it were UTC."""
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH) // timedelta(microseconds=1)


def is_text(value: str) -> bool:
    """Whether a database can hold this text at all: no NUL, no half of a surrogate pair."""
    return not _NO_TEXT.search(value)


def is_whole(low: int, high: int) -> Callable[[str], bool]:
    """Return the test whether a text is a whole number within bounds, written the one way a database writes it."""
    return lambda value: bool(_WHOLE.fullmatch(value)) and low <= int(value) <= high


def is_decimal(value: str) -> bool:
    """Whether a text is a decimal number, written as a database writes it."""
    return bool(_DECIMAL.fullmatch(value)) and len(value) <= 1000


def is_uuid(value: str) -> bool:
    """Whether a text is a UUID in small letters."""
    return bool(_UUID.fullmatch(value))


def is_octets(value: str) -> bool:
    """Whether a text is octets in small hexadecimal digits, as keys that are octets are written."""
    return bool(_OCTETS.fullmatch(value))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
