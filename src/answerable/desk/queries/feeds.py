"""Which feeds of other desks are held, and what do they report?"""

from __future__ import annotations

import json

from answerable.casefile.caution_feed import CautionFeed
from answerable.desk.models import Feed


def read_feed(row: Feed) -> CautionFeed:
    """Return the feed of a note that was proved when it was taken in."""
    return CautionFeed.model_validate(json.loads(row.note.rpartition("\n\n")[0]))


def feeds() -> tuple[tuple[Feed, CautionFeed], ...]:
    """Return every feed that is held, expired ones too, by publisher."""
    return tuple((each, read_feed(each)) for each in Feed.objects.order_by("publisher"))
