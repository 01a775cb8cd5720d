"""How does the provider sign a tag manifest, and how is such a signature checked? CMS, as CAdES baseline B asks.

The signature is detached (RFC 5652), names its certificate by digest (RFC 5035), and opens with `openssl cms -verify`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from answerable.errors import NotConfigured

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The provider's own key with its certificate and what leads to it."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificates: tuple[x509.Certificate, ...]

    @classmethod
    def load(cls, folder: Path) -> SigningKey | None:
        """Return the key of `seal.key` and `seal.pem`, or None where there is none. Refuses a pair that does not fit."""
        if not (folder / "seal.pem").exists():
            return None
        try:
            certificates = tuple(x509.load_pem_x509_certificates((folder / "seal.pem").read_bytes()))
            key = serialization.load_pem_private_key((folder / "seal.key").read_bytes(), None)
            fits = key.public_key() == certificates[0].public_key()
        except (OSError, ValueError, TypeError) as fault:
            raise _no_pair() from fault
        if not fits or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise _no_pair()
        return cls(key, certificates)

    def sign(self, content: bytes, *, at: datetime) -> bytes:
        """Return a detached signature of `content`, in DER."""
        own = asn1_x509.Certificate.load(self.certificates[0].public_bytes(Encoding.DER))
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "data"),
                _attribute("message_digest", hashlib.sha512(content).digest()),
                _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(at)})),
                _attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [_named(own)]})),
            ]
        )
        name = "sha512_rsa" if isinstance(self.key, rsa.RSAPrivateKey) else "sha512_ecdsa"
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}}
                ),
                "digest_algorithm": {"algorithm": "sha512"},
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": name},
                "signature": _signed(self.key, attributes.dump()),
            }
        )
        chain = [asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in self.certificates]
        data = {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha512"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": chain,
            "signer_infos": [signer],
        }
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)}).dump())


def signer_of(signature: bytes, content: bytes) -> x509.Certificate:
    """Return the certificate that signed `content`. Refuses, as `ValueError`, whatever is not its signature."""
    info = cms.ContentInfo.load(signature, strict=True)
    if info["content_type"].native != "signed_data":
        raise ValueError("no signed data")
    return signed_by(info["content"], content)


def signed_by(data: Any, content: bytes) -> x509.Certificate:
    """Return the certificate that signed `content` in CMS signed data. Refuses, as `ValueError`, what does not hold."""
    (signer,) = data["signer_infos"]
    algorithm = signer["digest_algorithm"]["algorithm"].native
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    digest = hashlib.new(algorithm, content).digest() if algorithm in _HASHES else b""
    if attributes["message_digest"].native != [digest]:
        raise ValueError("the signature is of other bytes")
    certificate = _certificate_of(data, signer["sid"].chosen)
    _refuse_other_certificate(attributes, certificate)
    # What is signed is the SET, not the implicit tag it has in the message (RFC 5652, 5.4).
    text = b"\x31" + signer["signed_attrs"].dump()[1:]
    name, value = signer["signature_algorithm"].signature_algo, signer["signature"].native
    public = certificate.public_key()
    try:
        if name == "rsassa_pkcs1v15" and isinstance(public, rsa.RSAPublicKey):
            public.verify(value, text, padding.PKCS1v15(), _HASHES[algorithm])
        elif name == "ecdsa" and isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(value, text, ec.ECDSA(_HASHES[signer["signature_algorithm"].hash_algo]))
        else:
            raise ValueError("a kind of signature that is not read here")
    except InvalidSignature as fault:
        raise ValueError("the signature does not hold") from fault
    return certificate


def _certificate_of(data: Any, sid: Any) -> x509.Certificate:
    for choice in data["certificates"]:
        each = choice.chosen
        if each.issuer == sid["issuer"] and each.serial_number == sid["serial_number"].native:
            return x509.load_der_x509_certificate(each.dump())
    raise ValueError("the signer's certificate is not with it")


def _refuse_other_certificate(attributes: dict[str, Any], certificate: x509.Certificate) -> None:
    """Refuse a certificate other than the one the signature names by digest, where it names one."""
    encoded = certificate.public_bytes(Encoding.DER)
    for values in (attributes.get("signing_certificate_v2"), attributes.get("signing_certificate")):
        if values is None:
            continue
        first = values[0]["certs"][0]
        algorithm = first["hash_algorithm"]["algorithm"].native if "hash_algorithm" in first else "sha1"
        if hashlib.new(algorithm, encoded).digest() != first["cert_hash"].native:
            raise ValueError("the signature names another certificate")


def _attribute(kind: str, value: Any) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _named(certificate: asn1_x509.Certificate) -> tsp.ESSCertIDv2:
    return tsp.ESSCertIDv2(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "cert_hash": hashlib.sha256(certificate.dump()).digest(),
        }
    )


def _signed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, text: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(text, padding.PKCS1v15(), hashes.SHA512())
    return key.sign(text, ec.ECDSA(hashes.SHA512()))


def _no_pair() -> NotConfigured:
    return NotConfigured(
        "keys.no-seal",
        what="keys/seal.pem and keys/seal.key are no pair that can sign.",
        why="The certificate and its private key belong together, in PEM, the key RSA or on a curve and without passphrase.",
        next_step="Put the provider's seal there again, or take seal.pem away: answers are then not signed.",
    )
