"""Does each fact on coherence say confirmed, contradicted, absent or not checked where it should, and never crash?"""

import importlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticate.coherence.papers import RECEIVED, demand, of
from tests.authenticate.directory.records import domain, number, office

from answerable.authenticate.coherence import Mail, Seal, coherence_facts, papers_of, us_citations
from answerable.authenticate.directory.fact import TABLE
from answerable.authenticate.directory.naming import same_name
from answerable.casefile.evidence import Result

CONFIRMED, CONTRADICTED, ABSENT, NOT_CHECKED = Result
ATTORNEY = office(
    id="us-attorney", name="United States Attorney", country="US", kind="prosecutor", other_names=("USAO",),
    domains=(domain("usattorney.example"),), numbers=(number("+14155550100"),),
)  # fmt: skip


def facts(paper=None, *, record=ATTORNEY, mail=None, seal=None, earlier=(), courts=None):
    paper = paper or demand()
    papers = papers_of(paper, sender="us-attorney", mail=mail, seal=seal)
    found = coherence_facts(paper, papers=papers, record=record, earlier=earlier, courts=courts, at=RECEIVED)
    assert [fact.code for fact in found] == [f"G{place}" for place in range(1, 11)]
    return {fact.code: (fact.result, fact.found) for fact in found}


def test_a_paper_that_is_right_is_contradicted_nowhere():
    found = {code: result for code, (result, _) in facts().items()}
    assert found == {
        "G1": CONFIRMED, "G2": CONFIRMED, "G3": CONFIRMED, "G4": CONFIRMED, "G5": ABSENT, "G6": CONFIRMED,
        "G7": CONFIRMED, "G8": ABSENT, "G9": CONFIRMED, "G10": CONFIRMED,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "result", "said"),
    [
        ({"issued_on": "2026-11-25"}, "G1", CONTRADICTED, "dated 25 November 2026, after it was received"),
        ({"issued_on": "2026-11-24"}, "G1", CONFIRMED, ""),  # it is tomorrow already in other zones
        ({"issued_on": "2026-11-21"}, "G1", CONFIRMED, ""),  # a Saturday is nothing
        ({"issued_on": "2026-11-22"}, "G1", CONFIRMED, ""),  # nor is a Sunday
        ({"issued_on": None}, "G1", ABSENT, "no date"),
        ({"issued_on": "2024-01-01"}, "G1", CONFIRMED, "days old"),
        ({"approval": {"given_on": "2026-11-21"}}, "G1", CONTRADICTED, "The approval is dated 21 November 2026"),
        ({"earlier_issued_on": "2026-11-21"}, "G1", CONTRADICTED, "The earlier demand"),
        ({"due": "2026-11-23T09:41:00Z"}, "G2", CONTRADICTED, "ended on 23 November 2026, 09:41 UTC, before"),
        ({"due": "2026-11-23T09:42:00Z"}, "G2", CONFIRMED, ""),
        ({"due": None}, "G2", ABSENT, "no time"),
        ({"due": "2026-11-18T00:00:00Z"}, "G2", CONTRADICTED, "before the day it is dated"),
        ({"secrecy": {"kind": "ordered", "until": "2026-11-22"}}, "G2", CONTRADICTED, "silence"),
        ({"secrecy": {"kind": "ordered", "until": "2027-11-22"}}, "G2", CONFIRMED, ""),
        ({"legal_basis": None}, "G3", ABSENT, "cites no law"),
        ({"legal_basis": "18 USC 2703(z)"}, "G3", CONTRADICTED, "no 18 USC 2703(z)"),
        ({"legal_basis": "Title 18, United States Code, Section 2717"}, "G3", CONTRADICTED, "no 18 USC 2717"),
        ({"legal_basis": "99 U.S.C. § 12"}, "G3", CONTRADICTED, "no 99 USC 12"),
        ({"legal_basis": "an ancient custom"}, "G3", NOT_CHECKED, "No law of our tables"),
        ({"legal_basis": "Investigatory Powers Act 2016, s 60A"}, "G3", CONTRADICTED, "not law of that State"),
        ({"legal_basis": "18 USC 2703(d)", "requester": {"country": "FR"}}, "G3", CONTRADICTED, "It says it is of FR"),
        ({"requester": {"country": None}}, "G3", NOT_CHECKED, "of which State"),
        ({"legal_basis": "Regulation (EU) 2023/1543", "requester": {"country": "DK"}}, "G3", CONTRADICTED, "DK"),
        ({"legal_basis": "Regulation (EU) 2023/1543", "requester": {"country": "DE"}}, "G3", CONFIRMED, "DE"),
        ({"asked": [{"kind": "user", "value": "x", "boxes": ["d4"]}]}, "G4", CONTRADICTED, "no messages"),
        ({"legal_basis": "18 USC 2703(a)", "asked": [{"kind": "user", "value": "x", "boxes": ["d4"]}]}, "G4", CONFIRMED, ""),
        ({"legal_basis": "18 USC 2703(f)"}, "G4", CONTRADICTED, "2703(f)"),
        ({"legal_basis": "19 USC 1509", "asked": [{"kind": "user", "value": "x", "boxes": ["c.iii.1"]}]}, "G4", CONTRADICTED, "1509"),
        ({"legal_basis": "18 USC 2703"}, "G4", NOT_CHECKED, "law pack"),
        ({"asked": []}, "G4", ABSENT, "no data"),
        ({"requester": {"email": "a@usattorney.example.net"}}, "G6", CONTRADICTED, "usattorney.example.net"),
        ({"requester": {"email": "nobody"}}, "G6", CONTRADICTED, "without a domain"),
        ({"requester": {"email": None}}, "G6", ABSENT, ""),
        ({"requester": {"tel": "+1 415 555 0199"}}, "G7", CONTRADICTED, "not in the directory"),
        ({"requester": {"tel": "(415) 555-0100"}}, "G7", CONFIRMED, ""),
        ({"requester": {"tel": None}}, "G7", ABSENT, ""),
    ],
)  # fmt: skip
def test_one_thing_that_is_otherwise_shows_in_its_fact(changes, code, result, said):
    seen, found = facts(demand(**changes))[code]
    assert seen is result, found
    assert said in found


