"""What travels with evidence that is too large, or not sent, through the decentralised IT system?

Implementing Regulation (EU) 2025/1550, Annex, points 3.3.3(a) and (b): the manifest names sender and recipient, ties the
files to the order, says when and how they were made available and for how long (10 to 45 days), and carries names,
sizes and at least one digest with its algorithm. Point 3.2 keeps evidence above 25 MB (25 600 KB) out of that system.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.casefile.answer import Package
from answerable.casefile.demand import Demand
from answerable.casefile.encoding import Record
from answerable.casefile.parties import Provider
from answerable.casefile.recipient import SealKind
from answerable.casefile.scope import Moment
from answerable.errors import MoveRefused

SHORTEST_DAYS, LONGEST_DAYS = 10, 45
LARGEST_IN_SYSTEM = 25_600 * 1024

_CLOSED: dict[SealKind, str] = {
    "age": "age, recipient {}",
    "openpgp": "OpenPGP, certificate {}",
    "cms": "CMS AuthEnvelopedData, AES-256-GCM, certificate {}",
}
_OPENED: dict[SealKind, str] = {
    "age": "age and the identity of the recipient",
    "openpgp": "gpg --decrypt and the secret key",
    "cms": "openssl cms -decrypt and the private key of the certificate",
}


class Digest(Record):
    """A digest and the algorithm that made it."""

    algorithm: str
    value: str


class SentFile(Record):
    """One file: full name, size in bytes, digests."""

    name: str
    size: int
    digests: tuple[Digest, ...]


class DeliveryManifest(Record):
    """The manifest of point 3.3.3."""

    legal_basis: str = "Implementing Regulation (EU) 2025/1550, Annex, 3.3.3"
    sender: str
    recipient: str
    order_reference: str
    order_sha512: str
    our_reference: str
    made_available_at: Moment
    available_until: Moment
    means: str
    outside_the_system_because: str
    encryption: str
    files: tuple[SentFile, ...]
    remarks: str


def delivery_manifest(
    package: Package, demand: Demand, provider: Provider, *, at: Moment, days: int, receipt: SentFile
) -> DeliveryManifest:
    """Return the manifest of `package`, fetched by download for `days` days from `at`.

    Refuses a window shorter than 10 or longer than 45 days.
    """
    until = window_end(at, days)
    head = demand.head
    return DeliveryManifest(
        sender=provider.addressee,
        recipient=head.send_to or "",
        order_reference=head.reference or "",
        order_sha512=demand.arrival.sha512,
        our_reference=package.case,
        made_available_at=at,
        available_until=until,
        means="secure download after sign-in; each fetch is recorded",
        outside_the_system_because=_reason(package.size + receipt.size),
        encryption=_CLOSED[package.encryption].format(package.recipient),
        files=(
            SentFile(
                name=package.name,
                size=package.size,
                digests=(Digest(algorithm="SHA-512", value=package.sha512),),
            ),
            receipt,
        ),
        remarks=f"Open with {_OPENED[package.encryption]}; check with `answerable verify`."
        " The time in which it can be fetched is extended on request.",
    )


def window_end(at: datetime, days: int) -> datetime:
    """Return until when a package that is offered at `at` can be fetched. Refuses less than 10 and more than 45 days."""
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise MoveRefused(
            "deliver.window",
            what="The package cannot be offered for that long.",
            why=f"The window is {SHORTEST_DAYS} to {LONGEST_DAYS} days: Implementing Regulation 2025/1550, 3.3.3(b).",
            next_step="Choose a number of days in that range; for all packages it is download_days in desk.yaml.",
        )
    return at + timedelta(days=days)


def _reason(octets: int) -> str:
    if octets > LARGEST_IN_SYSTEM:
        return f"{octets} bytes, above the 25 MB (25 600 KB) of Annex, 3.2"
    return "this provider is not connected to the decentralised IT system"
