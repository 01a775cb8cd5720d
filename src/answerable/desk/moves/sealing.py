"""How does a package come about? Collect what was approved and seal it; the letters go with it.

Answers that are due at the same time are collected together: each scan of a store is read once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction

from answerable.adapters.encryption import encrypt
from answerable.adapters.keys import random_bytes
from answerable.adapters.sealing.attesting import Attestor
from answerable.adapters.sealing.hashing import aside
from answerable.adapters.sealing.recipients import Recipient, recipient
from answerable.adapters.sealing.signature import SigningKey
from answerable.adapters.sources import Collected, Sources, Watch, collect, collect_together, refuse_unanswerable
from answerable.casefile.answer import Package
from answerable.casefile.encoding import canonical, digest
from answerable.casefile.events import EventKind
from answerable.casefile.route import CaseFile, Move, State
from answerable.collect import Plan, make_plan
from answerable.desk.models import Case
from answerable.desk.moves.casefiles import allowed, locked
from answerable.desk.moves.looking_up import opened_for
from answerable.desk.moves.publishing import let_go
from answerable.desk.moves.recording import record
from answerable.desk.moves.writing import keep_letters
from answerable.desk.wiring import Desk
from answerable.errors import AnswerableError, MoveRefused, SealFailed
from answerable.seal import Bag

_KEY = "masking key"


@dataclass(frozen=True, slots=True)
class Due:
    """An answer that is to be sealed: its case, what is read for it, the key of its tokens, and the key it is sealed to."""

    case: Case
    file: CaseFile
    plan: Plan
    key: str
    recipient: Recipient
    masking_key: bytes


def seal(desk: Desk, case: Case) -> Case:
    """Collect what the decision permits and seal it to the authority's key.

    The package is written before the move's transaction. If the process dies between, no event names that file and the
    next run replaces it; once the event stands, this move is not allowed again.
    """
    due = _due(desk, case)
    with opened_for(desk, due.case, due.file.decision) as sources:
        written = desk.settings.record_format
        rows = collect(due.plan, sources, masking_key=due.masking_key, record_format=written, watch=_watch(desk))
        package = _sealed(desk, due, rows)
    return _kept(desk, due, package)


def seal_together(desk: Desk, cases: Sequence[Case]) -> list[Case]:
    """Collect several answers in as few readings as all of them need, seal each to its own key, and return their cases.

    One that cannot be answered now is left out, for a move of its own to say why. Where a store fails, nothing is sealed.
    """
    with desk.sources() as sources:
        together = list(_able(desk, cases, sources))
        rows = collect_together(
            [(due.plan, due.masking_key) for due in together],
            sources,
            spool_in=desk.home.packages,
            record_format=desk.settings.record_format,
            watch=_watch(desk),
        )
        return [_kept(desk, due, _sealed(desk, due, each)) for due, each in zip(together, rows, strict=True)]


def masking_key(desk: Desk, case: Case) -> bytes | None:
    """Return the key of the tokens in a case's package, or None where there is no package."""
    return desk.vault.unseal(bytes(case.masking_key), name=f"{_KEY} {case.key}") if case.masking_key else None


def _able(desk: Desk, cases: Sequence[Case], sources: Sources) -> Iterator[Due]:
    for case in cases:
        with suppress(AnswerableError):
            due = _due(desk, case)
            refuse_unanswerable(due.plan, sources)
            yield due


def _watch(desk: Desk) -> Watch:
    return Watch(tell=desk.tell, stop=desk.stop)


def _due(desk: Desk, case: Case) -> Due:
    file, _ = allowed(desk, case, Move.SEAL)
    key = file.demand.head.recipient
    if key is None:
        raise SealFailed(
            "seal.no-recipient",
            what=f"{case.reference} names no key to seal the answer to.",
            why="Section L carries no encryption key, and nothing leaves unsealed.",
            next_step="Ask the authority for a certificate, an OpenPGP key or an age recipient, in a corrected demand.",
        )
    plan = make_plan(file.decision.permitted, desk.data_map, case=case.reference)
    return Due(case, file, plan, key, recipient=recipient(key, at=desk.now()), masking_key=random_bytes(32))


def _kept(desk: Desk, due: Due, package: Package) -> Case:
    with transaction.atomic():
        case = locked(due.case)
        after = _still_allowed(desk, case, package)
        case.package = package.model_dump(mode="json")
        case.masking_key = desk.vault.seal(due.masking_key, name=f"{_KEY} {case.key}")
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
            record_sha512=digest(package),
            statement_sha512=due.file.decision.statement,
        )
        keep_letters(desk, case)
        if case.is_emergency:
            let_go(desk, case)
    return case


def _still_allowed(desk: Desk, case: Case, package: Package) -> State:
    """Return the state after sealing; where the decision was sent back meanwhile, nothing of the package stays."""
    try:
        return allowed(desk, case, Move.SEAL)[1]
    except MoveRefused:
        (desk.home.packages / package.name).unlink(missing_ok=True)
        raise


def _sealed(desk: Desk, due: Due, rows: Collected) -> Package:
    to = due.recipient
    attest = Attestor(desk.settings.timestamp_url, SigningKey.load(desk.home.keys), now=desk.now)
    bag = Bag(
        case=due.case.reference,
        sealed_at=desk.now(),
        payload=rows.chunks(),
        tags=lambda: {
            "meta/decision.json": canonical(due.file.decision),
            "meta/plan.json": canonical(due.plan),
            "meta/readlog.jsonl": b"".join(canonical(entry) + b"\n" for entry in rows.read_log),
            "meta/masking.json": canonical(rows.masking),
            "meta/flagged.jsonl": rows.flags,
            "meta/log.json": canonical({"origin": desk.settings.origin, "verifier_key": desk.signer.verifier_key}),
        },
        attest=attest,
        record_format=desk.settings.record_format,
    )
    name = f"{due.case.reference}.tar.{to.suffix}"
    with aside() as hashing:
        size, sha512 = encrypt(bag.stream(hashing), desk.home.packages / name, [due.key])
    return Package(
        case=due.case.reference,
        name=name,
        size=size,
        sha512=sha512,
        manifest_sha512=bag.manifest_sha512,
        encryption=to.kind,
        recipient=to.name,
        records=rows.records,
        flagged=rows.flagged,
        sealed_at=desk.now(),
        absent=tuple(attest.absent),
    )
