"""With which one file does a holder check, offline, that an event is in the log? C2SP tlog-proof, our opening as `extra`.

A verifier walks field → event root → slot root → epoch leaf → signed checkpoint. Fields that stay closed appear as the
roots of the closed subtrees, left to right, so the file stays under 3 kB.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, ValidationError

from answerable.casefile.encoding import Record, canonical
from answerable.errors import VerificationFailed
from answerable.public_log import merkle, slots
from answerable.public_log.note import to_base64, unbase64

_HEADER = "c2sp.org/tlog-proof@v1"
_DEEPEST = 64


class Shown(Record):
    """One opened field: its position, its text, its salt in base64."""

    position: Annotated[int, Field(ge=0, lt=slots.FIELDS)]
    value: str
    salt: str


class Opening(Record):
    """What is shown of one slot; hashes in base64."""

    slot: int
    slot_count: int
    slot_proof: tuple[str, ...]
    shown: tuple[Shown, ...]
    closed: tuple[str, ...]

    @classmethod
    def of(
        cls, fields: Sequence[str], seed: bytes, *, shown: Sequence[int], tree: Sequence[bytes], position: int
    ) -> Opening:
        """Return the opening of the event at `position` of the slot `tree`, showing the field positions `shown`."""
        proof = merkle.prove_inclusion(slots.slot_leaves(tree), position)
        closed = _closed(slots.field_leaves(fields, seed), 0, frozenset(shown))
        return cls(
            slot=position,
            slot_count=len(tree),
            slot_proof=tuple(map(to_base64, proof)),
            shown=tuple(
                Shown(position=at, value=fields[at], salt=to_base64(slots.salt(seed, at))) for at in sorted(shown)
            ),
            closed=tuple(map(to_base64, closed)),
        )

    def event_root(self) -> bytes | None:
        """Return the event root that the shown fields and closed hashes give, or None where they do not fit together."""
        leaves = {
            each.position: slots.field_leaf(each.position, each.value, unbase64(each.salt)) for each in self.shown
        }
        closed = [unbase64(each) for each in self.closed]
        top = _rebuild(0, slots.FIELDS, leaves, closed)
        fits = not closed and len(leaves) == len(self.shown)
        return top if fits else None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A parsed receipt: the opening, the leaf's index and proof, the signed checkpoint as it stands."""

    opening: Opening
    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes


def make(entries: Sequence[bytes], index: int, opening: Opening, *, checkpoint: bytes) -> bytes:
    """Return the receipt of `opening` in leaf `index` of a log over `entries`, whose head is `checkpoint`."""
    proof = merkle.prove_inclusion([merkle.leaf_hash(entry) for entry in entries], index)
    lines = (_HEADER, f"extra {to_base64(canonical(opening))}", f"index {index}", *map(to_base64, proof))
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + checkpoint


def parse(content: bytes) -> Receipt:
    """Return what a receipt says. Refuses every spelling but that of `make`."""
    head, separator, checkpoint = content.partition(b"\n\n")
    lines = head.decode(errors="replace").split("\n")
    try:
        if not separator or lines[0] != _HEADER or len(lines) > _DEEPEST + 3:
            raise ValueError("not a receipt")
        extra = unbase64(_after(lines[1], "extra "))
        opening = Opening.model_validate(json.loads(extra))
        index = _after(lines[2], "index ")
        if canonical(opening) != extra or str(int(index)) != index:
            raise ValueError("not canonical")
        return Receipt(opening, int(index), tuple(unbase64(line) for line in lines[3:]), checkpoint)
    except (ValueError, IndexError, ValidationError, RecursionError, VerificationFailed) as fault:
        raise VerificationFailed(
            "receipt.malformed",
            what="The receipt cannot be read.",
            why="It is not a proof in the form c2sp.org/tlog-proof@v1 with an opening of this log.",
            next_step="Ask the provider for the receipt again.",
        ) from fault


def _after(line: str, prefix: str) -> str:
    if not line.startswith(prefix):
        raise ValueError(f"no {prefix.strip()}")
    return line.removeprefix(prefix)


def _closed(leaves: Sequence[bytes], start: int, shown: frozenset[int]) -> Iterator[bytes]:
    inside = [at for at in range(start, start + len(leaves)) if at in shown]
    if not inside:
        yield merkle.root(leaves)
    elif len(leaves) > 1:
        half = len(leaves) // 2
        yield from _closed(leaves[:half], start, shown)
        yield from _closed(leaves[half:], start + half, shown)


def _rebuild(start: int, width: int, leaves: dict[int, bytes], closed: list[bytes]) -> bytes:
    if not any(start <= at < start + width for at in leaves):
        return closed.pop(0) if closed else b""
    if width == 1:
        return leaves[start]
    half = width // 2
    left = _rebuild(start, half, leaves, closed)
    return merkle.node_hash(left, _rebuild(start + half, half, leaves, closed))
