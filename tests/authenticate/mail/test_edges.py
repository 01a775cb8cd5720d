"""Is what lies at an edge said as it is: chains that cannot be judged, keys and bodies too large, papers kept oddly?"""

from datetime import timedelta

import pytest
from tests.authenticate.mail.compound_file import compound_file
from tests.authenticate.mail.mails import AT, BODY, DIRECTORY, HEADER, MAIL, records_for, signed
from tests.authenticate.mail.test_reading import MIXED, START, outlook, part

from answerable.adapters import dns as asking
from answerable.authenticate.mail import DnsRecords, mail_facts
from answerable.authenticate.mail import signatures as checking
from answerable.casefile.evidence import Result
from answerable.casefile.mail import Limits, read_message
from answerable.casefile.mail import outlook as outlook_files

CONFIRMED, CONTRADICTED, ABSENT, NOT_CHECKED = Result
SEAL = (
    b"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=relay.example; s=s1; b=AAAA%s\r\n"
    b"ARC-Message-Signature: i=1; a=rsa-sha256; d=relay.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n"
    b"ARC-Authentication-Results: i=1; relay.example; none\r\n"
)


def facts(message, records=None, *, directory=DIRECTORY, limits=None, **known):
    examined = mail_facts(
        message,
        records=records or records_for(message, **known),
        trusted_servers=None,
        directory_domains=directory,
        at=AT,
        limits=limits,
    )
    return {fact.code: fact for fact in examined.facts}


@pytest.mark.parametrize(
    ("more", "result", "said"),
    [
        (b"; x=1", NOT_CHECKED, "expiry"),
        (b"; t=%d" % (AT + timedelta(days=9)).timestamp(), CONTRADICTED, "after the mail was received"),
        (b"; z=" + b"a" * 9_000, NOT_CHECKED, "longer"),
        (b"; z=" + b"\r\n " * 300, NOT_CHECKED, "longer"),
        (b"; t=never", CONTRADICTED, "chain"),
        (b"; s=s1", CONTRADICTED, "chain"),
    ],
)
def test_a_chain_that_cannot_be_judged_says_why(more, result, said):
    found = facts(SEAL % more + MAIL)["B6"]
    assert found.result is result
    assert said in found.found


def test_a_chain_whose_key_was_not_looked_up_is_not_checked():
    found = facts(SEAL % b"" + MAIL, DnsRecords())["B6"]
    assert found.result is NOT_CHECKED
    assert "the DNS was not asked" in found.found


def test_a_chain_in_what_outlook_saved_is_not_checked():
    assert "Outlook" in facts(outlook((SEAL % b"" + HEADER).decode()))["B6"].found


def test_a_chain_of_too_many_is_not_checked():
    assert facts(SEAL.replace(b"%s", b"") * 51 + MAIL)["B6"].result is NOT_CHECKED


@pytest.mark.parametrize("domain", [b"citypolice.example", b"mail.citypolice.example"])
def test_answers_to_the_same_office_are_confirmed(domain):
    found = facts(b"Reply-To: Desk <orders@" + domain + b">\r\n" + MAIL)["B10"]
    assert found.result is CONFIRMED


def test_a_rule_is_not_broken_by_what_could_not_be_checked():
    message = signed(length=True)
    assert facts(message, **{"_dmarc.citypolice.example": ["v=DMARC1; p=reject"]})["B4"].result is NOT_CHECKED


def test_without_a_directory_nothing_is_compared():
    found = facts(MAIL, directory={})
    assert (found["B8"].result, found["B7"].result) == (NOT_CHECKED, ABSENT)


def test_a_domain_in_letters_that_are_not_compared_is_not_confirmed():
    assert facts(MAIL.replace(b"citypolice.example>", "日本.example>".encode(), 1))["B8"].result is NOT_CHECKED


def test_a_domain_below_a_listed_one_is_not_itself_listed():
    message = MAIL.replace(b"citypolice.example>", b"unit.citypolice.example>", 1)
    found = facts(signed(message, domain=b"unit.citypolice.example"))
    assert found["B3"].result is CONFIRMED
    assert found["B7"].result is ABSENT
    assert "under citypolice.example" in found["B7"].found
    assert found["B8"].result is CONFIRMED


def test_the_line_of_a_signature_is_read_to_a_length():
    message = signed()
    for more in (b"z=" + b"a" * 9_000, b"z=" + b"\r\n " * 300 + b"a"):
        longer = message.replace(b"v=1;", b"v=1; " + more + b";", 1)
        assert facts(longer, records_for(message))["B2"].result is NOT_CHECKED


