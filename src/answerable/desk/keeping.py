"""How does the log keep its hours, whatever else the desk is busy with? By threads of the worker that do nothing else.

Everybody sees when a checkpoint comes. Were it to wait for a reading of hours, its lateness would tell that there is much
to do; so the tick waits for nothing, and the errands, which may wait for a bucket, have a thread of their own. So has what an
access point hands over: some of it is due in eight hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from answerable.desk import moves
from answerable.desk.models import Checkpoint, Epoch
from answerable.desk.wiring import Desk

_PAUSE = 0.5
_AGAIN = timedelta(minutes=1)
_LOOK = timedelta(seconds=10)
Say = Callable[[str, str], None]


@contextmanager
def log_kept(desk: Desk, on_step: Say) -> Iterator[None]:
    """Tick the log and run the errands beside the block. A fault of them sets the desk's `stop`, and is raised at the end."""
    keeping = [_tick_on_time, _run_errands, *([_take_handed_over] if desk.settings.state_system else [])]
    with ThreadPoolExecutor(max_workers=len(keeping)) as pool:
        kept = [pool.submit(_until_told, keep, desk, on_step) for keep in keeping]
        try:
            yield
        finally:
            desk.stop.set()
    for each in kept:
        each.result()


def _until_told(keep: Callable[[Desk, Say], None], desk: Desk, on_step: Say) -> None:
    try:
        keep(desk, on_step)
    finally:
        desk.stop.set()
        connection.close()


def _tick_on_time(desk: Desk, on_step: Say) -> None:
    asked = desk.now()
    while not desk.stop.is_set():
        if moves.tick_is_due(desk):
            epoch = moves.tick(desk)
            asked = desk.now()
            on_step("tick", f"epoch {epoch.number}")
        elif _lacks_witnesses() and desk.now() - asked >= _AGAIN:
            moves.publish(desk)
            asked = desk.now()
        desk.stop.wait(_PAUSE)


def _lacks_witnesses() -> bool:
    newest = Checkpoint.objects.order_by("size").last()
    return newest is not None and newest.witnessed_at is None


def _run_errands(desk: Desk, on_step: Say) -> None:
    """Forget and close what is over, once an epoch; copy the tree when its checkpoint is another, and again where that failed."""
    seen, copied, again = -1, b"", desk.now()
    while not desk.stop.is_set():
        if (epoch := _newest_epoch()) != seen:
            seen = epoch
            moves.forget_sessions(desk)
            for name in moves.close_due_periods(desk):
                on_step("report", name)
        head = moves.published_checkpoint(desk) if desk.settings.publish_to else b""
        if head != copied and desk.now() >= again:
            is_copied = moves.copy_out(desk)
            copied, again = (head, desk.now()) if is_copied else (copied, desk.now() + _AGAIN)
            on_step("copy", "done" if is_copied else "failed, and tried again in a minute")
        desk.stop.wait(_PAUSE)


def _take_handed_over(desk: Desk, on_step: Say) -> None:
    """Look at the access point's folder every few seconds; what is wrong with it holds up nothing, and is looked at again."""
    again = desk.now()
    while not desk.stop.is_set():
        if desk.now() >= again:
            moves.look_at_access_point(desk, on_step)
            again = desk.now() + _LOOK
        desk.stop.wait(_PAUSE)


def _newest_epoch() -> int:
    last = Epoch.objects.order_by("number").last()
    return last.number if last else 0
