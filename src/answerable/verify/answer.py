"""Is an opened answer whole, and does it hold only what its own plan says?

1  the tar has regular files only, each header the one we would write, padding and end all zero
2  every file is named in a manifest, with its SHA-512, and none is missing
3  the payload is as large as the bag says
4  each payload file belongs to a step of the plan, with the number of one of its identifiers and just that step's columns
5  the read log returns as many records as there are
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from answerable.collect.scan import TARGET
from answerable.errors import VerificationFailed
from answerable.seal.bag import NO_RECORDS, SEALS, header
from answerable.verify.check import Check
from answerable.verify.records import CSV, JSON_LINES, Columns, Format

_BLOCK = 512
_LARGEST = 64 * 1024 * 1024
_PAYLOAD = re.compile(r"^data/(\d{3,})-[A-Za-z0-9_.]+\.\d{4,}\.(jsonl|csv|parquet)$")
_FORMATS: Mapping[str, Format] = {"jsonl": JSON_LINES, "csv": CSV}


@dataclass(slots=True)
class Opened:
    """What an answer held: the checks, its tag manifest with the digest of it, its descriptions, its records by step.

    `shapes` are the columns, `numbers` the identifiers that the records of a step have. `seals` is what stands beside the
    tag manifest: timestamp, signature, or the note that one is absent.
    """

    checks: list[Check] = field(default_factory=list)
    tag_manifest: bytes = b""
    manifest_sha512: str = ""
    tags: dict[str, bytes] = field(default_factory=dict)
    seals: dict[str, bytes] = field(default_factory=dict)
    records: Counter[int] = field(default_factory=Counter)
    shapes: dict[int, set[Columns]] = field(default_factory=dict)
    numbers: dict[int, set[int]] = field(default_factory=dict)


class _Bytes:
    """Exact reads from an iterator of pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, bytearray()

    def take(self, size: int) -> bytes:
        while len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                raise _broken("The answer ends too early", "The tar is cut short.")
            self._held += piece
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def is_used_up(self) -> bool:
        return not self._held and next(self._pieces, None) is None


def verify_answer(pieces: Iterator[bytes], *, parquet: Format | None = None) -> Opened:
    """Return what holds of the opened tar that `pieces` give. Memory stays bounded: one part is held at a time.

    `parquet` reads a file of that format; without it such a file cannot be checked, and is not taken for good.
    """
    opened, octets = Opened(), 0
    sums: dict[str, str] = {}
    formats = {**_FORMATS, "parquet": parquet} if parquet else _FORMATS
    try:
        for path, content in _members(_Bytes(pieces)):  # 1
            if path in sums:
                raise _broken("A file is in the answer twice", path)
            sums[path] = hashlib.sha512(content).hexdigest()
            if path.startswith("data/"):
                octets += len(content)
                _look_at_rows(path, content, opened, formats)
            elif path in SEALS:
                opened.seals[path] = content
            else:
                opened.tags[path] = content
        _say(opened, "The answer opens, and its tar is written as it must be", f"{len(sums)} files")
        _manifests(opened, sums)  # 2
        _say(opened, "Every file has the SHA-512 of its manifest, and none is missing or more")
        _size(opened, sums, octets)  # 3
        _say(opened, "The payload is as large as the bag says", f"{octets} bytes")
        _within_plan(opened)  # 4
        _say(opened, "Every record belongs to a step of the plan, with its identifiers and columns only")
        _read_log(opened)  # 5
        _say(opened, "The read log returned as many records as there are", f"{opened.records.total()} records")
    except VerificationFailed as fault:
        opened.checks.append(Check(name=fault.what, passed=False, detail=fault.why))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        opened.checks.append(
            Check(name="What describes the answer cannot be read", passed=False, detail="a file in meta/")
        )
    return opened