def test_work_is_counted_over_all_signatures(monkeypatch):
    monkeypatch.setattr(checking, "MOST_WORK", len(BODY) + 10)
    twice = signed(signed(), domain=b"relay.example", selector=b"s2")
    found = mail_facts(twice, records=records_for(twice), trusted_servers=None, directory_domains={}, at=AT).facts
    assert [fact.result for fact in found if fact.code == "B2"] == [CONFIRMED, NOT_CHECKED]


def test_an_expiry_before_the_making_is_a_contradiction():
    message = signed(identity=b"@citypolice.example; x=%d; z=@citypolice.example" % (AT.timestamp() - 3_600))
    found = facts(message)["B2"]
    assert found.result is CONTRADICTED
    assert "before it was made" in found.found


@pytest.mark.parametrize("bits", [16_384])
def test_a_key_that_is_too_large_is_not_checked(bits):
    modulus = (1 << (bits - 1)) + 1
    number = b"\x02\x82" + (bits // 8 + 1).to_bytes(2, "big") + b"\0" + modulus.to_bytes(bits // 8, "big")
    inner = number + b"\x02\x03\x01\x00\x01"
    der = b"\x30\x82" + len(inner).to_bytes(2, "big") + inner
    record = "v=DKIM1; p=" + __import__("base64").b64encode(der).decode()
    found = facts(signed(), **{"s1._domainkey.citypolice.example": [record]})["B2"]
    assert found.result is NOT_CHECKED


def test_from_is_read_to_a_length():
    assert "longer than 2000" in facts(b"From: " + b"a" * 3_000 + b"@citypolice.example\r\n\r\n")["B1"].found


def test_papers_that_hold_each_other_too_often_are_not_read():
    within = START + b"Content-Type: message/rfc822\r\n\r\n" * 6 + b"x" * 900
    assert "hold each other" in str(read_message(within, Limits(message=2_048)).crossed)


def test_a_part_without_a_line_end_before_the_mark_is_whole():
    assert read_message(MIXED + b"--b\n--b\nContent-Type: a/b\n\nx\n--b--").papers[-1].content == b"x"


def test_other_encodings_and_long_lines_are_read_or_named():
    quoted = MIXED + part(b"a=3Db", encoding="quoted-printable", name="x") + b"--b--"
    assert read_message(quoted).papers[0].content == b"a=b"
    long = MIXED + b"--b\r\nContent-Type: application/pdf; x=" + b"y" * 3_000 + b"\r\n\r\nz\r\n--b--"
    assert "longer than 2000" in read_message(long).faults[0]
    latin = MIXED + b'--b\r\nContent-Type: application/pdf; name="\xfc.pdf"\r\n\r\nz\r\n--b--'
    assert read_message(latin).papers[0].name == "ü.pdf"


def test_what_outlook_keeps_in_its_own_way_is_named():
    folder = {"__substg1.0_3707001F": "x".encode("utf-16-le")}
    message = compound_file({"__properties_version1.0": b"\0" * 32, "__attach_version1.0_#00000000": folder})
    assert "a way of its own" in read_message(message).faults[0]


def test_what_outlook_saved_keeps_to_the_limits(monkeypatch):
    assert "damaged" in read_message(outlook("X: " + "y" * 5_000), Limits(header=1_024)).crossed
    assert "64 KB" in read_message(outlook("X: " + "é" * 40_000)).crossed
    two = outlook(papers=[("x", "y", b"z" * 5_000)] * 2)
    monkeypatch.setattr(outlook_files, "_stream", lambda *_: b"one chain of sectors, named twice" * 1_000)
    assert "hold each other" in read_message(two, Limits(message=len(two))).crossed


def test_a_part_that_cannot_be_asked_for_its_boundary_is_named():
    for parameter in (b"boundary* =boundary\0\0''*%", b"x=y"):
        found = read_message(START + b"Content-Type: multipart/mixed; " + parameter + b"\r\n\r\n--b")
        assert "no boundary" in found.faults[-1]


def test_a_machine_without_a_resolver_says_so(monkeypatch):
    def without(**_):
        raise asking.dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(asking.dns.resolver, "Resolver", without)
    found = asking.gather(("a.example",), asking.NameServers(), at=AT)
    assert "no resolver" in found.about("a.example").failure
