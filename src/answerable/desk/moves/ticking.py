"""What happens at a tick, and when? An epoch is closed, what is due is opened, and the tree is published: nothing becomes public between.

Ticks come at fixed moments, whole multiples of the period since 1970 in UTC, so that a day's is at midnight. Were each so
long after the one before, whatever held up a tick would move all that follow, and everybody could watch it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from answerable.desk.models import Epoch
from answerable.desk.moves.opening import open_due
from answerable.desk.moves.publishing import publish, refuse_restored
from answerable.desk.moves.recording import close_epoch
from answerable.desk.wiring import Desk


def tick(desk: Desk) -> Epoch:
    """Close an epoch over the pending events, open what is due, publish the tree, and let what is now logged go its way."""
    refuse_restored(desk)
    with transaction.atomic():
        epoch = close_epoch(desk)
        open_due(desk, epoch)
    publish(desk)
    return epoch


def tick_is_due(desk: Desk) -> bool:
    """Whether a moment of a tick has come since the last epoch; an epoch without events is closed all the same."""
    last = Epoch.objects.order_by("number").last()
    return last is None or desk.now() >= next_tick(desk, last)


def next_tick(desk: Desk, last: Epoch) -> datetime:
    """Return the moment of the tick after the epoch `last`."""
    seconds = desk.settings.tick_seconds
    return datetime.fromtimestamp((int(last.closed_at.timestamp()) // seconds + 1) * seconds, UTC)
