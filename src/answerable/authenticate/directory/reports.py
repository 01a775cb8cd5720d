"""Which reports of other desks are about this office, its domains or the address a paper gives?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from answerable.authenticate.directory.fitting import Claims
from answerable.authenticate.directory.history import Reported
from answerable.authenticate.directory.naming import lies_below, mail_domain, may_be, same_name
from answerable.casefile.caution_feed import CautionFeed, FeedEntry
from answerable.casefile.directory import CautionAbout, hashed_account


def reported_about(
    feeds: Iterable[CautionFeed], claims: Claims, *, addresses: Iterable[str], numbers: Iterable[str], at: datetime
) -> tuple[Reported, ...]:
    """Return what feeds report, in force at `at`, of the office that is claimed, or of an address or number it gives."""
    seen, given = tuple(addresses), tuple(numbers)
    domains = [each for each in map(mail_domain, (*claims.domains, *seen)) if each]
    return tuple(
        Reported(
            by=feed.publisher,
            about=_about(entry),
            reason=entry.reason.value,
            reported_at=entry.starts_at,
            contested=entry.contested_at is not None,
        )
        for feed in feeds
        for entry in feed.entries
        if entry.holds_at(at) and _concerns(entry, claims, domains=domains, addresses=seen, numbers=given)
    )


def _concerns(
    entry: FeedEntry, claims: Claims, *, domains: list[str], addresses: tuple[str, ...], numbers: tuple[str, ...]
) -> bool:
    if entry.about is CautionAbout.DOMAIN and entry.domain:
        return any(lies_below(domain, entry.domain) for domain in domains)
    if entry.about is CautionAbout.TELEPHONE and entry.telephone:
        return any(may_be(number, entry.telephone) for number in numbers)
    if entry.account_sha256 is not None:
        return any(hashed_account(entry.id, address) == entry.account_sha256 for address in addresses)
    same_country = claims.country is None or claims.country == entry.country
    return same_country and same_name(entry.agency) in {same_name(name) for name in claims.names}


def _about(entry: FeedEntry) -> str:
    return f"{entry.about.value} {entry.domain or entry.telephone or entry.agency}"
