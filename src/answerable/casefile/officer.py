"""From whose account did it come? A passkey that its holder unlocked, a mail domain that was proved, an agency that lets its
own people in, somebody who stands for them.

What a passkey answered is kept as it came, so that anybody can check it again, years later and without the desk.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from answerable.casefile.directory import Domain, Telephone
from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Line
from answerable.casefile.evidence import Digest
from answerable.casefile.scope import Moment

Bytes = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,8192}$")]
"""Bytes as base64url without padding, as browsers write them."""


class PublicPasskey(Record):
    """The public half of a passkey, and for whom it was made: `host`, and the `origin` at which it may answer.

    `public_key` is a COSE key; `registered_at` is when the account holder made it here.
    """

    credential: Bytes
    public_key: Bytes
    host: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,253}$")]
    origin: Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9.:-]{1,260}$")]
    registered_at: Moment


class Assertion(Record):
    """What a passkey answered to one challenge. `counted` is its counter as it stood here before."""

    credential: Bytes
    client_data: Bytes
    authenticator_data: Bytes
    signature: Bytes
    counted: Annotated[int, Field(ge=0)] = 0
    at: Moment


class ProvenDomain(Record):
    """That somebody reads and writes mail at an authority: a code went to the address, and came back under its domain's signature."""

    authority: Line
    domain: Domain
    mail: Digest
    at: Moment


class Vouching(Record):
    """That a named supervisor, called at a number of the directory, said that the officer is theirs. `by` is who called."""

    authority: Line
    supervisor: Line
    post: Line
    number: Telephone
    source: Line
    by: Line
    at: Moment


class AgencySignOn(Record):
    """That an authority's own sign-on let the officer in: its server, which our settings pin to that authority, said who it is.

    `first_at` and `at` are the first time and the last one.
    """

    authority: Line
    issuer: Annotated[str, StringConstraints(pattern=r"^https?://[\x21-\x7e]{1,500}$")]
    first_at: Moment
    at: Moment


class SenderAccount(Record):
    """What is known of the account that sent a demand, as of its receipt.

    `agency` is None where the account is none of an agency's sign-on. `passkey` and `assertion` are those with which this very demand was confirmed; None where it was not.
    """

    passkey: PublicPasskey | None = None
    assertion: Assertion | None = None
    domain: ProvenDomain | None = None
    agency: AgencySignOn | None = None
    vouching: Vouching | None = None
    demands_before: Annotated[int, Field(ge=0)] = 0
    first_demand_at: Moment | None = None
