"""What happens at a tick? An epoch is closed, what is due is opened, and the tree is published: nothing becomes public between."""

from __future__ import annotations

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
