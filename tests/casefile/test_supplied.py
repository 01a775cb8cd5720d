"""What may be set down beside a paper, and what is refused?"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from answerable.casefile.supplied import Exchange, ExchangeKind, Reply, Supplied
from answerable.errors import MalformedDemand
from answerable.intake import read_supplied

ASKED, LATER, LATEST = "2026-11-24T09:00:00Z", "2026-11-25T09:00:00Z", "2026-11-30T09:00:00Z"


def exchange(**fields):
    return Exchange.model_validate({"kind": "clarification", "asked_at": ASKED, **fields})


@pytest.mark.parametrize(
    ("fields", "is_open", "is_heard"),
    [
        ({}, True, False),
        ({"answered_at": LATER, "reply": "clarified"}, False, True),
        ({"answered_at": ASKED, "reply": "withdrawn"}, False, True),
        ({"answered_at": LATER, "reply": "no answer"}, True, False),
        ({"answered_at": LATER, "reply": "maintained", "new_due": LATEST}, False, True),
    ],
)
def test_an_exchange_is_open_until_something_came_back(fields, is_open, is_heard):
    made = exchange(**fields)
    assert (made.is_open, made.heard_at is not None) == (is_open, is_heard)


@pytest.mark.parametrize(
    "fields",
    [
        {"answered_at": LATER},
        {"reply": "clarified"},
        {"answered_at": "2026-11-24T08:59:59Z", "reply": "clarified"},
        {"answered_at": LATER, "reply": "maybe"},
        {"answered_at": LATER, "reply": "maintained", "new_due": LATER},
        {"new_due": LATEST},
        {"answered_at": LATER, "reply": "no answer", "new_due": LATEST},
        {"asked_at": "2026-11-24T09:00:00"},
        {"asked_at": "1799-12-31T23:59:59Z"},
        {"asked_at": "9801-01-01T00:00:00Z"},
        {"words": "x" * 4_001},
        {"paper_sha512": "short"},
        {"unknown": 1},
    ],
)
def test_an_exchange_that_cannot_be_is_refused(fields):
    with pytest.raises(ValidationError):
        exchange(**fields)


def test_exchanges_come_in_the_order_in_which_they_were_asked():
    beside = Supplied(exchanges=(exchange(asked_at=LATER), exchange(), exchange(kind="other reason")))
    found = beside.exchanged(ExchangeKind.CLARIFICATION)
    assert [f"{each.asked_at:%Y-%m-%dT%H:%M:%SZ}" for each in found] == [ASKED, LATER]
    assert len(beside.exchanged(*ExchangeKind)) == 3


REFUSED = [
    b"",
    b"[]",
    b"null",
    b'{"exchanges": [',
    b'{"exchanges": [], "exchanges": []}',
    b'{"raised": [{"kind": "tired", "why": "We are tired today."}]}',
    b'{"raised": [{"kind": "impossible", "why": "short"}]}',
    b'{"conflict": {"country": "usa"}}',
    b'{"enforcement": {"required_at": "tomorrow"}}',
    b'{"somebody": "else"}',
    '{"raised": []}'.encode("utf-16"),
    b"\xff\xfe\x00",
    b'{"a":' * 100_000,
    b'{"conflict": {"reach": NaN}}',
    b'{"raised": "' + b"x" * 1024 * 1024 + b'"}',
]


@pytest.mark.parametrize("content", REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_such_file_is_refused_with_a_reason(content):
    with pytest.raises(MalformedDemand) as fault:
        read_supplied(content)
    assert fault.value.code == "intake.not-supplied"
    assert fault.value.why and len(fault.value.why) < 2_000


@given(st.binary(max_size=200))
def test_no_bytes_crash_it(content):
    try:
        read_supplied(content)
    except MalformedDemand as fault:
        assert fault.code == "intake.not-supplied"


def test_nothing_at_all_is_nothing_supplied():
    assert read_supplied(b"{}") == Supplied()
    whole = Supplied(exchanges=(exchange(answered_at=LATER, reply=Reply.CLARIFIED),))
    assert read_supplied(json.dumps(whole.model_dump(mode="json")).encode()) == whole
