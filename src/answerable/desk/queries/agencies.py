"""Which agencies sign their officers on here, and does an account still stand under one that the settings name?"""

from __future__ import annotations

from answerable.adapters.agency import Pin
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.officer import AgencySignOn
from answerable.desk.models import Account, AgencyAccount, Listing
from answerable.desk.wiring import Desk


def agencies_offered(desk: Desk) -> tuple[DirectoryRecord, ...]:
    """Return the offices whose own sign-on the settings name, as far as two people confirmed them, by name."""
    keys = [each.record for each in desk.settings.sign_in.agencies]
    rows = Listing.objects.filter(key__in=keys, status=Listing.Status.CONFIRMED)
    return tuple(sorted((DirectoryRecord.model_validate(each.record) for each in rows), key=lambda each: each.name))


def find_pin(desk: Desk, record: str) -> Pin | None:
    """Return the server that the settings pin to a record, or None."""
    return next((each for each in desk.settings.sign_in.agencies if each.record == record), None)


def stays_pinned(desk: Desk, account: Account) -> bool:
    """Whether an account may act: it is none of an agency's sign-on, or the settings still pin that server to its record."""
    agency = agency_of(account)
    return agency is None or any(
        (each.issuer, each.record) == (agency.issuer, agency.listing) for each in desk.settings.sign_in.agencies
    )


def agency_of(account: Account) -> AgencyAccount | None:
    """Return the account at an agency's sign-on that this account is, or None."""
    return getattr(account, "agency", None)


def signed_on(account: Account, at) -> AgencySignOn | None:
    """Return by which agency an account was let in, as of `at`; None for every other account."""
    agency = agency_of(account)
    visits = agency.visits.filter(at__lte=at) if agency else AgencyAccount.objects.none()
    if not visits.exists():
        return None
    first, last = visits.first(), visits.last()
    return AgencySignOn(authority=agency.listing, issuer=agency.issuer, first_at=first.at, at=last.at)
