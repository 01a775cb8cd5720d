"""What do we know about a demand that its paper does not say?

What a reviewer sets down as the law of the demand lets a provider raise it, and what was asked of an authority and answered.
Every field may be missing, because an objection that is not complete is a finding, not an error.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from answerable.casefile.categories import DataClass
from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Country, Line, Text
from answerable.casefile.scope import Moment


def _inside_the_calendar(moment: datetime) -> datetime:
    if not 1800 <= moment.year <= 9800:
        raise ValueError("this moment is too far from our time to count from")
    return moment


CountedMoment = Annotated[Moment, AfterValidator(_inside_the_calendar)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=4_000)]


class ExchangeKind(StrEnum):
    """What was put to an authority. Whether a period rests meanwhile is for the law of the demand to say."""

    CLARIFICATION = "clarification"
    OTHER_REASON = "other reason"
    THIRD_COUNTRY = "third-country objection"
    ENFORCEMENT = "objection to enforcement"


class Reply(StrEnum):
    """What came back. `no answer` is what a reviewer sets down after waiting."""

    CLARIFIED = "clarified"
    MAINTAINED = "maintained"
    WITHDRAWN = "withdrawn"
    NO_ANSWER = "no answer"


class Exchange(Record):
    """One thing put to an authority, and its answer.

    `new_due` is a deadline that the answer sets; `paper_sha512` names a corrected paper that came with it.
    """

    kind: ExchangeKind
    asked_at: CountedMoment
    answered_at: CountedMoment | None = None
    reply: Reply | None = None
    new_due: CountedMoment | None = None
    words: Annotated[str, Field(max_length=4_000)] = ""
    paper_sha512: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the authority has still to answer, or never did."""
        return self.reply in (None, Reply.NO_ANSWER)

    @property
    def heard_at(self) -> datetime | None:
        """When the authority answered; None while it has not."""
        return None if self.is_open else self.answered_at

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.answered_at is None) != (self.reply is None):
            raise ValueError("an answer has a moment and says what came back")
        if self.answered_at is not None and self.answered_at < self.asked_at:
            raise ValueError("an answer comes after its question")
        if self.new_due is not None and (self.heard_at is None or self.new_due <= self.heard_at):
            raise ValueError("a new deadline comes with an answer, and lies after it")
        return self


class Raised(Record):
    """A ground that no paper shows and a reviewer sets down. `reach` are the classes it stands against; none means all."""

    kind: Literal["not stored", "impossible", "not covered", "privilege"]
    why: Words
    reach: tuple[DataClass, ...] = ()


class ThirdCountryConflict(Record):
    """What Section E of Annex III says: an obligation under the law of a third country that forbids to comply.

    `reach` are the classes of data that law forbids to give; none means all. `rests_only_on` are reasons that the
    Regulation does not hear if there is no other (Art. 17(2)).
    """

    country: Country | None = None
    law: Line | None = None
    provision: Text | None = None
    interest: Literal["fundamental rights", "national security", "other"] | None = None
    interest_specified: Text | None = None
    why_applies: Text | None = None
    why_conflicts: Text | None = None
    link: Text | None = None
    consequences: Text | None = None
    additional: Text | None = None
    reach: tuple[DataClass, ...] = ()
    rests_only_on: Literal["no similar procedure", "place of storage"] | None = None


class Enforcement(Record):
    """What the enforcing authority, or the issuing one, told us of the enforcement of an order.

    `transferred_at`: the issuing authority told us that it asked for enforcement (Art. 16(1)). `required_at`: the
    enforcing authority formally required us to comply (Art. 16(3)), and named what `names_…` and `object_by` say.
    """

    authority: Line | None = None
    file_no: Line | None = None
    transferred_at: CountedMoment | None = None
    required_at: CountedMoment | None = None
    object_by: CountedMoment | None = None
    names_objection: bool = False
    names_penalties: bool = False


class Supplied(Record):
    """Everything that was set down beside the paper of one demand, exchanges in the order in which they were asked."""

    exchanges: Annotated[tuple[Exchange, ...], Field(max_length=100)] = ()
    raised: Annotated[tuple[Raised, ...], Field(max_length=20)] = ()
    conflict: ThirdCountryConflict | None = None
    enforcement: Enforcement | None = None

    def exchanged(self, *kinds: ExchangeKind) -> tuple[Exchange, ...]:
        """Return the exchanges of these kinds, earliest question first."""
        return tuple(sorted((each for each in self.exchanges if each.kind in kinds), key=lambda each: each.asked_at))

    def raises(self, kind: str) -> tuple[Raised, ...]:
        """Return the grounds of this kind that were set down."""
        return tuple(each for each in self.raised if each.kind == kind)
