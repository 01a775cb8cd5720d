"""Does one XML signature hold, over exactly which nodes? The library's cryptography, our own reading of references.

    1  parsed without entities, document types, network or huge trees
    2  the one signature asked for, not the first one found
    3  an identifier names exactly one element, whatever its attribute is called
    4  transforms in the order given; one that is not known here is refused, never skipped

XML Signature Syntax and Processing 1.1; XML-Signature XPath Filter 2.0.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography import x509 as pyca
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidInput, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from answerable.authenticate.safe_xml import parse, parser

DS = "http://www.w3.org/2000/09/xmldsig#"
ID_ATTRIBUTES = ("Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id")
_C14N = ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11")
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_ENVELOPED = f"{DS}enveloped-signature"
_BASE64 = f"{DS}base64"
_XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
_FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"
_NOT_IN_A_SIGNATURE = ("not(ancestor-or-self::", ":Signature)")
_LONGEST_XPATH = 300


class NotKnown(SignXMLException):
    """The signature uses something that is not done here; whether it holds is not known."""


class NotThere(SignXMLException):
    """A reference leads to nothing, or to more than one thing."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What one reference covers: its address (None: none given), the bytes that were digested, its type."""

    uri: str | None
    kind: str
    data: bytes


def signatures_in(root: etree._Element) -> list[etree._Element]:
    """Return every signature element of a document, in the order in which they stand."""
    return list(root.iter(f"{{{DS}}}Signature"))


def verify_one(
    content: bytes, number: int, certificate: pyca.Certificate, outside: Callable[[str], bytes | None]
) -> tuple[Reference, ...]:
    """Return what the signature `number` of `content` covers, if it holds with the key of `certificate`.

    `outside` gives the bytes of what lies outside the document, by its address. Raises signxml's errors where it does
    not hold, NotKnown and NotThere among them. The validity of the certificate is not asked here.
    """
    configuration = SignatureConfiguration(
        require_x509=True,
        location=".//",
        expect_references=True,
        signature_methods=frozenset(each for each in SignatureMethod if not each.name.startswith("HMAC")),
        digest_algorithms=frozenset(DigestAlgorithm),
        ignore_ambiguous_key_info=False,
        verification_time=certificate.not_valid_before_utc,
    )
    verifier = _OneSignature(number, outside)
    verifier.verify(content, x509_cert=certificate, expect_config=configuration, validate_schema=False, parser=parser())
    return tuple(verifier.references)


class _OneSignature(XMLVerifier):
    def __init__(self, number: int, outside: Callable[[str], bytes | None]) -> None:
        self._number, self._outside = number, outside
        self.references: list[Reference] = []

    def _get_signature(self, root: etree._Element) -> etree._Element:
        return signatures_in(root)[self._number]

    def _tostring(self, xml_node: etree._Element, **kwargs: Any) -> bytes:
        whole = xml_node.getparent() is None
        node = xml_node.getroottree() if whole else xml_node
        return bytes(etree.tostring(node, with_tail=False, **kwargs))

    def _verify_reference(self, reference: etree._Element, *arguments: Any, **more: Any) -> Any:
        result = super()._verify_reference(reference, *arguments, **more)  # type: ignore[no-untyped-call]
        self.references.append(Reference(reference.get("URI"), reference.get("Type", ""), result.signed_data))
        return result

    def _resolve_reference(self, doc_root: etree._Element, reference: etree._Element, uri_resolver: Any = None) -> Any:  # noqa: ARG002 - the library's own signature
        uri = reference.get("URI")
        if uri == "":
            return doc_root
        if uri is not None and uri.startswith("#"):
            return resolve(doc_root, uri)
        found = self._outside(uri or "")
        if found is None:
            raise NotThere(f"what is signed is not here: {uri or 'no address'}")
        return found

    def _apply_transforms(
        self, payload: Any, *, transforms_node: etree._Element | None, signature: etree._Element
    ) -> bytes:
        transforms = [] if transforms_node is None else transforms_node.findall(f"{{{DS}}}Transform")
        for transform in transforms:
            payload = _transformed(payload, transform, signature)
        if not isinstance(payload, bytes):
            payload = _canonical(payload, _C14N[0], None)
        return bytes(payload)


def resolve(root: etree._Element, uri: str) -> etree._Element:
    """Return the one element that a same-document address names. Raises NotThere for none, or several."""
    if uri in ("", "#xpointer(/)"):
        return root
    named = uri[1:]
    if named.startswith("xpointer(id('") and named.endswith("'))"):
        named = named[len("xpointer(id('") : -3]
    found = [each for each in root.iter(etree.Element) if any(each.get(name) == named for name in ID_ATTRIBUTES)]
    if len(found) != 1:
        raise NotThere(f"{len(found)} elements bear the identifier that is signed")
    return found[0]


