"""What happens at the edges: rare transforms, objects that cannot be read, limits?"""

import io

import pikepdf
import pytest
from asn1crypto import cms, core, x509
from lxml import etree
from signxml.exceptions import SignXMLException
from tests.authenticate.conftest import ORDER, archive_of, asic_parts, cms_of, contradicted, results, xades_of

from answerable.authenticate.documents import (
    Trust,
    asic_listing,
    changes,
    document_facts,
    examining,
    hidden,
    pdf_signatures,
    qualified,
    running,
    signers,
)
from answerable.authenticate.documents.byte_ranges import coverage, junk, start_of_last_table
from answerable.authenticate.documents.changes import compare_revisions
from answerable.authenticate.documents.cms import check_stamp, digests_of, evaluate_cms, load_signed_data
from answerable.authenticate.documents.hidden import look_inside
from answerable.authenticate.documents.kinds import also, kind_of
from answerable.authenticate.documents.loose import loose_parts
from answerable.authenticate.documents.records import Kind
from answerable.authenticate.documents.telling import listed, printable
from answerable.authenticate.documents.xml_references import Target, layout_of
from answerable.authenticate.documents.xml_verifier import DS, NotKnown, _transformed, canonical_form
from answerable.authenticate.safe_xml import parse
from answerable.casefile.evidence import Result

ASIC_TYPE = ("mimetype", b"application/vnd.etsi.asic-e+zip")


@pytest.mark.parametrize(
    ("entries", "code", "result"),
    [
        ([ASIC_TYPE, ("a", b"a"), ("META-INF/signatures.xml", b"<broken")], "D3", Result.CONTRADICTED),
        ([ASIC_TYPE, ("a", b"a"), ("META-INF/signatures.xml", b"<empty/>")], "D3", Result.CONTRADICTED),
        ([ASIC_TYPE, ("a", b"a"), ("META-INF/signature.p7s", b"broken")], "D3", Result.NOT_CHECKED),
        ([ASIC_TYPE, ("a", b"a"), ("META-INF/documentsignatures.xml", b"<a/>")], "D2", Result.NOT_CHECKED),
        (
            [ASIC_TYPE, ("a", b"a"), ("META-INF/signature.p7s", b""), ("META-INF/ASiCManifest.xml", b"<b")],
            "D3",
            Result.CONTRADICTED,
        ),
        ([("mimetype", b"text/plain"), ("META-INF/strange.bin", b"")], "D1", Result.NOT_CHECKED),
        ([ASIC_TYPE, ("a", b"a"), *((f"META-INF/signature{n}.p7s", b"") for n in range(25))], "D2", Result.NOT_CHECKED),
    ],
)
def test_a_container_with_odd_parts_ends_in_facts(entries, code, result, look):
    found = look(archive_of(entries))
    assert result in results(found, code)
    assert not found.whole


def test_a_manifest_may_be_signed_with_its_bytes_inside(court, look):
    parts = asic_parts(court, [("order.xml", ORDER)])
    manifest = parts[2][1]
    inside = [*parts[:3], ("META-INF/signature001.p7s", cms_of(manifest, court))]
    assert look(archive_of(inside)).whole
    other = [*parts[:3], ("META-INF/signature001.p7s", cms_of(b"another", court))]
    assert not look(archive_of(other)).whole
    padded = [*parts[:3], ("META-INF/signature001.p7s", parts[3][1] + b"more")]
    assert results(look(archive_of(padded)), "D6") == [Result.NOT_CHECKED]


def test_a_manifest_with_digests_that_cannot_be_checked_is_contradicted(court, look):
    parts = asic_parts(court, [("order.xml", ORDER)])
    for before, after in (
        (b"#sha256", b"#sha999"),
        (b'URI="order.xml"', b'URI="other.xml"'),
        (b"DigestValue>", b"DigestValux>"),
    ):
        manifest = parts[2][1].replace(before, after)
        signed = ("META-INF/signature001.p7s", cms_of(manifest, court, detached=True))
        assert "D12" in contradicted(look(archive_of([*parts[:2], (parts[2][0], manifest), signed])))


