"""How does long work say how far it is? It tells what it counts and how many; whoever asked for it shows that, or does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

OnStep = Callable[[str, int], None]
"""Is told what is counted, and how many there are so far."""


def silent(_: str, __: int) -> None:
    """Show nothing."""


def told(items: Iterable[Item], on_step: OnStep, what: str, *, each: int = 1) -> Iterator[Item]:
    """Pass items on, and tell how many came; each counts for so many."""
    for number, item in enumerate(items, 1):
        on_step(what, number * each)
        yield item
