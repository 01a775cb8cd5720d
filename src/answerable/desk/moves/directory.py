"""Who may change the directory? Two people: one proposes, another confirms. What an import brings is a candidate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from answerable.authenticate.directory import Signed, changes, put_in_force
from answerable.authenticate.directory.importing import Suffix
from answerable.authenticate.directory.naming import same_name
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.parties import Authority
from answerable.desk.models import Account, GovernmentSuffix, Handle, ImportBatch, Listing, Proposal, Verdict
from answerable.desk.moves.casefiles import refuse_unless_reviewer
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused

_AT_ONCE, _FEW = 2_000, 500
_KEY = re.compile(r"[a-z0-9]([a-z0-9.-]{0,78}[a-z0-9])?")


@dataclass(slots=True)
class Imported:
    """What an import did, or, on trial, would do. `kept` were confirmed by two people and are never touched by a list."""

    new: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {"new": self.new, "changed": self.changed, "same": self.same, "kept": self.kept}


def import_candidates(
    records: Sequence[DirectoryRecord],
    *,
    at: datetime,
    kind: str,
    sha256: str,
    trial: bool = False,
    on_step: Callable[[int], None] = lambda _: None,
) -> Imported:
    """Enter the records of a list as candidates, once each, in one transaction. The same list again changes nothing."""
    done = Imported()
    if not records:
        return done
    with transaction.atomic():
        held = Listing.objects.filter(key__in=[each.id for each in records]) if len(records) < _FEW else Listing.objects
        known = {each.key: each for each in held.iterator()}
        warned = [_with_cautions(record, known.get(record.id)) for record in records]
        wanted = [record for record in warned if _is_wanted(record, known.get(record.id), done)]
        if trial or not wanted:
            return done
        batch = _batch(kind, sha256, at=at, done=done)
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            _enter(part, batch)
            on_step(start + len(part))
    return done


def import_suffixes(suffixes: Sequence[Suffix], *, at: datetime, sha256: str, trial: bool = False) -> Imported:
    """Enter suffixes below which governments may register, once each."""
    known = {each.suffix: (each.label, each.cctld, each.note) for each in GovernmentSuffix.objects.all()}
    wanted = [each for each in suffixes if known.get(each.suffix) != (each.label, each.cctld, each.note)]
    fresh = sum(each.suffix not in known for each in wanted)
    done = Imported(new=fresh, changed=len(wanted) - fresh, same=len(suffixes) - len(wanted))
    if trial or not wanted:
        return done
    with transaction.atomic():
        batch = _batch("suffixes", sha256, at=at, done=done)
        rows = [GovernmentSuffix(**each.model_dump(), batch=batch) for each in wanted]
        GovernmentSuffix.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["suffix"], update_fields=["label", "cctld", "note", "batch"]
        )
    return done


def adopt(authorities: Iterable[Authority], *, at: datetime) -> int:
    """Enter what `directory.yaml` holds and no listing has, as candidates, and return how many. Its numbers are left out:
    the file does not say their country code for sure, and two people must stand behind a number anyway."""
    known = set(Listing.objects.values_list("key", flat=True))
    fresh = [_of_file(each) for each in authorities if each.id not in known and _KEY.fullmatch(each.id)]
    import_candidates(fresh, at=at, kind="directory.yaml", sha256="")
    return len(fresh)


def propose(desk: Desk, *, actor: Account, draft: DirectoryRecord, base: int, reason: str) -> Proposal:
    """Set down what a listing should say. It changes nothing until somebody else confirms it."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        listing = _listing(draft.id)
        version = listing.version if listing else 0
        if base != version:
            raise _changed_meanwhile(draft.id)
        before = as_record(listing)
        if before is not None and before.is_confirmed and not changes(before, draft):
            raise MoveRefused(
                "directory.nothing-changed",
                what="This proposal would change nothing.",
                why="What it says is what the directory says already.",
                next_step="Change what should change, or leave the record as it is.",
            )
        return Proposal.objects.create(
            key=draft.id, base=version, draft=draft.model_dump(mode="json"), reason=reason, by=actor, at=desk.now()
        )


