"""Does a passkey's answer confirm exactly one demand, on the desk's own page, by its verified holder, and nothing else?"""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticator import PRESENT, VERIFIED, Authenticator

from answerable.adapters.bundles import verify_bundle, write_bundle
from answerable.adapters.passkeys import answered, creation_options, made
from answerable.adapters.site import Site
from answerable.authenticate.account import account_facts, counter_of, decoded, encoded, why_not
from answerable.authenticate.gathered import Evidence
from answerable.authenticate.sheet import sheet_of
from answerable.casefile.evidence import Result
from answerable.casefile.officer import AgencySignOn, ProvenDomain, SenderAccount, Vouching
from answerable.errors import MoveRefused

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
DEMAND = b"%PDF-1.7 an order of a court, as it came"
DIGEST = hashlib.sha256(DEMAND).digest()
SITE = Site("http://localhost:8000", "Harbour Forum")


def registered(device, *, at=NOW - timedelta(days=9), challenge=b"c" * 32):
    options = creation_options(SITE, handle=b"h" * 32, username="ina", name="Ina", known=(), challenge=challenge)
    return made(SITE, device.create(options), challenge, at=at)


@pytest.fixture
def device():
    return Authenticator()


@pytest.fixture
def passkey(device):
    return registered(device)[0]


def confirm(device, digest=DIGEST, **changed):
    return answered(device.sign(digest, **changed), at=NOW)


def test_an_answer_over_the_digest_confirms_the_demand(device, passkey):
    assertion = confirm(device)
    assert why_not(passkey, assertion, DIGEST) == ""
    assert counter_of(assertion) == 1
    facts = account_facts(SenderAccount(passkey=passkey, assertion=assertion), DIGEST.hex(), at=NOW)
    [said] = [fact for fact in facts if fact.code == "C1"]
    assert said.result is Result.CONFIRMED
    assert DIGEST.hex() in said.found


@pytest.mark.parametrize("place", range(len(DEMAND)))
def test_one_byte_changed_is_not_what_was_confirmed(device, passkey, place):
    other = DEMAND[:place] + bytes([DEMAND[place] ^ 1]) + DEMAND[place + 1 :]
    assert why_not(passkey, confirm(device), hashlib.sha256(other).digest()) == "It confirms other bytes than these."


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"flags": PRESENT}, "did not verify its holder"),
        ({"flags": VERIFIED}, "did not verify its holder"),
        ({"flags": 0}, "did not verify its holder"),
        ({"origin": "http://localhost:8001"}, "not this desk's"),
        ({"origin": "https://localhost:8000"}, "not this desk's"),
        ({"origin": "http://localhost:8000.evil.example"}, "not this desk's"),
        ({"origin": "http://lоcalhost:8000"}, "not this desk's"),
        ({"host": "evil.example"}, "not this desk's"),
        ({"credential": b"another credential"}, "not that of the registered passkey"),
        ({"key": Authenticator().key}, "not that of the registered passkey"),
    ],
)
def test_what_is_wrong_is_said_and_confirms_nothing(device, passkey, change, why):
    assert why in why_not(passkey, confirm(replace(device, **change)), DIGEST)


@pytest.mark.parametrize("changed", [{"type": "webauthn.create"}, {"type": "x"}, {"crossOrigin": True}])
def test_an_answer_to_something_else_confirms_nothing(device, passkey, changed):
    assert "no answer to a request of a page of ours" in why_not(passkey, confirm(device, **changed), DIGEST)


@pytest.mark.parametrize(
    ("seen", "now", "holds"), [(5, 5, False), (5, 4, False), (5, 0, False), (5, 6, True), (0, 0, True)]
)
def test_a_counter_that_went_back_is_a_copy(device, passkey, seen, now, holds):
    device.counter = now - 1 if now else -1
    assertion = confirm(device).model_copy(update={"counted": seen})
    assert (why_not(passkey, assertion, DIGEST) == "") is holds


