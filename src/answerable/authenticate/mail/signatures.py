"""Which DKIM signatures hold, by whose key, over what? Each on its own; the cryptography is dkimpy's (RFC 6376).

A signature proves that a message left a domain. It counts only where all of this is so:

1  it can be read within limits, and names a domain and a selector that are plain names
2  its algorithm is one that may be relied on (RFC 8301: no SHA-1, no RSA key under 1,024 bits), of the key's own kind
3  it was made before, and had not expired at, the moment of receipt
4  From is among the signed lines, and the whole body is signed: `l=` leaves room for more
5  the key was found, once, and is not a test key
6  body and lines hash to what was signed
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from dkim.util import InvalidTagValueList, parse_tag_value

from answerable.authenticate.mail.records import DnsAnswer, DnsRecords
from answerable.casefile.evidence import Result
from answerable.casefile.mail import Field, Message

# dkimpy logs lines of the message; what it finds is a fact here, and no log line.
logging.getLogger("dkimpy").addHandler(logging.NullHandler())
logging.getLogger("dkimpy").propagate = False

MOST_SIGNATURES = 10
MOST_WORK = 200 * 1024 * 1024  # bytes of body, counted once for each signature
_EMPTY_LINES = b"\r\n" * 4_096
_LONGEST = 8_000
_LEEWAY = timedelta(hours=10)  # as dkimpy grants it: clocks of mail servers go wrong
_SMALLEST_KEY, _LARGEST_KEY = 1_024, 8_192
_NAME = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?\Z")
_ALGORITHMS = {b"rsa-sha256": b"rsa", b"ed25519-sha256": b"ed25519"}
# What a reader of a message sees, and what says how its body is to be read.
SEEN = ("from", "to", "subject", "date", "reply-to", "cc", "mime-version", "content-type", "content-transfer-encoding")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: what it says of itself, whether it holds, and why not. `signed` are names, as often as signed."""

    number: int
    domain: str
    selector: str
    result: Result
    found: str
    signed: tuple[str, ...] = ()


class _Doubt(Exception):
    """What ends the check of one signature: its result and a sentence. Caught in this module."""

    def __init__(self, result: Result, found: str) -> None:
        super().__init__(found)
        self.result, self.found = result, found


def check_signatures(message: Message, records: DnsRecords, *, at: datetime) -> tuple[Signature, ...]:
    """Return each signature of a message, from the top, as of the moment `at`. Beyond ten they are not checked."""
    fields, bodies = message.header.all("dkim-signature"), Bodies(message.body)
    checked = [
        _check(number, field, message=message, bodies=bodies, records=records, at=at)
        for number, field in enumerate(fields[:MOST_SIGNATURES], 1)
    ]
    if len(fields) > MOST_SIGNATURES:
        why = f"There are {len(fields)} signatures; after {MOST_SIGNATURES} none is looked at."
        checked.append(Signature(MOST_SIGNATURES + 1, "", "", Result.NOT_CHECKED, why))
    return tuple(checked)


def key_name(field: Field) -> str | None:
    """Return the name under which a signature's key is published, in small letters, or None where it names none."""
    try:
        tags = read_tags(field)
        return _key_name(tags)
    except _Doubt:
        return None


def read_tags(field: Field) -> dict[bytes, bytes]:
    """Return the tags of a signature's line."""
    if len(field.raw) > _LONGEST or re.search(rb"\s{200}", field.raw):
        raise _Doubt(Result.NOT_CHECKED, f"Its line is longer than {_LONGEST} bytes, or mostly blank: it is not read.")
    try:
        return dict(parse_tag_value(field.raw))
    except InvalidTagValueList:
        raise _Doubt(Result.CONTRADICTED, "Its line is not written as a signature.") from None


def _key_name(tags: dict[bytes, bytes]) -> str:
    domain, selector = tags.get(b"d", b""), tags.get(b"s", b"")
    if not _NAME.match(domain) or not _NAME.match(selector) or b".." in domain + b"." + selector:
        raise _Doubt(Result.CONTRADICTED, "It names no plain domain and selector.")
    return f"{selector.decode()}._domainkey.{domain.decode()}".lower()


