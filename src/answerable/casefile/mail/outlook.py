"""What does a mail say that Outlook saved as `.msg`? The header as it came, where it was kept, and the papers.

Source: MS-OXMSG. Only streams that are named there are opened; what is large, many or broken is left, and said.
"""

from __future__ import annotations

import io
from typing import Any

from answerable.casefile.mail.limits import Limits
from answerable.casefile.mail.papers import Parts

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FIRST_LINE = "Microsoft Mail Internet Headers"  # some versions put it before the header
_TRANSPORT_HEADERS = "007D"
_LONG_NAME, _SHORT_NAME, _MEDIA_TYPE, _CONTENT = "3707", "3704", "370E", "3701"
_LONGEST = 8_000
_UNICODE, _EIGHT_BIT, _BINARY = "001F", "001E", "0102"
_ATTACHMENT = "__attach_version1.0_#"


def is_outlook(content: bytes) -> bool:
    """Whether bytes begin as a compound file does."""
    return content.startswith(_MAGIC)


def converted(content: bytes, limits: Limits) -> tuple[bytes, Parts]:
    """Return the header lines that Outlook kept, as UTF-8, and the papers."""
    found = Parts()
    try:
        import olefile  # noqa: PLC0415  # an extra, so that the bare install reads mail without it
    except ModuleNotFoundError:
        found.crossed = (
            "It was saved by Outlook, and the part that reads such files, answerable[outlook], is not installed."
        )
        return b"", found
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as file:
            lines = _text(file, [], _TRANSPORT_HEADERS, limits.header + 1)
            _attachments(file, found, limits)
    except Exception:  # the reader raises whatever a damaged table makes it stumble over
        found.crossed = "It was saved by Outlook, and is damaged: it cannot be taken apart."
        return b"", found
    if lines is None:
        found.faults.append("Outlook kept no header of the mail as it came")
    text = (lines or "").replace("\r\n", "\n").strip("\n")
    if text.startswith(_FIRST_LINE):
        text = text.partition("\n")[2]
    return text.encode("utf-8", "surrogateescape"), found


def _attachments(file: Any, found: Parts, limits: Limits) -> None:
    folders = sorted({path[0] for path in file.listdir() if path[0].startswith(_ATTACHMENT)})
    if len(folders) > limits.parts:
        found.crossed = f"It has more than {limits.parts} parts."
        return
    size = 0
    for folder in folders:
        body = _stream(file, [folder], _CONTENT + _BINARY, limits.message)
        if body is None:
            found.faults.append("a paper that Outlook kept in a way of its own is not read")
            continue
        size += len(body)
        if size > limits.message:
            found.crossed = "Its papers hold each other more often than is read."
            return
        name = _text(file, [folder], _LONG_NAME, _LONGEST) or _text(file, [folder], _SHORT_NAME, _LONGEST)
        media_type = _text(file, [folder], _MEDIA_TYPE, _LONGEST) or "application/octet-stream"
        found.add(name[:200] if name else None, media_type.lower()[:200], body)


def _text(file: Any, folder: list[str], tag: str, most: int) -> str | None:
    wide = _stream(file, folder, tag + _UNICODE, 2 * most)
    if wide is not None:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    narrow = _stream(file, folder, tag + _EIGHT_BIT, most)
    return narrow.decode("utf-8", "backslashreplace").rstrip("\0") if narrow is not None else None


def _stream(file: Any, folder: list[str], name: str, most: int) -> bytes | None:
    path = [*folder, f"__substg1.0_{name}"]
    if not file.exists(path) or file.get_type(path) != 2:  # 2: a stream, not a folder
        return None
    if file.get_size(path) > most:
        raise ValueError("larger than is read")
    return bytes(file.openstream(path).read())
