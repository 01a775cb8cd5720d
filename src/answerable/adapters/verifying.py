"""How does an outsider check a delivery? Files go to the pure checks, and nothing of the desk is needed.

1  the log as it is published
2  the receipt, against that log
3  the sealed file, against the digest that the receipt opens
4  what is inside, against its manifests, its plan and its read log
5  the manifest, and the log's key, against what was logged
6  timestamp and signature of the tag manifest, where they are there
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from answerable.adapters.encryption import Opening
from answerable.adapters.mirroring import check_place
from answerable.adapters.sealing.piping import BUFFER
from answerable.collect.scan import TARGET
from answerable.errors import VerificationFailed
from answerable.public_log import note, promise
from answerable.public_log.quorum import parse_quorum
from answerable.verify.answer import Opened, verify_answer
from answerable.verify.approvals import verify_approvals
from answerable.verify.check import Check
from answerable.verify.log import VerifiedLog
from answerable.verify.receipt import verify_receipt, verify_receipt_offline
from answerable.verify.records import Format


@dataclass(frozen=True, slots=True)
class Given:
    """What the receiver has besides the answer: the log's key from elsewhere, certificates that are trusted, and the tar
    where it was opened by other means."""

    log_key: str | None = None
    trust: Sequence[x509.Certificate] = ()
    opened: Path | None = None


def verify_delivery(
    answer: Path, identity: str | bytes | None, log: Path, *, receipt: Path, given: Given = Given()
) -> tuple[Check, ...]:
    """Return every check of an answer, its receipt and the log, those that fail included."""
    published = check_place(str(log), key=given.log_key)  # 1
    proof = verify_receipt(receipt.read_bytes() if receipt.exists() else b"", published)  # 2
    opened, sha512 = _opened(answer, identity, given)  # 4
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
        *_seals(opened, given),  # 6
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


def _opened(answer: Path, identity: str | bytes | None, given: Given) -> tuple[Opened, str]:
    """Return what the answer held, and the SHA-512 of the sealed file; both from one reading where all goes well."""
    opening = Opening(answer, identity or b"")
    pieces = opening.pieces() if given.opened is None else _read(given.opened)
    try:
        opened = verify_answer(pieces, parquet=PARQUET)
    except VerificationFailed as fault:
        opened = Opened(checks=[Check(name=fault.what, passed=False, detail=fault.why)])
    pieces.close()
    return opened, opening.sha512 or _sha512(answer)


def certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PEM file. Refuses a file without one."""
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except ValueError as fault:
        raise VerificationFailed(
            "answer.bad-trust",
            what="The file of trusted certificates cannot be read",
            why="It holds no certificate in PEM.",
            next_step="Give --trust a file of certificates in PEM.",
        ) from fault


def _read(path: Path) -> Generator[bytes, None, None]:
    with path.open("rb") as file:
        while piece := file.read(BUFFER):
            yield piece


def _sha512(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def parquet_rows(content: bytes) -> tuple[set[tuple[str, ...]], int]:
    """Return the columns and the number of rows of a Parquet file. Refuses one that cannot be read whole."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - only an answer in Parquet needs it
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as fault:
        raise _not_here("Parquet", "stores") from fault
    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError) as fault:
        raise VerificationFailed(
            "answer.broken",
            what="A record cannot be read",
            why="It is no Parquet file.",
            next_step="Fetch the answer again, and tell the provider.",
        ) from fault
    return {tuple(table.column_names)}, table.num_rows


def parquet_targets(content: bytes) -> set[int]:
    """Return the numbers of the identifiers that the rows of a Parquet file answer."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    return set(pq.read_table(pa.BufferReader(content), columns=[TARGET])[TARGET].unique().to_pylist())


PARQUET = Format(parquet_rows, parquet_targets)


def _seals(opened: Opened, given: Given) -> tuple[Check, ...]:
    if not opened.manifest_sha512:
        return ()
    if not opened.seals and not given.trust:
        return tuple(
            Check(name=f"The answer has no {kind}", passed=True, detail="none was to be made")
            for kind in ("timestamp", "signature")
        )
    try:
        from answerable.adapters.sealing.attesting import check_seals  # noqa: PLC0415 - only these need its libraries
    except ImportError:
        fault = _not_here("a timestamp and a signature", "sealing")
        return (Check(name=fault.what, passed=False, detail=fault.next_step),)
    return check_seals(opened.seals, opened.tag_manifest, trust=given.trust)


def _not_here(what: str, extra: str) -> VerificationFailed:
    return VerificationFailed(
        "answer.not-readable-here",
        what=f"This installation cannot check {what}",
        why="The library for it is not installed.",
        next_step=f"Install answerable[{extra}], and check again.",
    )


def _key_agrees(opened: Opened, published: VerifiedLog) -> Check:
    named = opened.tags.get("meta/log.json", b"{}")
    agrees = json.loads(named).get("verifier_key") in {each.line for each in published.verifiers}
    return Check(name="The log's key is the one named inside the answer", passed=agrees, detail="meta/log.json")
