"""How far is a long reading, and how is it stopped?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from answerable.adapters.sources.opening import Sources
from answerable.errors import StoreFailed

_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: rows of those counted, bytes written, seconds since it began. `where` is store and table."""

    where: str
    rows: int
    expected: int
    octets: int
    seconds: float

    @property
    def seconds_left(self) -> float | None:
        """What is left at the pace so far, or None before the first row."""
        return self.seconds * (self.expected - self.rows) / self.rows if self.rows else None


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told of the progress, and the flag that stops it all."""

    tell: Callable[[Progress], None] = lambda _: None
    stop: threading.Event = field(default_factory=threading.Event)
    began: float = field(default_factory=time.monotonic)

    def at(self, where: str, *, rows: int, expected: int, octets: int) -> None:
        """Tell how far it is. Refuses to go on where it was stopped."""
        if self.stop.is_set():
            raise stopped()
        self.tell(Progress(where, rows, expected, octets, time.monotonic() - self.began))

    @contextmanager
    def over(self, sources: Sources) -> Iterator[None]:
        """Interrupt the stores as soon as the flag is set, until the block ends."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(_PAUSE):
                if self.stop.is_set():
                    # Again and again: a query that began just after the first time would run on.
                    sources.interrupt()

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        except StoreFailed as fault:
            if self.stop.is_set():
                raise stopped() from fault
            raise
        finally:
            done.set()
            thread.join()


def stopped() -> StoreFailed:
    """Return the error for a reading that was stopped from outside."""
    return StoreFailed(
        "collect.stopped",
        what="The collection was stopped before its end.",
        why="The worker was told to stop.",
        next_step="Nothing was sealed; the worker begins anew when it runs again.",
    )