def _members(source: _Bytes) -> Iterator[tuple[str, bytes]]:
    while (head := source.take(_BLOCK)) != b"\0" * _BLOCK:
        try:
            path = head[:100].rstrip(b"\0").decode("ascii")
            size = int(head[124:135], 8)
            expected = header(path, size)
        except ValueError as fault:
            raise _broken("A tar header cannot be read", "It is not one we write.") from fault
        unsafe = path.startswith("/") or ".." in path.split("/") or size > _LARGEST
        if unsafe or expected != head:
            raise _broken("A tar header was changed", "It is not the one header this file can have.")
        content = source.take(size)
        if source.take(-size % _BLOCK).strip(b"\0"):
            raise _broken("The padding of the tar was changed", path)
        yield path, content
    if source.take(_BLOCK).strip(b"\0") or not source.is_used_up():
        raise _broken("Something follows the end of the tar", "Nothing may.")


def _look_at_rows(path: str, content: bytes, opened: Opened, formats: Mapping[str, Format]) -> None:
    """Set down which step a payload file belongs to, its columns, its identifiers and how many records it has."""
    if path == NO_RECORDS:
        return
    named = _PAYLOAD.match(path)
    if named is None:
        raise _broken("A payload file has a name no plan gives", path)
    if named[2] not in formats:
        raise _broken("A payload file cannot be read here", f"{path}: install answerable[stores] to check Parquet")
    step, how = int(named[1]), formats[named[2]]
    shapes, records = how.read(content)
    opened.shapes.setdefault(step, set()).update(shapes)
    opened.numbers.setdefault(step, set())
    opened.records[step] += records
    if all(shape[:1] == (TARGET,) for shape in shapes):
        opened.numbers[step] |= how.targets(content)


def _manifests(opened: Opened, sums: dict[str, str]) -> None:
    tag_manifest = _tag(opened, "tagmanifest-sha512.txt")
    opened.tag_manifest = tag_manifest
    opened.manifest_sha512 = hashlib.sha512(tag_manifest).hexdigest()
    named = _sums(tag_manifest) | _sums(_tag(opened, "manifest-sha512.txt"))
    for path, sha512 in sums.items():
        if path not in SEALS and path != "tagmanifest-sha512.txt" and named.pop(path, None) != sha512:
            raise _broken("A file does not have the SHA-512 of its manifest", path)
    if named:
        raise _broken("A file of the manifest is missing", min(named))


def _sums(manifest: bytes) -> dict[str, str]:
    lines = [line.split("  ", 1) for line in manifest.decode(errors="replace").splitlines()]
    return {line[-1]: line[0] for line in lines}


def _size(opened: Opened, sums: dict[str, str], octets: int) -> None:
    stated = re.search(rb"^Payload-Oxum: (\d+)\.(\d+)$", _tag(opened, "bag-info.txt"), re.MULTILINE)
    files = sum(path.startswith("data/") for path in sums)
    if stated is None or (int(stated.group(1)), int(stated.group(2))) != (octets, files):
        raise _broken("The payload is not as large as the bag says", "bag-info.txt, Payload-Oxum")


def _within_plan(opened: Opened) -> None:
    steps = {step["number"]: step for step in _json(opened, "meta/plan.json")["steps"]}
    for number, found in opened.shapes.items():
        step = steps.get(number, {"columns": (), "targets": ()})
        if found and found != {(TARGET, *(column["name"] for column in step["columns"]))}:
            raise _broken("A record has other columns than its step of the plan", f"step {number}")
        if not opened.numbers[number] <= set(step["targets"]):
            raise _broken("A record answers an identifier that its step of the plan does not name", f"step {number}")


def _read_log(opened: Opened) -> None:
    read: Counter[int] = Counter()
    for line in _tag(opened, "meta/readlog.jsonl").splitlines():
        entry = json.loads(line)
        read[entry["step"]] += entry["rows_returned"]
    if +read != +opened.records:
        raise _broken("The read log and the records disagree", "meta/readlog.jsonl")


def _json(opened: Opened, path: str) -> Any:
    return json.loads(_tag(opened, path))


def _tag(opened: Opened, path: str) -> bytes:
    if path not in opened.tags:
        raise _broken("A file of the bag is missing", path)
    return opened.tags[path]


def _say(opened: Opened, name: str, detail: str = "") -> None:
    opened.checks.append(Check(name=name, passed=True, detail=detail))


def _broken(what: str, why: str) -> VerificationFailed:
    return VerificationFailed(
        "answer.broken", what=what, why=why, next_step="Fetch the answer again, and tell the provider."
    )
