"""Does every mail, however large, deep or broken, end in facts, within limits and without an exception?"""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticate.mail.compound_file import compound_file
from tests.authenticate.mail.mails import AT, BODY, DIRECTORY, HEADER, MAIL, signed

from answerable.authenticate.mail import DnsRecords, OwnServers, mail_facts, questions
from answerable.authenticate.mail.codes import CODES
from answerable.casefile.evidence import Result
from answerable.casefile.mail import Limits, is_mail, papers, read_message

START = b"From: desk@citypolice.example\r\nSubject: x\r\n"
MIXED = START + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
PAGE = Path(__file__).resolve().parents[3] / "docs" / "formats" / "evidence-sheet-mail.md"
OURS = OwnServers(results_by="mx.harbour.example", hops=("mx.harbour.example",))


def facts(message, **more):
    examined = mail_facts(
        message, records=DnsRecords(), trusted_servers=OURS, directory_domains=DIRECTORY, at=AT, **more
    )
    return {fact.code: fact for fact in examined.facts}


def part(content, *, name=None, kind="application/pdf", encoding="base64"):
    lines = [f"--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n".encode()]
    if name:
        lines.append(f"Content-Disposition: attachment; filename={name}\r\n".encode())
    body = base64.encodebytes(content) if encoding == "base64" else content
    return b"".join(lines) + b"\r\n" + body + b"\r\n"


def test_papers_come_with_name_type_and_digest_in_their_order():
    message = MIXED + part(b"Hello", kind="text/plain") + part(b"%PDF-1", name='"a b.pdf"')
    message += part(b"{}", name="form.json", kind="application/json", encoding="7bit") + b"--b--\r\n"
    found = read_message(message)
    assert [(each.number, each.name, each.media_type, each.content) for each in found.papers] == [
        (1, "a b.pdf", "application/pdf", b"%PDF-1"),
        (2, "form.json", "application/json", b"{}"),
    ]
    assert found.papers[0].sha256 == hashlib.sha256(b"%PDF-1").hexdigest()
    assert found.faults == ()
    assert facts(message)["A2"].result is Result.CONFIRMED


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"../../etc/order.pdf"', "order.pdf"),
        ('"C:\\\\papers\\\\order.pdf"', "order.pdf"),
        ('"=?utf-8?q?Anordnung_=C3=BC?="', "Anordnung ü"),
        ("order.pdf", "order.pdf"),
        ('"a\u202efdp.exe"', "a\ufffdfdp.exe"),
        ('"=?nosuch?q?x?="', "=?nosuch?q?x?="),
        ('"' + "x" * 900 + '"', "x" * 200),
    ],
)
def test_names_are_shown_and_lead_nowhere(written, name):
    [paper] = read_message(
        MIXED + part(b"%PDF-1", name=written).replace(written.encode("latin-1", "replace"), written.encode()) + b"--b--"
    ).papers
    assert paper.name == name


def test_names_in_the_newer_writing_are_read():
    message = (
        MIXED
        + b"--b\r\nContent-Type: application/pdf;\r\n name*0*=utf-8''Anordnung%20;\r\n name*1*=%C3%BC.pdf\r\n\r\nx\r\n--b--"
    )
    assert [paper.name for paper in read_message(message).papers] == ["Anordnung ü.pdf"]


def test_a_mail_within_a_mail_is_a_paper_and_its_papers_too():
    inner = MIXED + part(b"%PDF-1", name="order.pdf") + b"--b--\r\n"
    outer = (
        START
        + b'Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n'
        + inner
        + b"\r\n--o--"
    )
    assert [(paper.media_type, paper.name) for paper in read_message(outer).papers] == [
        ("message/rfc822", None),
        ("application/pdf", "order.pdf"),
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"--b\r\n\r\nx", "not closed"),
        (b"nothing", "not closed"),
        (part(b"x").replace(b"eA==", b"e*A==") + b"--b--", "other bytes"),
        (part(b"x").replace(b"eA==", b"eA==eA==") + b"--b--", "other bytes"),
        (part(b"x").replace(b"eA==", b"e") + b"--b--", "cut short"),
        (part(b"x", encoding="x-uuencode") + b"--b--", "not read"),
        (b"--b\r\nno colon\r\n\r\nx\r\n--b--", "not written as one"),
        (b"--b\r\nContent-Type: application/pdf\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--", "2 times"),
        (b"--b\r\nContent-Type: application/pdf; name*0*=nosuch''x\r\n\r\nx\r\n--b--", ""),
    ],
)
def test_what_is_broken_is_said(body, said):
    found = facts(MIXED + body)["A2"]
    assert found.result in (Result.CONTRADICTED, Result.CONFIRMED if not said else Result.CONTRADICTED)
    assert said in found.found


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (b"X: a\rb\r\n", "carriage return alone"),
        (b"X: a\0b\r\n", "nul"),
        (b"broken\r\n", "not written as one"),
        (b"X : y\r\n", "not written as one"),
        (b"X\xc3\xa9: y\r\n", "not written as one"),
        (b"X: y\r\n \r\n", "fold with nothing in it"),
        (b"Subject: y\r\n", "subject is written 2 times"),
        (b"Date: y\r\nDate: z\r\n", "date is written 2 times"),
    ],
)
def test_a_header_that_can_be_read_in_two_ways_is_contradicted(lines, said):
    found = facts(START + lines + b"\r\n")["A1"]
    assert found.result is Result.CONTRADICTED
    assert said in found.found.lower()


