"""Does the one right record fit, and does doubt stay doubt?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticate.directory.records import RECEIVED, domain, office

from answerable.authenticate.directory import Claims, fitting
from answerable.authenticate.directory.naming import lies_below, mail_domain, may_be, same_name, telephone

COURT = office(id="de-court", name="Amtsgericht Überall", country="DE", kind="judge", domains=(domain("gericht.example"),),
               organisation_identifiers=("VATDE-1",), certificates=("a" * 64,), numbers=())  # fmt: skip
POLICE = office()
TWIN = office(id="nl-police-twin", domains=(domain("twin.example"),))
ALL = (COURT, POLICE, TWIN)


@pytest.mark.parametrize(
    ("claims", "fits", "said"),
    [
        ({"organisations": ("VATDE-1",)}, "de-court", "organisation identifier"),
        ({"certificates": ("a" * 64,)}, "de-court", "certificate"),
        ({"domains": ("inspector@mail.police.example",)}, "nl-police", "mail domain"),
        ({"domains": ("inspector@evilpolice.example",)}, None, "No record"),
        ({"names": ("AMTSGERICHT ueberall",), "country": "DE"}, None, "No record"),
        ({"names": ("amtsgericht  Uberall",), "country": "DE"}, "de-court", "name"),
        ({"names": ("The Police of the Voorbeeld",), "country": "NL"}, None, "2 records fit"),
        ({"names": ("Police of Voorbeeld",), "domains": ("x@twin.example",)}, "nl-police-twin", "mail domain and name"),
        ({"names": ("Amtsgericht Überall",), "country": "FR"}, None, "No record"),
        ({"organisations": ("VATDE-1",), "domains": ("x@police.example",)}, None, "mail domain that of nl-police"),
        ({"organisations": ("VATDE-1",), "names": ("Police of Voorbeeld",)}, None, "name that of"),
        ({}, None, "No record"),
        ({"names": ("", "  ", "---"), "domains": ("nothing", "@", "")}, None, "No record"),
    ],
)
def test_signs_lead_to_a_record_or_the_doubt_is_said(claims, fits, said):
    fit = fitting(ALL, Claims(**claims), on=RECEIVED.date())
    assert (fit.record.id if fit.record else None) == fits
    assert said in fit.found
    assert fit.record is None or not fit.is_ambiguous


def test_a_retired_record_fits_nothing():
    gone = COURT.model_copy(update={"retired_on": RECEIVED.date()})
    assert fitting([gone], Claims(organisations=("VATDE-1",)), on=RECEIVED.date()).record is None


def test_the_order_of_the_records_does_not_matter():
    claims = Claims(names=("Police of Voorbeeld",), domains=("x@police.example",))
    one, other = fitting(ALL, claims, on=RECEIVED.date()), fitting(ALL[::-1], claims, on=RECEIVED.date())
    assert one == other
    assert one.record.id == "nl-police"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+31 20 555 0100", "+31205550100"),
        ("0031 (0)20 5550100", "+31205550100"),
        ("+1 (415) 555-0100", "+14155550100"),
        ("020 5550100", None),
        ("+0 20 5550100", None),
        ("+31", None),
        ("call me", None),
        ("+31 20 55501 ext 4", None),
        ("+31" + "5" * 40, None),
        ("", None),
    ],
)
def test_a_number_has_one_form_or_none(written, number):
    assert telephone(written) == number


@pytest.mark.parametrize(
    ("written", "fits"),
    [
        ("+31 20 5550100", True),
        ("(020) 555 0100", True),
        ("+32 20 5550100", False),
        ("5550100", True),
        ("0100", False),
        ("", False),
    ],
)
def test_what_a_paper_writes_may_be_a_listed_number(written, fits):
    assert may_be(written, "+31205550100") is fits


@settings(deadline=None)
@given(st.text(max_size=200))
def test_normal_forms_hold_for_any_text_and_are_stable(text):
    assert same_name(same_name(text)) == same_name(text)
    for normal in (mail_domain, telephone):
        found = normal(text)
        assert found is None or normal(found) == found


def test_a_domain_lies_below_itself_and_its_own_names_only():
    assert lies_below("a.police.example", "police.example")
    assert lies_below("police.example", "police.example")
    assert not lies_below("notpolice.example", "police.example")
