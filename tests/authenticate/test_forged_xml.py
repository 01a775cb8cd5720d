"""Is a signed XML file that was wrapped, changed or added to ever taken for what was signed?"""

import pytest
from lxml import etree
from tests.authenticate.conftest import ORDER, contradicted, results, xades_of

from answerable.authenticate.documents.xml_verifier import DS
from answerable.casefile.evidence import Result

EVIL = b"<order><to>Harbour Forum</to><account>everybody</account></order>"
SIGNATURE = f"{{{DS}}}Signature"


def tree(content):
    return etree.fromstring(content)


def written(root):
    return etree.tostring(root)


def signature_of(root):
    return root if root.tag == SIGNATURE else root.find(f".//{SIGNATURE}")


def wrap_root(content):
    """The signed document moves into an object of its own signature, another takes its place."""
    root = tree(content)
    signature = signature_of(root)
    root.remove(signature)
    evil = tree(EVIL)
    evil.append(signature)
    holder = etree.SubElement(signature, f"{{{DS}}}Object")
    holder.append(root)
    return written(evil)


def with_object(content):
    root = tree(content)
    etree.SubElement(signature_of(root), f"{{{DS}}}Object").append(tree(EVIL))
    return written(root)


def with_foreign_element(content):
    root = tree(content)
    signature_of(root).append(tree(EVIL))
    return written(root)


def with_twin_properties(content):
    root = tree(content)
    holder = next(each for each in root.iter() if etree.QName(each).localname == "QualifyingProperties").getparent()
    holder.addnext(tree(written(holder)))
    return written(root)


def with_content_changed(content):
    return content.replace(b"mara.lind", b"everybody")


def with_a_second_root_identifier(content):
    root = tree(content)
    properties = next(each for each in root.iter() if etree.QName(each).localname == "SignedProperties")
    root.set("Id", properties.get("Id"))
    return written(root)


def with_value_changed(content):
    root = tree(content)
    value = next(each for each in root.iter(f"{{{DS}}}SignatureValue"))
    value.text = ("B" if value.text[0] == "A" else "A") + value.text[1:]
    return written(root)


def with_references_gone(content):
    root = tree(content)
    info = next(root.iter(f"{{{DS}}}SignedInfo"))
    for each in info.findall(f"{{{DS}}}Reference"):
        info.remove(each)
    return written(root)


def with_stylesheet(content):
    return b'<?xml-stylesheet type="text/xsl" href="evil.xsl"?>' + content


ENVELOPED = {
    "the root is wrapped": (wrap_root, {"D3", "D12"}),
    "a foreign element is added": (with_foreign_element, {"D12"}),
    "the signed properties are doubled": (with_twin_properties, {"D12"}),
    "a word is changed": (with_content_changed, {"D3"}),
    "an identifier is doubled": (with_a_second_root_identifier, {"D3", "D12"}),
    "the value is changed": (with_value_changed, {"D3"}),
    "the references are taken out": (with_references_gone, {"D3", "D12"}),
    "a stylesheet is put before it": (with_stylesheet, {"D3"}),
}


@pytest.mark.parametrize(("forge", "codes"), ENVELOPED.values(), ids=ENVELOPED.keys())
def test_a_forged_enveloped_signature_is_contradicted(forge, codes, signed, look):
    found = look(forge(signed.enveloped))
    assert codes & contradicted(found)
    assert not found.whole
    assert found.working_copy is None


def test_an_unsigned_object_in_an_enveloped_signature_is_not_clean_and_not_shown(signed, look):
    found = look(with_object(signed.enveloped))
    assert results(found, "D12") == [Result.NOT_CHECKED]
    assert not found.whole
    assert found.working_copy == ORDER


ENVELOPING = {
    "an object is added": (with_object, {"D12"}),
    "a foreign element is added": (with_foreign_element, {"D12"}),
    "a word is changed": (with_content_changed, {"D3"}),
    "a stylesheet is put before it": (with_stylesheet, {"D6"}),
}


@pytest.mark.parametrize(("forge", "codes"), ENVELOPING.values(), ids=ENVELOPING.keys())
def test_a_forged_enveloping_signature_is_contradicted(forge, codes, signed, look):
    found = look(forge(signed.enveloping))
    assert codes & contradicted(found)
    assert not found.whole


def test_what_was_signed_is_the_working_copy(signed, look):
    assert look(signed.enveloped).working_copy == ORDER
    (part,) = look(signed.enveloping).contained
    assert ORDER[len(b"<order>") :] in part.content


def test_a_signature_in_a_fake_one_is_judged_by_itself(signed, forger, look):
    """Two signatures, one of somebody else over another content: neither hides the other."""
    root = tree(signed.enveloped)
    root.append(signature_of(tree(xades_of(EVIL, forger))))
    found = look(written(root))
    assert Result.CONTRADICTED in results(found, "D3")
    assert not found.whole


def test_a_detached_signature_needs_its_content(court, look):
    found = look(written(tree(xades_of(ORDER, court))).replace(b'URI=""', b'URI="order.xml"'))
    assert Result.NOT_CHECKED in results(found, "D3") or "D3" in contradicted(found)
    assert not found.whole


def test_an_unknown_transform_is_not_called_clean(signed, look):
    changed = signed.enveloped.replace(b"xmldsig#enveloped-signature", b"xmldsig#enveloped-something")
    found = look(changed)
    assert results(found, "D3") != [Result.CONFIRMED]
    assert not found.whole


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>',
    ],
)
def test_a_document_type_definition_is_not_read(content, look):
    found = look(content)
    assert results(found, "D1") == [Result.CONTRADICTED]
    assert not any("root:" in fact.found for fact in found.facts)


def test_a_broken_file_with_a_signature_is_damaged_and_not_unsigned(signed, look):
    assert results(look(signed.enveloped[:-20]), "D2") == [Result.CONTRADICTED]
    assert results(look(ORDER), "D2") == [Result.ABSENT]
    assert results(look(ORDER.replace(b"<to>", b"<SignatureValue>").replace(b"</to>", b"</SignatureValue>")), "D2") == [
        Result.CONTRADICTED
    ]


def test_very_many_signatures_are_not_all_looked_at(look):
    many = b"<a>" + b'<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"/>' * 30 + b"</a>"
    found = look(many)
    assert results(found, "D2") == [Result.NOT_CHECKED]
    assert len(results(found, "D3")) == 20


def test_a_deep_tree_ends_in_a_fact(look):
    assert results(look(b"<a>" * 5000 + b"</a>" * 5000), "D1") == [Result.CONTRADICTED]
