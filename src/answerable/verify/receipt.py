"""Does a receipt prove that an event lies in a log, and what does it show of the event?

Offline, the receipt and the log's keys are enough: field → event root → slot root → epoch leaf → signed checkpoint. Against
a published log it is also seen whether that checkpoint is of the same history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from answerable.casefile.events import LOG_FIELDS
from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, leaves, merkle, note, receipt
from answerable.public_log.quorum import Quorum
from answerable.verify.check import Check
from answerable.verify.log import VerifiedLog


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """The checks, and the fields shown, by name."""

    checks: tuple[Check, ...]
    shown: dict[str, str]

    @property
    def passed(self) -> bool:
        """Whether every check holds."""
        return all(check.passed for check in self.checks)


def verify_receipt(content: bytes, log: VerifiedLog) -> VerifiedReceipt:
    """Return what holds of a receipt, against a log that was verified. An unverified log proves nothing."""
    if log.head is None or not log.verifiers:
        return _failed("The receipt cannot be checked", "The log does not hold.")
    try:
        parsed = receipt.parse(content)
        head, leaf = _walk(parsed, log.verifiers)
        if not log.begins_with(head):
            raise _broken("The receipt's checkpoint is of another history", "Its tree is no prefix of this log.")
    except VerificationFailed as fault:
        return _failed(fault.what, fault.why)
    return VerifiedReceipt(_said(parsed, leaf), _shown(parsed))


def verify_receipt_offline(
    content: bytes, verifiers: Sequence[note.Verifier], *, quorum: Quorum | None = None
) -> VerifiedReceipt:
    """Return what holds of a receipt with nothing but the log's keys, and the rule for witnesses where there is one."""
    try:
        parsed = receipt.parse(content)
        _, leaf = _walk(parsed, verifiers)
        if quorum is not None and not quorum.holds(parsed.checkpoint):
            raise _broken("The receipt's checkpoint has too few witnesses", "The quorum of the policy is not reached.")
    except VerificationFailed as fault:
        return _failed(fault.what, fault.why)
    return VerifiedReceipt(_said(parsed, leaf), _shown(parsed))


def _walk(parsed: receipt.Receipt, verifiers: Sequence[note.Verifier]) -> tuple[checkpoint.TreeHead, leaves.Epoch]:
    """Return the checkpoint's tree head and the epoch's leaf, from the opened fields up."""
    head = checkpoint.parse(note.open_note(parsed.checkpoint, verifiers))
    if head.origin not in {each.name for each in verifiers}:
        raise _broken("The receipt is another log's", "Origin and key name differ.")
    leaf = parsed.opening.leaf()
    hashed = merkle.leaf_hash(leaves.render(leaf))
    if not merkle.verify_inclusion(hashed, parsed.index, head.size, proof=parsed.proof, expected=head.root):
        raise _broken("The opened fields do not lead to the receipt's checkpoint", f"leaf {parsed.index}")
    return head, leaf


def _said(parsed: receipt.Receipt, leaf: leaves.Epoch) -> tuple[Check, ...]:
    return (
        Check(name="The receipt's leaf is in the log", passed=True, detail=f"leaf {parsed.index}, epoch {leaf.number}"),
        Check(name="The opened fields lie in a slot of that epoch", passed=True, detail=f"slot {parsed.opening.slot}"),
    )


def _shown(parsed: receipt.Receipt) -> dict[str, str]:
    return {LOG_FIELDS[at]: each.value for at, each in parsed.opening.shown.items()}


def _failed(what: str, why: str) -> VerifiedReceipt:
    return VerifiedReceipt((Check(name=what, passed=False, detail=why),), {})


def _broken(what: str, why: str) -> VerificationFailed:
    return VerificationFailed("receipt.broken", what=what, why=why, next_step="Ask the provider for the receipt again.")
