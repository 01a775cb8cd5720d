"""Which offices of the United States own a .gov domain? The open list of the registry, as candidates.

It says who registered a domain, nothing more: which kind of office it is, is our guess from its name, and no telephone
number is in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from answerable.authenticate.directory.importing.csv_reading import BadLine, Read, Row, each_row
from answerable.authenticate.directory.naming import mail_domain
from answerable.casefile.directory import DirectoryRecord, MailDomain
from answerable.casefile.parties import AuthorityKind

_NEEDED = ("Domain name", "Domain type", "Organization name", "Suborganization name", "City", "State")
_SOURCE = "List of .gov domains"
_KINDS: tuple[tuple[str, AuthorityKind], ...] = (
    (r"\bcourts?\b|\bjudicia", "judge"),
    (r"\b(?:district|county|city|state'?s?|prosecuting|commonwealth'?s?) attorney|\bprosecutor", "prosecutor"),
    (r"\bpolice\b|\bsheriff|\bmarshal|\bhighway patrol\b|\bconstable", "police"),
)
_MOST_DOMAINS = 200
_Owner = tuple[str, str, str, str, str]


def dotgov(content: bytes, at: datetime) -> Read[DirectoryRecord]:
    """Return one candidate an owner, with all its domains. Refuses a file that is not that list."""
    read = each_row(content, _NEEDED, _owned)
    twice = {domain for domain, count in _counts(domain for _, domain in read.made).items() if count > 1}
    unique = dict.fromkeys(read.made)
    if len(unique) != len(read.made) or twice:
        unique = {pair: None for pair in unique if pair[1] not in twice or pair == _first(unique, pair[1])}
    ordered = sorted(unique)
    made = tuple(
        _record(owner, [domain for _, domain in pairs], at)
        for owner, pairs in groupby(ordered, key=lambda pair: pair[0])
    )
    return Read(made, read.faults)


def _first(pairs: Iterable[tuple[_Owner, str]], domain: str) -> tuple[_Owner, str]:
    return next(pair for pair in pairs if pair[1] == domain)


def _counts(names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def _owned(row: Row) -> tuple[_Owner, str]:
    domain, name = mail_domain(row.cells["Domain name"]), row.cells["Organization name"]
    if domain is None:
        raise BadLine("the cell of “Domain name” is no domain")
    if not name or name[0] in "=@":
        raise BadLine("the cell of “Organization name” is empty, or a formula")
    cells = row.cells
    return (name, cells["Suborganization name"], cells["City"], cells["State"], cells["Domain type"]), domain


def _record(owner: _Owner, domains: Sequence[str], at: datetime) -> DirectoryRecord:
    name, below, city, state, domain_type = owner
    whole = f"{name}, {below}" if below else name
    source = f"{_SOURCE} ({domain_type})"[:400]
    return DirectoryRecord(
        id=_id(owner),
        name=whole[:400],
        other_names=(below[:400],) if below else (),
        country="US",
        region=", ".join(filter(None, (city, state)))[:1000] or None,
        kind=_kind(whole, domain_type),
        domains=tuple(
            MailDomain(domain=domain, source=source, added_at=at, added_by="import us-dotgov")
            for domain in domains[:_MOST_DOMAINS]
        ),
        source=source,
        added_on=at.date(),
        added_by="import us-dotgov",
    )


def _id(owner: _Owner) -> str:
    """Return a name for the record that is the same each time: words of its owner and a digest of all of them."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{owner[0]} {owner[3]}".lower()).strip("-")[:50].strip("-")
    return f"us-{words}-{hashlib.sha256('|'.join(owner).encode()).hexdigest()[:8]}"


def _kind(name: str, domain_type: str) -> AuthorityKind:
    for words, kind in _KINDS:
        if re.search(words, name, re.IGNORECASE):
            return kind
    if "Judicial" in domain_type:
        return "judge"
    return "agency" if domain_type.startswith("Federal") else "other"
