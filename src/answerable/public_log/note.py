"""How is a text signed so that anyone can check it with one line of key? C2SP signed-note, Ed25519 (type 0x01).

A key of another type, or of another name, is somebody else's signature and is passed over; a known key with a bad
signature rejects the whole note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from answerable.errors import VerificationFailed

_ED25519 = b"\x01"
_DASH = "— "
_LONGEST = 1_000_000
_MOST_SIGNATURES = 100


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half: `name+keyid+key`, one line."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, line: str) -> Verifier:
        """Return the verifier of a key line. Refuses a key id that does not belong to the key."""
        name, _, rest = line.partition("+")
        key_id, _, encoded = rest.partition("+")
        key = unbase64(encoded)
        if len(key) != 33 or key[:1] != _ED25519 or not name or key_id != _key_id(name, key[1:]).hex():
            raise _bad(
                "note.bad-key", "The log's key line cannot be read.", "Name, key id and key do not belong together."
            )
        return cls(name, key[1:])

    @property
    def line(self) -> str:
        """The key line."""
        return f"{self.name}+{_key_id(self.name, self.key).hex()}+{to_base64(_ED25519 + self.key)}"

    def holds(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's, over `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """The private half. Ed25519 is deterministic: the same text has one signature."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    @property
    def verifier_key(self) -> str:
        """The public half as one line."""
        return self.verifier.line

    def sign(self, text: bytes) -> bytes:
        """Return the note: the text, an empty line, and one signature line."""
        signature = _key_id(self.name, self.verifier.key) + self.key.sign(text)
        return text + f"\n{_DASH}{self.name} {to_base64(signature)}\n".encode()


def open_note(note: bytes, verifier: Verifier) -> bytes:
    """Return the signed text. Refuses a note that `verifier` did not sign, or that is not written canonically."""
    text, signatures = _split(note)
    mine = [
        signature[4:]
        for name, signature in signatures
        if name == verifier.name and signature[:4] == _key_id(verifier.name, verifier.key)
    ]
    if not mine:
        raise _bad("note.not-signed", "The note is not signed by the log's key.", "No signature line carries that key.")
    if not all(verifier.holds(text, signature) for signature in mine):
        raise _bad("note.bad-signature", "The note's signature does not hold.", "Text or signature was changed.")
    return text


def unbase64(text: str) -> bytes:
    """Return the bytes of canonical base64. Refuses every other spelling of the same bytes."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content or to_base64(content) != text:
        raise _bad("note.bad-base64", "A line is not canonical base64.", "It was changed or cut short.")
    return content


def to_base64(content: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(content).decode()


def _split(note: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    head, separator, tail = note.rpartition(b"\n\n")
    try:
        lines = tail.decode().split("\n")
        note.decode()
    except UnicodeDecodeError:
        lines = []
    whole = separator and note.endswith(b"\n") and len(note) <= _LONGEST and not _has_control_characters(note)
    if not whole or len(lines) < 2 or len(lines) > _MOST_SIGNATURES + 1 or lines[-1]:
        raise _bad(
            "note.malformed", "This is not a signed note.", "Text, empty line and signature lines are not there."
        )
    return head + b"\n", [_signature(line) for line in lines[:-1]]


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    signature = unbase64(encoded) if line.startswith(_DASH) and name else b""
    if len(signature) < 5:
        raise _bad("note.malformed", "This is not a signed note.", "A signature line cannot be read.")
    return name, signature


def _has_control_characters(note: bytes) -> bool:
    return any(byte < 0x20 and byte != 0x0A for byte in note)


def _key_id(name: str, key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key).digest()[:4]


def _bad(code: str, what: str, why: str) -> VerificationFailed:
    return VerificationFailed(
        code, what=what, why=why, next_step="Fetch it again from the log; if it stays, tell the log's witnesses."
    )
