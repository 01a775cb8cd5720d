"""What does an authority hold that gets an answer before the next tick? A signed promise that its event will be in the log.

Only in an emergency does a package leave before its epoch is signed. The promise names the event by its root and the package
by its digest, and the hour by which a receipt must exist; whoever holds it and gets none can prove the omission.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from answerable.errors import VerificationFailed
from answerable.public_log import note

_HEADER = "answerable/commit/v1"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Promise:
    """The event's root (32 bytes), the SHA-512 of the package, and by when the event is in the log, in UTC."""

    event_root: bytes
    package_sha512: str
    included_by: datetime


def make(promise: Promise, signer: note.Signer) -> bytes:
    """Return the signed promise. It is signed with the log's Ed25519 key alone: the other signs nothing but checkpoints."""
    return note.Signer(signer.name, signer.key).sign(_render(promise))


def parse(content: bytes, verifier: note.Verifier) -> Promise:
    """Return what was promised. Refuses what this key did not sign, and every spelling but that of `make`."""
    text = note.open_note(content, verifier)
    lines = text.decode(errors="replace").split("\n")
    try:
        _, root, sha512, by, _ = lines
        made = Promise(note.unbase64(root), sha512, datetime.strptime(by, _TIME).replace(tzinfo=UTC))
        if _render(made) == text and len(made.event_root) == 32:
            return made
    except ValueError:
        pass
    raise VerificationFailed(
        "promise.malformed",
        what="The promise of the log cannot be read.",
        why="It is not a promise in the form answerable/commit/v1.",
        next_step="Ask the provider for it again.",
    )


def _render(promise: Promise) -> bytes:
    lines = (_HEADER, note.to_base64(promise.event_root), promise.package_sha512, promise.included_by.strftime(_TIME))
    return "".join(f"{line}\n" for line in lines).encode()
