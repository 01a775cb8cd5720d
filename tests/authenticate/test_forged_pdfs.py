"""Is every known way of forging a signed PDF seen: changed, added to, hidden, stripped, swapped, overlapped?"""

import io
import re

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers import PdfSigner
from tests.authenticate.conftest import contradicted, results, seal_again

from answerable.adapters.paper import paper
from answerable.adapters.signing import make_authority
from answerable.authenticate.documents import signed_revision
from answerable.casefile.evidence import Result
from answerable.demo.demands import AUTHORITY, ORGANISATION


def updated(content, change):
    """Return the PDF with an incremental update that `change` writes."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def first_page(writer):
    return writer.root["/Pages"]["/Kids"][0].get_object()


def stream(writer, data, **keys):
    entries = {pdf_name(f"/{key}"): value for key, value in keys.items()}
    return writer.add_object(generic.StreamObject(entries, stream_data=data))


def draw_over(writer):
    page = first_page(writer)
    page["/Contents"] = stream(writer, b"BT /F1 12 Tf 72 720 Td (Give us everything) Tj ET")
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0).reference)


def add_page(writer):
    pages = writer.root["/Pages"]
    page = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/Parent"): writer.root.raw_get("/Pages"),
            pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
            pdf_name("/Contents"): stream(writer, b"BT ET"),
        }
    )
    pages["/Kids"].append(writer.add_object(page))
    pages["/Count"] = generic.NumberObject(int(pages["/Count"]) + 1)
    writer.update_container(pages)


def remove_page(writer):
    pages = writer.root["/Pages"]
    del pages["/Kids"][-1]
    pages["/Count"] = generic.NumberObject(int(pages["/Count"]) - 1)
    writer.update_container(pages)


def annotation(writer, **more):
    appearance = stream(
        writer, b"1 1 1 rg 0 0 200 50 re f", Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"),
        BBox=generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 50))),
    )  # fmt: skip
    entries = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/FreeText"),
        "/Rect": generic.ArrayObject(map(generic.NumberObject, (72, 700, 272, 750))),
        "/AP": generic.DictionaryObject({pdf_name("/N"): appearance}),
        **more,
    }
    return writer.add_object(generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()}))


def put_on_page(writer, reference):
    page = first_page(writer)
    annotations = page.get("/Annots", generic.ArrayObject())
    annotations.append(reference)
    page["/Annots"] = annotations
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0).reference)
    writer.update_container(annotations)


def annotate(writer):
    put_on_page(writer, annotation(writer))


def add_empty_field_that_draws(writer):
    reference = annotation(
        writer, **{"/Subtype": pdf_name("/Widget"), "/FT": pdf_name("/Sig"), "/T": generic.TextStringObject("More")}
    )
    put_on_page(writer, reference)
    form = writer.root["/AcroForm"]
    form["/Fields"].append(reference)
    writer.update_container(form["/Fields"])
    writer.update_container(form)


def add_field_with_the_same_signature(writer):
    form = writer.root["/AcroForm"]
    value = form["/Fields"][0].get_object().raw_get("/V")
    reference = annotation(
        writer,
        **{
            "/Subtype": pdf_name("/Widget"),
            "/FT": pdf_name("/Sig"),
            "/T": generic.TextStringObject("Copy"),
            "/V": value,
        },
    )
    put_on_page(writer, reference)
    form["/Fields"].append(reference)
    writer.update_container(form["/Fields"])
    writer.update_container(form)


def change_font(writer):
    resources = first_page(writer)["/Resources"]
    fonts = resources["/Font"]
    name = next(iter(fonts))
    fonts[pdf_name(name)] = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/Type1"),
                pdf_name("/BaseFont"): pdf_name("/Symbol"),
            }
        )
    )
    writer.update_container(fonts)


def other_pages(writer):
    """Point the catalogue to another tree of pages, as a shadow document does."""
    pages = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Pages"), pdf_name("/Count"): generic.NumberObject(1)}
    )
    reference = writer.add_object(pages)
    page = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/Parent"): reference,
            pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
            pdf_name("/Contents"): stream(writer, b"BT ET"),
        }
    )
    pages[pdf_name("/Kids")] = generic.ArrayObject([writer.add_object(page)])
    writer.root[pdf_name("/Pages")] = reference
    writer.update_root()


def script_on_opening(writer):
    action = {"/S": pdf_name("/JavaScript"), "/JS": generic.TextStringObject("app.alert(1)")}
    writer.root["/OpenAction"] = writer.add_object(
        generic.DictionaryObject({pdf_name(k): v for k, v in action.items()})
    )
    writer.update_root()


def strip_form(writer):
    del writer.root["/AcroForm"]
    writer.update_root()


def in_object_stream(writer):
    """Hide the changed page in an object stream of the update."""
    writer.stream_xrefs = True
    page = first_page(writer)
    page["/Contents"] = stream(writer, b"BT ET")
    writer.prepare_object_stream().add_object(writer.root["/Pages"]["/Kids"].raw_get(0).reference.idnum, page)


def spec_exchanged(writer):
    spec = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()
    inner = stream(writer, b"{}")
    spec["/EF"] = generic.DictionaryObject({pdf_name("/F"): inner, pdf_name("/UF"): inner})
    writer.update_container(spec)


UPDATES = {
    "a page is drawn over": draw_over,
    "a page is added": add_page,
    "a page is taken out": remove_page,
    "a mark is put on a page": annotate,
    "an unsigned signature field that draws is added": add_empty_field_that_draws,
    "a font is exchanged": change_font,
    "the catalogue shows other pages": other_pages,
    "a script is run on opening": script_on_opening,
    "the change hides in an object stream": in_object_stream,
    "an attachment is exchanged": spec_exchanged,
}


@pytest.mark.parametrize("change", UPDATES.values(), ids=UPDATES.keys())
def test_what_an_update_changes_is_named_and_the_working_copy_is_what_was_signed(change, sealed, look):
    found = look(updated(sealed, change))
    assert "D5" in contradicted(found)
    assert not found.whole
    assert found.working_copy == sealed
    assert results(found, "D3") == [Result.CONFIRMED]


def test_an_update_that_changes_nothing_is_not_called_a_change(sealed, look):
    def describe(writer):
        writer.root["/Metadata"] = stream(writer, b"<x/>", Type=pdf_name("/Metadata"))
        writer.update_root()

    assert "D5" not in contradicted(look(updated(sealed, describe)))


def contents(content):
    return re.search(rb"/Contents <([0-9a-fA-F]{4000,})>", content)


def ranges(content):
    return re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", content)


def with_range(content, *numbers):
    found = ranges(content)
    text = b"/ByteRange [" + b" ".join(str(number).encode() for number in numbers)
    assert len(text) < len(found[0])
    return content.replace(found[0], text.ljust(len(found[0]) - 1) + b"]")


def replaced(content, old, new):
    assert old in content
    return content.replace(old, new.ljust(len(old)))


TAMPERINGS = {
    "junk is appended": (lambda c: c + b"junk\n", {"D6"}),
    "a remark is appended": (lambda c: c + b"% a remark\n", {"D6"}),
    "objects are appended without a table": (lambda c: c + b"4 0 obj\n<</Type/Page>>\nendobj\n", {"D6"}),
    "objects are appended with the old table": (
        lambda c: c + b"4 0 obj\n<</Type/Page>>\nendobj\n" + c[c.rindex(b"startxref") :],
        {"D6"},
    ),
    "something stands before it": (lambda c: b"\n" + c, {"D1", "D2"}),
    "the end mark is lost": (lambda c: c[: c.rindex(b"%%EOF")], {"D1", "D2"}),
    "it is cut in half": (lambda c: c[: len(c) // 2], {"D1"}),
    "a byte before the signature is changed": (lambda c: c[:20] + bytes([c[20] ^ 1]) + c[21:], {"D3"}),
    "the range leaves the file": (lambda c: with_range(c, 0, 10, 20, 99999999), {"D4"}),
    "the range is empty": (lambda c: with_range(c, 0, 0, 0, 0), {"D4"}),
    "the range is negative": (lambda c: with_range(c, 0, -1, 10, 20), {"D4"}),
    "the range overlaps itself": (lambda c: with_range(c, 0, 900, 500, 100), {"D4"}),
    "the range has one stretch": (lambda c: with_range(c, 0, 5000), {"D4"}),
    "the range leaves more out": (
        lambda c: with_range(c, 0, int(ranges(c)[2]) - 10, *(int(n) for n in ranges(c).groups()[2:])),
        {"D3", "D4"},
    ),
    "the range is none": (lambda c: replaced(c, ranges(c)[0], b"/ByteRange null"), {"D2"}),
    "the range is missing": (lambda c: replaced(c, b"/ByteRange", b"/ByteRangX"), {"D2"}),
    "the value is empty": (lambda c: c.replace(contents(c)[1], b"0" * len(contents(c)[1])), {"D2"}),
    "the value is none": (lambda c: replaced(c, contents(c)[0], b"/Contents null"), {"D2"}),
    "the value is missing": (lambda c: c.replace(b"/Contents <", b"/Kontents <"), {"D2"}),
    "a digit is written in another letter case": (
        lambda c: c.replace(contents(c)[1], re.sub(rb"[a-fA-F]", lambda m: m[0].swapcase(), contents(c)[1], count=1)),
        {"D4"},
    ),
    "something hides behind the value": (
        lambda c: c.replace(contents(c)[1], contents(c)[1][:-4] + b"4142"),
        {"D4"},
    ),
    "white space hides in the value": (lambda c: c.replace(contents(c)[1], contents(c)[1][:-2] + b"  "), {"D4"}),
}


@pytest.mark.parametrize(("tamper", "codes"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_a_tampered_file_is_contradicted_where_it_was_tampered_with(tamper, codes, sealed, look):
    found = look(tamper(sealed))
    assert codes & contradicted(found), [(fact.code, fact.result, fact.found) for fact in found.facts]
    assert not found.whole
    assert found.working_copy in (None, sealed)


def test_a_signature_that_was_stripped_by_an_update_is_damage_and_not_absence(sealed, look):
    found = look(updated(sealed, strip_form))
    assert results(found, "D2") == [Result.CONTRADICTED]
    assert found.working_copy is None


def test_a_paper_that_was_never_signed_has_no_signature(unsealed, look):
    found = look(unsealed)
    assert results(found, "D2") == [Result.ABSENT]
    assert results(found, "D3") == []
    assert not found.whole
    assert found.working_copy is None


def test_a_byte_range_without_a_signature_is_damage(unsealed, look):
    assert results(look(unsealed.replace(b"%\x80", b"%/ByteRange [0 1 2 3]\n%\x80", 1)), "D2") == [Result.CONTRADICTED]


def test_two_fields_with_one_signature_contradict(sealed, look):
    found = look(updated(sealed, add_field_with_the_same_signature))
    assert "D2" in contradicted(found)
    assert not found.whole


def test_a_certificate_that_was_exchanged_does_not_fit_the_value(sealed, forms, court, now, look):
    namesake = make_authority(AUTHORITY, organisation_identifier=ORGANISATION, country="DE", at=now)
    room = len(contents(sealed)[1])
    other = contents(paper(forms["broad"], namesake))[1]
    swapped = sealed.replace(contents(sealed)[1], other[:room].ljust(room, b"0"))
    found = look(swapped)
    assert "D3" in contradicted(found)
    assert not any(signer.holds for signer in found.signers)


def test_a_forgers_own_seal_holds_and_is_not_trusted(forms, forger, look):
    found = look(paper(forms["lawful"], forger))
    assert found.whole
    assert [signer.trusted for signer in found.signers] == [False]
    assert results(found, "E2") == [Result.ABSENT]


def test_a_second_seal_that_cannot_be_seen_leaves_the_first_unchanged(sealed, court, look):
    found = look(seal_again(sealed, court))
    assert results(found, "D3") == [Result.CONFIRMED] * 2
    assert results(found, "D5") == [Result.CONFIRMED] * 2
    assert found.whole
    assert [signer.trusted for signer in found.signers] == [True, True]


def test_a_second_seal_that_draws_on_a_page_is_put_to_a_person(sealed, forger, look):
    """The sneaky signature attack: a signature that is allowed, and paints over what was signed."""
    found = look(seal_again(sealed, forger, box=(72, 500, 400, 800)))
    assert results(found, "D5") == [Result.NOT_CHECKED, Result.CONFIRMED]
    assert not found.whole
    assert found.working_copy == sealed


def test_of_two_signatures_one_bad_the_other_is_still_judged(sealed, forger, look):
    twice = seal_again(sealed, forger)
    at = twice.rindex(b"%%EOF") - 40
    found = look(twice[:at] + bytes([twice[at] ^ 1]) + twice[at + 1 :])
    assert not found.whole
    bad = seal_again(sealed, forger)
    place = bad.index(b"/Contents <", len(sealed)) + 2000
    digit = b"0" if bad[place : place + 1] != b"0" else b"1"
    found = look(bad[:place] + digit + bad[place + 1 :])
    assert results(found, "D3")[0] is Result.CONFIRMED
    assert results(found, "D3")[1] is not Result.CONFIRMED
    assert found.working_copy == sealed


def test_what_a_forger_sealed_again_is_not_the_working_copy(sealed, forger, look):
    changed = seal_again(updated(sealed, draw_over), forger)
    found = look(changed)
    assert "D5" in contradicted(found)
    assert found.working_copy == sealed


@pytest.mark.parametrize("permission", [MDPPerm.NO_CHANGES, MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE])
def test_a_certified_paper_may_not_be_annotated_whatever_its_seal_permits(permission, unsealed, court, look):
    """The evil annotation attack: what the seal permits is still not what its signer signed."""
    certified = seal_again(unsealed, court, name="Author", certify=permission)
    assert look(certified).whole
    found = look(updated(certified, annotate))
    assert "D5" in contradicted(found)


def test_what_a_seal_forbids_is_a_contradiction_even_where_nothing_is_shown(unsealed, court, look, monkeypatch):
    monkeypatch.setattr(PdfSigner, "_enforce_certification_constraints", lambda *_: None)
    certified = seal_again(unsealed, court, name="Author", certify=MDPPerm.NO_CHANGES)
    assert "D5" in contradicted(look(seal_again(certified, court)))


def test_an_archive_at_the_end_of_a_pdf_is_seen(sealed, look):
    import zipfile

    out = io.BytesIO(sealed)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("run.js", b"evil")
    found = look(out.getvalue())
    assert {"D1", "D6"} <= contradicted(found)


def rewritten(content, change):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def launch(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")


def attach_program(pdf):
    pdf.attachments["order.exe"] = b"MZ\x90\0"


def xfa(pdf):
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))


def invisible(pdf):
    pdf.pages[0].contents_add(b"BT 3 Tr /F1 12 Tf (hidden) Tj ET")


def layers(pdf):
    group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="x"))
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[group], D=pikepdf.Dictionary(OFF=[group]))


@pytest.mark.parametrize(
    ("change", "code", "result", "word"),
    [
        (launch, "D8", Result.CONTRADICTED, "starts a programme"),
        (attach_program, "D8", Result.CONTRADICTED, "order.exe"),
        (xfa, "D9", Result.NOT_CHECKED, "XFA"),
        (invisible, "D9", Result.NOT_CHECKED, "not drawn"),
        (layers, "D9", Result.NOT_CHECKED, "switched off"),
    ],
)
def test_what_acts_and_what_hides_is_said(change, code, result, word, unsealed, look):
    facts = [fact for fact in look(rewritten(unsealed, change)).facts if fact.code == code]
    assert [(fact.result, word in fact.found) for fact in facts] == [(result, True)]


def test_the_form_data_are_named_with_their_digest(sealed, forms, look):
    found = look(sealed)
    (attached,) = found.contained
    assert attached.signed
    assert attached.name == "epoc.json"
    assert attached.sha256 in {fact.raw for fact in found.facts if fact.code == "D10"}


def test_the_signed_revision_is_found_without_trust(sealed, unsealed):
    assert signed_revision(sealed) == sealed
    assert signed_revision(updated(sealed, draw_over)) == sealed
    assert signed_revision(unsealed) is None
    assert signed_revision(b"%PDF-1.7 nothing") is None
    assert signed_revision(sealed[:50] + b"!" + sealed[51:]) is None


def test_an_encrypted_paper_is_not_guessed_at(unsealed, look):
    with pikepdf.open(io.BytesIO(unsealed)) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    found = look(out.getvalue())
    assert results(found, "D1") == results(found, "D2") == [Result.NOT_CHECKED]
