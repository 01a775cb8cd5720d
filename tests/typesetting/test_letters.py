"""Does each letter in each language become a paper that carries its data, the same bytes each time, with every sentence there?"""

import io
import json
import re
import string
from importlib.resources import files

import pikepdf
import pytest
from pikepdf import Pdf
from tests.decide.matters import CONFLICT, NOW, REQUIRED, make

from answerable.adapters.typesetting import chase_letter_pdf, epoc_pdf, letter_pdf, order_pdf
from answerable.casefile.categories import CATEGORIES
from answerable.casefile.decision import DecisionKind
from answerable.casefile.effect import Measure
from answerable.casefile.encoding import canonical
from answerable.decide.letters import LANGUAGES, letters_for, notices
from answerable.intake import read
from answerable.law.pack import load_yaml
from answerable.law.register import instruments
from answerable.notify import chase_letter

TEMPLATES = files("answerable.adapters.typesetting").joinpath("templates")
WORDS = {each: load_yaml(TEMPLATES.joinpath(f"words/{each}.yaml").read_text(encoding="utf-8")) for each in LANGUAGES}
SILENT = {"secrecy": {"kind": "ordered", "by": "official"}}
MADE = {
    "covering-letter": ("us.sca.subpoena", "answer in part", {}, ""),
    "question": ("eu.dsa.inform", "contest", {"legal_basis": None}, ""),
    "refusal": ("us.sca.subpoena", "refuse", {"requester.kind": "party"}, ""),
    "redirect-mla": ("int.foreign", "refuse", {"requester.country": "RU"}, ""),
    "reciprocal-notice": ("us.nsl", "answer", SILENT, ""),
    "preservation": ("us.sca.preservation", "carry out", {}, "preserved"),
    "reinstatement": ("eu.tco.removal", "put back", {}, "put back"),
    "tco-annex-ii": ("eu.tco.removal", "carry out", {}, "access disabled"),
    "tco-annex-iii": ("eu.tco.removal", "contest", {"items": [{"kind": "remove"}]}, ""),
    "dsa-effect": ("eu.dsa.act", "refuse", {"legal_basis": None}, ""),
    "motion": ("us.sca.warrant", "contest", {"requester.kind": "party"}, ""),
    "notice-to-person": ("eu.dsa.inform", "answer", {}, ""),
    "enforcement-objection": ("eu.epoc", "contest", {"I.kind": "prosecutor", "G.offence": None}, ""),
}
WITH_GROUNDS = (
    "question", "refusal", "redirect-mla", "tco-annex-iii", "dsa-effect", "motion", "enforcement-objection",
)  # fmt: skip
SUPPLIED = {"enforcement-objection": {"enforcement": {**REQUIRED, "names_penalties": False}}}


def written(kind, language, **more):
    instrument, decision, given, effect = MADE[kind]
    given = given | {"language": language}
    matter = make(instrument, decision, given, effect=effect, supplied=SUPPLIED.get(kind), **more)
    return next(notices(matter)) if kind == "notice-to-person" else letters_for(matter)[kind]


def text_of(pdf: bytes) -> str:
    """Return the text of a paper by the tables of its fonts that map glyphs to characters."""
    with Pdf.open(io.BytesIO(pdf)) as opened:
        return re.sub(r"\s+", " ", " ".join(_page_text(page) for page in opened.pages)).replace("\xad", "")


def _page_text(page) -> str:
    maps = {name: _to_unicode(font) for name, font in page.resources.Font.items()}
    said, current = [], {}
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "Tf":
            current = maps[str(operands[0])]
        elif operator in ("Tj", "TJ"):
            for part in operands[0] if operator == "TJ" else operands:
                if isinstance(part, pikepdf.String):
                    code = bytes(part)
                    said += [current.get(code[at : at + 2], "") for at in range(0, len(code), 2)]
        elif operator == "ET":
            said.append(" ")
    return "".join(said)


