"""What does a person see of a paper? Pixels, and never the paper itself."""

from answerable.adapters.rendering.drawn import UNDRAWN, Allowed, Drawn, DrawnPage
from answerable.adapters.rendering.looking import differing_pages, draw, shown_as_signed

__all__ = ["UNDRAWN", "Allowed", "Drawn", "DrawnPage", "differing_pages", "draw", "shown_as_signed"]