def _check(
    number: int, field: Field, *, message: Message, bodies: Bodies, records: DnsRecords, at: datetime
) -> Signature:
    domain = selector = ""
    signed: tuple[str, ...] = ()
    try:
        tags = read_tags(field)  # 1
        name = _key_name(tags)
        domain, selector = tags[b"d"].decode().lower(), tags[b"s"].decode().lower()
        signed = tuple(re.split(r"\s*:\s*", tags.get(b"h", b"").decode("ascii", "replace").strip().lower()))
        _permit(tags, at)  # 2, 3
        if number * len(message.body) > MOST_WORK:
            raise _Doubt(Result.NOT_CHECKED, "The body is too large to be checked against so many signatures.")
        if "from" not in signed:  # 4
            raise _Doubt(Result.CONTRADICTED, "From is not among the lines it signs, so it says nothing of the sender.")
        if message.is_converted:
            raise _Doubt(Result.NOT_CHECKED, "Outlook saved the mail anew: the bytes that were signed are gone.")
        key, bits = _usable_key(records.about(name), _ALGORITHMS[tags[b"a"]])  # 5
        _verify(number, message, bodies, key=key)  # 6
        found = _holds(tags, bits, message=message, signed=signed)
        return Signature(number, domain, selector, Result.CONFIRMED, found, signed)
    except _Doubt as doubt:
        return Signature(number, domain, selector, doubt.result, doubt.found, signed)


def _permit(tags: dict[bytes, bytes], at: datetime) -> None:
    algorithm = tags.get(b"a", b"")
    if algorithm not in _ALGORITHMS:
        named = algorithm.decode("ascii", "replace")[:40] or "none"
        raise _Doubt(Result.NOT_CHECKED, f"Its algorithm, {named}, is not one that may be relied on (RFC 8301).")
    if b"l" in tags:
        covered = tags[b"l"].decode("ascii", "replace")[:20]
        raise _Doubt(
            Result.NOT_CHECKED, f"It signs only the first {covered} bytes of the body (l=): more can be added."
        )
    made, expires = _moment(tags, b"t"), _moment(tags, b"x")
    if made and made > at + _LEEWAY:
        raise _Doubt(Result.CONTRADICTED, f"It says that it was made on {made:%d %B %Y}, after the mail was received.")
    if expires and expires < at - _LEEWAY:
        raise _Doubt(Result.CONTRADICTED, f"It expired on {expires:%d %B %Y}, before the mail was received.")
    if made and expires and expires < made:
        raise _Doubt(Result.CONTRADICTED, "It expired before it was made.")


def _moment(tags: dict[bytes, bytes], tag: bytes) -> datetime | None:
    if tag not in tags:
        return None
    try:
        return datetime.fromtimestamp(int(tags[tag][:20]), UTC)
    except (ValueError, OverflowError, OSError):
        raise _Doubt(Result.CONTRADICTED, "It names a moment that is none.") from None


def _usable_key(answer: DnsAnswer, kind: bytes) -> tuple[str, int]:
    """Return the text of the one key record of an answer, and the bits of its key."""
    if answer.failure:
        raise _Doubt(Result.NOT_CHECKED, f"Its key could not be looked up: {answer.failure}.")
    if len(answer.texts) != 1:
        many = f"There are {len(answer.texts)} records where its one key should be." if answer.texts else ""
        raise _Doubt(Result.NOT_CHECKED, many or "Its key is not published: it never was, or was withdrawn since.")
    text = answer.texts[0]
    try:
        tags = parse_tag_value(text.encode("latin-1"))
        material = re.sub(rb"\s+", b"", tags[b"p"])
    except (InvalidTagValueList, KeyError, UnicodeError):
        raise _Doubt(Result.NOT_CHECKED, "Where its key should be stands something that is no key.") from None
    if not material:
        raise _Doubt(Result.NOT_CHECKED, "Its key was withdrawn.")
    if b"y" in re.split(rb"\s*:\s*", tags.get(b"t", b"")):
        raise _Doubt(Result.NOT_CHECKED, "Its key is published as a test, on which nobody shall rely.")
    if tags.get(b"k", b"rsa") != kind or b"sha256" not in re.split(rb"\s*:\s*", tags.get(b"h", b"sha256")):
        raise _Doubt(Result.CONTRADICTED, "Its key is of another kind than the signature says.")
    return text, _bits(material, kind)


def key_of_chain(answer: DnsAnswer) -> bytes:
    """Return the text of the key record of an ARC seal, or nothing where it cannot be relied on."""
    try:
        return _usable_key(answer, b"rsa")[0].encode("latin-1")
    except _Doubt:
        return b""


def _bits(material: bytes, kind: bytes) -> int:
    """Return the size of a key. Refuses what is too weak to rely on, or so large that checking it takes long."""
    try:
        content = base64.b64decode(material[:4_000], validate=True)
        key = Ed25519PublicKey.from_public_bytes(content) if kind == b"ed25519" else load_der_public_key(content)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        raise _Doubt(Result.NOT_CHECKED, "Its key cannot be read.") from None
    if kind == b"ed25519":
        return 256
    if not isinstance(key, RSAPublicKey) or key.key_size > _LARGEST_KEY or key.public_numbers().e >= 2**33:
        raise _Doubt(Result.NOT_CHECKED, "Its key is of a kind or size that is not checked.")
    if key.key_size < _SMALLEST_KEY:
        why = f"Its key has {key.key_size} bits: anybody can find the secret half (RFC 8301 asks for 1,024)."
        raise _Doubt(Result.NOT_CHECKED, why)
    return key.key_size


