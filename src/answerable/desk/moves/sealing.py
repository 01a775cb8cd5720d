"""How does a package come about? Collect what was approved and seal it; the letters go with it."""

from __future__ import annotations

from django.db import transaction

from answerable.adapters.encryption import encrypt
from answerable.adapters.keys import random_bytes
from answerable.adapters.sealing.attesting import Attestor
from answerable.adapters.sealing.recipients import recipient
from answerable.adapters.sealing.signature import SigningKey
from answerable.adapters.sources import collect
from answerable.casefile.answer import Package
from answerable.casefile.encoding import canonical
from answerable.casefile.events import EventKind
from answerable.casefile.route import CaseFile, Move, State
from answerable.collect import make_plan
from answerable.desk.models import Case
from answerable.desk.moves.casefiles import allowed, locked
from answerable.desk.moves.recording import record, signer
from answerable.desk.moves.writing import keep_letters
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused, SealFailed
from answerable.seal import Bag


def seal(desk: Desk, case: Case) -> Case:
    """Collect what the decision permits and seal it to the authority's key.

    The package is written before the move's transaction. If the process dies between, no event names that file and the
    next run replaces it; once the event stands, this move is not allowed again.
    """
    file, _ = allowed(desk, case, Move.SEAL)
    package = _collect_and_seal(desk, case, file)
    with transaction.atomic():
        case = locked(case)
        after = _still_allowed(desk, case, package)
        case.package = package.model_dump(mode="json")
        case.state = after.value
        case.save()
        record(
            desk,
            case,
            EventKind.SEALED,
            actor=None,
            package_sha512=package.sha512,
            manifest_sha512=package.manifest_sha512,
            records=str(package.records),
            statement_sha512=file.decision.statement,
        )
        keep_letters(desk, case)
    return case


def _still_allowed(desk: Desk, case: Case, package: Package) -> State:
    """Return the state after sealing; where the decision was sent back meanwhile, nothing of the package stays."""
    try:
        return allowed(desk, case, Move.SEAL)[1]
    except MoveRefused:
        (desk.home.packages / package.name).unlink(missing_ok=True)
        raise


def _collect_and_seal(desk: Desk, case: Case, file: CaseFile) -> Package:
    key = file.demand.head.recipient
    if key is None:
        raise SealFailed(
            "seal.no-recipient",
            what=f"{case.reference} names no key to seal the answer to.",
            why="Section L carries no encryption key, and nothing leaves unsealed.",
            next_step="Ask the authority for a certificate, an OpenPGP key or an age recipient, in a corrected demand.",
        )
    to = recipient(key, at=desk.now())
    attest = Attestor(desk.settings.timestamp_url, SigningKey.load(desk.home.keys), now=desk.now)
    plan = make_plan(file.decision.permitted, desk.data_map, case=case.reference)
    with desk.sources() as sources:
        rows = collect(plan, sources, masking_key=random_bytes(32))
        bag = Bag(
            case=case.reference,
            sealed_at=desk.now(),
            payload=rows.chunks(),
            tags=lambda: {
                "meta/decision.json": canonical(file.decision),
                "meta/plan.json": canonical(plan),
                "meta/readlog.jsonl": b"".join(canonical(entry) + b"\n" for entry in rows.read_log),
                "meta/masking.json": canonical(rows.masking),
                "meta/log.json": canonical({"origin": desk.settings.origin, "verifier_key": signer(desk).verifier_key}),
            },
            attest=attest,
        )
        name = f"{case.reference}.tar.{to.suffix}"
        size, sha512 = encrypt(bag.stream(), desk.home.packages / name, [key])
    return Package(
        case=case.reference,
        name=name,
        size=size,
        sha512=sha512,
        manifest_sha512=bag.manifest_sha512,
        encryption=to.kind,
        recipient=to.name,
        records=rows.records,
        sealed_at=desk.now(),
        absent=tuple(attest.absent),
    )
