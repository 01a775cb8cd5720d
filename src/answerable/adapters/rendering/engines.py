"""Who can draw? Each gives how many pages a paper has, and its first ones as pictures in three colours. Runs walled in."""

from __future__ import annotations

import io
import math
import subprocess
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw
from PIL import Image, ImageOps

from answerable.adapters.rendering.drawn import Allowed, Undrawn

POPPLER = "/usr/bin/pdftoppm"
_HEIGHT_TO_WIDTH = 4
Image.MAX_IMAGE_PIXELS = None  # the size is looked at before a picture is unpacked


class Undrawable(Exception):
    """Nothing can be drawn; `why` is one of a short list, because it leaves the walls."""

    def __init__(self, why: Undrawn) -> None:
        super().__init__(why)
        self.why: Undrawn = why


def pdfium_pages(content: bytes, allowed: Allowed) -> tuple[int, Iterator[Image.Image]]:
    """Draw with PDFium, annotations and form fields included, as a reader of PDF would show them."""
    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as fault:
        is_locked = fault.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise Undrawable("encrypted" if is_locked else "damaged") from fault
    count = len(pdf)
    if pdf.get_formtype() != pypdfium2.raw.FORMTYPE_NONE:
        pdf.init_forms()
    return count, (_pdfium_page(pdf, number, allowed) for number in range(min(count, allowed.pages)))


def _pdfium_page(pdf: pypdfium2.PdfDocument, number: int, allowed: Allowed) -> Image.Image:
    drawn: Image.Image
    try:
        page = pdf[number]
        width, height = page.get_size()
        scale = min(allowed.width / width, allowed.width * _HEIGHT_TO_WIDTH / height) if width and height else math.inf
        if not (0 < scale < math.inf):
            raise Undrawable("damaged")
        drawn = page.render(scale=scale * 0.9999, rev_byteorder=True, may_draw_forms=True).to_pil().convert("RGB")
    except pypdfium2.PdfiumError as fault:
        raise Undrawable("damaged") from fault
    page.close()
    return drawn


def poppler_pages(content: bytes, allowed: Allowed) -> tuple[int, Iterator[Image.Image]]:
    """Draw with Poppler's program, one page at a time, until it has no more."""
    drawn = [page for number in range(1, allowed.pages + 1) if (page := _poppler_page(content, number, allowed))]
    if not drawn:
        raise Undrawable("damaged")
    return len(drawn), iter(drawn)


def _poppler_page(content: bytes, number: int, allowed: Allowed) -> Image.Image | None:
    asked = ["-f", str(number), "-l", str(number), "-scale-to", str(allowed.width)]
    done = subprocess.run([POPPLER, *asked, "-"], input=content, capture_output=True, check=False)  # noqa: S603
    if done.returncode or not done.stdout.startswith(b"P6"):
        return None
    return Image.open(io.BytesIO(done.stdout), formats=["PPM"]).convert("RGB")


def picture_pages(content: bytes, allowed: Allowed, *, kind: str) -> tuple[int, Iterator[Image.Image]]:
    """Unpack a picture, each page of a TIFF, turned upright; transparent parts are white."""
    try:
        picture = Image.open(io.BytesIO(content), formats=[kind.upper()])
        _refuse_large(picture, allowed)
        count = getattr(picture, "n_frames", 1)
    except Undrawable:
        raise
    except Exception as fault:
        raise Undrawable("damaged") from fault
    return count, (_picture_page(picture, number, allowed) for number in range(min(count, allowed.pages)))


def _picture_page(picture: Image.Image, number: int, allowed: Allowed) -> Image.Image:
    try:
        picture.seek(number)
        _refuse_large(picture, allowed)
        picture.draft("RGB", (allowed.width, allowed.width))
        upright = ImageOps.exif_transpose(picture)
        scale = min(1.0, allowed.width / upright.width, allowed.width * _HEIGHT_TO_WIDTH / upright.height)
        size = (max(1, int(upright.width * scale)), max(1, int(upright.height * scale)))
        drawn = upright.convert("RGBA").resize(size, reducing_gap=2.0)
    except (Undrawable, MemoryError):
        raise
    except Exception as fault:
        raise Undrawable("damaged") from fault
    white = Image.new("RGB", size, "white")
    white.paste(drawn, mask=drawn.getchannel("A"))
    return white


def _refuse_large(picture: Image.Image, allowed: Allowed) -> None:
    if picture.width * picture.height > allowed.pixels:
        raise Undrawable("too many pixels")
