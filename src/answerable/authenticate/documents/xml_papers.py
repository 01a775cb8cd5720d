"""What does a signed XML file say of where it comes from? Every signature in it, and what each of them covers."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from answerable.authenticate.documents.evaluated import MOST_SIGNATURES
from answerable.authenticate.documents.records import Contained, Examined, Kind, Signer, Trust
from answerable.authenticate.documents.signers import tell_integrity, tell_signer
from answerable.authenticate.documents.telling import Telling, library, listed
from answerable.authenticate.documents.xades import XmlSignature, evaluate_xml, signed_targets
from answerable.authenticate.documents.xml_references import Target
from answerable.authenticate.documents.xml_verifier import signatures_in
from answerable.authenticate.safe_xml import parse

_CONTENT = (Target.ROOT, Target.OBJECT, Target.INSIDE, Target.PART, Target.OUTSIDE)


def examine_xml(content: bytes, telling: Telling, trust: Trust, signed_content: bytes | None) -> Examined:
    """Add the facts of an XML file to `telling`; `signed_content` is what lies outside it."""
    try:
        root = parse(content)
    except (ValueError, etree.XMLSyntaxError) as fault:
        _tell_unreadable(content, telling, fault)
        return Examined(Kind.XML, tuple(telling.facts))
    telling.confirmed(
        "D1", "An XML file, read without entities and without anything from outside.", method=library("lxml")
    )
    found = evaluate_all(content, root, telling, trust, outside=lambda _: signed_content)
    _tell_signed(content, root, telling, found)
    signers = [signer for one in found for signer in tell_xml_signature(telling, one, trust, alone=True)]
    if found:
        _tell_outside(telling, root, found)
    working, contained = _signed_parts(found)
    return Examined(Kind.XML, tuple(telling.facts), tuple(signers), working, contained)


def _tell_outside(telling: Telling, root: etree._Element, found: list[XmlSignature]) -> None:
    """Instructions beside the root are signed with the document (an empty address), and not with its root alone."""
    beside = [*root.itersiblings(etree.PI, preceding=True), *root.itersiblings(etree.PI)]
    whole = any(one.holds and any(each.uri == "" for each in one.references) for one in found)
    if beside and not whole:
        telling.contradicted("D6", "Instructions to the programme that shows it stand beside what was signed.")
    else:
        telling.confirmed("D6", "An XML file is one tree, and no instruction stands beside what was signed.")


def evaluate_all(
    content: bytes, root: etree._Element, telling: Telling, trust: Trust,
    *, outside: Callable[[str], bytes | None], within: str = "",
) -> list[XmlSignature]:  # fmt: skip
    """Return every signature of an XML file, evaluated one by one, the first twenty; `within` names a container's file."""
    elements = signatures_in(root)[:MOST_SIGNATURES]
    return [
        evaluate_xml(
            content, root, element, number,
            name=f"{within}signature {number + 1}", outside=outside, trust=trust, at=telling.at,
        )
        for number, element in enumerate(elements)
    ]  # fmt: skip


def _tell_unreadable(content: bytes, telling: Telling, fault: Exception) -> None:
    definition = isinstance(fault, ValueError) and "document type" in str(fault)
    if definition:
        telling.contradicted(
            "D1", "It brings a document type definition of its own, which can change what is read: not read."
        )
    else:
        telling.contradicted("D1", f"It begins like XML and cannot be read as such: damaged ({type(fault).__name__}).")
    if b"SignatureValue" in content:
        telling.contradicted("D2", "Traces of a signature are there, and none can be read: damaged, not unsigned.")
    else:
        telling.not_checked("D2", "The file cannot be read, so whether it is signed cannot be seen.")


def _tell_signed(content: bytes, root: etree._Element, telling: Telling, found: list[XmlSignature]) -> None:
    number = len(signatures_in(root))
    if number > MOST_SIGNATURES:
        telling.not_checked("D2", f"More than {MOST_SIGNATURES} signatures: the others are not looked at.")
    elif found:
        telling.confirmed("D2", f"{number} signature(s).")
    elif b"SignatureValue" in content:
        telling.contradicted("D2", "Traces of a signature are there, and none can be read: damaged, not unsigned.")
    else:
        telling.absent("D2", "The file carries no signature.")


def tell_xml_signature(telling: Telling, one: XmlSignature, trust: Trust, *, alone: bool) -> list[Signer]:
    """Add the facts of one XML signature; `alone` says that no container tells what lies outside it."""
    say = {"subject": one.evaluated.name, "method": one.evaluated.method}
    if one.missing and not alone:
        telling.contradicted("D3", f"What was signed is not in the container: {one.missing}.", **say)
    else:
        tell_integrity(telling, one.evaluated)
    if one.layout.fault:
        telling.contradicted("D12", f"No: {one.layout.fault}.", **say)
    elif one.layout.doubt:
        telling.not_checked("D12", f"Not settled: {one.layout.doubt}.", **say)
    else:
        leads = sorted({target.value for target in one.layout.targets})
        telling.confirmed("D12", f"Its references lead to {listed(leads)}.", **say)
    signer = tell_signer(telling, one.evaluated, trust=trust, covers=not one.layout.fault)
    return [signer] if signer is not None else []


def _signed_parts(found: list[XmlSignature]) -> tuple[bytes | None, tuple[Contained, ...]]:
    """Return what the last holding signature covers: one part as the working copy, several as contained documents."""
    holding = [one for one in found if one.holds and Target.VALUE not in one.layout.targets]
    if not holding:
        return None, ()
    chosen = [one for one in holding if one.evaluated.chain and one.evaluated.chain.found] or holding
    parts = [
        (reference.uri or "", reference.data) for target, reference in signed_targets(chosen[-1]) if target in _CONTENT
    ]
    contained = tuple(Contained(uri, data, signed=True) for uri, data in parts)
    return (parts[0][1] if len(parts) == 1 else None), contained
