"""Is exactly what is needed asked, kept as it came, and every silence told apart from a no? On this machine alone."""

import dns.rcode
import pytest
from tests.authenticate.mail.dns_server import MUTE, serving
from tests.authenticate.mail.mails import AT, DIRECTORY, rsa_key, signed

from answerable.adapters.dns import NameServers, gather, offline
from answerable.authenticate.mail import DnsAnswer, mail_facts, questions
from answerable.casefile.evidence import Result

KEY = "s1._domainkey.citypolice.example"
RULE = "_dmarc.citypolice.example"


def ask(table, names=(KEY, RULE), **more):
    with serving(table) as (port, asked):
        servers = NameServers(("127.0.0.1",), port=port, **{"seconds_a_name": 1.0, **more})
        return gather(names, servers, at=AT), asked


def test_a_mail_makes_us_ask_for_its_keys_and_its_domain_and_for_nothing_else():
    assert questions(signed()) == (KEY, RULE)
    below = signed().replace(b"desk@citypolice", b"desk@unit.citypolice")
    assert questions(below) == (KEY, "_dmarc.unit.citypolice.example", RULE)


def test_a_hostile_mail_makes_us_ask_for_few_names():
    many = b"".join(b"DKIM-Signature: v=1; s=s%d; d=x%d.example\r\n" % (i, i) for i in range(500))
    seals = b"".join(b"ARC-Seal: i=%d; s=s%d; d=y%d.example\r\n" % (i, i, i) for i in range(500))
    assert len(questions(many + seals + b"\r\n")) <= 10 + 50


@pytest.mark.parametrize(
    "domain", [b"x.example\\000.evil.example", b"a b.example", b"..", b"", b"x" * 300, b"\xff.example"]
)
def test_no_odd_name_is_ever_asked_for(domain):
    assert questions(b"DKIM-Signature: v=1; s=s1; d=" + domain + b"\r\n\r\n") == ()


def test_answers_are_kept_as_they_came():
    record = rsa_key(2048)[1]
    found, asked = ask({KEY: [record], RULE: ["v=DMARC1; p=reject", "other"]})
    assert found.about(KEY) == DnsAnswer(name=KEY, texts=(record,))
    assert set(found.about(RULE).texts) == {"v=DMARC1; p=reject", "other"}
    assert asked == [KEY, RULE]
    assert found.asked_at == AT


def test_that_there_is_none_is_an_answer():
    found, _ = ask({RULE: []})
    assert found.about(KEY) == DnsAnswer(name=KEY)
    assert found.about(RULE) == DnsAnswer(name=RULE)


@pytest.mark.parametrize("silence", [MUTE, int(dns.rcode.SERVFAIL), int(dns.rcode.REFUSED)])
def test_silence_is_not_an_answer(silence):
    found, _ = ask({KEY: silence, RULE: []}, seconds_a_name=0.3)
    assert found.about(KEY).failure
    assert found.about(RULE).failure is None


def test_all_questions_together_take_no_longer_than_is_given():
    found, asked = ask(dict.fromkeys([KEY, RULE], MUTE), seconds_a_name=0.2, seconds_in_all=0.1)
    assert found.about(RULE).failure == "the time for all questions was over"
    assert RULE not in asked


def test_a_name_that_was_never_asked_for_is_no_empty_answer():
    assert offline([], at=AT).about("Other.Example.").failure == "the DNS was not asked"


def facts(message, records):
    examined = mail_facts(message, records=records, trusted_servers=None, directory_domains=DIRECTORY, at=AT)
    return {fact.code: fact for fact in examined.facts}


def test_a_desk_without_a_network_says_so_and_contradicts_nothing():
    message = signed()
    found = facts(message, offline(questions(message), at=AT))
    for code in ("B2", "B3", "B4"):
        assert found[code].result is Result.NOT_CHECKED
        assert "this desk asks no DNS" in found[code].found
    assert found["B7"].result is Result.NOT_CHECKED


def test_what_a_server_said_gives_the_same_facts_again_later():
    message = signed()
    records, _ = ask({KEY: [rsa_key(2048)[1]], RULE: ["v=DMARC1; p=reject"]}, questions(message))
    found = facts(message, records)
    assert (found["B3"].result, found["B4"].result, found["B7"].result) == (Result.CONFIRMED,) * 3
    assert facts(message, type(records).model_validate_json(records.model_dump_json())) == found
