"""How is a stream sealed to an X.509 certificate? CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM, as one stream.

Implementing Regulation (EU) 2025/1550, Annex, point 6. RSA keys get OAEP with SHA-256 (RFC 8017), keys on a curve get
ECDH with a key of this message, KDF with SHA-256 and AES key wrap (RFC 5753). The outer values have no length, so that
nothing has to be known before it is written; `openssl cms -decrypt` opens it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from answerable.adapters.sealing import der
from answerable.adapters.sealing.piping import BUFFER, Gathered, Pipe

BEGINS = b"\x30\x80"
# A key of AES-GCM serves for one message of 2^39 - 256 bits (NIST SP 800-38D, 5.2.1.1).
LONGEST = 2**36 - 32

_AUTH_ENVELOPED = der.oid("1.2.840.113549.1.9.16.1.23")
_DATA = der.oid("1.2.840.113549.1.7.1")
_AES_256_GCM = der.oid("2.16.840.1.101.3.4.1.46")
_SHA_256 = der.tlv(der.SEQUENCE, der.oid("2.16.840.1.101.3.4.2.1"))
_MGF1 = der.tlv(der.SEQUENCE, der.oid("1.2.840.113549.1.1.8"), _SHA_256)
_OAEP = der.tlv(
    der.SEQUENCE,
    der.oid("1.2.840.113549.1.1.7"),
    der.tlv(der.SEQUENCE, der.tlv(0xA0, _SHA_256), der.tlv(0xA1, _MGF1)),
)
_EC_PUBLIC_KEY = der.tlv(der.SEQUENCE, der.oid("1.2.840.10045.2.1"))
_AES_WRAP = der.tlv(der.SEQUENCE, der.oid("2.16.840.1.101.3.4.1.45"))
_ECDH = der.tlv(der.SEQUENCE, der.oid("1.3.132.1.11.1"), _AES_WRAP)
_END = b"\0\0"
_OAEP_PADDING = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def seal(source: Pipe, target: Pipe, certificate: x509.Certificate) -> None:
    """Write what `source` gives to `target`, sealed to one certificate. Refuses more than one key of GCM serves for."""
    key, nonce = os.urandom(32), os.urandom(12)
    parameters = der.tlv(der.SEQUENCE, der.tlv(der.OCTETS, nonce), der.integer(16))
    sealed = Gathered(target)
    sealed.write(
        b"\x30\x80" + _AUTH_ENVELOPED + b"\xa0\x80\x30\x80" + der.integer(0)
        + der.tlv(der.SET, _recipient(certificate, key))
        + b"\x30\x80" + _DATA + der.tlv(der.SEQUENCE, _AES_256_GCM, parameters) + b"\xa0\x80"
    )  # fmt: skip
    cipher = Cipher(algorithms.AES256(key), modes.GCM(nonce)).encryptor()
    total = 0
    for piece in _even(source):
        total += len(piece)
        if total > LONGEST:
            raise OSError("longer than 64 GiB, which is more than one key of AES-GCM serves for")
        sealed.write(bytes([der.OCTETS]) + der.length(len(piece)))
        sealed.write(cipher.update(piece))
    cipher.finalize()
    sealed.write(_END + _END + der.tlv(der.OCTETS, cipher.tag) + _END * 3)
    sealed.flush()


def unseal(source: Pipe, target: Pipe, identity: bytes) -> None:
    """Write what was sealed to `target`; `identity` is the private key as PEM. Opens only what `seal` writes."""
    stream = _Stream(source)
    stream.expect(b"\x30\x80" + _AUTH_ENVELOPED + b"\xa0\x80\x30\x80" + der.integer(0))
    key = _unwrapped(stream.value(der.SET), identity)
    stream.expect(b"\x30\x80" + _DATA)
    algorithm = stream.value(der.SEQUENCE)
    nonce = algorithm[-15:-3]
    if algorithm != _AES_256_GCM + der.tlv(der.SEQUENCE, der.tlv(der.OCTETS, nonce), der.integer(16)):
        raise der.broken()
    stream.expect(b"\xa0\x80")
    cipher = Cipher(algorithms.AES256(key), modes.GCM(nonce)).decryptor()
    while (piece := stream.octets_or_end()) is not None:
        target.write(cipher.update(piece))
    stream.expect(_END)
    tag = stream.value(der.OCTETS)
    stream.expect(_END * 3)
    if len(tag) != 16 or not stream.is_used_up():
        raise der.broken()
    try:
        cipher.finalize_with_tag(tag)
    except InvalidTag as fault:
        raise der.broken() from fault


def _even(source: Pipe) -> Iterator[memoryview]:
    """Yield what `source` gives in pieces of a mebibyte, each until the next is asked for."""
    block = bytearray(BUFFER)
    filled = 0
    while taken := source.readinto(memoryview(block)[filled:]):
        filled += taken
        if filled == BUFFER:
            yield memoryview(block)
            filled = 0
    if filled:
        yield memoryview(block)[:filled]


def _recipient(certificate: x509.Certificate, key: bytes) -> bytes:
    who = der.tlv(der.SEQUENCE, certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
    public = certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        wrapped = der.tlv(der.OCTETS, public.encrypt(key, _OAEP_PADDING))
        return der.tlv(der.SEQUENCE, der.integer(0), who, _OAEP, wrapped)
    assert isinstance(public, ec.EllipticCurvePublicKey)  # noqa: S101 - no other key is let through
    own = ec.generate_private_key(public.curve)
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    originator = der.tlv(0xA0, der.tlv(0xA1, _EC_PUBLIC_KEY, der.tlv(der.BITS, b"\0", point)))
    wrapped = der.tlv(der.OCTETS, keywrap.aes_key_wrap(_shared(own, public), key))
    keys = der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, who, wrapped))
    return der.tlv(0xA1, der.integer(3), originator, _ECDH, keys)


def _shared(own: ec.EllipticCurvePrivateKey, other: ec.EllipticCurvePublicKey) -> bytes:
    """Return the key that wraps the message's key (RFC 5753, 7.2)."""
    bits = der.tlv(0xA2, der.tlv(der.OCTETS, (256).to_bytes(4, "big")))
    return X963KDF(hashes.SHA256(), 32, der.tlv(der.SEQUENCE, _AES_WRAP, bits)).derive(own.exchange(ec.ECDH(), other))


