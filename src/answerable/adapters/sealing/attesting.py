"""What stands beside a tag manifest: a timestamp and a signature, where the provider has the means?

Neither holds an answer up. One that was to be there and is not is named in `seal/absent.txt`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from answerable.adapters.sealing.signature import SigningKey, signer_of
from answerable.adapters.sealing.timestamping import NoTimestamp, ask, moment_of
from answerable.verify.check import Check

TIMESTAMP, SIGNATURE, ABSENT = "seal/tagmanifest.tsr", "seal/tagmanifest.p7s", "seal/absent.txt"


@dataclass(slots=True)
class Attestor:
    """Makes timestamp and signature. `absent` says, once it was called, what could not be had."""

    timestamp_url: str | None
    signing: SigningKey | None
    now: Callable[[], datetime]
    absent: list[str] = field(default_factory=list)

    def __call__(self, tag_manifest: bytes) -> Mapping[str, bytes]:
        """Return what stands beside a tag manifest."""
        made: dict[str, bytes] = {}
        if self.timestamp_url:
            try:
                made[TIMESTAMP] = ask(self.timestamp_url, tag_manifest)
            except NoTimestamp as fault:
                self.absent.append(f"No timestamp: {fault}.")
        if self.signing:
            leaf, at = self.signing.certificates[0], self.now()
            if leaf.not_valid_before_utc <= at < leaf.not_valid_after_utc:
                made[SIGNATURE] = self.signing.sign(tag_manifest, at=at)
            else:
                self.absent.append("No signature: the provider's certificate is not valid today.")
        if self.absent:
            made[ABSENT] = "".join(f"{each}\n" for each in self.absent).encode()
        return made


def check_seals(
    seals: Mapping[str, bytes], tag_manifest: bytes, *, trust: Sequence[x509.Certificate] = ()
) -> tuple[Check, ...]:
    """Return what holds of timestamp and signature. `trust` are the certificates at which theirs must end."""
    absent = seals.get(ABSENT, b"").decode(errors="replace").split("\n")
    return (
        _timestamp(seals.get(TIMESTAMP), tag_manifest, trust, absent),
        _signature(seals.get(SIGNATURE), tag_manifest, trust, absent),
    )


def _timestamp(
    response: bytes | None, tag_manifest: bytes, trust: Sequence[x509.Certificate], absent: Sequence[str]
) -> Check:
    if response is None:
        return _not_there("timestamp", absent)
    try:
        moment, who = moment_of(response, tag_manifest, roots=trust)
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        return Check(name="The timestamp does not hold", passed=False, detail=str(fault)[:200])
    return Check(
        name="The timestamp is of this answer",
        passed=True,
        detail=f"{moment:%Y-%m-%dT%H:%M:%SZ}, {who}{_checked(trust)}",
    )


def _signature(
    signature: bytes | None, tag_manifest: bytes, trust: Sequence[x509.Certificate], absent: Sequence[str]
) -> Check:
    if signature is None:
        return _not_there("signature", absent)
    try:
        certificate = signer_of(signature, tag_manifest)
        if trust and not _leads_to(certificate, trust):
            raise ValueError("its certificate leads to none that is trusted")
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        return Check(name="The signature does not hold", passed=False, detail=str(fault)[:200])
    who = certificate.subject.rfc4514_string()
    return Check(name="The signature is of this answer", passed=True, detail=f"{who}{_checked(trust)}")


def _leads_to(certificate: x509.Certificate, trust: Sequence[x509.Certificate]) -> bool:
    """Whether a certificate is one of these, or was issued by one of them."""
    for each in trust:
        if certificate == each:
            return True
        try:
            certificate.verify_directly_issued_by(each)
        except Exception:  # noqa: S112 - whatever stands in the way, this one did not issue it
            continue
        return True
    return False


def _not_there(kind: str, absent: Sequence[str]) -> Check:
    why = next((line for line in absent if line.startswith(f"No {kind}:")), "none was to be made")
    return Check(name=f"The answer has no {kind}", passed=True, detail=why)


def _checked(trust: Sequence[x509.Certificate]) -> str:
    return "" if trust else "; whose it is was not checked: give --trust"
