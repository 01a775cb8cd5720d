"""How does a third party stay unknown? Each value that names somebody else becomes a token of this one package.

A token is HMAC-SHA256 under a key made for the package, so it is stable inside it and means nothing outside: telephone
numbers and addresses are too few for a plain hash. The key stays with the provider.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Collection

_TOKEN_BYTES = 20


def token(key: bytes, value: str) -> str:
    """Return the token of a value: "tp_" and 160 bits in base32."""
    mark = hmac.digest(key, b"answerable/third-party/v1\x00" + value.encode(), "sha256")[:_TOKEN_BYTES]
    return "tp_" + base64.b32encode(mark).decode().lower()


def masker(key: bytes, own: Collection[str]) -> Callable[[object], object]:
    """Return a function that leaves the target's own values (and nothing at all) and turns every other into its token."""

    def mask(value: object) -> object:
        return value if value is None or str(value) in own else token(key, str(value))

    return mask
