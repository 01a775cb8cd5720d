"""What is known of where a paper comes from? Facts, each with what it does not show; never a score."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from answerable.casefile.encoding import Record
from answerable.casefile.scope import Moment

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, as hexadecimal digits")]


class Section(StrEnum):
    """The parts of an evidence sheet, in the order in which a person reads them."""

    CHANNEL = "A"
    DOMAIN = "B"
    ACCOUNT = "C"
    DOCUMENT = "D"
    SIGNER = "E"
    ISSUER = "F"
    COHERENCE = "G"
    HISTORY = "H"
    CALL_BACK = "I"


class Result(StrEnum):
    """Absent is not contradicted: a paper without a seal is not a forged one. What could not be checked says why."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    ABSENT = "absent"
    NOT_CHECKED = "could not be checked"


class Fact(Record):
    """One thing that was checked, and what came out. Nobody can override it; a person can contest it in writing.

    `code` is stable and starts with the letter of the section ("D3"); `subject` tells apart facts of one code, as two
    signatures of one paper. `found` says in words what was seen and, where it could not be checked, why. `method` is
    what looked, with its version. `raw` is the digest of the bytes it rests on. `not_shown` is what it does not prove.
    """

    code: Annotated[str, Field(pattern=r"^[A-I][1-9][0-9]?$")]
    title: str
    subject: str | None = None
    result: Result
    found: str
    method: str
    at: Moment
    raw: Digest | None = None
    not_shown: str

    @property
    def section(self) -> Section:
        """The part of the sheet it stands in."""
        return Section(self.code[0])


class Sheet(Record):
    """All facts about one paper, as of one moment. `paper` is the digest of its original bytes."""

    paper: Digest
    at: Moment
    facts: tuple[Fact, ...]

    def of(self, code: str) -> tuple[Fact, ...]:
        """Return the facts of one code."""
        return tuple(fact for fact in self.facts if fact.code == code)

    @property
    def contradicted(self) -> tuple[Fact, ...]:
        """What speaks against the paper, and is answered in writing before anything leaves."""
        return tuple(fact for fact in self.facts if fact.result is Result.CONTRADICTED)