def test_the_words_never_quote_a_number_or_an_address_of_the_paper():
    found = " ".join(
        words for _, words in facts(demand(requester={"tel": "+1 415 555 0199", "email": "bob@other.example"})).values()
    )
    assert "0199" not in found
    assert "bob" not in found


def test_without_a_record_nothing_is_compared_with_it():
    found = facts(record=None)
    assert {found["G6"][0], found["G7"][0]} == {NOT_CHECKED}
    bare = office(domains=(), numbers=())
    assert {facts(record=bare)["G6"][0], facts(record=bare)["G7"][0]} == {NOT_CHECKED}


@pytest.mark.parametrize(
    ("mail", "seal", "result"),
    [
        (Mail(from_address="a@usattorney.example"), None, CONFIRMED),
        (Mail(from_address="a@mail.usattorney.example"), Seal(organisation="USAO"), CONFIRMED),
        (Mail(from_address="a@gmail.example"), None, CONTRADICTED),
        (None, Seal(organisation="UNITED STATES attorney"), CONFIRMED),
        (None, Seal(organisation="Acme Ltd"), CONTRADICTED),
        (Mail(from_name="A. Lawyer"), None, CONTRADICTED),
        (None, None, ABSENT),
    ],
)
def test_mail_paper_and_seal_name_one_office(mail, seal, result):
    assert facts(mail=mail, seal=seal)["G5"][0] is result


def test_where_answers_would_go_counts_what_the_mail_says():
    assert facts(mail=Mail(reply_to=("x@elsewhere.example",)))["G6"][0] is CONTRADICTED
    assert facts(mail=Mail(reply_to=("x@usattorney.example",)))["G6"][0] is CONFIRMED


