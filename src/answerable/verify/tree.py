"""Do the files of a log give the root that was signed, and nothing but what its entries give?

1  each entry bundle is there, and its entries are judged
2  the bundles are hashed, several at a time, by whatever `each` applies a function with
3  the roots of the tiles give the root of the checkpoint
4  every tile is what was hashed

No more is done with an entry than must be: this is what a check of a large log costs. Always ends; what fails is named by file,
and by index where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Protocol, TypeVar, overload

from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, tiles

Part = TypeVar("Part")
Answer = TypeVar("Answer")
_AT_A_TIME = 64


class Each(Protocol):
    """Applies a function to each of many parts and gives the answers in their order, as `map` does."""

    def __call__(self, work: Callable[[Part], Answer], parts: Iterable[Part], /) -> Iterable[Answer]:
        """Return the answers."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle of entries as it was published: where it lies, the index of its first entry, how many it has, its bytes."""

    path: str
    start: int
    width: int
    content: bytes

    def entries(self) -> list[bytes]:
        """Return the entries. Refuses a bundle that cannot be read."""
        found = tiles.unbundle(self.content)
        if found is None or len(found) != self.width:
            raise self.unreadable()
        return found

    def unreadable(self) -> VerificationFailed:
        """Return the refusal of a bundle that holds no entries, or more or fewer than it must."""
        where = f"{self.path}, from index {self.start}: {self.width} entries are expected."
        return broken("An entry bundle cannot be read", where)


Judge = Callable[[Bundle], None]


class Entries(Sequence[bytes]):
    """The entries of a log that was checked, each cut out of its bundle when it is asked for: most never are."""

    def __init__(self, bundles: Sequence[bytes], size: int) -> None:
        self._bundles, self._size = bundles, size

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        for bundle in self._bundles:
            yield from tiles.unbundle(bundle) or ()

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self._size))]
        at = range(self._size)[index]
        return (tiles.unbundle(self._bundles[at // tiles.WIDTH]) or [])[at % tiles.WIDTH]


@dataclass(frozen=True)
class Tree:
    """A log of `size` entries that was checked: its bundles, and its tiles, level by level from the leaves up."""

    size: int
    bundles: list[bytes]
    rows: list[list[bytes]]

    @property
    def entries(self) -> Entries:
        """The entries."""
        return Entries(self.bundles, self.size)

    @cached_property
    def hashes(self) -> list[bytes]:
        """The leaf hashes."""
        return [each for row in self.rows[:1] for tile in row for each in tiles.split(tile)]


def verify_tree(files: Mapping[str, bytes], head: checkpoint.TreeHead, *, judge: Judge, each: Each = map) -> Tree:
    """Return the tree that the files hold. `judge` is handed each bundle before it is hashed.

    Refuses a missing or unreadable bundle, another root than the checkpoint's, and a tile that does not follow.
    """
    bundles: list[Bundle] = []

    def judged() -> Iterator[list[bytes]]:
        coming = _bundles(files, head.size)
        while some := list(islice(coming, _AT_A_TIME)):
            for bundle in some:
                judge(bundle)  # 1
            bundles.extend(some)
            yield [bundle.content for bundle in some]

    leaves: list[bytes] = []
    roots: list[bytes] = []
    for found in (one for some in each(tiles.hash_bundles, judged()) for one in some):  # 2
        bundle = bundles[len(leaves)]
        if found is None or len(found[0]) != 32 * bundle.width:
            raise bundle.unreadable()
        leaves.append(found[0])
        roots += found[1:] if bundle.width == tiles.WIDTH else ()
    rows = [leaves, *tiles.levels_above(roots)] if leaves else []
    edge = [tiles.split(row[-1]) if len(row[-1]) < 32 * tiles.WIDTH else [] for row in rows]
    if tiles.root_of_edge(edge) != head.root:  # 3
        raise broken("The entries do not give the root of the checkpoint", _where_it_parts(files, rows))
    for path, content in _paths_of(rows):  # 4
        if file_at(files, path) != content:
            raise broken("A tile does not follow from the entries", _place_in(path, files[path], content))
    return Tree(head.size, [bundle.content for bundle in bundles], rows)


def earlier_tile(path: str, tree: Tree) -> bytes | None:
    """Return what a partial tile of an earlier, smaller log holds, or None where `path` is no such tile."""
    found = tiles.parse_path(path)
    if found is None or found[2] == tiles.WIDTH:
        return None
    level, number, width = found
    row = tree.bundles if level == "entries" else tree.rows[int(level)] if int(level) < len(tree.rows) else []
    whole = row[number] if number < len(row) else b""
    if level == "entries":
        part = (tiles.unbundle(whole) or [])[:width]
        return tiles.bundle(part) if len(part) == width else None
    return whole[: 32 * width] if len(whole) >= 32 * width else None


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


def _bundles(files: Mapping[str, bytes], size: int) -> Iterator[Bundle]:
    for start in range(0, size, tiles.WIDTH):
        width = min(tiles.WIDTH, size - start)
        path = tiles.tile_path("entries", start // tiles.WIDTH, width)
        yield Bundle(path, start, width, file_at(files, path))


def _paths_of(rows: Sequence[Sequence[bytes]]) -> Iterator[tuple[str, bytes]]:
    return (
        (tiles.tile_path(level, number, len(content) // 32), content)
        for level, row in enumerate(rows)
        for number, content in enumerate(row)
    )


def _where_it_parts(files: Mapping[str, bytes], rows: Sequence[Sequence[bytes]]) -> str:
    """Say at which entry the published hashes first disagree; where none does, the checkpoint is the one that was changed."""
    for path, content in _paths_of(rows[:1]):
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
