"""Whom does From name? One address that every program reads alike, or the reason why there is none.

Our own reading, and a strict one: RFC 5322 permits comments, routes, groups, several authors and quoted names in which
anything may stand, and each of these has been used to show one address and prove another. What is left is how the
software of every office writes: a name, and an address in angle brackets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from answerable.authenticate.mail.domains import ascii_domain
from answerable.casefile.mail import Header

_LONGEST = 2_000
_TOKEN = re.compile(
    r'(?P<space>[ \t]+)|(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<comment>\((?:[^()\\]|\\.)*\))'
    r'|(?P<atom>[^\s()<>\[\]:;@\\,."]+)|(?P<special>.)',
    re.DOTALL,
)
# The grammar, over kinds of tokens: s space, q quoted text, c comment, a atom, and specials as they are.
_ADDRESS = r"(?P<local>q|a(?:\.a)*)@(?P<domain>a(?:\.a)*)"
_IN_BRACKETS = re.compile(rf"s?(?P<name>[aqc.](?:s?[aqc.])*)?s?<{_ADDRESS}>s?(?P<after>c)?s?\Z")
_BARE = re.compile(rf"s?{_ADDRESS}s?(?P<after>c)?s?\Z")
_PLAIN_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\]\\%!?\x00-\x1f\x7f]+\Z")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ufffd]"
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address: what is shown beside it, and the domain in its ASCII form and small letters."""

    name: str
    local: str
    domain: str

    @property
    def address(self) -> str:
        """The address as it is written to."""
        return f"{self.local}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Unclear:
    """No one address: a sentence that says why."""

    why: str


def sender(header: Header) -> Mailbox | Unclear | None:
    """Return the one address that From names, None where there is no From, or why it cannot be said."""
    lines = header.all("from")
    if len(lines) > 1:
        return Unclear(f"From is written {len(lines)} times: programs differ in which one they show.")
    doubtful = [fault for fault in header.faults if fault.startswith("header line")]
    if doubtful:
        return Unclear(f"Programs may read another From, because {doubtful[0]}.")
    return read_mailbox(lines[0].raw) if lines else None


def read_mailbox(raw: bytes) -> Mailbox | Unclear:
    """Return the address that the text of a header line names. Strict: what can be read in two ways is unclear."""
    if len(raw) > _LONGEST:
        return Unclear(f"It is longer than {_LONGEST} bytes.")
    try:
        text = re.sub(r"\r?\n(?=[ \t])", "", raw.decode("utf-8"))
    except UnicodeDecodeError:
        return Unclear("It is written in bytes that are no UTF-8: what they show depends on the program.")
    if _INVISIBLE.search(text):
        return Unclear("It holds characters that are not seen, or that change the order of others.")
    tokens = [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(text)]
    kinds = "".join(token if kind == "special" else kind[0] for kind, token in tokens)
    found = _IN_BRACKETS.match(kinds) or _BARE.match(kinds)
    return _mailbox(found, [token for _, token in tokens]) if found else Unclear(_reason(kinds))


def _mailbox(found: re.Match[str], tokens: list[str]) -> Mailbox | Unclear:
    def text(part: str) -> str:
        return "".join(tokens[slice(*found.span(part))])

    local, domain = text("local"), ascii_domain(text("domain"))
    if local.startswith('"'):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    if not _PLAIN_LOCAL.match(local) or len(local) > 64:
        return Unclear("What stands before the @ holds signs with which other programs begin an address or a name.")
    if domain is None:
        return Unclear("What stands after the @ is no domain as it can be registered.")
    named = "name" in found.groupdict() and found["name"] is not None
    name = f"{text('name') if named else ''} {text('after') if found['after'] else ''}".strip()
    return Mailbox(_decoded(name), local, domain)


def _decoded(name: str) -> str:
    """Return a name as programs show it: without its quotes, encoded words undone."""
    plain = re.sub(r'\\(.)|"', r"\1", name)
    try:
        return str(make_header(decode_header(plain))) if "=?" in plain else plain
    except (HeaderParseError, LookupError, ValueError):
        return plain


def _reason(kinds: str) -> str:
    reasons = {
        "[": "It names a machine by its number, not a domain.",
        ",": "It names several addresses, or a name with a comma that is not quoted.",
        ":": "It names a group or a route.",
        ";": "It names a group.",
        "\\": "It holds a backslash outside quotes.",
        "(": "It holds a comment that programs read differently.",
        '"': "It opens a quotation that is not closed.",
    }
    for sign, reason in reasons.items():
        if sign in kinds:
            return reason
    if kinds.count("@") > 1 or kinds.count("<") > 1:
        return "It holds more than one address."
    return "It is not written as an address." if kinds.strip("s") else "It is empty."
