"""Are words found whole, however they are written, and never inside others?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.law import professions, purposes
from answerable.law.words import affirmed, denied, said

LIST = (
    "solicitor",
    "law firm",
    "member of parliament",
    "whistle blower",
    "SPoC",
    "*anwält*",
    "terroris*",
    "duty",
    "député",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("two solicitors", "solicitors"),
        ("THE SOLICITOR’S CLERK", "SOLICITOR"),
        ("law\n    firms", "law firms"),
        ("a law-firm", "law-firm"),
        ("Members of Parliament", "Members of Parliament"),
        ("whistleblowers", "whistleblowers"),
        ("whistle\u2011blower", "whistle\u2010blower"),
        ("our S.P.o.C.", "S.P.o.C."),
        ("by spoc", "spoc"),
        ("Rechtsanwältinnen", "Rechtsanwältinnen"),
        ("RECHTSANWAELTIN", "RECHTSANWAELTIN"),
        ("Rechtsanwa\u0308ltin", "Rechtsanwältin"),
        ("a terrorist", "terrorist"),
        ("duties", "duties"),
        ("les députées", "députées"),
        ("le depute", "depute"),
        ("solici\u00adtor", "solicitor"),
        ("solici-\n  tors", "solicitors"),
        ("solici\u00ad\ntors", "solicitors"),
        ("a law ﬁrm", "law firm"),
        ("s\u200bolicitor", "solicitor"),
        ("solicitorial", None),
        ("he solicits", None),
        ("a lawful firmament", None),
        ("counterterror", None),
        ("heavy-dutyish", None),
        ("", None),
    ],
)
def test_a_word_is_found_whole_however_it_is_written(text, found):
    assert said(LIST, text) == found


@given(st.sampled_from(("solicitor", "law firm", "member of parliament")), st.sampled_from((str.upper, str.title, str)))
def test_capitals_plural_and_what_stands_around_make_no_difference(word, written):
    for text in (f"({written(word)}s)", f"„{written(word)}“", f"x {written(word)}\n", f"ex-{written(word)}/other"):
        assert said(LIST, text)
    assert said(LIST, f"x{written(word)}") is None
    assert said(LIST, f"{written(word)}x") is None


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_at_all_is_read_and_only_a_word_that_stands_in_it_is_found(before, after):
    found = said(LIST, f"{before} solicitor {after}")
    assert found is not None
    assert said(("solicitor",), f"{before} soli_citor {after}") in (None, said(("solicitor",), f"{before} # {after}"))


@pytest.mark.parametrize(
    ("text", "is_affirmed", "is_denied"),
    [
        ("The offence is indictable.", True, False),
        ("The offence is not indictable.", False, True),
        ("A non-indictable offence", False, True),
        ("It wasn't made indictable", False, True),
        ("Sie ist nicht indictable", False, True),
        ("We do not know him. The offence is indictable.", True, False),
        ("Not of Art. 5, indictable", False, True),
        ("Not indictable at first; later it was found indictable", True, True),
        ("nothing of the kind", False, False),
    ],
)
def test_a_word_that_is_denied_does_not_speak_for_a_demand(text, is_affirmed, is_denied):
    assert (affirmed(("indictable",), text) is not None) == is_affirmed
    assert (denied(("indictable",), text) is not None) == is_denied


def test_words_passed_over_are_not_found():
    assert professions.lawyers_named("the United States Attorney's Office") is None
    assert professions.lawyers_named("the U.S. Attorney and the attorney of the person") == "attorney"
    assert professions.press_named("die Redaktionen zweier Tageszeitungen")
    assert professions.protected_named("an der Staatsanwaltschaft") is None


@pytest.mark.parametrize(
    ("basis", "words", "fits"),
    [
        ("19 USC 1509", "Importation of engines", True),
        ("19 USC 1509", "An important officer on duty", False),
        ("Tariff Act of 1930, § 509", "smuggling", True),
        ("Tariff Act of 1930, § 5090", "an insult", True),
        ("INA § 235(d)(4)", "Tracking of Immigration and Customs Enforcement", False),
        ("INA section 235(d)(4)", "Tracking of Immigration and Customs Enforcement", False),
        ("8 U.S.C. 1225(d)", "unlawful entries into the United States", True),
        ("21 U.S.C. 876 and 19 U.S.C. 1509", "Import of narcotics", True),
        ("21 U.S.C. 876 and 19 U.S.C. 1509", "narcotics", False),
        ("18 USC 2703", "an insult", True),
        (None, "", True),
    ],
)
def test_a_statute_of_one_purpose_is_for_that_purpose(basis, words, fits):
    assert purposes.fits(basis, words) == fits
