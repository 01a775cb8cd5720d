"""Is a feed of cautions used only when a key that was named signed it, whole, and in time?"""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticate.directory.records import caution, office

from answerable.casefile.caution_feed import CautionFeed, feed_of
from answerable.errors import VerificationFailed
from answerable.public_log.note import Signer
from answerable.verify.cautions import open_feed

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
SIGNER = Signer(name="desk.example/log/cautions", key=Ed25519PrivateKey.from_private_bytes(b"k" * 32))
OTHER = Signer(name="desk.example/log/cautions", key=Ed25519PrivateKey.from_private_bytes(b"o" * 32))
SHARED = caution(shared=True, starts_at=NOW - timedelta(days=30))
RECORD = office(cautions=(SHARED,))


def feed(records=(RECORD,), **changes) -> CautionFeed:
    made = feed_of(records, publisher=SIGNER.name, number=3, at=NOW, days=14)
    return made.model_copy(update=changes)


def refused(note: bytes, *, signers=(SIGNER,), now=NOW) -> str:
    with pytest.raises(VerificationFailed) as fault:
        open_feed(note, [each.verifier for each in signers], now=now)
    return fault.value.code


def test_a_feed_comes_back_as_it_was_signed():
    assert open_feed(SIGNER.sign(feed().text), [OTHER.verifier, SIGNER.verifier], now=NOW) == feed()


@pytest.mark.parametrize(
    ("note", "options", "code"),
    [
        (feed().text, {}, "caution.bad-signature"),
        (b"", {}, "caution.bad-signature"),
        (OTHER.sign(feed().text), {}, "caution.foreign-key"),
        (SIGNER.sign(feed().text), {"signers": ()}, "caution.foreign-key"),
        (SIGNER.sign(feed(publisher="other.example").text), {}, "caution.foreign"),
        (SIGNER.sign(feed().text), {"now": NOW + timedelta(days=14)}, "caution.expired"),
        (SIGNER.sign(feed().text), {"now": NOW - timedelta(seconds=1)}, "caution.from-the-future"),
        (SIGNER.sign(b"{}\n"), {}, "caution.unreadable"),
        (SIGNER.sign(b"no json\n"), {}, "caution.unreadable"),
        (SIGNER.sign(b"[" * 100_000 + b"\n"), {}, "caution.unreadable"),
        (SIGNER.sign(feed().text.replace(b',"', b', "')), {}, "caution.unreadable"),
        (SIGNER.sign(feed().text.replace(b'"version":1', b'"version":1,"person":"x"')), {}, "caution.unreadable"),
        (b"x" * 1_000_001, {}, "caution.unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_other_feed_is_refused_by_name(note, options, code):
    assert refused(note, **options) == code


@settings(deadline=None)
@given(st.data())
def test_no_byte_can_be_changed(data):
    note = bytearray(SIGNER.sign(feed().text))
    place = data.draw(st.integers(0, len(note) - 1))
    note[place] ^= data.draw(st.integers(1, 255))
    assert refused(bytes(note)).startswith(("caution.", "note."))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_by_name(content):
    assert refused(content).startswith(("caution.", "note."))


@pytest.mark.parametrize(
    ("changes", "is_in"),
    [
        ({}, True),
        ({"shared": False}, False),
        ({"confirmed_by": None}, False),
        ({"confirmed_by": "mara"}, False),
        ({"starts_at": NOW + timedelta(days=1)}, False),
        ({"starts_at": NOW - timedelta(days=800)}, False),
    ],
)
def test_a_feed_holds_what_two_people_share_and_nothing_old(changes, is_in):
    made = feed([office(cautions=(SHARED.model_copy(update=changes),))])
    assert bool(made.entries) is is_in


def test_a_feed_names_no_person_and_no_case():
    case = caution(shared=True, case="AN-2026-000004", starts_at=NOW - timedelta(days=2))
    text = feed([office(cautions=(case,))]).text
    assert b"mara" not in text
    assert b"jonas" not in text
    assert b"AN-2026" not in text


def test_what_has_no_end_ends_within_a_year_and_what_was_lifted_is_taken_back():
    [entry] = feed().entries
    assert entry.expires_at == SHARED.starts_at + timedelta(days=365)
    lifted = SHARED.model_copy(update={"lifted_at": NOW})
    [entry] = feed([office(cautions=(lifted,))]).entries
    assert entry.retracted_at == NOW
    assert not entry.holds_at(NOW)


@pytest.mark.parametrize("reply", ["write to jan@police.example", "call 020-5550100", ""])
def test_a_reply_holds_no_address_and_no_number(reply):
    with pytest.raises(ValueError, match="reply"):
        caution().model_validate(caution().model_dump() | {"contested_at": NOW, "reply": reply})
