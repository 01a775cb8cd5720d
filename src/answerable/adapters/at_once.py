"""How is the same work done on many parts by every core? In processes of their own, and the answers come in the parts' order.

A process with no thread beside its own is copied, which takes some hundredths of a second. One with others is not, because they
would not be there in the copy while what they hold would: a process is started anew then, which takes a second. The caller says
whether that is worth it. Where no process can be started, or one dies, what it had not answered is done here instead: the
answers are the same, and the work always ends.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

Part = TypeVar("Part")
Answer = TypeVar("Answer")
_MOMENTS = 20


def at_once(work: Callable[[Part], Answer], parts: Iterable[Part], *, worth: bool) -> Iterator[Answer]:
    """Yield what `work`, a function of a module, answers to each part. What it raises is raised in the part's turn.

    What is bound to `work` is handed to each process once, or is in its copy: let it be large, and the parts small.
    """
    cores = _cores()
    rest, waiting = iter(parts), deque[tuple[Part, Future[Answer]]]()
    if worth and cores > 1:
        context = get_context("fork" if _is_alone() else "spawn")
        pool = ProcessPoolExecutor(cores, mp_context=context, initializer=_take_up, initargs=(work,))
        try:
            yield from _in_turn(pool, rest, waiting, ahead=1 + cores)
        except BrokenProcessPool:
            pass
        finally:
            pool.shutdown(cancel_futures=True)
    yield from map(work, chain((part for part, _ in waiting), rest))


def _cores() -> int:
    """Return how many cores this process may use, or, on a system that does not say, how many there are."""
    may_use = getattr(os, "sched_getaffinity", None)
    return len(may_use(0)) if may_use else os.cpu_count() or 1


def _is_alone() -> bool:
    """Whether no thread runs here beside this one, those of libraries among them. Where nobody can say, it is not."""
    for _ in range(_MOMENTS):
        try:
            if len(list(Path("/proc/self/task").iterdir())) == 1:
                return True
        except OSError:
            return False
        time.sleep(0.001)  # a thread that has ended, of an earlier pool, is still in the list for a moment
    return False


_taken_up: list[Callable[[Any], Any]] = []
"""In a process that was started here: its work."""


def _take_up(work: Callable[[Any], Any]) -> None:
    _taken_up[:] = [work]


def _do(part: Any) -> Any:
    return _taken_up[0](part)


def _in_turn(
    pool: ProcessPoolExecutor, rest: Iterator[Part], waiting: deque[tuple[Part, Future[Answer]]], *, ahead: int
) -> Iterator[Answer]:
    """Yield each answer. What was not answered stays in `waiting`, which holds few parts: they and the answers can be large."""
    while True:
        for part in islice(rest, ahead - len(waiting)):
            waiting.append((part, Future()))
            waiting[-1] = (part, _handed(pool, part))
        if not waiting:
            return
        answer = waiting[0][1].result()
        waiting.popleft()
        yield answer


def _handed(pool: ProcessPoolExecutor, part: Any) -> Future[Any]:
    try:
        return pool.submit(_do, part)
    except OSError as fault:
        raise BrokenProcessPool("no process can be started") from fault
