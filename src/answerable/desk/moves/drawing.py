"""How do people come to see a paper? It is drawn once, behind walls, and kept as pixels; the original stays unopened."""

from __future__ import annotations

from answerable.adapters.files import write_whole
from answerable.adapters.gate import refuse_at_the_gate
from answerable.adapters.rendering import draw as draw_pages
from answerable.adapters.rendering import shown_as_signed
from answerable.desk.drawings import Look, place_of, written
from answerable.desk.jobs import as_row, enqueue
from answerable.desk.models import Case
from answerable.desk.moves.papers import paper_bytes
from answerable.desk.wiring import Desk
from answerable.errors import MalformedDemand, SandboxFailed


def is_drawn(desk: Desk, case: Case) -> bool:
    """Whether the paper was drawn, or it was found that it cannot be."""
    return place_of(desk, case.paper).exists()


def draw(desk: Desk, case: Case) -> None:
    """Draw the paper and keep its pages, or keep why it cannot be drawn; a signed one is compared with what was signed."""
    content = paper_bytes(desk, case)
    drawn, failure, settings = None, None, desk.settings.papers
    try:
        refuse_at_the_gate(content, settings)
        drawn = draw_pages(content, sandbox=desk.sandbox, allowed=settings.drawn, limits=settings.limits)
    except (MalformedDemand, SandboxFailed) as fault:
        failure = fault
    fact = shown_as_signed(content, drawn or failure, at=desk.now())
    look = Look(fact=fact, failure=as_row(failure) if failure else None, drawn=drawn)
    write_whole(place_of(desk, case.paper), desk.vault.seal(written(look), name=f"drawing {case.paper.sha512}"))


def draw_again(desk: Desk, case: Case) -> None:
    """Let the worker draw the paper anew: the machine may have walls by now, or more time."""
    place_of(desk, case.paper).unlink(missing_ok=True)
    enqueue(desk, "draw", case, again=True)