def hostile():
    deep = START
    for level in range(1_000):
        deep += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
    yield "from of 1 MB", b"From: " + b"a" * 1_000_000 + b"@citypolice.example\r\n\r\n", "64 KB"
    yield "from of 1 MB without an end", b"From: " + b"a" * 1_000_000, "64 KB"
    yield "subject of 280 KB", START[:-12] + b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\n", "64 KB"
    yield "10,000 parts", MIXED + b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--", "200 parts"
    yield "1,000 levels", deep, "20 deep"
    yield "1,000 mails in mails", START + b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"x", "20 deep"
    yield "a part with a header of 1 MB", MIXED + b"--b\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n--b--", "64 KB"
    yield "a header that never ends", b"X: y\r\n" * 100_000, "64 KB"
    yield "51 MB", START + b"\r\n" + b"x" * (51 * 1024 * 1024), "50 MB"


HOSTILE = {name: (message, said) for name, message, said in hostile()}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_crosses_a_limit_is_said_and_nothing_of_it_is_taken_out(name):
    message, said = HOSTILE[name]
    examined = mail_facts(message, records=DnsRecords(), trusted_servers=OURS, directory_domains=DIRECTORY, at=AT)
    found = {fact.code: fact for fact in examined.facts}
    assert found["A2"].result is Result.NOT_CHECKED
    assert said in found["A2"].found
    assert "The original is kept" in found["A2"].found
    assert examined.papers == ()
    assert examined.proven_domain is None
    assert len(questions(message)) <= 3


def test_no_more_is_looked_at_than_a_limit_says(monkeypatch):
    """The bound is in how it is made: the number of headers split is the number of parts, and none is split beyond it."""
    split = []
    whole = papers.split_header
    monkeypatch.setattr(papers, "split_header", lambda *given, **named: split.append(1) or whole(*given, **named))
    for name in ("10,000 parts", "1,000 levels", "1,000 mails in mails"):
        split.clear()
        read_message(HOSTILE[name][0])
        assert 0 < len(split) <= 200, name


def test_limits_are_settings():
    three = MIXED + b"--b\r\n\r\nx\r\n" * 3 + b"--b--"
    assert read_message(three).crossed is None
    assert "2 parts" in (read_message(three, Limits(parts=2)).crossed or "")
    assert "1 deep" in (read_message(HOSTILE["1,000 levels"][0], Limits(depth=1)).crossed or "")
    assert facts(three, limits=Limits(parts=2))["A2"].result is Result.NOT_CHECKED
    assert read_message(START + b"\r\n" + b"x" * 2_000, Limits(message=1_024)).crossed


PIECES = [
    b"From: ", b"Subject: ", b"Received: by mx.harbour.example\r\n", b"Authentication-Results: mx.harbour.example; spf=pass",
    b"DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s; h=from; bh=AAAA; b=AAAA\r\n", b"ARC-Seal: i=1; cv=none",
    b"ARC-Message-Signature: i=1; a=rsa-sha256; d=a.example; s=s; h=from; bh=AAAA; b=AAAA", b"ARC-Authentication-Results: i=1",
    b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n", b"Content-Type: ", b"--b", b"--b--",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Disposition: attachment; filename=", b"\r\n", b"\n", b"\r", b"\r\n\r\n",
    b"=?utf-8?b?", b"?=", b"\0", b"\xff", b" ", b"\t", b'"', b"(", b")", b"<", b">", b"@", b";", b"=", b"a.example", b"xn--",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=600),
        st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=40).map(b"".join),
    )
)
def test_no_bytes_ever_raise(content):
    examined = mail_facts(content, records=DnsRecords(), trusted_servers=OURS, directory_domains=DIRECTORY, at=AT)
    assert {fact.code for fact in examined.facts} == set(CODES)
    assert examined.proven_domain is None
    assert len(questions(content)) <= 120
    assert isinstance(is_mail(content), bool)


