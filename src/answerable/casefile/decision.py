"""What do we answer, and which two people say so?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from answerable.casefile.encoding import Record, digest
from answerable.casefile.scope import Moment, Scope, Withheld


class DecisionKind(StrEnum):
    """The answers: those that disclose, those that have a person act in the service, and those that do neither."""

    ANSWER = "answer"
    ANSWER_IN_PART = "answer in part"
    CARRY_OUT = "carry out"
    CARRY_OUT_IN_PART = "carry out in part"
    PUT_BACK = "put back"
    CONTEST = "contest"
    REFUSE = "refuse"
    NOTHING_HELD = "nothing held"

    @property
    def discloses(self) -> bool:
        """Whether records leave."""
        return self in (DecisionKind.ANSWER, DecisionKind.ANSWER_IN_PART)

    @property
    def acts(self) -> bool:
        """Whether a person is to remove, preserve or put back something, and to set down that it was done."""
        return self in (DecisionKind.CARRY_OUT, DecisionKind.CARRY_OUT_IN_PART, DecisionKind.PUT_BACK)


class Decision(Record):
    """A decision as prepared: what two people put their names to, word for word.

    `permitted` is what leaves, `withheld` what does not; `granted` names the items that are to be removed, preserved or put
    back; `annex_iii` are the boxes of the form that goes back. `version` counts how often an answer was prepared in this
    case, so that a yes to an earlier one never holds for a later one.
    """

    case: str
    version: int
    kind: DecisionKind
    reason: Annotated[str, Field(min_length=10, max_length=8000)]
    permitted: Scope
    withheld: tuple[Withheld, ...]
    granted: tuple[str, ...] = ()
    annex_iii: tuple[str, ...] = ()
    demand_sha512: str
    pack: str
    prepared_by: str
    prepared_at: Moment

    @model_serializer(mode="wrap")
    def _without_what_is_not_granted(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out an empty `granted`: statements that people approved before the field was there stay as they are."""
        plain: dict[str, Any] = handler(self)
        return plain if plain.get("granted") else {name: value for name, value in plain.items() if name != "granted"}

    @property
    def statement(self) -> str:
        """SHA-512 of the decision: the thing that is approved."""
        return digest(self)


class Approval(Record):
    """One person's yes to exactly one statement."""

    by: str
    at: Moment
    statement: str
