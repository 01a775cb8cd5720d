"""Are laws known by the ways in which papers cite them, and is their reach that of the packs and of nothing else?"""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.law.citing import cited, impossible, normal, statutes
from answerable.law.pack import load
from answerable.law.world.foreign_demand.table import table

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "country", "names"),
    [
        ("18 U.S.C. § 2703(d)", "US", ["18 USC 2703(d)"]),
        ("18 USC 2703 (d)", "US", ["18 USC 2703(d)"]),
        ("Title 18, United States Code, Section 2703(d)", "US", ["18 USC 2703(d)"]),
        ("title 18 of the United States Code, sec. 2703(c)(2)", "US", ["18 USC 2703(c)(2)"]),
        ("18 U.S.C. §§ 2703", "US", ["18 USC 2703"]),
        ("18 USC 2703(c)(2) and 19 U.S.C. § 1509", "US", ["18 USC 2703(c)(2)", "19 USC 1509"]),
        ("118 USC 27031", "US", []),
        ("118 USC 2703", "US", []),
        ("18 USC 27031", "US", []),
        ("Regulation (EU) 2023/1543, Art. 5", "DE", ["Regulation (EU) 2023/1543"]),
        ("Investigatory Powers Act 2016, Part 3", "GB", ["Investigatory Powers Act 2016"]),
        ("Art. 126na Sv", "NL", ["Code of Criminal Procedure (Netherlands), Art. 126na"]),
        ("Art. 126n Sv", "NL", ["Code of Criminal Procedure (Netherlands), Art. 126n"]),
        ("Art. 126n Sv", "US", []),
        ("Marco Civil, Art. 10", "BR", [table().countries["BR"].laws[0].cite]),
        ("", "US", []),
    ],
)
def test_a_law_is_known_by_how_it_is_cited(text, country, names):
    assert [law.cite for law in cited(text, DAY, country=country)] == names


def test_the_reach_is_the_one_of_the_pack_on_that_day():
    pack = load("us/stored_communications_act")
    for name, text in (
        ("reach_subpoena", "18 USC 2703(c)(2)"),
        ("reach_d_order", "18 USC 2703(d)"),
        ("reach_nsl", "18 USC 2709"),
    ):
        for day in (date(2018, 4, 1), DAY):
            [law] = cited(text, day, country="US")
            assert law.gives == tuple(str(pack.value(name, day)).split())


def test_a_law_is_not_in_force_before_its_first_day():
    [law] = cited("Regulation (EU) 2023/1543", date(2026, 8, 17), country="DE")
    assert law.ended
    assert not cited("Regulation (EU) 2023/1543", date(2026, 8, 18), country="DE")[0].ended


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("18 USC 2703(a) to (h)", ()),
        ("18 USC 2703(i)", ("18 USC 2703(i)",)),
        ("18 USC 2714", ("18 USC 2714",)),
        ("18 USC 2721", ()),
        ("55 U.S.C. § 1, 54 USC 1, 0 USC 4", ("55 USC 1", "0 USC 4")),
    ],
)
def test_what_cannot_be_is_named(text, wrong):
    assert impossible(text) == wrong


def test_every_law_has_a_name_to_be_known_by_and_a_state():
    for law in statutes(DAY):
        assert law.countries
        assert all(law.named_by)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text):
    assert "  " not in normal(text)
    assert all(law in statutes(DAY) for law in cited(text, DAY, country="US"))
    assert all(" USC " in wrong for wrong in impossible(text))
