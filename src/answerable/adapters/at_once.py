"""How is the same work done on many parts by every core? In processes of their own, and the answers come in the parts' order.

Starting a process takes a fifth of a second, so the caller says whether that is worth it. Where no process can be started, or
one dies, what it had not answered is done here instead: the answers are the same, and the work always ends.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

Part = TypeVar("Part")
Answer = TypeVar("Answer")


def at_once(work: Callable[[Part], Answer], parts: Sequence[Part], *, worth: bool) -> Iterator[Answer]:
    """Yield what `work`, a function of a module, answers to each part. What it raises is raised in the part's turn."""
    cores = min(len(os.sched_getaffinity(0)), len(parts))
    answered = 0
    if worth and cores > 1:
        # Processes are started anew: the threads of a library that are running here would not be there in a copy of this one.
        pool = ProcessPoolExecutor(cores, mp_context=get_context("spawn"))
        try:
            for answer in _in_turn(pool, work, parts, ahead=cores + 1):
                yield answer
                answered += 1
        except BrokenProcessPool:
            pass
        finally:
            pool.shutdown(cancel_futures=True)
    yield from map(work, parts[answered:])


def _in_turn(
    pool: ProcessPoolExecutor, work: Callable[[Part], Answer], parts: Sequence[Part], *, ahead: int
) -> Iterator[Answer]:
    """Yield each answer, with no more than `ahead` parts under way: an answer can be large."""
    waiting: deque[Future[Answer]] = deque()
    rest = iter(parts)
    while True:
        waiting.extend(_handed(pool, work, part) for part in islice(rest, ahead - len(waiting)))
        if not waiting:
            return
        yield waiting.popleft().result()


def _handed(pool: ProcessPoolExecutor, work: Callable[[Part], Answer], part: Part) -> Future[Answer]:
    try:
        return pool.submit(work, part)
    except OSError as fault:
        raise BrokenProcessPool("no process can be started") from fault
