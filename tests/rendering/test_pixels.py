"""Does only a picture that is pixels and nothing else reach a browser?"""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from answerable.adapters.rendering.drawn import Allowed, Drawn, DrawnPage, from_bytes, to_bytes
from answerable.adapters.rendering.pixels import checked

WIDEST = 200


def png(size=(20, 10), mode="RGB", **options) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "white").save(file, "PNG", **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def made(width: int, height: int, data: bytes, *, depth: int = 8, colour: int = 2, more: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")


ROW = zlib.compress(bytes(1 + 3))


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_picture_of_ours_is_let_through_as_it_is(mode):
    assert checked(png(mode=mode), widest=WIDEST) == png(mode=mode)


def with_text() -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "<script>")
    return png(pnginfo=told)


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (b"", "no PNG"),
        (b"<html>", "no PNG"),
        (png()[:-20], "sums"),
        (png()[:-4], "sums"),
        (png() + b"<html>", "sums"),
        (png() + chunk(b"IDAT", b"x"), "more than pixels"),
        (with_text(), "more than pixels"),
        (png(mode="P"), "more than pixels"),
        (png(mode="RGBA"), "another kind"),
        (png(mode="1"), "another kind"),
        (png(size=(WIDEST + 1, 1)), "larger"),
        (png(size=(1, 4 * WIDEST + 1)), "larger"),
        (made(0, 1, ROW), "larger"),
        (made(1, 1, ROW, depth=16), "another kind"),
        (made(1, 1, b"not packed"), "cannot be unpacked"),
        (made(1, 2, ROW), "not its pixels"),
        (made(1, 1, zlib.compress(bytes(10_000))), "not its pixels"),
        (made(1, 1, ROW + b"behind"), "not its pixels"),
        (made(1, 1, ROW[:-2]), "not its pixels"),
        (made(1, 1, ROW, more=chunk(b"IHDR", bytes(13))), "more than pixels"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"") + chunk(b"IDAT", b"") + chunk(b"IEND", b""), "strange"),
    ],
)
def test_anything_else_is_refused(picture, words):
    with pytest.raises(ValueError, match=words):
        checked(picture, widest=WIDEST)


@given(st.integers(0, len(png()) - 1), st.integers(1, 255))
def test_no_byte_of_a_picture_can_change_unseen(place, change):
    whole = bytearray(png())
    whole[place] ^= change
    with pytest.raises(ValueError, match="PNG"):
        checked(bytes(whole), widest=WIDEST)


PAGES = st.builds(
    DrawnPage,
    number=st.integers(1, 99),
    whole=st.sampled_from([None, png()]),
    signed=st.sampled_from([None, png(mode="L")]),
    differs=st.sampled_from([None, True, False]),
)


@given(
    st.lists(PAGES, max_size=4), st.integers(0, 10_000), st.sampled_from([None, "none", "whole", "part", "unreadable"])
)
def test_a_drawing_is_read_back_as_it_was_written(pages, count, signature):
    drawn = Drawn(kind="pdf", engine="PDFium", count=count, pages=tuple(pages), signature=signature)
    assert from_bytes(to_bytes(drawn), Allowed(width=WIDEST)) == drawn


@given(st.binary(max_size=200))
def test_bytes_that_are_no_drawing_are_refused(content):
    with pytest.raises(ValueError, match=r"."):
        from_bytes(content, Allowed())


def test_more_pages_than_asked_for_more_bytes_or_fewer_are_refused():
    one = DrawnPage(number=1, whole=png())
    two = to_bytes(Drawn(kind="pdf", engine="PDFium", count=2, pages=(one, one)))
    for content, words in ((two, "more pages"), (two + b"x", "more"), (two[:-1], "cut short")):
        with pytest.raises(ValueError, match=words):
            from_bytes(content, Allowed(width=WIDEST, pages=1 if words == "more pages" else 9))
