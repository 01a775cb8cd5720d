"""How does one demand lie on one sheet so that it is counted and not told?

    field leaf   SHA-256(0x00 ‖ salt ‖ position ‖ value)     position: 1 byte, 0 for the link; value: UTF-8 in NFC
    salt         HMAC-SHA256(seed, "answerable/row-salt/v1" ‖ position)
    row          SHA-256("answerable/row/v1" ‖ number of the sheet, 1 byte ‖ field leaves)
    decoy        HMAC-SHA256(decoy seed, "answerable/row-decoy/v1" ‖ number of the sheet ‖ place), 4 bytes, big-endian

A row has two seeds: one for the fields that are open, which is published, and one for those that are closed. Both, the order
of the rows and the decoys follow from one secret of the period.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from answerable.casefile.encoding import INNER, OUTER, keyed
from answerable.report.groups import Shown

Field = tuple[bytes, bytes]
"""A field as it is hashed: what its salt is asked of the seed with, and what follows the salt in its leaf."""

_SALT, _ROW, _DECOY = b"answerable/row-salt/v1", b"answerable/row/v1", b"answerable/row-decoy/v1"
_INNER_REST, _OUTER_REST = b"\x36" * 32, b"\x5c" * 32  # of the blocks of an HMAC whose key, a seed, has 32 bytes
_LAST = frozenset("AEIMQUYcgkosw048")  # of 32 bytes in base64, the last digit holds four bits: these end canonically


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a sheet of a period whose secret is known: where the seeds of its row come from."""

    secret: bytes
    sheet: int
    at: int

    @property
    def open_seed(self) -> bytes:
        """The seed of the row's open fields, which is published."""
        return derived(self.secret, b"open", self.sheet)(self.at)

    @property
    def closed_seed(self) -> bytes:
        """The seed of the row's closed fields, its link among them."""
        return derived(self.secret, b"closed", self.sheet)(self.at)

    def leaves(self, values: Sequence[str], group: Shown | None) -> list[bytes]:
        """Return the field leaves of a row. `values` begin with the link; `group` is what it shows, None for nothing."""
        opened, closed = self.open_seed, self.closed_seed
        showing = (None, *group) if group else (None,) * len(values)
        return [
            field_leaf(position, value, salt_of(closed if shows is None else opened, position))
            for position, (value, shows) in enumerate(zip(values, showing, strict=True))
        ]


def decoy_seed(secret: bytes) -> bytes:
    """Return the seed of a period's decoys: whoever has it tells them from closed rows."""
    return derived(secret, b"decoys", 0)(0)


def decoys(seed: bytes, sheet: int) -> Callable[[int], bytes]:
    """Return what gives, by place, what stands where no demand does; without the seed it looks like any closed row."""
    return _numbered(seed, _DECOY + bytes([sheet]))


def field(position: int, value: str) -> Field:
    """Return a field as it is hashed: one that many rows have is prepared once."""
    at = bytes([position])
    return _INNER_REST + _SALT + at, at + unicodedata.normalize("NFC", value).encode()


def leaves_of(seed: bytes, fields: Iterable[Field]) -> list[bytes]:
    """Return the field leaves of a row under one of its seeds. Written for speed: a table is little else."""
    sha256 = hashlib.sha256
    inner, outer = seed.translate(INNER), seed.translate(OUTER) + _OUTER_REST
    return [
        sha256(b"\x00" + sha256(outer + sha256(inner + asked).digest()).digest() + told).digest()
        for asked, told in fields
    ]


def field_leaf(position: int, value: str, salt: bytes) -> bytes:
    """Return the hash of one salted field of a row."""
    return hashlib.sha256(b"\x00" + salt + field(position, value)[1]).digest()


def salt_of(seed: bytes, position: int) -> bytes:
    """Return the salt of one field."""
    return hmac.digest(seed, _SALT + bytes([position]), "sha256")


def row_commitment(sheet: int, leaves: Iterable[bytes]) -> bytes:
    """Return the 32 bytes that commit to a row."""
    return hashlib.sha256(_ROW + bytes([sheet]) + b"".join(leaves)).digest()


def places(secret: bytes, sheet: int, demands: int, *, size: int) -> list[int]:
    """Return the place of each demand on a sheet. Refuses more demands than the sheet has rows."""
    if demands > size:
        raise ValueError("more demands than rows")
    drawn = list(map(derived(secret, b"place", sheet), range(size)))
    return sorted(range(size), key=drawn.__getitem__)[:demands]


def derived(secret: bytes, what: bytes, sheet: int) -> Callable[[int], bytes]:
    """Return what gives, by place, 32 bytes that follow from the period's secret."""
    return _numbered(secret, b"answerable/" + what + bytes([sheet]))


def _numbered(key: bytes, what: bytes) -> Callable[[int], bytes]:
    """Return HMAC-SHA256 under `key` of `what` and a number, 4 bytes, big-endian."""
    mac = keyed(key, what)
    return lambda number: mac(number.to_bytes(4, "big"))


def to_base64(content: bytes) -> str:
    """Return standard base64 with padding."""
    return binascii.b2a_base64(content, newline=False).decode()


def hash_of(text: str) -> bytes:
    """Return the 32 bytes of canonical base64. Refuses everything else with `ValueError`."""
    content = binascii.a2b_base64(text, strict_mode=True)  # its fault is a ValueError
    if len(content) != 32 or len(text) != 44 or text[42] not in _LAST:
        raise ValueError("not 32 bytes, or not canonical")
    return content
