"""What does a reviewer see of the paper itself? Its pages as pixels, and two side by side where they differ."""

from __future__ import annotations

from dataclasses import dataclass

from answerable.adapters.rendering import UNDRAWN
from answerable.casefile.evidence import Fact
from answerable.desk.drawings import look_at
from answerable.desk.models import Case
from answerable.desk.wiring import Desk

_ON_THE_CASE = 4


@dataclass(frozen=True, slots=True)
class PageView:
    """One page: the names of its pictures, empty where a side has no such page."""

    number: int
    whole: str
    signed: str
    differs: bool


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper for the page: where its drawing stands, its pages, and the fact about what is shown and what was signed."""

    is_drawn: bool
    why_not: str
    can_draw_again: bool
    pages: tuple[PageView, ...]
    left_out: int
    fact: Fact | None

    @property
    def first(self) -> tuple[PageView, ...]:
        """The pages that the case shows: the first ones, and of those that differ each one."""
        return tuple(page for page in self.pages if page.differs or page.number <= _ON_THE_CASE)

    @property
    def more(self) -> int:
        """How many drawn pages the case does not show."""
        return len(self.pages) - len(self.first)


def paper_view(desk: Desk, case: Case) -> PaperView:
    """Return how the paper of a case is shown."""
    look = look_at(desk, case.paper)
    if look is None:
        return PaperView(False, "", False, (), 0, None)
    if look.drawn is None:
        failure = look.failure or {}
        why = " ".join(failure.get(part, "") for part in ("what", "why", "next_step"))
        return PaperView(True, why, True, (), 0, look.fact)
    pages = tuple(
        PageView(
            number=page.number,
            whole=f"{page.number}-whole.png" if page.whole else "",
            signed=f"{page.number}-signed.png" if page.signed else "",
            differs=bool(page.differs),
        )
        for page in look.drawn.pages
    )
    return PaperView(True, UNDRAWN.get(look.drawn.undrawn, ""), False, pages, look.drawn.left_out, look.fact)


def paper_picture(desk: Desk, case: Case, name: str) -> bytes | None:
    """Return one picture by its name ("3-whole.png"), or None."""
    look = look_at(desk, case.paper)
    number, _, side = name.removesuffix(".png").partition("-")
    for page in look.drawn.pages if look and look.drawn else ():
        if str(page.number) == number and side in ("whole", "signed"):
            return page.whole if side == "whole" else page.signed
    return None
