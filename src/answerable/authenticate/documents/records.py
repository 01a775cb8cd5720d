"""What goes into looking at a paper, and what comes out? Bytes and a moment in; facts, working copy and signers out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from answerable.authenticate.documents.listed import TrustedList
from answerable.casefile.encoding import Record
from answerable.casefile.evidence import Digest, Fact, Result
from answerable.casefile.scope import Moment

# What must be confirmed before a paper counts as whole; attachments and what is hidden are for a person to judge.
_OF_WHOLENESS = frozenset({"D1", "D2", "D3", "D4", "D5", "D6", "D7", "D11", "D12"})


class Kind(StrEnum):
    """What a file is by its content, never by its name."""

    PDF = "PDF"
    XML = "XML"
    CMS = "CMS"
    ASIC = "ASiC container"
    SMIME = "S/MIME message"
    PNG = "PNG picture"
    JPEG = "JPEG picture"
    TIFF = "TIFF picture"
    UNKNOWN = "unknown"


class Qualified(StrEnum):
    """What the trusted lists say of a certificate. Unknown is not no."""

    YES = "qualified"
    NO = "not qualified"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trust:
    """What the desk trusts: certificates at which a chain may end, revocation data at hand, verified lists; all DER."""

    anchors: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    lists: tuple[TrustedList, ...] = ()


class Signer(Record):
    """Whose certificate a signature carries, in the words of that certificate, for a comparison with the directory.

    `signature` is the subject of the facts about it. `holds` says that digest, value and coverage hold; whether the
    chain ends at an anchor is `trusted`, and that is another thing.
    """

    signature: str
    subject: str
    issuer: str
    common_name: str | None = None
    organisation: str | None = None
    organisation_identifier: str | None = None
    country: str | None = None
    serial: Annotated[str, Field(description="serial number, as decimal digits")]
    certificate: Digest
    claimed_at: Moment | None = None
    stamped_at: Moment | None = None
    holds: bool
    trusted: bool
    qualified: Qualified


@dataclass(frozen=True, slots=True)
class Contained:
    """A document inside a container: its name, its bytes, and whether every holding signature covers it."""

    name: str
    content: bytes
    signed: bool

    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes, as hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found. `working_copy` is what was signed (the signed revision, the signed content), or None."""

    kind: Kind
    facts: tuple[Fact, ...]
    signers: tuple[Signer, ...] = ()
    working_copy: bytes | None = None
    contained: tuple[Contained, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is signed, every signature holds and covers, and nothing is added or left unexplained."""
        of_it = [fact for fact in self.facts if fact.code in _OF_WHOLENESS]
        return any(fact.code == "D3" for fact in of_it) and all(fact.result is Result.CONFIRMED for fact in of_it)
