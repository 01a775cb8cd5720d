"""What came in, when, by which way, and what does it say?"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Epoc, requested_scope
from answerable.casefile.order import Order, asked_scope
from answerable.casefile.scope import Moment, Scope

Sha512 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]


class Arrival(Record):
    """The bytes as they came: kept untouched, known by their digest."""

    received_at: Moment
    channel: Literal["portal", "email", "post", "file", "state system"]
    media_type: Literal["application/pdf", "application/json", "message/rfc822", "unreadable"]
    sha512: Sha512
    size: int


class Head(Record):
    """What every demand has at its head, whatever its law: who asks, from where, under which reference, about what.

    `names` are all the names that the paper gives the authority; `recipient` is the age recipient for the answer.
    """

    authority: str | None
    names: tuple[str, ...]
    kind: str | None
    country: str | None
    reference: str | None
    offence: str | None
    recipient: str | None
    send_to: str | None
    issued_on: date | None


class Demand(Record):
    """A demand that could be read. `instrument` chooses the law pack."""

    instrument: str
    form: Annotated[Epoc | Order, Field(discriminator="form")]
    arrival: Arrival

    @model_validator(mode="after")
    def _names_its_own_instrument(self) -> Self:
        if self.instrument != instrument_of(self.form):
            raise ValueError("the instrument is not the one the paper names")
        return self

    @property
    def requested(self) -> Scope:
        """Everything it asks for."""
        return requested_of(self.form)

    @property
    def people(self) -> int:
        """How many people it names, those of lines that were not read included."""
        return len(self.requested.identifiers) + self.left_out

    @property
    def left_out(self) -> int:
        """How many lines of a bulk demand were counted and not read."""
        return self.form.left_out if isinstance(self.form, Order) else self.form.E.left_out

    @property
    def head(self) -> Head:
        """Its head, read from the fields its form has for it."""
        return head_of(self.form)


def head_of(form: Epoc | Order) -> Head:
    """Return the head of a paper, read from the fields its form has for it."""
    if isinstance(form, Order):
        return Head(
            authority=form.requester.name,
            names=(form.requester.name,) if form.requester.name else (),
            kind=form.requester.kind,
            country=form.requester.country,
            reference=form.reference,
            offence=form.offence,
            recipient=form.encryption_key,
            send_to=form.requester.name,
            issued_on=form.issued_on,
        )
    return Head(
        authority=form.A.issuing_authority,
        names=tuple(dict.fromkeys(name for name in (form.A.issuing_authority, form.I.authority.name) if name)),
        kind=form.I.kind,
        country=form.A.issuing_state,
        reference=form.A.issuing_file_no or form.I.authority.file_number,
        offence=form.G.offence,
        recipient=form.L.encryption_key,
        send_to=form.L.contact.name or form.I.authority.name or form.A.issuing_authority,
        issued_on=form.I.signature_date,
    )


def claims_emergency(form: Epoc | Order) -> bool:
    """Whether the paper claims an emergency anywhere: a tick, a deadline of hours, a missing validation."""
    if isinstance(form, Order):
        return form.emergency.claimed or form.instrument.endswith(".emergency")
    return form.C.deadline == "emergency_8h" or bool(form.C.emergency) or form.I.no_prior_validation


def requested_of(form: Epoc | Order) -> Scope:
    """Return everything that a paper asks for."""
    return requested_scope(form) if isinstance(form, Epoc) else asked_scope(form)


def instrument_of(form: Epoc | Order) -> str:
    """Return the instrument that a paper claims to be."""
    return form.instrument if isinstance(form, Order) else form.form
