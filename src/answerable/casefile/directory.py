"""What do we know of an authority: under which names, domains and numbers, from whom, since when, confirmed by whom?

A record comes from us, never from a demand. What an import brings is a candidate: it serves for nothing until two people
stand behind it.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Country, Line
from answerable.casefile.order import Instrument
from answerable.casefile.parties import Authority, AuthorityKind
from answerable.casefile.scope import Day, Moment

RecordId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,78}[a-z0-9])?$")]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Telephone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
Domain = Annotated[
    str,
    StringConstraints(pattern=r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$", max_length=253),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
_MOST = 200
_CONTACT = re.compile(r"@|[0-9][0-9 ()/.-]{5,}[0-9]")


def _without_contacts(text: str) -> str:
    if _CONTACT.search(text):
        raise ValueError("a reply holds no address and no number of anybody")
    return text


Reply = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000), AfterValidator(_without_contacts)
]


def hashed_account(caution: str, address: str) -> str:
    """Return the digest of an address for one caution: SHA-256 of the caution's id, a line end, and the address in small
    letters. The id is the salt, so that one address in two cautions is not seen to be one."""
    return hashlib.sha256(f"{caution}\n{address.strip().casefold()}".encode()).hexdigest()


class Entry(Record):
    """One entry of a record: where it comes from, since when, who added it and which second person confirmed it."""

    source: Name
    added_at: Moment
    added_by: Name
    confirmed_at: Moment | None = None
    confirmed_by: Name | None = None

    @property
    def stands_since(self) -> Moment | None:
        """When two people stood behind it, or None where they do not. The later of both moments counts."""
        if self.confirmed_at is None or self.confirmed_by is None or self.confirmed_by == self.added_by:
            return None
        return max(self.added_at, self.confirmed_at)


class Number(Entry):
    """A telephone number with its country code, and what answers there. A fax is no number to call back."""

    number: Telephone
    label: Line | None = None


class MailDomain(Entry):
    """A domain from which the authority writes."""

    domain: Domain


class CautionReason(StrEnum):
    """Why care is needed. A closed list: free words would carry somebody's name one day."""

    FORGED_DEMAND = "a forged demand used its name"
    MAILBOX_TAKEN_OVER = "a mailbox was taken over"
    LOOK_ALIKE = "a domain imitates it"
    PORTAL_ACCOUNT = "a portal account was sold or taken over"
    SEAL_KEY = "a signing key was stolen"
    NUMBER_DIVERTED = "a telephone number was diverted"


class CautionAbout(StrEnum):
    """What a caution is about."""

    AGENCY = "agency"
    DOMAIN = "domain"
    ACCOUNT = "account"
    TELEPHONE = "telephone"


class Caution(Record):
    """Care that is needed from `starts_at` up to, not including, `ends_at` (None: until it is lifted).

    `value` is the domain or the number. An account is never named: `account_sha256` is the salted digest of its address, by
    which who knows the address knows it again, or None where even that is left out. `case` is the incident it comes from.
    `shared` ones go into our feed. The office can contest one: `contested_at`, and `reply`, which is its own word.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    about: CautionAbout
    value: Domain | Telephone | None = None
    account_sha256: Fingerprint | None = None
    reason: CautionReason
    starts_at: Moment
    ends_at: Moment | None = None
    noted_by: Name
    confirmed_by: Name | None = None
    case: Line | None = None
    shared: bool = False
    lifted_at: Moment | None = None
    contested_at: Moment | None = None
    reply: Reply | None = None

    @model_validator(mode="after")
    def _names_what_it_is_about(self) -> Self:
        needs = self.about in (CautionAbout.DOMAIN, CautionAbout.TELEPHONE)
        if needs != (self.value is not None):
            raise ValueError("a caution about a domain or a number names it, and no other does")
        if self.account_sha256 is not None and self.about is not CautionAbout.ACCOUNT:
            raise ValueError("only a caution about an account carries the digest of one")
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("a caution ends after it starts")
        return self

    def holds_at(self, moment: Moment) -> bool:
        """Whether it is in force at `moment`."""
        ends = min((each for each in (self.ends_at, self.lifted_at) if each is not None), default=None)
        return self.starts_at <= moment and (ends is None or moment < ends)


class DirectoryRecord(Record):
    """What the directory says of one authority.

    `organisation_identifiers` and `certificates` (SHA-256 fingerprints) are those of its seals. `competent_for` are the
    instruments that `source` says it may use. A candidate has no `confirmed_by`. From `retired_on` on it serves no more.
    """

    id: RecordId
    name: Name
    other_names: Annotated[tuple[Name, ...], Field(max_length=_MOST)] = ()
    country: Country
    region: Line | None = None
    kind: AuthorityKind
    domains: Annotated[tuple[MailDomain, ...], Field(max_length=_MOST)] = ()
    numbers: Annotated[tuple[Number, ...], Field(max_length=_MOST)] = ()
    organisation_identifiers: Annotated[tuple[Name, ...], Field(max_length=_MOST)] = ()
    certificates: Annotated[tuple[Fingerprint, ...], Field(max_length=_MOST)] = ()
    competent_for: Annotated[tuple[Instrument, ...], Field(max_length=_MOST)] = ()
    cautions: Annotated[tuple[Caution, ...], Field(max_length=1_000)] = ()
    source: Name
    added_on: Day
    added_by: Name
    confirmed_by: Name | None = None
    confirmed_at: Moment | None = None
    retired_on: Day | None = None

    @model_validator(mode="after")
    def _names_nothing_twice(self) -> Self:
        for each in (
            [number.number for number in self.numbers],
            [domain.domain for domain in self.domains],
            list(self.certificates),
            list(self.organisation_identifiers),
            [caution.id for caution in self.cautions],
        ):
            if len(set(each)) != len(each):
                raise ValueError("a record names a number, a domain, a seal or a caution twice")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Its legal name, then the others."""
        return (self.name, *self.other_names)

    @property
    def is_confirmed(self) -> bool:
        """Whether two people stand behind it."""
        return self.confirmed_by is not None and self.confirmed_by != self.added_by

    def serves_on(self, day: date) -> bool:
        """Whether it is confirmed, and not retired by `day`."""
        return self.is_confirmed and not self.is_retired(day)

    def is_retired(self, day: date) -> bool:
        """Whether the authority had ended, or the record was withdrawn, by `day`."""
        return self.retired_on is not None and self.retired_on <= day

    @property
    def authorities(self) -> tuple[Authority, ...]:
        """The record as seals are compared with it: one for each organisation identifier, or one for all where it has none."""
        identifiers: tuple[str | None, ...] = self.organisation_identifiers or (None,)
        return tuple(
            Authority(
                id=self.id,
                name=self.name,
                country=self.country,
                kind=self.kind,
                organisation_identifier=identifier,
                certificates=self.certificates if place == 0 else (),
                telephone=None,
                source=self.source,
                added_on=self.added_on,
            )
            for place, identifier in enumerate(identifiers)
        )
