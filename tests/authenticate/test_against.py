"""Does what speaks against a paper stay open until somebody answers for it?"""

from datetime import UTC, datetime

import pytest

from answerable.authenticate import against_finding
from answerable.casefile.evidence import Fact, Result, Sheet
from answerable.casefile.finding import Outcome

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)


def sheet(*facts):
    return Sheet(
        paper="0" * 64,
        at=NOW,
        facts=tuple(
            Fact(code=code, title="Something", result=result, found="as seen", method="test", at=NOW, not_shown="all")
            for code, result in facts
        ),
    )


@pytest.mark.parametrize(
    ("facts", "outcome", "asks"),
    [
        ((), Outcome.MET, False),
        ((("D3", Result.CONFIRMED), ("B4", Result.ABSENT), ("E3", Result.NOT_CHECKED)), Outcome.MET, False),
        ((("B4", Result.CONTRADICTED),), Outcome.UNCLEAR, True),
        ((("D8", Result.CONTRADICTED),), Outcome.UNCLEAR, True),
        ((("E2", Result.CONTRADICTED), ("D3", Result.CONFIRMED)), Outcome.UNCLEAR, True),
        ((("G1", Result.CONTRADICTED), ("H2", Result.CONTRADICTED)), Outcome.MET, False),
    ],
)
def test_domain_document_and_signer_are_weighed(facts, outcome, asks):
    found = against_finding(sheet(*facts))
    assert (found.outcome, found.question is not None) == (outcome, asks)
    assert (found.withholds_now == ()) is (outcome is Outcome.MET)
    assert all(code in found.fact for code, result in facts if result is Result.CONTRADICTED and asks)


def test_without_a_sheet_nobody_can_answer_for_it():
    found = against_finding(None)
    assert (found.outcome, found.question) == (Outcome.UNCLEAR, None)