def test_what_is_shown_is_visible_and_short():
    message = (
        START
        + "To: a\u202eb\u200b\r\n".encode()
        + b"Received: "
        + b"x" * 5_000
        + b"\r\n"
        + b"Received: y\r\n" * 100
        + b"\r\n"
    )
    shown = mail_facts(message, records=DnsRecords(), trusted_servers=None, directory_domains={}, at=AT).headers
    assert dict(shown)["To"] == r"a\u202eb\u200b"
    assert len(shown) <= 40
    assert all(len(value) <= 1_000 and value.isprintable() for _, value in shown)


@pytest.mark.parametrize("content", [MAIL, signed(), b"From x@y Mon Nov 23 09:00:00 2026\n" + MAIL, b"Received: x\n"])
def test_a_mail_is_known_by_its_beginning(content):
    assert is_mail(content)


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b'{"A": 1}', b"hello", b"http://x", b"Key: value\n", b"PK\x03\x04"]
)
def test_what_is_no_mail_is_not_taken_for_one(content):
    assert not is_mail(content)


# Outlook.

FORM = json.dumps({"A": {"issuing_state": "DE"}}).encode().ljust(5_000)


LINES = HEADER.decode()


def wide(text):
    return text.encode("utf-16-le")


def outlook(header=LINES, papers=(("order.json", "application/json", FORM),), **more):
    tree = {"__properties_version1.0": b"\0" * 32, **more}
    if header is not None:
        tree["__substg1.0_007D001F"] = wide(header)
    for number, (name, kind, content) in enumerate(papers):
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__substg1.0_37010102": content,
            "__substg1.0_3707001F": wide(name),
            "__substg1.0_370E001F": wide(kind),
        }
    return compound_file(tree)


def test_what_outlook_saved_gives_header_and_papers():
    message = outlook()
    found = read_message(message)
    assert found.is_converted
    assert found.crossed is None
    assert [(paper.name, paper.media_type, paper.content) for paper in found.papers] == [
        ("order.json", "application/json", FORM)
    ]
    read = facts(message)
    assert read["B1"].result is Result.CONFIRMED
    assert "citypolice.example" in read["B1"].found


def test_what_outlook_saved_proves_nothing_and_says_why():
    message = outlook(signed().partition(b"\r\n\r\n")[0].decode() + "\r\n\r\n")
    read = facts(message)
    assert read["B2"].result is Result.NOT_CHECKED
    assert "Outlook" in read["B2"].found
    assert read["B3"].result is Result.NOT_CHECKED
    assert {read[code].result for code in ("A3", "A4", "A5", "B5", "B7")} == {Result.NOT_CHECKED}


def test_the_first_line_of_some_versions_is_no_header_line():
    found = read_message(outlook("Microsoft Mail Internet Headers Version 2.0\r\n" + HEADER.decode()))
    assert found.header.faults == ()
    assert found.header.first("from")


def test_without_the_header_as_it_came_there_is_no_sender():
    found = facts(outlook(None))
    assert found["B1"].result is Result.ABSENT
    assert "no header" in found["A2"].found


def test_too_many_papers_of_outlook_are_not_read():
    many = outlook(papers=[("x", "y", b"z" * 4_096)] * 12)
    assert read_message(many, Limits(parts=11)).crossed
    assert len(read_message(many, Limits(parts=12)).papers) == 12


def test_without_the_extra_it_is_said(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "olefile", None)
    assert "answerable[outlook]" in facts(outlook())["A2"].found


SAVED = outlook()


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(SAVED) - 1), content=st.binary(min_size=1, max_size=40), cut=st.integers(0, len(SAVED)))
def test_no_damage_to_what_outlook_saved_raises(place, content, cut):
    damaged = SAVED[:place] + content + SAVED[place + len(content) :]
    for each in (damaged, SAVED[:cut]):
        assert (
            mail_facts(each, records=DnsRecords(), trusted_servers=None, directory_domains={}, at=AT).proven_domain
            is None
        )


# The page.


def test_every_code_has_its_row_with_title_and_what_it_does_not_show():
    rows = {
        match[1]: match[0] for match in re.finditer(r"^\| `([AB]\d+)` \|.*$", PAGE.read_text(encoding="utf-8"), re.M)
    }
    assert set(rows) == set(CODES)
    for code, known in CODES.items():
        assert known.title.partition(" (")[0].partition(",")[0].lower() in rows[code].lower(), code
        words = known.not_shown.partition(",")[0].partition(":")[0].partition(";")[0]
        assert words in rows[code], code


def test_the_bodies_of_the_tests_are_as_they_were():
    assert MAIL == HEADER + BODY
