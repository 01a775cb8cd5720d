"""How is a text signed so that anyone can check it with one line of key? C2SP signed-note.

Three types of key: Ed25519 over the text (0x01), and the two cosignatures, Ed25519 (0x04) and ML-DSA-44 (0x06). A key that
is not known is somebody else's signature and is passed over; a known key with a bad signature rejects the whole note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from answerable.errors import VerificationFailed
from answerable.public_log.cosignature import MOST_SECONDS, STAMP, ed25519_message, mldsa44_message

_DASH = "— "
_LONGEST = 1_000_000
_MOST_SIGNATURES = 100


class Kind(IntEnum):
    """The type byte of a key."""

    ED25519 = 0x01
    COSIGNATURE = 0x04
    QUANTUM_SAFE = 0x06


_KEY_BYTES = {Kind.ED25519: 32, Kind.COSIGNATURE: 32, Kind.QUANTUM_SAFE: 1312}


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half: `name+keyid+key`, one line."""

    name: str
    key: bytes
    kind: Kind = Kind.ED25519

    @classmethod
    def parse(cls, line: str) -> Verifier:
        """Return the verifier of a key line. Refuses a key id that does not belong to the key, and a type not known."""
        name, _, rest = line.partition("+")
        key_id, _, encoded = rest.partition("+")
        content = unbase64(encoded)
        try:
            made = cls(name, content[1:], Kind(content[0]))
        except ValueError:
            made = None
        if made is None or len(made.key) != _KEY_BYTES[made.kind] or not _is_name(name) or key_id != made.key_id.hex():
            raise _bad(
                "note.bad-key", "The log's key line cannot be read.", "Name, key id and key do not belong together."
            )
        return made

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature names this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]

    @property
    def line(self) -> str:
        """The key line."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.kind]) + self.key)}"

    def holds(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's, over `text`."""
        at = int.from_bytes(signature[:STAMP], "big")
        try:
            if self.kind is Kind.ED25519:
                Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text)
            elif len(signature) <= STAMP or at > MOST_SECONDS:
                return False
            elif self.kind is Kind.COSIGNATURE:
                Ed25519PublicKey.from_public_bytes(self.key).verify(signature[STAMP:], ed25519_message(text, at))
            else:
                signed = mldsa44_message(self.name, text, at)
                MLDSA44PublicKey.from_public_bytes(self.key).verify(signature[STAMP:], signed)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """The private half of a log's keys. Ed25519 is deterministic: the same text has one signature. ML-DSA-44 is not."""

    name: str
    key: Ed25519PrivateKey
    quantum_safe: MLDSA44PrivateKey | None = None

    @property
    def verifier(self) -> Verifier:
        """The public half of the Ed25519 key."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    @property
    def verifiers(self) -> tuple[Verifier, ...]:
        """The public halves of all keys."""
        if self.quantum_safe is None:
            return (self.verifier,)
        more = Verifier(self.name, self.quantum_safe.public_key().public_bytes_raw(), Kind.QUANTUM_SAFE)
        return (self.verifier, more)

    @property
    def verifier_key(self) -> str:
        """The public half of the Ed25519 key as one line."""
        return self.verifier.line

    def sign(self, text: bytes) -> bytes:
        """Return the note: the text, an empty line, and a signature line for each key."""
        lines = _line(self.verifier, self.key.sign(text))
        if self.quantum_safe is not None:
            lines += _line(self.verifiers[1], _stamped(0) + self.quantum_safe.sign(mldsa44_message(self.name, text, 0)))
        return text + b"\n" + lines


@dataclass(frozen=True, slots=True)
class Cosigner:
    """The private half of a witness's keys."""

    name: str
    key: Ed25519PrivateKey
    quantum_safe: MLDSA44PrivateKey

    @property
    def verifiers(self) -> tuple[Verifier, Verifier]:
        """The public halves: Ed25519, then ML-DSA-44."""
        return (
            Verifier(self.name, self.key.public_key().public_bytes_raw(), Kind.COSIGNATURE),
            Verifier(self.name, self.quantum_safe.public_key().public_bytes_raw(), Kind.QUANTUM_SAFE),
        )

    def cosign(self, text: bytes, at: int) -> bytes:
        """Return the signature lines over the checkpoint `text`, at POSIX time `at`."""
        plain, safe = self.verifiers
        return _line(plain, _stamped(at) + self.key.sign(ed25519_message(text, at))) + _line(
            safe, _stamped(at) + self.quantum_safe.sign(mldsa44_message(self.name, text, at))
        )


def open_note(note: bytes, verifiers: Verifier | Sequence[Verifier]) -> bytes:
    """Return the signed text. Refuses a note that no known key signed, or that is not written canonically."""
    known = (verifiers,) if isinstance(verifiers, Verifier) else tuple(verifiers)
    if not signed_by(note, known):
        raise _bad("note.not-signed", "The note is not signed by the log's key.", "No signature line carries that key.")
    return text_of(note)


def signed_by(note: bytes, verifiers: Iterable[Verifier]) -> tuple[Verifier, ...]:
    """Return those of the known keys that signed. Refuses the note where the signature of one of them does not hold."""
    text, signatures = _split(note)
    found = []
    for verifier in verifiers:
        mine = [sign[4:] for name, sign in signatures if name == verifier.name and sign[:4] == verifier.key_id]
        if not all(verifier.holds(text, signature) for signature in mine):
            raise _bad("note.bad-signature", "The note's signature does not hold.", "Text or signature was changed.")
        if mine:
            found.append(verifier)
    return tuple(found)


def text_of(note: bytes) -> bytes:
    """Return the text of a note, signed by whomever. Refuses what is not written as a note."""
    return _split(note)[0]


def only(note: bytes, verifiers: Iterable[Verifier]) -> bytes:
    """Return the note with the signature lines of these keys alone."""
    text, signatures = _split(note)
    known = {(each.name, each.key_id) for each in verifiers}
    return text + b"\n" + b"".join(_signed(name, sign) for name, sign in signatures if (name, sign[:4]) in known)


def without(note: bytes, verifiers: Iterable[Verifier]) -> bytes:
    """Return the note without the signature lines of these keys."""
    text, signatures = _split(note)
    known = {(each.name, each.key_id) for each in verifiers}
    return text + b"\n" + b"".join(_signed(name, sign) for name, sign in signatures if (name, sign[:4]) not in known)


def names_of(note: bytes) -> tuple[str, ...]:
    """Return the name in each signature line, in order."""
    return tuple(name for name, _ in _split(note)[1])


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


def _line(verifier: Verifier, signature: bytes) -> bytes:
    return _signed(verifier.name, verifier.key_id + signature)


def _signed(name: str, signature: bytes) -> bytes:
    return f"{_DASH}{name} {to_base64(signature)}\n".encode()


def _stamped(at: int) -> bytes:
    return at.to_bytes(STAMP, "big")


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
    signature = unbase64(encoded) if line.startswith(_DASH) and _is_name(name) else b""
    if len(signature) < 5:
        raise _bad("note.malformed", "This is not a signed note.", "A signature line cannot be read.")
    return name, signature


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(each.isspace() for each in name)


def _has_control_characters(note: bytes) -> bool:
    return any(byte < 0x20 and byte != 0x0A for byte in note)


def _bad(code: str, what: str, why: str) -> VerificationFailed:
    return VerificationFailed(
        code, what=what, why=why, next_step="Fetch it again from the log; if it stays, tell the log's witnesses."
    )
