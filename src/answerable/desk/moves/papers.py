"""Where do originals and letters lie? Encrypted, under names that say nothing, written once."""

from __future__ import annotations

from answerable.adapters.files import write_once
from answerable.casefile.encoding import sha512_hex
from answerable.casefile.supplied import Supplied
from answerable.desk.models import Case, Letter, Paper
from answerable.desk.wiring import Desk


def keep(desk: Desk, content: bytes, *, media_type: str) -> Paper:
    """Keep `content` and return its row. The same bytes are kept once.

    The file is durable before the row, so a row never points at nothing.
    """
    name = sha512_hex(content)
    write_once(desk.home.papers / desk.vault.name_for(name), desk.vault.seal(content, name=name))
    paper, _ = Paper.objects.get_or_create(
        sha512=name, defaults={"size": len(content), "media_type": media_type, "kept_at": desk.now()}
    )
    return paper


def read(desk: Desk, paper: Paper) -> bytes:
    """Return the bytes as they came. Refuses where the stored file was changed."""
    place = desk.home.papers / desk.vault.name_for(paper.sha512)
    if not place.exists():
        place = desk.home.papers / paper.sha512  # as the first desks named them
    return desk.vault.unseal(place.read_bytes(), name=paper.sha512)


def paper_bytes(desk: Desk, case: Case) -> bytes:
    """Return the demand as it came."""
    return read(desk, case.paper)


def correction_bytes(desk: Desk, case: Case) -> bytes | None:
    """Return the last corrected demand that came in answer to a question, or None where there was none."""
    exchanges = Supplied.model_validate(case.supplied).exchanges
    name = next((each.paper_sha512 for each in reversed(exchanges) if each.paper_sha512), None)
    return read(desk, Paper.objects.get(sha512=name)) if name else None


def letter_bytes(desk: Desk, letter: Letter) -> bytes:
    """Return a letter as it was written."""
    return read(desk, letter.paper)
