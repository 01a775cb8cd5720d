"""Of what kind are these bytes? By their first ones, never by the name of the file; a guess that only opens or shuts a gate."""

from __future__ import annotations

from typing import Literal

Kind = Literal["pdf", "json", "png", "jpeg", "tiff", "zip", "mail", "unknown"]

_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)
_MAIL = (
    b"received:",
    b"return-path:",
    b"from:",
    b"delivered-to:",
    b"dkim-signature:",
    b"mime-version:",
    b"message-id:",
)
DRAWN: tuple[Kind, ...] = ("pdf", "png", "jpeg", "tiff")


def kind_of(content: bytes) -> Kind:
    """Return the kind that the first bytes speak of, "unknown" where they speak of none."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    head = content[:4096].lstrip()
    if head[:1] == b"{":
        return "json"
    return "mail" if head[:64].lower().startswith(_MAIL) else "unknown"
