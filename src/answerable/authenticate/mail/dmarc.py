"""What does a domain say of forged mail in its name? Its DMARC record, as it stands and in words (RFC 7489)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from answerable.authenticate.mail.domains import organisational
from answerable.authenticate.mail.records import DnsAnswer, DnsRecords

_WORDS = {"none": "nothing is to be done", "quarantine": "set it aside", "reject": "turn it away"}


@dataclass(frozen=True, slots=True)
class Policy:
    """A record that applies: where it stands, its text, what it asks for mail that fails, how strictly names are compared."""

    name: str
    text: str
    asks: str
    is_strict: bool

    @property
    def in_words(self) -> str:
        """What it asks, as a sentence's end."""
        return f"p={self.asks} ({_WORDS[self.asks]})"


def dmarc_names(domain: str) -> tuple[str, ...]:
    """Return the names under which a domain's record may stand: its own, then that of its organisation."""
    owner = organisational(domain)
    return tuple(dict.fromkeys(f"_dmarc.{each}" for each in (domain, owner) if each))


def find_policy(domain: str, records: DnsRecords) -> Policy | DnsAnswer:
    """Return the policy that applies to a domain, or the answer that left it without one."""
    answer = DnsAnswer(name=f"_dmarc.{domain}")
    for name in dmarc_names(domain):
        answer = records.about(name)
        texts = [text for text in answer.texts if re.match(r"v\s*=\s*DMARC1\s*(;|\Z)", text[:40])]
        if answer.failure:
            return answer
        if len(texts) == 1:
            policy = _read(name, texts[0], is_own=name == f"_dmarc.{domain}")
            return policy or answer
        if texts:
            return answer
    return answer


def _read(name: str, text: str, *, is_own: bool) -> Policy | None:
    pairs = [part.partition("=") for part in text[:4_000].split(";") if "=" in part]
    tags = {tag.strip().lower(): value.strip().lower() for tag, _, value in reversed(pairs)}
    asks = tags.get("p", "") if is_own else tags.get("sp", tags.get("p", ""))
    return Policy(name, text[:4_000], asks, tags.get("adkim") == "s") if asks in _WORDS else None
