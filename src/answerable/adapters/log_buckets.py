"""How is a log published to a bucket of S3?

A bucket must be able to refuse: an object that is there (`If-None-Match: *`), and a checkpoint that is not the one that was
read (`If-Match`). Not every server does, so each is asked before anything is published.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError, PreconditionError
from obstore.store import S3Store

from answerable.adapters.log_stores import cannot_reach, file_differs, swapped
from answerable.errors import NotConfigured

if TYPE_CHECKING:
    from obstore import PutMode

_PROBE = "probe"


class BucketStore:
    """A bucket of S3, or a prefix in one. Keys, region and endpoint come from the environment, as the AWS tools name them."""

    def __init__(self, url: str) -> None:
        allow_http = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
        self._store = S3Store.from_url(url, client_options={"allow_http": allow_http})
        self._versions: dict[str, str | None] = {}

    def probe(self) -> None:
        """Refuse a bucket that puts an object over another, or swaps one that is not the one that was read."""
        try:
            obstore.put(self._store, _PROBE, b"probe\n")
            refused = [self._is_refused("create"), self._is_refused({"e_tag": '"0"'})]
            obstore.delete(self._store, _PROBE)
        except BaseError as fault:
            raise cannot_reach(fault) from fault
        if not all(refused):
            raise NotConfigured(
                "publish.no-conditions",
                what="This bucket does not refuse to replace an object.",
                why="It does not honour If-None-Match and If-Match: two writers could publish two histories.",
                next_step="Use a store that honours both, or publish to a folder and copy that.",
            )

    def read(self, path: str) -> bytes | None:
        try:
            found = obstore.get(self._store, path)
            self._versions[path] = found.meta["e_tag"]
            return bytes(found.bytes())
        except (NotFoundError, FileNotFoundError):
            return None
        except BaseError as fault:
            raise cannot_reach(fault) from fault

    def add(self, path: str, content: bytes) -> None:
        try:
            obstore.put(self._store, path, content, mode="create", use_multipart=False)
        except AlreadyExistsError:
            if self.read(path) != content:
                raise file_differs(path) from None
        except BaseError as fault:
            raise cannot_reach(fault) from fault

    def barrier(self) -> None:
        """Do nothing: what a bucket has acknowledged is durable."""

    def give_up(self) -> None:
        """Do nothing: what is there already no checkpoint names, and it is what was checked."""

    def swap(self, path: str, content: bytes, *, before: bytes | None) -> None:
        if self.read(path) != before:
            raise swapped(path)
        try:
            mode: PutMode = "create" if before is None else {"e_tag": self._versions[path]}
            obstore.put(self._store, path, content, mode=mode, use_multipart=False)
        except (AlreadyExistsError, PreconditionError) as fault:
            raise swapped(path) from fault
        except BaseError as fault:
            raise cannot_reach(fault) from fault

    def paths(self) -> Iterator[str]:
        for page in obstore.list(self._store):
            yield from (str(each["path"]) for each in page)

    def _is_refused(self, mode: PutMode) -> bool:
        try:
            obstore.put(self._store, _PROBE, b"other\n", mode=mode, use_multipart=False)
        except (AlreadyExistsError, PreconditionError):
            return True
        return False
