"""Does a signature hold exactly where every byte it covers is as it was signed, by a key that may be relied on?"""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticate.mail.mails import (
    AT,
    BODY,
    DIRECTORY,
    EVERY_LINE,
    HEADER,
    MAIL,
    TWICE,
    ed25519_key,
    records_for,
    rsa_key,
    signed,
)

from answerable.authenticate.mail import DnsRecords, mail_facts
from answerable.casefile.evidence import Result

CONFIRMED, CONTRADICTED, ABSENT, NOT_CHECKED = Result
KINDS = ("rsa", "ed25519")
CANONICAL = ("simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed")
KEY = "s1___domainkey__citypolice__example"
RULE = "_dmarc.citypolice.example"


def examine(message, records=None, *, at=AT, **known):
    return mail_facts(
        message,
        records=records or records_for(message, **known),
        trusted_servers=None,
        directory_domains=DIRECTORY,
        at=at,
    )


def facts(message, records=None, **more):
    return {fact.code: fact for fact in examine(message, records, **more).facts}


def proven(message, records=None, **more):
    """Return whether anything at all takes the domain for proven."""
    examined = examine(message, records, **more)
    results = {fact.code: fact.result for fact in examined.facts}
    claims = {examined.proven_domain is not None, *(results[code] is CONFIRMED for code in ("B3", "B7", "B11"))}
    return any(claims)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("canonical", CANONICAL)
def test_a_true_signature_holds(kind, canonical):
    message = signed(kind=kind, canonical=canonical)
    examined = examine(message, kind=kind, **{RULE: ["v=DMARC1; p=reject"]})
    found = {fact.code: fact for fact in examined.facts}
    assert {code: found[code].result for code in ("A1", "B1", "B2", "B3", "B4", "B7", "B8", "B11")} == dict.fromkeys(
        ("A1", "B1", "B2", "B3", "B4", "B7", "B8", "B11"), CONFIRMED
    )
    assert examined.proven_domain == examined.from_domain == "citypolice.example"
    assert examined.from_address == "desk@citypolice.example"
    assert "p=reject" in found["B4"].found


def test_every_fact_says_what_it_does_not_show_and_what_it_rests_on():
    for fact in examine(signed()).facts:
        assert fact.not_shown
        assert fact.method
        assert fact.at == AT
        assert len(fact.raw) == 64


@pytest.mark.parametrize("ending", [b"\r\n", b"\n"])
def test_the_kind_of_line_end_does_not_matter(ending):
    assert proven(signed().replace(b"\r\n", ending))


@pytest.mark.parametrize("canonical", CANONICAL)
@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"\r\n\r\n\r\n", b"\r\n \t \r\n", b"\r\nx  y \t\r\n\r\n\r\n", b"\r\nno end"]
)
def test_bodies_of_every_shape_hold(body, canonical):
    assert proven(signed(HEADER + body, canonical=canonical))


