"""Which static files is a log? C2SP tlog-tiles: 256 hashes a tile, entries beside, all a pure function of the entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(content: bytes) -> list[bytes] | None:
    """Return the entries of a bundle, or None where its lengths do not add up."""
    entries, at = [], 0
    while at + 2 <= len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        entries.append(content[at + 2 : end])
        at = end
    return entries if at == len(content) else None


def files(entries: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every file of a log over `entries`, entries first, then tiles from the leaves up."""
    for start in range(0, len(entries), WIDTH):
        part = entries[start : start + WIDTH]
        yield tile_path("entries", start // WIDTH, len(part)), bundle(part)
    rows = merkle.levels(map(merkle.leaf_hash, entries))
    for level, row in enumerate(rows[::8]):
        for start in range(0, len(row), WIDTH):
            part = row[start : start + WIDTH]
            yield tile_path(level, start // WIDTH, len(part)), b"".join(part)
