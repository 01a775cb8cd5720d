"""What is a file, by its content? And is it only that, or something else as well?"""

from __future__ import annotations

from answerable.authenticate.documents.records import Kind

_WHITE = b"\0\t\n\f\r "
_BOM = b"\xef\xbb\xbf"
_MIME_HEADERS = (b"mime-version:", b"content-type:", b"from:", b"received:", b"return-path:", b"date:", b"message-id:")
_ELSEWHERE = (
    (b"%PDF-", "a PDF"), (b"PK\x03\x04", "an archive"), (b"<script", "a script"), (b"<html", "a web page"),
    (b"MZ\x90\0\x03", "a programme"), (b"\x7fELF", "a programme"), (b"Rar!\x1a\x07", "an archive"), (b"7z\xbc\xaf\x27\x1c", "an archive"),
)  # fmt: skip


def kind_of(content: bytes) -> Kind:
    """Return what `content` is by its first bytes."""
    start = content[:1024]
    if start.startswith(b"%PDF-"):
        return Kind.PDF
    if start.startswith(b"PK\x03\x04"):
        return Kind.ASIC
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if start.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if start.startswith((b"II*\0", b"MM\0*")):
        return Kind.TIFF
    if _is_cms(start):
        return Kind.CMS
    text = start.removeprefix(_BOM).lstrip()
    if text.startswith(b"<"):
        return Kind.XML
    if text.lower().startswith(_MIME_HEADERS):
        return Kind.SMIME
    return Kind.UNKNOWN


def _is_cms(start: bytes) -> bool:
    armoured = start.startswith((b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----"))
    der = start[:1] == b"\x30" and b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" in start[:24]
    base64 = start.lstrip().startswith(b"MI") and _is_cms_base64(start)
    return armoured or der or base64


def _is_cms_base64(start: bytes) -> bool:
    return b"YJKoZIhvcNAQcC" in start.replace(b"\r", b"").replace(b"\n", b"")[:40]


def picture_end(content: bytes, kind: Kind) -> int | None:
    """Return where a picture ends, or None where its end cannot be found; TIFF has no end of its own."""
    if kind is Kind.PNG:
        return _png_end(content)
    if kind is Kind.JPEG:
        at = content.rfind(b"\xff\xd9")
        return at + 2 if at > 0 else None
    return len(content)


def _png_end(content: bytes) -> int | None:
    at = 8
    while at + 12 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND":
            return at if at <= len(content) else None
    return None


def also(content: bytes, kind: Kind) -> str:
    """Return what else a file looks like, in words, or an empty text. Looks where readers of that kind would look."""
    for mark, name in _ELSEWHERE:
        at = content.find(mark, 1 if kind is not Kind.PDF else 5, 1024 if mark == b"%PDF-" else 64)
        if at > 0 and kind in (Kind.PDF, Kind.PNG, Kind.JPEG, Kind.TIFF):
            return f"{name} that begins at byte {at}"
    if kind is Kind.PDF and _archive_at_the_end(content):
        return "an archive that ends where the file ends"
    if kind in (Kind.PNG, Kind.JPEG):
        end = picture_end(content, kind)
        if end is None:
            return "a picture that is cut short"
        if content[end:].strip(_WHITE):
            return f"a picture with {len(content) - end} bytes after its end"
    return ""


def _archive_at_the_end(content: bytes) -> bool:
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_600))
    return at >= 0 and at + 22 + int.from_bytes(content[at + 20 : at + 22], "little") == len(content)
