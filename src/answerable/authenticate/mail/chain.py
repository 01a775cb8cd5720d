"""Did those who passed the message on seal it, one over the other (ARC, RFC 8617)? The chain is checked by dkimpy.

Its clock is not used: dates are laid beside the moment of receipt first, and a chain that carries an expiry, which only
a clock could judge, is not checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dkim.util import InvalidTagValueList, parse_tag_value

from answerable.authenticate.mail.records import DnsRecords
from answerable.authenticate.mail.signatures import MOST_WORK, Bodies, BoundedArc, key_name, key_of_chain, prepared
from answerable.casefile.evidence import Result
from answerable.casefile.mail import Field, Message

_LINES = ("arc-seal", "arc-message-signature", "arc-authentication-results")
_MOST_INSTANCES = 50  # RFC 8617, section 4.2.1
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Chain:
    """What came out, in a sentence, and the domain of each seal from the first."""

    result: Result
    found: str
    sealed_by: tuple[str, ...] = ()


def check_chain(message: Message, records: DnsRecords, *, at: datetime) -> Chain:
    """Return whether the ARC chain of a message holds, as of the moment `at`."""
    lines = [field for name in _LINES for field in message.header.all(name)]
    if not lines:
        return Chain(Result.ABSENT, "Nobody on the way sealed it.")
    doubt = _doubt(lines, message, at)
    if doubt:
        return doubt
    askable = {key_name(field) for field in lines}  # any other name is the seal's fault, not the DNS's
    unasked: list[str] = []

    def lookup(name: bytes, **_: Any) -> bytes:
        answer = records.about(name.decode("latin-1"))
        if answer.failure and answer.name in askable:
            unasked.append(answer.failure)
        return key_of_chain(answer)

    try:
        status, results, why = prepared(message, BoundedArc, Bodies(message.body)).verify(dnsfunc=lookup)
    except Exception:  # as for signatures: what makes dkimpy stumble is not checked
        return Chain(Result.CONTRADICTED, "The chain is not written as one.")
    domains = tuple(each["as-domain"].decode("ascii", "replace") for each in reversed(results) if "as-domain" in each)
    if unasked:
        return Chain(Result.NOT_CHECKED, f"A key of the chain could not be looked up: {unasked[0]}.")
    if status == b"pass":
        return Chain(Result.CONFIRMED, f"Sealed on the way by {', '.join(domains)}; each seal holds.", domains)
    if status is None:
        return Chain(Result.ABSENT, "A server on the way ended the chain: it was broken when it came there.")
    return Chain(Result.CONTRADICTED, _plain(why), domains)


def _doubt(lines: list[Field], message: Message, at: datetime) -> Chain | None:
    seals = sum(field.key == "arc-seal" for field in lines)
    if message.is_converted:
        return Chain(Result.NOT_CHECKED, "Outlook saved the mail anew: the bytes that were sealed are gone.")
    if seals > _MOST_INSTANCES or seals * len(message.body) > MOST_WORK or any(_is_long(field) for field in lines):
        return Chain(Result.NOT_CHECKED, "The chain is longer than is looked at.")
    for field in lines:
        if field.key == "arc-authentication-results":
            continue
        try:
            tags = parse_tag_value(field.raw)
            if b"x" in tags:
                return Chain(Result.NOT_CHECKED, "The chain carries an expiry, which the format does not know.")
            if int(tags.get(b"t", b"0")[:20]) > at.timestamp() + 36_000:
                return Chain(Result.CONTRADICTED, "A seal says that it was made after the mail was received.")
        except (InvalidTagValueList, ValueError):
            continue  # what is not written as a seal is for the check itself to refuse
    return None


def _is_long(field: Field) -> bool:
    return len(field.raw) > _LONGEST or bool(re.search(rb"\s{200}", field.raw))


def _plain(why: str) -> str:
    if "Message-Signature did not" in why:
        return "The last signature of the chain does not hold: the message was changed after it."
    return "A seal of the chain does not hold." if "did not validate" in why else "The chain is not written as one."