def test_names_in_a_container_are_found_with_percent_signs_too():
    assert asic_listing.plain_address("a%20b.txt") == "a b.txt"
    assert asic_listing.plain_address("a%C3%A9%zz") == "aé%zz"


def test_an_office_description_that_stays_unsigned_is_said(court, look):
    parts = asic_parts(court, [("order.xml", ORDER)])
    found = look(archive_of([*parts, ("metadata/unsignableMetadata0.xml", b"<a/>")]))
    assert results(found, "D11") == [Result.NOT_CHECKED]


def transform(algorithm, inner=""):
    return etree.fromstring(f'<d:Transform xmlns:d="{DS}" Algorithm="{algorithm}">{inner}</d:Transform>')


XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"


def filtered(kind, expression):
    return f'<f:XPath xmlns:f="{FILTER2}" Filter="{kind}">{expression}</f:XPath>'


@pytest.mark.parametrize(
    ("algorithm", "inner"),
    [
        ("urn:unknown", ""),
        (XPATH, "<d:XPath>//a</d:XPath>"),
        (XPATH, ""),
        (XPATH, "<d:XPath>not(ancestor-or-self::e:Signature)</d:XPath>"),
        (FILTER2, ""),
        (FILTER2, filtered("union", "//a")),
        (FILTER2, filtered("intersect", "//nothing")),
        (FILTER2, filtered("intersect", "count(//a)")),
        (FILTER2, filtered("intersect", "//[")),
        (FILTER2, filtered("intersect", "here()")),
        (FILTER2, filtered("subtract", "//a")),
        (FILTER2, filtered("intersect", "//a" * 200)),
    ],
)
def test_a_transform_that_is_not_known_is_refused_and_not_skipped(algorithm, inner):
    payload = etree.fromstring("<r><a/><b/></r>")
    with pytest.raises(NotKnown):
        _transformed(payload, transform(algorithm, inner), etree.fromstring(f'<d:Signature xmlns:d="{DS}"/>'))


def test_known_transforms_do_what_they_say():
    document = etree.fromstring(f'<r>x<d:Signature xmlns:d="{DS}"/>y<a>z</a><d:Signature xmlns:d="{DS}"/>w</r>')
    signature = document[0]
    subtract = transform(FILTER2, filtered("subtract", "//*[local-name() = 'Signature']"))
    assert canonical_form(_transformed(document, subtract, signature), "") == b"<r>xy<a>z</a>w</r>"
    picked = _transformed(document, transform(FILTER2, filtered("intersect", "//a")), signature)
    assert picked.tag == "a"
    assert _transformed(etree.fromstring("<a>YWJj</a>"), transform(f"{DS}base64"), signature) == b"abc"
    assert _transformed(b"YWJj", transform(f"{DS}base64"), signature) == b"abc"
    exclusive = transform(
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        '<e:InclusiveNamespaces xmlns:e="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="q"/>',
    )
    assert b"urn:q" in _transformed(b'<a xmlns:q="urn:q"/>', exclusive, signature)
    with pytest.raises(NotKnown):
        _transformed(b"<a/>", transform(f"{DS}enveloped-signature"), signature)
    with pytest.raises(NotKnown):
        _transformed(document, transform(f"{DS}enveloped-signature"), document)


def test_what_cannot_be_made_canonical_is_an_error_of_the_library():
    with pytest.raises(SignXMLException):
        canonical_form(etree.fromstring('<a xmlns:b="relative"/>'), "")