def confirm(desk: Desk, proposal: Proposal, *, actor: Account) -> Listing:
    """Put a proposal in force as the second person. Refuses its author, one that was decided, and one on an old version."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        _refuse_decided(proposal)
        if proposal.by_id == actor.pk:
            raise MoveRefused(
                "directory.same-person",
                what="You proposed this: somebody else must confirm it.",
                why="Whoever could change the directory alone could answer the call that proves a forgery genuine.",
                next_step="Ask another reviewer to look at it.",
            )
        listing = _listing(proposal.key)
        if (listing.version if listing else 0) != proposal.base:
            raise _changed_meanwhile(proposal.key)
        return _put_in_force(desk, proposal, listing, actor)


def decline(desk: Desk, proposal: Proposal, *, actor: Account, reason: str) -> Verdict:
    """End a proposal without effect: declined by somebody else, withdrawn by its author."""
    refuse_unless_reviewer(actor)
    with transaction.atomic():
        _refuse_decided(proposal)
        own = proposal.by_id == actor.pk
        outcome = Verdict.Outcome.WITHDRAWN if own else Verdict.Outcome.DECLINED
        return Verdict.objects.create(proposal=proposal, outcome=outcome, by=actor, at=desk.now(), reason=reason)


def warn_of_candidate(desk: Desk, listing: Listing, warned: DirectoryRecord) -> None:
    """Put cautions on a candidate, which stays one: that two people found a forgery confirms nothing else of it."""
    if listing.version == 0:
        _row(warned, at=desk.now(), version=0, batch=listing.batch).save(force_update=True)


def as_record(listing: Listing | None) -> DirectoryRecord | None:
    """Return what a listing says, or None where there is none."""
    return DirectoryRecord.model_validate(listing.record) if listing is not None else None


def _put_in_force(desk: Desk, proposal: Proposal, listing: Listing | None, actor: Account) -> Listing:
    signed = Signed(
        proposed_by=proposal.by.username, proposed_at=proposal.at, confirmed_by=actor.username, confirmed_at=desk.now()
    )
    record = put_in_force(as_record(listing), DirectoryRecord.model_validate(proposal.draft), signed)
    version = (listing.version if listing else 0) + 1
    Verdict.objects.create(
        proposal=proposal,
        outcome=Verdict.Outcome.CONFIRMED,
        by=actor,
        at=desk.now(),
        version=version,
        record=record.model_dump(mode="json"),
    )
    row = _row(record, at=desk.now(), version=version, batch=listing.batch if listing else None)
    row.save(force_insert=listing is None, force_update=listing is not None)
    Handle.objects.filter(listing=row).delete()
    Handle.objects.bulk_create(_handles(record))
    return row


def _listing(key: str) -> Listing | None:
    return Listing.objects.select_for_update().filter(key=key).first()


def _refuse_decided(proposal: Proposal) -> None:
    verdict = Verdict.objects.filter(proposal=proposal).select_related("by").first()
    if verdict is not None:
        raise MoveRefused(
            "directory.decided",
            what="This proposal was decided already.",
            why=f"It was {verdict.outcome} on {verdict.at:%d %B %Y}.",
            next_step="Open the record, and propose again what should still change.",
        )


def _changed_meanwhile(key: str) -> MoveRefused:
    return MoveRefused(
        "directory.changed-meanwhile",
        what=f"The record {key} was changed after this was written.",
        why="A proposal holds for the version that its author saw.",
        next_step="Open the record as it is now, and propose the change again.",
    )


def _is_wanted(record: DirectoryRecord, row: Listing | None, done: Imported) -> bool:
    if row is None:
        done.new += 1
    elif row.status != Listing.Status.CANDIDATE:
        done.kept += 1
        return False
    elif _without_stamps(row.record) == _without_stamps(record.model_dump(mode="json")):
        done.same += 1
        return False
    else:
        done.changed += 1
    return True


def _with_cautions(record: DirectoryRecord, row: Listing | None) -> DirectoryRecord:
    """Return a record of a list with the cautions that we hold on that office: no list takes them away."""
    kept = as_record(row).cautions if row is not None and row.record["cautions"] else ()
    return record.model_copy(update={"cautions": kept}) if kept else record


def _without_stamps(plain):
    """Return a record as JSON without the days on which a list was read: they alone make no list a new one."""
    if isinstance(plain, dict):
        return {name: _without_stamps(value) for name, value in plain.items() if name not in ("added_at", "added_on")}
    return [_without_stamps(each) for each in plain] if isinstance(plain, list) else plain


def _batch(kind: str, sha256: str, *, at: datetime, done: Imported) -> ImportBatch:
    return ImportBatch.objects.create(kind=kind, sha256=sha256, at=at, by="command line", counts=done.counts())


def _enter(records: Sequence[DirectoryRecord], batch: ImportBatch) -> None:
    rows = [_row(record, at=batch.at, version=0, batch=batch) for record in records]
    fields = ["record", "name", "country", "kind", "status", "search", "batch", "changed_at"]
    Listing.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=fields)
    Handle.objects.filter(listing_id__in=[record.id for record in records]).delete()
    Handle.objects.bulk_create([handle for record in records for handle in _handles(record)])


def _row(record: DirectoryRecord, *, at: datetime, version: int, batch: ImportBatch | None) -> Listing:
    retired = record.is_retired(at.date())
    status = Listing.Status.CONFIRMED if record.is_confirmed else Listing.Status.CANDIDATE
    searched = [record.id, *record.names, record.region or "", *(each.domain for each in record.domains)]
    return Listing(
        key=record.id,
        record=record.model_dump(mode="json"),
        name=record.name,
        country=record.country,
        kind=record.kind,
        status=Listing.Status.RETIRED if retired and record.is_confirmed else status,
        version=version,
        search="\n".join(searched).casefold()[:20_000],
        batch=batch,
        changed_at=at,
    )


def _handles(record: DirectoryRecord) -> list[Handle]:
    values = {
        *(("name", same_name(name)[:400]) for name in record.names),
        *(("domain", each.domain) for each in record.domains),
        *(("organisation", each) for each in record.organisation_identifiers),
        *(("certificate", each) for each in record.certificates),
    }
    return [Handle(listing_id=record.id, kind=kind, value=value) for kind, value in sorted(values) if value]


def _of_file(authority: Authority) -> DirectoryRecord:
    return DirectoryRecord(
        id=authority.id,
        name=authority.name,
        country=authority.country,
        kind=authority.kind,
        organisation_identifiers=(authority.organisation_identifier,) if authority.organisation_identifier else (),
        certificates=authority.certificates,
        source=f"directory.yaml: {authority.source}"[:400],
        added_on=authority.added_on,
        added_by="directory.yaml",
    )