def _to_unicode(font) -> dict[bytes, str]:
    table = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"<([0-9a-fA-F]{4})>\s+<([0-9a-fA-F]+)>", table)
    return {bytes.fromhex(code): bytes.fromhex(sign).decode("utf-16-be") for code, sign in pairs}


def plain(words: str) -> str:
    return re.sub(r"\s+", "", words)


def assert_is_a_paper(pdf: bytes, name: str, data: bytes) -> None:
    with Pdf.open(io.BytesIO(pdf)) as opened:
        assert bytes(opened.attachments[name].get_file().read_bytes()) == data
        meta = opened.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("3", "A", "1")
        assert opened.Root.MarkInfo.Marked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MADE)
def test_each_letter_in_each_language(kind, language):
    letter = written(kind, language)
    assert (letter.letter, letter.language) == (kind, language)
    pdf = letter_pdf(letter)
    assert pdf == letter_pdf(letter)
    assert_is_a_paper(pdf, f"{kind}.json", canonical(letter))
    with Pdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang).startswith(language)
    said, words = plain(text_of(pdf)), WORDS[language]
    assert plain(words[kind]["title"]) in said
    assert plain(words["shared"]["unread"].partition("{")[0]) in said
    assert plain(words["shared"]["no_advice"]) in said
    grounds = [*getattr(letter, "grounds", ()), *getattr(letter, "missing", ()), *getattr(letter, "needed", ())]
    for each in grounds:
        assert plain(each.title) in said
        assert plain(each.citation) in said
    for each in getattr(letter, "open", ()):
        assert plain(each.question) in said
    assert bool(grounds) is (kind in WITH_GROUNDS)


@pytest.mark.parametrize("kind", ["answer", "nothing held"])
def test_the_effect_of_an_order_for_information(kind):
    letter = letters_for(make("eu.dsa.inform", kind))["dsa-effect"]
    sentence = WORDS["en"]["dsa-effect"]["informed" if kind == "answer" else "nothing_held"]
    assert plain(sentence) in plain(text_of(letter_pdf(letter)))


def test_what_is_empty_is_said_to_be_empty():
    clean = {"requester.country": "RU"}
    for letter in (
        *letters_for(make("us.sca.warrant", "refuse", {"asked.0.boxes": ["a1"]})).values(),
        *letters_for(make("int.foreign", "refuse", clean, member_state="CH")).values(),
        *letters_for(make("uk.pace", "contest", {"issued_on": None, "reference": None})).values(),
        *letters_for(make("eu.dsa.act", "carry out", effect="removed")).values(),
        *notices(make("eu.dsa.act", "carry out", effect="removed")),
        *notices(make("eu.dsa.inform", "refuse")),
        *notices(make("us.sca.preservation", "carry out", effect="preserved")),
        *notices(make("eu.tco.removal", "put back", effect="put back")),
        *letters_for(make("eu.epoc_pr.confirmation", "carry out", effect="left unchanged")).values(),
        *letters_for(make("eu.tco.removal", "carry out", effect="left unchanged")).values(),
    ):
        assert letter_pdf(letter).startswith(b"%PDF-")


def test_section_e_says_all_that_a_reviewer_set_down_and_nothing_is_invoked_without_it():
    objected = letters_for(make("eu.epoc", "contest", supplied={"conflict": CONFLICT}))["annex-iii"]
    said = plain(text_of(letter_pdf(objected)))
    for field in ("law", "provision", "interest_specified", "why_applies", "why_conflicts", "link", "consequences"):
        assert plain(CONFLICT[field]) in said, field
    assert plain("The enforcing authority of NL, because of D10.") in said
    assert plain("suspended while the objection is reviewed") in said
    without = plain(text_of(letter_pdf(letters_for(make("eu.epoc", "contest", {"G.offence": None}))["annex-iii"])))
    assert plain("Not invoked.") in without
    assert plain("goes as well to") not in without


