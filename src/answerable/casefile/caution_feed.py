"""What does a desk tell other desks of agencies whose name, domain or account was misused? docs/formats/caution.md.

A report, never a truth: it names who reports it, it ends by itself, it can be taken back, and the office's own reply
stands beside it. Nothing in it names a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from answerable.casefile.directory import (
    Caution,
    CautionAbout,
    CautionReason,
    DirectoryRecord,
    Domain,
    Fingerprint,
    Name,
    Reply,
    Telephone,
)
from answerable.casefile.encoding import Record, canonical
from answerable.casefile.epoc import Country
from answerable.casefile.scope import Moment

MOST_ENTRIES = 1_000
# A caution without an end of its own ends a year after it began, so that nobody stands accused for ever.
LONGEST = timedelta(days=365)
Publisher = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$", max_length=200)]


class FeedEntry(Record):
    """One caution. `agency` is the office whose name is used, as the directory has it: it is a victim, not a suspect."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    agency: Name
    country: Country
    about: CautionAbout
    domain: Domain | None = None
    telephone: Telephone | None = None
    account_sha256: Fingerprint | None = None
    reason: CautionReason
    starts_at: Moment
    expires_at: Moment
    retracted_at: Moment | None = None
    contested_at: Moment | None = None
    reply: Reply | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.about is CautionAbout.DOMAIN) != (self.domain is not None):
            raise ValueError("an entry about a domain names it, and no other does")
        if (self.about is CautionAbout.TELEPHONE) != (self.telephone is not None):
            raise ValueError("an entry about a number names it, and no other does")
        if not self.starts_at < self.expires_at <= self.starts_at + LONGEST:
            raise ValueError("an entry ends after it starts, within a year")
        return self

    def holds_at(self, moment: datetime) -> bool:
        """Whether it is in force at `moment`: begun, not expired, not taken back."""
        return self.starts_at <= moment < self.expires_at and (self.retracted_at is None or moment < self.retracted_at)


class CautionFeed(Record):
    """All cautions of one publisher as of `made_at`. Each feed replaces the one before: `number` only grows."""

    form: Literal["answerable.cautions"] = "answerable.cautions"
    version: Literal[1] = 1
    publisher: Publisher
    number: Annotated[int, Field(ge=1)]
    made_at: Moment
    expires_at: Moment
    entries: Annotated[tuple[FeedEntry, ...], Field(max_length=MOST_ENTRIES)] = ()

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.expires_at <= self.made_at:
            raise ValueError("a feed ends after it was made")
        if len({entry.id for entry in self.entries}) != len(self.entries):
            raise ValueError("a feed names a caution twice")
        return self

    @property
    def text(self) -> bytes:
        """What is signed: the canonical JSON and a line end."""
        return canonical(self) + b"\n"


def feed_of(records: Iterable[DirectoryRecord], *, publisher: str, number: int, at: datetime, days: int) -> CautionFeed:
    """Return the feed of every shared caution of the records that two people stand behind, newest first.

    What ended or was lifted more than a year ago is left out; what was lifted since is shown as taken back.
    """
    entries = [
        _entry(record, caution)
        for record in records
        for caution in record.cautions
        if caution.shared and caution.confirmed_by not in (None, caution.noted_by) and caution.starts_at <= at
    ]
    kept = [entry for entry in entries if at - entry.expires_at < LONGEST]
    kept.sort(key=lambda entry: (entry.starts_at, entry.id), reverse=True)
    return CautionFeed(
        publisher=publisher,
        number=number,
        made_at=at,
        expires_at=at + timedelta(days=days),
        entries=tuple(kept[:MOST_ENTRIES]),
    )


def _entry(record: DirectoryRecord, caution: Caution) -> FeedEntry:
    ends = min(caution.ends_at or caution.starts_at + LONGEST, caution.starts_at + LONGEST)
    return FeedEntry(
        id=caution.id,
        agency=record.name,
        country=record.country,
        about=caution.about,
        domain=caution.value if caution.about is CautionAbout.DOMAIN else None,
        telephone=caution.value if caution.about is CautionAbout.TELEPHONE else None,
        account_sha256=caution.account_sha256,
        reason=caution.reason,
        starts_at=caution.starts_at,
        expires_at=ends,
        retracted_at=caution.lifted_at,
        contested_at=caution.contested_at,
        reply=caution.reply,
    )
