"""What is a drawing of a paper? Its pages as pixels, and beside a page that differs, the same page as it was signed."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from answerable.adapters.rendering.kinds import Kind
from answerable.adapters.rendering.pixels import checked
from answerable.casefile.encoding import Record

Engine = Literal["PDFium", "Poppler", "Pillow"]
Signature = Literal["none", "whole", "part", "unreadable"]  # how much of the file the last signature that holds covers
Undrawn = Literal["damaged", "encrypted", "too many pixels", "no pages", "no picture of this kind"]
UNDRAWN: dict[str, str] = {
    "damaged": "The file is damaged: nothing in it can be drawn.",
    "encrypted": "The file is encrypted: it cannot be drawn without a password.",
    "too many pixels": "The picture has more pixels than this desk draws.",
    "no pages": "The file has no page.",
    "no picture of this kind": "Files of this kind are not drawn.",
}


class Allowed(Record):
    """How much of a paper is drawn: how many pages, how wide in pixels, and how many pixels a picture may have at all."""

    pages: Annotated[int, Field(ge=1, le=500)] = 30
    width: Annotated[int, Field(ge=200, le=4000)] = 1240
    pixels: Annotated[int, Field(ge=1_000_000)] = 64_000_000


class DrawnPage(Record):
    """One page: `whole` of the file as it is, `signed` as it was signed, where that differs. Either may have no such page.

    The two are PNG. `differs` is None where nothing was compared.
    """

    number: int
    whole: bytes | None = None
    signed: bytes | None = None
    differs: bool | None = None


class Drawn(Record):
    """The pages of a paper. `count` is how many it says it has; `undrawn` why there is none, empty where there is one.

    `signature` is None where nobody asked which part was signed.
    """

    kind: Kind
    engine: Engine | None = None
    count: int = 0
    pages: tuple[DrawnPage, ...] = ()
    undrawn: str = ""
    signature: Signature | None = None

    @property
    def left_out(self) -> int:
        """How many pages were not drawn."""
        return max(0, self.count - len(self.pages))

    @property
    def differing(self) -> tuple[DrawnPage, ...]:
        """The pages that are not as they were signed."""
        return tuple(page for page in self.pages if page.differs)

    @property
    def is_compared(self) -> bool:
        """Whether every page that was drawn was compared with what was signed."""
        return bool(self.pages) and all(page.differs is not None for page in self.pages)


class _Page(Record):
    number: Annotated[int, Field(ge=1)]
    whole: Annotated[int, Field(ge=0)]
    signed: Annotated[int, Field(ge=0)]
    differs: bool | None


class _Head(Record):
    kind: Kind
    engine: Engine | None
    count: Annotated[int, Field(ge=0)]
    undrawn: Undrawn | Literal[""]
    signature: Signature | None
    pages: tuple[_Page, ...]


def to_bytes(drawn: Drawn) -> bytes:
    """Return the drawing as bytes: four of length, a head as JSON, and the pictures one after another."""
    pages = [
        {
            "number": each.number,
            "whole": len(each.whole or b""),
            "signed": len(each.signed or b""),
            "differs": each.differs,
        }
        for each in drawn.pages
    ]
    named = {
        "kind": drawn.kind,
        "engine": drawn.engine,
        "count": drawn.count,
        "undrawn": drawn.undrawn,
        "signature": drawn.signature,
    }
    head = json.dumps({**named, "pages": pages}).encode()
    pictures = [picture for each in drawn.pages for picture in (each.whole, each.signed) if picture]
    return b"".join([len(head).to_bytes(4, "big"), head, *pictures])


def from_bytes(content: bytes, allowed: Allowed | None = None) -> Drawn:
    """Return the drawing that `to_bytes` wrote. Refuses with `ValueError` everything else.

    With `allowed` every picture is looked through to its last byte: pixels of that size, and nothing beside them.
    """
    start = 4 + int.from_bytes(content[:4], "big")
    try:
        head = _Head.model_validate_json(content[4:start])
    except ValidationError as fault:
        raise ValueError("the head of a drawing cannot be read") from fault
    if allowed and len(head.pages) > allowed.pages:
        raise ValueError("more pages than were asked for")
    pages = []
    for each in head.pages:
        pictures: list[bytes | None] = []
        for size in (each.whole, each.signed):
            picture = content[start : start + size]
            if len(picture) != size:
                raise ValueError("a drawing is cut short")
            start += size
            pictures.append((checked(picture, widest=allowed.width) if allowed else picture) if size else None)
        pages.append(DrawnPage(number=each.number, whole=pictures[0], signed=pictures[1], differs=each.differs))
    if start != len(content):
        raise ValueError("more bytes than a drawing has")
    named = head.model_dump(exclude={"pages"})
    return Drawn(**named, pages=tuple(pages))
