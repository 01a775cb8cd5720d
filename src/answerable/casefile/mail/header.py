"""Which lines stand in the header of a mail, and could another program read other ones?

Programs differ in what they take for a header line: a space before the colon, a carriage return alone, a NUL, a line
without a colon. Forgers write what one program reads and another does not. So whatever is not plain is a fault, by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(rb"[\x21-\x39\x3b-\x7e]+\Z")
# The line that some programs put before a saved mail: no colon after its first word, a day and a time.
_ENVELOPE = re.compile(rb"From [^\s:]\S*\s+[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [^:]*\Z")
# Written at most once: RFC 5322, section 3.6, and RFC 2045 for the lines that say how a part is written.
ONCE = frozenset(
    "from sender reply-to to cc bcc message-id in-reply-to references subject date "
    "mime-version content-type content-transfer-encoding content-disposition".split()
)


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a header, as it stands: `name` as written, `raw` all that follows the colon, folds included."""

    name: str
    raw: bytes

    @property
    def key(self) -> str:
        """The name in small letters."""
        return self.name.lower()

    @property
    def text(self) -> str:
        """What it says, without folds, as UTF-8; bytes that are none are shown as `\\xff`."""
        return re.sub(r"\r?\n", "", self.raw.decode("utf-8", "backslashreplace")).strip(" \t")


@dataclass(frozen=True, slots=True)
class Header:
    """The lines of a header, where the body begins, and what makes it doubtful."""

    fields: tuple[Field, ...] = ()
    body: int = 0
    faults: tuple[str, ...] = ()

    def all(self, name: str) -> tuple[Field, ...]:
        """Return the lines of a name, from the top."""
        return tuple(field for field in self.fields if field.key == name)

    def first(self, name: str) -> Field | None:
        """Return the topmost line of a name, or None."""
        return next(iter(self.all(name)), None)


def split_header(content: bytes, start: int, end: int, *, most: int) -> Header | None:
    """Return the header that begins at `start`, or None where it does not end within `most` bytes.

    Lines end with LF or CRLF. The header ends at the first empty line, or at `end`.
    """
    lines: list[bytes] = []
    at, body = start, end
    while at < end:
        stop = content.find(b"\n", at, min(end, start + most + 1))
        if stop < 0 and end - start > most:
            return None
        line = content[at : stop + 1 if stop >= 0 else end]
        at += len(line)
        if line in (b"\n", b"\r\n"):
            body = at
            break
        lines.append(line)
    return _read(lines, body)


def _read(lines: list[bytes], body: int) -> Header:
    found: list[tuple[str, list[bytes]]] = []
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        if number == 1 and _ENVELOPE.match(line):
            continue
        faults += [f"header line {number} {why}" for why in _odd(line)]
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t"):
            if found:
                found[-1][1].append(line)
            else:
                faults.append(f"header line {number} continues nothing")
        elif not colon or not _NAME.match(name):
            faults.append(f"header line {number} is not written as one")
            if colon and (readable := _NAME.match(name.strip(b" \t\0\r\n\x0b\x0c"))):
                found.append((readable[0].decode("ascii"), [value]))
        else:
            found.append((name.decode("ascii"), [value]))
    fields = tuple(Field(name, _without_end(b"".join(parts))) for name, parts in found)
    return Header(fields, body, (*faults, *_doubled(fields)))


def _odd(line: bytes) -> list[str]:
    """Return what makes a line readable in two ways."""
    bare = line.rstrip(b"\n").removesuffix(b"\r")
    seen = [(b"\r" in bare, "holds a carriage return alone"), (b"\0" in bare, "holds a NUL")]
    seen.append((bool(bare) and not bare.strip(b" \t\x0b\x0c\r\0"), "is a fold with nothing in it"))
    return [why for is_so, why in seen if is_so]


def _doubled(fields: tuple[Field, ...]) -> list[str]:
    keys = [field.key for field in fields]
    return [f"{name} is written {keys.count(name)} times" for name in sorted(ONCE) if keys.count(name) > 1]


def _without_end(raw: bytes) -> bytes:
    return raw.removesuffix(b"\n").removesuffix(b"\r")
