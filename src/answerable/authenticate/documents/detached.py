"""What does a CMS file (.p7m, .p7s) say of where it comes from: with its content inside, or beside it?"""

from __future__ import annotations

import base64
import binascii

from asn1crypto import cms

from answerable.authenticate.documents.cms import digests_of, evaluate_cms, load_signed_data
from answerable.authenticate.documents.der import end_of_value
from answerable.authenticate.documents.evaluated import Evaluated
from answerable.authenticate.documents.records import Examined, Kind, Signer, Trust
from answerable.authenticate.documents.signers import tell_integrity, tell_signer
from answerable.authenticate.documents.telling import Telling, library, listed


def examine_cms(content: bytes, telling: Telling, trust: Trust, signed_content: bytes | None) -> Examined:
    """Add the facts of a CMS file; `signed_content` is what it was made over, where the content travels apart."""
    der = to_der(content)
    try:
        signed = load_signed_data(der)
        after = der[end_of_value(der) :]
    except Exception as fault:
        telling.contradicted(
            "D1", f"It begins as a CMS container and cannot be read as one: damaged ({type(fault).__name__})."
        )
        telling.contradicted("D2", "The signature cannot be read: damaged, not unsigned.")
        return Examined(Kind.CMS, tuple(telling.facts))
    telling.confirmed("D1", "A CMS container with signed data.", method=library("asn1crypto"))
    try:
        found, working = evaluate_with_content(signed, telling, trust, signed_content)
    except (ValueError, TypeError) as fault:
        telling.contradicted(
            "D2", f"The signature cannot be taken apart: damaged, not unsigned ({type(fault).__name__})."
        )
        return Examined(Kind.CMS, tuple(telling.facts))
    telling.confirmed("D2", f"{len(found)} signature(s).")
    tell_loose(telling, found, after)
    signers = tell_all(telling, found, trust)
    holding = working if any(one.holds for one in found) else None
    return Examined(Kind.CMS, tuple(telling.facts), tuple(signers), holding)


def evaluate_with_content(
    signed: cms.SignedData, telling: Telling, trust: Trust, signed_content: bytes | None
) -> tuple[list[Evaluated], bytes | None]:
    """Return the evaluation of each signer, and what was signed: the content inside, else `signed_content`."""
    inside = signed["encap_content_info"]["content"]
    attached = bytes(inside) if inside.native is not None else None
    if attached is not None and signed_content is not None and attached != signed_content:
        telling.contradicted("D4", "The content inside the signature is another than the one beside it.")
    elif attached is not None:
        telling.confirmed("D4", f"The content, {len(attached)} bytes, is inside the signature.")
    elif signed_content is not None:
        telling.confirmed("D4", f"The content, {len(signed_content)} bytes, lies beside the signature.")
    else:
        telling.not_checked("D4", "The signature travels without its content.")
        nothing = Evaluated("signature", library("pyhanko"), why="what was signed is not here")
        return [nothing], None
    digest = digests_of(signed_content) if attached is None and signed_content is not None else None
    found = evaluate_cms("signature", signed, digest, trust=trust, at=telling.at)
    return found, attached if attached is not None else signed_content


def tell_loose(telling: Telling, found: list[Evaluated], after: bytes) -> None:
    """Add D6 of a CMS container: what follows it, and what it carries unprotected."""
    loose = [part for one in found for part in one.loose]
    if after.strip(b"\0\r\n"):
        telling.contradicted("D6", f"{len(after)} bytes follow the end of the container.")
    elif loose:
        telling.not_checked("D6", f"The container holds what the signature does not protect: {listed(loose)}.")
    elif after:
        telling.not_checked("D6", f"{len(after)} empty bytes follow the end of the container.")
    else:
        telling.confirmed("D6", "Nothing follows the container, and nothing in it is unexplained.")


def tell_all(telling: Telling, found: list[Evaluated], trust: Trust) -> list[Signer]:
    """Add the facts of each signature and its signer."""
    signers = []
    for one in found:
        tell_integrity(telling, one)
        signer = tell_signer(telling, one, trust=trust, covers=True)
        if signer is not None:
            signers.append(signer)
    return signers


def to_der(content: bytes) -> bytes:
    """Return a CMS container as DER, its armour or base64 taken off; what is neither comes back as it was."""
    text = content.strip()
    if text.startswith(b"-----BEGIN"):
        lines = text.splitlines()
        text = b"".join(lines[1:-1]) if lines[-1].startswith(b"-----END") else b""
    elif not text.startswith(b"MI"):
        return content
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return content
