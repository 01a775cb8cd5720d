"""In which words is a fact of sections D and E said? One table of codes, titles, and what none of them shows.

The table is documented in docs/formats/evidence-sheet.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version

from answerable.casefile.evidence import Fact, Result

# code: title, what it does not show
CODES: dict[str, tuple[str, str]] = {
    "D1": ("The file is one thing, and what it looks like", "that it is harmless, or that its content is true"),
    "D2": ("The paper is signed", "who signed it, or that the signature holds"),
    "D3": ("The signed bytes are unchanged", "who made the signature; that the content is true"),
    "D4": ("The signature covers all that it should", "that nothing is hidden in what was signed"),
    "D5": ("Nothing was changed after signing", "how it looks: pixels are compared elsewhere"),
    "D6": ("Every byte of the file is explained", "that what is explained is harmless"),
    "D7": ("The algorithms still protect", "that they will in the years to come"),
    "D8": ("Nothing in the paper acts by itself", "that no programme can be hidden in another way"),
    "D9": ("Nothing is hidden from the reader", "what a reader makes of what is seen"),
    "D10": ("What is attached", "that an attachment says the same as the pages"),
    "D11": ("The signatures cover every file of the container", "that the files agree with one another"),
    "D12": ("What was signed is what the file shows", "how a programme displays it"),
    "E1": ("The signature names its signer", "that the person or office named made it"),
    "E2": ("The certificate chains to a trusted authority", "that it was not revoked; that its holder may demand data"),
    "E3": ("The certificate was not revoked", "what happened after the revocation data were issued"),
    "E4": ("The certificate is a qualified one", "that its holder is competent, or acted themselves"),
    "E5": ("When it was signed", "that it was signed then, unless a trusted timestamp says so"),
    "E6": ("The certificate is meant for signing", "that its holder meant to sign this"),
    "E7": ("The certificate names an organisation", "that our directory knows it, or that it may issue this paper"),
}  # fmt: skip


def library(name: str) -> str:
    """Return a library and its version, as a method is cited."""
    return f"{name} {version(name)}"


@dataclass(slots=True)
class Telling:
    """Gathers facts about one paper, as of one moment."""

    at: datetime
    content: bytes
    method: str
    facts: list[Fact] = field(default_factory=list)
    _raw: str = ""

    def __post_init__(self) -> None:
        self._raw = hashlib.sha256(self.content).hexdigest()

    def say(
        self, code: str, result: Result, found: str, *, subject: str | None = None, method: str | None = None,
        raw: str | None = None,
    ) -> None:  # fmt: skip
        """Add one fact. `found` is cut at 2,000 signs, for a hostile paper may give very long names."""
        title, not_shown = CODES[code]
        self.facts.append(
            Fact(
                code=code,
                title=title,
                subject=printable(subject, 200) if subject else None,
                result=result,
                found=printable(found, 2000),
                method=method or self.method,
                at=self.at,
                raw=raw or self._raw,
                not_shown=not_shown,
            )
        )

    def confirmed(self, code: str, found: str, **more: str | None) -> None:
        """Add a fact that was checked and holds."""
        self.say(code, Result.CONFIRMED, found, **more)

    def contradicted(self, code: str, found: str, **more: str | None) -> None:
        """Add a fact that speaks against the paper."""
        self.say(code, Result.CONTRADICTED, found, **more)

    def absent(self, code: str, found: str, **more: str | None) -> None:
        """Add a fact about something that is not there."""
        self.say(code, Result.ABSENT, found, **more)

    def not_checked(self, code: str, found: str, **more: str | None) -> None:
        """Add a fact that could not be checked, with the reason."""
        self.say(code, Result.NOT_CHECKED, found, **more)

    def results(self, code: str) -> list[Result]:
        """Return the results of one code so far."""
        return [fact.result for fact in self.facts if fact.code == code]


def printable(text: str, most: int) -> str:
    """Return `text` without control signs, direction marks or lone surrogates, cut at `most` signs."""
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def listed(things: list[str], most: int = 8) -> str:
    """Return things as one phrase, the first `most` of them by name."""
    shown = "; ".join(things[:most])
    return shown if len(things) <= most else f"{shown}; and {len(things) - most} more"
