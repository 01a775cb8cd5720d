"""Which papers does the Regulation know, and which classes of data does it treat as grave?"""

from answerable.casefile.categories import DataClass
from answerable.casefile.epoc import Epoc

CITE = "Regulation (EU) 2023/1543"
PRODUCTION = ("eu.epoc",)
PRESERVATION = ("eu.epoc_pr",)
CERTIFICATES = (*PRODUCTION, *PRESERVATION)
FOLLOW_UPS = ("eu.epoc_pr.extension", "eu.epoc_pr.confirmation")
GRAVE = (DataClass.TRAFFIC, DataClass.CONTENT)
MEMBER_STATES = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())


def is_emergency(form: Epoc) -> bool:
    """Whether the eight-hour clock runs (Art. 10(4)): the box counts, reasoned or not."""
    return form.C.deadline == "emergency_8h"


def iso(state: str | None) -> str | None:
    """Return the code of a State; Greece, which the Union's own style calls EL, as GR."""
    return "GR" if state == "EL" else state
