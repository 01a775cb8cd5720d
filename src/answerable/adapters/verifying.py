"""How does an outsider check a delivery? Files go to the pure checks, and nothing of the desk is needed.

1  the log as it is published
2  the receipt, against that log
3  the sealed file, against the digest that the receipt opens
4  what is inside, against its manifests, its plan and its read log
5  the manifest, and the log's key, against what was logged
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from answerable.adapters.encryption import decrypt
from answerable.adapters.log_files import read_tree
from answerable.errors import VerificationFailed
from answerable.public_log import note, promise
from answerable.public_log.quorum import parse_quorum
from answerable.verify.answer import Opened, verify_answer
from answerable.verify.approvals import verify_approvals
from answerable.verify.check import Check
from answerable.verify.log import VerifiedLog, verify_log
from answerable.verify.receipt import verify_receipt, verify_receipt_offline


def verify_delivery(
    answer: Path, identity: str, log: Path, *, receipt: Path, log_key: str | None = None
) -> tuple[Check, ...]:
    """Return every check of an answer, its receipt and the log, those that fail included."""
    published = verify_log(read_tree(log), expected_key=log_key)  # 1
    proof = verify_receipt(receipt.read_bytes() if receipt.exists() else b"", published)  # 2
    with answer.open("rb") as file:
        sha512 = hashlib.file_digest(file, "sha512").hexdigest()
    opened = _opened(answer, identity)  # 4
    return (
        *published.checks,
        *proof.checks,
        Check(
            name="The sealed answer is the one in the log",
            passed=proof.shown.get("package_sha512") == sha512,
            detail=f"SHA-512 {sha512[:16]}…",
        ),  # 3
        *opened.checks,
        Check(
            name="What is inside is what was logged",
            passed=bool(opened.manifest_sha512) and proof.shown.get("manifest_sha512") == opened.manifest_sha512,
            detail="the tag manifest's SHA-512",
        ),  # 5
        _key_agrees(opened, published),
    )


def verify_offline(
    file: Path, receipts: Sequence[Path], *, log_key: str, witnesses: Path | None = None
) -> tuple[Check, ...]:
    """Return every check of a receipt, or of a decision and the receipts of the events about it, with the log's key alone."""
    verifiers = [note.Verifier.parse(log_key.strip())]
    quorum = parse_quorum(witnesses.read_bytes()) if witnesses else None
    if receipts:
        proofs = [each.read_bytes() for each in receipts]
        return verify_approvals(file.read_bytes(), proofs, verifiers, quorum=quorum)
    if file.suffix == ".promise":
        return (_promised(file.read_bytes(), verifiers[0]),)
    found = verify_receipt_offline(file.read_bytes(), verifiers, quorum=quorum)
    shown = [Check(name=f"It shows {name}", passed=True, detail=value) for name, value in found.shown.items()]
    return (*found.checks, *shown)


def _promised(content: bytes, verifier: note.Verifier) -> Check:
    try:
        made = promise.parse(content, verifier)
    except VerificationFailed as fault:
        return Check(name=fault.what, passed=False, detail=fault.why)
    by = f"SHA-512 {made.package_sha512[:16]}…, by {made.included_by:%Y-%m-%d %H:%M} UTC"
    return Check(name="The log promised to hold the package's event: ask for the receipt", passed=True, detail=by)


def _opened(answer: Path, identity: str) -> Opened:
    try:
        return verify_answer(decrypt(answer, identity))
    except VerificationFailed as fault:
        return Opened(checks=[Check(name=fault.what, passed=False, detail=fault.why)])


def _key_agrees(opened: Opened, published: VerifiedLog) -> Check:
    named = opened.tags.get("meta/log.json", b"{}")
    agrees = json.loads(named).get("verifier_key") in {each.line for each in published.verifiers}
    return Check(name="The log's key is the one named inside the answer", passed=agrees, detail="meta/log.json")
