"""What is known of the accounts that send demands, and of the one that sent this demand?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answerable.authenticate.account import VOUCHED_FOR, account_facts
from answerable.authenticate.directory import usable_numbers
from answerable.casefile.directory import DirectoryRecord, Number
from answerable.casefile.evidence import Fact
from answerable.casefile.officer import AgencySignOn, Assertion, ProvenDomain, PublicPasskey, SenderAccount, Vouching
from answerable.desk.models import Account, Case, Confirmation, DomainProof, Listing, Passkey
from answerable.desk.queries.agencies import agency_of, signed_on, stays_pinned
from answerable.desk.wiring import Desk


@dataclass(frozen=True, slots=True)
class OfficerView:
    """An officer as the desk knows them. `ended` are passkeys out of use; `office` is the name of whose domain was proved;
    `asked` is the code that waits for its reply; `vouched_until`, when the word ends.

    `is_pinned` says that the settings still name the agency whose sign-on the account is of, where it is of one.
    """

    account: Account
    passkeys: tuple[Passkey, ...]
    ended: tuple[Passkey, ...]
    office: str
    domain: ProvenDomain | None
    agency: AgencySignOn | None
    is_pinned: bool
    asked: DomainProof | None
    vouching: Vouching | None
    vouched_until: datetime | None
    is_vouched: bool
    numbers: tuple[Number, ...]


def officer_views(desk: Desk) -> tuple[OfficerView, ...]:
    """Return every officer whose account is open, by name."""
    accounts = Account.objects.filter(role=Account.Role.OFFICER, is_active=True).order_by("name")
    return tuple(officer_view(desk, each) for each in accounts)


def reviewers_passkeys() -> tuple[Passkey, ...]:
    """Return every passkey of a reviewer that is in use, by the reviewer's name."""
    found = Passkey.objects.filter(ended_at=None, account__role=Account.Role.REVIEWER, account__is_active=True)
    return tuple(found.select_related("account").order_by("account__name", "registered_at"))


def find_account(username: str) -> Account | None:
    """Return the open account of this name, or None."""
    return Account.objects.filter(username=username, is_active=True).first()


def officer_view(desk: Desk, account: Account) -> OfficerView:
    """Return what is known of one officer now."""
    now, passkeys = desk.now(), tuple(account.passkeys.filter(ended_at=None))
    vouching, proofs = _vouching(account, now), account.domain_proofs
    newest = max((each.registered_at for each in passkeys), default=None)
    office = office_of(account)
    return OfficerView(
        account=account,
        passkeys=passkeys,
        ended=tuple(account.passkeys.exclude(ended_at=None).select_related("ended_by")),
        office=office.name if office else "",
        domain=_domain(account, now),
        agency=signed_on(account, now),
        is_pinned=stays_pinned(desk, account),
        asked=proofs.filter(proved_at=None).last(),
        vouching=vouching,
        vouched_until=vouching.at + VOUCHED_FOR if vouching else None,
        is_vouched=vouching is not None
        and vouching.at + VOUCHED_FOR > now
        and (newest is None or vouching.at >= newest),
        numbers=usable_numbers(office, now) if office else (),
    )


def sender_account(case: Case) -> SenderAccount | None:
    """Return what is known of the account that sent a demand, as of its receipt; None where it came from none."""
    account = case.sent_by
    if account is None:
        return None
    kept = Confirmation.objects.select_related("passkey").filter(case=case).first()
    earlier = Case.objects.filter(sent_by=account, pk__lt=case.pk).order_by("received_at")
    first = earlier.first()
    return SenderAccount(
        passkey=PublicPasskey.model_validate(kept.passkey.record) if kept else None,
        assertion=Assertion.model_validate(kept.record) if kept else None,
        domain=_domain(account, case.received_at),
        agency=signed_on(account, case.received_at),
        vouching=_vouching(account, case.received_at),
        demands_before=earlier.count(),
        first_demand_at=first.received_at if first else None,
    )


def account_facts_of(case: Case) -> tuple[Fact, ...]:
    """Return section C about a case; none where it came from no account, or its paper ended its reader."""
    account = sender_account(case) if case.sheet else None
    return account_facts(account, case.sheet["sheet"]["paper"], at=case.received_at) if account else ()


def office_of(account: Account) -> DirectoryRecord | None:
    """Return the record of an officer's office, or None: whose sign-on let them in, or whose domain was proved last."""
    stands = agency_of(account) or account.domain_proofs.exclude(proved_at=None).last()
    listing = Listing.objects.filter(key=stands.listing, status=Listing.Status.CONFIRMED).first() if stands else None
    return DirectoryRecord.model_validate(listing.record) if listing else None


def _domain(account: Account, at: datetime) -> ProvenDomain | None:
    row = account.domain_proofs.filter(proved_at__lte=at).last()
    return ProvenDomain.model_validate(row.record) if row else None


def _vouching(account: Account, at: datetime) -> Vouching | None:
    row = account.vouchings.filter(at__lte=at).last()
    return Vouching.model_validate(row.record) if row else None
