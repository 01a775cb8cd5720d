"""What does an ASiC container say of where it comes from? Its signatures, and whether they cover every file in it.

ETSI EN 319 162-1. Simple (one file) and extended (many), with XAdES or CAdES signatures.
"""

from __future__ import annotations

import base64
import binascii
import re

from lxml import etree

from answerable.authenticate.documents.archives import Archive, open_archive
from answerable.authenticate.documents.asic_listing import (
    LISTING,
    disagreements,
    listed_kinds,
    plain_address,
    signed_kinds,
)
from answerable.authenticate.documents.cms import digests_of, evaluate_cms, evaluate_stamp, load_signed_data
from answerable.authenticate.documents.der import end_of_value
from answerable.authenticate.documents.detached import tell_all
from answerable.authenticate.documents.evaluated import MOST_SIGNATURES, Evaluated
from answerable.authenticate.documents.records import Contained, Examined, Kind, Signer, Trust
from answerable.authenticate.documents.signers import tell_integrity
from answerable.authenticate.documents.telling import Telling, library, listed
from answerable.authenticate.documents.xml_papers import evaluate_all, tell_xml_signature
from answerable.authenticate.documents.xml_references import local
from answerable.authenticate.documents.xml_verifier import DS, signatures_in
from answerable.authenticate.safe_xml import parse

_TYPES = {
    b"application/vnd.etsi.asic-e+zip", b"application/vnd.etsi.asic-s+zip", b"application/vnd.etsi.timestamp-token",
    b"application/vnd.lt.archyvai.adoc-2008", b"application/vnd.bdoc-1.0", b"application/vnd.oasis.opendocument.text",
}  # fmt: skip
_XADES = re.compile(r"META-INF/(?:[^/]+/)*[^/]*signatures[^/]*\.xml", re.IGNORECASE)
_CADES = re.compile(r"META-INF/[^/]*signature[^/]*\.p7s", re.IGNORECASE)
_EVIDENCE = re.compile(r"META-INF/[^/]*evidencerecord[^/]*\.(?:xml|ers)", re.IGNORECASE)
_STAMP = re.compile(r"META-INF/[^/]*timestamp[^/]*\.tst", re.IGNORECASE)
_MANIFEST = re.compile(r"META-INF/[^/]*ASiC[^/]*Manifest[^/]*\.xml", re.IGNORECASE)
_OF_SIGNATURES = re.compile(r"META-INF/[^/]*ASiCManifest[^/]*\.xml", re.IGNORECASE)
_OFFICE = "META-INF/documentsignatures.xml"
# An ADOC keeps there, by its own rules, descriptions that may change after signing.
_UNSIGNABLE = "metadata/unsignable"


class _Container:
    """The files of one container, and which of them each signature was found to cover."""

    def __init__(self, archive: Archive) -> None:
        self.files = archive.files
        self.data = [name for name in archive.files if not name.startswith("META-INF/") and name != "mimetype"]
        self.covered: list[set[str]] = []
        self.unsettled: set[str] = set()  # what signatures say that they sign which could not be evaluated
        self.kinds: dict[str, str] = {}  # what signatures that hold say each file is
        self.loose: list[str] = []

    def named(self, uri: str) -> str | None:
        """Return the name of the file that an address inside the container means, or None."""
        for name in (uri, plain_address(uri)):
            plain = name.removeprefix("./").removeprefix("/")
            if plain in self.files:
                return plain
        return None


def examine_asic(content: bytes, telling: Telling, trust: Trust) -> Examined:
    """Add the facts of a container to `telling` and return them with its files."""
    archive = open_archive(content)
    if archive.fault:
        telling.contradicted("D1", f"An archive that is not opened: {archive.fault}.")
        telling.not_checked("D2", "It was not opened, so whether it is signed cannot be seen.")
        return Examined(Kind.ASIC, tuple(telling.facts))
    container = _Container(archive)
    _tell_container(telling, archive)
    signers = _tell_signatures(telling, container, trust)
    _tell_covered(telling, container, signed=bool(container.covered))
    _tell_listing(telling, container)
    _tell_loose(telling, archive, container)
    everywhere = set.intersection(*container.covered) if container.covered else set()
    contained = tuple(Contained(name, archive.files[name], name in everywhere) for name in container.data)
    working = contained[0].content if len(contained) == 1 and contained[0].signed else None
    return Examined(Kind.ASIC, tuple(telling.facts), tuple(signers), working, contained)


