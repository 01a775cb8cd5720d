"""Who does the work that follows a move, while the log keeps its hours? One process, until it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event as Flag

from answerable.adapters.sources import Progress
from answerable.desk import jobs, moves
from answerable.desk.keeping import log_kept
from answerable.desk.models import Event
from answerable.desk.moves.looking_up import sweep
from answerable.desk.wiring import Desk
from answerable.errors import NotConfigured

_PAUSE = 0.5
_TELL = 5.0


def work(desk: Desk, *, stop: Flag, on_step: Callable[[str, str], None] = lambda *_: None) -> None:
    """Do what is due, with the log kept beside it, until `stop` is set. Refuses where another worker runs."""
    desk.sandbox.start()
    desk = replace(desk, stop=stop, tell=_telling(on_step))
    with jobs.only_worker(desk):
        sweep(desk)
        moves.publish(desk, whole=True)
        with log_kept(desk, on_step):
            while not stop.is_set():
                jobs.run_due(desk, on_step=on_step)
                stop.wait(_PAUSE)


def _telling(on_step: Callable[[str, str], None]) -> Callable[[Progress], None]:
    """Return what tells, every few seconds, how far a long reading is."""
    last = [0.0]

    def tell(progress: Progress) -> None:
        if progress.seconds - last[0] >= _TELL or progress.seconds < last[0]:
            last[0] = progress.seconds
            left = "" if progress.seconds_left is None else f", {progress.seconds_left:.0f} s left"
            rows = f"{progress.rows:,} of {progress.expected:,} rows, {progress.octets // 1_000_000:,} MB{left}"
            on_step("reading", f"{progress.where}  {rows}")

    return tell


def publish_if_alone(desk: Desk) -> bool:
    """Publish the log where no worker runs, and return whether none did. A worker that runs publishes at its next tick."""
    try:
        with jobs.only_worker(desk):
            moves.publish(desk)
    except NotConfigured as fault:
        if fault.code != "worker.already-runs":
            raise
        return False
    return True


def finish(desk: Desk) -> None:
    """Tick until every event is in the log. Call it under `only_worker`."""
    while Event.objects.filter(slot__isnull=True).exists():
        moves.tick(desk)
    moves.publish(desk)