LAYOUTS = [
    ("#xpointer(id('a'))", '<r><s:Signature>{}</s:Signature><a Id="a"/></r>', Target.PART, "read the working copy"),
    ("#a", '<r><s:Signature>{}</s:Signature><a Id="a"/><b/></r>', Target.PART, "beside"),
    ("#a", '<r>text<s:Signature>{}</s:Signature><a Id="a"/></r>', Target.PART, "beside"),
    ("#a", '<r><s:Signature>{}<s:Object><s:Manifest Id="a"/></s:Object></s:Signature></r>', Target.MANIFEST, "manifest"),
    ("#a", '<r><s:Signature>{}<s:Object><c Id="a"/></s:Object></s:Signature></r>', Target.INSIDE, ""),
    ("#a", '<r><s:Signature>{}<s:Object><s:Object Id="a"/></s:Object></s:Signature></r>', Target.ASTRAY, "no reader looks"),
    ("#a", '<r><s:Signature>{}<s:KeyInfo Id="a"/></s:Signature></r>', Target.KEY, ""),
    ("#a", "<r><s:Signature>{}</s:Signature></r>", Target.ASTRAY, "0 elements"),
    ("#a", '<r><x Id="a"/><y ID="a"/><s:Signature>{}</s:Signature></r>', Target.ASTRAY, "2 elements"),
    ("", "<r><s:Signature>{}<s:Object/><s:Object/></s:Signature></r>", Target.ROOT, "an object lies inside"),
    ("file", "<r><s:Signature>{}</s:Signature></r>", Target.OUTSIDE, ""),
]  # fmt: skip


@pytest.mark.parametrize(("uri", "document", "target", "word"), LAYOUTS)
def test_where_a_reference_leads_decides(uri, document, target, word):
    info = f'<s:SignedInfo><s:Reference URI="{uri}"/></s:SignedInfo>'
    root = parse(document.format(info).replace("<r>", f'<r xmlns:s="{DS}">').encode())
    layout = layout_of(root, root.find(f".//{{{DS}}}Signature"))
    assert layout.targets == (target,)
    assert word in layout.fault + layout.doubt


def test_a_signature_without_references_refers_to_nothing():
    root = parse(f'<s:Signature xmlns:s="{DS}"><s:SignedInfo/></s:Signature>'.encode())
    assert "refers to nothing" in layout_of(root, root).fault


def test_a_signature_without_a_certificate_or_with_a_broken_one_is_not_evaluated(court, look):
    signed = xades_of(ORDER, court)
    root = etree.fromstring(signed)
    for each in root.iter(f"{{{DS}}}X509Certificate"):
        each.text = "AAAA"
    assert results(look(etree.tostring(root)), "D3") == [Result.NOT_CHECKED]
    for each in list(root.iter(f"{{{DS}}}X509Data")):
        each.getparent().remove(each)
    assert results(look(etree.tostring(root)), "E1") == [Result.NOT_CHECKED]


def test_a_signature_of_an_unknown_method_is_not_evaluated(court, look):
    found = look(xades_of(ORDER, court).replace(b"ecdsa-sha256", b"ecdsa-sha999"))
    assert results(found, "D3") == [Result.NOT_CHECKED]


@pytest.mark.parametrize(
    ("numbers", "fault"),
    [
        ((0, 1), "two stretches"),
        ((1, 1, 5, 5), "first byte"),
        ((0, 5, 3, 5), "overlaps"),
        ((0, 5, 8, 0), "empty"),
        ((0, 5, 9, 3), "left out"),
    ],
)
def test_a_byte_range_is_measured(numbers, fault):
    assert fault in coverage(b"/Contents<00>abc", numbers, b"").fault


def test_what_follows_the_last_mark_is_named():
    assert junk(b"nothing", 0) == "the file has no end mark"
    assert junk(b"startxref\n5\n%%EOF\n", 0) == ""
    assert start_of_last_table(b"startxref\n5\n%%EOF\n") == 5
    assert start_of_last_table(b"startxref\n5\n%%EOF\nmore") == -1


def written(change):
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def nested(pdf):
    inner = pikepdf.Array([1])
    for _ in range(100):
        inner = pikepdf.Array([inner])
    pdf.Root.Deep = inner


def test_very_deep_or_very_many_objects_are_not_compared(monkeypatch):
    plain = written(lambda _: None)
    with pytest.raises((ValueError, RecursionError)):
        compare_revisions(plain, written(nested))
    monkeypatch.setattr(changes, "_MOST_OBJECTS", 3)
    changes._take_apart.cache_clear()
    with pytest.raises(ValueError, match="too many"):
        compare_revisions(plain, plain)


def fields(pdf):
    text = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Tx, T="Name", V="old", Kids=[]))
    empty = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="Sign", AP=pikepdf.Dictionary()))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[text, empty, 5], NeedAppearances=True)


