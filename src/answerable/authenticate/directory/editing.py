"""What does an edit change, and whose name stands on it? Two people; what stays the same keeps its day and its names."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from answerable.casefile.directory import Caution, DirectoryRecord, Entry, MailDomain, Number
from answerable.casefile.encoding import Record

Listed = TypeVar("Listed", Number, MailDomain)
_SHOWN = {
    "name": "Name", "other_names": "Other names", "country": "Country", "region": "Region", "kind": "Kind",
    "domains": "Mail domains", "numbers": "Telephone numbers", "organisation_identifiers": "Organisation identifiers",
    "certificates": "Seal certificates", "competent_for": "May use", "cautions": "Cautions", "source": "Source",
    "retired_on": "Retired on",
}  # fmt: skip


class Change(Record):
    """What one part of a record loses and gains, as words for the page."""

    part: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


class Signed(Record):
    """Who proposed an edit and when, who confirmed it and when."""

    proposed_by: str
    proposed_at: datetime
    confirmed_by: str
    confirmed_at: datetime


def put_in_force(before: DirectoryRecord | None, draft: DirectoryRecord, signed: Signed) -> DirectoryRecord:
    """Return the record as it stands after two people agreed on `draft`.

    An entry that was confirmed before, unchanged, keeps its day and names; every other gets theirs. Whatever days and
    names the draft claims count for nothing.
    """
    old = before if before is not None and before.is_confirmed else None
    return draft.model_copy(
        update={
            "numbers": tuple(_stamped(each, old.numbers if old else (), signed) for each in draft.numbers),
            "domains": tuple(_stamped(each, old.domains if old else (), signed) for each in draft.domains),
            "cautions": tuple(_agreed(each, before.cautions if before else (), signed) for each in draft.cautions),
            "added_on": before.added_on if before else signed.proposed_at.date(),
            "added_by": signed.proposed_by,
            "confirmed_by": signed.confirmed_by,
            "confirmed_at": signed.confirmed_at,
        }
    )


def changes(before: DirectoryRecord | None, after: DirectoryRecord) -> tuple[Change, ...]:
    """Return what an edit changes, part by part; days and names of entries are no change."""
    found = []
    for field, title in _SHOWN.items():
        old, new = (_words(record, field) for record in (before, after))
        if old != new:
            gone, added = tuple(each for each in old if each not in new), tuple(each for each in new if each not in old)
            found.append(Change(part=title, gone=gone, new=added))
    return tuple(found)


def _stamped(entry: Listed, before: tuple[Listed, ...], signed: Signed) -> Listed:
    same = next((each for each in before if _content(each) == _content(entry)), None)
    if same is not None and same.stands_since is not None:
        return same
    return entry.model_copy(
        update={
            "added_by": signed.proposed_by,
            "added_at": signed.proposed_at,
            "confirmed_by": signed.confirmed_by,
            "confirmed_at": signed.confirmed_at,
        }
    )


def _agreed(caution: Caution, before: tuple[Caution, ...], signed: Signed) -> Caution:
    same = next((each for each in before if each.id == caution.id), None)
    if same is not None:
        return caution.model_copy(update={"noted_by": same.noted_by, "confirmed_by": same.confirmed_by})
    return caution.model_copy(update={"noted_by": signed.proposed_by, "confirmed_by": signed.confirmed_by})


def _content(entry: Entry) -> dict[str, object]:
    return entry.model_dump(exclude={"added_at", "added_by", "confirmed_at", "confirmed_by"})


def _words(record: DirectoryRecord | None, field: str) -> tuple[str, ...]:
    value = getattr(record, field) if record is not None else None
    if value is None or value == ():
        return ()
    return tuple(_word(each) for each in value) if isinstance(value, tuple) else (str(value),)


def _word(value: object) -> str:
    if isinstance(value, Number):
        return f"{value.number}{f', {value.label}' if value.label else ''} (source: {value.source})"
    if isinstance(value, MailDomain):
        return f"{value.domain} (source: {value.source})"
    return caution_words(value) if isinstance(value, Caution) else str(value)


def caution_words(caution: Caution) -> str:
    """Return a caution as one line."""
    parts = [f"{caution.about.value}{f' {caution.value}' if caution.value else ''}: {caution.reason.value}"]
    parts.append(f"from {caution.starts_at:%d %B %Y}")
    parts += [f"until {caution.ends_at:%d %B %Y}"] if caution.ends_at else []
    parts += [f"case {caution.case}"] if caution.case else []
    parts += ["shared with other desks"] if caution.shared else []
    parts += [f"lifted on {caution.lifted_at:%d %B %Y}"] if caution.lifted_at else []
    parts += (
        [f"contested on {caution.contested_at:%d %B %Y}: {caution.reply or 'no words'}"] if caution.contested_at else []
    )
    return ", ".join(parts)
