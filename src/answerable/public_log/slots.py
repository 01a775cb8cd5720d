"""How does an event lie in the log without being told? Thirty-two salted fields, one slot among decoys.

    field leaf   SHA-256(0x00 ‖ salt ‖ canonical(field))      salt = HMAC-SHA256(entry seed, "answerable/salt/v1" ‖ position)
    event root   RFC 6962 root over the 32 field leaves
    slot leaf    SHA-256(0x00 ‖ event root)                   a decoy's root = HMAC-SHA256(decoy seed, "answerable/decoy/v1" ‖ index)
    slot root    RFC 6962 root over all slots of the epoch

Positions are one byte, indexes four bytes, big-endian. An absent field is an empty one: presence is hidden.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence

from answerable.casefile.encoding import keyed
from answerable.public_log import merkle

FIELDS = 32
CAPACITIES = (256, 1024, 4096)
_SALT, _DECOY = b"answerable/salt/v1", b"answerable/decoy/v1"
_POSITIONS = tuple(bytes([at]) for at in range(FIELDS))


def canonical_field(position: int, value: str) -> bytes:
    """Return position (1 byte) and value (NFC, UTF-8). The salt before it has a fixed length, so nothing is ambiguous."""
    return bytes([position]) + normal(value).encode()


def normal(value: str) -> str:
    """Return the one form of a text that is hashed, NFC."""
    return unicodedata.normalize("NFC", value)


def salt(seed: bytes, position: int) -> bytes:
    """Return the 32-byte salt of one field."""
    return hmac.digest(seed, _SALT + bytes([position]), "sha256")


def field_leaf(position: int, value: str, salt_: bytes) -> bytes:
    """Return the hash of one salted field."""
    return merkle.leaf_hash(salt_ + canonical_field(position, value))


def field_leaves(fields: Sequence[str], seed: bytes) -> list[bytes]:
    """Return the 32 field leaves of an event. Refuses any other number of fields."""
    if len(fields) != FIELDS:
        raise ValueError(f"an event has {FIELDS} fields, not {len(fields)}")
    sha256, salted = hashlib.sha256, keyed(seed, _SALT)
    # As `field_leaf` and `salt` say, in one line: every event pays for 32 of them before it is durable.
    return [
        sha256(b"\x00" + salted(at) + at + (value if value.isascii() else normal(value)).encode()).digest()
        for at, value in zip(_POSITIONS, fields, strict=True)
    ]


def event_root(fields: Sequence[str], seed: bytes) -> bytes:
    """Return the 32 bytes that commit to an event."""
    return merkle.root(field_leaves(fields, seed))


def decoy(seed: bytes, index: int) -> bytes:
    """Return the 32 bytes of a slot in which nothing happened; without the seed they look like any other."""
    return hmac.digest(seed, _DECOY + index.to_bytes(4, "big"), "sha256")


def decoy_commitment(seed: bytes) -> bytes:
    """Return the 32 bytes that commit to the decoy seed."""
    return hashlib.sha256(b"answerable/decoy-commitment/v1" + seed).digest()


def positions(count: int, capacity: int, randomness: bytes) -> tuple[int, ...]:
    """Return `count` different slots, chosen by the random bytes handed in. Refuses more events than slots."""
    if count > capacity:
        raise ValueError("more events than slots: the rest waits for the next epoch")
    order = sorted(range(capacity), key=lambda index: hmac.digest(randomness, index.to_bytes(4, "big"), "sha256"))
    return tuple(order[:count])


def with_decoys(filled: Mapping[int, bytes], capacity: int, decoy_seed: bytes) -> tuple[bytes, ...]:
    """Return the values of all slots, in order. Refuses a capacity the format does not know."""
    if capacity not in CAPACITIES:
        raise ValueError(f"an epoch has {', '.join(map(str, CAPACITIES))} slots, not {capacity}")
    decoy_at = keyed(decoy_seed, _DECOY)
    return tuple([filled.get(index) or decoy_at(index.to_bytes(4, "big")) for index in range(capacity)])


def slot_leaves(tree: Sequence[bytes]) -> list[bytes]:
    """Return the leaf hashes of the slot tree."""
    return merkle.leaf_hashes(tree)


def slot_root(tree: Sequence[bytes]) -> bytes:
    """Return the root of the slot tree."""
    return merkle.root(slot_leaves(tree))
