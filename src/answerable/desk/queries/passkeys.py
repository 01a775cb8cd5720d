"""What does a page hand to the browser, so that it makes a passkey or asks for one?"""

from __future__ import annotations

from answerable.adapters import passkeys
from answerable.desk.models import Account, Passkey
from answerable.desk.wiring import Desk


def own_passkeys(account: Account) -> tuple[Passkey, ...]:
    """Return the passkeys with which an account may come in."""
    return tuple(account.passkeys.filter(ended_at=None))


def request_for(desk: Desk, account: Account | None, *, challenge: bytes) -> str:
    """Return the request for a passkey of an account, or for any of this desk where nobody has said yet who they are."""
    known = [each.credential for each in own_passkeys(account)] if account else []
    return passkeys.request_options(desk.site, known=known, challenge=challenge)


def creation_for(desk: Desk, account: Account, *, challenge: bytes) -> str:
    """Return the request to make a passkey. The account is named to the device by a word that says nothing elsewhere."""
    return passkeys.creation_options(
        desk.site,
        handle=bytes.fromhex(desk.vault.name_for(f"passkey {account.username}"))[:32],
        username=account.username,
        name=account.name,
        known=[each.credential for each in own_passkeys(account)],
        challenge=challenge,
    )