def _transformed(payload: Any, transform: etree._Element, signature: etree._Element) -> Any:
    algorithm = transform.get("Algorithm", "")
    if algorithm.removesuffix("#WithComments").rstrip("#") in (*_C14N, _EXCLUSIVE.rstrip("#")):
        element = parse(payload) if isinstance(payload, bytes) else payload
        return _canonical(element, algorithm, transform)
    if isinstance(payload, bytes):
        if algorithm == _BASE64:
            return base64.b64decode(payload)
        raise NotKnown(f"the transform {algorithm[:100]} after another that gives bytes")
    if algorithm == _ENVELOPED:
        return _without(payload, [signature])
    if algorithm == _BASE64:
        return base64.b64decode("".join(payload.itertext()))
    if algorithm == _XPATH:
        return _by_xpath(payload, transform)
    if algorithm == _FILTER2:
        return _by_filter(payload, transform)
    raise NotKnown(f"the transform {algorithm[:100]}")


def _by_xpath(payload: etree._Element, transform: etree._Element) -> etree._Element:
    """The one expression in common use: everything that is not inside a signature."""
    xpath = transform.find(f"{{{DS}}}XPath")
    expression = "" if xpath is None else "".join("".join(xpath.itertext()).split())
    prefix = expression.removeprefix(_NOT_IN_A_SIGNATURE[0]).removesuffix(_NOT_IN_A_SIGNATURE[1])
    if xpath is None or expression != prefix.join(_NOT_IN_A_SIGNATURE) or xpath.nsmap.get(prefix) != DS:
        raise NotKnown("an XPath transform")
    return _without(payload, signatures_in(payload))


def _by_filter(payload: etree._Element, transform: etree._Element) -> etree._Element:
    """One filter that cuts a document down to one element, or takes signatures out of it."""
    filters = transform.findall(f"{{{_FILTER2}}}XPath")
    expression = "".join(filters[0].itertext()).strip() if len(filters) == 1 else ""
    if not expression or len(expression) > _LONGEST_XPATH or "here()" in expression:
        raise NotKnown("an XPath filter")
    names = {prefix: uri for prefix, uri in filters[0].nsmap.items() if prefix}
    try:
        found = payload.xpath(expression, namespaces=names)
    except etree.XPathError as fault:
        raise NotKnown("an XPath filter") from fault
    elements = [each for each in found if isinstance(each, etree._Element)] if isinstance(found, list) else []
    kind = filters[0].get("Filter")
    if kind == "intersect" and len(elements) == 1 == len(found):
        return elements[0]
    if kind == "subtract" and elements and all(each.tag == f"{{{DS}}}Signature" for each in elements):
        return _without(payload, elements)
    raise NotKnown("an XPath filter")


def _without(payload: etree._Element, unwanted: list[etree._Element]) -> etree._Element:
    """Return `payload` with elements taken out; the text behind each stays where it is."""
    for each in unwanted:
        parent = each.getparent()
        if parent is None or each is payload:
            raise NotKnown("a transform that takes out what is signed itself")
        before = each.getprevious()
        if each.tail and before is not None:
            before.tail = (before.tail or "") + each.tail
        elif each.tail:
            parent.text = (parent.text or "") + each.tail
        each.tail = None
        parent.remove(each)
    return payload


def _canonical(element: etree._Element, algorithm: str, transform: etree._Element | None) -> bytes:
    exclusive = algorithm.startswith(_EXCLUSIVE)
    inclusive = None
    if exclusive and transform is not None:
        named = transform.find(f"{{{_EXCLUSIVE}}}InclusiveNamespaces")
        inclusive = (named.get("PrefixList") or "").split() if named is not None else None
    node = element.getroottree() if element.getparent() is None else element
    try:
        return bytes(
            etree.tostring(
                node, method="c14n", exclusive=exclusive, with_comments=False, inclusive_ns_prefixes=inclusive,
                with_tail=False,
            )
        )  # fmt: skip
    except (ValueError, etree.LxmlError) as fault:
        raise InvalidInput(f"it cannot be brought into canonical form ({type(fault).__name__})") from fault


def canonical_form(element: etree._Element, algorithm: str) -> bytes:
    """Return the canonical form of an element, comments left out."""
    return _canonical(element, algorithm, None)
