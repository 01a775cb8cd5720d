"""How does an authority seal a paper? With a certificate under a root; ours makes one for the demo and the tests."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from answerable.adapters.files import write_whole


@dataclass(frozen=True, slots=True)
class SealingIdentity:
    """A root, a seal certificate under it, and the seal's key, all PEM."""

    root: bytes
    certificate: bytes
    key: bytes

    @classmethod
    def load(cls, folder: Path) -> SealingIdentity:
        """Return the identity kept in `folder`."""
        return cls(*((folder / name).read_bytes() for name in ("root.pem", "seal.pem", "seal.key")))

    def save(self, folder: Path) -> None:
        """Keep the identity in `folder`, its key closed to others."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in (("root.pem", self.root), ("seal.key", self.key), ("seal.pem", self.certificate)):
            write_whole(folder / name, content)


def make_authority(name: str, *, organisation_identifier: str, country: str, at: datetime) -> SealingIdentity:
    """Return a new root and a seal of `name` under it, valid from a day before `at` for five years."""
    root_key, seal_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name(f"{name} root", country)
    seal_name = _name(name, country, organisation_identifier)
    usage = {"key_cert_sign": True, "crl_sign": True}
    root = _certificate(root_name, root_name, root_key.public_key(), at=at, usage=usage).sign(root_key, hashes.SHA256())
    usage = {"digital_signature": True, "content_commitment": True}
    seal = _certificate(seal_name, root_name, seal_key.public_key(), at=at, usage=usage).sign(root_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    return SealingIdentity(
        root.public_bytes(pem),
        seal.public_bytes(pem),
        seal_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def seal_pdf(pdf: bytes, identity: SealingIdentity) -> bytes:
    """Return `pdf` with a PAdES baseline signature over the whole of it."""
    certificate = _asn1(identity.certificate)
    key = serialization.load_pem_private_key(identity.key, None)
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(_asn1(identity.root))
    signer = signers.SimpleSigner(
        signing_cert=certificate, signing_key=asn1_keys.PrivateKeyInfo.load(der), cert_registry=store
    )
    metadata = signers.PdfSignatureMetadata(field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    sealed = signers.PdfSigner(metadata, signer, timestamper=None).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
    return bytes(sealed.getbuffer())


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, at: datetime, usage: dict[str, bool]
) -> x509.CertificateBuilder:
    every = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(int.from_bytes(os.urandom(16)) | 1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=5 * 365))
        .add_extension(x509.BasicConstraints(ca=usage.get("key_cert_sign", False), path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{**every, **usage}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(name: str, country: str, organisation_identifier: str | None = None) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, country), (NameOID.ORGANIZATION_NAME, name), (NameOID.COMMON_NAME, name)]
    if organisation_identifier:
        parts.append((NameOID.ORGANIZATION_IDENTIFIER, organisation_identifier))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _asn1(pem: bytes) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER))
