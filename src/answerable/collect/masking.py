"""How does a third party stay unknown? Each value that names somebody else becomes a token of this one package.

A token is made by HMAC-SHA256 under a key made for the package, so it is stable inside it and means nothing outside:
telephone numbers and addresses are too few for a plain hash. The key stays with the provider. A token carries a check of
its own, by which it is known again under its key: what was masked once is not masked twice.
"""

from __future__ import annotations

import base64
import binascii
import hmac

_MARK, _CHECK = 16, 4
_PREFIX = "tp_"
_LENGTH = len(_PREFIX) + (_MARK + _CHECK) * 8 // 5


def token(key: bytes, value: str) -> str:
    """Return the token of a value: "tp_" and base32 of 128 bits that stand for it and 32 that check them.

    A token of the same key is its own token.
    """
    if is_token(key, value):
        return value
    mark = hmac.digest(key, b"answerable/third-party/v2\x00" + value.encode("utf-8", "surrogatepass"), "sha256")[:_MARK]
    return _PREFIX + base64.b32encode(mark + _check(key, mark)).decode().lower()


def is_token(key: bytes, value: str) -> bool:
    """Whether a value is a token that this key made."""
    if len(value) != _LENGTH or not value.startswith(_PREFIX) or not value.isascii() or value != value.lower():
        return False
    try:
        content = base64.b32decode(value[len(_PREFIX) :].upper())
    except binascii.Error:
        return False
    return hmac.compare_digest(_check(key, content[:_MARK]), content[_MARK:])


def _check(key: bytes, mark: bytes) -> bytes:
    return hmac.digest(key, b"answerable/third-party/check\x00" + mark, "sha256")[:_CHECK]
