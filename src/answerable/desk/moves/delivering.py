"""Did the right office get it? Offer the package with its manifest and receipt, record each fetch, close the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from answerable.adapters.files import write_whole
from answerable.casefile.answer import Package
from answerable.casefile.encoding import canonical, sha512_hex
from answerable.casefile.events import LOG_FIELDS, EventKind
from answerable.casefile.route import Move
from answerable.deliver.manifest import DeliveryManifest, Digest, SentFile, delivery_manifest, window_end
from answerable.desk.models import Account, Case, Delivery, Event
from answerable.desk.moves.calling import owe_follow_up
from answerable.desk.moves.casefiles import allowed, locked, refuse_unless_reviewer
from answerable.desk.moves.opening import opening_of
from answerable.desk.moves.publishing import receipt_parts
from answerable.desk.moves.recording import is_logged, record
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused
from answerable.public_log import promise, receipt

_SHOWN = ("event", "moment", "package_sha512", "manifest_sha512", "records", "statement_sha512")
_INCLUDED_WITHIN = timedelta(hours=24)


def make_available(desk: Desk, case: Case) -> Case:
    """Lay package, manifest and receipt into the delivery folder and open the download.

    Refuses before the package's event is under a signed checkpoint with its witnesses: no log, no release. In an emergency
    it leaves at once, with a signed promise in place of the receipt, which follows when the log has ticked.
    """
    file, _ = allowed(desk, case, Move.MAKE_AVAILABLE)
    package = Package.model_validate(case.package)
    folder = desk.home.deliveries / case.reference
    folder.mkdir(mode=0o700, exist_ok=True)
    sealed = case.events.get(kind=EventKind.SEALED.value)
    proof = receipt_of(desk, sealed) if is_logged(sealed) else _promise(desk, sealed, package)
    beside = SentFile(
        name=f"{package.name}.{'tlog-proof' if is_logged(sealed) else 'promise'}",
        size=len(proof),
        digests=(Digest(algorithm="SHA-512", value=sha512_hex(proof)),),
    )
    manifest = delivery_manifest(
        package, file.demand, desk.provider, at=desk.now(), days=desk.settings.download_days, receipt=beside
    )
    _link(desk.home.packages / package.name, folder / package.name)
    write_whole(folder / beside.name, proof)
    write_whole(folder / "manifest.json", canonical(manifest))
    with transaction.atomic():
        case = locked(case)
        _, after = allowed(desk, case, Move.MAKE_AVAILABLE)
        case.state = after.value
        case.available_until = manifest.available_until
        case.save()
        owe_follow_up(desk, case)
        record(desk, case, EventKind.MADE_AVAILABLE, actor=None, package_sha512=package.sha512)
    return case


def keep_open(desk: Desk, case: Case, *, actor: Account, days: int, reason: str) -> Case:
    """Let the package be fetched for so many days from now, as the authority asked, and say so in its manifest.

    Opens a window again that has closed. Refuses to shorten one, and whatever stands against a release.
    """
    refuse_unless_reviewer(actor)
    until = window_end(desk.now(), days)
    with transaction.atomic():
        case = locked(case)
        _, after = allowed(desk, case, Move.KEEP_OPEN, actor=actor)
        if case.available_until and until <= case.available_until:
            raise MoveRefused(
                "deliver.not-longer",
                what="The package would not stay open longer.",
                why=f"It can be fetched until {case.available_until:%d %B %Y} already; nobody shortens what an office was told.",
                next_step="Choose more days, or leave it as it is.",
            )
        case.state, case.available_until = after.value, until
        case.save()
        package = Package.model_validate(case.package)
        record(desk, case, EventKind.KEPT_OPEN, actor=actor, package_sha512=package.sha512, reason=reason)
        path = desk.home.deliveries / case.reference / "manifest.json"
        manifest = DeliveryManifest.model_validate_json(path.read_bytes())
        write_whole(path, canonical(manifest.model_copy(update={"available_until": until})))
    return case


def lay_receipt(desk: Desk, case: Case) -> None:
    """Lay the receipt of a package beside it, where it left on a promise."""
    package = Package.model_validate(case.package)
    proof = receipt_of(desk, case.events.get(kind=EventKind.SEALED.value))
    write_whole(desk.home.deliveries / case.reference / f"{package.name}.tlog-proof", proof)


def fetch(desk: Desk, case: Case, *, actor: Account) -> Path:
    """Record that the officer fetches the package and return where it lies. Refuses others, and a window that closed."""
    if case.sent_by_id != actor.pk:
        raise MoveRefused(
            "deliver.not-yours",
            what="This package is not for this account.",
            why="A package is fetched by the officer who sent the demand.",
            next_step="Sign in with that account, or ask the provider.",
        )
    with transaction.atomic():
        case = locked(case)
        _, after = allowed(desk, case, Move.FETCH, actor=actor)
        _refuse_closed_window(desk, case)
        package = Package.model_validate(case.package)
        Delivery.objects.create(case=case, by=actor, at=desk.now(), package_sha512=package.sha512)
        case.state = after.value
        case.save()
        record(desk, case, EventKind.FETCHED, actor=actor, package_sha512=package.sha512)
    return desk.home.deliveries / case.reference / package.name


def close(desk: Desk, case: Case, *, actor: Account | None = None) -> Case:
    """Close a case: what leaves has been fetched, or nothing leaves."""
    with transaction.atomic():
        case = locked(case)
        _, after = allowed(desk, case, Move.CLOSE, actor=actor)
        case.state = after.value
        case.closed_at = desk.now()
        case.save()
        record(desk, case, EventKind.CLOSED, actor=actor)
    return case


def receipt_of(desk: Desk, event: Event, *, shown: Sequence[str] = _SHOWN) -> bytes:
    """Return the `.tlog-proof` with which a holder checks, without us, that the event is in the log.

    Refuses an event that is not yet under a good checkpoint, and a field that no event has.
    """
    if not is_logged(event) or not set(shown) <= set(LOG_FIELDS):
        raise MoveRefused(
            "receipt.not-yet",
            what="There is no receipt of that yet.",
            why="A receipt is made of an event in an epoch that is signed and witnessed, and of fields that events have.",
            next_step="Wait for the next tick of the log, or name fields of docs/formats/public-log.md.",
        )
    hashes, signed = receipt_parts(desk)
    opening = opening_of(desk, event, [LOG_FIELDS.index(name) for name in shown])
    return receipt.make(hashes, event.slot.epoch.leaf_index, opening, checkpoint=signed)


def _promise(desk: Desk, event: Event, package: Package) -> bytes:
    by = event.at + _INCLUDED_WITHIN
    return promise.make(promise.Promise(bytes.fromhex(event.root), package.sha512, by), desk.signer)


def _refuse_closed_window(desk: Desk, case: Case) -> None:
    if case.available_until and desk.now() >= case.available_until:
        raise MoveRefused(
            "deliver.window-closed",
            what=f"The download of {case.reference} has closed.",
            why=f"It was open until {case.available_until + timedelta():%d %B %Y, %H:%M} UTC.",
            next_step="Ask the provider to open it again.",
        )


def _link(source: Path, target: Path) -> None:
    if not target.exists():
        target.hardlink_to(source)
