"""Whose is an XML signature, when was it made, and does it hold? XAdES at its basic level, and plain XML signatures."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from asn1crypto import x509
from cryptography import x509 as pyca
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.exceptions import InvalidDigest, InvalidSignature

from answerable.authenticate.documents.carried import of_xml
from answerable.authenticate.documents.chain import build_chain
from answerable.authenticate.documents.cms import check_stamp, digests_of, load_signed_data
from answerable.authenticate.documents.evaluated import Evaluated, Stamp
from answerable.authenticate.documents.records import Trust
from answerable.authenticate.documents.telling import library
from answerable.authenticate.documents.xml_references import Layout, Target, layout_of, local
from answerable.authenticate.documents.xml_verifier import (
    DS,
    NotKnown,
    NotThere,
    Reference,
    canonical_form,
    verify_one,
)
from answerable.authenticate.safe_xml import parse

_MOST_CERTIFICATES = 20
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


@dataclass(frozen=True, slots=True)
class XmlSignature:
    """One XML signature, looked at: the evaluation, where its references lead, and what they cover."""

    evaluated: Evaluated
    layout: Layout
    references: tuple[Reference, ...] = ()
    missing: str = ""

    @property
    def holds(self) -> bool:
        """Whether it holds and nothing speaks against where it leads."""
        return self.evaluated.holds and not self.layout.fault

    @property
    def properties(self) -> etree._Element | None:
        """Its signed properties, from the bytes that were digested, never from the document around them; None without any."""
        return _signed_properties(self.references)


def evaluate_xml(
    content: bytes, root: etree._Element, signature: etree._Element, number: int,
    *, name: str, outside: Callable[[str], bytes | None], trust: Trust, at: datetime,
) -> XmlSignature:  # fmt: skip
    """Return what is known of the signature `number` of `content`. Never raises for what it holds."""
    method = f"{library('signxml')}, {library('lxml')}"
    bare = Evaluated(name, method, digest=_digests(signature), mechanism=_mechanism(signature))
    try:
        layout = layout_of(root, signature)
        carried = _carried(signature)
        candidates = _candidates(signature, carried)
    except Exception as fault:
        layout = Layout((), doubt="where it leads could not be followed")
        return XmlSignature(replace(bare, why=f"it cannot be taken apart ({type(fault).__name__})"), layout)
    if not candidates:
        return XmlSignature(replace(bare, why="it carries no certificate of its signer"), layout)
    outcome = _verified(content, number, candidates, outside=outside, bare=bare)
    one = replace(outcome.evaluated, carried=carried, bound=Target.KEY in layout.targets, revocation=of_xml(signature))
    if one.certificate is not None:
        one = _with_signer(one, signature, outcome.references, trust=trust, at=at)
    return XmlSignature(one, layout, outcome.references, outcome.missing)


def _verified(
    content: bytes,
    number: int,
    candidates: list[x509.Certificate],
    *,
    outside: Callable[[str], bytes | None],
    bare: Evaluated,
) -> XmlSignature:
    """Try the certificates that may be the signer's; the first whose key fits the value decides."""
    nowhere = Layout(())
    outcome = XmlSignature(replace(bare, why="no certificate could be used"), nowhere)
    for candidate in candidates[:_MOST_CERTIFICATES]:
        one = replace(bare, certificate=candidate)
        try:
            certificate = pyca.load_der_x509_certificate(candidate.dump())
            certificate.public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm):
            why = "the key of its certificate is written in a way that cannot be read"
            outcome = XmlSignature(replace(bare, why=why), nowhere)
            continue
        try:
            references = verify_one(content, number, certificate, outside)
        except InvalidDigest:
            return XmlSignature(replace(one, intact=False, valid=True, indication="FAILED HASH_FAILURE"), nowhere)
        except NotThere as fault:
            missing = replace(one, valid=True, indication="INDETERMINATE SIGNED_DATA_NOT_FOUND", why=str(fault))
            return XmlSignature(missing, nowhere, missing=str(fault))
        except NotKnown as fault:
            return XmlSignature(replace(one, valid=True, why=f"{fault} is not done here"), nowhere)
        except InvalidSignature:
            outcome = XmlSignature(replace(one, valid=False, indication="FAILED SIG_CRYPTO_FAILURE"), nowhere)
        except Exception as fault:
            outcome = XmlSignature(replace(bare, why=f"the validator stopped ({type(fault).__name__})"), nowhere)
        else:
            return XmlSignature(replace(one, intact=True, valid=True), nowhere, references)
    return outcome


