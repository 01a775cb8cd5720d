"""How does content become a paper? Typst, from templates that can read nothing but what they are given.

Every paper carries the data it was made from. The sentences of letters stand in `templates/words`, one table a language.

The papers declare PDF/A-3a and PDF/UA-1, as the compiler enforces them; no independent validator was run. The same
content gives the same bytes on every machine: system fonts are ignored.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import as_file, files

import typst

from answerable.casefile.encoding import Record, canonical
from answerable.casefile.epoc import Epoc, ticked_boxes
from answerable.casefile.order import Order
from answerable.decide.letters import AnnexIII, AnyLetter, CoveringLetter
from answerable.errors import SealFailed
from answerable.notify import ChaseLetter

# A document of this kind needs a date; a form without one gets the day the Regulation was published.
_UNDATED = date(2023, 7, 28)


def epoc_pdf(form: Epoc) -> bytes:
    """Return the filled-in form of Annex I, carrying its data as `epoc.json`."""
    return _typeset("epoc.typ", form, day=form.I.signature_date or _UNDATED, ticks=" ".join(ticked_boxes(form)))


def order_pdf(form: Order) -> bytes:
    """Return the plain form as a paper, carrying its data as `epoc.json`, the one attachment that intake reads."""
    return _typeset("order.typ", form, day=form.issued_on or _UNDATED)


def letter_pdf(content: AnyLetter) -> bytes:
    """Return any of the letters, by the template of its kind."""
    if isinstance(content, AnnexIII):
        return annex_iii_pdf(content)
    if isinstance(content, CoveringLetter):
        return covering_letter_pdf(content)
    return _typeset(f"{content.letter.replace('-', '_')}.typ", content, day=content.at.date())


def annex_iii_pdf(content: AnnexIII) -> bytes:
    """Return the form of Annex III; its words are English."""
    return _typeset("annex_iii.typ", content, day=content.at.date())


def covering_letter_pdf(content: CoveringLetter) -> bytes:
    """Return the covering letter."""
    return _typeset("covering_letter.typ", content, day=content.decided.date())


def chase_letter_pdf(content: ChaseLetter) -> bytes:
    """Return the question whether the person was told."""
    return _typeset("chase_letter.typ", content, day=content.at.date())


def _typeset(template: str, content: Record, *, day: date, **more: str) -> bytes:
    with as_file(files("answerable.adapters.typesetting").joinpath("templates")) as folder:
        try:
            pdf: bytes = typst.compile(
                str(folder / template),
                root=str(folder),
                ignore_system_fonts=True,
                sys_inputs={"content": canonical(content).decode(), "day": day.isoformat(), **more},
                pdf_standards=["a-3a", "ua-1"],
            )
        except typst.TypstError as fault:
            raise SealFailed(
                "typesetting.failed",
                what="A paper could not be typeset.",
                why="It holds a character for which the built-in fonts have no sign, or content the template does not expect.",
                next_step="Write names in Latin, Greek or Cyrillic letters.",
            ) from fault
    return pdf
