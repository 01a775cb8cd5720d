"""Was this decision prepared by one person and approved by another, before the log could know what came of it?

1  the receipt of the event `prepared` and that of `approved` hold, offline
2  both show the SHA-512 of the decision
3  they are two events: the route lets nobody approve what they prepared, and each was a reviewer
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from answerable.casefile.events import EventKind
from answerable.errors import VerificationFailed
from answerable.public_log import note, receipt
from answerable.public_log.quorum import Quorum
from answerable.verify.check import Check
from answerable.verify.receipt import verify_receipt_offline

_NEEDED = {EventKind.PREPARED.value, EventKind.APPROVED.value}


def verify_approvals(
    decision: bytes, receipts: Sequence[bytes], verifiers: Sequence[note.Verifier], *, quorum: Quorum | None = None
) -> tuple[Check, ...]:
    """Return what holds of a decision in its canonical form, and the receipts of the events about it."""
    statement = hashlib.sha512(decision).hexdigest()
    found = [verify_receipt_offline(each, verifiers, quorum=quorum) for each in receipts]
    checks = [check for each in found for check in each.checks]  # 1
    about = [each.shown for each in found if each.passed and each.shown.get("statement_sha512") == statement]
    checks.append(
        Check(
            name="Every receipt is about this decision",
            passed=len(about) == len(receipts) > 0,
            detail=f"SHA-512 {statement[:16]}…",
        )  # 2
    )
    kinds = {shown.get("event") for shown in about if shown.get("actor_role") == "reviewer"}
    different = len(set(map(_place, receipts))) == len(receipts)
    checks.append(
        Check(
            name="A reviewer prepared it and a reviewer approved it",
            passed=kinds >= _NEEDED and different,
            detail=", ".join(sorted(str(kind) for kind in kinds)),
        )  # 3
    )
    return tuple(checks)


def _place(content: bytes) -> tuple[int, int] | None:
    try:
        opening = receipt.parse(content).opening
    except VerificationFailed:
        return None
    return opening.epoch, opening.slot
