"""How is a log read from a server of static files, which lists nothing? Its names follow from its checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from answerable.adapters.log_stores import cannot_reach
from answerable.public_log import bundles, checkpoint, leaves, note, tiles

_SECONDS = 30.0
_LARGEST = 32 * 1024 * 1024


class WebSource:
    """A log on a server of static files, read only. Such a server lists nothing: the names follow from the checkpoint."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def read(self, path: str) -> bytes | None:
        request = Request(f"{self._url}/{quote(path)}")  # noqa: S310 - the caller opens http and https alone
        try:
            with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                content: bytes = answer.read(_LARGEST)
                return content
        except HTTPError as fault:
            with fault:
                if fault.code == 404:
                    return None
            raise cannot_reach(fault) from fault
        except (URLError, OSError) as fault:
            raise cannot_reach(fault) from fault

    def paths(self) -> Iterator[str]:
        """Yield the path of every file of the newest log, what was opened included."""
        signed = self.read("checkpoint")
        if signed is None:
            return
        yield from ("checkpoint", "vkey")
        size = checkpoint.parse(note.text_of(signed)).size
        yield from tiles.paths(size)
        for start in range(0, size, tiles.WIDTH):
            content = self.read(tiles.tile_path("entries", start // tiles.WIDTH, min(tiles.WIDTH, size - start)))
            yield from _opened(tiles.unbundle(content or b"") or [], start)


def _opened(entries: list[bytes], start: int) -> Iterator[str]:
    for index, entry in enumerate(entries, start):
        leaf = leaves.parse(entry) if entry.startswith(b"answerable/opening/") else None
        if isinstance(leaf, leaves.Opening):
            yield from (bundles.path(index, number) for number in range(min(leaf.bundles, 100_000)))
