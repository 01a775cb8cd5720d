"""How is a validator that was written for waiting run where there is nothing to wait for?"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return what `coroutine` returns, without an event loop, which would need sockets.

    Refuses one that waits for something: nothing is fetched here, so nothing can be waited for.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    coroutine.close()
    raise RuntimeError("the validator wanted to wait, and there is nothing to wait for")
