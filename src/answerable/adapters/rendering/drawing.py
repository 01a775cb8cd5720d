"""How does a paper become pixels? What runs walled in: nothing here is called by the desk itself.

1  the kind decides who draws: PDFium, Poppler where PDFium fails, Pillow for pictures
2  each page is drawn as wide as was asked for, never more than four times as high
3  with a signed revision beside it, the same page of both is compared, pixel by pixel
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from PIL import Image

from answerable.adapters.rendering.drawn import Allowed, Drawn, DrawnPage, Engine, Undrawn, to_bytes
from answerable.adapters.rendering.engines import Undrawable, pdfium_pages, picture_pages, poppler_pages
from answerable.adapters.rendering.kinds import Kind, kind_of
from answerable.adapters.rendering.signed import signed_part


def draw(content: bytes, settings: dict[str, Any]) -> bytes:
    """Return the drawing of a paper.

    `settings`: what is allowed, who draws, and how many first bytes of `content` are the signed revision, which the paper
    follows; None means that the paper stands alone, and its signed revision is looked for in it.
    """
    allowed, first = Allowed.model_validate(settings["allowed"]), settings["signed"]
    signed, whole = (b"", content) if first is None else (content[:first], content[first:])
    kind, signature = kind_of(whole), None
    if first is None and kind == "pdf":
        signed, signature = signed_part(whole)
    engine: Engine = "Pillow" if kind != "pdf" else "Poppler" if settings["engine"] == "Poppler" else "PDFium"
    drawn = _compared(signed if signed != whole else b"", whole, allowed, engine=engine)
    return to_bytes(drawn.model_copy(update={"signature": signature}))


def _compared(signed: bytes, whole: bytes, allowed: Allowed, *, engine: Engine) -> Drawn:
    try:
        count, pages = _pages(whole, allowed, engine=engine)
        others = _pages(signed, allowed, engine=engine)[1] if signed else None
        drawn = tuple(_drawn(pages, others))
    except Undrawable as fault:
        return _nothing(kind_of(whole), fault.why)
    if not drawn:
        return _nothing(kind_of(whole), "no pages")
    return Drawn(kind=kind_of(whole), engine=engine, count=max(count, len(drawn)), pages=drawn)


def _nothing(kind: Kind, why: Undrawn) -> Drawn:
    return Drawn(kind=kind, undrawn=why)


def _pages(content: bytes, allowed: Allowed, *, engine: Engine) -> tuple[int, Iterator[Image.Image]]:
    kind = kind_of(content)
    if kind == "pdf":
        return pdfium_pages(content, allowed) if engine == "PDFium" else poppler_pages(content, allowed)
    if kind in ("png", "jpeg", "tiff"):
        return picture_pages(content, allowed, kind=kind)
    raise Undrawable("no picture of this kind")


def _drawn(pages: Iterator[Image.Image], others: Iterator[Image.Image] | None) -> Iterator[DrawnPage]:
    if others is None:
        for number, page in enumerate(pages, 1):
            yield DrawnPage(number=number, whole=_png(page))
        return
    for number, (page, other) in enumerate(zip_longest(pages, others), 1):  # 3
        differs = page is None or other is None or page.size != other.size or page.tobytes() != other.tobytes()
        yield DrawnPage(
            number=number,
            whole=_png(page) if page else None,
            signed=_png(other) if differs and other else None,
            differs=differs,
        )


def _png(page: Image.Image) -> bytes:
    file = io.BytesIO()
    is_grey = all(band.tobytes() == page.getchannel(0).tobytes() for band in page.split()[1:])
    (page.getchannel(0) if is_grey else page).save(file, "PNG", compress_level=4)
    return file.getvalue()