def test_a_body_with_long_blanks_and_endless_lines_holds_and_not_when_changed():
    short = signed(
        HEADER + b"\r\na b\r\n\r\nx\r\n"
    )  # the same in relaxed form; dkimpy would sign the long one for hours
    long = short.replace(b"\r\na b\r\n", b"\r\na" + b" \t" * 500_000 + b"b\r\n") + b" \r\n" * 500_000
    assert proven(long)
    assert not proven(long.replace(b"x\r\n", b"y\r\n"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", EVERY_LINE, ids=bytes.decode)
def test_each_signed_line_that_is_changed_or_removed_breaks_it(kind, name):
    message = signed(kind=kind)
    lines = message.split(b"\r\n")
    [at] = [place for place, line in enumerate(lines) if line.lower().startswith(name + b":")]
    for changed in ([lines[at] + b"x"], [lines[at][:-1]], []):
        altered = b"\r\n".join(lines[:at] + changed + lines[at + 1 :])
        assert not proven(altered, records_for(message, kind=kind))


@pytest.mark.parametrize("name", EVERY_LINE, ids=bytes.decode)
@pytest.mark.parametrize("where", ["above", "below"])
def test_each_line_that_is_added_beside_a_signed_one_breaks_it(name, where):
    message, line = signed(), name.title() + b": other@evil.example\r\n"
    altered = line + message if where == "above" else message.replace(b"\r\n\r\n", b"\r\n" + line + b"\r\n", 1)
    assert not proven(altered, records_for(message))


@pytest.mark.parametrize("name", [b"subject", b"to", b"content-type"], ids=bytes.decode)
def test_a_line_added_above_one_that_was_signed_only_once_is_seen(name):
    message = signed(lines=EVERY_LINE)
    found = facts(name.title() + b": other\r\n" + message, records_for(message))
    assert found["B11"].result is CONTRADICTED
    assert name.decode() in found["B11"].found
    assert found["A1"].result is CONTRADICTED


def test_lines_that_are_not_signed_are_named():
    message = signed(lines=(b"from", b"to", b"subject", b"date"))
    found = facts(message)
    assert found["B3"].result is CONFIRMED
    assert found["B11"].result is ABSENT
    assert "content-type" in found["B11"].found
    assert "content-type" in found["B2"].found


def test_from_must_be_signed():
    message = signed(lines=EVERY_LINE)
    without = message.replace(b"h=from : ", b"h=", 1)
    assert without != message
    found = facts(without, records_for(message))
    assert (found["B2"].result, found["B3"].result) == (CONTRADICTED, CONTRADICTED)
    assert "From is not among" in found["B2"].found


def test_body_and_header_are_told_apart():
    message = signed()
    assert "body" in facts(message + b"more\r\n")["B2"].found
    assert "header" in facts(message.replace(b"Order 12", b"Order 13"))["B2"].found


@pytest.mark.parametrize("extra", [b"", b"A hidden second page.\r\n"])
def test_a_length_never_counts_as_covering(extra):
    found = facts(signed(length=True, canonical="simple/simple") + extra)
    assert found["B2"].result is NOT_CHECKED
    assert f"first {len(BODY) - 2} bytes" in found["B2"].found
    assert found["B3"].result is NOT_CHECKED
    assert not proven(signed(length=True) + extra)


@pytest.mark.parametrize(
    ("texts", "result", "said"),
    [
        ([], NOT_CHECKED, "not published"),
        (["v=DKIM1; p="], NOT_CHECKED, "withdrawn"),
        (["nonsense"], NOT_CHECKED, "no key"),
        (["v=DKIM1; p=AAAA"], NOT_CHECKED, "cannot be read"),
        ([rsa_key(2048)[1], rsa_key(2048)[1] + ";"], NOT_CHECKED, "2 records"),
        ([rsa_key(2048)[1] + "; t=y"], NOT_CHECKED, "test"),
        ([rsa_key(2048)[1] + "; h=sha1"], CONTRADICTED, "another kind"),
        ([ed25519_key()[1]], CONTRADICTED, "another kind"),
        (["v=DKIM2; " + rsa_key(2048)[1][9:]], CONTRADICTED, "not what was signed"),
        ("the name server did not answer in time", NOT_CHECKED, "did not answer in time"),
    ],
)
def test_a_key_that_cannot_be_relied_on_proves_nothing(texts, result, said):
    found = facts(signed(), **{"s1._domainkey.citypolice.example": texts})
    assert found["B2"].result is result
    assert said in found["B2"].found
    assert found["B3"].result is not CONFIRMED


def test_another_key_contradicts():
    message = signed()
    assert facts(message, bits=3072)["B2"].result is CONTRADICTED


@pytest.mark.parametrize(("bits", "result", "said"), [(1024, CONFIRMED, "short"), (2048, CONFIRMED, "2048 bits over")])
def test_the_size_of_a_key_is_named(bits, result, said):
    found = facts(signed(bits=bits), bits=bits)
    assert found["B2"].result is result
    assert said in found["B2"].found


WEAK = (
    "v=DKIM1; p=MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAMk8SmA5PQle2H7eHRMGEwVbHcSgpSqd9WpPZSD/kB1S5aYKahn+KGiOw2JNyPDqy5sB7"
    "Fywqw0LwpBvu2G/kEyVClz+9q33nN2ztd73F3wNku462hq6ntkvOaxRpBq1IQIDAQAB"
)


def test_a_weak_key_proves_nothing():
    found = facts(signed(), **{"s1._domainkey.citypolice.example": [WEAK]})
    assert (found["B2"].result, found["B3"].result) == (NOT_CHECKED, NOT_CHECKED)
    assert "768 bits" in found["B2"].found


def test_sha1_proves_nothing():
    message = signed(algorithm=b"rsa-sha1")
    found = facts(message)
    assert found["B2"].result is NOT_CHECKED
    assert "rsa-sha1" in found["B2"].found


def with_tag(tag):
    """Return a signed mail whose signature says one thing more of itself, signed with it."""
    made = signed(identity=b"@citypolice.example; " + tag + b"; z=@citypolice.example")
    assert tag in made
    return made


@pytest.mark.parametrize(
    ("days", "result"),
    [(1, CONFIRMED), (0, CONFIRMED), (-1, CONTRADICTED)],
)
def test_an_expiry_is_laid_beside_the_moment_of_receipt_and_no_other(days, result):
    message = with_tag(b"x=%d" % (AT + timedelta(days=days)).timestamp())
    made_before = facts(message, at=AT)
    expected = CONTRADICTED if days < 0 else result
    assert made_before["B2"].result is expected


def test_a_signature_from_the_future_is_contradicted_until_then():
    message = signed(made=AT + timedelta(days=3))
    assert facts(message)["B2"].result is CONTRADICTED
    assert facts(message, at=AT + timedelta(days=3))["B2"].result is CONFIRMED


def test_each_signature_is_checked_on_its_own():
    once = signed()
    twice = signed(once, domain=b"relay.example", selector=b"s2", lines=TWICE)
    examined = examine(twice)
    found = [fact for fact in examined.facts if fact.code == "B2"]
    assert [fact.subject for fact in found] == ["1: s2 of relay.example", "2: s1 of citypolice.example"]
    assert [fact.result for fact in found] == [CONFIRMED, CONFIRMED]
    assert examined.proven_domain == "citypolice.example"
    broken = twice.replace(b"s=s2", b"s=s3", 1)
    assert [fact.result for fact in examine(broken).facts if fact.code == "B2"] == [CONTRADICTED, CONFIRMED]


def test_a_signature_of_somebody_else_proves_nothing_of_from():
    examined = examine(signed(domain=b"relay.example"), **{RULE: ["v=DMARC1; p=none"]})
    found = {fact.code: fact for fact in examined.facts}
    assert examined.proven_domain is None
    assert found["B2"].result is CONFIRMED
    assert found["B3"].result is ABSENT
    assert "relay.example" in found["B3"].found
    assert found["B4"].result is CONTRADICTED
    assert found["B7"].result is NOT_CHECKED


@pytest.mark.parametrize(
    ("signer", "author", "rule", "is_proof"),
    [
        ("mail.citypolice.example", "citypolice.example", "v=DMARC1; p=reject", True),
        ("mail.citypolice.example", "citypolice.example", "v=DMARC1; p=reject; adkim=s", False),
        ("citypolice.example", "mail.citypolice.example", "v=DMARC1; p=reject", True),
        ("example", "citypolice.example", "v=DMARC1; p=reject", False),
        ("otherpolice.example", "citypolice.example", "v=DMARC1; p=reject", False),
        ("evil.police.uk", "met.police.uk", "v=DMARC1; p=reject", False),
        ("police.uk", "met.police.uk", "v=DMARC1; p=reject", False),
        ("evil.co.uk", "court.co.uk", "v=DMARC1; p=reject", False),
        ("town.gov.zz", "police.gov.zz", "v=DMARC1; p=reject", False),
        ("met.police.uk", "met.police.uk", "v=DMARC1; p=reject", True),
        ("a.met.police.uk", "b.met.police.uk", "v=DMARC1; p=reject", True),
    ],
)
def test_alignment_goes_by_who_registered_the_name(signer, author, rule, is_proof):
    message = MAIL.replace(b"@citypolice.example>\r\nTo", b"@" + author.encode() + b">\r\nTo")
    message = signed(message, domain=signer.encode())
    records = records_for(message, **{f"_dmarc.{author}": [rule]})
    assert (examine(message, records).proven_domain == author) is is_proof


@pytest.mark.parametrize(
    ("texts", "result", "said"),
    [
        ([], ABSENT, "nothing stands there"),
        (["v=spf1 -all"], ABSENT, "no rule"),
        (["v=DMARC1; p=perhaps"], ABSENT, "no rule"),
        (["v=DMARC1; p=reject", "v=DMARC1; p=none"], ABSENT, "no rule"),
        (["x", "v=DMARC1; p=quarantine"], CONFIRMED, "p=quarantine"),
        ("the name server did not answer in time", NOT_CHECKED, "in time"),
    ],
)
def test_the_rule_of_a_domain_is_shown(texts, result, said):
    found = facts(signed(), **{RULE: texts})
    assert found["B4"].result is result
    assert said in found["B4"].found


def test_an_organisation_speaks_for_what_stands_under_it():
    message = signed(MAIL.replace(b"desk@citypolice", b"desk@unit.citypolice"))
    found = facts(message, **{RULE: ["v=DMARC1; p=reject; sp=quarantine"]})
    assert "p=quarantine" in found["B4"].found


def test_more_than_ten_signatures_are_not_looked_at():
    message = signed()
    many = b"DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n" * 11 + message
    found = [fact for fact in examine(many).facts if fact.code == "B2"]
    assert len(found) == 11
    assert "12 signatures" in found[-1].found
    assert not proven(many)


SIMPLE = {kind: signed(kind=kind, canonical="simple/simple") for kind in KINDS}
RECORDS = {kind: records_for(SIMPLE[kind], kind=kind) for kind in KINDS}
# The signature's own line is left out: digits of base64 that stand for no bit may be written otherwise.
FIRST = {kind: len(SIMPLE[kind]) - len(MAIL) for kind in KINDS}


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(KINDS), place=st.integers(0, len(MAIL) - 1), change=st.integers(1, 255))
def test_one_byte_changed_in_what_is_signed_is_never_confirmed(kind, place, change):
    message, at = SIMPLE[kind], FIRST[kind] + place
    altered = message[:at] + bytes([message[at] ^ change]) + message[at + 1 :]
    assert not proven(altered, RECORDS[kind])


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(KINDS), place=st.integers(0, 2**16), change=st.integers(1, 255))
def test_one_byte_changed_in_the_signature_never_proves_another_domain(kind, place, change):
    message = SIMPLE[kind]
    at = place % FIRST[kind]
    altered = message[:at] + bytes([message[at] ^ change]) + message[at + 1 :]
    assert examine(altered, RECORDS[kind]).proven_domain in (None, "citypolice.example")


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(MAIL)), added=st.binary(min_size=1, max_size=30))
def test_bytes_added_to_what_is_signed_are_never_confirmed_unless_nobody_sees_them(place, added):
    message = SIMPLE["rsa"]
    at = FIRST["rsa"] + place
    altered = message[:at] + added + message[at:]
    if proven(altered, RECORDS["rsa"]):
        # A line end written as CRLF for LF, empty lines at the end, and lines of names that were not signed.
        header, _, body = altered.partition(b"\r\n\r\n")
        kept = {line for line in MAIL.partition(b"\r\n\r\n")[0].split(b"\r\n") if line}
        assert kept <= set(header.replace(b"\n", b"\r\n").replace(b"\r\r", b"\r").split(b"\r\n"))
        assert body.rstrip(b"\r\n") == BODY.strip(b"\r\n")


@settings(max_examples=200, deadline=None)
@given(tags=st.binary(max_size=200), text=st.binary(max_size=120))
def test_no_line_and_no_record_makes_it_stumble(tags, text):
    message = b"DKIM-Signature: v=1; a=rsa-sha256; d=citypolice.example; s=s1; " + tags + b"\r\n" + MAIL
    records = records_for(message, **{"s1._domainkey.citypolice.example": [text.decode("latin-1")]})
    assert not proven(message, records)
    assert examine(message, DnsRecords()).proven_domain is None
