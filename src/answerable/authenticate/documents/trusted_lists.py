"""Which trusted lists can be believed, as of a day? The Union's list of lists first, then what it vouches for.

    1  the list of lists is signed with a certificate that the operator pinned from the Official Journal, or with one
       that an older list of lists, itself verified, names as its own (a pivot)
    2  a national list is signed with a certificate that the list of lists names for that territory
    3  a signature covers the root of the file, and only what it covers is read (`list_signatures`)
    4  of several lists of one territory the one with the highest number counts

Commission Implementing Decision (EU) 2015/1505; ETSI TS 119 612.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lxml import etree
from pyhanko.sign.validation.qualified.eutl_parse import (
    LOTLParseResult,
    parse_lotl_unsafe,
    read_qualified_service_definitions,
)

from answerable.authenticate.documents.list_signatures import signed_part
from answerable.authenticate.documents.listed import Granted, TrustedList
from answerable.authenticate.documents.xml_references import local
from answerable.authenticate.safe_xml import parse

_TSL = "http://uri.etsi.org/02231/v2#"
_LIST_OF_LISTS = "/EUlistofthelists"
_LARGEST = 40_000_000
_UNION = "EU"


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one file: accepted or refused, and why; what it says of itself, where that could be read.

    Dates and numbers of a refused file are what it claims, and nobody vouches for them.
    """

    name: str
    sha256: str
    accepted: bool
    why: str
    territory: str = ""
    sequence: int = 0
    issued: datetime | None = None
    next_update: datetime | None = None
    expired: bool = False