def other_fields(pdf):
    fields(pdf)
    pdf.Root.AcroForm.Fields[0].V = "new"
    pdf.Root.AcroForm.Fields[1].AP = pikepdf.Dictionary(N=1)


def removed_field(pdf):
    fields(pdf)
    del pdf.Root.AcroForm.Fields[1]


def test_fields_are_compared_by_name():
    changes._take_apart.cache_clear()
    found = compare_revisions(written(fields), written(other_fields))
    assert found.content == ("field Name changed", "signature field Sign changed")
    assert not found.form_filling
    assert "signature field Sign removed" in compare_revisions(written(fields), written(removed_field)).content
    assert compare_revisions(written(fields), written(fields)).content == ()


def bomb(pdf):
    pdf.Root.Extra = pdf.make_indirect(pikepdf.Stream(pdf, b"BT 0 Tr " + b"0" * 9_000_000))


def odd_objects(pdf):
    packed = pikepdf.Stream(pdf, b"abc")
    packed.Filter = pikepdf.Name.LZWDecode
    spec = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F="x.bin", EF=pikepdf.Dictionary(F=pdf.make_indirect(packed)))
    plain = pikepdf.Dictionary(F="y.txt", EF=pikepdf.Dictionary(F=pdf.make_stream(b"text")))
    strange = pikepdf.Dictionary(F="z.txt", EF=pikepdf.Dictionary(F=5))
    twice = pikepdf.Dictionary(F="y.txt", EF=pikepdf.Dictionary(F=pdf.make_stream(b"#!/bin/sh")))
    pdf.Root.Files = pikepdf.Array([pdf.make_indirect(each) for each in (spec, plain, strange, twice)])
    pdf.Root.Media = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.RichMedia)])


def test_what_lies_inside_is_found_within_limits(monkeypatch):
    found = look_inside(written(odd_objects))
    assert found.unseen == {"an attachment that cannot be unpacked"}
    assert sorted(found.attachments.values()) == [b"#!/bin/sh", b"text"]
    assert any("programme" in each for each in found.acts)
    assert "rich media" in found.acts
    assert look_inside(written(bomb)).acts == set()
    monkeypatch.setattr(hidden, "_MOST_OBJECTS", 1)
    assert any("objects" in each for each in look_inside(written(odd_objects)).unseen)
    monkeypatch.setattr(hidden, "_MOST_OBJECTS", 1000)
    monkeypatch.setattr(hidden, "_MOST_UNPACKED", 10)
    assert any("too large" in each for each in look_inside(written(bomb)).unseen)


def test_a_cms_that_holds_no_signer_or_no_signed_data_is_said(court, now):
    empty = cms.SignedData(
        {"version": "v1", "digest_algorithms": [], "encap_content_info": {"content_type": "data"}, "signer_infos": []}
    )
    (one,) = evaluate_cms("x", empty, None, trust=Trust(), at=now)
    assert "no signer" in one.why
    data = cms.ContentInfo({"content_type": "data", "content": b"x"})
    with pytest.raises(ValueError, match="no signed data"):
        load_signed_data(data.dump())
    with pytest.raises(ValueError, match="no digest"):
        digests_of(b"x")("whirlpool")
    assert check_stamp(load_signed_data(cms_of(b"x", court)), digests_of(b"x"), (), trust=Trust(), at=now) is None


def test_very_many_signers_are_not_all_looked_at(court, now):
    info = cms.ContentInfo.load(cms_of(b"x", court))
    one = info["content"]["signer_infos"][0]
    for _ in range(25):
        info["content"]["signer_infos"].append(one.copy())
    found = evaluate_cms("x", load_signed_data(info.dump(force=True)), None, trust=Trust(), at=now)
    assert len(found) == 21
    assert "more than 20" in found[-1].why


