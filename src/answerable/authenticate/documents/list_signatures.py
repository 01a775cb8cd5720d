"""Does the signature of a trusted list hold with a certificate that somebody vouches for, and if not, why?

    1  one signature, directly under the root, that covers the root and leaves nothing out
    2  it holds with one of the certificates that were named for this list
    3  the certificate that travels with it is that one, with none but its issuers: it lies where no signature reaches
    4  that certificate was valid on the day the list was made: which the list says itself, under that signature

ETSI TS 119 612, 5.7.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509
from cryptography import x509 as pyca
from lxml import etree
from signxml.exceptions import InvalidDigest, SignXMLException

from answerable.authenticate.documents.qualified import issued
from answerable.authenticate.documents.xml_references import Layout, Target, layout_of
from answerable.authenticate.documents.xml_verifier import DS, Reference, signatures_in, verify_one
from answerable.authenticate.safe_xml import parse


@dataclass(frozen=True, slots=True)
class Signed:
    """The canonical bytes of a list's root where its signature holds; else None, and why not."""

    part: bytes | None
    why: str = ""


def signed_part(content: bytes, signers: Sequence[bytes], *, made: datetime) -> Signed:
    """Return what the one signature of a list covers, where it holds with a certificate of `signers` (DER)."""
    root = parse(content)
    signatures = signatures_in(root)
    if not signatures:
        return Signed(None, "it carries no signature")
    if len(signatures) > 1:
        return Signed(None, "it carries several signatures, where a list has one")
    if signatures[0].getparent() is not root:
        return Signed(None, "its signature does not stand directly under its root")  # 1
    layout = layout_of(root, signatures[0])
    if layout.fault or layout.doubt or Target.ROOT not in layout.targets:
        return Signed(None, f"its signature does not cover the whole of it: {layout.fault or layout.doubt or 'a part'}")
    travelling = _travelling(signatures[0])
    why = "it is signed with a certificate that nobody names" if travelling.isdisjoint(signers) else ""
    for der in dict.fromkeys(signers):
        references = _verified(content, der)
        if isinstance(references, str):
            why = references if der in travelling else why
        elif travelling and not _is_its_chain(der, travelling):
            return Signed(
                None, "the certificate that travels with its signature is not the one that it holds with"
            )  # 3
        elif not _in_its_time(der, made):
            why = "its certificate was not valid on the day that it bears"  # 4
        else:
            return Signed(_of_root(references, layout))
    return Signed(None, why or "something was changed after signing")


def _verified(content: bytes, der: bytes) -> tuple[Reference, ...] | str:
    """Return what the signature covers, or why it does not hold with this certificate."""
    try:
        return verify_one(content, 0, pyca.load_der_x509_certificate(der), lambda _: None)  # 2
    except InvalidDigest:
        return "something was changed after signing"
    except (SignXMLException, ValueError, TypeError, AttributeError, etree.LxmlError):
        return "the value of its signature is not this key's"


def _of_root(references: tuple[Reference, ...], layout: Layout) -> bytes:
    return references[layout.targets.index(Target.ROOT)].data


def _is_its_chain(der: bytes, travelling: set[bytes]) -> bool:
    """Whether the certificates that travel are this one and those that vouch for it."""
    if der not in travelling:
        return False
    chain, waiting = [der], travelling - {der}
    for each in chain:
        issuers = {other for other in waiting if issued(x509.Certificate.load(each), other)}
        chain += issuers
        waiting -= issuers
    return not waiting


def _in_its_time(der: bytes, made: datetime) -> bool:
    certificate = pyca.load_der_x509_certificate(der)
    return certificate.not_valid_before_utc <= made <= certificate.not_valid_after_utc


def _travelling(signature: etree._Element) -> set[bytes]:
    """Return the certificates of the key information, DER; what cannot be read stands for itself."""
    found = set()
    for each in signature.iterfind(f"{{{DS}}}KeyInfo//{{{DS}}}X509Certificate"):
        text = "".join((each.text or "").split())
        try:
            found.add(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            found.add(text.encode())
    return found