def _unwrapped(recipients: bytes, identity: bytes) -> bytes:
    private = serialization.load_pem_private_key(identity, None)
    ((tag, content),) = der.parts(recipients)
    fields = der.parts(content)
    if tag == der.SEQUENCE and isinstance(private, rsa.RSAPrivateKey):
        key = private.decrypt(fields[3][1], _OAEP_PADDING)
    elif tag == 0xA1 and isinstance(private, ec.EllipticCurvePrivateKey):
        ((_, public_key),) = der.parts(fields[1][1])
        point = der.parts(public_key)[1][1][1:]
        other = ec.EllipticCurvePublicKey.from_encoded_point(private.curve, point)
        ((_, first),) = der.parts(fields[3][1])
        key = keywrap.aes_key_unwrap(_shared(private, other), der.parts(first)[1][1])
    else:
        raise der.broken()
    if len(key) != 32:
        raise der.broken()
    return key


class _Stream:
    """Exact reads of BER from a pipe, in the one spelling that `seal` has."""

    def __init__(self, source: Pipe) -> None:
        self._pieces, self._held = source.pieces(), bytearray()

    def take(self, size: int) -> bytes:
        while len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                raise der.broken()
            self._held += piece
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def expect(self, content: bytes) -> None:
        if self.take(len(content)) != content:
            raise der.broken()

    def value(self, tag: int) -> bytes:
        """Return the content of the value that stands next."""
        head = self.take(2)
        size = head[1]
        if head[0] != tag or size == 0x80 or size > 0x84:
            raise der.broken()
        if size > 0x80:
            octets = self.take(size & 0x7F)
            size = int.from_bytes(octets, "big")
        if size > BUFFER:
            raise der.broken()
        return self.take(size)

    def octets_or_end(self) -> bytes | None:
        """Return the next piece, or None where the pieces end."""
        while len(self._held) < 2:
            self._held += self._more()
        if self._held[:2] == _END:
            self.take(2)
            return None
        return self.value(der.OCTETS)

    def is_used_up(self) -> bool:
        return not self._held and next(self._pieces, None) is None

    def _more(self) -> bytes:
        piece = next(self._pieces, None)
        if piece is None:
            raise der.broken()
        return piece
