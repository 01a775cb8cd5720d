"""Can an answer be sealed to this key? One that is broken, expired, revoked or weak is refused, with the reason."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyrage
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from answerable.casefile.recipient import SUFFIXES, SealKind, kind_of
from answerable.errors import SealFailed

SHORTEST_RSA = 2048
_CURVES = ("secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1")
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A key that an answer can be sealed to: what it is called, and what its library needs."""

    kind: SealKind
    name: str
    key: str | bytes | x509.Certificate

    @property
    def suffix(self) -> str:
        """What the sealed file is called after `.tar.`."""
        return SUFFIXES[self.kind]


def recipient(key: str, *, at: datetime) -> Recipient:
    """Return the key of a demand, fit for sealing at that moment. Refuses one that is not."""
    return _READERS[kind_of(key)](key, at)


def _age(key: str, _: datetime) -> Recipient:
    try:
        pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError as fault:
        raise unfit("It is no X25519 recipient of age: a letter was lost or changed on its way.") from fault
    return Recipient("age", key, key)


def _certificate(key: str, at: datetime) -> Recipient:
    try:
        certificate = (
            x509.load_pem_x509_certificate(key.encode())
            if key.startswith(_CERTIFICATE)
            else x509.load_der_x509_certificate(base64.b64decode(key, validate=False))
        )
        public, usage = certificate.public_key(), _usage(certificate)
    except (ValueError, TypeError, binascii.Error) as fault:
        raise unfit("It is no X.509 certificate that can be read.") from fault
    if not certificate.not_valid_before_utc <= at < certificate.not_valid_after_utc:
        days = f"{certificate.not_valid_before_utc:%d %B %Y} to {certificate.not_valid_after_utc:%d %B %Y}"
        raise unfit(f"The certificate is valid from {days}, and today is not in that time.")
    if isinstance(public, rsa.RSAPublicKey):
        if public.key_size < SHORTEST_RSA:
            raise unfit(f"Its RSA key has {public.key_size} bits, and {SHORTEST_RSA} is the least.")
        is_meant = usage is not None and usage.key_encipherment
    elif isinstance(public, ec.EllipticCurvePublicKey) and public.curve.name in _CURVES:
        is_meant = usage is not None and usage.key_agreement
    else:
        raise unfit("Its key is neither RSA nor on a curve of NIST or Brainpool with 256 bits or more.")
    if not is_meant:
        raise unfit("Its keyUsage does not say keyEncipherment (RSA) or keyAgreement (ECDH).")
    return Recipient("cms", f"sha256:{hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()}", certificate)


def _usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def _openpgp(key: str, at: datetime) -> Recipient:
    # Left to here: without OpenPGP the other two kinds are sealed and opened all the same.
    import pysequoia  # noqa: PLC0415
    from pysequoia import packet  # noqa: PLC0415

    try:
        certificate = pysequoia.Cert.from_bytes(key.encode())
        packets = list(packet.PacketPile.from_bytes(bytes(certificate)))
    except Exception as fault:
        raise unfit("It is no OpenPGP certificate that can be read.") from fault
    if certificate.is_revoked:
        raise unfit("The OpenPGP key was revoked by its owner.")
    if certificate.expiration is not None and certificate.expiration <= at:
        raise unfit(f"The OpenPGP key expired on {certificate.expiration.astimezone(UTC):%d %B %Y}.")
    bits = [_rsa_bits(each.body) for each in packets if str(each.tag) in ("Tag.PublicKey", "Tag.PublicSubkey")]
    if any(0 < each < SHORTEST_RSA for each in bits):
        raise unfit(f"An RSA key in it has fewer than {SHORTEST_RSA} bits.")
    try:
        pysequoia.encrypt(recipients=[certificate], bytes=b"")
    except Exception as fault:
        raise unfit("It has no key for encryption that is valid today.") from fault
    return Recipient("openpgp", f"openpgp:{certificate.fingerprint}", key.encode())


def _rsa_bits(body: bytes) -> int:
    """Return the length of an RSA modulus in a version 4 key packet (RFC 9580, 5.5.2.2), or 0 for another kind of key."""
    is_rsa = len(body) > 8 and body[0] == 4 and body[5] in (1, 2, 3)
    return int.from_bytes(body[6:8], "big") if is_rsa else 0


def unfit(why: str) -> SealFailed:
    """Return the error for a key that no answer can be sealed to."""
    return SealFailed(
        "seal.unfit-key",
        what="The answer cannot be sealed to the key that the demand names.",
        why=why,
        next_step="Ask the authority for another key in a corrected demand; nothing leaves unsealed.",
    )


_READERS: dict[SealKind, Callable[[str, datetime], Recipient]] = {
    "age": _age,
    "openpgp": _openpgp,
    "cms": _certificate,
}
