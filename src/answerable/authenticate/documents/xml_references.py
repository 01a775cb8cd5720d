"""Where do the references of an XML signature lead, and is anything left that they do not cover?

A wrapping attack keeps the signed element and moves it where no reader looks. So a reference may lead to the root, to
a direct object of its own signature, to its own signed properties or key, or outside; to nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lxml import etree
from signxml.exceptions import SignXMLException

from answerable.authenticate.documents.xml_verifier import DS, resolve, signatures_in

_PARTS = (f"{{{DS}}}SignedInfo", f"{{{DS}}}SignatureValue", f"{{{DS}}}KeyInfo")
_OBJECT = f"{{{DS}}}Object"
_MANIFEST = f"{{{DS}}}Manifest"
_FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"


class Target(StrEnum):
    """Where a reference leads."""

    ROOT = "the root"
    OBJECT = "an object of this signature"
    PROPERTIES = "its signed properties"
    INSIDE = "what an object of this signature holds"
    KEY = "its key"
    VALUE = "the value of the signature it countersigns"
    MANIFEST = "a manifest"
    PART = "a part of the document"
    OUTSIDE = "something outside"
    ASTRAY = "somewhere it may not lead"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a signature's references lead; `fault` speaks against it, `doubt` is what could not be settled."""

    targets: tuple[Target, ...]
    fault: str = ""
    doubt: str = ""


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace; comments and the like have none."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def layout_of(root: etree._Element, signature: etree._Element) -> Layout:
    """Return where the references of `signature` lead, and what speaks against it."""
    targets, reached, fault = [], [], ""
    for reference in signature.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference"):
        uri = reference.get("URI")
        if uri is None or (uri and not uri.startswith("#")):
            targets.append(Target.OUTSIDE)
            continue
        try:
            element = _selected(root, reference, uri)
        except SignXMLException as wrong:
            targets.append(Target.ASTRAY)
            fault = str(wrong)
            continue
        reached.append(element)
        target = _target(root, signature, element)
        if target in (Target.ROOT, Target.PART) and _text_alone(reference):
            fault = "it signs the text of an element alone, and not what stands around it"
        targets.append(target)
    nested = any(each.tag == f"{{{DS}}}Signature" for each in signature.iterancestors())
    if nested and Target.VALUE not in targets:
        fault = fault or "it stands where countersignatures do, and countersigns nothing"
    unsigned = _unsigned_object(signature, reached)
    if Target.ROOT not in targets:
        fault = fault or unsigned
    fault = fault or _astray(targets) or _left_over(signature, reached)
    fault = fault or ("" if nested else _beside(root, signature, targets, reached))
    doubt = unsigned or _strange_properties(signature) or _doubt(targets)
    return Layout(tuple(targets), fault, "" if fault else doubt)


def _text_alone(reference: etree._Element) -> bool:
    return any(each.get("Algorithm") == f"{DS}base64" for each in reference.iter(f"{{{DS}}}Transform"))


def _selected(root: etree._Element, reference: etree._Element, uri: str) -> etree._Element:
    """Return the element a reference leads to, a filter that picks one element included."""
    element = resolve(root, uri)
    for xpath in reference.iter(f"{{{_FILTER2}}}XPath"):
        if xpath.get("Filter") == "intersect":
            found = element.xpath(
                "".join(xpath.itertext())[:300], namespaces={k: v for k, v in xpath.nsmap.items() if k}
            )
            if isinstance(found, list) and len(found) == 1 and isinstance(found[0], etree._Element):
                return found[0]
    return element


def _target(root: etree._Element, signature: etree._Element, element: etree._Element) -> Target:
    parent = element.getparent()
    if element is root:
        return Target.ROOT
    if parent is signature and element.tag == _OBJECT:
        return Target.OBJECT
    if parent is signature and local(element) == "KeyInfo":
        return Target.KEY
    if local(element) == "SignedProperties" and parent is not None and _is_own_qualifying(parent, signature):
        return Target.PROPERTIES
    if element.tag == _MANIFEST and parent is not None and parent.tag == _OBJECT and parent.getparent() is signature:
        return Target.MANIFEST
    if local(element) == "SignatureValue" and parent is not None and parent in signature.iterancestors():
        return Target.VALUE
    if parent is not None and parent.tag == _OBJECT and parent.getparent() is signature and element.tag != _OBJECT:
        return Target.INSIDE
    inside = any(each.tag == f"{{{DS}}}Signature" for each in element.iterancestors())
    return Target.PART if parent is root and not inside else Target.ASTRAY


def _is_own_qualifying(element: etree._Element, signature: etree._Element) -> bool:
    holder = element.getparent()
    return (
        local(element) == "QualifyingProperties"
        and holder is not None
        and holder.tag == _OBJECT
        and holder.getparent() is signature
    )


def _astray(targets: list[Target]) -> str:
    if not targets:
        return "the signature refers to nothing"
    if Target.ASTRAY in targets:
        return "a reference leads to an element in a place where no reader looks: what is signed is not what is shown"
    return ""


def _left_over(signature: etree._Element, reached: list[etree._Element]) -> str:
    """What lies inside the signature and is neither part of it nor, where it says something of it, signed."""
    qualifying = 0
    for child in signature.iterchildren(etree.Element):
        if child.tag not in (*_PARTS, _OBJECT):
            return "a foreign element stands inside the signature"
        if not _is_of_properties(child):
            continue
        qualifying += 1
        inner = list(child.iterchildren(etree.Element))
        signed = [each for each in inner[0].iterchildren(etree.Element) if local(each) == "SignedProperties"]
        if len(inner) != 1 or any(each not in reached for each in signed):
            return "properties of the signature are there that it does not sign"
    return "the signature carries two sets of properties" if qualifying > 1 else ""


def _unsigned_object(signature: etree._Element, reached: list[etree._Element]) -> str:
    for child in signature.iterfind(_OBJECT):
        inner = list(child.iterchildren(etree.Element))
        signed = child in reached or (len(inner) == 1 and inner[0] in reached)
        if not signed and not _is_of_properties(child):
            return "an object lies inside the signature that it does not sign"
    return ""


def _is_of_properties(child: etree._Element) -> bool:
    return any(local(each) == "QualifyingProperties" for each in child.iterchildren(etree.Element))


def _strange_properties(signature: etree._Element) -> str:
    own = f"#{signature.get('Id', '')}"
    for each in signature.iterfind(f"{{{DS}}}Object/*"):
        if local(each) == "QualifyingProperties" and each.get("Target", own) != own:
            return "its properties are said to be another signature's"
    return ""


def _doubt(targets: list[Target]) -> str:
    if Target.MANIFEST in targets:
        return "it signs a manifest, and the files the manifest lists are not looked at here"
    return "it signs a part of the document and not its root: read the working copy" if Target.PART in targets else ""


def _beside(
    root: etree._Element, signature: etree._Element, targets: list[Target], reached: list[etree._Element]
) -> str:
    """What stands in the document beside a signature that does not sign its root, and is not signed by it."""
    if Target.ROOT in targets or signature is root:
        return ""
    signatures = signatures_in(root)
    others = [each for each in root.iterchildren(etree.Element) if each not in reached and each not in signatures]
    text = (root.text or "").strip() or any((each.tail or "").strip() for each in root)
    return "parts of the document stand beside what it signs, unsigned" if others or text else ""
