"""With which one file does a holder check, offline, that an event is in the log? C2SP tlog-proof, our opening as `extra`.

A verifier walks field → event root → slot root → epoch leaf → signed checkpoint, with nothing but this file and the log's
key. Fields that stay closed appear as the roots of the closed subtrees, left to right, and `extra` is packed, so that the
file of a small log stays under 2 kB:

    0x01                    version, 1 byte
    slots                   1 byte: the logarithm of the slot count, 8, 10 or 12
    slot, epoch             2 and 4 bytes, big-endian
    decoy commitment        32 bytes, as the epoch's leaf has it
    shown                   4 bytes: bit p, from the lowest, is set where position p is shown
    for each shown field    its salt, 32 bytes; the length of its value, 2 bytes; the value
    closed                  32 bytes each; how many follows from `shown`
    slot proof              32 bytes each; how many follows from the slot count

A value of at least 32 lower-case hexadecimal digits stands as the bytes they spell, and the top bit of its length is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from answerable.errors import VerificationFailed
from answerable.public_log import leaves, merkle, slots
from answerable.public_log.note import to_base64, unbase64

_HEADER = "c2sp.org/tlog-proof@v1"
_VERSION = b"\x01"
_DEEPEST = 64
_HEX = re.compile(r"(?:[0-9a-f]{2}){16,}")
_IS_HEX = 0x8000


@dataclass(frozen=True, slots=True)
class Shown:
    """One opened field: its text and its salt."""

    value: str
    salt: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """What is shown of one slot of one epoch: the opened fields by position, and the hashes that lead up from them."""

    epoch: int
    slot: int
    slot_count: int
    decoy_commitment: bytes
    shown: Mapping[int, Shown]
    closed: tuple[bytes, ...]
    slot_proof: tuple[bytes, ...]

    @classmethod
    def of(
        cls, fields: Sequence[str], seed: bytes, *, shown: Sequence[int], tree: Sequence[bytes], at: tuple[int, int],
        decoy_commitment: bytes,
    ) -> Opening:  # fmt: skip
        """Return the opening of the event in slot `at[1]` of epoch `at[0]`, showing the field positions `shown`."""
        epoch, slot = at
        return cls(
            epoch=epoch,
            slot=slot,
            slot_count=len(tree),
            decoy_commitment=decoy_commitment,
            shown={each: Shown(slots.normal(fields[each]), slots.salt(seed, each)) for each in sorted(shown)},
            closed=tuple(_closed(slots.field_leaves(fields, seed), 0, frozenset(shown))),
            slot_proof=merkle.prove_inclusion(slots.slot_leaves(tree), slot),
        )

    def event_root(self) -> bytes:
        """Return the event root that the shown fields and the closed hashes give."""
        fields = {at: slots.field_leaf(at, each.value, each.salt) for at, each in self.shown.items()}
        return _rebuild(0, slots.FIELDS, fields, list(self.closed))

    def leaf(self) -> leaves.Epoch:
        """Return the leaf of the epoch in which this opening would lie."""
        root = merkle.root_from(merkle.leaf_hash(self.event_root()), self.slot, self.slot_count, proof=self.slot_proof)
        return leaves.Epoch(
            number=self.epoch, slot_count=self.slot_count, slot_root=root, decoy_commitment=self.decoy_commitment
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """A parsed receipt: the opening, the leaf's index and proof, the signed checkpoint as it stands."""

    opening: Opening
    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes


def make(hashes: Sequence[bytes], index: int, opening: Opening, *, checkpoint: bytes) -> bytes:
    """Return the receipt of `opening` in leaf `index` of a log with these leaf hashes, whose head is `checkpoint`."""
    proof = merkle.prove_inclusion(hashes, index)
    lines = (_HEADER, f"extra {to_base64(pack(opening))}", f"index {index}", *map(to_base64, proof))
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + checkpoint


