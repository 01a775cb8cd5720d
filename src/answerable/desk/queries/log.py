"""How far has the public log come, and which of its files may be read?"""

from __future__ import annotations

from pathlib import Path

from answerable.desk.models import Account, Checkpoint, Event
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused
from answerable.public_log import checkpoint, note


def newest_checkpoint() -> Checkpoint | None:
    """Return the row of the newest published checkpoint, or None before the first."""
    return Checkpoint.objects.order_by("size").last()


def tree_head() -> checkpoint.TreeHead | None:
    """Return the newest published tree head, or None before the first."""
    last = newest_checkpoint()
    return checkpoint.parse(last.text.rpartition("\n\n")[0].encode() + b"\n") if last else None


def signed_head(desk: Desk) -> str:
    """Return the newest checkpoint with its Ed25519 line alone, for people to read; empty before the first."""
    last = newest_checkpoint()
    return note.only(last.text.encode(), [desk.signer.verifier]).decode() if last else ""


def log_name(desk: Desk) -> tuple[str, str]:
    """Return the log's origin and its verifier key."""
    return desk.settings.origin, desk.signer.verifier_key


def log_file(desk: Desk, name: str) -> Path | None:
    """Return where a file of the published tree lies, or None; nothing outside the tree, no part of a write."""
    path = (desk.home.log / name).resolve()
    inside = path.is_relative_to(desk.home.log.resolve())
    return path if inside and path.is_file() and not any(part.startswith(".") for part in Path(name).parts) else None


def event_of(reference: str, kind: str) -> Event:
    """Return the newest event of a kind in a case. Refuses where there is none."""
    found = Event.objects.filter(case__reference=reference, kind=kind).select_related("case").order_by("serial").last()
    if found is None:
        raise MoveRefused(
            "open.no-such-event",
            what=f"{reference} has no event “{kind}”.",
            why="An event is named by its case and its kind, as docs/formats/public-log.md lists them.",
            next_step="Look at the case's history, and name one that happened.",
        )
    return found


def account_named(username: str) -> Account:
    """Return an account. Refuses where there is none."""
    found = Account.objects.filter(username=username).first()
    if found is None:
        raise MoveRefused(
            "open.no-such-account",
            what="There is no account of that name.",
            why="Two reviewers of this desk open what was sealed.",
            next_step="Name two reviewers by the names they sign in with.",
        )
    return found
