"""What do we know of this office from before? Facts H1 to H4: demands, forgeries, cautions of ours and of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from answerable.authenticate.directory.cautioning import cautions_at
from answerable.authenticate.directory.fact import Said, writer
from answerable.casefile.directory import DirectoryRecord
from answerable.casefile.encoding import Record
from answerable.casefile.evidence import Fact, Result
from answerable.casefile.scope import Moment


class Past(Record):
    """What this desk has seen of one office before: counts, and the references of incidents. Nothing about a person."""

    demands: int = 0
    first_seen: Moment | None = None
    refused: int = 0
    suspected: tuple[str, ...] = ()
    forged: tuple[str, ...] = ()


class Reported(Record):
    """A caution that another desk reports, as it says it; `contested` where the office said that it is wrong."""

    by: str
    about: str
    reason: str
    reported_at: Moment
    contested: bool = False


def history_facts(
    record: DirectoryRecord | None, past: Past, *, reported: Sequence[Reported], at: datetime
) -> tuple[Fact, ...]:
    """Return what is known of the office from before the moment `at`."""
    said = writer(at)
    return (_earlier(said, past), _forgeries(said, past), _cautions(said, record, at), _reports(said, reported))


def _earlier(said: Said, past: Past) -> Fact:
    if not past.demands or past.first_seen is None:
        return said("H1", Result.ABSENT, "This is the first demand of this office here.")
    refused = f", {past.refused} refused" if past.refused else ""
    found = f"{past.demands} earlier {'demand' if past.demands == 1 else 'demands'}{refused}"
    return said("H1", Result.CONFIRMED, f"{found}; the first came on {past.first_seen:%d %B %Y}.")


def _forgeries(said: Said, past: Past) -> Fact:
    if past.forged:
        return said("H2", Result.CONTRADICTED, f"Found forged in its name: {', '.join(past.forged[-5:])}.")
    if past.suspected:
        shown = ", ".join(past.suspected[-5:])
        return said("H2", Result.NOT_CHECKED, f"Suspected in its name, and not yet decided: {shown}.")
    return said("H2", Result.CONFIRMED, "No forgery in its name is on record here.")


def _cautions(said: Said, record: DirectoryRecord | None, at: datetime) -> Fact:
    if record is None:
        return said("H3", Result.NOT_CHECKED, "No one record of the directory fits, so no caution can be looked up.")
    held = cautions_at(record, at)
    if not held:
        return said("H3", Result.CONFIRMED, "No caution of ours was in force.")
    told = "; ".join(f"{each.about.value}: {each.reason.value}, since {each.starts_at:%d %B %Y}" for each in held)
    return said("H3", Result.CONTRADICTED, f"In force: {told}.")


def _reports(said: Said, reported: Sequence[Reported]) -> Fact:
    if not reported:
        return said("H4", Result.CONFIRMED, "No feed that this desk reads reports it.")
    told = "; ".join(
        f"reported by {each.by} on {each.reported_at:%d %B %Y}: {each.about}, {each.reason}"
        f"{' (contested by the office)' if each.contested else ''}"
        for each in reported
    )
    contested = all(each.contested for each in reported)
    return said("H4", Result.NOT_CHECKED if contested else Result.CONTRADICTED, f"{told[:1].upper()}{told[1:]}.")