def test_an_objection_without_a_ground_or_a_day_says_so():
    bare = {"enforcement": {"required_at": "2027-01-11T09:00:00Z"}}
    letter = letters_for(make("eu.epoc", "contest", supplied=bare))["enforcement-objection"]
    said, words = plain(text_of(letter_pdf(letter))), WORDS["en"]["enforcement-objection"]
    assert plain(words["none"]) in said
    assert plain(words["no_day"]) in said
    assert plain(words["others"]) not in said


def test_a_pack_that_was_read_says_by_whom():
    said = text_of(letter_pdf(written("refusal", "de", reviewed_by="Dr. Ada Recht")))
    assert plain("gelesen von Dr. Ada Recht") in plain(said)
    assert "Zulassung" not in said


def test_a_draft_is_marked_in_every_language():
    for language in LANGUAGES:
        assert plain(WORDS[language]["motion"]["draft"]) in plain(text_of(letter_pdf(written("motion", language))))


def test_the_form_of_annex_iii_the_chase_and_the_certificate_carry_their_data():
    matter = make("eu.epoc", "refuse")
    form = letters_for(matter)["annex-iii"]
    assert_is_a_paper(letter_pdf(form), "annex-iii.json", canonical(form))
    chase = chase_letter(matter.demand, matter.notice, matter.provider, reference="HF-1", at=NOW)
    assert_is_a_paper(chase_letter_pdf(chase), "chase.json", canonical(chase))
    assert_is_a_paper(epoc_pdf(matter.demand.form), "epoc.json", canonical(matter.demand.form))
    covering = letters_for(matter)["covering-letter"]
    assert plain(WORDS["en"]["covering-letter"]["form"]) in plain(text_of(letter_pdf(covering)))


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing_in_any_language(language):
    english, other = WORDS["en"], WORDS[language]
    assert set(other) == set(english)
    assert len(other["months"]) == 12
    for section, sentences in english.items():
        if section != "months":
            assert set(other[section]) == set(sentences), section
            for key, sentence in sentences.items():
                assert _places(other[section][key]) == _places(sentence), (section, key)
                assert bool(other[section][key]) or key == "ground_language"


def test_the_tables_know_every_category_and_decision():
    assert WORDS["en"]["categories"] == {code: each.label for code, each in CATEGORIES.items()}
    assert set(WORDS["en"]["decisions"]) == {each.value for each in DecisionKind}
    assert set(WORDS["en"]["measures"]) == {each.value for each in Measure}


@pytest.mark.parametrize("kind", MADE)
def test_a_template_uses_each_sentence_and_no_other(kind):
    text = TEMPLATES.joinpath(f"{kind.replace('-', '_')}.typ").read_text(encoding="utf-8")
    said = set(re.findall(r'say\("(\w+)"', text)) | {"title"}
    chosen = {"notice-to-person": {"given", "nothing", "removed", "put_back", "preserved"}}
    assert said | chosen.get(kind, set()) == set(WORDS["en"][kind])


def test_every_law_that_is_answered_has_all_languages():
    assert {pack.title.languages for pack in instruments().values()} == {LANGUAGES}


def test_the_pages_name_every_letter():
    from answerable.desk.wording import LETTERS

    assert set(MADE) | {"annex-iii", "chase"} == set(LETTERS)
    assert json.loads(canonical(written("refusal", "fr")))["letter"] == "refusal"


def test_the_templates_use_each_shared_sentence():
    text = "".join(each.read_text(encoding="utf-8") for each in TEMPLATES.iterdir() if each.name.endswith(".typ"))
    assert set(re.findall(r'shared\("(\w+)"', text)) == set(WORDS["en"]["shared"]) - {"ground_language"}


@pytest.mark.parametrize("instrument", ["eu.tco.removal", "us.sca.warrant", "eu.epoc_pr.extension"])
def test_a_plain_form_becomes_a_paper_that_is_read_back_as_it_was(instrument):
    form = make(instrument, "refuse").demand.form
    pdf = order_pdf(form)
    assert_is_a_paper(pdf, "epoc.json", canonical(form))
    assert read(pdf).form == form
    if form.items:
        assert plain(form.items[0].url) in plain(text_of(pdf))
