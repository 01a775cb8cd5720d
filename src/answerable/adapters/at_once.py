"""How is the same work done on many parts by every core? In processes of their own, and the answers come in the parts' order.

A process with no thread beside its own is copied, which takes some hundredths of a second. One with others is not, because they
would not be there in the copy while what they hold would: a process is started anew then, which takes a second. The caller says
whether that is worth it. Where no process can be started, or one dies, what it had not answered is done here instead: the
answers are the same, and the work always ends.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

Part = TypeVar("Part")
Answer = TypeVar("Answer")


def at_once(work: Callable[[Part], Answer], parts: Iterable[Part], *, worth: bool) -> Iterator[Answer]:
    """Yield what `work`, a function of a module, answers to each part. What it raises is raised in the part's turn."""
    cores = len(os.sched_getaffinity(0))
    rest, waiting = iter(parts), deque[tuple[Part, Future[Answer]]]()
    if worth and cores > 1:
        pool = ProcessPoolExecutor(cores, mp_context=get_context("fork" if _is_alone() else "spawn"))
        try:
            yield from _in_turn(pool, work, rest, waiting)
        except BrokenProcessPool:
            pass
        finally:
            pool.shutdown(cancel_futures=True)
    yield from map(work, chain((part for part, _ in waiting), rest))


def _is_alone() -> bool:
    """Whether no thread runs here beside this one, those of libraries among them. Where nobody can say, it is not."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


def _in_turn(
    pool: ProcessPoolExecutor,
    work: Callable[[Part], Answer],
    rest: Iterator[Part],
    waiting: deque[tuple[Part, Future[Answer]]],
) -> Iterator[Answer]:
    """Yield each answer. What was not answered stays in `waiting`, which holds few parts: they and the answers can be large."""
    ahead = 1 + len(os.sched_getaffinity(0))
    while True:
        for part in islice(rest, ahead - len(waiting)):
            waiting.append((part, Future()))
            waiting[-1] = (part, _handed(pool, work, part))
        if not waiting:
            return
        answer = waiting[0][1].result()
        waiting.popleft()
        yield answer


def _handed(pool: ProcessPoolExecutor, work: Callable[[Part], Answer], part: Part) -> Future[Answer]:
    try:
        return pool.submit(work, part)
    except OSError as fault:
        raise BrokenProcessPool("no process can be started") from fault
