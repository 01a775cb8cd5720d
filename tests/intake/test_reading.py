"""Is every unreadable paper refused clearly, and no other way?"""

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from answerable.adapters.paper import paper
from answerable.authenticate.examining import authenticate
from answerable.casefile.finding import Outcome
from answerable.casefile.route import is_genuine
from answerable.errors import MalformedDemand
from answerable.intake import read

GOOD = b'{"A": {"issuing_state": "DE"}}'


@pytest.fixture(scope="module")
def order(forms, court):
    return paper(forms["lawful"], court)


def test_a_sealed_paper_gives_the_form_it_was_made_from(order, forms):
    assert read(order).form == forms["lawful"]


def test_the_same_form_gives_the_same_bytes(forms):
    assert paper(forms["lawful"], None) == paper(forms["lawful"], None)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "intake.empty"),
        (b"  \n", "intake.empty"),
        (b"hello", "intake.unknown-kind"),
        (b"junk%PDF-1.7", "intake.unknown-kind"),
        (b"%PDF-1.7\n%%EOF", "intake.damaged-pdf"),
        (b'{"A": "\xff"}', "intake.not-utf8"),
        (b'{"A": 1', "intake.not-json"),
        (b'{"A": {}, "A": {}}', "intake.not-json"),
        (b'{"M": NaN}', "intake.not-json"),
        (b'{"M": ' + b"[" * 60 + b"]" * 60 + b"}", "intake.too-deep"),
        (b'{"M": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "intake.too-deep"),
        (b"{}", "intake.not-the-form"),
        (b'{"Z": 1}', "intake.not-the-form"),
        (b'{"A": {"issuing_state": "Germany"}}', "intake.not-the-form"),
        (b'{"E": {"evidence": [{"kind": "ip", "value": "x", "at": "2026-01-01T10:00:00"}]}}', "intake.not-the-form"),
    ],
)
def test_each_fault_has_its_code(content, code):
    with pytest.raises(MalformedDemand) as refused:
        read(content)
    assert refused.value.code == code


def test_the_place_is_named_and_the_value_is_not():
    secret = "mara.lind@mail.example"
    with pytest.raises(MalformedDemand) as refused:
        read(json.dumps({"E": {"evidence": [{"kind": "email", "value": "x", "at": secret}]}}).encode())
    assert "Section E, field evidence, line 1, field at" in refused.value.why
    assert secret not in refused.value.why


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: b"{" + text.encode())))
def test_bytes_never_raise_anything_else(content):
    try:
        read(content)
    except MalformedDemand:
        pass


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 2**20), change=st.integers(1, 255))
def test_a_damaged_paper_is_refused_or_read_but_never_genuine(order, trust, directory, now, place, change):
    at = 5 + place % (len(order) - 5)
    broken = order[:at] + bytes([order[at] ^ change]) + order[at + 1 :]
    try:
        form = read(broken).form
    except MalformedDemand:
        return
    findings = authenticate(broken, form, trust_roots=trust, directory=directory, at=now)
    assert not is_genuine(findings)


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 2**20), digit=st.sampled_from(b"0123456789ABCDEFabcdef"))
def test_no_digit_of_the_signature_can_change_unseen(order, forms, trust, directory, now, place, digit):
    start, end = order.index(b"/Contents <") + 11, order.rindex(b">", 0, order.index(b"/ByteRange"))
    at = start + place % (order.index(b"0" * 64, start, end) - start)
    assume(order[at] != digit)
    broken = order[:at] + bytes([digit]) + order[at + 1 :]
    assert not is_genuine(authenticate(broken, forms["lawful"], trust_roots=trust, directory=directory, at=now))


def test_no_digit_of_the_frame_can_change_unseen(order, forms, trust, directory, now):
    """A longer length takes in zeros that pad the value; a few digits in thousands, so that chance seldom meets them."""
    start, unseen = order.index(b"/Contents <") + 11, []
    for place in range(52):  # ContentInfo, its type, [0], SignedData and its version
        was = int(order[start + place : start + place + 1], 16)
        for digit in {(was + 1) % 16, 0, 15} - {was}:
            broken = order[: start + place] + b"%X" % digit + order[start + place + 1 :]
            if is_genuine(authenticate(broken, forms["lawful"], trust_roots=trust, directory=directory, at=now)):
                unseen.append((place, digit))
    assert unseen == []


@pytest.mark.parametrize("cut", [10, 1000, 20_000])
def test_a_cut_paper_is_refused(order, cut):
    with pytest.raises(MalformedDemand):
        read(order[:-cut])


def outcomes(content, form, trust, directory, now):
    found = authenticate(content, form, trust_roots=trust, directory=directory, at=now)
    return {each.rule: each.outcome for each in found}


def test_a_genuine_order_is_genuine(order, forms, trust, directory, now):
    assert set(outcomes(order, forms["lawful"], trust, directory, now).values()) == {Outcome.MET}


def test_another_key_is_seen(order, forms, trust, directory, now):
    from answerable.adapters.signing import make_authority
    from answerable.demo.demands import AUTHORITY, ORGANISATION

    forger = make_authority(AUTHORITY, organisation_identifier=ORGANISATION, country="DE", at=now)
    found = outcomes(paper(forms["lawful"], forger), forms["lawful"], trust, directory, now)
    assert found["A4"] is Outcome.NOT_MET


def test_something_added_after_signing_is_seen(order, forms, trust, directory, now):
    found = outcomes(order + b"\n% added\n", forms["lawful"], trust, directory, now)
    assert Outcome.MET not in (found["A3"],)


def test_an_authority_we_do_not_know_is_not_genuine(order, forms, trust, now):
    assert outcomes(order, forms["lawful"], trust, [], now)["A5"] is Outcome.NOT_MET


def test_bare_form_data_are_never_genuine(forms, trust, directory, now):
    content = forms["lawful"].model_dump_json().encode()
    assert outcomes(content, read(content).form, trust, directory, now)["A1"] is Outcome.NOT_MET


@pytest.mark.parametrize("due", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
def test_a_moment_outside_the_calendar_is_a_reading_error(due):
    order = f'{{"form": "order", "instrument": "us.nsl", "due": "{due}"}}'
    with pytest.raises(MalformedDemand, match=r"intake\.not-the-form"):
        read(order.encode())
