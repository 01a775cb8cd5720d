"""What do the bytes of a mail hold? A header, papers, and what is broken; never an exception, whatever they are.

1  size, before anything else
2  the header, to its limit; nothing of a larger one is read
3  the parts, to theirs
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from answerable.casefile.mail.header import Header, split_header
from answerable.casefile.mail.limits import Limits
from answerable.casefile.mail.outlook import converted, is_outlook
from answerable.casefile.mail.papers import MailPaper, Parts, take_apart

_STARTS = re.compile(rb"(?:From [^\n]{0,998}\n)?[\x21-\x39\x3b-\x7e]{1,76}[ \t]*:")
_KNOWN = re.compile(
    rb"(?:^|\n)(?:from|received|return-path|delivered-to|message-id|mime-version|subject|date)[ \t]*:", re.I
)
STANDARD = Limits()


@dataclass(frozen=True, slots=True)
class Message:
    """A mail. `words` are its plain texts that are no papers. `crossed` says which limit it crosses, and then what lies beyond is not there.

    `is_converted` says that only a copy of the header and the papers came, as Outlook saves them: the bytes that were
    sent are gone, and nothing that was signed over them can be checked.
    """

    content: bytes
    sha256: str
    header: Header
    papers: tuple[MailPaper, ...] = ()
    faults: tuple[str, ...] = ()
    crossed: str | None = None
    words: tuple[str, ...] = ()
    is_converted: bool = False

    @property
    def body(self) -> bytes:
        """What follows the header."""
        return self.content[self.header.body :]


def is_mail(content: bytes) -> bool:
    """Whether bytes are worth reading as a mail: they begin with a header line, and a usual one is near, or are Outlook's."""
    start = content[:8_192]
    return is_outlook(content) or bool(_STARTS.match(start) and _KNOWN.search(start))


def read_message(content: bytes, limits: Limits = STANDARD) -> Message:
    """Return the mail that `content` holds. Time and memory are in proportion to its size, whatever it holds."""
    digest = hashlib.sha256(content).hexdigest()
    if len(content) > limits.message:  # 1
        return Message(content, digest, Header(), crossed=f"It is larger than {limits.message // 1024 // 1024} MB.")
    if is_outlook(content):
        return _from_outlook(content, digest, limits)
    header = split_header(content, 0, len(content), most=limits.header)  # 2
    if header is None:
        return Message(content, digest, Header(), crossed=_long(limits))
    parts = take_apart(content, header, limits)  # 3
    return _message(content, digest, header, parts)


def _from_outlook(content: bytes, digest: str, limits: Limits) -> Message:
    lines, parts = converted(content, limits)
    header = split_header(lines, 0, len(lines), most=limits.header)
    if header is None:
        return Message(content, digest, Header(), crossed=_long(limits), is_converted=True)
    return _message(content, digest, header, parts, is_converted=True)


def _message(content: bytes, digest: str, header: Header, parts: Parts, *, is_converted: bool = False) -> Message:
    papers = () if parts.crossed else tuple(parts.papers)
    faults = tuple(dict.fromkeys(parts.faults))
    words = () if parts.crossed else tuple(parts.words)
    return Message(content, digest, header, papers, faults, parts.crossed, words, is_converted)


def _long(limits: Limits) -> str:
    return f"Its header is longer than {limits.header // 1024} KB."
