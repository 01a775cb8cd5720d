"""What is a trusted list, once its own signature was checked? What it says, until when, and whose certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Granted:
    """A certificate (DER) of a service that issues qualified certificates or timestamps, and while it was granted."""

    certificate: bytes
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TrustedList:
    """A national list whose signature was verified. `xml` is its signed part.

    `services` were granted at some time; `withdrawn` are certificates (DER) of services that are no longer. `sha256` is
    the digest of the file as it was imported, as hexadecimal digits.
    """

    territory: str
    sequence: int
    issued: datetime
    next_update: datetime | None
    sha256: str
    xml: bytes
    services: tuple[Granted, ...]
    withdrawn: tuple[bytes, ...] = ()

    @property
    def certificates(self) -> frozenset[bytes]:
        """The certificates of all services that ever were granted, DER."""
        return frozenset(each.certificate for each in self.services)

    def granted(self, at: datetime) -> frozenset[bytes]:
        """The certificates of the services that are granted at `at`, DER."""
        return frozenset(
            each.certificate for each in self.services if each.since <= at and (each.until is None or at <= each.until)
        )

    def expired(self, at: datetime) -> bool:
        """Whether a newer list was due at `at`; a list that names no next update is closed, and so expired."""
        return self.next_update is None or self.next_update < at

    @property
    def cited(self) -> str:
        """The list in words: territory, sequence number and dates."""
        until = f"{self.next_update:%d %B %Y}" if self.next_update else "never"
        return f"trusted list of {self.territory}, number {self.sequence}, of {self.issued:%d %B %Y}, next due {until}"