@dataclass(slots=True)
class Lists:
    """The lists that were accepted, and every file with what became of it."""

    accepted: tuple[TrustedList, ...] = ()
    checked: list[Checked] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A file as it presents itself, not yet believed."""

    name: str
    content: bytes
    territory: str
    sequence: int
    issued: datetime
    next_update: datetime | None
    is_list_of_lists: bool


def verify_lists(files: Mapping[str, bytes], *, pinned: Sequence[bytes], at: datetime) -> Lists:
    """Return which of `files` can be believed at the moment `at`; `pinned` are the Official Journal's certificates, DER.

    Never raises for what a file holds: what cannot be believed is refused, with the reason.
    """
    lists = Lists()
    claims = [claim for name, content in files.items() if (claim := _claim(name, content, lists, at)) is not None]
    signers = _list_of_lists([claim for claim in claims if claim.is_list_of_lists], pinned, lists, at)
    accepted: dict[str, TrustedList] = {}
    national = [claim for claim in claims if not claim.is_list_of_lists]
    for claim in sorted(national, key=lambda each: -each.sequence):
        if claim.territory in accepted:
            lists.checked.append(_refused(claim, f"number {accepted[claim.territory].sequence} is newer"))
            continue
        verified = _national(claim, signers.get(claim.territory, []), lists, at)
        if verified is not None:
            accepted[claim.territory] = verified
    lists.accepted = tuple(accepted[territory] for territory in sorted(accepted))
    return lists


def _claim(name: str, content: bytes, lists: Lists, at: datetime) -> _Claim | None:
    try:
        if len(content) > _LARGEST:
            raise ValueError("it is too large")
        claim = _read(name, content, parse(content))
    except (ValueError, etree.XMLSyntaxError, OverflowError) as fault:
        why = (
            str(fault)
            if isinstance(fault, ValueError) and not isinstance(fault, UnicodeError)
            else "it is not well-formed XML"
        )
        lists.checked.append(Checked(name, _sha256(content), accepted=False, why=f"it cannot be read: {why[:200]}"))
        return None
    if claim.issued > at:
        lists.checked.append(_refused(claim, "it is dated after this moment"))
        return None
    return claim


def _read(name: str, content: bytes, root: etree._Element) -> _Claim:
    if local(root) != "TrustServiceStatusList":
        raise ValueError("it is no trusted list")
    scheme = root.find(f"{{{_TSL}}}SchemeInformation")
    if scheme is None:
        raise ValueError("it says nothing of its scheme")
    said = {local(each): each for each in scheme.iterchildren(etree.Element)}
    update = said.get("NextUpdate")
    inner = update[0].text if update is not None and len(update) else None
    kind = _text(said, "TSLType")
    return _Claim(
        name,
        content,
        _text(said, "SchemeTerritory")[:8].upper(),
        int(_text(said, "TSLSequenceNumber")),
        _moment(_text(said, "ListIssueDateTime")),
        _moment(inner) if inner else None,
        kind.endswith(_LIST_OF_LISTS),
    )


def _text(said: dict[str, etree._Element], name: str) -> str:
    text = (said[name].text or "").strip() if name in said else ""
    if not text:
        raise ValueError(f"it does not state its {name}")
    return text


def _moment(text: str) -> datetime:
    return _aware(datetime.fromisoformat(text.strip()))


def _aware(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _list_of_lists(claims: list[_Claim], pinned: Sequence[bytes], lists: Lists, at: datetime) -> dict[str, list[bytes]]:
    """Return the certificates that the newest believed list of lists names, by territory; say what became of each."""
    believed, refused = _believed(claims, pinned)
    why = "its signature does not hold with any certificate that is pinned" if pinned else "no certificate is pinned"
    lists.checked += [_refused(claim, f"{why}: {refused[claim.name]}") for claim in claims if claim.name in refused]
    lists.checked += [
        _accepted(claim, "the list of lists, signed as the Official Journal says", at) for claim, _ in believed
    ]
    named: dict[str, list[bytes]] = {}
    for reference in believed[-1][1].references if believed else ():
        named.setdefault(reference.territory.upper(), []).extend(each.dump() for each in reference.tlso_certs)
    return named


def _believed(
    claims: list[_Claim], pinned: Sequence[bytes]
) -> tuple[list[tuple[_Claim, LOTLParseResult]], dict[str, str]]:
    """Return the lists of lists that hold, by number, each of which may name the certificates of the next (a pivot); and,
    by name, why the others do not."""
    known, found, waiting, refused = list(pinned), [], list(claims), {}
    progress = True
    while progress:
        progress = False
        for claim in sorted(waiting, key=lambda each: each.sequence):
            signed = signed_part(claim.content, known, made=claim.issued)
            parsed = _parsed(signed.part)
            refused[claim.name] = signed.why or "it cannot be read as a list of lists"
            if parsed is not None:
                del refused[claim.name]
                waiting.remove(claim)
                found.append((claim, parsed))
                known += [
                    each.dump() for ref in parsed.references if ref.territory == _UNION for each in ref.tlso_certs
                ]
                progress = True
    return sorted(found, key=lambda each: each[0].sequence), refused


def _parsed(signed: bytes | None) -> LOTLParseResult | None:
    if signed is None:
        return None
    try:
        return parse_lotl_unsafe(signed.decode("utf-8"))
    except Exception:
        return None


def _national(claim: _Claim, signers: list[bytes], lists: Lists, at: datetime) -> TrustedList | None:
    if not signers:
        lists.checked.append(_refused(claim, "no list of lists that is believed names a certificate for its territory"))
        return None
    found = signed_part(claim.content, signers, made=claim.issued)
    if (signed := found.part) is None:
        why = f"its signature does not hold with any certificate the list of lists names: {found.why}"
        lists.checked.append(_refused(claim, why))
        return None
    try:
        services, withdrawn = tuple(dict.fromkeys(_services(signed))), _withdrawn(signed)
    except Exception as fault:
        lists.checked.append(_refused(claim, f"its services cannot be read ({type(fault).__name__})"))
        return None
    lists.checked.append(_accepted(claim, "signed with a certificate that the list of lists names", at))
    return TrustedList(
        claim.territory,
        claim.sequence,
        claim.issued,
        claim.next_update,
        _sha256(claim.content),
        signed,
        services,
        withdrawn,
    )


def _services(signed: bytes) -> Iterable[Granted]:
    """Yield the services that issue qualified certificates or timestamps, each with the time while it was granted."""
    for service in read_qualified_service_definitions(signed.decode("utf-8")):
        said = service.base_info
        for certificate in said.provider_certs:
            yield Granted(
                certificate.dump(), _aware(said.valid_from), _aware(said.valid_until) if said.valid_until else None
            )


def _withdrawn(signed: bytes) -> tuple[bytes, ...]:
    """Return the certificates of the services whose present status is another than granted."""
    found: dict[bytes, None] = {}
    for service in parse(signed).iter(f"{{{_TSL}}}ServiceInformation"):
        kind = service.findtext(f"{{{_TSL}}}ServiceTypeIdentifier", "")
        status = service.findtext(f"{{{_TSL}}}ServiceStatus", "")
        if kind.strip().endswith("/CA/QC") and not status.strip().endswith("/granted"):
            for each in service.iterfind(
                f"{{{_TSL}}}ServiceDigitalIdentity/{{{_TSL}}}DigitalId/{{{_TSL}}}X509Certificate"
            ):
                found[base64.b64decode("".join((each.text or "").split()))] = None
    return tuple(found)


def _refused(claim: _Claim, why: str) -> Checked:
    return Checked(
        claim.name, _sha256(claim.content), accepted=False, why=why, territory=claim.territory,
        sequence=claim.sequence, issued=claim.issued, next_update=claim.next_update,
    )  # fmt: skip


def _accepted(claim: _Claim, why: str, at: datetime) -> Checked:
    expired = claim.next_update is None or claim.next_update < at
    due = " It is expired: a newer one was due." if expired else ""
    return Checked(
        claim.name, _sha256(claim.content), accepted=True, why=f"{why}.{due}", territory=claim.territory,
        sequence=claim.sequence, issued=claim.issued, next_update=claim.next_update, expired=expired,
    )  # fmt: skip


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def locations(files: Mapping[str, bytes], *, pinned: Sequence[bytes], at: datetime) -> dict[str, str]:
    """Return the address of each national list that the newest believed list of lists gives, by territory."""
    claims = [claim for name, each in files.items() if (claim := _claim(name, each, Lists(), at)) is not None]
    believed, _ = _believed([claim for claim in claims if claim.is_list_of_lists], pinned)
    references = believed[-1][1].references if believed else []
    return {each.territory.upper(): each.location_uri for each in references if each.territory != _UNION}
