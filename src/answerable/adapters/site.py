"""Where do the pages of a desk lie, as a browser and a passkey know them?"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Site:
    """Where the desk's pages lie, for a passkey: the origin with scheme and port, and the host alone."""

    origin: str
    name: str

    @property
    def host(self) -> str:
        """The host name, for which passkeys are made."""
        return urlsplit(self.origin).hostname or ""
