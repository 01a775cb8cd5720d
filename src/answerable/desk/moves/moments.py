"""Can what a person sets down have happened at the moment that they say?"""

from __future__ import annotations

from datetime import datetime

from answerable.errors import MoveRefused


def refuse_moment(at: datetime, *, now: datetime, earliest: datetime, before: str) -> None:
    """Refuse a moment that is still to come, or before `earliest`. A form gives minutes, so seconds do not count."""
    if at > now:
        raise MoveRefused(
            "moment.not-yet",
            what="This would have been done at a moment that is still to come.",
            why=f"It says {at:%d %B %Y, %H:%M} UTC; it is {now:%d %B %Y, %H:%M} UTC.",
            next_step="Do it first, then set down when it was done.",
        )
    if at < earliest.replace(second=0, microsecond=0):
        raise MoveRefused(
            "moment.too-early",
            what=f"This would have been done {before}.",
            why=f"It says {at:%d %B %Y, %H:%M} UTC; the earliest is {earliest:%d %B %Y, %H:%M} UTC.",
            next_step="Enter the moment at which it was done.",
        )