def _tell_container(telling: Telling, archive: Archive) -> None:
    mimetype = archive.files.get("mimetype", b"").strip()
    is_asic = mimetype in _TYPES or any(name.startswith("META-INF/") for name in archive.files)
    if archive.odd:
        telling.contradicted("D1", f"An archive that readers may see differently: {listed(archive.odd)}.")
    elif not is_asic:
        telling.not_checked("D1", "An archive, and no container of signed files: archives are not unpacked.")
    elif mimetype and mimetype not in _TYPES:
        telling.not_checked("D1", "A container of a kind that is not known here.")
    else:
        first = next(iter(archive.files), "") == "mimetype" and archive.first_stored
        kind = "that names its type first" if first else "that does not name its type as its first file, in the clear"
        telling.confirmed("D1", f"A container of signed files {kind}, {len(archive.files)} entries.")


def _tell_signatures(telling: Telling, container: _Container, trust: Trust) -> list[Signer]:
    xades = [name for name in container.files if _XADES.fullmatch(name) and name != _OFFICE]
    cades = [name for name in container.files if _CADES.fullmatch(name)]
    signers: list[Signer] = []
    if not xades and not cades and _OFFICE in container.files:
        telling.not_checked("D2", "An office document with a signature of its own kind, which is not read here.")
        return signers
    stamped = _tell_stamps(telling, container, trust)
    if not xades and not cades and stamped is not None:
        telling.absent("D2", "The container carries timestamps, and no signature.")
        covered, unsettled = stamped
        beyond = [name for name in container.data if name not in covered]
        if beyond and set(beyond) <= unsettled:
            telling.not_checked("D11", f"What stands over {listed(beyond)} could not be evaluated.")
        elif beyond:
            telling.contradicted("D11", f"No timestamp that holds stands over {listed(beyond)}.")
        return signers
    if not xades and not cades:
        telling.absent("D2", "The container carries no signature.")
        return signers
    if len(xades) + len(cades) > MOST_SIGNATURES:
        telling.not_checked("D2", f"More than {MOST_SIGNATURES} files of signatures: the others are not looked at.")
    else:
        telling.confirmed("D2", f"Signatures: {listed([*xades, *cades])}.")
    for name in xades[:MOST_SIGNATURES]:
        signers += _tell_xades(telling, container, name, trust)
    for name in cades[:MOST_SIGNATURES]:
        signers += _tell_cades(telling, container, name, trust)
    return signers


def _tell_stamps(telling: Telling, container: _Container, trust: Trust) -> tuple[set[str], set[str]] | None:
    """Tell each timestamp that is a file of its own; return what those stand over that hold, and those that may: None without any.

    A timestamp is no signature: what one stands over that could not be evaluated is not signed for that.
    """
    names = [name for name in container.files if _STAMP.fullmatch(name)]
    covered: set[str] = set()
    unsettled: set[str] = set()
    for name in names[:MOST_SIGNATURES]:
        own, target = _target(container, name)
        if target is None:
            telling.contradicted("D3", "Nothing in the container says what it stands over.", subject=name)
            continue
        try:
            one = evaluate_stamp(
                name,
                container.files[name],
                digests_of(container.files[target]),
                trust=trust,
                at=telling.at,
                kind="ASiC",
            )
        except Exception as fault:
            one = Evaluated(name, library("pyhanko"), why=f"it cannot be read ({type(fault).__name__})")
        tell_integrity(telling, one)
        files = _by_manifest(telling, container, name, own) if own is not None else {target}
        covered |= files if one.holds else set()
        unsettled |= files if one.unsettled and one.digest else set()
    return (covered, unsettled) if names else None


def _target(container: _Container, name: str) -> tuple[list[tuple[str, str, bytes]] | None, str | None]:
    """Return what the manifest of a signature or a timestamp lists, None without one; and the file that it stands over."""
    manifests = {each: _manifest(container.files[each]) for each in container.files if _MANIFEST.fullmatch(each)}
    own = [each for each, (signature, _) in manifests.items() if container.named(signature) == name]
    if len(own) == 1:
        return manifests[own[0]][1], own[0]
    plain = any(_OF_SIGNATURES.fullmatch(each) for each in manifests)
    return None, container.data[0] if len(container.data) == 1 and not own and not plain else None


