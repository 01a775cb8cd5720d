"""Does a feed of cautions hold: signed by a key that we named, whole, of that publisher, not too old?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError

from answerable.casefile.caution_feed import CautionFeed
from answerable.errors import VerificationFailed
from answerable.public_log.note import Verifier, open_note

_LARGEST = 1_000_000


def open_feed(note: bytes, verifiers: Sequence[Verifier], *, now: datetime) -> CautionFeed:
    """Return the feed of a signed note. Refuses one that none of `verifiers` signed, that is another publisher's, from
    the future or expired, or that is not written in the one canonical form."""
    signer, text = _signed_by(note, verifiers)
    feed = _read(text)
    if feed.publisher != signer.name:
        raise _bad("caution.foreign", "It says that it is of another publisher than the one who signed it.")
    if feed.made_at > now:
        raise _bad(
            "caution.from-the-future",
            f"It says that it was made on {feed.made_at:%d %B %Y, %H:%M} UTC, which is to come.",
        )
    if feed.expires_at <= now:
        raise _bad("caution.expired", f"It held until {feed.expires_at:%d %B %Y, %H:%M} UTC.")
    return feed


def _signed_by(note: bytes, verifiers: Sequence[Verifier]) -> tuple[Verifier, bytes]:
    if len(note) > _LARGEST:
        raise _bad("caution.unreadable", "It is larger than a megabyte, which no feed is.")
    last: VerificationFailed | None = None
    for verifier in verifiers:
        try:
            return verifier, open_note(note, verifier)
        except VerificationFailed as fault:
            if fault.code in {"note.malformed", "note.bad-signature"}:
                raise _bad("caution.bad-signature", fault.why) from fault
            last = fault
    raise _bad("caution.foreign-key", "None of the keys that were named signed it.") from last


def _read(text: bytes) -> CautionFeed:
    try:
        feed = CautionFeed.model_validate(json.loads(text))
    except (ValueError, RecursionError) as fault:
        fields = ""
        if isinstance(fault, ValidationError):
            fields = ", ".join(".".join(map(str, each["loc"])) or "the whole feed" for each in fault.errors()[:5])
        raise _bad(
            "caution.unreadable", f"It is signed, but no feed of cautions{f': {fields}' if fields else ''}."
        ) from fault
    if feed.text != text:
        raise _bad("caution.unreadable", "It is not written in the canonical form.")
    return feed


def _bad(code: str, why: str) -> VerificationFailed:
    return VerificationFailed(
        code,
        what="This feed of cautions is not used.",
        why=why,
        next_step="Fetch it again from its publisher, and compare its key with the one you were given by another way.",
    )
