"""What is shown when a slot is opened to everybody? One file a slot, all of one size.

    event    the whole event: entry seed and the 32 fields
    part     single fields, packed as in a receipt
    decoys   the decoy seed of an epoch, and the values of the slots that stay closed because law limits them to bands

A file is `answerable/bundle/v1`, one line of canonical JSON, and spaces up to a multiple of 8 KiB, ended by a newline.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from answerable.casefile.encoding import Record, canonical
from answerable.errors import VerificationFailed
from answerable.public_log import merkle, receipt, slots
from answerable.public_log.leaves import Root
from answerable.public_log.note import to_base64, unbase64

SIZE = 8192
_HEADER = b"answerable/bundle/v1\n"


class EventBundle(Record):
    """A whole event. `proof` leads from its slot to the slot root."""

    kind: Literal["event"] = "event"
    epoch: Annotated[int, Field(ge=1)]
    slot: Annotated[int, Field(ge=0)]
    seed: Root
    fields: Annotated[tuple[str, ...], Field(min_length=slots.FIELDS, max_length=slots.FIELDS)]
    proof: tuple[Root, ...]

    @property
    def root(self) -> bytes:
        """The event root."""
        return slots.event_root(self.fields, self.seed)


class PartBundle(Record):
    """Some fields of an event, packed as `public_log.receipt` does."""

    kind: Literal["part"] = "part"
    opening: str

    @property
    def unpacked(self) -> receipt.Opening:
        """The opening. Refuses, with ValueError, what is packed otherwise."""
        return receipt.unpack(unbase64(self.opening))


class DecoyBundle(Record):
    """The decoy seed of an epoch. `closed` are the values, by slot, that are neither opened nor decoys of this seed."""

    kind: Literal["decoys"] = "decoys"
    epoch: Annotated[int, Field(ge=1)]
    seed: Root
    closed: tuple[tuple[int, Root], ...] = ()


Bundle = EventBundle | PartBundle | DecoyBundle
_ANY: TypeAdapter[Bundle] = TypeAdapter(Annotated[Bundle, Field(discriminator="kind")])


def part(opening: receipt.Opening) -> PartBundle:
    """Return the bundle that shows `opening`."""
    return PartBundle(opening=to_base64(receipt.pack(opening)))


def render(bundle: Bundle) -> bytes:
    """Return the file of a bundle."""
    content = _HEADER + canonical(bundle)
    return content + b" " * (-(len(content) + 1) % SIZE) + b"\n"


def parse(content: bytes) -> Bundle:
    """Return what a bundle says. Refuses every spelling but that of `render`."""
    try:
        bundle = _ANY.validate_python(json.loads(content.removeprefix(_HEADER)))
        if isinstance(bundle, PartBundle):
            _ = bundle.unpacked
    except (ValueError, ValidationError, RecursionError, VerificationFailed):
        bundle = None
    if bundle is None or render(bundle) != content:
        raise VerificationFailed(
            "bundle.malformed",
            what="An opening cannot be read.",
            why="It is not a bundle that this log may publish.",
            next_step="Fetch it again from the log; if it stays, tell the log's witnesses.",
        )
    return bundle


def root_of(files: Iterable[bytes]) -> bytes:
    """Return the root that an opening leaf commits to."""
    return merkle.root(merkle.leaf_hashes(files))


def path(leaf_index: int, number: int) -> str:
    """Return where bundle `number` of the opening leaf `leaf_index` lies."""
    return f"opening/{leaf_index}/{number}"
