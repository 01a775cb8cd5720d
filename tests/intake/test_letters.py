"""What is taken from a plain letter? Its words and addresses, whatever it is written as, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.adapters.paper import paper
from answerable.casefile.order import Order
from answerable.errors import MalformedDemand
from answerable.intake import read_letter
from answerable.intake.letters import addresses_in, words_of

MAIL = (
    b"From: desk@authority.example\r\nSubject: Removal\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n" + "Просим удалить\r\n".encode("koi8-r") + b"--b\r\n"
    b'Content-Type: text/plain; name="list.txt"\r\nContent-Disposition: attachment; filename="list.txt"\r\n\r\n'
    b"https://forum.example/posts/1\r\nhxxps://forum[.]example/posts/2\r\n--b--\r\n"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://forum.example/posts/1.", ("https://forum.example/posts/1",)),
        ("(https://forum.example/a) and (https://forum.example/a)", ("https://forum.example/a",)),
        ("hxxps://forum[.]example/p/9001", ("https://forum.example/p/9001",)),
        ("HXXP://forum.example/b", ("http://forum.example/b",)),
        ("hxxps[:]//forum.example/c", ("https://forum.example/c",)),
        ("«https://forum.example/d»", ("https://forum.example/d",)),
        ("forum.example/without-a-scheme", ()),
        ("ftp://forum.example/e", ()),
        ("https://forum.example/" + "x" * 1_000, ()),
    ],
)
def test_addresses_are_found_mended_and_each_told_once(text, found):
    assert addresses_in(text) == found


def test_a_list_of_addresses_ends_at_a_thousand():
    found = addresses_in("\n".join(f"https://forum.example/{number}" for number in range(5_000)))
    assert found[0] == "https://forum.example/0"
    assert len(found) == 1_000


def test_a_mail_gives_its_words_in_their_charset_and_the_texts_it_carries():
    words = words_of(MAIL)
    assert "Subject: Removal" in words
    assert "Просим удалить" in words
    assert addresses_in(words) == ("https://forum.example/posts/1", "https://forum.example/posts/2")


def test_a_pdf_gives_its_words(forms):
    assert "Harbour Forum" in words_of(paper(forms["lawful"], None))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "intake.no-words"),
        (b" \n\t", "intake.no-words"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "intake.not-utf8"),
        (b"words\x00words", "intake.no-words"),
        ("Löschung".encode("latin-1"), "intake.not-utf8"),
        (b"%PDF-1.7 cut short", "intake.damaged-pdf"),
        (b"x" * (50 * 1024 * 1024 + 1), "intake.too-large"),
    ],
)
def test_what_holds_no_words_is_refused_with_the_reason(content, code):
    with pytest.raises(MalformedDemand) as fault:
        words_of(content)
    assert fault.value.code == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_letter_may_be_written_in_any_form_of_unicode(encoding):
    assert words_of("Prière de retirer".encode(encoding)) == "Prière de retirer"


def test_a_letter_becomes_a_form_that_claims_nothing_else():
    content = b"Remove https://forum.example/posts/1 at once. Signed, the Ministry of X"
    assert read_letter(content, instrument="eu.dsa.act", is_removal=True).model_dump(exclude_defaults=True) == {
        "instrument": "eu.dsa.act",
        "items": ({"url": "https://forum.example/posts/1"},),
        "text": content.decode(),
    }
    assert read_letter(content, instrument="us.sca.subpoena").items == ()


@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_there_is_a_form_or_a_clear_refusal(content):
    try:
        assert isinstance(read_letter(content, instrument="eu.dsa.act", is_removal=True), Order)
    except MalformedDemand as fault:
        assert fault.next_step
