"""What does a leaf of the public tree say? One text a kind, with one spelling.

`answerable/policy/v1` holds the promises, `answerable/epoch/v1` closes a period of the clock, `answerable/opening/v1` makes
what was opened append-only, and `answerable/period/v1` ties the table behind a published report to the log.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, ValidationError

from answerable.casefile.encoding import Record, canonical
from answerable.errors import VerificationFailed
from answerable.public_log.note import to_base64, unbase64

_EPOCH, _POLICY = "answerable/epoch/v1", "answerable/policy/v1"
_OPENING, _PERIOD = "answerable/opening/v1", "answerable/period/v1"


def _bytes_of(value: Any) -> Any:
    return unbase64(value) if isinstance(value, str) else value


Root = Annotated[
    bytes,
    BeforeValidator(_bytes_of),
    Field(min_length=32, max_length=32),
    PlainSerializer(to_base64, return_type=str, when_used="json"),
]
Sha512 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]


class Policy(Record):
    """The promises of the log. A change takes effect an epoch later at the earliest.

    `fields_sha512` is the digest of the canonical list of the 32 field names; `reserved_slots` of each epoch stay closed
    for good, because law limits what they may hold to bands; `quorum_sha512` is the digest of the witnesses' policy file.
    """

    origin: str
    verifier_keys: tuple[str, ...]
    period_seconds: Annotated[int, Field(ge=1)]
    slot_capacity: int
    longest_seal_days: Annotated[int, Field(ge=0)]
    fields_sha512: str
    effective_epoch: int
    reserved_slots: int | None = None
    quorum_sha512: Sha512 | None = None
    retention_days: int | None = None


class Epoch(Record):
    """One period of the clock: its number, how many slots, the root over them, the commitment to the decoy seed."""

    number: int
    slot_count: int
    slot_root: bytes
    decoy_commitment: bytes


class Opening(Record):
    """What was opened at one tick: how many bundles, and the root of the tree over them."""

    bundles: Annotated[int, Field(ge=1)]
    root: Root


class Period(Record):
    """The table behind one published report: its padded rows, their root, and what was made of it."""

    period: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-H[12]$")]
    rows: Annotated[int, Field(ge=0)]
    table_root: Root
    report_sha512: Sha512
    query_sha512: Sha512


Leaf = Policy | Epoch | Opening | Period
_NAMES: dict[type[Policy] | type[Opening] | type[Period], str] = {Policy: _POLICY, Opening: _OPENING, Period: _PERIOD}
_KINDS = {name: kind for kind, name in _NAMES.items()}


def render(leaf: Leaf) -> bytes:
    """Return the text of a leaf."""
    if isinstance(leaf, Epoch):
        lines = (_EPOCH, leaf.number, leaf.slot_count, to_base64(leaf.slot_root), to_base64(leaf.decoy_commitment))
        return "".join(f"{line}\n" for line in lines).encode()
    plain = canonical(leaf.model_dump(mode="json", exclude_none=True))
    return _NAMES[type(leaf)].encode() + b"\n" + plain + b"\n"


def parse(text: bytes) -> Leaf:
    """Return what a leaf says. Refuses every spelling but that of `render`."""
    kind, _, rest = text.decode(errors="replace").partition("\n")
    leaf: Leaf | None = None
    try:
        leaf = _epoch(rest) if kind == _EPOCH else _KINDS[kind].model_validate(json.loads(rest))
    except (KeyError, ValueError, ValidationError, RecursionError, VerificationFailed):
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
