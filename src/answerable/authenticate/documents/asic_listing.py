"""Does the list of files that a container brings agree with its files, and with what was signed of each?

Nothing signs that list (META-INF/manifest.xml, OpenDocument 1.2 part 3), and programmes go by it when they open a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from answerable.authenticate.documents.xml_references import local
from answerable.authenticate.documents.xml_verifier import DS
from answerable.authenticate.safe_xml import parse

LISTING = "META-INF/manifest.xml"
_OF_ANY_KIND = {"", "application/octet-stream", "application/binary"}
_OPENDOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"


def plain_address(uri: str) -> str:
    """Return an address with its percent signs resolved, as UTF-8."""
    octets = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), uri.encode("utf-8", "replace"))
    return octets.decode("utf-8", "replace")


def listed_kinds(content: bytes) -> dict[str, str] | None:
    """Return the kind of each file that a container's list names; None where it cannot be read as such a list."""
    try:
        root = parse(content)
    except (ValueError, etree.XMLSyntaxError):
        return None
    found = {}
    for each in root.iter(f"{{{_OPENDOCUMENT}}}file-entry"):
        name = each.get(f"{{{_OPENDOCUMENT}}}full-path", "")
        if name and not name.endswith("/"):
            found[name.removeprefix("/")] = each.get(f"{{{_OPENDOCUMENT}}}media-type", "").strip()
    return found if local(root) == "manifest" else None


def signed_kinds(signature: etree._Element, properties: etree._Element | None) -> dict[str, str]:
    """Return the kind that the signed `properties` of an XAdES signature say each file is of, by its address."""
    addresses = {
        f"#{each.get('Id')}": each.get("URI", "")
        for each in signature.iterfind(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")
        if each.get("Id")
    }
    found = {}
    for each in properties.iter(etree.Element) if properties is not None else ():
        if local(each) == "DataObjectFormat" and each.get("ObjectReference") in addresses:
            kind = next((inner.text or "" for inner in each.iter(etree.Element) if local(inner) == "MimeType"), "")
            found[addresses[each.get("ObjectReference")]] = kind.strip()
    return found


def disagreements(listed: Mapping[str, str], files: list[str], signed: Mapping[str, str]) -> list[str]:
    """Return, in words, where a list names other files than there are, or gives one another kind than was signed."""
    there = set(files)
    known = {name if name in there else plain_address(name): kind for name, kind in listed.items()}
    wrong = [f"it names {name}, which is not there" for name in known if name not in there]
    wrong += [f"it leaves out {name}" for name in files if name not in known]
    wrong += [
        f"it calls {name} {known[name]}, and {kind} was signed"
        for name, kind in signed.items()
        if name in known
        and not {kind.lower(), known[name].lower()} & _OF_ANY_KIND
        and known[name].lower() != kind.lower()
    ]
    return wrong
