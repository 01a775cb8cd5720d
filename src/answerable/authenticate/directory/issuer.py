"""Is the office in the directory, and may it use this instrument? Facts F1 to F4."""

from __future__ import annotations

from datetime import datetime

from answerable.authenticate.directory.fact import Said, writer
from answerable.authenticate.directory.fitting import Fit
from answerable.casefile.demand import Demand
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.evidence import Fact, Result

_NO_RECORD = "No one record fits, so there is nothing to compare with."


def issuer_facts(demand: Demand, fit: Fit, *, at: datetime) -> tuple[Fact, ...]:
    """Return what the directory says of the office that a demand names, as of the moment `at`."""
    said, record = writer(at), fit.record
    return (_known(said, fit), _by_two(said, record), _kind(said, demand, record), _competent(said, demand, record))


def _known(said: Said, fit: Fit) -> Fact:
    if fit.is_ambiguous:
        return said("F1", Result.NOT_CHECKED, f"More than one record fits, and a person must say which. {fit.found}")
    if fit.record is None:
        return said("F1", Result.ABSENT, fit.found)
    if not fit.record.is_confirmed:
        return said("F1", Result.NOT_CHECKED, f"{fit.found} It is a candidate: two people have not confirmed it.")
    return said("F1", Result.CONFIRMED, f"{fit.found} Source: {fit.record.source}.")


def _by_two(said: Said, record: DirectoryRecord | None) -> Fact:
    if record is None:
        return said("F2", Result.ABSENT, _NO_RECORD)
    if record.is_confirmed:
        return said("F2", Result.CONFIRMED, f"Proposed by {record.added_by}, confirmed by {record.confirmed_by}.")
    return said("F2", Result.ABSENT, f"A candidate from {record.source}; nobody has confirmed it.")


def _kind(said: Said, demand: Demand, record: DirectoryRecord | None) -> Fact:
    claimed = demand.head.kind
    if record is None:
        return said("F3", Result.NOT_CHECKED, _NO_RECORD)
    if claimed is None:
        return said("F3", Result.ABSENT, f"The paper does not say what it is; the directory says {record.kind}.")
    if claimed == record.kind:
        return said("F3", Result.CONFIRMED, f"Paper and directory agree: {record.kind}.")
    return said("F3", Result.CONTRADICTED, f"The paper says {claimed}, the directory {record.kind}.")


def _competent(said: Said, demand: Demand, record: DirectoryRecord | None) -> Fact:
    if record is None:
        return said("F4", Result.NOT_CHECKED, _NO_RECORD)
    if not record.competent_for:
        return said("F4", Result.ABSENT, "The directory does not say which instruments it may use.")
    if demand.instrument in record.competent_for:
        return said("F4", Result.CONFIRMED, f"{record.source}: it may use {demand.instrument}.")
    known = ", ".join(record.competent_for[:8])
    return said("F4", Result.CONTRADICTED, f"{record.source}: it may use {known}, and not {demand.instrument}.")
