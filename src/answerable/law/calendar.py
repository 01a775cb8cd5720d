"""When does a period end? The strict moment, counted from the minute, and the legal one, by Regulation 1182/71.

Regulation (EEC, Euratom) No 1182/71, Art. 3: the hour or day of the event does not count; a period in days that ends on a
Saturday, Sunday or public holiday runs to the end of the next working day; hours run through everything. Whether 1182/71
governs a given period is the pack's to say. Hours are counted in UTC, so summer time changes nothing.

Regulation 1182/71 says nothing of a period that rests. Here it stands still from the question to the answer, and what was
left of it runs on: by the minute in the strict count, by whole days in the legal one. Whether it rests is the pack's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from answerable.casefile.assessment import Suspension
from answerable.casefile.encoding import Record
from answerable.law.pack import load_yaml


class Holidays(Record):
    """The public holidays of one country: our own table, with its version and source."""

    country: str
    version: str
    source: str
    days: dict[date, str]


@dataclass(frozen=True, slots=True)
class Ends:
    """Two ends of one period, and how the legal one was found, as sentences."""

    strict: datetime
    legal: datetime
    working: tuple[str, ...]


@lru_cache
def holidays(country: str) -> Holidays | None:
    """Return the table of a country, or None where we have none."""
    place = files("answerable.law").joinpath("holidays", f"{country.lower()}.yaml")
    return Holidays.model_validate(load_yaml(place.read_text(encoding="utf-8"))) if place.is_file() else None


def after_hours(start: datetime, hours: int, *, rests: tuple[Suspension, ...] = ()) -> Ends:
    """Return when `hours` from `start` end: from the minute, and by Art. 3(1) and (2)(a), from the next full hour."""
    begin = start.astimezone(UTC)
    counted = begin.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    strict, said = _moved(begin + timedelta(hours=hours), begin, rests)
    legal, _ = _moved(counted + timedelta(hours=hours), begin, rests)
    return Ends(
        strict=strict,
        legal=legal,
        working=(
            f"{hours} hour{'s'[: hours != 1]} from receipt, counted from the minute: the time we work to.",
            "Hours run through nights, weekends and holidays.",
            "Regulation 1182/71, Art. 3(1): the hour of receipt does not count, so the legal end is on a full hour.",
            *said,
        ),
    )


def after_days(start: datetime, days: int, *, zone: str, country: str, rests: tuple[Suspension, ...] = ()) -> Ends:
    """Return when `days` from `start` end: to the minute, and at the end of the last day by Art. 3(1), (2)(b) and (4)."""
    place, table = ZoneInfo(zone), holidays(country)
    begin, last = start.astimezone(UTC), start.astimezone(place).date() + timedelta(days=days)
    working = [
        f"{days} day{'s'[: days != 1]} from receipt, counted from the minute: the time we work to.",
        f"Regulation 1182/71, Art. 3(1): the day of receipt does not count; the last day is {last:%A %d %B %Y}.",
    ]
    if table is None:
        working.append(f"No table of public holidays for {country}: only Saturdays and Sundays are skipped.")
    strict, said = _moved(begin + timedelta(days=days), begin, rests)
    last, rested = _moved_days(last, begin, rests, place=place, table=table)
    if rested:
        working += [*said, f"In whole days it rested {rested}; the last day is then {last:%A %d %B %Y}."]
    else:
        working += said
    while reason := _no_working_day(last, table):
        last += timedelta(days=1)
        working.append(f"Art. 3(4): that day is {reason}, so the period runs to {last:%A %d %B %Y}.")
    legal = _end_of(last, place)
    return Ends(min(strict, legal), legal, tuple(working))


def after_working_days(start: datetime, days: int, *, zone: str, country: str) -> Ends:
    """Return when `days` working days from `start` end: at the end of the last one, in both counts (Art. 2(2), 3(1))."""
    place, table = ZoneInfo(zone), holidays(country)
    last, left = start.astimezone(place).date(), days
    while left:
        last += timedelta(days=1)
        left -= _no_working_day(last, table) is None
    end = _end_of(last, place)
    working = [
        f"{days} working days; the day on which they begin does not count; the last one is {last:%A %d %B %Y}.",
    ]
    if table is None:
        working.append(f"No table of public holidays for {country}: only Saturdays and Sundays are skipped.")
    return Ends(end, end, tuple(working))


def _effective(begin: datetime, rests: tuple[Suspension, ...]) -> Iterator[tuple[datetime, datetime | None]]:
    """Yield each time in which the period rests, once: what overlaps counts once, what never ends covers what follows."""
    endless = min((each.since for each in rests if each.until is None), default=None)
    free = begin
    for since, until in sorted((each.since, each.until) for each in rests if each.until is not None):
        first, last = max(since, free), until if endless is None else min(until, endless)
        if last > first:
            yield first, last
            free = last
    if endless is not None:
        yield max(endless, free), None


def _moved(end: datetime, begin: datetime, rests: tuple[Suspension, ...]) -> tuple[datetime, list[str]]:
    """Return `end` moved by what rested before it came, with each step in words."""
    said = []
    for since, until in _effective(begin, rests):
        if since >= end:
            said.append(f"Asked on {since:%d %B %Y, %H:%M} UTC, after the period had ended: it does not rest.")
            break
        if until is None:
            said.append(
                f"It rests since {since:%d %B %Y, %H:%M} UTC: no answer has come, and {_span(end - since)} are left."
            )
            break
        left = _span(end - since)
        end += until - since
        said.append(
            f"Asked on {since:%d %B %Y, %H:%M} UTC, answered on {until:%d %B %Y, %H:%M} UTC: it rested for"
            f" {_span(until - since)}. The {left} that were left run on, to {end:%d %B %Y, %H:%M} UTC."
        )
    return end, said


def _moved_days(
    last: date, begin: datetime, rests: tuple[Suspension, ...], *, place: ZoneInfo, table: Holidays | None
) -> tuple[date, int]:
    """Return the last day moved by the whole days that rested before the period had ended, and how many these are."""
    moved = 0
    for since, until in _effective(begin, rests):
        asked, ends = since.astimezone(place).date(), last
        while _no_working_day(ends, table):
            ends += timedelta(days=1)
        if until is None or asked > ends:
            break
        days = (until.astimezone(place).date() - asked).days
        last, moved = (ends if asked > last else last) + timedelta(days=days), moved + days
    return last, moved


def _span(length: timedelta) -> str:
    """Return a length of time as days, hours and minutes."""
    minutes = int(length.total_seconds() // 60)
    parts = ((minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute"))
    said = [f"{number} {unit}{'s'[: number != 1]}" for number, unit in parts if number]
    return " ".join(said) or "less than a minute"


def _end_of(day: date, place: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), place).astimezone(UTC)


def _no_working_day(day: date, table: Holidays | None) -> str | None:
    if day.weekday() >= 5:
        return f"a {day:%A}"
    return f"a public holiday ({table.days[day]})" if table and day in table.days else None