def _tell_xades(telling: Telling, container: _Container, name: str, trust: Trust) -> list[Signer]:
    content = container.files[name]
    try:
        root = parse(content)
    except (ValueError, etree.XMLSyntaxError) as fault:
        telling.contradicted("D3", f"It cannot be read: damaged ({type(fault).__name__}).", subject=name)
        container.covered.append(set())
        return []

    def outside(uri: str) -> bytes | None:
        found = container.named(uri)
        return None if found is None else container.files[found]

    signers = []
    found = evaluate_all(content, root, telling, trust, outside=outside, within=f"{name}, ")
    if not found:
        telling.contradicted("D3", "It is a file of signatures that holds none.", subject=name)
    for one, element in zip(found, signatures_in(root), strict=False):
        signers += tell_xml_signature(telling, one, trust, alone=False)
        uris = {each.uri for each in one.references if each.uri and not each.uri.startswith("#")}
        names = {container.named(uri) for uri in uris} if one.holds else set()
        container.covered.append({each for each in names if each is not None})
        if one.holds:
            named = {container.named(uri): kind for uri, kind in signed_kinds(element, one.properties).items()}
            container.kinds |= {name: kind for name, kind in named.items() if name is not None}
        elif one.evaluated.unsettled and not one.layout.fault and not one.missing:
            container.unsettled |= _rightly_digested(element, container)
    return signers


def _rightly_digested(signature: etree._Element, container: _Container) -> set[str]:
    """Return the files whose digests a signature gives rightly, though nobody could say whether it holds itself."""
    files = []
    for each in signature.iterfind(f"{{{DS}}}SignedInfo/{{{DS}}}Reference"):
        method, value = each.find(f"{{{DS}}}DigestMethod"), each.find(f"{{{DS}}}DigestValue")
        algorithm = method.get("Algorithm", "").rpartition("#")[2] if method is not None else ""
        files.append((each.get("URI", ""), algorithm, _base64(value)))
    return {name for uri, algorithm, digest in files if (name := _fits(container, uri, algorithm, digest)) is not None}


def _fits(container: _Container, uri: str, algorithm: str, digest: bytes) -> str | None:
    """Return the name of the file at an address where it has that digest, and the digest is known."""
    name = container.named(uri)
    if name is None or not algorithm:
        return None
    try:
        return name if digests_of(container.files[name])(algorithm.replace("-", "_")) == digest else None
    except ValueError:
        return None


def _tell_cades(telling: Telling, container: _Container, name: str, trust: Trust) -> list[Signer]:
    own, target = _target(container, name)
    if target is None:
        telling.contradicted("D3", "Nothing in the container says what it signs, or two manifests do.", subject=name)
        container.covered.append(set())
        return []
    found = _evaluated(container, name, target, telling=telling, trust=trust)
    signers = tell_all(telling, found, trust)
    holds = bool(found) and all(one.holds for one in found)
    covered = {target} if own is None else _by_manifest(telling, container, name, own)
    container.covered.append(covered if holds else set())
    if not holds and all(one.holds or (one.unsettled and one.digest) for one in found):
        container.unsettled |= covered
    return signers


def _evaluated(container: _Container, name: str, target: str, *, telling: Telling, trust: Trust) -> list[Evaluated]:
    raw = container.files[name]
    try:
        signed = load_signed_data(raw)
        if raw[end_of_value(raw) :].strip(b"\0"):
            container.loose.append(f"bytes after the end of {name}")
    except Exception as fault:
        return [Evaluated(name, library("pyhanko"), why=f"it cannot be read ({type(fault).__name__})")]
    inside = signed["encap_content_info"]["content"]
    attached = bytes(inside) if inside.native is not None else None
    if attached is not None and attached != container.files[target]:
        return [Evaluated(name, library("pyhanko"), why="it carries a content of its own")]
    digest = digests_of(container.files[target]) if attached is None else None
    found = evaluate_cms(name, signed, digest, trust=trust, at=telling.at)
    container.loose += [part for one in found for part in one.loose]
    return found


