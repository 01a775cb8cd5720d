"""What does the directory hold, who proposes what, and which records fit a demand?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from answerable.authenticate.directory import Change, Claims, NumberAt, changes, numbers_at, reported_about
from answerable.authenticate.directory.history import Reported
from answerable.authenticate.directory.naming import mail_domain, same_name
from answerable.casefile.caution_feed import CautionFeed
from answerable.casefile.demand import Demand
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.parties import Authority
from answerable.desk.models import Account, Feed, Handle, IncidentStep, Listing, Proposal, Verdict
from answerable.desk.queries.feeds import read_feed
from answerable.desk.wiring import Desk

PAGE_SIZE = 100
_MOST_FITTING = 500


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """What the list shows: at most `PAGE_SIZE` rows of those that match, from `start` on."""

    rows: tuple[Listing, ...]
    matching: int
    counts: dict[str, int]
    open_proposals: int
    search: str
    status: str
    start: int

    @property
    def after(self) -> int | None:
        """Where the next rows begin, or None at the end."""
        following = self.start + len(self.rows)
        return following if following < self.matching else None

    @property
    def before(self) -> int | None:
        """Where the rows before begin, or None at the start."""
        return max(0, self.start - PAGE_SIZE) if self.start else None


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a record's history: an import, a proposal and its verdict, or an incident."""

    at: datetime
    words: str
    by: str
    reason: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What the page of one record shows. `numbers` say whether each could be called about a demand received now."""

    listing: Listing
    record: DirectoryRecord
    numbers: tuple[NumberAt, ...]
    held: frozenset[str]
    reported: tuple[Reported, ...]
    open_proposals: tuple[Proposal, ...]
    history: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """What the second person reads: what changes, who proposes it, and why."""

    proposal: Proposal
    draft: DirectoryRecord
    changes: tuple[Change, ...]
    is_first: bool
    is_own: bool
    verdict: Verdict | None
    is_outdated: bool


def directory_page(*, search: str = "", status: str = "", start: int = 0) -> DirectoryPage:
    """Return the listings that match, by name. Every word of the search must stand in a name, an id, a place or a domain."""
    matching = Listing.objects.all()
    for word in search.casefold().split()[:8]:
        matching = matching.filter(search__contains=word)
    if status in Listing.Status.values:
        matching = matching.filter(status=status)
    counts = {each: Listing.objects.filter(status=each).count() for each in Listing.Status.values}
    rows = tuple(matching.order_by("name", "key")[start : start + PAGE_SIZE])
    return DirectoryPage(rows, matching.count(), counts, _open().count(), search, status, start)


def find_listing(key: str) -> Listing | None:
    """Return a listing by its id, or None."""
    return Listing.objects.select_related("batch").filter(key=key).first()


def records_of(status: str) -> Iterator[DirectoryRecord]:
    """Yield the records of one status, by id."""
    for each in Listing.objects.filter(status=status).order_by("key").iterator(chunk_size=500):
        yield DirectoryRecord.model_validate(each.record)


def record_page(desk: Desk, listing: Listing) -> RecordPage:
    """Return everything about one record as of now."""
    record, now = DirectoryRecord.model_validate(listing.record), desk.now()
    claims = Claims(names=record.names, country=record.country, domains=tuple(each.domain for each in record.domains))
    numbers = tuple(each.number for each in record.numbers)
    return RecordPage(
        listing=listing,
        record=record,
        numbers=numbers_at(record, now),
        held=frozenset(each.id for each in record.cautions if each.holds_at(now)),
        reported=reported_about(feeds_held(now), claims, addresses=(), numbers=numbers, at=now),
        open_proposals=tuple(_open().filter(key=listing.key)),
        history=tuple(_history(listing)),
    )


def open_proposals() -> tuple[Proposal, ...]:
    """Return the proposals that wait for a second person, oldest first, at most 200."""
    return tuple(_open()[:200])


def find_proposal(number: int) -> Proposal | None:
    """Return a proposal by its number, or None."""
    return Proposal.objects.select_related("by").filter(pk=number).first()


def proposal_page(proposal: Proposal, account: Account) -> ProposalPage:
    """Return what a second person reads before confirming."""
    listing = find_listing(proposal.key)
    draft = DirectoryRecord.model_validate(proposal.draft)
    before = DirectoryRecord.model_validate(listing.record) if listing else None
    if before is not None and not before.is_confirmed:
        before = None  # nobody stands behind a candidate: everything of it is new, and is shown
    verdict = Verdict.objects.select_related("by").filter(proposal=proposal).first()
    return ProposalPage(
        proposal=proposal,
        draft=draft,
        changes=changes(before, draft),
        is_first=before is None,
        is_own=proposal.by_id == account.pk,
        verdict=verdict,
        is_outdated=verdict is None and (listing.version if listing else 0) != proposal.base,
    )


def matching(claims: Claims) -> tuple[DirectoryRecord, ...]:
    """Return the records that any of the claims could mean, confirmed ones first, at most 500."""
    wanted = Q(kind="organisation", value__in=claims.organisations) | Q(
        kind="certificate", value__in=claims.certificates
    )
    wanted |= Q(kind="domain", value__in=[above for domain in claims.domains for above in _domains_above(domain)])
    wanted |= Q(kind="name", value__in=[same_name(name)[:400] for name in claims.names])
    keys = Handle.objects.filter(wanted).values("listing_id")
    found = Listing.objects.filter(key__in=keys).order_by("-version", "key")[:_MOST_FITTING]
    return tuple(DirectoryRecord.model_validate(each.record) for each in found)


def confirmed_records() -> tuple[DirectoryRecord, ...]:
    """Return every record that two people confirmed, by key."""
    rows = Listing.objects.filter(status=Listing.Status.CONFIRMED).order_by("key")
    return tuple(DirectoryRecord.model_validate(each.record) for each in rows)


def authorities(desk: Desk) -> tuple[Authority, ...]:
    """Return the authorities whose seals count: those of directory.yaml, and every record that two people confirmed.

    A record that two people confirmed, or retired, stands in place of the file's entry of the same id.
    """
    confirmed = Listing.objects.exclude(status=Listing.Status.CANDIDATE)
    decided = set(confirmed.values_list("key", flat=True))
    sealed = confirmed.filter(handles__kind__in=("organisation", "certificate")).distinct().order_by("key")
    today = desk.now().date()
    records = (DirectoryRecord.model_validate(each.record) for each in sealed)
    return (
        *(each for each in desk.directory if each.id not in decided),
        *(each for record in records if record.serves_on(today) for each in record.authorities),
    )


def court_names(demand: Demand) -> frozenset[str] | None:
    """Return which of the names a demand gives are courts of the list of American courts; None where no list is here."""
    courts = Handle.objects.filter(kind="name", listing__key__startswith="us-court-")
    if not courts.exists():
        return None
    approval = getattr(getattr(demand.form, "approval", None), "name", None)
    names = [same_name(name)[:400] for name in (*demand.head.names, approval) if name]
    return frozenset(courts.filter(value__in=names).values_list("value", flat=True)) or frozenset({""})


def feeds_held(at: datetime) -> tuple[CautionFeed, ...]:
    """Return the feeds of other desks that had not expired at `at`."""
    return tuple(read_feed(each) for each in Feed.objects.filter(expires_at__gt=at).order_by("publisher"))


def _open() -> QuerySet:
    return Proposal.objects.filter(verdict__isnull=True).select_related("by")


def _domains_above(address: str) -> list[str]:
    domain = mail_domain(address)
    if domain is None:
        return []
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(len(labels) - 1)]


def _history(listing: Listing) -> Iterator[Said]:
    """Yield what was said of a record, newest first."""
    batch = listing.batch
    digest = f", file {batch.sha256[:16]}" if batch is not None and batch.sha256 else ""
    entered = [Said(batch.at, f"Entered as a candidate from {batch.kind}{digest}", batch.by)] if batch else []
    said = sorted([*entered, *_edits(listing), *_incidents(listing)], key=lambda each: each.at)
    yield from reversed(said)


def _edits(listing: Listing) -> Iterator[Said]:
    before: DirectoryRecord | None = None
    proposals = Proposal.objects.filter(key=listing.key).select_related("by", "verdict__by").order_by("pk")
    for proposal in proposals:
        draft = DirectoryRecord.model_validate(proposal.draft)
        yield Said(proposal.at, f"Proposal {proposal.pk}", proposal.by.name, proposal.reason)
        verdict = getattr(proposal, "verdict", None)
        if verdict is None:
            continue
        changed = changes(before, draft) if verdict.outcome == Verdict.Outcome.CONFIRMED else ()
        words = f"Proposal {proposal.pk} {verdict.outcome}"
        version = f", version {verdict.version}" if verdict.version else ""
        yield Said(verdict.at, words + version, verdict.by.name, verdict.reason, changed)
        if verdict.record:
            before = DirectoryRecord.model_validate(verdict.record)


def _incidents(listing: Listing) -> Iterator[Said]:
    for step in IncidentStep.objects.filter(listing=listing.key).select_related("by", "case"):
        yield Said(step.at, f"{step.case.reference} was found forged in its name", step.by.name)
