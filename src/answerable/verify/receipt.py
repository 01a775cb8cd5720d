"""Does a receipt prove that an event lies in this log, and what does it show of the event?"""

from __future__ import annotations

from dataclasses import dataclass

from answerable.casefile.events import LOG_FIELDS
from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, leaves, merkle, note, receipt
from answerable.verify.check import Check
from answerable.verify.log import VerifiedLog


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """The checks, and the fields shown, by name."""

    checks: tuple[Check, ...]
    shown: dict[str, str]


def verify_receipt(content: bytes, log: VerifiedLog) -> VerifiedReceipt:
    """Return what holds of a receipt, against a log that was verified. An unverified log proves nothing."""
    if log.head is None or log.verifier is None:
        return VerifiedReceipt(
            (Check(name="The receipt cannot be checked", passed=False, detail="The log does not hold."),), {}
        )
    try:
        parsed = receipt.parse(content)
        leaf = _leaf(parsed, log)
        _under_checkpoint(parsed, log)
        _slot_in(parsed.opening, leaf)
    except VerificationFailed as fault:
        return VerifiedReceipt((Check(name=fault.what, passed=False, detail=fault.why),), {})
    shown = {LOG_FIELDS[each.position]: each.value for each in parsed.opening.shown}
    return VerifiedReceipt(
        (
            Check(
                name="The receipt's leaf is in the log", passed=True, detail=f"leaf {parsed.index}, epoch {leaf.number}"
            ),
            Check(
                name="The opened fields lie in a slot of that epoch", passed=True, detail=f"slot {parsed.opening.slot}"
            ),
        ),
        shown,
    )


def _leaf(parsed: receipt.Receipt, log: VerifiedLog) -> leaves.Epoch:
    leaf = leaves.parse(log.entries[parsed.index]) if parsed.index < len(log.entries) else None
    if not isinstance(leaf, leaves.Epoch):
        raise _broken("The receipt names a leaf that is no epoch of this log", f"leaf {parsed.index}")
    return leaf


def _under_checkpoint(parsed: receipt.Receipt, log: VerifiedLog) -> None:
    assert log.verifier is not None  # noqa: S101 - narrowed by the caller
    head = checkpoint.parse(note.open_note(parsed.checkpoint, log.verifier))
    leaf = merkle.leaf_hash(log.entries[parsed.index])
    prefix = merkle.root([merkle.leaf_hash(entry) for entry in log.entries[: head.size]])
    if head.size > len(log.entries) or prefix != head.root:
        raise _broken("The receipt's checkpoint is of another history", "Its tree is no prefix of this log.")
    if not merkle.verify_inclusion(leaf, parsed.index, head.size, proof=parsed.proof, expected=head.root):
        raise _broken("The receipt's proof does not lead to its checkpoint", f"leaf {parsed.index}")


def _slot_in(opening: receipt.Opening, leaf: leaves.Epoch) -> None:
    event = opening.event_root()
    proof = [note.unbase64(each) for each in opening.slot_proof]
    held = event is not None and merkle.verify_inclusion(
        merkle.leaf_hash(event), opening.slot, leaf.slot_count, proof=proof, expected=leaf.slot_root
    )
    if not held or opening.slot_count != leaf.slot_count:
        raise _broken("The opened fields are not in that epoch", f"slot {opening.slot}")


def _broken(what: str, why: str) -> VerificationFailed:
    return VerificationFailed("receipt.broken", what=what, why=why, next_step="Ask the provider for the receipt again.")