ANSWER = Authenticator(counter=3)
KEY = registered(ANSWER)[0]
GOOD = confirm(ANSWER)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["client_data", "authenticator_data", "signature"]), st.data())
def test_no_byte_of_an_answer_can_change_unseen(part, data):
    raw = bytearray(decoded(getattr(GOOD, part)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    assert why_not(KEY, GOOD.model_copy(update={part: encoded(bytes(raw))}), DIGEST) != ""


@given(
    st.text(alphabet="ABCabc019-_", max_size=80), st.sampled_from(["client_data", "authenticator_data", "signature"])
)
def test_no_bytes_make_it_stumble(text, part):
    assert why_not(KEY, GOOD.model_copy(update={part: text}), DIGEST) != ""


@pytest.mark.parametrize(
    "change",
    [{"flags": PRESENT}, {"origin": "https://desk.evil.example"}, {"host": "evil.example"}],
)
def test_a_passkey_that_verified_nobody_or_was_made_elsewhere_is_not_registered(device, change):
    with pytest.raises(MoveRefused) as refused:
        registered(replace(device, **change))
    assert refused.value.code == "passkey.refused"


@pytest.mark.parametrize("answer", ["", "{", "[]", "null", "{}", '{"id": 1, "response": {}}', "9" * 30_000])
def test_what_is_no_answer_is_refused_with_words(device, answer):
    for read in (lambda: answered(answer, at=NOW), lambda: made(SITE, answer, b"c" * 32, at=NOW)):
        with pytest.raises(MoveRefused):
            read()


VOUCHING = Vouching(
    authority="de-court", supervisor="Dr. Weiß", post="presiding judge", number="+49305550100", source="own page",
    by="mara", at=NOW,
)  # fmt: skip


def vouched(days_ago, *, passkey=None):
    vouching = VOUCHING.model_copy(update={"at": NOW - timedelta(days=days_ago)})
    facts = account_facts(SenderAccount(vouching=vouching, passkey=passkey), DIGEST.hex(), at=NOW)
    return next(fact for fact in facts if fact.code == "C3")


@pytest.mark.parametrize(("days", "result"), [(0, "confirmed"), (89, "confirmed"), (90, "absent"), (400, "absent")])
def test_a_supervisors_word_holds_for_ninety_days(days, result):
    assert vouched(days).result == result


def test_a_supervisors_word_holds_for_no_passkey_that_was_made_later(passkey):
    assert vouched(10, passkey=passkey).result is Result.ABSENT
    assert vouched(8, passkey=passkey).result is Result.CONFIRMED


def test_nothing_known_is_absent_and_never_contradicted():
    facts = account_facts(SenderAccount(), DIGEST.hex(), at=NOW)
    assert [(fact.code, fact.result) for fact in facts] == [(f"C{n}", Result.ABSENT) for n in (1, 2, 3, 4)]


def test_an_agencys_sign_on_stands_there_with_its_server_and_for_no_other_account():
    first, last = NOW - timedelta(days=9), NOW - timedelta(hours=1)
    agency = AgencySignOn(authority="de-court", issuer="https://login.court.example", first_at=first, at=last)
    *_, fact = account_facts(SenderAccount(agency=agency), DIGEST.hex(), at=NOW)
    assert (fact.code, fact.result, fact.at) == ("C5", Result.CONFIRMED, last)
    assert "https://login.court.example, which our settings pin to de-court" in fact.found
    assert "may issue this demand" in fact.not_shown


def test_a_bundle_derives_the_account_again_years_later_and_sees_a_change(tmp_path, device, passkey):
    account = SenderAccount(
        passkey=passkey,
        assertion=confirm(device),
        domain=ProvenDomain(authority="de-court", domain="gericht.example", mail="0" * 64, at=NOW),
        vouching=VOUCHING,
        demands_before=3,
        first_demand_at=NOW - timedelta(days=100),
    )
    evidence = Evidence(original=DEMAND, at=NOW, account=account)
    sheet = sheet_of(evidence)
    assert [fact.code for fact in sheet.facts if fact.code.startswith("C")] == ["C1", "C2", "C3", "C4"]
    write_bundle(tmp_path / "good", evidence, sheet)
    assert all(check.passed for check in verify_bundle(tmp_path / "good"))
    moved = account.model_copy(update={"assertion": confirm(device, hashlib.sha256(b"another demand").digest())})
    write_bundle(tmp_path / "bad", replace(evidence, account=moved), sheet)
    failing = [check.name for check in verify_bundle(tmp_path / "bad") if not check.passed]
    assert failing == ["C1 comes out again"]


def test_the_request_asks_for_a_verified_holder_and_names_no_maker():
    said = json.loads(creation_options(SITE, handle=b"h", username="ina", name="Ina", known=(), challenge=b"c" * 32))
    assert said["authenticatorSelection"]["userVerification"] == "required"
    assert said["authenticatorSelection"]["residentKey"] == "required"
    assert said.get("attestation", "none") == "none"