class Bodies:
    """The body of one message in its canonical forms (RFC 6376, section 3.4), each made once and in linear time.

    Made here, because dkimpy's own way takes the square of a run of blanks, and forty times the memory of the body.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._made: dict[bool, bytes] = {}

    def form(self, *, is_relaxed: bool) -> bytes:
        """Return the body with CRLF at the end of each line; relaxed also with its blanks in order."""
        if is_relaxed not in self._made:
            body = self._raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            if is_relaxed:
                body = body.replace(b"\t", b" ")
                while b"  " in body:
                    body = body.replace(b"  ", b" ")
                body = body.replace(b" \r\n", b"\r\n")
            self._made[is_relaxed] = _without_empty_lines(body)
        return self._made[is_relaxed]


def _without_empty_lines(body: bytes) -> bytes:
    """Return a body without most of the empty lines at its end; the last few are dkimpy's to take away."""
    end = len(body)
    while body.endswith(_EMPTY_LINES, 0, end):
        end -= len(_EMPTY_LINES)
    return body[:end]


class _OfOneMoment:
    """What keeps dkimpy's checks pure and bounded: no clock, no DNS, and time in proportion to the message."""

    body: bytes
    headers: list[list[bytes]]
    bodies: Bodies

    def verify_sig(self, sig: dict[bytes, bytes], include: list[bytes], header: Any, lookup: Any) -> bool:
        """Check one signature. A body that is relaxed already is given as one that is to be left as it is."""
        lines, _, body = sig.get(b"c", b"simple").partition(b"/")
        self.body = self.bodies.form(is_relaxed=body == b"relaxed")
        if body == b"relaxed" and self.body.strip(b"\r\n"):  # the two forms of nothing differ
            sig = sig | {b"c": lines + b"/simple"}
        return bool(super().verify_sig(sig, include, header, lookup))  # type: ignore[misc]


class BoundedArc(_OfOneMoment, dkim.ARC):  # type: ignore[misc]
    """dkimpy's check of an ARC chain."""


class _Dkim(_OfOneMoment, dkim.DKIM):  # type: ignore[misc]
    def verify_headerprep(self, idx: int = 0) -> Any:
        """Return what is to be checked. Dates are left out here: they were laid beside the moment of receipt before."""
        lines = [(name, value) for name, value in self.headers if name.lower() == b"dkim-signature"]
        tags = parse_tag_value(lines[idx][1])
        dkim.validate_signature_fields({tag: value for tag, value in tags.items() if tag not in (b"t", b"x")})
        return tags, re.split(rb"\s*:\s*", tags[b"h"].strip().lower()), lines


def prepared(message: Message, kind: Callable[..., Any], bodies: Bodies) -> Any:
    """Return dkimpy's object of a kind for a message, header and body set apart by our own reading of it."""
    made = kind(None, minkey=_SMALLEST_KEY)
    made.headers = dkim.rfc822_parse(message.content[: message.header.body])[0]
    made.bodies = bodies
    return made


def _verify(number: int, message: Message, bodies: Bodies, *, key: str) -> None:
    if any(fault.startswith("header line") for fault in message.header.faults):
        raise _Doubt(
            Result.NOT_CHECKED, "The header can be read in more than one way, so what was signed is not certain."
        )
    try:
        holds = prepared(message, _Dkim, bodies).verify(number - 1, dnsfunc=lambda *_, **__: key.encode("latin-1"))
    except dkim.ValidationError as fault:
        body = str(fault).startswith("body hash")
        changed = "The body is not what was signed." if body else "It breaks a rule of its own format."
        raise _Doubt(Result.CONTRADICTED, changed) from None
    except Exception:  # a hostile line makes dkimpy stumble in a dozen ways: then it is not checked, and proves nothing
        raise _Doubt(Result.NOT_CHECKED, "It cannot be evaluated.") from None
    if not holds:
        raise _Doubt(Result.CONTRADICTED, "The lines of the header, or the signature, are not what was signed.")


def _holds(tags: dict[bytes, bytes], bits: int, *, message: Message, signed: tuple[str, ...]) -> str:
    short = ", which is short," if bits < 2_048 and bits != 256 else ""
    unsigned = [name for name in SEEN if message.header.all(name) and name not in signed]
    open_to_more = [name for name in SEEN if signed.count(name) <= len(message.header.all(name)) and name in signed]
    sentences = [f"It holds: {tags[b'a'].decode()}, a key of {bits} bits{short} over the whole body."]
    if unsigned:
        sentences.append(f"Lines that it leaves unsigned: {', '.join(unsigned)}.")
    if open_to_more:
        sentences.append(f"Signed, but not against a second line of the name: {', '.join(open_to_more)}.")
    return " ".join(sentences)
