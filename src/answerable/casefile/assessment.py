"""What did the law say to this demand? Findings, the permitted scope, and the clocks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from answerable.casefile.encoding import Record
from answerable.casefile.finding import Finding
from answerable.casefile.scope import Moment, Scope, Withheld


class Suspension(Record):
    """A time in which a period rests: from the question on, up to the answer, which is None while it has not come."""

    since: Moment
    until: Moment | None = None
    citation: str


class Clock(Record):
    """A period that runs. `strict` counts from the minute of receipt, `legal` by the rule of law that governs it.

    We work to the strict one. `working` shows each step of the computation in words; `calendar` names the version of
    the table of public holidays, or None where hours run through everything. `suspended_because` says why it may rest,
    `suspensions` when it did: both ends have moved by those that are over. `holds_release`: that nothing may leave
    before its legal end; `keeps`: that it says how long a copy is kept.
    """

    name: str
    citation: str
    starts: Moment
    strict: Moment
    legal: Moment
    working: tuple[str, ...]
    calendar: str | None = None
    suspended_because: str | None = None
    suspensions: tuple[Suspension, ...] = ()
    holds_release: bool = False
    keeps: bool = False

    @property
    def rests_since(self) -> datetime | None:
        """Since when it rests with no end in sight; None where it runs."""
        return next((each.since for each in self.suspensions if each.until is None), None)


class NoticeBy(StrEnum):
    """Who tells the person."""

    PROVIDER = "provider"
    ISSUING_AUTHORITY = "issuing authority"


class NoticeRule(Record):
    """Who tells the person, and why we are silent until when. `review_on` is never None where the end is open."""

    told_by: NoticeBy
    reason: str
    citation: str
    silent_since: Moment | None = None
    silent_until: Moment | None = None
    review_on: Moment | None = None
    chase: str | None = None


class WayToAnswer(Record):
    """A way to answer that the instrument has, with its last day where it has one."""

    title: str
    citation: str
    form: str | None = None
    until: Moment | None = None


class Assessment(Record):
    """All findings, what may leave, what may not and why, and until when.

    `release_not_before` is set where the law forbids an early answer (Art. 10(2)). `pack` names law and version.
    `call_exempted` says that the pack lets this emergency go without a call-back, `paper_allowed` that a call can prove a
    paper without a seal. `purpose` is what the instrument is for: data, preservation or removal; what has no duty behind it can ask for data. Where it is preservation, `preservable` is
    what may be kept, and `not_preservable` what may not even be kept.
    """

    instrument: str
    pack: str
    reviewed_by: str | None
    assessed_at: Moment
    findings: tuple[Finding, ...]
    requested: Scope
    permitted: Scope
    withheld: tuple[Withheld, ...]
    clocks: tuple[Clock, ...]
    release_not_before: Moment | None = None
    is_emergency: bool = False
    call_exempted: bool = False
    paper_allowed: bool = False
    ways: tuple[WayToAnswer, ...] = ()
    purpose: Literal["data", "preservation", "removal", "no duty"] = "data"
    preservable: Scope = Scope()
    not_preservable: tuple[Withheld, ...] = ()

    @property
    def due(self) -> Clock | None:
        """The clock of the answer: the first one."""
        return self.clocks[0] if self.clocks else None

    @property
    def next_end(self) -> Clock | None:
        """The clock to look at next: the first that does not rest, else the first."""
        return next((clock for clock in self.clocks if clock.rests_since is None), self.due)

    @property
    def reach(self) -> Scope:
        """What may leave or, where the demand asks for no more than that, be preserved."""
        return self.preservable if self.purpose == "preservation" else self.permitted

    @property
    def kept_back(self) -> tuple[Withheld, ...]:
        """What may not leave or, where the demand asks for no more than that, not be preserved either."""
        return self.not_preservable if self.purpose == "preservation" else self.withheld

    @property
    def keeping(self) -> Clock | None:
        """The clock that says how long a copy is kept, or None."""
        return next((clock for clock in self.clocks if clock.keeps), None)
