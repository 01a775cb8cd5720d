"""What is an authority told about data that it wants preserved? That they are, since when, and until which day."""

from __future__ import annotations

from answerable.decide.letters.covering import Part, withheld_parts
from answerable.decide.letters.matter import MOST_LINES, Done, Left, Letter, Matter, head


class Preservation(Letter):
    """The confirmation of preservation. `follows` says that data are kept until they are asked for (Annex V).

    `citation` is the provision that a copy is kept by; `left` are people for whom nothing could be preserved.
    """

    citation: str
    follows: bool
    reason: str
    done: tuple[Done, ...]
    left: tuple[Left, ...]
    withheld: tuple[Part, ...]
    more_withheld: int


def preservation(matter: Matter) -> Preservation:
    """Return the confirmation. Refuses to say that something is preserved before it is."""
    if not matter.effects:
        raise TypeError("nothing was preserved yet")
    parts = withheld_parts(matter.decision)
    return Preservation(
        **head(matter, "preservation"),
        citation=next((way.citation for way in matter.assessment.ways if way.form == "preservation"), ""),
        follows=matter.assessment.keeping is None,
        reason=matter.decision.reason,
        done=matter.done,
        left=matter.left,
        withheld=parts[:MOST_LINES],
        more_withheld=max(0, len(parts) - MOST_LINES),
    )
