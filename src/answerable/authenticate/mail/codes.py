"""Which facts does a mail give? Code, title, what looked, and what it does not show: docs/formats/evidence-sheet-mail.md."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from answerable.authenticate.mail.domains import LIST_VERSION
from answerable.casefile.evidence import Fact, Result

_OWN = "Answerable, mail 1"
_DKIMPY = f"dkimpy {version('dkimpy')}"
_LIST = f"{_OWN}; Public Suffix List {LIST_VERSION}"


@dataclass(frozen=True, slots=True)
class Code:
    """What every fact of one code has."""

    title: str
    method: str
    not_shown: str


CODES: dict[str, Code] = {
    "A1": Code(
        "The header can be read in one way",
        _OWN,
        "that any of it is true: a header is written by whoever sends",
    ),
    "A2": Code(
        "The mail can be taken apart into its papers",
        _OWN,
        "that a paper is what its name says, or harmless",
    ),
    "A3": Code(
        "Our own mail server took it in",
        f"{_OWN}; RFC 8601",
        "who handed it over; only that it was not put into the file here",
    ),
    "A4": Code(
        "Our own mail server wrote what it found",
        f"{_OWN}; RFC 8601",
        "that its checks were right; they are not repeated by it here",
    ),
    "A5": Code(
        "It reached our own mail server encrypted",
        f"{_OWN}; RFC 3848",
        "that it was encrypted before that, or who could read it",
    ),
    "B1": Code(
        "From names one sender, whom every program shows alike",
        f"{_OWN}; RFC 5322",
        "that this sender wrote it: anybody can write any From",
    ),
    "B2": Code(
        "The signature of a domain holds (DKIM)",
        f"{_DKIMPY}; RFC 6376, RFC 8301",
        "which person sent it, that it was meant for us, or that nobody sent a true mail on",
    ),
    "B3": Code(
        "The domain of From signed the mail",
        f"{_DKIMPY}; {_LIST}; RFC 7489, section 3.1",
        "that an officer wrote it, or this case exists: it left the domain, and a mailbox that was taken over passes too",
    ),
    "B4": Code(
        "The mail keeps the rule that the domain publishes against forgery (DMARC)",
        f"{_LIST}; RFC 7489",
        "who, at that domain, sent it",
    ),
    "B5": Code(
        "The domain of From permits the server that sent it (SPF, as our own server found)",
        f"{_OWN}; RFC 8601",
        "that the text is unchanged, or that nobody else uses that server",
    ),
    "B6": Code(
        "The seals of those who passed it on hold (ARC)",
        f"{_DKIMPY}; RFC 8617",
        "that those who sealed it are honest",
    ),
    "B7": Code(
        "The domain that signed is in the directory",
        f"{_OWN}; directory of this desk",
        "that the sender may make this demand, or works in the office that its text names",
    ),
    "B8": Code(
        "The domain of From imitates none of the directory",
        f"{_LIST}; Unicode Technical Standard 39",
        "that it belongs to an office: an imitation can be new",
    ),
    "B9": Code(
        "The name beside the address claims nothing else",
        f"{_OWN}; directory of this desk",
        "that the name is the sender's",
    ),
    "B10": Code(
        "Answers go back to the domain of From",
        f"{_LIST}; RFC 5322, section 3.6.2",
        "that whoever reads there is the sender",
    ),
    "B11": Code(
        "What a reader sees is under the signature",
        f"{_DKIMPY}; RFC 6376, section 5.4",
        "that what is signed is true",
    ),
}


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes the facts of one mail as of one moment; `raw` is the digest of the mail."""

    at: datetime
    raw: str

    def fact(
        self, code: str, result: Result, found: str, *, subject: str | None = None, evidence: str | None = None
    ) -> Fact:
        """Return a fact. `evidence` is the text it rests on where that is not the mail."""
        known = CODES[code]
        return Fact(
            code=code,
            title=known.title,
            subject=subject,
            result=result,
            found=found,
            method=known.method,
            at=self.at,
            raw=hashlib.sha256(evidence.encode()).hexdigest() if evidence is not None else self.raw,
            not_shown=known.not_shown,
        )
