"""What does a CMS container carry that its signature does not protect, and can each such part be explained?

The signature protects the signed attributes and the content. Version numbers, lists of algorithms, identifiers and
carried certificates lie outside; somebody who changes them changes no word of the paper, yet the file is no longer the
one that was sent. Each part is compared with what the standard (RFC 5652) makes of the protected ones.
"""

from __future__ import annotations

from asn1crypto import cms, core, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.serialization import Encoding

# Unsigned additions of the long-term kind (ETSI EN 319 122-1): timestamps, references and values for later checks.
_LONG_TERM = frozenset(
    {
        "1.2.840.113549.1.9.6", "1.2.840.113549.1.9.16.2.14", "1.2.840.113549.1.9.16.2.21", "1.2.840.113549.1.9.16.2.22",
        "1.2.840.113549.1.9.16.2.23", "1.2.840.113549.1.9.16.2.24", "1.2.840.113549.1.9.16.2.25",
        "1.2.840.113549.1.9.16.2.26", "1.2.840.113549.1.9.16.2.27", "1.2.840.113549.1.9.16.2.48",
        "1.2.840.113549.1.9.16.2.44", "1.2.840.113549.1.9.16.2.45", "0.4.0.1733.2.4", "0.4.0.1733.2.5",
        "0.4.0.19122.1.5", "0.4.0.19122.2.5", "0.4.0.19122.1.6",
    }
)  # fmt: skip
_MOST = 60


def loose_parts(
    signed: cms.SignedData, signer: x509.Certificate | None, anchors: tuple[bytes, ...] | None
) -> tuple[str, ...]:
    """Return, as phrases, the unprotected parts of a SignedData with one signer that nothing explains.

    `anchors` is None where no chain was found: then nobody can say of a carried certificate whether it belongs.
    """
    (info,) = signed["signer_infos"]
    found = []
    if not _versions_fit(signed, info):
        found.append("a version number that does not fit what follows")
    if not _algorithms_fit(signed, info):
        found.append("algorithms named outside that are not the ones used")
    if not _same_signer(info, signer):
        found.append("an identifier that names another signer")
    if anchors is not None:
        found += _stray_certificates(signed, signer, anchors)
    found += [
        f"an unsigned attribute {attribute['type'].dotted}"
        for attribute in (info["unsigned_attrs"] or ())
        if attribute["type"].dotted not in _LONG_TERM
    ]
    return tuple(found)


def _versions_fit(signed: cms.SignedData, info: cms.SignerInfo) -> bool:
    """RFC 5652, sections 5.1 and 5.3; version 1 of old signers that carry nothing newer is the same rule."""
    kinds = {each.name for each in (signed["certificates"] or ())}
    by_key = info["sid"].name == "subject_key_identifier"
    of_signer = 3 if by_key else 1
    data = signed["encap_content_info"]["content_type"].native == "data"
    if kinds & {"other"} or any(each.name == "other" for each in (signed["crls"] or ())):
        whole = 5
    elif "v2_attr_cert" in kinds:
        whole = 4
    else:
        whole = 1 if data and not by_key and "v1_attr_cert" not in kinds else 3
    return int(info["version"]) == of_signer and int(signed["version"]) == whole


def _algorithms_fit(signed: cms.SignedData, info: cms.SignerInfo) -> bool:
    used, of_value = info["digest_algorithm"], info["signature_algorithm"]
    named = list(signed["digest_algorithms"])
    return (
        used["algorithm"].dotted in {each["algorithm"].dotted for each in named}
        and all(_plain(each) for each in (used, *named))
        and (_plain(of_value) or of_value["algorithm"].native == "rsassa_pss")
    )


def _plain(algorithm: core.Sequence) -> bool:
    """Whether its parameters are absent or null, the two ways in which nothing is said."""
    return algorithm["parameters"].dump() in (b"", b"\x05\x00")


def _same_signer(info: cms.SignerInfo, signer: x509.Certificate | None) -> bool:
    if signer is None:
        return True
    sid = info["sid"].chosen
    if info["sid"].name == "subject_key_identifier":
        return bool(sid.native == signer.key_identifier)
    return bool(sid["issuer"].dump() == signer.issuer.dump() and sid["serial_number"].native == signer.serial_number)


def _stray_certificates(
    signed: cms.SignedData, signer: x509.Certificate | None, anchors: tuple[bytes, ...]
) -> list[str]:
    """Return the carried certificates that no issuer at hand vouches for, other than the signer's own."""
    carried = [each for each in (signed["certificates"] or ()) if each.name == "certificate"][:_MOST]
    ders = [each.chosen.untag().dump() for each in carried]
    at_hand = _readable([*ders, *anchors])
    if signer is None:
        return []
    stray = [der for der in ders if der != signer.dump() and der not in anchors and not _vouched(der, at_hand)]
    return [f"{len(stray)} carried certificate(s) that nobody at hand vouches for"] if stray else []


def _readable(ders: list[bytes]) -> list[pyca.Certificate]:
    readable = []
    for der in ders:
        try:
            readable.append(pyca.load_der_x509_certificate(der))
        except ValueError:
            continue
    return readable


def _vouched(der: bytes, at_hand: list[pyca.Certificate]) -> bool:
    try:
        certificate = pyca.load_der_x509_certificate(der)
    except ValueError:
        return False
    unused = bytes(x509.Certificate.load(der)["signature_value"].contents)[:1]
    if certificate.public_bytes(Encoding.DER) != der or unused != b"\0":
        return False
    return any(_issued(certificate, issuer) for issuer in at_hand)


def _issued(certificate: pyca.Certificate, issuer: pyca.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:
        return False
    return True
