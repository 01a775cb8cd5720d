"""What does a European Production Order Certificate say? Annex I of Regulation (EU) 2023/1543, Sections A to L.

One difference from the printed form: the form has one flat tree of ticks in Section F; here each identifier of Section E
carries its own categories and time ranges, and the flat ticks are derived (`ticked_boxes`). Every field may be missing,
because an incomplete certificate is a finding (Art. 10(6)), not a reading error; an unknown field is a reading error.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints

from answerable.casefile.categories import BY_BOX, DataClass
from answerable.casefile.encoding import Record
from answerable.casefile.recipient import RecipientKey
from answerable.casefile.scope import Day, Identifier, IdentifierKind, Moment, Period, Scope, ScopeItem, scope_of

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Box = Literal[
    "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "b1", "b3",
    "c.i.1", "c.i.2", "c.i.3", "c.i.4", "c.i.5", "c.i.6",
    "c.ii.1", "c.ii.2", "c.ii.3", "c.ii.4", "c.ii.5", "c.ii.6",
    "c.iii.1", "c.iii.2", "c.iii.3", "c.iv.1", "c.iv.2", "c.iv.3",
    "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9",
]  # fmt: skip


_AROUND = timedelta(minutes=1)


class Contact(Record):
    """How to reach an office."""

    name: Line | None = None
    address: Line | None = None
    tel: Line | None = None
    fax: Line | None = None
    email: Line | None = None


class SectionA(Record):
    """Issuing and validating authority."""

    issuing_state: Country | None = None
    issuing_authority: Line | None = None
    validating_authority: Line | None = None
    issuing_file_no: Line | None = None
    validating_file_no: Line | None = None


class SectionB(Record):
    """Addressee."""

    addressee: Line | None = None
    addressee_kind: tuple[Literal["designated_establishment", "legal_representative", "emergency_fallback"], ...] = ()
    address: Line | None = None
    tel: Line | None = None
    fax: Line | None = None
    email: Line | None = None
    contact_person: Line | None = None
    addressee_file_no: Line | None = None
    service_provider: Line | None = None
    other: Text | None = None


class SectionC(Record):
    """Deadlines. The reasons of an emergency (Art. 5(5)(g)) have their only place in `additional`."""

    deadline: Literal["asap_10d", "end_10d_ea", "emergency_8h"] | None = None
    emergency: tuple[Literal["life", "critical_infra"], ...] = ()
    procedural_deadlines: Text | None = None
    additional: Text | None = None


class EarlierRequest(Record):
    """An earlier preservation or production request that this one builds on."""

    authority: Line | None = None
    file_no: Line | None = None
    issued_on: Day | None = None
    transmitted_on: Day | None = None
    transmitted_to: Line | None = None
    addressee_file_no: Line | None = None


class SectionD(Record):
    """Relation to a previous request."""

    preservation: EarlierRequest | None = None
    production: EarlierRequest | None = None
    other: Text | None = None


class Evidence(Record):
    """One line of Section E with the boxes of Section F that are asked for it.

    `ip`, `tel`, `email`, `imei`, `mac`, `user` and `other` are the lines of the form; an IP address needs `at`, its
    moment with zone. `time_ranges` are half-open, in any zone. `service` names the service concerned.
    """

    kind: Literal["user", "email", "tel", "ip", "imei", "mac", "other"]
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    at: Moment | None = None
    service: Line | None = None
    time_ranges: tuple[Period, ...] = ()
    boxes: tuple[Box, ...] = ()

    @property
    def identifier(self) -> Identifier:
        """The identifier without what is asked about it."""
        return Identifier(kind=IdentifierKind(self.kind), value=self.value, at=self.at)


class SectionE(Record):
    """Information to identify the requested data. `left_out` counts the lines of a bulk demand that were not read."""

    evidence: Annotated[tuple[Evidence, ...], Field(max_length=2_000_000)] = ()
    left_out: Annotated[int, Field(ge=0)] = 0
    additional: Text | None = None


class SectionF(Record):
    """What the ticks of Section F add in words; the ticks themselves stand with each identifier in Section E.

    `identification_ranges` is box b2: time ranges for identification where they differ from Section E.
    `specified` holds the free text of a box ("b1", "a8", "d9" and so on).
    """

    identification_ranges: tuple[Period, ...] = ()
    specified: dict[Box, Text] = Field(default_factory=dict)
    additional: Text | None = None


class SectionG(Record):
    """Underlying conditions. `thresholds` is G(c), for traffic and content data only."""

    concerns: tuple[Literal["proceedings", "sentence"], ...] = ()
    offence: Text | None = None
    thresholds: tuple[Literal["3y", "2019/713", "2011/93", "2013/40", "2017/541"], ...] = ()
    addressed_to: Literal["controller", "processor"] | None = None
    processor_because: Literal["controller_unidentifiable", "would_harm_investigation"] | None = None
    processor_informs: Literal["inform", "no_inform"] | None = None
    no_inform_justification: Text | None = None
    other: Text | None = None


class SectionH(Record):
    """Information to the user: the addressee stays silent in any event; here the authority says whether it delays too."""

    authority_delays: bool = False
    because: tuple[Literal["inquiries", "prosecution", "public_security", "national_security", "rights"], ...] = ()


class Office(Record):
    """The details of an authority in Sections I and J."""

    name: Line | None = None
    representative: Line | None = None
    post: Line | None = None
    file_number: Line | None = None
    address: Line | None = None
    tel: Line | None = None
    fax: Line | None = None
    email: Line | None = None
    languages: tuple[Language, ...] = ()


class SectionI(Record):
    """Details of the issuing authority. `no_prior_validation` is the emergency tick of Art. 4(5)."""

    kind: Literal["judge", "prosecutor", "other"] | None = None
    no_prior_validation: bool = False
    authority: Office = Office()
    contact_point: Contact | None = None
    signature_date: Day | None = None


class SectionJ(Record):
    """Details of the validating authority."""

    kind: Literal["judge", "prosecutor"] | None = None
    authority: Office = Office()
    signature_date: Day | None = None


class SectionK(Record):
    """Notification of the enforcing authority."""

    notified: Line | None = None
    contact: Contact | None = None


class SectionL(Record):
    """Where the data go. `encryption_key` is an X.509 certificate, an OpenPGP key or an age recipient.

    Implementing Regulation (EU) 2025/1550, Annex, point 6.
    """

    to: tuple[Literal["issuing", "validating", "other"], ...] = ()
    contact: Contact = Contact()
    preferred_format: Text | None = None
    encryption_key: RecipientKey | None = None


class Epoc(Record):
    """The certificate as the addressee may see it. `M` is for the enforcing authority alone: present means misdirected.

    A preservation order (`eu.epoc_pr`, Annex II) is entered in the sections of Annex I that ask the same: its C is E, its D
    the ticks, its E is G(a) and (b), its F is I, its G is J; it has no deadline, threshold, notification or transfer.
    """

    form: Literal["eu.epoc", "eu.epoc_pr"] = "eu.epoc"
    version: Literal["2023/1543"] = "2023/1543"
    language: Language = "en"
    A: SectionA = SectionA()
    B: SectionB = SectionB()
    C: SectionC = SectionC()
    D: SectionD = SectionD()
    E: SectionE = SectionE()
    F: SectionF = SectionF()
    G: SectionG = SectionG()
    H: SectionH = SectionH()
    I: SectionI = SectionI()  # noqa: E741 - the form's own letter
    J: SectionJ | None = None
    K: SectionK | None = None
    L: SectionL = SectionL()
    M: JsonValue = None


def ticked_boxes(form: Epoc) -> tuple[str, ...]:
    """Return the flat ticks of Section F, as the printed form shows them, in the form's order."""
    asked = {box for line in form.E.evidence for box in line.boxes}
    return tuple(box for box in BY_BOX if box in asked)


def requested_scope(form: Epoc) -> Scope:
    """Return what the certificate asks for: each identifier × category × time range.

    A range in box b2 replaces Section E's for identification data. An IP address names a moment: without a range, what is
    asked to identify its user is the time around it, a minute on each side. No range at all leaves the period None.
    """
    items = (
        ScopeItem(identifier=identifier, category=BY_BOX[box].code, period=period)
        for line in form.E.evidence
        for identifier in (line.identifier,)
        for box in line.boxes
        for period in _ranges(form, line, BY_BOX[box].data_class)
    )
    return scope_of(items)


def _ranges(form: Epoc, line: Evidence, asked: DataClass) -> tuple[Period | None, ...]:
    if asked is not DataClass.IDENTIFICATION:
        return line.time_ranges or (None,)
    return form.F.identification_ranges or line.time_ranges or (_moment_of(line),)


def _moment_of(line: Evidence) -> Period | None:
    """Return the time around the moment of an IP address, or None where it has none."""
    if line.kind != "ip" or line.at is None or not 1800 <= line.at.year <= 9800:
        return None
    return Period(start=line.at - _AROUND, end=line.at + _AROUND)
