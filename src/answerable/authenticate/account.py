"""What does the sender's account show? Section C: a passkey over exactly these bytes, the mail domain, a supervisor, the past,
and the agency's own sign-on.

A passkey's answer is checked like this; each step names what is wrong, the first one found:

1  it is an answer to a request, and the request was for exactly these bytes
2  the page that asked is the desk's own, by origin and by host
3  its holder was there, and unlocked it
4  its counter went on
5  the signature is that of the key which was registered
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timedelta
from importlib.metadata import version

from webauthn import verify_authentication_response

from answerable.casefile.encoding import canonical
from answerable.casefile.evidence import Digest, Fact, Result
from answerable.casefile.officer import AgencySignOn, Assertion, PublicPasskey, SenderAccount, Vouching

# How long a supervisor's word holds. Our own rule.
VOUCHED_FOR = timedelta(days=90)
_PRESENT, _VERIFIED = 0x01, 0x04
_TITLES = {
    "C1": "The sender confirmed exactly these bytes with a passkey",
    "C2": "The sender reads and writes mail at an authority of the directory",
    "C3": "A named supervisor stands for the sender",
    "C4": "The account is known here",
    "C5": "An agency's own sign-on let the sender in",
}
_NOT_SHOWN = {
    "C1": "who held the device; that what was confirmed is true or lawful",
    "C2": "that nobody else reads that mailbox",
    "C3": "that the sender may issue this demand",
    "C4": "that the account is still in the same hands",
    "C5": "that the sender may issue this demand; that nobody else was let in there as the sender",
}


def account_facts(account: SenderAccount, paper: Digest, *, at: datetime) -> tuple[Fact, ...]:
    """Return section C about the account that sent the bytes whose SHA-256 is `paper`, as of the moment `at`.

    C5 stands there only for an account of an agency's sign-on: no other could have it.
    """
    return (
        _confirmed(account, paper, at),
        _domain(account, at),
        _vouched(account, at),
        _known(account, at),
        *((_signed_on(account.agency),) if account.agency else ()),
    )


def why_not(passkey: PublicPasskey, assertion: Assertion, challenge: bytes) -> str:
    """Return why an answer does not confirm `challenge`, or an empty text where it does. Never raises for what it holds."""
    try:
        said = json.loads(decoded(assertion.client_data))
        data = decoded(assertion.authenticator_data)
        asked = decoded(said["challenge"])
        flags, counted = data[32], int.from_bytes(data[33:37], "big")
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return "The answer cannot be read."
    if said.get("type") != "webauthn.get" or said.get("crossOrigin"):
        return "It is no answer to a request of a page of ours."
    if asked != challenge:  # 1
        return "It confirms other bytes than these."
    if said.get("origin") != passkey.origin or data[:32] != hashlib.sha256(passkey.host.encode()).digest():  # 2
        return "It was given on a page that is not this desk's."
    if not flags & _PRESENT or not flags & _VERIFIED:  # 3
        return "The passkey did not verify its holder, by code or by body."
    if (counted or assertion.counted) and counted <= assertion.counted:  # 4
        return "Its counter did not go on: a copy of the passkey may be about."
    if assertion.credential != passkey.credential or not _signature_holds(passkey, assertion, challenge):  # 5
        return "The signature is not that of the registered passkey."
    return ""


def counter_of(assertion: Assertion) -> int:
    """Return the counter that an answer carries, after `why_not` found nothing."""
    return int.from_bytes(decoded(assertion.authenticator_data)[33:37], "big")


def _signature_holds(passkey: PublicPasskey, assertion: Assertion, challenge: bytes) -> bool:
    credential = {
        "id": assertion.credential,
        "rawId": assertion.credential,
        "type": "public-key",
        "response": {
            "clientDataJSON": assertion.client_data,
            "authenticatorData": assertion.authenticator_data,
            "signature": assertion.signature,
        },
    }
    try:
        verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=passkey.host,
            expected_origin=passkey.origin,
            credential_public_key=decoded(passkey.public_key),
            credential_current_sign_count=assertion.counted,
            require_user_verification=True,
        )
    except Exception:
        # Whatever bytes that a stranger wrote make the library stumble over, they confirm nothing.
        return False
    return True


def decoded(text: str) -> bytes:
    """Return the bytes of base64url without padding. Refuses, with ValueError, what is not written so."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def encoded(content: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _fact(code: str, result: Result, found: str, *, at: datetime, method: str, raw: str | None = None) -> Fact:
    return Fact(
        code=code, title=_TITLES[code], result=result, found=found, method=method, at=at, raw=raw,
        not_shown=_NOT_SHOWN[code],
    )  # fmt: skip


