"""Are citations read however they are written, and nothing else taken for one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.law.citation import articles, beside, names_a_provision, provisions, us_code
from answerable.law.eu.digital_services_act.basis import law_besides


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Law 5651, Art. 9", "9"),
        ("5651 sayılı Kanun’un 9. maddesi", "9"),
        ("5651 s.K. m.9/A", "9/A"),
        ("Law 5651 Article 8/4", "8(4)"),
        ("Art. 8(4) and 8(11)", "8(11) 8(4)"),
        ("s94 BNSS", "94"),
        ("u/s 94 B.N.S.S.", "94"),
        ("Sections 91, 94(1) and 69B", "69B 91 94(1)"),
        ("ss 178 to 180", "178 180"),
        ("arts 178-180", "178 180"),
        ("Art. 99-2", "99-2"),
        ("s. 487.014(1) Criminal Code", "487.014(1)"),
        ("статья 15.1 Федерального закона", "15.1"),
        ("网络安全法第30条", "30"),
        ("网络安全法第九条", "9"),
        ("网络安全法第十条", "10"),
        ("网络安全法第三十四条", "34"),
        ("数据安全法第一百二十三条", "123"),
        ("数据安全法第二百条", "200"),
        ("제83조 제3항", "83"),
        ("Artikel 10 Absatz 1", "10"),
        ("artikel 126ng, lid 2, Sv", "126NG"),
        ("in violazione dell’art. 171", "171"),
        ("Crime No. 94 of 2026", ""),
        ("FIR 94/2026", ""),
        ("it's 9 o'clock, 5 m away", ""),
        ("", ""),
    ],
)
def test_the_articles_that_a_text_cites(text, cited):
    assert provisions(text) == set(cited.split())
    assert articles(text) == {each.partition("(")[0] for each in cited.split()}


@pytest.mark.parametrize(
    "text",
    [
        "19 U.S.C. § 1509",
        "19 USC 1509",
        "19 u.s.c. 1509(a)(1)",
        "19 U. S. C. A. § 1509",
        "Title 19, United States Code, Section 1509",
        "TITLE 19 U.S.C. SEC. 1509",
        "section 1509 of title 19",
        "Sections 1508 and 1509 of Title 19 of the United States Code",
        "19 U.S.C. §§ 1508, 1509, 1510",
        "21 U.S.C. § 876; 19 U.S.C. § 1509",
    ],
)
def test_a_section_of_the_united_states_code_is_read_in_each_style(text):
    assert "19 USC 1509" in us_code(text)


@pytest.mark.parametrize(
    "text", ["119 USC 1509", "19 USC 15091", "19 USC 1509a", "19 CFR 1509", "1509 of 19", "18 USC 1508, 19"]
)
def test_a_number_that_only_looks_the_same_is_not_that_section(text):
    assert "19 USC 1509" not in us_code(text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("§ 5 UWG", True),
        ("Code de la consommation, article L. 521-3-1", True),
        ("Law No. 365/2002", True),
        ("Loi n° 2004-575", True),
        ("Regulation (EU) 2017/2394", True),
        ("Medicines Act 1968", True),
        ("decision no. 12 of 3 May 2026", False),
        ("contact 12, contract 7, postcode 1234", False),
        ("the law", False),
    ],
)
def test_a_provision_or_a_numbered_law(text, is_one):
    assert names_a_provision(text) == is_one


def test_what_is_cited_beside_an_act():
    assert (
        beside("Act One, Art. 3; Art. 5 of the Code", r"\bact one", own=("7",)).split()
        == "; Art. 5 of the Code".split()
    )
    assert not beside("Art. 3 and 4(1) of the Act One (Act One), Art. 7", r"\bact one", own=("7",)).strip(" ,()")


HOSTILE = [
    "Art. 1, ",
    "§",
    "1 ",
    "Art. 10 (1) (1) ",
    "DSA ",
    "Section 1 ",
    "19 U.S.C. ",
    "1, ",
    "Art. 1 Abs. 1 ",
    "und ",
    "§ 1 und ",
    "(",
    "¶",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_text_made_to_be_slow_is_read_to_its_end(piece):
    text = piece * (20_000 // len(piece))
    assert articles(text) == articles(text[:4_000])
    assert us_code(f"19 USC {text}") is not None
    assert law_besides(text) in (True, False)


@given(st.text(alphabet="Art.§ 0123456789()/,;DSAofthe-", max_size=120))
def test_a_law_is_seen_whatever_stands_before_it(text):
    assert law_besides(f"{text}; Medicines Act, Section 40")
    assert {each.partition("(")[0] for each in provisions(text)} == articles(text)