def test_a_certificate_of_the_union_is_of_its_members(forms):
    found = facts(of(forms["lawful"]), record=None)
    assert found["G3"][0] is CONFIRMED
    assert (found["G2"][0], found["G8"][0]) == (ABSENT, ABSENT)
    wrong = forms["lawful"].model_copy(update={"A": forms["lawful"].A.model_copy(update={"issuing_state": "US"})})
    assert facts(of(wrong), record=None)["G3"][0] is CONTRADICTED


CITES = "See Carpenter v. United States, 585 U.S. 296 (2018), and Smith v. Jones, 12 F.4th 34 (9th Cir. {year})."
COURT = "United States District Court for the Northern District of California"


@pytest.mark.parametrize(
    ("year", "result", "said"),
    [
        ("2022", CONFIRMED, "2 reported decisions"),
        ("1950", CONTRADICTED, "began in 2021"),
        ("2031", CONTRADICTED, "after the paper came"),
    ],
)
def test_decisions_are_in_reporters_that_were_there(year, result, said):
    pytest.importorskip("eyecite")
    seen, found = facts(demand(text=CITES.format(year=year)))["G8"]
    assert seen is result, found
    assert said in found


def test_a_court_is_known_by_the_list_of_the_desk_or_by_that_of_the_extra(monkeypatch):
    paper = demand(approval={"by": "judge", "name": COURT})
    assert facts(paper, courts={same_name(COURT)})["G8"][0] is CONFIRMED
    nowhere = demand(approval={"by": "judge", "name": "High Court of Nowhere at All"})
    assert facts(nowhere, courts={same_name(COURT)})["G8"][0] is NOT_CHECKED
    pytest.importorskip("courts_db")
    assert facts(paper)["G8"][0] is CONFIRMED


def test_without_the_extra_it_could_not_be_checked_and_says_why(monkeypatch):
    def absent(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(us_citations, "import_module", absent)
    seen, found = facts(demand(text=CITES.format(year="2022")))["G8"]
    assert (seen, "not installed" in found) == (NOT_CHECKED, True)
    seen, found = facts(demand(approval={"name": COURT}))["G8"]
    assert (seen, "no list of courts" in found) == (NOT_CHECKED, True)
    assert facts(demand(approval={"name": COURT}), courts={same_name(COURT)})["G8"][0] is CONFIRMED
    assert importlib.import_module("answerable") is not None


def test_a_reader_that_breaks_off_has_checked_nothing(monkeypatch):
    def breaks(_):
        raise RecursionError

    class Broken:
        get_citations = find_court = staticmethod(breaks)
        FullCaseCitation = object

    monkeypatch.setattr(us_citations, "import_module", lambda _: Broken)
    assert facts(demand(text=CITES.format(year="2022"), approval={"name": COURT}))["G8"][0] is NOT_CHECKED


def test_every_fact_has_a_title_and_says_what_it_does_not_show():
    assert all(title and not_shown for title, not_shown in TABLE.values())
    assert len({title for title, _ in TABLE.values()}) == len(TABLE)


words = st.text(max_size=120)


@settings(deadline=None)
@given(basis=words, name=words, tel=words, email=words, text=words)
def test_whatever_a_paper_says_every_fact_comes_out(basis, name, tel, email, text):
    paper = demand(legal_basis=basis, text=text, requester={"name": name, "tel": tel, "email": email})
    facts(paper, mail=Mail(from_name=name, from_address=email, reply_to=(email,)), seal=Seal(organisation=name))


@settings(deadline=None)
@given(st.timedeltas(min_value=timedelta(days=-4000), max_value=timedelta(days=4000)))
def test_an_order_is_never_in_order_when_it_is_dated_days_after_receipt(moved):
    day = (RECEIVED + moved).date()
    result, _ = facts(demand(issued_on=day.isoformat(), due=None))["G1"]
    assert (result is CONTRADICTED) == (day > (RECEIVED + timedelta(days=1)).date())
