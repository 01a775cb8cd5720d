"""How does a log take new entries without reading the old ones? From its right edge: the last tile of each level.

The edge is only good if it gives the root of the checkpoint that was signed last; whoever reads it asks for that first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from answerable.errors import LogHalted
from answerable.public_log import merkle, tiles

Read = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a log of `size` entries: the last, partial bundle, and the last, partial tile of each level."""

    size: int = 0
    entries: tuple[bytes, ...] = ()
    rows: tuple[tuple[bytes, ...], ...] = ()

    def root(self) -> bytes:
        """Return the root of the whole log."""
        return tiles.root_of_edge(self.rows)

    def bundles(self, entries: Sequence[bytes]) -> list[tuple[str, bytes]]:
        """Return every bundle of entries that is new after `entries`."""
        return list(_chunks("entries", self.size - len(self.entries), [*self.entries, *entries], tiles.bundle))

    def grown(self, entries: Sequence[bytes]) -> tuple[Edge, list[tuple[str, bytes]]]:
        """Return the edge after `entries` and every tile of hashes that is new, from the leaves up."""
        files: list[tuple[str, bytes]] = []
        new, rows, level = merkle.leaf_hashes(entries), [], 0
        while new or level < len(self.rows):
            before = self.rows[level] if level < len(self.rows) else ()
            row = [*before, *new]
            start = (self.size >> 8 * level) - len(before)
            files += _chunks(level, start, row, b"".join) if new else ()
            full = len(row) // tiles.WIDTH * tiles.WIDTH
            new = [merkle.root(row[at : at + tiles.WIDTH]) for at in range(0, full, tiles.WIDTH)]
            rows.append(tuple(row[full:]))
            level += 1
        held = [*self.entries, *entries]
        kept = tuple(held[len(held) // tiles.WIDTH * tiles.WIDTH :])
        return Edge(self.size + len(entries), kept, tuple(rows)), files


def read_edge(read: Read, size: int) -> Edge:
    """Return the right edge of a published log of `size` entries. Halts where one of its files is missing or cut."""
    entries = tiles.unbundle(_last(read, "entries", size)) if size % tiles.WIDTH else []
    if entries is None or len(entries) != size % tiles.WIDTH:
        raise _halted(f"the last bundle of {size} entries cannot be read")
    rows, level = [], 0
    while size >> 8 * level:
        content = _last(read, level, size >> 8 * level)
        rows.append(tuple(tiles.split(content)))
        level += 1
    return Edge(size, tuple(entries), tuple(rows))


def _last(read: Read, level: int | str, size: int) -> bytes:
    width = size % tiles.WIDTH
    if not width:
        return b""
    path = tiles.tile_path(level, size // tiles.WIDTH, width)
    content = read(path)
    if content is None or (level != "entries" and len(content) != 32 * width):
        raise _halted(f"{path} is missing or cut short")
    return content


def _chunks(
    level: int | str, start: int, row: Sequence[bytes], joined: Callable[[Sequence[bytes]], bytes]
) -> Iterator[tuple[str, bytes]]:
    for at in range(0, len(row), tiles.WIDTH):
        part = row[at : at + tiles.WIDTH]
        yield tiles.tile_path(level, (start + at) // tiles.WIDTH, len(part)), joined(part)


def _halted(why: str) -> LogHalted:
    return LogHalted(
        "log.edge-unreadable",
        what="The log was halted before it signed.",
        why=f"The published tree cannot be gone on with: {why}.",
        next_step="Let `answerable log check` say what is wrong; docs/run/recovery.md says how to mend it.",
    )
