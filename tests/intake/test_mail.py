"""Is the one demand within a mail found, and a mail with none or several refused clearly?"""

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticate.mail.compound_file import compound_file

from answerable.adapters.paper import paper
from answerable.authenticate.examining import authenticate
from answerable.casefile.route import is_genuine
from answerable.cli import main
from answerable.errors import MalformedDemand
from answerable.intake import read

FORM = json.dumps({"A": {"issuing_state": "DE"}}).encode()
OTHER = json.dumps({"A": {"issuing_state": "FR"}}).encode()
START = b"From: desk@citypolice.example\r\nSubject: Order\r\nMIME-Version: 1.0\r\n"


def mail(*papers, kind="application/octet-stream"):
    """Return a mail that carries these papers, after a text of its own."""
    lines = [START, b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n', b"--b\r\n\r\n{ This is only a text. }\r\n"]
    for number, content in enumerate(papers, 1):
        lines.append(f"--b\r\nContent-Type: {kind}; name=p{number}\r\n".encode())
        lines.append(b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content))
    return b"".join([*lines, b"--b--\r\n"])


@pytest.fixture(scope="module")
def order(forms, court):
    return paper(forms["lawful"], court)


def refused(content, **more):
    with pytest.raises(MalformedDemand) as fault:
        read(content, **more)
    return fault.value


def test_the_sealed_paper_in_a_mail_is_the_demand(order, forms, trust, directory, now):
    found = read(mail(b"\x89PNG", order))
    assert (found.media_type, found.form, found.paper) == ("message/rfc822", forms["lawful"], order)
    assert is_genuine(authenticate(found.paper, found.form, trust_roots=trust, directory=directory, at=now))


def test_form_data_in_a_mail_are_the_demand():
    found = read(mail(b"hello", FORM))
    assert (found.form.A.issuing_state, found.paper, found.content) == ("DE", FORM, FORM)


def test_a_file_that_is_no_mail_is_its_own_paper(order):
    assert read(order).paper == order
    assert read(FORM).paper == FORM


def test_the_same_paper_twice_is_one():
    assert read(mail(FORM, FORM)).paper == FORM


def test_a_mail_that_was_sent_on_is_looked_into():
    inner = mail(FORM)
    outer = (
        START
        + b'Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n'
        + inner
    )
    assert read(outer + b"\r\n--o--").paper == FORM


def test_several_demands_are_for_a_person_to_choose_from():
    content = mail(b"hello", FORM, b"%PDF-1.7", OTHER)
    fault = refused(content)
    assert fault.code == "intake.mail-several-forms"
    assert "Papers 2, 4" in fault.why
    assert read(content, paper=2).form.A.issuing_state == "DE"
    assert read(content, paper=4).form.A.issuing_state == "FR"
    assert refused(content, paper=1).code == "intake.unknown-kind"
    assert refused(content, paper=5).code == "intake.mail-no-such-paper"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (START + b"\r\n{}", "intake.mail-without-form"),
        (mail(), "intake.mail-without-form"),
        (mail(b"hello"), "intake.mail-without-form"),
        (mail(b"%PDF-1.7\n%%EOF"), "intake.damaged-pdf"),
        (mail(b'{"A": 1'), "intake.not-json"),
        (mail(b'{"Z": 1}'), "intake.not-the-form"),
        (mail(b"%PDF-1.7\n%%EOF", b'{"Z": 1}'), "intake.mail-without-form"),
        (mail(mail(b"%PDF-1.7")), "intake.mail-without-form"),
        (mail(*[b"x"] * 300), "intake.mail-limits"),
        (START + b"X: " + b"y" * 100_000 + b"\r\n\r\n", "intake.mail-limits"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 damaged", "intake.mail-limits"),
    ],
)
def test_each_fault_has_its_code(content, code):
    assert refused(content).code == code


def test_no_name_and_no_address_stands_in_an_error():
    fault = refused(mail(b"hello"))
    assert "desk" not in str(vars(fault))
    assert "p1" not in str(vars(fault))


def test_what_outlook_saved_is_read():
    folder = {"__substg1.0_37010102": FORM.ljust(5_000)}
    content = compound_file({"__properties_version1.0": b"\0" * 32, "__attach_version1.0_#00000000": folder})
    assert read(content).form.A.issuing_state == "DE"


def test_the_command_reads_a_mail_and_takes_a_number(tmp_path: Path):
    (tmp_path / "order.eml").write_bytes(mail(FORM, OTHER))
    asked = CliRunner().invoke(main, ["intake", str(tmp_path / "order.eml")])
    assert asked.exit_code == 1
    assert "intake.mail-several-forms" in asked.output
    chosen = CliRunner().invoke(main, ["intake", str(tmp_path / "order.eml"), "--paper", "2"])
    assert chosen.exit_code == 0
    assert '"FR"' in chosen.output


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 2**16), content=st.binary(max_size=30), more=st.binary(max_size=200))
def test_no_mail_raises_anything_else(place, content, more):
    whole = mail(FORM, OTHER)
    at = place % len(whole)
    for each in (whole[:at] + content + whole[at + len(content) :], START + more, whole[:at]):
        try:
            read(each)
        except MalformedDemand:
            pass
