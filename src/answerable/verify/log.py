"""Is the published log whole, signed, and nothing but what its entries give?

1  the key line can be read, and is the one expected where one is
2  the checkpoint carries that key's signature
3  every entry bundle is there and can be read
4  every leaf is one that this log may publish, in order: the policy first, then epoch after epoch
5  the entries give the root of the checkpoint
6  every other file is a tile that follows from the entries; none is missing, none is more
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, leaves, merkle, note, tiles
from answerable.verify.check import Check

_FIXED = ("checkpoint", "vkey")


@dataclass(frozen=True, slots=True)
class VerifiedLog:
    """The checks, and, where they hold, what the log said."""

    checks: tuple[Check, ...]
    head: checkpoint.TreeHead | None = None
    verifier: note.Verifier | None = None
    entries: tuple[bytes, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check holds."""
        return all(check.passed for check in self.checks)


def verify_log(files: Mapping[str, bytes], *, expected_key: str | None = None) -> VerifiedLog:
    """Return what holds of the log whose files, by path, are `files`. Always ends; a failure names file and index."""
    checks: list[Check] = []
    try:
        verifier = _key(files, expected_key)  # 1
        checks.append(Check(name="The log's key can be read", passed=True, detail=verifier.name))
        head = _head(files, verifier)  # 2
        checks.append(Check(name="The checkpoint is signed by the log's key", passed=True, detail=f"size {head.size}"))
        entries = list(_entries(files, head.size))  # 3
        _leaves_in_order(entries, head)  # 4
        checks.append(Check(name="Every leaf is one this log may publish, in order", passed=True))
        _same_root(entries, head)  # 5
        checks.append(Check(name="The entries give the root of the checkpoint", passed=True, detail=head.root.hex()))
        _no_other_files(files, entries)  # 6
        checks.append(Check(name="Every tile follows from the entries, and no file is more", passed=True))
    except VerificationFailed as fault:
        return VerifiedLog((*checks, Check(name=fault.what, passed=False, detail=fault.why)))
    return VerifiedLog(tuple(checks), head, verifier, tuple(entries))


def _key(files: Mapping[str, bytes], expected: str | None) -> note.Verifier:
    line = _file(files, "vkey").decode(errors="replace")
    if not line.endswith("\n") or line.count("\n") != 1:
        raise _broken("The log's key cannot be read", "vkey is not one line.")
    if expected is not None and line.rstrip("\n") != expected:
        raise _broken("The log's key is not the one expected", "vkey differs from the key you hold.")
    verifier = note.Verifier.parse(line.rstrip("\n"))
    if verifier.line + "\n" != line:
        raise _broken("The log's key cannot be read", "vkey is not written canonically.")
    return verifier


def _head(files: Mapping[str, bytes], verifier: note.Verifier) -> checkpoint.TreeHead:
    signed = _file(files, "checkpoint")
    text = note.open_note(signed, verifier)
    head = checkpoint.parse(text)
    if head.origin != verifier.name:
        raise _broken("The checkpoint is another log's", "checkpoint: origin and key name differ.")
    if signed.count(b"\n") != text.count(b"\n") + 2:
        raise _broken("The checkpoint carries a line we do not know", "checkpoint: one signature line is expected.")
    return head


def _entries(files: Mapping[str, bytes], size: int) -> Iterator[bytes]:
    for start in range(0, size, tiles.WIDTH):
        width = min(tiles.WIDTH, size - start)
        path = tiles.tile_path("entries", start // tiles.WIDTH, width)
        found = tiles.unbundle(_file(files, path))
        if found is None or len(found) != width:
            raise _broken("An entry bundle cannot be read", f"{path}: {width} entries are expected.")
        yield from found


def _leaves_in_order(entries: list[bytes], head: checkpoint.TreeHead) -> None:
    epoch = 0
    for index, entry in enumerate(entries):
        path = tiles.tile_path("entries", index // tiles.WIDTH, min(tiles.WIDTH, len(entries) - index // 256 * 256))
        try:
            leaf = leaves.parse(entry)
        except VerificationFailed as fault:
            raise _broken(fault.what, f"{path}, index {index}.") from fault
        if index == 0 and not (isinstance(leaf, leaves.Policy) and leaf.origin == head.origin):
            raise _broken("The first leaf is not this log's policy", f"{path}, index 0.")
        if isinstance(leaf, leaves.Epoch):
            epoch += 1
            if leaf.number != epoch:
                raise _broken(
                    "An epoch is missing or out of order", f"{path}, index {index}: epoch {epoch} is expected."
                )


def _same_root(entries: list[bytes], head: checkpoint.TreeHead) -> None:
    if merkle.root([merkle.leaf_hash(entry) for entry in entries]) != head.root:
        raise _broken("The entries do not give the root of the checkpoint", "An entry or the checkpoint was changed.")


def _no_other_files(files: Mapping[str, bytes], entries: list[bytes]) -> None:
    expected = dict(tiles.files(entries))
    for path, content in expected.items():
        if _file(files, path) != content:
            raise _broken("A tile does not follow from the entries", f"{path}: recomputed, it is different.")
    for path in files:
        if path not in expected and path not in _FIXED and _file(files, path) != _older(path, entries):
            raise _broken("A file does not belong to the log", f"{path}: it is no tile of an earlier size either.")


def _older(path: str, entries: list[bytes]) -> bytes | None:
    """Return what a partial tile of an earlier, smaller log holds, or None where `path` is no such tile."""
    place, partial, width = path.rpartition(".p/")
    if not partial or not width.isascii() or not width.isdigit() or not 0 < int(width) < tiles.WIDTH:
        return None
    parts = place.split("/", 2)
    numbers = parts[-1].replace("x", "").split("/") if len(parts) == 3 else []
    if not numbers or not all(each.isascii() and each.isdigit() for each in numbers):
        return None
    number, level = int("".join(numbers)), parts[1]
    if tiles.tile_path(level, number, int(width)) != path:
        return None
    start = number * tiles.WIDTH
    row = _row(level, entries)[start : start + int(width)]
    if len(row) != int(width):
        return None
    return tiles.bundle(row) if level == "entries" else b"".join(row)


def _row(level: str, entries: list[bytes]) -> list[bytes]:
    if level == "entries":
        return entries
    rows = merkle.levels(map(merkle.leaf_hash, entries))[::8]
    return rows[int(level)] if level.isascii() and level.isdigit() and int(level) < len(rows) else []


def _file(files: Mapping[str, bytes], path: str) -> bytes:
    try:
        return files[path]
    except KeyError as fault:
        raise _broken("A file of the log is missing", path) from fault


def _broken(what: str, why: str) -> VerificationFailed:
    return VerificationFailed(
        "log.broken", what=what, why=why, next_step="Fetch the log again; if it stays, tell the log's witnesses."
    )
