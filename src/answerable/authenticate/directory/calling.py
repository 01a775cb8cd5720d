"""Which number may be called back about a demand? Only one that two people confirmed, long enough before it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from answerable.authenticate.directory.cautioning import cautions_at
from answerable.casefile.directory import CautionAbout, DirectoryRecord, Number

# Whoever can add a number can answer it: a month is time for others to see it. Our own rule, not one of law.
SETTLED_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class NumberAt:
    """A number of the directory as of one demand; `refused` says why it cannot be called about it, None that it can."""

    number: Number
    refused: str | None


def numbers_at(record: DirectoryRecord, received_at: datetime) -> tuple[NumberAt, ...]:
    """Return every number of the record with the reason why it cannot serve a demand received at `received_at`."""
    return tuple(NumberAt(number, _refused(record, number, received_at)) for number in record.numbers)


def usable_numbers(record: DirectoryRecord, received_at: datetime) -> tuple[Number, ...]:
    """Return the numbers that may be called about a demand received at `received_at` (with its zone)."""
    return tuple(each.number for each in numbers_at(record, received_at) if each.refused is None)


def _refused(record: DirectoryRecord, number: Number, received_at: datetime) -> str | None:
    if record.is_retired(received_at.date()):
        return "The record was retired before the demand came."
    if not record.is_confirmed:
        return "The record is a candidate: two people have not confirmed it."
    since = number.stands_since
    if since is None:
        return "Two people have not confirmed this number."
    if since > received_at:
        return f"It was added or changed on {since:%d %B %Y}, after the demand came."
    if received_at - since <= SETTLED_AFTER:
        return f"It was added or changed on {since:%d %B %Y}, within the 30 days before the demand came."
    if any(
        caution.about is CautionAbout.TELEPHONE and caution.value == number.number
        for caution in cautions_at(record, received_at)
    ):
        return "A caution about this number is in force."
    return None
