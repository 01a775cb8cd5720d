"""Does every chain of the ARC suite come out as its authors say? Read where it lies; skipped where it does not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from answerable.authenticate.mail import DnsAnswer, DnsRecords, mail_facts, questions
from answerable.casefile.evidence import Result

SUITE = Path(__file__).resolve().parents[3].parent / "shared" / "vectors" / "arc" / "arc-draft-validation-tests.yml"
RESULTS = {"pass": Result.CONFIRMED, "fail": Result.CONTRADICTED, "none": Result.ABSENT, "": Result.ABSENT}
AT = datetime(2026, 11, 23, tzinfo=UTC)


def suite():
    if not SUITE.is_file():
        return
    for scenario in yaml.safe_load_all(SUITE.read_text(encoding="utf-8")):
        for name, case in scenario["tests"].items():
            message = (case["message"] or "").encode()
            yield pytest.param(message, str(case["cv"] or ""), scenario["txt-records"] or {}, id=name)


def answered(message, texts):
    """Return what a DNS with these records answers to exactly what the message makes us ask."""
    return DnsRecords(
        answers=tuple(
            DnsAnswer(name=name, texts=(texts[name],) if name in texts else ()) for name in questions(message)
        )
    )


def chain(message, records):
    facts = mail_facts(message, records=records, trusted_servers=None, directory_domains={}, at=AT).facts
    [found] = [fact for fact in facts if fact.code == "B6"]
    return found


CASES = list(suite())


@pytest.mark.skipif(not CASES, reason="the ARC suite is not there: ../shared/vectors/arc")
def test_the_suite_is_whole():
    assert len(CASES) == 171


@pytest.mark.parametrize(("message", "status", "texts"), CASES)
def test_a_chain_comes_out_as_the_suite_says(message, status, texts):
    assert chain(message, answered(message, texts)).result is RESULTS[status.lower()]
