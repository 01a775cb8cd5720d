"""Who registers, uses and ends a passkey, and how does an officer confirm exactly the bytes of a demand with one?"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction

from answerable.adapters import passkeys
from answerable.adapters.keys import random_bytes
from answerable.authenticate.account import counter_of, why_not
from answerable.casefile.events import EventKind
from answerable.casefile.officer import Assertion, PublicPasskey
from answerable.casefile.route import State
from answerable.desk.models import Account, Case, Confirmation, Passkey
from answerable.desk.moves.casefiles import locked, refuse_unless_reviewer
from answerable.desk.moves.papers import paper_bytes
from answerable.desk.moves.recording import record
from answerable.desk.queries.agencies import agency_of
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused

CHALLENGE_GOOD_FOR = timedelta(minutes=5)
_MOST = 10


def new_challenge() -> bytes:
    """Return a challenge for one sign-in or one registration."""
    return random_bytes(32)


def challenge_of(desk: Desk, case: Case) -> bytes:
    """Return the challenge that confirms a demand: the SHA-256 of its bytes as they came."""
    return hashlib.sha256(paper_bytes(desk, case)).digest()


@transaction.atomic
def register_passkey(
    desk: Desk, account: Account, *, challenge: bytes, answer: str, label: str, by_passkey: bool
) -> Passkey:
    """Keep a new passkey of `account`. Who came in by a link may add the first one alone.

    Otherwise whoever reads a mailbox could add a passkey of their own beside that of its owner.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    held = account.passkeys.filter(ended_at=None).count()
    if held and not by_passkey and not desk.settings.sign_in.links_alone:
        raise _refused("This account has a passkey: sign in with it to add another, or have it taken out of use.")
    if held >= _MOST:
        raise _refused(f"An account has at most {_MOST} passkeys.")
    made, counter = passkeys.made(desk.site, answer, challenge, at=desk.now())
    if Passkey.objects.filter(credential=made.credential).exists():
        raise _refused("This passkey is registered already.")
    return Passkey.objects.create(
        account=account, credential=made.credential, record=made.model_dump(mode="json"), label=label,
        counter=counter, registered_at=made.registered_at,
    )  # fmt: skip


@transaction.atomic
def sign_in_by_passkey(desk: Desk, *, challenge: bytes, answer: str) -> Account:
    """Return the account whose passkey answered the challenge. Refuses unknown, ended and wrong ones."""
    assertion = passkeys.answered(answer, at=desk.now())
    account = _used(assertion, challenge, Passkey.objects.filter(account__is_active=True))[0].account
    refuse_but_by_agency(account)
    return account


@transaction.atomic
def confirm_demand(desk: Desk, case: Case, *, actor: Account, answer: str) -> Confirmation:
    """Keep that the officer who sent a demand confirmed exactly its bytes. Refuses everybody else, and a second time."""
    case = locked(case)
    if case.sent_by_id != actor.pk or case.state == State.CLOSED:
        raise _refused("Only the officer who sent a demand confirms it, before it is closed.")
    if Confirmation.objects.filter(case=case).exists():
        raise _refused("This demand is confirmed already.")
    assertion = passkeys.answered(answer, at=desk.now())
    passkey, used = _used(assertion, challenge_of(desk, case), actor.passkeys.all())
    kept = Confirmation.objects.create(case=case, passkey=passkey, at=desk.now(), record=used.model_dump(mode="json"))
    record(desk, case, EventKind.SENDER_CONFIRMED, actor=actor)
    return kept


@transaction.atomic
def end_passkey(desk: Desk, passkey: Passkey, *, actor: Account, reason: str) -> Passkey:
    """Take a passkey out of use, and end every session of its account. A reviewer may, by name and with a reason.

    What it confirmed stays confirmed. Its account then comes in by its agency, or by a new link from whoever hosts the desk,
    registers another passkey, and an officer's supervisor is asked again.
    """
    refuse_unless_reviewer(actor)
    passkey = Passkey.objects.select_for_update().get(pk=passkey.pk)
    if passkey.ended_at is not None:
        raise _refused("This passkey was taken out of use already.")
    passkey.ended_at, passkey.ended_by, passkey.why_ended = desk.now(), actor, reason
    passkey.save()
    for session in Session.objects.all().iterator():
        if session.get_decoded().get("_auth_user_id") == str(passkey.account_id):
            session.delete()
    return passkey


def needs_passkey(desk: Desk, account: Account) -> bool:
    """Whether a link alone no longer lets this account in."""
    return not desk.settings.sign_in.links_alone and account.passkeys.filter(ended_at=None).exists()


def refuse_but_by_agency(account: Account) -> None:
    """Refuse every other way in for an account of an agency's sign-on: whom the agency no longer lets in stays outside."""
    if agency_of(account) is not None:
        raise MoveRefused(
            "sign-in.needs-agency",
            what="This account signs in with its agency, and in no other way.",
            why="Who has left the agency could still hold a passkey or a link.",
            next_step="Choose your agency on the sign-in page. The passkey is for confirming demands.",
        )


def _used(assertion: Assertion, challenge: bytes, among) -> tuple[Passkey, Assertion]:
    """Return the passkey that answered, its counter moved on, and the answer with the counter it was checked against."""
    rows = among.select_for_update().filter(credential=assertion.credential, ended_at=None)
    row = rows.select_related("account").first()
    if row is None:
        raise passkeys.refused("This passkey is not registered here, or was taken out of use.")
    checked = assertion.model_copy(update={"counted": row.counter})
    if why := why_not(PublicPasskey.model_validate(row.record), checked, challenge):
        raise passkeys.refused(why)
    row.counter = counter_of(checked)
    row.save(update_fields=["counter"])
    return row, checked


def _refused(why: str) -> MoveRefused:
    return MoveRefused(
        "passkey.not-now",
        what="The passkey cannot be registered, used or ended like this.",
        why=why,
        next_step="Open the page again; if a passkey is lost, ask a reviewer of the desk to take it out of use.",
    )
