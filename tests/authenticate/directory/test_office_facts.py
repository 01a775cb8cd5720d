"""Do the facts on office and history say what was found, and never more?"""

from datetime import timedelta

import pytest
from tests.authenticate.coherence.papers import demand
from tests.authenticate.directory.records import LONG_AGO, RECEIVED, caution, office

from answerable.authenticate.directory import (
    Claims,
    Fit,
    Past,
    Reported,
    history_facts,
    issuer_facts,
    reported_about,
)
from answerable.casefile.caution_feed import CautionFeed, FeedEntry
from answerable.casefile.directory import hashed_account
from answerable.casefile.evidence import Result

CONFIRMED, CONTRADICTED, ABSENT, NOT_CHECKED = Result


def issuer(record, **fit):
    facts = issuer_facts(demand(), Fit(record=record, found="It fits.", **fit), at=RECEIVED)
    return {fact.code: fact.result for fact in facts}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (office(kind="prosecutor", country="US"), (CONFIRMED, CONFIRMED, CONFIRMED, ABSENT)),
        (office(kind="police"), (CONFIRMED, CONFIRMED, CONTRADICTED, ABSENT)),
        (office(kind="prosecutor", competent_for=("us.sca.subpoena",)), (CONFIRMED, CONFIRMED, CONFIRMED, CONFIRMED)),
        (office(kind="prosecutor", competent_for=("eu.epoc",)), (CONFIRMED, CONFIRMED, CONFIRMED, CONTRADICTED)),
        (office(kind="prosecutor", confirmed_by=None), (NOT_CHECKED, ABSENT, CONFIRMED, ABSENT)),
        (None, (ABSENT, ABSENT, NOT_CHECKED, NOT_CHECKED)),
    ],
)
def test_the_facts_on_the_office(record, expected):
    assert tuple(issuer(record).values()) == expected


def test_two_records_that_fit_are_a_doubt_and_no_record():
    assert issuer(None, others=("a", "b"))["F1"] is NOT_CHECKED


def history(past=None, record=None, reported=()):
    facts = history_facts(record, past or Past(), reported=reported, at=RECEIVED)
    return {fact.code: (fact.result, fact.found) for fact in facts}


def test_an_unknown_office_has_no_past_and_none_is_invented():
    assert {code: result for code, (result, _) in history().items()} == {
        "H1": ABSENT, "H2": CONFIRMED, "H3": NOT_CHECKED, "H4": CONFIRMED,
    }  # fmt: skip


def test_demands_and_forgeries_of_before_are_counted_and_named():
    facts = history(Past(demands=3, first_seen=LONG_AGO, refused=1, forged=("AN-2026-000004",)))
    assert facts["H1"] == (CONFIRMED, f"3 earlier demands, 1 refused; the first came on {LONG_AGO:%d %B %Y}.")
    assert facts["H2"] == (CONTRADICTED, "Found forged in its name: AN-2026-000004.")
    assert history(Past(demands=1, first_seen=LONG_AGO, suspected=("AN-1",)))["H2"][0] is NOT_CHECKED


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({}, CONTRADICTED),
        ({"starts_at": RECEIVED + timedelta(seconds=1)}, CONFIRMED),
        ({"starts_at": RECEIVED}, CONTRADICTED),
        ({"ends_at": RECEIVED}, CONFIRMED),
        ({"ends_at": RECEIVED + timedelta(seconds=1)}, CONTRADICTED),
        ({"lifted_at": RECEIVED}, CONFIRMED),
    ],
)
def test_a_caution_counts_while_it_is_in_force(changes, result):
    assert history(record=office(cautions=(caution(**changes),)))["H3"][0] is result


def test_a_report_names_who_says_it_and_one_that_is_contested_decides_nothing():
    report = Reported(by="desk.example/log/cautions", about="agency", reason="x", reported_at=LONG_AGO)
    result, found = history(reported=(report,))["H4"]
    assert (result, "Reported by desk.example/log/cautions" in found) == (CONTRADICTED, True)
    contested = report.model_copy(update={"contested": True})
    assert history(reported=(contested,))["H4"][0] is NOT_CHECKED
    assert history(reported=(contested, report))["H4"][0] is CONTRADICTED


def entry(**changes) -> FeedEntry:
    fields = {
        "id": "b" * 32, "agency": "Police of Voorbeeld", "country": "NL", "about": "agency",
        "reason": "a mailbox was taken over", "starts_at": RECEIVED - timedelta(days=9),
        "expires_at": RECEIVED + timedelta(days=9),
    }  # fmt: skip
    return FeedEntry.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({}, True),
        ({"country": "BE"}, False),
        ({"agency": "POLICE Voorbeeld"}, True),
        ({"agency": "Police of Elsewhere"}, False),
        ({"about": "domain", "domain": "police.example"}, True),
        ({"about": "domain", "domain": "elsewhere.example"}, False),
        ({"about": "telephone", "telephone": "+31205550100"}, True),
        ({"about": "telephone", "telephone": "+31205550101"}, False),
        ({"about": "account", "account_sha256": hashed_account("b" * 32, "Inspector@mail.police.example")}, True),
        ({"about": "account", "account_sha256": hashed_account("c" * 32, "inspector@mail.police.example")}, False),
        ({"expires_at": RECEIVED}, False),
        ({"retracted_at": RECEIVED - timedelta(days=1)}, False),
        ({"starts_at": RECEIVED + timedelta(days=1)}, False),
    ],
)
def test_a_report_is_found_by_office_domain_number_or_digest_while_it_holds(changes, seen):
    feed = CautionFeed(
        publisher="d.example",
        number=1,
        made_at=RECEIVED,
        expires_at=RECEIVED + timedelta(days=1),
        entries=(entry(**changes),),
    )
    claims = Claims(names=("Police of Voorbeeld",), country="NL")
    given = {"addresses": ("inspector@mail.police.example",), "numbers": ("020 555 0100",)}
    assert bool(reported_about([feed], claims, **given, at=RECEIVED)) is seen
