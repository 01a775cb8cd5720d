"""Who may sign in, and by which link?"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction

from answerable.desk.models import Account, SignInLink
from answerable.desk.moves.passkeys import needs_passkey, refuse_but_by_agency
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused


def open_account(*, username: str, name: str, role: str, authority: str = "") -> Account:
    """Return the account `username`, made where there is none. It has no password: it signs in by link."""
    account, made = Account.objects.get_or_create(
        username=username, defaults={"name": name, "role": role, "authority": authority}
    )
    if made:
        account.set_unusable_password()
        account.save()
    return account


def account_for_link(username: str, *, name: str | None, role: str | None) -> Account:
    """Return the account `username`, opened with `name` and `role` where there is none. Refuses to open half of one."""
    account = Account.objects.filter(username=username).first()
    if account is None and (not name or not role):
        raise MoveRefused(
            "accounts.unknown",
            what="There is no such account.",
            why="A new account needs a full name and a role.",
            next_step="Add --name and --role, or correct the account's name.",
        )
    return account or open_account(username=username, name=name or "", role=role or "")


def make_link(desk: Desk, account: Account, *, hours: int = 12, uses: int = 1) -> str:
    """Return the secret of a new sign-in link; only its SHA-256 is kept."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        account=account, token_sha256=_sha256(token), expires_at=desk.now() + timedelta(hours=hours), uses_left=uses
    )
    return token


def whose_link(desk: Desk, token: str) -> Account:
    """Return the account a link is for, without using it up. Refuses unknown, used and old links alike."""
    link = _usable(desk, token).first()
    if link is None:
        raise _no_such_link()
    _refuse_unless_link_is_all(desk, link.account)
    return link.account


@transaction.atomic
def sign_in(desk: Desk, token: str) -> Account:
    """Use a link once and return its account. Refuses unknown, used and old links alike."""
    link = _usable(desk, token).select_for_update().first()
    if link is None:
        raise _no_such_link()
    _refuse_unless_link_is_all(desk, link.account)
    link.uses_left -= 1
    link.save(update_fields=["uses_left"])
    return link.account


def forget_sessions(desk: Desk) -> int:
    """Delete every session that has expired, and return how many: signed-in people's, and visits to an agency that came to nothing."""
    return Session.objects.filter(expire_date__lt=desk.now()).delete()[0]


def _usable(desk: Desk, token: str):
    return SignInLink.objects.select_related("account").filter(
        token_sha256=_sha256(token), expires_at__gt=desk.now(), uses_left__gt=0, account__is_active=True
    )


def _refuse_unless_link_is_all(desk: Desk, account: Account) -> None:
    """A link can be read on its way; where there is a passkey, it alone lets in, and where there is an agency, that."""
    refuse_but_by_agency(account)
    if needs_passkey(desk, account):
        raise MoveRefused(
            "sign-in.needs-passkey",
            what="This account signs in with its passkey; a link no longer lets it in.",
            why="Whoever reads a mailbox could use a link. A passkey answers to its holder alone.",
            next_step="Sign in with the passkey. If it is lost, ask a reviewer of the desk to take it out of use.",
        )


def _no_such_link() -> MoveRefused:
    return MoveRefused(
        "sign-in.no-such-link",
        what="This sign-in link does not work.",
        why="It was used already, has expired, or was cut short when it was copied.",
        next_step="Ask whoever runs the desk for a new link.",
    )


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
