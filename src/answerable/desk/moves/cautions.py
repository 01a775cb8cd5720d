"""How do desks warn each other? Ours signs a feed; theirs are taken in only from keys that whoever runs the desk named."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.models import Max

from answerable.adapters.keys import caution_key
from answerable.casefile.caution_feed import CautionFeed, feed_of
from answerable.desk.models import Feed, FeedIssue, Listing
from answerable.desk.moves.directory import as_record
from answerable.desk.wiring import Desk
from answerable.errors import VerificationFailed
from answerable.public_log.note import Signer, Verifier
from answerable.verify.cautions import open_feed


def caution_signer(desk: Desk) -> Signer:
    """Return the signer of our feed: its own key, and a name beside that of the log."""
    return Signer(name=f"{desk.settings.origin}/cautions", key=caution_key(desk.home.keys))


def named_keys(desk: Desk) -> tuple[Verifier, ...]:
    """Return the keys whose feeds this desk takes in: `caution_keys` of desk.yaml. Refuses a line that is no key."""
    return tuple(map(Verifier.parse, desk.settings.caution_keys))


def publish_feed(desk: Desk, *, days: int) -> tuple[CautionFeed, bytes]:
    """Return the next feed of our shared cautions with its signed note. Each has a number higher than the one before."""
    signer = caution_signer(desk)
    with transaction.atomic():
        number = (FeedIssue.objects.aggregate(Max("number"))["number__max"] or 0) + 1
        records = (
            as_record(each) for each in Listing.objects.filter(record__cautions__0__isnull=False).order_by("key")
        )
        feed = feed_of(records, publisher=signer.name, number=number, at=desk.now(), days=days)
        note = signer.sign(feed.text)
        FeedIssue.objects.create(number=number, sha256=_sha256(note), at=desk.now())
    return feed, note


def take_feed(desk: Desk, note: bytes) -> tuple[CautionFeed, bool]:
    """Keep a feed of a named publisher in place of its last one; return it, and whether it is news.

    Refuses one that is older than what is held, and two feeds with one number.
    """
    feed = open_feed(note, named_keys(desk), now=desk.now())
    with transaction.atomic():
        held = Feed.objects.select_for_update().filter(publisher=feed.publisher).first()
        if held is not None and held.sha256 == _sha256(note):
            return feed, False
        if held is not None and held.number >= feed.number:
            raise _older(held, feed)
        Feed.objects.update_or_create(
            publisher=feed.publisher,
            defaults={
                "number": feed.number,
                "note": note.decode(),
                "sha256": _sha256(note),
                "expires_at": feed.expires_at,
                "taken_at": desk.now(),
            },
        )
    return feed, True


def _older(held: Feed, feed: CautionFeed) -> VerificationFailed:
    same = held.number == feed.number
    return VerificationFailed(
        "caution.older",
        what="This feed of cautions is not used.",
        why=f"It has the number {feed.number}, and "
        + ("another feed with that number is held." if same else f"number {held.number} is held already."),
        next_step="Fetch the newest from its publisher; if one number names two feeds, tell the publisher.",
    )


def _sha256(note: bytes) -> str:
    return hashlib.sha256(note).hexdigest()
