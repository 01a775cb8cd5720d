"""Which papers does a mail carry? Its parts, taken apart within limits, each with name, type and digest.

The parts are found here, by offsets and without recursion, so that time and memory stay in proportion to the mail
whatever it nests; the standard library reads the lines of each part and undoes its encoding.
"""

from __future__ import annotations

import binascii
import hashlib
import quopri
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Lines
from itertools import islice

from answerable.casefile.mail.header import Header, split_header
from answerable.casefile.mail.limits import Limits

_LONGEST_LINE = 2_000
_LONGEST_NAME = 200
_PLAIN = frozenset({"", "7bit", "8bit", "binary"})
_UNREADABLE = (MessageError, LookupError, ValueError, TypeError, AttributeError)
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BLANK = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class MailPaper:
    """A paper in a mail: its number (from 1, in the order they stand), name and type as the mail gives them."""

    number: int
    name: str | None
    media_type: str
    content: bytes
    sha256: str


@dataclass(slots=True)
class Parts:
    """What was found: papers, the words of the mail itself, what is broken, and which limit was crossed."""

    papers: list[MailPaper] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    crossed: str | None = None

    def add(self, name: str | None, media_type: str, content: bytes) -> None:
        """Keep a paper under the next number."""
        number = len(self.papers) + 1
        self.papers.append(MailPaper(number, name, media_type, content, hashlib.sha256(content).hexdigest()))


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    end: int
    depth: int


def take_apart(content: bytes, header: Header, limits: Limits) -> Parts:
    """Return the papers of a mail whose outer header is `header`. Stops at the first limit that is crossed."""
    found = Parts()
    waiting = _inner(content, header, _Part(header.body, len(content), 0), found)
    number = 0
    while waiting and not found.crossed:
        part = waiting.pop()
        number += 1
        if number > limits.parts:
            found.crossed = f"It has more than {limits.parts} parts."
        elif part.depth > limits.depth:
            found.crossed = f"Its parts are nested more than {limits.depth} deep."
        elif (inner := split_header(content, part.start, part.end, most=limits.header)) is None:
            found.crossed = f"A part has a header of more than {limits.header // 1024} KB."
        else:
            found.faults += [f"part {number}: {fault}" for fault in inner.faults]
            waiting += _inner(content, inner, _Part(inner.body, part.end, part.depth), found)
        if sum(len(each.content) for each in found.papers) > 2 * limits.message:
            found.crossed = "Its papers hold each other more often than is read."
    return found


def _inner(content: bytes, header: Header, body: _Part, found: Parts) -> list[_Part]:
    """Return the parts that a part holds, the last first; keep it where it is a paper."""
    lines = _lines(header, found)
    media_type = _ask(lines.get_content_type, found) or "application/octet-stream"
    encoding = str(lines["content-transfer-encoding"] or "").strip().lower()
    if media_type.startswith("multipart/"):
        return _divided(content, _ask(lines.get_boundary, found), body, found)
    whole = content[body.start : body.end]
    name = _name(lines, found)
    is_mail = media_type == "message/rfc822"
    attached = str(lines["content-disposition"] or "").strip().lower().startswith("attachment")
    is_text = media_type in ("text/plain", "text/html")
    if name or attached or not is_text or whole.startswith(b"%PDF-"):
        found.add(name, media_type, _decoded(whole, encoding, found))
    elif media_type == "text/plain":
        found.words.append(in_charset(_decoded(whole, encoding, found), _ask(lines.get_content_charset, found)))
    return [_Part(body.start, body.end, body.depth + 1)] if is_mail and encoding in _PLAIN else []


def _divided(content: bytes, boundary: str | None, body: _Part, found: Parts) -> list[_Part]:
    if not boundary:
        found.faults.append("a part that should hold others names no boundary")
        return []
    mark = re.escape(boundary.encode("utf-8", "replace"))
    line = re.compile(rb"^--" + mark + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    parts: list[_Part] = []
    begins, closed = None, False
    # More marks than any mail has parts: the count of parts is what stops it.
    for each in islice(line.finditer(content, body.start, body.end), 100_000):
        if begins is not None:
            end = _before_line_end(content, begins, each.start())
            parts.append(_Part(min(begins, end), end, body.depth + 1))
        begins, closed = each.end() + 1, bool(each[1])
        if closed:
            break
    if not closed:
        found.faults.append("a part that holds others is not closed")
        if begins is not None:
            parts.append(_Part(min(begins, body.end), body.end, body.depth + 1))
    return parts[::-1]


def _before_line_end(content: bytes, begins: int, at: int) -> int:
    """Return where a part ends: the line end before a mark belongs to the mark (RFC 2046, section 5.1.1)."""
    for length in (2, 1):
        if at - length >= begins and content[at - length : at] in (b"\r\n", b"\n"):
            return at - length
    return at


def _lines(header: Header, found: Parts) -> Lines:
    """Return the lines that say how a part is written; the topmost of each name, cut to what is read."""
    lines = Lines()
    for name in ("content-type", "content-disposition", "content-transfer-encoding"):
        if line := header.first(name):
            if len(line.raw) > _LONGEST_LINE:
                found.faults.append(f"{name} is longer than {_LONGEST_LINE} bytes")
            lines[name] = re.sub(r"[\r\n]+", "", _text(line.raw[:_LONGEST_LINE])).strip()
    return lines


def in_charset(content: bytes, charset: str | None) -> str:
    """Return text in the charset a part names; where it names none, or a wrong one, in UTF-8 or byte by byte."""
    try:
        return content.decode(charset or "utf-8")
    except (LookupError, ValueError):
        return _text(content)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _ask(question: Callable[[], str | None], found: Parts) -> str | None:
    # The standard library raises a dozen kinds of error on a parameter that is written badly.
    try:
        return question()
    except _UNREADABLE:
        found.faults.append("a line that says how a part is written cannot be read")
        return None


def _name(lines: Lines, found: Parts) -> str | None:
    raw = _ask(lines.get_filename, found)
    try:
        name = str(make_header(decode_header(raw))) if raw and "=?" in raw else raw
    except _UNREADABLE:
        name = raw
    if not name:
        return None
    shown = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in name)
    return re.split(r"[/\\]", shown)[-1][:_LONGEST_NAME] or None


def _decoded(content: bytes, encoding: str, found: Parts) -> bytes:
    if encoding == "base64":
        digits, _, rest = content.partition(b"=")
        if digits.translate(None, _BASE64 + _BLANK) or rest.translate(None, b"=" + _BLANK):
            found.faults.append("a part in base64 holds other bytes")
        try:
            return binascii.a2b_base64(content)
        except binascii.Error:
            found.faults.append("a part in base64 is cut short")
            return content
    if encoding == "quoted-printable":
        return quopri.decodestring(content)
    if encoding not in _PLAIN:
        found.faults.append("a part is written in an encoding that is not read")
    return content
