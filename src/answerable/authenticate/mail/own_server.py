"""What did our own mail server write on the message? Only what stands above where it took the message in.

A sender can write any header line, ours included. What our servers add stands on top, so only lines above the last
`Received` of our own path are ours (RFC 8601, sections 1.6 and 5). Our path is named in settings, from the mailbox
outwards; the same host named further down is the sender's doing. Whoever uploads a saved mail writes all of it, so no
server of ours is to be named then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field as Setting

from answerable.authenticate.mail.domains import ascii_domain
from answerable.casefile.encoding import Record
from answerable.casefile.mail import Field, Header

_BY = re.compile(r"(?:^|[\s)])by\s+([A-Za-z0-9.-]+)", re.IGNORECASE)
_ENCRYPTED = re.compile(r"\swith\s+(?:UTF8)?E?SMTPSA?\b", re.IGNORECASE)
_COMMENT = re.compile(r"\s\((?:[^()\\]|\([^()\\]*\))*\)(?=[\s;]|$)")
_RESULT = re.compile(
    r"([a-z][a-z0-9-]*)(?:/1)?\s*=\s*([a-z]+)((?:\s+[a-z]+(?:\.[a-z0-9-]+)?\s*=\s*[^\s;()\"'\\]+)*)\Z", re.I
)
_PROPERTY = re.compile(r"([a-z]+(?:\.[a-z0-9-]+)?)\s*=\s*([^\s;()\"'\\]+)", re.IGNORECASE)
_LONGEST = 8_000


class OwnServers(Record):
    """Our mail servers: the name under which results are written, and the hosts on the way in, from the mailbox outwards.

    `hops` are the names that our `Received` lines give after `by`, all of them and in this order, for every mail.
    """

    results_by: str
    hops: Annotated[tuple[str, ...], Setting(min_length=1, max_length=10)]


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What our server wrote: whether it took the message in, encrypted or not, and its results by method.

    `forged` counts lines under our server's name that stand where a sender writes.
    """

    took_in: bool
    encrypted: bool = False
    results: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    is_there: bool = False
    is_readable: bool = True
    forged: int = 0

    def of(self, method: str) -> tuple[str, dict[str, str]] | None:
        """Return result and properties of a method, or None where our server wrote none or more than one."""
        found = [(result, dict(properties)) for name, result, properties in self.results if name == method]
        return found[0] if len(found) == 1 else None


def own_words(header: Header, servers: OwnServers) -> OwnWords:
    """Return what stands above the boundary: the last `Received` of our own path."""
    boundary = _boundary(header, servers)
    lines = list(header.fields)
    above = lines[:boundary] if boundary is not None else []
    ours = [field for field in above if _is_ours(field, servers)]
    below = sum(_is_ours(field, servers) for field in lines) - len(ours)
    if boundary is None:
        return OwnWords(took_in=False, forged=below)
    read = [_results(field.text) for field in ours]
    return OwnWords(
        took_in=True,
        encrypted=bool(_ENCRYPTED.search(lines[boundary].text[:_LONGEST])),
        results=tuple(each for results in read if results is not None for each in results),
        is_there=bool(ours),
        is_readable=None not in read,
        forged=below,
    )


def _boundary(header: Header, servers: OwnServers) -> int | None:
    """Return the place of the last `Received` of our path, or None where the topmost ones are not our path."""
    received = [(place, field) for place, field in enumerate(header.fields) if field.key == "received"]
    on_the_way = received[: len(servers.hops)]
    if len(on_the_way) < len(servers.hops):
        return None
    named = [_BY.search(field.text[:_LONGEST]) for _, field in on_the_way]
    hosts = [match[1].lower().rstrip(".") if match else "" for match in named]
    return on_the_way[-1][0] if hosts == [hop.lower() for hop in servers.hops] else None


def _is_ours(field: Field, servers: OwnServers) -> bool:
    if field.key != "authentication-results":
        return False
    named = re.sub(r"^\s*(?:\([^()]*\)\s*)*", "", field.text[:_LONGEST])
    return re.split(r"[\s;(]", named.strip('"'), maxsplit=1)[0].strip('"').lower() == servers.results_by.lower()


def _results(text: str) -> list[tuple[str, str, tuple[tuple[str, str], ...]]] | None:
    """Return the results of one line, or None where it is not plain: a quotation, or a comment inside a value."""
    plain = _COMMENT.sub(" ", " " + text[:_LONGEST])
    reasons_left_out = re.sub(r'\sreason\s*=\s*"[^"\\]*"', " ", plain)
    found = []
    for part in reasons_left_out.split(";")[1:]:
        if part.strip().lower() in ("", "none"):
            continue
        match = _RESULT.match(part.strip())
        if match is None:
            return None
        properties = tuple((name.lower(), value) for name, value in _PROPERTY.findall(match[3]))
        found.append((match[1].lower(), match[2].lower(), properties))
    return found


def domain_of(value: str) -> str | None:
    """Return the domain of an address or a domain as our server writes it, or None where it is not plainly one."""
    return ascii_domain(value.rpartition("@")[2]) if value.count("@") <= 1 else None