def test_parts_that_a_signature_does_not_protect_are_named(court):
    def after(change):
        info = cms.ContentInfo.load(cms_of(b"x", court))
        change(info["content"])
        signed = load_signed_data(info.dump(force=True))
        return loose_parts(signed, signed["certificates"][0].chosen, ())

    def digest(content):
        content["digest_algorithms"] = cms.DigestAlgorithms([cms.DigestAlgorithm({"algorithm": "sha512"})])

    def version(content):
        content["version"] = "v3"

    def attribute(content):
        content["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes(
            [cms.CMSAttribute({"type": "1.2.3.4", "values": [core.Null()]})]
        )

    assert any("version" in each for each in after(version))
    assert any("algorithms" in each for each in after(digest))
    assert any("1.2.3.4" in each for each in after(attribute))
    signed = load_signed_data(cms_of(b"x", court))
    assert loose_parts(signed, None, None) == ()
    other = [each.chosen for each in signed["certificates"]]
    assert any("another signer" in part for each in other for part in loose_parts(signed, each, None))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xef\xbb\xbf<a/>", Kind.XML),
        (b"  \n<a/>", Kind.XML),
        (b"Return-Path: <>\r\n", Kind.SMIME),
        (b"MIIC", Kind.UNKNOWN),
        (b"0\x03\x02\x01\x01", Kind.UNKNOWN),
    ],
)
def test_kinds(content, kind):
    assert kind_of(content) is kind
    assert also(content, kind) == ""


def test_a_pdf_that_is_a_script_too_is_two_things():
    assert "script" in also(b"%PDF-1.7\n<script>alert(1)</script>", Kind.PDF)


def test_words_are_cut_and_cleaned():
    assert printable("a\u202eb\ud800", 10) == "a\ufffdb\ufffd"
    assert printable("a" * 50, 10) == "a" * 9 + "…"
    assert listed([str(n) for n in range(10)]) == "0; 1; 2; 3; 4; 5; 6; 7; and 2 more"


def test_a_validator_that_wants_to_wait_is_stopped():
    class Waits:
        def __await__(self):
            yield

    async def waiting():
        await Waits()

    with pytest.raises(RuntimeError, match="nothing to wait for"):
        running.run(waiting())


def test_more_signatures_than_are_looked_at_are_said(sealed, look, monkeypatch):
    monkeypatch.setattr("answerable.authenticate.documents.pdf.MOST_SIGNATURES", 0)
    assert results(look(sealed), "D2") == [Result.NOT_CHECKED]


def test_a_validator_that_stops_leaves_one_signature_unevaluated(sealed, look, monkeypatch):
    def stops(*_, **__):
        raise RecursionError

    monkeypatch.setattr("answerable.authenticate.documents.cms.ades_basic_validation", stops)
    found = look(sealed)
    assert results(found, "D3") == [Result.NOT_CHECKED]
    assert "RecursionError" in next(fact.found for fact in found.facts if fact.code == "D3")
    monkeypatch.setattr(pdf_signatures, "coverage", stops)
    assert results(look(sealed), "D2") == [Result.CONTRADICTED]


def test_a_comparison_that_fails_is_said(sealed, court, look, monkeypatch):
    from tests.authenticate.conftest import seal_again

    twice = seal_again(sealed, court)

    def stops(*_, **__):
        raise ValueError

    monkeypatch.setattr("pyhanko.sign.validation.pdf_embedded.EmbeddedPdfSignature.evaluate_modifications", stops)
    assert results(look(twice), "D5") == [Result.NOT_CHECKED, Result.CONFIRMED]
    monkeypatch.setattr("answerable.authenticate.documents.pdf.compare_revisions", stops)
    assert results(look(twice), "D5") == [Result.NOT_CHECKED, Result.CONFIRMED]
    monkeypatch.setattr("answerable.authenticate.documents.pdf.look_inside", stops)
    assert results(look(twice), "D10") == [Result.NOT_CHECKED]
    monkeypatch.setattr(pdf_signatures, "EmbeddedPdfSignature", stops)
    assert results(look(twice), "D4") == [Result.NOT_CHECKED, Result.CONFIRMED]


def test_certificates_that_cannot_be_read_are_not_believed():
    broken = x509.Certificate()
    assert qualified._claims(broken) is False
    assert qualified.issued(broken, b"") is False
    assert signers._short_key(broken) is False
    assert signers._short_key(None) is False


def test_the_largest_file_is_decided_before_it_is_read(now, monkeypatch):
    monkeypatch.setattr(examining, "_LARGEST", 3)
    assert document_facts(b"%PDF-", trust=Trust(), at=now).facts[0].result is Result.NOT_CHECKED
