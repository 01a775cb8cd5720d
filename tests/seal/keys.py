"""Keys of authorities and certificates for the tests of sealing, made when they are asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC)
USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
          "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip


@cache
def key(kind):
    return (
        rsa.generate_private_key(65537, int(kind)) if kind.isdigit() else ec.generate_private_key(getattr(ec, kind)())
    )


def certificate(of, *, usage="key_encipherment", start=-1, end=9, issuer=None, stamping=False):
    """Return a certificate of a key, from one day to another, issued by itself or by (name, key)."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Issuer" if usage == "key_cert_sign" else "Court")])
    by, signing = issuer or (name, of)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(of.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=start))
        .not_valid_after(NOW + timedelta(days=end))
        .add_extension(x509.BasicConstraints(ca=usage == "key_cert_sign", path_length=None), critical=True)
    )
    if usage:
        builder = builder.add_extension(x509.KeyUsage(**{**dict.fromkeys(USAGES, False), usage: True}), critical=True)
    if stamping:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(signing, hashes.SHA256())


def pem(thing):
    """Return a certificate or a private key as text."""
    encoding = serialization.Encoding.PEM
    if isinstance(thing, x509.Certificate):
        return thing.public_bytes(encoding).decode()
    form, closed = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return thing.private_bytes(encoding, form, closed).decode()
