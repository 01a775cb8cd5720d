"""How does an officer come in by the agency's own sign-on? There and back (OpenID Connect, authorization code, PKCE).

1  each visit has a state, a nonce and a verifier of its own, which wait for the one browser that it began in
2  what comes back carries that state, within ten minutes, from the server that was asked (RFC 9207)
3  the code is redeemed there, under our secret and the visit's verifier
4  the ID token holds, for us and for this visit
5  its issuer and subject are the account: never a name, never an address, and of the pinned record alone
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction

from answerable.adapters.agency import Pin, Said, Server, ask_server, read_id_token, redeem, way_there
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.encoding import Record
from answerable.casefile.scope import Moment
from answerable.desk.models import Account, AgencyAccount, AgencyVisit
from answerable.desk.moves.accounts import open_account
from answerable.desk.queries.agencies import agencies_offered
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused

VISIT_GOOD_FOR = timedelta(minutes=10)


class Visit(Record):
    """What waits, in one browser's own store, for what comes back. Nobody else is told the verifier."""

    record: str
    state: str
    nonce: str
    verifier: str
    since: Moment


def begin_visit(desk: Desk, pin: Pin, *, back: str) -> tuple[str, Visit]:
    """Return the address at the agency to which an officer is sent, and what waits for them to come `back`."""
    refuse_unless_listed(desk, pin)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))  # 1
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    said = {"redirect_uri": back, "state": state, "nonce": nonce}
    said |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    visit = Visit(record=pin.record, state=state, nonce=nonce, verifier=verifier, since=desk.now())
    return way_there(ask_server(pin), pin, said), visit


def end_visit(desk: Desk, pin: Pin, visit: Visit | None, *, answer: Mapping[str, str], back: str) -> Account:
    """Return the account of whom the agency let in. Refuses whatever is not its answer to this visit."""
    if visit is None or not _waits_for(visit, pin, answer) or desk.now() - visit.since > VISIT_GOOD_FOR:  # 2
        raise _refused(
            "agency.other-visit",
            "What came back belongs to no visit of this browser that still waits.",
            "It was used already, is older than ten minutes, or began in another browser.",
        )
    server = ask_server(pin)
    _refuse_unless_from(server, answer)
    if "error" in answer or not answer.get("code"):
        raise _refused("agency.not-let-in", "The agency did not let you in.", "It gave no code with which to go on.")
    token, keys = redeem(server, pin, code=answer["code"], verifier=visit.verifier, back=back)  # 3
    return _account(desk, pin, read_id_token(token, keys, pin, nonce=visit.nonce, at=desk.now()))  # 4


def _waits_for(visit: Visit, pin: Pin, answer: Mapping[str, str]) -> bool:
    state = answer.get("state", "")
    return visit.record == pin.record and hmac.compare_digest(state.encode(), visit.state.encode())


def _refuse_unless_from(server: Server, answer: Mapping[str, str]) -> None:
    """Refuse what another server sent back. One that says it names itself must."""
    named = answer.get("iss")
    if named != server.issuer and (named is not None or server.authorization_response_iss_parameter_supported):
        raise _refused(
            "agency.other-server",
            "What came back is not from the agency's server that you were sent to.",
            "It names another issuer, or none where it must name one.",
        )


@transaction.atomic
def _account(desk: Desk, pin: Pin, said: Said) -> Account:
    """Return the one account of an issuer and a subject, opened where there is none, and keep that it came in now."""
    office = refuse_unless_listed(desk, pin)
    known = AgencyAccount.objects.select_related("account").filter(issuer=pin.issuer, subject=said.subject).first()  # 5
    if known is None:
        username = f"{pin.record[:60]}-{secrets.token_hex(6)}"
        name = said.name or f"Officer of {office.name}"[:200]
        account = open_account(username=username, name=name, role=Account.Role.OFFICER)
        known = AgencyAccount.objects.create(
            account=account, issuer=pin.issuer, subject=said.subject, listing=pin.record
        )
    if known.listing != pin.record or not known.account.is_active:
        raise _refused(
            "agency.not-let-in",
            "Your account here is closed, or belongs to another office.",
            "An account stays with the office it was opened for.",
        )
    AgencyVisit.objects.create(account=known, at=desk.now())
    return known.account


def refuse_unless_listed(desk: Desk, pin: Pin) -> DirectoryRecord:
    """Return the record that a server is pinned to. Refuses one that two people have not confirmed."""
    for each in agencies_offered(desk):
        if each.id == pin.record:
            return each
    raise _refused(
        "agency.no-record",
        "This agency is not in the directory of the desk.",
        "Its sign-on is pinned to a record that two people have not confirmed, or that is retired.",
    )


def _refused(code: str, what: str, why: str) -> MoveRefused:
    return MoveRefused(
        code,
        what=what,
        why=why,
        next_step="Start again from the sign-in page; if it stays so, tell whoever runs this desk.",
    )
