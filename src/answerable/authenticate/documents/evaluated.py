"""What is known of one signature once it was looked at, whatever the format it came in?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import x509

from answerable.authenticate.documents.carried import Carried
from answerable.authenticate.documents.chain import Chain

MOST_SIGNATURES = 20


@dataclass(frozen=True, slots=True)
class Stamp:
    """A timestamp over a signature: the moment it says, whether it holds, whether its authority is trusted."""

    moment: datetime
    holds: bool
    trusted: bool


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One signature, looked at. `intact` is the digest, `valid` the signature value; None: could not be evaluated.

    `bound` says that what is signed names the certificate, so that no other one with the same key can take its place.
    `loose` lists parts of its container that it does not protect and that nothing explains; `revocation` are the data about
    revoked certificates that travel with it.
    """

    name: str
    method: str
    intact: bool | None = None
    valid: bool | None = None
    indication: str = ""
    why: str = ""
    certificate: x509.Certificate | None = None
    bound: bool = False
    carried: tuple[x509.Certificate, ...] = ()
    chain: Chain | None = None
    digest: str | None = None
    mechanism: str | None = None
    claimed: datetime | None = None
    stamp: Stamp | None = None
    loose: tuple[str, ...] = ()
    revocation: Carried = field(default_factory=Carried)

    @property
    def holds(self) -> bool:
        """Whether digest and signature value were both checked and both hold."""
        return bool(self.intact and self.valid)

    @property
    def unsettled(self) -> bool:
        """Whether nothing was found against it, and something of it could not be evaluated."""
        return not self.holds and self.intact is not False and self.valid is not False
