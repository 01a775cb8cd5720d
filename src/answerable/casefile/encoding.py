"""What exactly gets hashed? One canonical form of a record, and the digest of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict

# Both blocks that hold the key of an HMAC are the key, filled up with zeros, exclusive-or a constant.
INNER, OUTER = (bytes(byte ^ constant for byte in range(256)) for constant in (0x36, 0x5C))


class Record(BaseModel):
    """A frozen record: unknown fields are refused, so nothing can ride along unseen."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=200_000)


def canonical(value: Any) -> bytes:
    """Return the one JSON form of `value`: sorted keys, no spaces, UTF-8, no floats.

    Refuses floats, because two machines may write the same float differently.
    """
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    _refuse_floats(plain)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha512_hex(content: bytes) -> str:
    """Return the SHA-512 of `content`, 128 hexadecimal digits."""
    return hashlib.sha512(content).hexdigest()


def digest(value: Any) -> str:
    """Return the SHA-512 of the canonical form of `value`, 128 hexadecimal digits."""
    return sha512_hex(canonical(value))


def keyed(key: bytes, begins: bytes) -> Callable[[bytes], bytes]:
    """Return HMAC-SHA256 (RFC 2104) under `key`, at most 64 bytes, of what begins so: what all messages share is hashed once."""
    sha256, block = hashlib.sha256, key.ljust(64, b"\0")
    inner, outer = sha256(block.translate(INNER) + begins).copy, sha256(block.translate(OUTER)).copy

    def of(rest: bytes) -> bytes:
        within, around = inner(), outer()
        within.update(rest)
        around.update(within.digest())
        return around.digest()

    return of


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a canonical record holds no floats: write whole numbers or text")
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a canonical record has text for keys: two kinds of key could be written the same")
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
