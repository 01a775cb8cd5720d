"""How is an answer hashed while it is made and sealed? By a thread of its own: hashing lets other threads work."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from answerable.seal import Hashing


@contextmanager
def aside() -> Iterator[Hashing]:
    """Give a bag the thread that hashes for it."""
    with ThreadPoolExecutor(1, "hashing") as thread:
        yield lambda content: thread.submit(_sha512, content).result


def _sha512(content: bytes) -> str:
    return hashlib.sha512(content).hexdigest()
