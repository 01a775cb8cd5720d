"""What does an S/MIME message say of who signed it? The signed part byte by byte, as it stands in the message.

Channel and sender's domain are looked at elsewhere; here only the signature is.
"""

from __future__ import annotations

import base64
import re
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from answerable.authenticate.documents.cms import digests_of, evaluate_cms, load_signed_data
from answerable.authenticate.documents.der import end_of_value
from answerable.authenticate.documents.detached import evaluate_with_content, tell_all, tell_loose
from answerable.authenticate.documents.records import Contained, Examined, Kind, Trust
from answerable.authenticate.documents.telling import Telling, library

_USUAL = b"This is an S/MIME signed message"  # what common programmes put before the first part
_MOST_HEADERS = 65_536
_OPAQUE = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_DETACHED = ("application/pkcs7-signature", "application/x-pkcs7-signature")


def examine_smime(content: bytes, telling: Telling, trust: Trust) -> Examined:
    """Add the facts of a message to `telling`. What is signed of it is the working copy, headers around it are not."""
    headers, body = _split(content)
    if headers is None:
        telling.not_checked("D1", "It begins like a message whose headers do not end, or are too long.")
        telling.not_checked("D2", "Whether it is signed cannot be seen.")
        return Examined(Kind.SMIME, tuple(telling.facts))
    telling.confirmed("D1", "A message with headers.", method="Python email")
    kind = headers.get_content_type()
    if kind == "multipart/signed":
        return _clear(headers, body, telling, trust)
    if kind in _OPAQUE:
        return _opaque(headers, body, telling, trust)
    telling.absent("D2", "The message carries no signature of its own.")
    return Examined(Kind.SMIME, tuple(telling.facts))


def _split(content: bytes) -> tuple[Message | None, bytes]:
    end = re.search(rb"\r?\n\r?\n", content[: _MOST_HEADERS + 4])
    if end is None:
        return None, b""
    headers = BytesParser(policy=compat32).parsebytes(content[: end.start()] + b"\r\n\r\n", headersonly=True)
    return headers, content[end.end() :]


def _clear(headers: Message, body: bytes, telling: Telling, trust: Trust) -> Examined:
    """A message in the clear with its signature behind it (RFC 8551, section 3.5.3)."""
    boundary = headers.get_boundary()
    parts = _parts(body, str(boundary).encode("utf-8", "replace")) if boundary else None
    second, raw = _split(parts[1]) if parts else (None, b"")
    if parts is None or second is None or second.get_content_type() not in _DETACHED:
        telling.contradicted(
            "D2", "It says that it is signed, and its signature cannot be found: damaged, not unsigned."
        )
        return Examined(Kind.SMIME, tuple(telling.facts))
    signed_part = re.sub(rb"\r?\n", b"\r\n", parts[0])
    try:
        der = _decoded(second, raw)
        signed = load_signed_data(der)
        after = der[end_of_value(der) :]
    except Exception as fault:
        telling.contradicted("D2", f"Its signature cannot be read: damaged ({type(fault).__name__}).")
        return Examined(Kind.SMIME, tuple(telling.facts))
    telling.confirmed("D2", "Signed, the signed part in the clear.", method=library("pyhanko"))
    found = evaluate_cms("signature", signed, digests_of(signed_part), trust=trust, at=telling.at)
    signers = tell_all(telling, found, trust)
    outside = [each.strip() for each in (parts[2], parts[3]) if each.strip()]
    if any(each != _USUAL for each in outside):
        telling.not_checked(
            "D6", "Text stands before the signed part or behind the signature; readers of mail show none of it."
        )
    else:
        tell_loose(telling, found, after)
    working = signed_part if found and all(one.holds for one in found) else None
    contained = (Contained("signed part", signed_part, working is not None),)
    return Examined(Kind.SMIME, tuple(telling.facts), tuple(signers), working, contained)


def _opaque(headers: Message, body: bytes, telling: Telling, trust: Trust) -> Examined:
    """A message inside its signature (RFC 8551, section 3.5.2)."""
    try:
        der = _decoded(headers, body)
        signed = load_signed_data(der)
        after = der[end_of_value(der) :]
    except Exception as fault:
        telling.not_checked("D2", f"An S/MIME body that is no signed data, or is damaged ({type(fault).__name__}).")
        return Examined(Kind.SMIME, tuple(telling.facts))
    telling.confirmed("D2", "Signed, the signed part inside the signature.", method=library("pyhanko"))
    found, working = evaluate_with_content(signed, telling, trust, None)
    tell_loose(telling, found, after)
    signers = tell_all(telling, found, trust)
    holding = working if found and all(one.holds for one in found) else None
    return Examined(Kind.SMIME, tuple(telling.facts), tuple(signers), holding)


def _parts(body: bytes, boundary: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
    """Return the two parts, and what stands before and behind them; None where there are not exactly two.

    The line end before a boundary belongs to the boundary (RFC 2046, section 5.1.1).
    """
    marks = list(re.finditer(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|$)", body))
    if len(marks) != 3 or marks[0][1] or marks[1][1] or not marks[2][1]:
        return None
    return (
        body[marks[0].end() : marks[1].start()],
        body[marks[1].end() : marks[2].start()],
        body[: marks[0].start()],
        body[marks[2].end() :],
    )


def _decoded(headers: Message, body: bytes) -> bytes:
    coding = str(headers.get("Content-Transfer-Encoding", "")).strip().lower()
    return base64.b64decode(b"".join(body.split()), validate=True) if coding == "base64" else body
