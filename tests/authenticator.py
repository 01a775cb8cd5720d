"""A passkey in software: real ES256 keys and signatures, CBOR as authenticators write it, and each thing to be got wrong."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

from answerable.authenticate.account import decoded, encoded

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One device with one key, for `host`, asked by a page at `origin`."""

    host: str = "localhost"
    origin: str = "http://localhost:8000"
    counter: int = 0
    flags: int = PRESENT | VERIFIED
    credential: bytes = b"a credential of these tests"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def cose(self) -> bytes:
        """The public key as authenticators write it."""
        numbers = self.key.public_key().public_numbers()
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def create(self, options: str) -> str:
        """Answer to a request to make a passkey."""
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + self.cose
        data = self._data(self.flags | ATTESTED) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._client("webauthn.create", json.loads(options)["challenge"])
        return self._answer({"clientDataJSON": encoded(said), "attestationObject": encoded(attestation)})

    def get(self, options: str) -> str:
        """Answer to a request for a passkey; the counter goes on."""
        return self.sign(decoded(json.loads(options)["challenge"]))

    def sign(self, challenge: bytes, **changed) -> str:
        """Answer to a challenge; `changed` is what the page or the device says otherwise."""
        self.counter += 1
        said = self._client("webauthn.get", encoded(challenge), **changed)
        data = self._data(self.flags)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": encoded(said), "authenticatorData": encoded(data), "signature": encoded(signature)}
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, **changed) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | changed).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = encoded(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
