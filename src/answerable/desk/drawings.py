"""How is a drawn paper kept? One sealed file beside the originals: the fact about it, why there is none, or its pages."""

from __future__ import annotations

from pathlib import Path

from answerable.adapters.rendering.drawn import Drawn, from_bytes, to_bytes
from answerable.casefile.encoding import Record
from answerable.casefile.evidence import Fact
from answerable.desk.models import Paper
from answerable.desk.wiring import Desk


class Look(Record):
    """What came of drawing a paper: the fact D13, and either its pages or why there are none."""

    fact: Fact
    failure: dict[str, str] | None = None
    drawn: Drawn | None = None


def place_of(desk: Desk, paper: Paper) -> Path:
    """Return where the drawing of a paper lies, or will lie."""
    return desk.home.drawings / desk.vault.name_for(f"drawing {paper.sha512}")


def written(look: Look) -> bytes:
    """Return a look as bytes."""
    head = look.model_dump_json(exclude={"drawn"}).encode()
    return len(head).to_bytes(4, "big") + head + (to_bytes(look.drawn) if look.drawn else b"")


def look_at(desk: Desk, paper: Paper) -> Look | None:
    """Return what came of drawing a paper, or None where it was not drawn yet."""
    place = place_of(desk, paper)
    if not place.exists():
        return None
    content = desk.vault.unseal(place.read_bytes(), name=f"drawing {paper.sha512}")
    start = 4 + int.from_bytes(content[:4], "big")
    look = Look.model_validate_json(content[4:start])
    return look.model_copy(update={"drawn": from_bytes(content[start:])}) if content[start:] else look
