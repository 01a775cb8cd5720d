"""Do people see what the paper shows, and where it is not what was signed, both?"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from tests.rendering import hostile

from answerable.adapters.paper import paper
from answerable.adapters.rendering import Allowed, DrawnPage, differing_pages, draw, looking, shown_as_signed
from answerable.adapters.rendering.kinds import kind_of
from answerable.adapters.sandbox import Layers, Limits, Sandbox
from answerable.casefile.evidence import Result
from answerable.errors import SandboxFailed

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpus" / "signed-papers" / "dss-pades"
LOADED = ("answerable.adapters.reading.jobs", "answerable.adapters.rendering.drawing")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these walls")


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox(load=LOADED)
    yield made
    made.close()


@pytest.fixture(scope="module")
def order(forms, court) -> bytes:
    return paper(forms["lawful"], court)


def written_over(signed: bytes, *, number: int = 0, words: bytes = b"0 0 0 rg 60 400 300 80 re f") -> bytes:
    """Return the file with something drawn over a page after it was signed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed), strict=False)
    mark = writer.add_object(generic.StreamObject(stream_data=words))
    writer.add_stream_to_page(number, mark)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def open_png(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def is_dark(content: bytes, *, at: tuple[float, float]) -> bool:
    picture = open_png(content)
    return sum(picture.getpixel((int(picture.width * at[0]), int(picture.height * at[1])))) < 100


def test_a_sealed_order_is_drawn_whole_and_shown_as_it_was_signed(sandbox, order, now):
    drawn = draw(order, sandbox=sandbox, allowed=Allowed())
    assert (drawn.kind, drawn.engine, drawn.signature, drawn.undrawn) == ("pdf", "PDFium", "whole", "")
    assert drawn.count == len(drawn.pages) >= 1
    pictures = [open_png(page.whole) for page in drawn.pages]
    assert all(1200 < picture.width <= 1240 for picture in pictures)
    assert all(picture.getextrema()[0] == (0, 255) or picture.getextrema()[0][0] < 128 for picture in pictures)
    fact = shown_as_signed(order, drawn, at=now)
    assert (fact.code, fact.result) == ("D13", Result.CONFIRMED)


def test_a_page_that_was_written_over_after_signing_is_shown_beside_the_signed_one(sandbox, order, now):
    changed = written_over(order)
    drawn = draw(changed, sandbox=sandbox, allowed=Allowed())
    assert drawn.signature == "part"
    assert [page.number for page in drawn.differing] == [1]
    first = drawn.differing[0]
    place = (200 / 595, 1 - 440 / 842)
    assert is_dark(first.whole, at=place)
    assert not is_dark(first.signed, at=place)
    assert all(page.signed is None for page in drawn.pages[1:])
    fact = shown_as_signed(changed, drawn, at=now)
    assert fact.result is Result.CONTRADICTED
    assert "page 1" in fact.found


def test_bytes_behind_the_signed_part_that_show_nothing_leave_every_page_as_it_was(sandbox, order, now):
    for changed in (order + b"\n%junk\n", written_over(order, words=b"1 1 1 rg 0 0 1 1 re f")):
        drawn = draw(changed, sandbox=sandbox, allowed=Allowed())
        assert (drawn.signature, drawn.differing) == ("part", ())
        assert shown_as_signed(changed, drawn, at=now).result is Result.CONFIRMED


def test_a_byte_range_that_the_file_only_claims_is_not_believed(sandbox, order):
    claimed = written_over(order)
    claimed += b"%% /ByteRange [0 10 20 %d]\n" % (len(claimed) + 30 - 20)
    assert [page.number for page in draw(claimed, sandbox=sandbox, allowed=Allowed()).differing] == [1]


def test_a_signature_that_does_not_hold_says_nothing_of_what_was_signed(sandbox, order, now):
    place = order.index(b"/MediaBox")
    broken = order[:place] + b"/mediaBox" + order[place + 9 :]
    drawn = draw(broken, sandbox=sandbox, allowed=Allowed())
    assert drawn.signature == "unreadable"
    assert shown_as_signed(broken, drawn, at=now).result is Result.NOT_CHECKED


def test_without_a_signature_there_is_nothing_to_compare(sandbox, forms, now):
    plain = paper(forms["lawful"], None)
    drawn = draw(plain, sandbox=sandbox, allowed=Allowed())
    assert drawn.pages
    assert shown_as_signed(plain, drawn, at=now).result is Result.ABSENT


def test_two_files_are_compared_page_by_page_with_both_pictures(sandbox):
    black, white = b"0 0 595 842 re f", b"1 1 1 rg 0 0 595 842 re f"
    (pair,) = differing_pages(hostile.page(white), hostile.page(black), sandbox=sandbox)
    assert is_dark(pair.whole, at=(0.5, 0.5))
    assert not is_dark(pair.signed, at=(0.5, 0.5))
    assert differing_pages(hostile.page(white), hostile.page(b""), sandbox=sandbox) == ()


def test_a_page_that_came_or_went_differs_with_one_side_empty(sandbox):
    one, two = hostile.page(), hostile._many_pages(2)
    for signed, whole, sides in ((one, two, (False, True)), (two, one, (True, False))):
        found = {page.number: page for page in differing_pages(signed, whole, sandbox=sandbox)}
        assert (found[2].signed is not None, found[2].whole is not None) == sides


def test_pages_beyond_the_limit_are_counted_and_the_fact_says_how_many_were_compared(sandbox, now):
    drawn = draw(hostile._many_pages(50), sandbox=sandbox, allowed=Allowed(pages=3, width=200))
    assert (drawn.count, len(drawn.pages), drawn.left_out) == (50, 3, 47)
    part = drawn.model_copy(
        update={"signature": "part", "pages": tuple(page.model_copy(update={"differs": False}) for page in drawn.pages)}
    )
    fact = shown_as_signed(b"", part, at=now)
    assert fact.result is Result.NOT_CHECKED
    assert "50 pages the first 3" in fact.found


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_photograph_or_a_scan_is_drawn_no_wider_than_asked(sandbox, kind):
    file = io.BytesIO()
    Image.new("RGB", (3000, 1500), "red").save(file, kind)
    drawn = draw(file.getvalue(), sandbox=sandbox, allowed=Allowed(width=600))
    assert (drawn.kind, drawn.engine, drawn.count) == (kind.lower(), "Pillow", 1)
    assert open_png(drawn.pages[0].whole).size == (600, 300)
    red, green, blue = open_png(drawn.pages[0].whole).getpixel((300, 150))
    assert red > 200 > 50 > max(green, blue)


def test_a_scan_of_many_pages_is_drawn_page_by_page(sandbox):
    file = io.BytesIO()
    pages = [Image.new("L", (50, 50), shade) for shade in (0, 128, 255)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    drawn = draw(file.getvalue(), sandbox=sandbox, allowed=Allowed())
    assert [open_png(page.whole).getpixel((5, 5))[0] for page in drawn.pages] == [0, 128, 255]


def test_where_the_first_reader_stumbles_the_second_draws(sandbox, monkeypatch):
    if not looking._POPPLER.exists():
        pytest.skip("Poppler is not installed")
    damaged = hostile._many_pages(2).replace(b"/Type /Catalog", b"/Type /Katalog").replace(b"startxref", b"startxxxx")
    drawn = draw(hostile._deep_pages(), sandbox=sandbox, allowed=Allowed())
    assert drawn.engine == "Poppler"
    assert draw(damaged, sandbox=sandbox, allowed=Allowed()).kind == "pdf"
    monkeypatch.setattr(looking, "_POPPLER", Path("/nowhere"))
    assert draw(hostile._deep_pages(), sandbox=sandbox, allowed=Allowed()).undrawn == "damaged"


def test_both_readers_together_take_no_more_time_than_one_may():
    assert sum(looking._SHARES.values()) == 1


class Open(Sandbox):
    """A machine without walls."""

    def available(self) -> Layers:
        return Layers(memory=True, cpu=True)

    def run(self, *_, **__) -> bytes:
        raise AssertionError("a paper was opened without walls")


def test_without_walls_nothing_is_drawn_and_the_fact_says_so(order, now):
    with pytest.raises(SandboxFailed) as caught:
        draw(order, sandbox=Open(), allowed=Allowed())
    assert caught.value.code == "sandbox.absent"
    fact = shown_as_signed(order, caught.value, at=now)
    assert fact.result is Result.NOT_CHECKED
    assert "could reach the network" in fact.found


class Lying(Sandbox):
    """A reader that was taken over and answers what it likes."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer

    def available(self) -> Layers:
        return Layers(network=("seccomp",), memory=True, cpu=True)

    def run(self, *_, **__) -> bytes:
        return self.answer


@pytest.mark.parametrize("answer", [b"", b"\0" * 100, b"\0\0\0\x02{}", b"<html>" * 50, bytes(1 << 20)], ids=len)
def test_an_answer_that_is_no_drawing_is_not_shown(order, answer):
    with pytest.raises(SandboxFailed) as caught:
        draw(order, sandbox=Lying(answer), allowed=Allowed())
    assert caught.value.code == "sandbox.garbled"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"%PDF-1.7", "pdf"), (b" %PDF-1.7", "unknown"), (b' \n{"a":1}', "json"), (b"PK\x03\x04", "zip"), (b"", "unknown"),
     (b"Received: from x", "mail"), (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"GIF89a", "unknown")],
)  # fmt: skip
def test_the_first_bytes_open_or_shut_the_gate(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.pdf")), ids=lambda path: path.stem)
def test_signed_papers_of_the_reference_project_are_drawn(sandbox, path):
    content = path.read_bytes()
    try:
        drawn = draw(content, sandbox=sandbox, allowed=Allowed(width=400, pages=5), limits=Limits(cpu=10, wall=30))
    except SandboxFailed as fault:
        pytest.fail(f"{fault.code}: {fault.why}")
    assert drawn.pages or drawn.undrawn
    assert all(isinstance(page, DrawnPage) for page in drawn.pages)
    if path.stem.startswith("Signature-P"):
        assert drawn.signature in ("whole", "part"), drawn.signature


@pytest.mark.skipif(CORPUS.exists(), reason="the papers of the reference project are there")
def test_signed_papers_of_the_reference_project_are_absent():
    pytest.skip("the papers of the reference project are not beside this checkout")