def parse(content: bytes) -> Receipt:
    """Return what a receipt says. Refuses every spelling but that of `make`."""
    head, separator, checkpoint = content.partition(b"\n\n")
    lines = head.decode(errors="replace").split("\n")
    try:
        if not separator or lines[0] != _HEADER or len(lines) > _DEEPEST + 3:
            raise ValueError("not a receipt")
        opening = unpack(unbase64(_after(lines[1], "extra ")))
        index = _after(lines[2], "index ")
        if not index.isascii() or not index.isdigit() or str(int(index)) != index:
            raise ValueError("not canonical")
        return Receipt(opening, int(index), tuple(unbase64(line) for line in lines[3:]), checkpoint)
    except (ValueError, IndexError, VerificationFailed) as fault:
        raise VerificationFailed(
            "receipt.malformed",
            what="The receipt cannot be read.",
            why="It is not a proof in the form c2sp.org/tlog-proof@v1 with an opening of this log.",
            next_step="Ask the provider for the receipt again.",
        ) from fault


def pack(opening: Opening) -> bytes:
    """Return the bytes of an opening."""
    mask = sum(1 << at for at in opening.shown)
    parts = [_VERSION, bytes([opening.slot_count.bit_length() - 1]), opening.slot.to_bytes(2, "big"),
             opening.epoch.to_bytes(4, "big"), opening.decoy_commitment, mask.to_bytes(4, "big")]  # fmt: skip
    for each in opening.shown.values():
        is_hex = _HEX.fullmatch(each.value) is not None
        value = bytes.fromhex(each.value) if is_hex else each.value.encode()
        if len(value) >= _IS_HEX:
            raise ValueError("a shown value has less than 32 KiB")
        parts += [each.salt, (len(value) | (_IS_HEX if is_hex else 0)).to_bytes(2, "big"), value]
    return b"".join([*parts, *opening.closed, *opening.slot_proof])


def unpack(content: bytes) -> Opening:
    """Return the opening that `pack` wrote. Refuses every other spelling with ValueError."""
    source = _Bytes(content)
    if source.take(1) != _VERSION:
        raise ValueError("another version")
    depth = source.take(1)[0]
    if 1 << depth not in slots.CAPACITIES:
        raise ValueError("no such slot count")
    slot, epoch, commitment, mask = source.number(2), source.number(4), source.take(32), source.number(4)
    shown = {at: source.field() for at in range(slots.FIELDS) if mask >> at & 1}
    closed = tuple(source.take(32) for _ in range(_how_many_closed(0, slots.FIELDS, mask)))
    opening = Opening(epoch, slot, 1 << depth, commitment, shown, closed, tuple(source.take(32) for _ in range(depth)))
    if slot >= 1 << depth or not mask or pack(opening) != content:
        raise ValueError("not canonical")
    return opening


class _Bytes:
    """Exact reads."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def take(self, size: int) -> bytes:
        taken = self._content[self._at : self._at + size]
        if len(taken) != size:
            raise ValueError("cut short")
        self._at += size
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def field(self) -> Shown:
        salt, length = self.take(32), self.number(2)
        value = self.take(length & ~_IS_HEX)
        return Shown(value.hex() if length & _IS_HEX else value.decode(), salt)


def _after(line: str, prefix: str) -> str:
    if not line.startswith(prefix):
        raise ValueError(f"no {prefix.strip()}")
    return line.removeprefix(prefix)


def _closed(leaves_: Sequence[bytes], start: int, shown: frozenset[int]) -> Iterator[bytes]:
    inside = [at for at in range(start, start + len(leaves_)) if at in shown]
    if not inside:
        yield merkle.root(leaves_)
    elif len(leaves_) > 1:
        half = len(leaves_) // 2
        yield from _closed(leaves_[:half], start, shown)
        yield from _closed(leaves_[half:], start + half, shown)


def _how_many_closed(start: int, width: int, mask: int) -> int:
    if not mask >> start & (1 << width) - 1:
        return 1
    half = width // 2
    return _how_many_closed(start, half, mask) + _how_many_closed(start + half, half, mask) if half else 0


def _rebuild(start: int, width: int, leaves_: Mapping[int, bytes], closed: list[bytes]) -> bytes:
    if not any(start <= at < start + width for at in leaves_):
        return closed.pop(0)
    if width == 1:
        return leaves_[start]
    half = width // 2
    left = _rebuild(start, half, leaves_, closed)
    return merkle.node_hash(left, _rebuild(start + half, half, leaves_, closed))
