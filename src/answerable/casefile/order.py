"""What does a demand say that is not a European certificate? One plain form for every other instrument.

An order, a subpoena, a notice or a letter is entered, or sent, as these fields: who asks, under which law, about whom,
for what, until when, and whether silence is asked for. Every field may be missing, because what a paper leaves out is a
finding, not a reading error. `instrument` names the law it claims to stand on; the pack of that name judges it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from answerable.casefile.categories import BY_BOX
from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Box, Country, Language, Line, Text
from answerable.casefile.recipient import RecipientKey
from answerable.casefile.scope import Day, Identifier, IdentifierKind, Moment, Period, Scope, ScopeItem, scope_of

Instrument = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,4}(\.[a-z0-9_]+){1,3}$", max_length=60)]
Special = Literal[
    "future",
    "live",
    "standing",
    "decryption",
    "back_door",
    "facial_matching",
    "biometric_matching",
    "location_tracking",
]


_ACCOUNTS = frozenset(kind.value for kind in IdentifierKind)


class Requester(Record):
    """Who asks. `kind` is what the office is; `signed` and `sealed` are what the paper shows, not what was proved."""

    name: Line | None = None
    country: Country | None = None
    region: Line | None = None
    kind: (
        Literal["judge", "prosecutor", "police", "intelligence", "regulator", "agency", "ministry", "party", "other"]
        | None
    ) = None
    official: Line | None = None
    post: Line | None = None
    email: Line | None = None
    tel: Line | None = None
    signed: bool = False


class Approval(Record):
    """Who approved it besides the requester: a judge, a prosecutor, an independent office; and by which standard."""

    by: Literal["judge", "prosecutor", "independent office", "minister", "official"] | None = None
    name: Line | None = None
    standard: Literal["relevance", "specific and articulable facts", "probable cause", "certification"] | None = None
    given_on: Day | None = None


class Asked(Record):
    """One selector with the boxes of data and the time ranges asked about it. `people` is how many it would touch, if known.

    Kinds beyond an account (`area`, `tower`, `keyword`, `ip_range`, `group`, `everybody`) are reverse or bulk demands.
    """

    kind: Literal[
        "user", "email", "tel", "ip", "imei", "mac", "other", "area", "tower", "keyword", "ip_range", "group", "everybody"
    ]  # fmt: skip
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    at: Moment | None = None
    time_ranges: tuple[Period, ...] = ()
    boxes: tuple[Box, ...] = ()
    people: int | None = None

    @property
    def identifier(self) -> Identifier:
        """The selector as an identifier; what names no account is `other`."""
        known = self.kind if self.kind in _ACCOUNTS else IdentifierKind.OTHER
        return Identifier(kind=IdentifierKind(known), value=self.value, at=self.at)


class Item(Record):
    """One piece of content that is to be removed, with the restriction asked for and where it is to hold."""

    url: Line | None = None
    description: Text | None = None
    kind: Literal["remove", "disable access", "block", "suspend account"] = "remove"
    territory: tuple[Country, ...] = ()
    worldwide: bool = False

    @property
    def name(self) -> str:
        """The address of the content, else its description; empty where the paper gives neither."""
        return self.url or (self.description or "")[:1_000]


class Secrecy(Record):
    """Silence: asked for in a letter, ordered by a court or an office, or a duty of the law itself."""

    kind: Literal["none", "requested", "ordered", "statutory"] = "none"
    by: Literal["judge", "official"] | None = None
    until: Day | None = None
    days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    reason: Text | None = None
    renewals: int = 0

    @property
    def binds(self) -> bool:
        """Whether this is more than a wish."""
        return self.kind in ("ordered", "statutory")

    @property
    def is_indefinite(self) -> bool:
        """Whether it binds and has no end."""
        return self.binds and self.until is None and self.days is None


class Emergency(Record):
    """An emergency that is claimed: what threatens, whom it threatens, and the facts."""

    claimed: bool = False
    threat: Literal["death", "serious injury", "safety", "property", "other"] | None = None
    facts: Text | None = None
    is_past: bool = False


class Order(Record):
    """A demand under any law but the European certificates."""

    form: Literal["order"] = "order"
    version: Literal[1] = 1
    instrument: Instrument
    language: Language = "en"
    reference: Line | None = None
    requester: Requester = Requester()
    approval: Approval = Approval()
    addressed_to: Line | None = None
    issued_on: Day | None = None
    legal_basis: Text | None = None
    offence: Text | None = None
    reasons: Text | None = None
    redress: Text | None = None
    due: Moment | None = None
    asked: Annotated[tuple[Asked, ...], Field(max_length=2_000_000)] = ()
    left_out: Annotated[int, Field(ge=0)] = 0
    items: tuple[Item, ...] = ()
    secrecy: Secrecy = Secrecy()
    emergency: Emergency = Emergency()
    special: tuple[Special, ...] = ()
    preserve_days: int | None = None
    earlier_reference: Line | None = None
    earlier_issued_on: Day | None = None
    earlier_extended: bool = False
    encryption_key: RecipientKey | None = None
    attestations: tuple[Line, ...] = ()
    told_other_authority: bool = False
    text: Annotated[str, StringConstraints(max_length=200_000)] = ""


def asked_scope(form: Order) -> Scope:
    """Return what the order asks for: each selector × category × time range; no range at all leaves the period None."""
    return scope_of(
        ScopeItem(identifier=identifier, category=BY_BOX[box].code, period=period)
        for line in form.asked
        for identifier in (line.identifier,)
        for box in line.boxes
        for period in line.time_ranges or (None,)
    )
