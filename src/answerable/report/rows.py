"""How does one demand lie on one sheet so that it is counted and not told?

    field leaf   SHA-256(0x00 ‖ salt ‖ position ‖ value)     position: 1 byte, 0 for the link; value: UTF-8 in NFC
    salt         HMAC-SHA256(seed, "answerable/row-salt/v1" ‖ position)
    row          SHA-256("answerable/row/v1" ‖ number of the sheet, 1 byte ‖ field leaves)
    decoy        HMAC-SHA256(decoy seed, "answerable/row-decoy/v1" ‖ number of the sheet ‖ place), 4 bytes, big-endian

A row has two seeds: one for the fields that are open, which is published, and one for those that are closed. Both, the order
of the rows and the decoys follow from one secret of the period.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from answerable.report.groups import Shown

_SALT, _ROW, _DECOY = b"answerable/row-salt/v1", b"answerable/row/v1", b"answerable/row-decoy/v1"


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a sheet of a period whose secret is known: where the seeds of its row come from."""

    secret: bytes
    sheet: int
    at: int

    @property
    def open_seed(self) -> bytes:
        """The seed of the row's open fields, which is published."""
        return derived(self.secret, b"open", self.sheet, at=self.at)

    @property
    def closed_seed(self) -> bytes:
        """The seed of the row's closed fields, its link among them."""
        return derived(self.secret, b"closed", self.sheet, at=self.at)

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
    return derived(secret, b"decoys", 0, at=0)


def decoy(seed: bytes, sheet: int, at: int) -> bytes:
    """Return what stands where no demand does; without the seed it looks like any closed row."""
    return hmac.digest(seed, _DECOY + bytes([sheet]) + at.to_bytes(4, "big"), "sha256")


def field_leaf(position: int, value: str, salt: bytes) -> bytes:
    """Return the hash of one salted field of a row."""
    text = unicodedata.normalize("NFC", value).encode()
    return hashlib.sha256(b"\x00" + salt + bytes([position]) + text).digest()


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
    order = sorted(range(size), key=lambda at: derived(secret, b"place", sheet, at=at))
    return order[:demands]


def derived(secret: bytes, what: bytes, sheet: int, *, at: int) -> bytes:
    """Return 32 bytes that follow from the period's secret."""
    return hmac.digest(secret, b"answerable/" + what + bytes([sheet]) + at.to_bytes(4, "big"), "sha256")


def to_base64(content: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(content).decode()


def hash_of(text: str) -> bytes:
    """Return the 32 bytes of canonical base64. Refuses everything else with `ValueError`."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise ValueError("no base64") from fault
    if len(content) != 32 or to_base64(content) != text:
        raise ValueError("not 32 bytes, or not canonical")
    return content
