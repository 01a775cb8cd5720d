"""What does a PDF do by itself, what does it hide, and what is attached to it? Said as facts, never cleaned away.

The original is not touched: taking something out would break the signature.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Dictionary, Object, Stream

_ACTS = {
    "/JavaScript": "JavaScript", "/Launch": "an action that starts a programme", "/SubmitForm": "an action that sends data",
    "/ImportData": "an action that reads files", "/Rendition": "an action that plays media", "/Movie": "a film", "/Sound": "a sound",
    "/GoToE": "a jump into an attachment", "/GoToR": "a jump to another file", "/Hide": "an action that hides things",
    "/SetOCGState": "an action that switches layers",
}  # fmt: skip
_MEDIA = {"/RichMedia": "rich media", "/Screen": "a media screen", "/3D": "a three-dimensional model"}
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
_PROGRAM_NAMES = re.compile(
    r"\.(exe|dll|scr|bat|cmd|com|js|jse|vbs|vbe|wsf|ps1|jar|msi|hta|lnk|app|sh|py|docm|xlsm)$", re.I
)
_INVISIBLE_TEXT = re.compile(rb"(?<![\w.])[37]\s+Tr(?!\w)")
_MOST_OBJECTS = 100_000
_MOST_UNPACKED = 20_000_000
_MOST_OF_ONE = 4_000_000


@dataclass(slots=True)
class Found:
    """What lies in a PDF: `acts` on its own, `hidden` from who reads, attachments by name, and why a part was not looked at."""

    acts: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    attachments: dict[str, bytes] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)


def look_inside(content: bytes) -> Found:
    """Return what a PDF holds. Raises pikepdf's errors where it cannot be opened without repair."""
    found = Found()
    with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
        _catalogue(pdf.Root, found)
        room = _MOST_UNPACKED
        for number, each in enumerate(pdf.objects):
            if number > _MOST_OBJECTS:
                found.unseen.add(f"more than {_MOST_OBJECTS} objects")
                break
            try:
                _object(each, found)
                room -= _stream(each, found, room)
            except (pikepdf.PdfError, ValueError, TypeError, RecursionError, zlib.error):
                found.unseen.add("an object that cannot be read")
            if room <= 0:
                found.unseen.add("streams too large to be unpacked")
                break
        for name, attached in _attachments(pdf, found):
            _attachment(name, attached, found)
    return found


def _catalogue(root: Object, found: Found) -> None:
    form = root.get("/AcroForm")
    if isinstance(form, Dictionary) and "/XFA" in form:
        found.hidden.add("an XFA form: what is shown depends on the programme")
    layers = root.get("/OCProperties")
    default = layers.get("/D") if isinstance(layers, Dictionary) else None
    if isinstance(default, Dictionary) and (
        len(default.get("/OFF", ())) or str(default.get("/BaseState", "")) == "/OFF"
    ):
        found.hidden.add("layers that are switched off")


def _object(each: Object, found: Found, depth: int = 0) -> None:
    if isinstance(each, pikepdf.Array) and depth < 6:
        for inner in each:
            if isinstance(inner, Object) and not inner.is_indirect:
                _object(inner, found, depth + 1)
        return
    if not isinstance(each, Dictionary | Stream):
        return
    action, kind = str(each.get("/S", "")), str(each.get("/Subtype", ""))
    if action in _ACTS and _is_action(each):
        found.acts.add(_ACTS[action])
    if "/JS" in each:
        found.acts.add("JavaScript")
    if kind in _MEDIA:
        found.acts.add(_MEDIA[kind])
    for key in each.keys() if depth < 6 else ():
        inner = each[key]
        if isinstance(inner, Object) and not inner.is_indirect:
            _object(inner, found, depth + 1)


def _is_action(each: Object) -> bool:
    return str(each.get("/Type", "/Action")) == "/Action" and "/K" not in each


def _stream(each: Object, found: Found, room: int) -> int:
    """Look for invisible text in a stream that may draw; return how many bytes were unpacked."""
    if (
        not isinstance(each, Stream)
        or str(each.get("/Subtype", "/Form")) != "/Form"
        or ("/Type" in each and str(each["/Type"]) not in ("/XObject",))
    ):
        return 0
    raw = each.read_raw_bytes()
    if str(each.get("/Filter", "")) == "/FlateDecode":
        raw = zlib.decompressobj().decompress(raw, min(_MOST_OF_ONE, room))
    elif "/Filter" in each:
        return 0
    if b"BT" in raw and _INVISIBLE_TEXT.search(raw):
        found.hidden.add("text that is not drawn")
    return len(raw)


def _attachments(pdf: pikepdf.Pdf, found: Found) -> Iterator[tuple[str, bytes]]:
    room = _MOST_UNPACKED
    for each in pdf.objects:
        files = each.get("/EF") if isinstance(each, Dictionary) else None
        if not isinstance(files, Dictionary):
            continue
        inner = files.get("/UF", files.get("/F"))
        if not isinstance(inner, Stream):
            continue
        name = str(each.get("/UF", each.get("/F", "without a name")))[:200]
        content = _unpacked(inner, room)
        if content is None:
            found.unseen.add("an attachment that cannot be unpacked")
            continue
        room -= len(content)
        yield name, content


def _unpacked(stream: Stream, room: int) -> bytes | None:
    raw = bytes(stream.read_raw_bytes())
    kind = stream.get("/Filter")
    name = str(kind[0]) if isinstance(kind, pikepdf.Array) and len(kind) == 1 else str(kind) if kind is not None else ""
    if name == "" or kind is None:
        return raw if len(raw) <= room else None
    if name != "/FlateDecode" or "/DecodeParms" in stream or room <= 0:
        return None
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(raw, room)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail else content


def _attachment(name: str, content: bytes, found: Found) -> None:
    called = name if name not in found.attachments else f"{name} ({hashlib.sha256(content).hexdigest()[:8]})"
    found.attachments[called] = content
    if content.startswith(_PROGRAMS) or _PROGRAM_NAMES.search(name.strip()):
        found.acts.add(f"an attached programme, {name[:80]}")
