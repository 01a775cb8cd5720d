"""Which static files is a log? C2SP tlog-tiles: 256 hashes a tile, entries beside, all a pure function of the entries."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from answerable.public_log import merkle

WIDTH = 256


def number_path(number: int) -> str:
    """Return the path of a tile number: groups of three digits, all but the last with an x."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


def tile_path(level: int | str, number: int, width: int) -> str:
    """Return the path of a tile; `level` is a number, or "entries"."""
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{level}/{number_path(number)}{partial}"


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return an entry bundle: each entry with its length in two bytes. Refuses an entry of 64 KiB or more."""
    if len(set(map(len, entries))) == 1:
        length = len(entries[0]).to_bytes(2, "big")
        return length + length.join(entries)
    return b"".join([part for entry in entries for part in (len(entry).to_bytes(2, "big"), entry)])


def unbundle(content: bytes) -> list[bytes] | None:
    """Return the entries of a bundle, or None where its lengths do not add up."""
    if step := step_of(content):
        return list(cutting(2, step - 2, 0, len(content) // step)(content))
    entries, at, size = [], 0, len(content)
    while at + 2 <= size:
        start = at + 2
        at = start + (content[at] << 8) + content[at + 1]
        entries.append(content[start:at])
    return entries if at == size else None


def hash_bundle(content: bytes) -> tuple[bytes, bytes] | None:
    """Return the tile of leaf hashes of an entry bundle and the root over them, or None where it cannot be read."""
    if step := step_of(content):
        hashes = _hashes_of_one_length(content, step)
    elif (entries := unbundle(content)) is not None:
        hashes = merkle.leaf_hashes(entries)
    else:
        return None
    return b"".join(hashes), merkle.root(hashes)


def step_of(content: bytes) -> int:
    """Return how many bytes lie between the beginnings of two entries of a bundle, or 0 where these differ in length."""
    step = 2 + int.from_bytes(content[:2], "big")
    count, rest = divmod(len(content), step)
    is_even = not rest and content[::step] == content[:1] * count and content[1::step] == content[1:2] * count
    return step if count and is_even else 0


@lru_cache(maxsize=16)
def cutting(before: int, length: int, after: int, count: int) -> Callable[[bytes | bytearray], tuple[bytes, ...]]:
    """Return what cuts `count` times so many bytes out of a row, leaving out those before and after: four times as fast as slices."""
    return struct.Struct("=" + f"{before}x{length}s{after}x" * count).unpack


def _hashes_of_one_length(content: bytes, step: int) -> list[bytes]:
    """Return the leaf hashes of entries of one length. The second byte of each length makes room for the zero before a leaf."""
    sha256, count, row = hashlib.sha256, len(content) // step, bytearray(content)
    row[1::step] = bytes(count)
    return [sha256(each).digest() for each in cutting(1, step - 1, 0, count)(row)]


def levels_above(roots: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield the tiles of each level above the leaves; `roots` are those of the full tiles of leaf hashes."""
    while roots:
        yield [b"".join(roots[at : at + WIDTH]) for at in range(0, len(roots), WIDTH)]
        full = len(roots) // WIDTH * WIDTH
        roots = [merkle.root(roots[at : at + WIDTH]) for at in range(0, full, WIDTH)]


def split(tile: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [tile[at : at + 32] for at in range(0, len(tile), 32)]


def root_of_edge(rows: Sequence[Sequence[bytes]]) -> bytes:
    """Return the root of a log from the hashes of the last, partial tile of each level, from the leaves up."""
    perfect: list[bytes] = []
    for row in reversed(rows):
        perfect += merkle.perfect_roots(merkle.levels(row)) if row else ()
    return merkle.root_of_perfect(perfect)


def parse_path(path: str) -> tuple[str, int, int] | None:
    """Return level, number and width of a tile's path, or None where it is the path of none."""
    place, partial, width = path.partition(".p/")
    words = place.split("/", 2)
    if len(words) != 3 or words[0] != "tile" or not all(_is_number(each) for each in [width] * bool(partial)):
        return None
    level, digits = words[1], words[2].replace("x", "").replace("/", "")
    if (level != "entries" and not _is_number(level)) or not _is_number(digits):
        return None
    found = level, int(digits), int(width) if partial else WIDTH
    return found if tile_path(*found) == path and 0 < found[2] <= WIDTH else None


def paths(size: int) -> Iterator[str]:
    """Yield the path of every file of a log of `size` entries: each bundle, which makes the tile behind it, then the levels above."""
    for beside in zip(_paths_of("entries", size), _paths_of(0, size), strict=True):
        yield from beside
    level, size = 1, size // WIDTH
    while size > 0:
        yield from _paths_of(level, size)
        level, size = level + 1, size // WIDTH


def _paths_of(level: int | str, size: int) -> Iterator[str]:
    return (tile_path(level, at // WIDTH, min(WIDTH, size - at)) for at in range(0, size, WIDTH))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def files(entries: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every file of a log over `entries`, entries first, then tiles from the leaves up."""
    for start in range(0, len(entries), WIDTH):
        part = entries[start : start + WIDTH]
        yield tile_path("entries", start // WIDTH, len(part)), bundle(part)
    yield from hash_tiles(merkle.levels(merkle.leaf_hashes(entries)))


def hash_tiles(rows: Sequence[Sequence[bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every tile of a tree whose `levels` are known, from the leaves up."""
    for level, row in enumerate(rows[::8]):
        for start in range(0, len(row), WIDTH):
            part = row[start : start + WIDTH]
            yield tile_path(level, start // WIDTH, len(part)), b"".join(part)
