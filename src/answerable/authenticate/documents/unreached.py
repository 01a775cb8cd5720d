"""Which objects does a later revision bring to which nothing in the file leads? Nobody sees them, until somebody uses them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import lru_cache

import pikepdf
from pikepdf import Array, Dictionary, Object, Stream

_MOST_OBJECTS = 200_000
_OF_THE_FILE = ("/ObjStm", "/XRef")  # they hold objects and tables, and no object refers to them


def unreached(content: bytes, listed: Iterable[tuple[int, int]]) -> int:
    """Return how many of the objects `listed` exist and are led to by nothing. Raises pikepdf's errors or ValueError."""
    led_to = _reached(content)
    with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
        return sum(1 for each in set(listed) - led_to if _is_something(pdf.get_object(each)))


def _is_something(each: Object | None) -> bool:
    kind = str(each.get("/Type", "")) if isinstance(each, Dictionary | Stream) else ""
    return each is not None and kind not in _OF_THE_FILE


@lru_cache(maxsize=2)
def _reached(content: bytes) -> frozenset[tuple[int, int]]:
    """Return the numbers of all objects to which something leads, from the trailer on."""
    found: set[tuple[int, int]] = set()
    with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
        waiting: list[object] = [pdf.trailer]
        while waiting:
            each = waiting.pop()
            if isinstance(each, Object) and each.is_indirect:
                if each.objgen in found:
                    continue
                found.add(each.objgen)
            if len(found) > _MOST_OBJECTS:
                raise ValueError("too many objects to follow")
            if isinstance(each, Dictionary | Stream):
                waiting += [value for _, value in each.items()]
            elif isinstance(each, Array):
                waiting += list(each)
    return frozenset(found)
