"""What does a leaf of the public tree say? One text a kind, with one spelling.

`answerable/policy/v1` and `answerable/epoch/v1` are issued; `answerable/opening/v1` and `answerable/period/v1` are named
already, so that a verifier of today lets a log of tomorrow pass.
"""

from __future__ import annotations

import json

from pydantic import ValidationError

from answerable.casefile.encoding import Record, canonical
from answerable.errors import VerificationFailed
from answerable.public_log.note import to_base64, unbase64

_EPOCH, _POLICY = "answerable/epoch/v1", "answerable/policy/v1"
_LATER = ("answerable/opening/v1", "answerable/period/v1")


class Policy(Record):
    """The promises of the log. A change takes effect an epoch later at the earliest.

    `fields_sha512` is the digest of the canonical list of the 32 field names.
    """

    origin: str
    verifier_keys: tuple[str, ...]
    period_seconds: int
    slot_capacity: int
    longest_seal_days: int
    fields_sha512: str
    effective_epoch: int


class Epoch(Record):
    """One period: its number, how many slots, the root over them (32 bytes), the commitment to the decoy seed."""

    number: int
    slot_count: int
    slot_root: bytes
    decoy_commitment: bytes


class Later(Record):
    """A leaf of a kind that is named but not issued by this version."""

    kind: str


Leaf = Policy | Epoch | Later


def render(leaf: Policy | Epoch) -> bytes:
    """Return the text of a leaf."""
    if isinstance(leaf, Policy):
        return _POLICY.encode() + b"\n" + canonical(leaf) + b"\n"
    lines = (_EPOCH, leaf.number, leaf.slot_count, to_base64(leaf.slot_root), to_base64(leaf.decoy_commitment))
    return "".join(f"{line}\n" for line in lines).encode()


def parse(text: bytes) -> Leaf:
    """Return what a leaf says. Refuses every spelling but that of `render`."""
    kind, _, rest = text.decode(errors="replace").partition("\n")
    if kind in _LATER:
        return Later(kind=kind)
    try:
        leaf = _epoch(rest) if kind == _EPOCH else Policy.model_validate(json.loads(rest)) if kind == _POLICY else None
    except (ValueError, ValidationError, RecursionError):
        leaf = None
    if leaf is None or render(leaf) != text:
        raise VerificationFailed(
            "leaf.malformed",
            what="A leaf of the log cannot be read.",
            why="It is not a text that this log may publish.",
            next_step="Fetch the entries again; if it stays, tell the log's witnesses.",
        )
    return leaf


def _epoch(rest: str) -> Epoch:
    number, count, slot_root, commitment, _ = rest.split("\n")
    return Epoch(
        number=int(number), slot_count=int(count), slot_root=unbase64(slot_root), decoy_commitment=unbase64(commitment)
    )