def _manifest(content: bytes) -> tuple[str, list[tuple[str, str, bytes]]]:
    """Return which signature a manifest belongs to, and the files it lists with algorithm and digest."""
    try:
        root = parse(content)
    except (ValueError, etree.XMLSyntaxError):
        return "", []
    signature, files = "", []
    for each in root.iterchildren(etree.Element):
        if local(each) == "SigReference":
            signature = each.get("URI", "")
        if local(each) == "DataObjectReference":
            inner = {local(part): part for part in each.iterchildren(etree.Element)}
            method, value = inner.get("DigestMethod"), inner.get("DigestValue")
            algorithm = method.get("Algorithm", "").rpartition("#")[2] if method is not None else ""
            files.append((each.get("URI", ""), algorithm, _base64(value)))
    return signature, files


def _base64(element: etree._Element | None) -> bytes:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True) if element is not None else b""
    except (binascii.Error, ValueError):
        return b""


def _by_manifest(telling: Telling, container: _Container, name: str, files: list[tuple[str, str, bytes]]) -> set[str]:
    """Return the files whose digests a manifest gives rightly; say which it does not."""
    right, wrong = set(), []
    for uri, algorithm, digest in files:
        found = container.named(uri)
        try:
            if found is not None and digests_of(container.files[found])(algorithm.replace("-", "_")) == digest:
                right.add(found)
            else:
                wrong.append(f"{uri} is {'missing' if found is None else 'another file than was signed'}")
        except ValueError:
            wrong.append(f"the digest of {uri} is of a kind not known here")
    if wrong or not files:
        telling.contradicted("D12", f"No: {listed(wrong) or 'its manifest lists no file'}.", subject=name)
    else:
        telling.confirmed("D12", f"Its manifest gives the digests of {listed(sorted(right))}.", subject=name)
    return right


def _tell_covered(telling: Telling, container: _Container, *, signed: bool) -> None:
    if not signed:
        return
    everywhere = set.intersection(*container.covered)
    somewhere = set.union(*container.covered)
    beyond = [name for name in container.data if name not in somewhere]
    partly = [name for name in container.data if name in somewhere and name not in everywhere]
    if not container.data:
        telling.contradicted("D11", "There is no file in the container but its signatures.")
    elif any(not name.startswith(_UNSIGNABLE) and name not in container.unsettled for name in beyond):
        telling.contradicted("D11", f"No signature that holds covers {listed(beyond)}.")
    elif container.unsettled & set(beyond):
        telling.not_checked("D11", f"What signs {listed(beyond)} could not be evaluated.")
    elif beyond:
        telling.not_checked("D11", f"By the rules of its kind these stay unsigned: {listed(beyond)}.")
    elif partly:
        telling.not_checked("D11", f"Only some of the signatures cover {listed(partly)}.")
    else:
        telling.confirmed("D11", f"Every signature covers {listed(container.data)}.")


def _tell_listing(telling: Telling, container: _Container) -> None:
    content = container.files.get(LISTING)
    kinds = listed_kinds(content) if content is not None else None
    if content is None or not any(container.covered):
        return
    if kinds is None:
        telling.not_checked("D12", "The container's list of files cannot be read.", subject=LISTING)
        return
    wrong = disagreements(kinds, container.data, container.kinds)
    if wrong:
        telling.contradicted(
            "D12", f"No, the container's list of files says otherwise: {listed(wrong)}.", subject=LISTING
        )
    else:
        telling.confirmed(
            "D12", "The container's list names its files, each as the kind that was signed.", subject=LISTING
        )


def _tell_loose(telling: Telling, archive: Archive, container: _Container) -> None:
    known = [name for name in archive.files if name.startswith("META-INF/")]
    signed = set().union(*container.covered)
    strange = [name for name in known if not _explained(name) and name not in signed]
    loose = [*strange, *container.loose]
    if archive.odd:
        telling.contradicted("D6", f"No: {listed(archive.odd)}.")
    elif archive.comment:
        words = f"A comment that nothing signs stands at its end: “{archive.comment}”."
        telling.not_checked("D6", f"{words}{f' Not explained: {listed(loose)}.' if loose else ''}")
    elif loose:
        telling.not_checked("D6", f"Not explained: {listed(loose)}.")
    else:
        telling.confirmed("D6", "Every entry is a signed file, a signature, or says how they belong together.")


def _explained(name: str) -> bool:
    ours = any(each.fullmatch(name) for each in (_XADES, _CADES, _MANIFEST))
    return (
        ours
        or name in ("META-INF/manifest.xml", "META-INF/container.xml")
        or name.endswith(".tst")
        or _EVIDENCE.fullmatch(name) is not None
    )
