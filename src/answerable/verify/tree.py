"""Do the files of a log give the root that was signed, and nothing but what its entries give?

Entries are hashed a bundle at a time, and no more is done with each than must be: this is what a check of a large log costs.
Always ends; what fails is named by file, and by index where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, merkle, tiles

Judge = Callable[[str, int, list[bytes]], None]


@dataclass(frozen=True, slots=True)
class Tree:
    """The entries of a log, and the hashes of its perfect subtrees, level by level."""

    entries: list[bytes]
    rows: list[list[bytes]]

    @property
    def hashes(self) -> list[bytes]:
        """The leaf hashes."""
        return self.rows[0]


def verify_tree(files: Mapping[str, bytes], head: checkpoint.TreeHead, *, judge: Judge) -> Tree:
    """Return the tree that the files hold. `judge` is handed each bundle: its path, the index of its first entry, the entries.

    Refuses a missing or unreadable bundle, another root than the checkpoint's, and a tile that does not follow.
    """
    entries: list[bytes] = []
    hashes: list[bytes] = []
    for start in range(0, head.size, tiles.WIDTH):
        path, found = _bundle(files, start, head.size)
        judge(path, start, found)
        entries += found
        hashes += merkle.leaf_hashes(found)
    rows = merkle.levels(hashes)
    if merkle.root_of_perfect(merkle.perfect_roots(rows)) != head.root:
        raise broken("The entries do not give the root of the checkpoint", _where_it_parts(files, rows))
    for path, content in tiles.hash_tiles(rows):
        if file_at(files, path) != content:
            raise broken("A tile does not follow from the entries", _place_in(path, files[path], content))
    return Tree(entries, rows)


def earlier_tile(path: str, tree: Tree) -> bytes | None:
    """Return what a partial tile of an earlier, smaller log holds, or None where `path` is no such tile."""
    found = tiles.parse_path(path)
    if found is None or found[2] == tiles.WIDTH:
        return None
    level, number, width = found
    row = tree.entries if level == "entries" else _row(tree.rows[::8], level)
    part = row[number * tiles.WIDTH : number * tiles.WIDTH + width]
    if len(part) != width:
        return None
    return tiles.bundle(part) if level == "entries" else b"".join(part)


def file_at(files: Mapping[str, bytes], path: str) -> bytes:
    """Return one file. Refuses one that is not there."""
    try:
        return files[path]
    except KeyError as fault:
        raise broken("A file of the log is missing", path) from fault


def broken(what: str, why: str) -> VerificationFailed:
    """Return what is raised where a log does not hold."""
    return VerificationFailed(
        "log.broken", what=what, why=why, next_step="Fetch the log again; if it stays, tell the log's witnesses."
    )


def _bundle(files: Mapping[str, bytes], start: int, size: int) -> tuple[str, list[bytes]]:
    width = min(tiles.WIDTH, size - start)
    path = tiles.tile_path("entries", start // tiles.WIDTH, width)
    found = tiles.unbundle(file_at(files, path))
    if found is None or len(found) != width:
        raise broken("An entry bundle cannot be read", f"{path}, from index {start}: {width} entries are expected.")
    return path, found


def _row(rows: list[list[bytes]], level: str) -> list[bytes]:
    return rows[int(level)] if int(level) < len(rows) else []


def _where_it_parts(files: Mapping[str, bytes], rows: list[list[bytes]]) -> str:
    """Say at which entry the published hashes first disagree; where none does, the checkpoint is the one that was changed."""
    for path, content in tiles.hash_tiles(rows[:1]):
        held = files.get(path)
        if held is not None and held != content:
            return _place_in(path, held, content)
    return "checkpoint: every published hash follows from the entries, so the head or a whole history was changed."


def _place_in(path: str, held: bytes, content: bytes) -> str:
    at = next(_differing(held, content)) // 32
    level, number, _ = tiles.parse_path(path) or ("", 0, 0)
    place = number * tiles.WIDTH + at
    return f"{path}: recomputed, hash {place} of level {level} is different" + (
        f" (index {place})." if level == "0" else "."
    )


def _differing(held: bytes, content: bytes) -> Iterator[int]:
    yield from (at for at, (one, other) in enumerate(zip(held, content, strict=False)) if one != other)
    yield min(len(held), len(content))
