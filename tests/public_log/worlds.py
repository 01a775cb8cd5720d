"""What is a small log for tests? Entries, tiles and openings in memory, made as a desk makes them, from given seeds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from answerable.adapters.log_stores import Files, LocalStore
from answerable.casefile.events import LOG_FIELDS
from answerable.public_log import bundles, checkpoint, leaves, merkle, slots, tiles
from answerable.public_log.note import Signer

SIGNER = Signer("log.example/one", Ed25519PrivateKey.from_private_bytes(b"k" * 32))
CASE, PREVIOUS = LOG_FIELDS.index("case"), LOG_FIELDS.index("previous")


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return every file of a published tree by its path, as it is now."""
    return dict(Files(LocalStore(folder)))


def seed(*words: object) -> bytes:
    return hashlib.sha256(repr(words).encode()).digest()


def policy(**changes) -> leaves.Policy:
    promised = {"origin": SIGNER.name, "verifier_keys": (SIGNER.verifier_key,), "period_seconds": 86_400,
                "slot_capacity": 256, "longest_seal_days": 1825, "fields_sha512": "0" * 128, "effective_epoch": 1}  # fmt: skip
    return leaves.Policy(**promised | changes)


def fields(case: str, previous: str = "", **more: str) -> tuple[str, ...]:
    return tuple({"case": case, "previous": previous, **more}.get(name, "") for name in LOG_FIELDS)


@dataclass
class World:
    """A log in memory. `events` are placed by slot; `salt` makes another world of the same shape."""

    salt: str = ""
    leaves: list[bytes] = field(default_factory=list)
    opened: dict[str, bytes] = field(default_factory=dict)
    trees: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    events: dict[tuple[int, int], tuple[tuple[str, ...], bytes]] = field(default_factory=dict)
    closed: dict[int, dict[int, bytes]] = field(default_factory=dict)

    def promise(self, **changes) -> World:
        self.leaves.append(leaves.render(policy(**changes)))
        return self

    def epoch(self, events: dict[int, tuple[str, ...]] | None = None, *, capacity: int = 256, closed=()) -> World:
        number = len(self.trees) + 1
        filled = {slot: slots.event_root(each, seed(self.salt, number, slot)) for slot, each in (events or {}).items()}
        self.events |= {(number, slot): (each, seed(self.salt, number, slot)) for slot, each in (events or {}).items()}
        self.closed[number] = {slot: filled.get(slot, seed(self.salt, "kept", number, slot)) for slot in closed}
        tree = slots.with_decoys(filled | self.closed[number], capacity, self.decoys(number))
        self.trees[number] = tree
        commitment = slots.decoy_commitment(self.decoys(number))
        self.leaves.append(
            leaves.render(leaves.Epoch(number=number, slot_count=capacity, slot_root=slots.slot_root(tree), decoy_commitment=commitment))
        )  # fmt: skip
        return self

    def decoys(self, number: int) -> bytes:
        return seed(self.salt, "decoys", number)

    def event(self, number: int, slot: int) -> bundles.EventBundle:
        values, secret = self.events[number, slot]
        proof = merkle.prove_inclusion(slots.slot_leaves(self.trees[number]), slot)
        return bundles.EventBundle(epoch=number, slot=slot, seed=secret, fields=values, proof=proof)

    def whole(self, number: int) -> list[bundles.Bundle]:
        kept = self.closed[number]
        events = [self.event(*place) for place in self.events if place[0] == number and place[1] not in kept]
        last = bundles.DecoyBundle(epoch=number, seed=self.decoys(number), closed=tuple(sorted(kept.items())))
        return [*events, last]

    def opening(self, *shown: bundles.Bundle) -> World:
        files = [bundles.render(each) for each in shown]
        index = len(self.leaves)
        self.opened |= {bundles.path(index, number): content for number, content in enumerate(files)}
        self.leaves.append(leaves.render(leaves.Opening(bundles=len(files), root=bundles.root_of(files))))
        return self

    def files(self, signer: Signer = SIGNER) -> dict[str, bytes]:
        head = checkpoint.TreeHead(signer.name, len(self.leaves), merkle.root(merkle.leaf_hashes(self.leaves)))
        fixed = {"vkey": signer.verifier_key.encode() + b"\n", "checkpoint": signer.sign(checkpoint.render(head))}
        return fixed | dict(tiles.files(self.leaves)) | self.opened


def is_the_same_to_the_public(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> None:
    """Assert that two trees differ in nothing but values of 32 bytes and what follows from them: hashes and signatures."""
    assert sorted(one) == sorted(other)
    for path in one:
        assert len(one[path]) == len(other[path]), path
        if path.startswith("tile/entries/"):
            assert without_roots(one[path]) == without_roots(other[path]), path
    heads = (each["checkpoint"].partition(b"\n\n")[0] for each in (one, other))
    assert without_roots(next(heads)) == without_roots(next(heads))
    assert one["vkey"] == other["vkey"]


def without_roots(content: bytes) -> bytes:
    """Return a text without its lines that are 32 bytes in base64."""
    return b"\n".join(b"" if len(line) == 44 and line.endswith(b"=") else line for line in content.split(b"\n"))
