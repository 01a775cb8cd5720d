"""Do the files of a log give the root that was signed, and nothing but what its entries give?

1  each entry bundle is there and can be read, and its entries are judged
2  the bundles are hashed, several at a time, by whatever `each` applies a function with
3  their roots give the root of the checkpoint
4  every tile is what was hashed

No more is done with an entry than must be: this is what a check of a large log costs. A bundle is read where it is hashed, and
32 bytes of it are kept. Always ends; what fails is named by file, and by index where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import NamedTuple, Protocol, TypeVar

from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, tiles

Part = TypeVar("Part")
Answer = TypeVar("Answer")
AT_A_TIME = 64
"""How many bundles are hashed at a time."""
_AT_HAND = 64


class Each(Protocol):
    """Applies a function to each of many parts and gives the answers in their order, as `map` does."""

    def __call__(self, work: Callable[[Part], Answer], parts: Iterable[Part], /) -> Iterable[Answer]:
        """Return the answers."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle of entries: where it lies, the index of its first entry, and how many it has."""

    path: str
    start: int
    width: int

    @classmethod
    def at(cls, number: int, size: int) -> Bundle:
        """Return the bundle of that number in a log of `size` entries."""
        start = number * tiles.WIDTH
        width = min(tiles.WIDTH, size - start)
        return cls(tiles.tile_path("entries", number, width), start, width)

    @property
    def tile(self) -> str:
        """Where its leaf hashes lie."""
        return tiles.tile_path(0, self.start // tiles.WIDTH, self.width)

    def unreadable(self) -> VerificationFailed:
        """Return the refusal of a bundle that holds no entries, or more or fewer than it must."""
        where = f"{self.path}, from index {self.start}: {self.width} entries are expected."
        return broken("An entry bundle cannot be read", where)


Brief = tuple[int, int]
"""The number of the first epoch of a bundle that holds nothing but epochs one after the other, and their slots."""


class Judge(Protocol):
    """Takes the bundles of a log in order, and refuses the first that it may not publish."""

    @property
    def brief(self) -> Callable[[bytes, int], Brief | None]:
        """A function of a module that says in brief what so many entries hold, or None where each must be looked at."""

    def take(self, bundle: Bundle, brief: Brief) -> None:
        """Take a bundle of which all is said in brief."""

    def judge(self, bundle: Bundle, entries: list[bytes]) -> None:
        """Take a bundle entry by entry."""


class _Found(NamedTuple):
    """What a bundle gave where it was read: content only where its entries must be looked at, no root where it has none."""

    is_there: bool
    root: bytes | None = None
    tile_follows: bool = False
    brief: Brief | None = None
    content: bytes = b""


@dataclass(frozen=True, eq=False)
class Tree:
    """A log that was checked. What it holds of each bundle is the root over its leaves.

    Entries are not held: whoever asks for one has its bundle read again, and it must have that root still.
    """

    files: Mapping[str, bytes]
    size: int
    roots: tuple[bytes, ...]

    def entry(self, index: int) -> bytes:
        """Return the entry at an index."""
        number, at = divmod(range(self.size)[index], tiles.WIDTH)
        return (tiles.unbundle(self.bundle(number)) or [])[at]

    def bundle(self, number: int) -> bytes:
        """Return a bundle of entries. Refuses one that is not the one that was checked."""
        return self._at_hand(number)[0]

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile, or nothing where the tree has no such tile."""
        if level == 0:
            return self._at_hand(number)[1] if number < len(self.roots) else b""
        row = self._above[level - 1] if level <= len(self._above) else []
        return row[number] if number < len(row) else b""

    def tiles_above(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and content of every tile above those of the leaves."""
        for level, row in enumerate(self._above, 1):
            for number, content in enumerate(row):
                yield tiles.tile_path(level, number, len(content) // 32), content

    def root_at(self, size: int) -> bytes:
        """Return the root that the log had when it had so many entries, which are no more than it has."""
        rows: list[list[bytes]] = []
        row = size
        while row:
            row, width = divmod(row, tiles.WIDTH)
            rows.append(tiles.split(self.tile(len(rows), row)[: 32 * width]) if width else [])
        return tiles.root_of_edge(rows)

    @cached_property
    def _above(self) -> list[list[bytes]]:
        return list(tiles.levels_above(self.roots[: self.size // tiles.WIDTH]))

    @cached_property
    def _at_hand(self) -> Callable[[int], tuple[bytes, bytes]]:
        return lru_cache(_AT_HAND)(self._read_again)

    def _read_again(self, number: int) -> tuple[bytes, bytes]:
        bundle = Bundle.at(number, self.size)
        content = file_at(self.files, bundle.path)
        hashed = tiles.hash_bundle(content)
        if hashed is None or hashed[1] != self.roots[number]:
            raise changed_meanwhile(bundle.path)
        return content, hashed[0]


def verify_tree(
    files: Mapping[str, bytes], head: checkpoint.TreeHead, *, judge: Judge | None = None, each: Each = map
) -> Tree:
    """Return the tree that the files hold. `judge` is handed each bundle in its turn.

    Refuses a missing or unreadable bundle, another root than the checkpoint's, and a tile that does not follow.
    """
    count = -(-head.size // tiles.WIDTH)
    parts = (range(at, min(at + AT_A_TIME, count)) for at in range(0, count, AT_A_TIME))
    work = partial(_hashed, files, head.size, judge.brief if judge else None)
    roots: list[bytes] = []
    parting: list[Bundle] = []
    for found in (one for some in each(work, parts) for one in some):  # 2
        bundle = Bundle.at(len(roots), head.size)
        if found.root is None:
            raise bundle.unreadable() if found.is_there else _missing(bundle.path)
        if judge:
            _judged(judge, bundle, found)  # 1
        roots.append(found.root)
        if not found.tile_follows:
            parting.append(bundle)
    tree = Tree(files, head.size, tuple(roots))
    if tree.root_at(head.size) != head.root:  # 3
        raise broken("The entries do not give the root of the checkpoint", _where_it_parts(tree, parting))
    _tiles_follow(tree, parting)  # 4
    return tree


def tile_of(path: str, tree: Tree) -> bytes | None:
    """Return what a bundle or a tile holds, of this log or of the smaller one it was; None where `path` is no such file."""
    level, number, width = tiles.parse_path(path) or ("", 0, 0)
    if level == "entries" and number < len(tree.roots):
        content = tree.bundle(number)
        if width == Bundle.at(number, tree.size).width:
            return content
        part = (tiles.unbundle(content) or [])[:width]
        return tiles.bundle(part) if len(part) == width else None
    whole = tree.tile(int(level), number) if level.isdecimal() else b""
    return whole[: 32 * width] if whole and len(whole) >= 32 * width else None


def file_at(files: Mapping[str, bytes], path: str) -> bytes:
    """Return one file. Refuses one that is not there."""
    try:
        return files[path]
    except KeyError as fault:
        raise _missing(path) from fault


def changed_meanwhile(path: str) -> VerificationFailed:
    """Return what is raised where a file that is read again is not the one that was checked."""
    return broken("A file of the log changed while it was checked", f"{path}.")


def broken(what: str, why: str) -> VerificationFailed:
    """Return what is raised where a log does not hold."""
    return VerificationFailed(
        "log.broken", what=what, why=why, next_step="Fetch the log again; if it stays, tell the log's witnesses."
    )


def _hashed(
    files: Mapping[str, bytes], size: int, brief: Callable[[bytes, int], Brief | None] | None, part: range
) -> list[_Found]:
    """Return what each bundle of a part gives; it needs nothing but the files, so that it can be done in any process."""
    return [_found(files, Bundle.at(number, size), brief) for number in part]


def _found(files: Mapping[str, bytes], bundle: Bundle, brief: Callable[[bytes, int], Brief | None] | None) -> _Found:
    content = files.get(bundle.path)
    hashed = None if content is None else tiles.hash_bundle(content)
    if content is None or hashed is None or len(hashed[0]) != 32 * bundle.width:
        return _Found(is_there=content is not None)
    said = brief(content, bundle.width) if brief else None
    kept = content if brief and said is None else b""
    return _Found(True, hashed[1], files.get(bundle.tile) == hashed[0], said, kept)


def _judged(judge: Judge, bundle: Bundle, found: _Found) -> None:
    if found.brief is not None:
        judge.take(bundle, found.brief)
    else:
        judge.judge(bundle, tiles.unbundle(found.content) or [])


def _tiles_follow(tree: Tree, parting: Iterable[Bundle]) -> None:
    for bundle in parting:
        held = file_at(tree.files, bundle.tile)
        raise _does_not_follow(bundle.tile, held, tree.tile(0, bundle.start // tiles.WIDTH))
    for path, content in tree.tiles_above():
        if (held := file_at(tree.files, path)) != content:
            raise _does_not_follow(path, held, content)


def _does_not_follow(path: str, held: bytes, content: bytes) -> VerificationFailed:
    return broken("A tile does not follow from the entries", _place_in(path, held, content))


def _missing(path: str) -> VerificationFailed:
    return broken("A file of the log is missing", path)


def _where_it_parts(tree: Tree, parting: Iterable[Bundle]) -> str:
    """Say at which entry the published hashes first disagree; where none does, the checkpoint is the one that was changed."""
    for bundle in parting:
        held = tree.files.get(bundle.tile)
        if held is not None:
            return _place_in(bundle.tile, held, tree.tile(0, bundle.start // tiles.WIDTH))
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