def _with_signer(
    one: Evaluated, signature: etree._Element, references: tuple[Reference, ...], *, trust: Trust, at: datetime
) -> Evaluated:
    """Add chain, times and indication; refuse a signer who is not the one that the signed properties name."""
    if one.certificate is None:
        return one
    chain = build_chain(one.certificate, one.carried, trust, at=at, revocation="none")
    properties = _signed_properties(references)
    claimed = _claimed(properties)
    stamp = _stamp(signature, one, trust, at)
    if one.holds and properties is not None and not _names(properties, one.certificate):
        one = replace(
            one,
            valid=None,
            why="the signed properties name another certificate",
            indication="INDETERMINATE NO_SIGNING_CERTIFICATE_FOUND",
        )
    named = properties is not None and any(local(each) == "CertDigest" for each in _iter(properties))
    one = replace(one, bound=one.bound or named)
    indication = one.indication or (f"INDETERMINATE {chain.indication}" if chain.indication else "PASSED OK")
    return replace(
        one,
        chain=chain,
        claimed=claimed,
        stamp=stamp,
        indication=indication if one.intact is not None else one.indication,
    )


def _digests(signature: etree._Element) -> str:
    methods = signature.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference/{{{DS}}}DigestMethod")
    return "+".join(sorted({_algorithm(each) for each in methods})) or "none"


def _mechanism(signature: etree._Element) -> str:
    method = signature.find(f"{{{DS}}}SignedInfo/{{{DS}}}SignatureMethod")
    return _algorithm(method) if method is not None else "none"


def _algorithm(method: etree._Element) -> str:
    return str(method.get("Algorithm", "none")).rpartition("#")[2][:60]


def _carried(signature: etree._Element) -> tuple[x509.Certificate, ...]:
    names = (f"{{{DS}}}X509Certificate", "EncapsulatedX509Certificate")
    found: list[x509.Certificate] = []
    for each in signature.iter(etree.Element):
        if each.tag == names[0] or local(each) == names[1]:
            der = _base64(each)
            if der is not None and len(found) < 3 * _MOST_CERTIFICATES:
                try:
                    certificate = x509.Certificate.load(der)
                    certificate.public_key.native  # noqa: B018 - a certificate that cannot be read is left out here
                    found.append(certificate)
                except (ValueError, TypeError):
                    continue
    return tuple(found)


def _candidates(signature: etree._Element, carried: tuple[x509.Certificate, ...]) -> list[x509.Certificate]:
    """Return the certificates of the key information, those that the signed properties name first."""
    own = {
        der
        for each in signature.iterfind(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")
        if (der := _base64(each)) is not None
    }
    named = next((each for each in signature.iter(etree.Element) if local(each) == "SignedProperties"), None)
    inside = [each for each in carried if each.dump() in own] or list(carried)
    return sorted(inside, key=lambda each: named is None or not _names(named, each))


def _signed_properties(references: tuple[Reference, ...]) -> etree._Element | None:
    for each in references:
        if b"SignedProperties" not in each.data[:4000]:
            continue
        try:
            root = parse(each.data)
        except (ValueError, etree.XMLSyntaxError):
            continue
        if local(root) == "SignedProperties":
            return root
    return None


def _names(properties: etree._Element, certificate: x509.Certificate) -> bool:
    """Whether the first certificate that signed properties name is this one; where they name none, any will do."""
    for each in properties.iter(etree.Element):
        if local(each) == "CertDigest":
            values = {local(inner): inner for inner in each.iter(etree.Element)}
            method, value = values.get("DigestMethod"), values.get("DigestValue")
            algorithm = _algorithm(method).replace("-", "_") if method is not None else ""
            try:
                return value is not None and _base64(value) == digests_of(certificate.dump())(algorithm)
            except ValueError:
                return False
    return True


def _claimed(properties: etree._Element | None) -> datetime | None:
    text = next((each.text for each in _iter(properties) if local(each) == "SigningTime"), None)
    try:
        moment = datetime.fromisoformat((text or "").strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _iter(element: etree._Element | None) -> Iterator[etree._Element]:
    if element is not None:
        yield from element.iter(etree.Element)


def _stamp(signature: etree._Element, one: Evaluated, trust: Trust, at: datetime) -> Stamp | None:
    """Return the first timestamp over the signature's value."""
    value = signature.find(f"{{{DS}}}SignatureValue")
    for each in signature.iter(etree.Element):
        if local(each) != "SignatureTimeStamp" or value is None:
            continue
        token = next(
            (_base64(inner) for inner in each.iter(etree.Element) if local(inner) == "EncapsulatedTimeStamp"), None
        )
        method = next((inner for inner in each.iter(etree.Element) if local(inner) == "CanonicalizationMethod"), None)
        try:
            data = canonical_form(value, method.get("Algorithm", _C14N) if method is not None else _C14N)
            return check_stamp(load_signed_data(token or b""), digests_of(data), one.carried, trust=trust, at=at)
        except Exception:
            return None
    return None


def _base64(element: etree._Element) -> bytes | None:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def signed_targets(one: XmlSignature) -> list[tuple[Target, Reference]]:
    """Return what a holding signature covers, with where each reference leads."""
    return list(zip(one.layout.targets, one.references, strict=False))