def _confirmed(account: SenderAccount, paper: Digest, at: datetime) -> Fact:
    passkey, assertion = account.passkey, account.assertion
    method = f"webauthn {version('webauthn')}"
    if passkey is None or assertion is None:
        return _fact("C1", Result.ABSENT, "It was not confirmed with a passkey.", at=at, method=method)
    raw = hashlib.sha256(canonical(assertion)).hexdigest()
    if why := why_not(passkey, assertion, bytes.fromhex(paper)):
        return _fact("C1", Result.CONTRADICTED, why, at=assertion.at, method=method, raw=raw)
    found = (
        f"Over SHA-256 {paper}, its holder verified, on {passkey.origin}, on {_day(assertion.at)}; the passkey"
        f" is registered since {_day(passkey.registered_at)}."
    )
    return _fact("C1", Result.CONFIRMED, found, at=assertion.at, method=method, raw=raw)


def _domain(account: SenderAccount, at: datetime) -> Fact:
    proof, method = account.domain, "a code by mail, and a signed reply"
    if proof is None:
        return _fact("C2", Result.ABSENT, "No mail domain was proved for this account.", at=at, method=method)
    found = f"{proof.domain}, which the directory has under {proof.authority}: proved on {_day(proof.at)}."
    return _fact("C2", Result.CONFIRMED, found, at=proof.at, method=method, raw=proof.mail)


def _vouched(account: SenderAccount, at: datetime) -> Fact:
    vouching, method = account.vouching, "a call to a number of the directory"
    if vouching is None:
        return _fact("C3", Result.ABSENT, "Nobody has said that the officer is theirs.", at=at, method=method)
    who = f"{vouching.supervisor}, {vouching.post}, of {vouching.authority}, on {_day(vouching.at)}"
    if not _holds(vouching, account, at):
        why = "more than 90 days before" if vouching.at <= at - VOUCHED_FOR else "for another passkey than this one"
        return _fact("C3", Result.ABSENT, f"The last one was {who}: {why}.", at=vouching.at, method=method)
    return _fact("C3", Result.CONFIRMED, f"{who}, reached at {vouching.number}.", at=vouching.at, method=method)


def _holds(vouching: Vouching, account: SenderAccount, at: datetime) -> bool:
    """Whether a supervisor's word still counts: for 90 days, and for no passkey that was made after it."""
    before = account.passkey is not None and vouching.at < account.passkey.registered_at
    return vouching.at > at - VOUCHED_FOR and not before


def _known(account: SenderAccount, at: datetime) -> Fact:
    method = "the desk's own cases"
    if account.first_demand_at is None:
        return _fact("C4", Result.ABSENT, "It is the first demand from this account.", at=at, method=method)
    found = f"{account.demands_before} demands before, the first on {_day(account.first_demand_at)}."
    return _fact("C4", Result.CONFIRMED, found, at=at, method=method)


def _signed_on(agency: AgencySignOn) -> Fact:
    found = (
        f"{agency.issuer}, which our settings pin to {agency.authority}, on {_day(agency.at)}; the first time on"
        f" {_day(agency.first_at)}. The account comes in no other way."
    )
    method = "OpenID Connect: an ID token, its signature and its claims checked when it came; not kept"
    return _fact("C5", Result.CONFIRMED, found, at=agency.at, method=method)


def _day(moment: datetime) -> str:
    return f"{moment:%d %B %Y}"
