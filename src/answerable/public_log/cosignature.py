"""What exactly does a cosigner sign? C2SP tlog-cosignature: Ed25519 over `cosignature/v1`, ML-DSA-44 over `subtree/v1`.

The second commits to the cosigner's name and to the three lines of the checkpoint, not to its bytes. A log signs its own
checkpoints in that form too, with the time zero: it states no time, and the time of a tick is no secret worth a clock.
"""

from __future__ import annotations

import base64
import binascii

STAMP = 8
"""Bytes of the timestamp before a cosignature."""

MOST_SECONDS = 2**63 - 1


def ed25519_message(text: bytes, at: int) -> bytes:
    """Return what an Ed25519 cosignature of the checkpoint `text` at POSIX time `at` is over."""
    return b"cosignature/v1\ntime %d\n" % at + text


def mldsa44_message(name: str, text: bytes, at: int) -> bytes:
    """Return what an ML-DSA-44 cosignature by `name` is over. Refuses a text that is no checkpoint."""
    lines = text.split(b"\n")
    try:
        origin, size, root = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)
    except (IndexError, binascii.Error) as fault:
        raise ValueError("not a checkpoint") from fault
    if len(root) != 32 or not 0 <= size < 2**64:
        raise ValueError("not a checkpoint")
    return b"".join(
        (
            b"subtree/v1\n\0",
            _short(name.encode()),
            at.to_bytes(STAMP, "big"),
            _short(origin),
            bytes(8),
            size.to_bytes(8, "big"),
            root,
        )
    )


def _short(value: bytes) -> bytes:
    if not 1 <= len(value) <= 255:
        raise ValueError("a name has 1 to 255 bytes")
    return bytes([len(value)]) + value
