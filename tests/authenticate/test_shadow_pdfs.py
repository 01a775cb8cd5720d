"""Is what somebody prepared before a paper was sealed, to show another thing afterwards, seen as a change?"""

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from tests.authenticate.conftest import contradicted, results, seal_again
from tests.authenticate.test_forged_pdfs import annotation, first_page, stream, updated

from answerable.authenticate.documents import unreached
from answerable.authenticate.documents.changes import compare_revisions
from answerable.casefile.evidence import Result


def prepared(content, change):
    """Return a paper that somebody prepared before anybody sealed it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        pdf.save(out)
    return out.getvalue()


def page_that_draws(name):
    """The page draws with a picture of that name, which somebody may hope is not looked at."""

    def change(pdf):
        page = pdf.pages[0]
        page.obj["/Resources"] = Dictionary(
            XObject=Dictionary({name: pdf.make_stream(b"0 g", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])})
        )
        page.obj["/Contents"] = pdf.make_stream(f"{name} Do".encode())

    return change


def exchange(name):
    def change(writer):
        drawn = first_page(writer)["/Resources"]["/XObject"]
        drawn[pdf_name(name)] = stream(writer, b"1 1 1 rg 0 0 600 800 re f")
        writer.update_container(drawn)

    return change


@pytest.mark.parametrize("name", ["/P", "/Parent", "/Popup", "/IRT", "/StructParent", "/Length", "/Ordinary"])
def test_what_a_page_draws_with_is_looked_at_whatever_its_name(name, unsealed, court, look):
    sealed = seal_again(prepared(unsealed, page_that_draws(name)), court)
    found = look(updated(sealed, exchange(name)))
    assert "D5" in contradicted(found)
    assert found.working_copy == sealed


def field_without_resources(pdf):
    """A field whose look brings no fonts of its own: it draws with those of the form."""
    look = pdf.make_stream(b"BT /Own 12 Tf (no) Tj ET", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 99, 20])
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="answer", V="no", Rect=[50, 50, 149, 70], F=4,
            AP=Dictionary(N=look),
        )
    )  # fmt: skip
    fonts = Dictionary(Own=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([field]), DR=Dictionary(Font=fonts))
    pdf.pages[0].obj["/Annots"] = Array([field])


def of_the_form(writer):
    return writer.root["/AcroForm"]["/DR"]["/Font"]


def other_font(writer):
    of_the_form(writer)["/Own"] = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Font"), pdf_name("/Subtype"): pdf_name("/Type3")}
    )
    writer.update_container(of_the_form(writer))


def one_font_more(writer):
    of_the_form(writer)["/More"] = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Font")})
    writer.update_container(of_the_form(writer))


def newest_look(writer):
    shared = writer.root["/AcroForm"]["/DR"]
    shared[pdf_name("/XObject")] = generic.DictionaryObject({pdf_name("/FRM"): stream(writer, b"0 g")})
    writer.update_container(shared)


def test_where_programmes_keep_the_look_of_the_newest_signature_nothing_is_called_changed(unsealed, court, look):
    sealed = seal_again(prepared(unsealed, field_without_resources), court)
    first = updated(sealed, newest_look)
    assert "D5" not in contradicted(look(first))
    assert "D5" not in contradicted(look(updated(first, newest_look)))


def test_a_font_of_the_form_may_be_added_and_not_exchanged(unsealed, court, look):
    sealed = seal_again(prepared(unsealed, field_without_resources), court)
    exchanged = look(updated(sealed, other_font))
    assert "D5" in contradicted(exchanged)
    (said,) = [fact.found for fact in exchanged.facts if fact.code == "D5"]
    assert "font of the form /Own changed" in said
    assert "D5" not in contradicted(look(updated(sealed, one_font_more)))


def marks_that_stand_in_their_array(writer):
    """A field that nobody signed and nobody sees, and a mark, both without a number: one must not excuse the other."""
    field = generic.DictionaryObject(
        {pdf_name("/FT"): pdf_name("/Sig"), pdf_name("/T"): generic.pdf_string("Unseen"),
         pdf_name("/Subtype"): pdf_name("/Widget")}
    )  # fmt: skip
    form = writer.root["/AcroForm"]
    form["/Fields"].append(field)
    writer.update_container(form["/Fields"])
    writer.update_container(form)
    page = first_page(writer)
    marks = generic.ArrayObject(list(page.get("/Annots", ())))
    marks.append(annotation(writer).get_object())
    page[pdf_name("/Annots")] = marks
    writer.update_container(page)


def test_a_mark_without_a_number_is_seen(sealed, look):
    found = look(updated(sealed, marks_that_stand_in_their_array))
    assert "D5" in contradicted(found)


def two_marks(pdf):
    """Two marks in the same place; what is drawn last is what is read."""

    def mark(words):
        drawn = pdf.make_stream(words, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 50])
        return pdf.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=[50, 50, 250, 100], F=4, AP=Dictionary(N=drawn))
        )

    pdf.pages[0].obj["/Annots"] = Array([mark(b"1 1 1 rg 0 0 200 50 re f"), mark(b"0 g 0 0 100 50 re f")])


def turned(writer):
    marks = first_page(writer)["/Annots"]
    first_page(writer)[pdf_name("/Annots")] = generic.ArrayObject([marks.raw_get(1), marks.raw_get(0)])
    writer.update_container(first_page(writer))


def drawn_again(writer):
    marks = first_page(writer)["/Annots"]
    first_page(writer)[pdf_name("/Annots")] = generic.ArrayObject([*map(marks.raw_get, (0, 1)), marks.raw_get(0)])
    writer.update_container(first_page(writer))


@pytest.mark.parametrize("change", [turned, drawn_again])
def test_the_order_in_which_marks_are_drawn_is_part_of_what_was_signed(change, unsealed, court, look):
    sealed = seal_again(prepared(unsealed, two_marks), court)
    found = look(updated(sealed, change))
    (said,) = [fact for fact in found.facts if fact.code == "D5"]
    assert (said.result, "marks in another order" in said.found) == (Result.CONTRADICTED, True)


def nothing_leads_there(writer):
    """Objects that a later revision may turn to: today nobody sees them."""
    stream(writer, b"BT (Give us everything) Tj ET")


def test_objects_to_which_nothing_leads_are_said(sealed, court, look):
    found = look(updated(sealed, nothing_leads_there))
    (said,) = [fact for fact in found.facts if fact.code == "D6"]
    assert (said.result, "1 object(s)" in said.found) == (Result.NOT_CHECKED, True)
    assert results(look(seal_again(sealed, court)), "D6") == [Result.CONFIRMED]


def test_what_cannot_be_followed_is_said_and_no_reason_to_stop(sealed, look, monkeypatch):
    monkeypatch.setattr(unreached, "_MOST_OBJECTS", 3)
    unreached._reached.cache_clear()
    found = look(updated(sealed, nothing_leads_there))
    unreached._reached.cache_clear()
    (said,) = [fact for fact in found.facts if fact.code == "D6"]
    assert (said.result, "could not be followed" in said.found) == (Result.NOT_CHECKED, True)


def test_a_certified_paper_with_a_later_seal_is_not_called_changed(unsealed, court, look):
    """A certifying seal refers to the catalogue, and so to all that is added later."""
    from pyhanko.sign.fields import MDPPerm

    certified = seal_again(unsealed, court, name="First", certify=MDPPerm.FILL_FORMS)
    found = look(seal_again(certified, court, name="Later"))
    assert contradicted(found) == set()
    assert results(found, "D5") == [Result.CONFIRMED, Result.CONFIRMED]
    assert found.whole


def test_two_revisions_that_say_the_same_differ_in_nothing(sealed):
    assert compare_revisions(sealed, sealed).content == ()
