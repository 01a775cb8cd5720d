"""How does a filled-in form become a sealed paper? `answerable paper` makes what an authority would send."""

from __future__ import annotations

from answerable.adapters.signing import SealingIdentity, seal_pdf
from answerable.adapters.typesetting import epoc_pdf, order_pdf
from answerable.casefile.epoc import Epoc
from answerable.casefile.order import Order


def paper(form: Epoc | Order, sealing: SealingIdentity | None) -> bytes:
    """Return the PDF of `form` with its data attached, sealed where an identity is given."""
    pdf = epoc_pdf(form) if isinstance(form, Epoc) else order_pdf(form)
    return seal_pdf(pdf, sealing) if sealing else pdf
