"""Does a paper with one byte changed ever come out clean, and does any input at all make the reader stop?"""

import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.authenticate.conftest import results

from answerable.authenticate.documents import Kind, document_facts
from answerable.authenticate.documents.kinds import kind_of
from answerable.casefile.evidence import Result

KINDS = ("pdf", "enveloped", "enveloping", "cms", "asic", "smime")
# Of these every byte counts. An XML file can be written in two ways that mean the same, an archive dates its entries,
# a message has headers nobody signs: there, what was signed must come out the same, by the same signer.
EVERY_BYTE = ("pdf", "cms")
WHITE = b"\0\t\n\f\r "
PLACES = st.integers(0, 1_000_000)
LIMITS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


def what_was_signed(examined):
    return examined.working_copy, [(each.name, each.content) for each in examined.contained]


def comes_to_the_same(found, true):
    """Whether the same was signed, and nobody is trusted for it who did not sign it."""
    trusted = [{each.certificate for each in examined.signers if each.trusted} for examined in (found, true)]
    return what_was_signed(found) == what_was_signed(true) and trusted[0] <= trusted[1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_true_paper_is_whole(kind, signed, look):
    found = look(getattr(signed, kind))
    assert found.whole
    assert all(each.holds and each.trusted for each in found.signers)
    assert found.signers[0].organisation_identifier == "VATDE-000000001"


@pytest.mark.parametrize("kind", KINDS)
@LIMITS
@given(place=PLACES, other=st.integers(1, 255))
def test_a_paper_with_one_byte_changed_is_never_clean(kind, place, other, signed, look):
    true = getattr(signed, kind)
    at = place % len(true)
    found = look(true[:at] + bytes([true[at] ^ other]) + true[at + 1 :])
    same = kind not in EVERY_BYTE and comes_to_the_same(found, look(true))
    assert not found.whole or same


@LIMITS
@given(place=PLACES, other=st.sampled_from(b"0123456789abcdefABCDEF <>"))
def test_a_byte_changed_in_the_seal_of_a_pdf_is_never_clean(place, other, signed, look):
    start = signed.pdf.index(b"/Contents <") + 11
    end = signed.pdf.index(b">", start)
    at = start + place % (end - start)
    assert other == signed.pdf[at] or not look(signed.pdf[:at] + bytes([other]) + signed.pdf[at + 1 :]).whole


@pytest.mark.parametrize("kind", KINDS)
@LIMITS
@given(place=PLACES, more=st.binary(max_size=40))
def test_a_paper_that_is_cut_or_lengthened_is_never_clean(kind, place, more, signed, look):
    true = getattr(signed, kind)
    changed = true + more if more else true[: place % len(true)]
    found = look(changed)
    white = kind == "pdf" and not more.strip(WHITE)
    same = (white or kind not in EVERY_BYTE) and comes_to_the_same(found, look(true))
    assert not found.whole or same


STARTS = [
    b"", b"%PDF-1.7\n", b"%PDF-", b"<a>", b"<?xml version='1.0'?>", b"PK\x03\x04", b"0\x82\x01\x00\x06\t*\x86H\x86\xf7\r\x01\x07\x02",
    b"MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=a\r\n\r\n--a\r\n", b"-----BEGIN PKCS7-----\n",
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"/ByteRange", b"MIIB",
]  # fmt: skip


@LIMITS
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=400), signed_content=st.none() | st.binary(max_size=10))
def test_no_bytes_at_all_make_it_raise(start, rest, signed_content, root_trust, now):
    found = document_facts(start + rest, trust=root_trust, at=now, signed_content=signed_content)
    assert {"D1", "D2"} <= {fact.code for fact in found.facts}
    assert not found.whole
    assert all(fact.found and fact.not_shown for fact in found.facts)


@pytest.mark.parametrize("kind", KINDS)
@LIMITS
@given(other=st.sampled_from(KINDS), places=st.tuples(PLACES, PLACES))
def test_two_true_papers_mixed_make_nothing_raise(kind, other, places, signed, look):
    one, two = getattr(signed, kind), getattr(signed, other)
    assert look(one[: places[0] % len(one)] + two[places[1] % len(two) :]).facts


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_out_is_the_same_each_time_and_can_be_sent_between_processes(kind, signed, look, root_trust):
    found = look(getattr(signed, kind))
    assert look(getattr(signed, kind)) == found
    assert pickle.loads(pickle.dumps(found)) == found
    assert pickle.loads(pickle.dumps(root_trust)) == root_trust


@pytest.mark.parametrize(
    ("content", "kind", "result"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IEND\xaeB`\x82", Kind.PNG, Result.CONFIRMED),
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IEND\xaeB`\x82" + b"PK\x03\x04", Kind.PNG, Result.CONTRADICTED),
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x09", Kind.PNG, Result.CONTRADICTED),
        (b"\xff\xd8\xff\xe0" + b"x" * 50 + b"\xff\xd9", Kind.JPEG, Result.CONFIRMED),
        (b"\xff\xd8\xff\xe0" + b"x" * 50 + b"\xff\xd9<script>", Kind.JPEG, Result.CONTRADICTED),
        (b"\xff\xd8\xff\xe0" + b"%PDF-1.7" + b"\xff\xd9", Kind.JPEG, Result.CONTRADICTED),
        (b"II*\0" + b"x" * 50, Kind.TIFF, Result.CONFIRMED),
        (b"MM\0*" + b"x" * 50, Kind.TIFF, Result.CONFIRMED),
        (b"hello", Kind.UNKNOWN, Result.NOT_CHECKED),
        (b"hello %PDF-1.7", Kind.UNKNOWN, Result.CONTRADICTED),
        (b"", Kind.UNKNOWN, Result.NOT_CHECKED),
    ],
)
def test_a_file_is_what_its_content_says(content, kind, result, look):
    found = look(content)
    assert found.kind is kind_of(content) is kind
    assert results(found, "D1") == [result]
    assert not found.whole


def test_a_file_that_is_too_large_is_not_looked_at(look):
    found = look(bytes(100_000_001))
    assert results(found, "D1") == [Result.NOT_CHECKED]


def test_a_reader_that_stops_is_said_and_not_raised(signed, look, monkeypatch):
    from answerable.authenticate.documents import examining

    def stops(*_):
        raise RecursionError

    monkeypatch.setattr(examining, "examine_pdf", stops)
    found = look(signed.pdf)
    assert results(found, "D2") == [Result.NOT_CHECKED]
    assert not found.whole
