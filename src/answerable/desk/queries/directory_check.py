"""Is the directory fit for use? What to look at, record by record; a check that fails is work, not an error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count

from answerable.authenticate.directory import usable_numbers
from answerable.desk.models import Handle, Listing, Proposal
from answerable.desk.queries.directory import records_of
from answerable.desk.wiring import Desk
from answerable.verify.check import Check

_LONG_AGO = timedelta(days=365)
_SHARED = {"organisation": "organisation identifier", "certificate": "seal certificate", "domain": "mail domain"}


def check_directory(desk: Desk) -> Iterator[Check]:
    """Yield what a person should look at in the confirmed records."""
    now = desk.now()
    records = list(records_of(Listing.Status.CONFIRMED))
    yield Check(
        name="some authority is confirmed",
        passed=bool(records),
        detail="" if records else "propose one, and let somebody confirm it",
    )
    yield _named("each can be called back now", [each.id for each in records if not usable_numbers(each, now)])
    yield _named(
        "each was confirmed within a year",
        [each.id for each in records if each.confirmed_at is None or now - each.confirmed_at > _LONG_AGO],
    )
    yield _named(
        "no caution is in force",
        [each.id for each in records if any(caution.holds_at(now) for caution in each.cautions)],
    )
    for kind, words in _SHARED.items():
        yield _named(f"no {words} is of two records", _twice(kind))
    waiting = Proposal.objects.filter(verdict__isnull=True).count()
    yield Check(name="no proposal waits", passed=not waiting, detail=f"{waiting} wait" if waiting else "")


def _twice(kind: str) -> list[str]:
    """Return what two confirmed records share; the value itself, which is no secret."""
    confirmed = Handle.objects.filter(kind=kind, listing__status=Listing.Status.CONFIRMED)
    shared = confirmed.values("value").annotate(records=Count("listing", distinct=True)).filter(records__gt=1)
    return sorted(shared.values_list("value", flat=True))


def _named(name: str, wrong: list[str]) -> Check:
    shown = ", ".join(wrong[:10]) + (f" and {len(wrong) - 10:,} more" if len(wrong) > 10 else "")
    return Check(name=name, passed=not wrong, detail=shown)
