"""Until when is a copy kept of what a person preserved or removed? The values are the law's; the moment is the person's."""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.casefile.assessment import Clock
from answerable.casefile.effect import Effect, Measure
from answerable.casefile.parties import Provider
from answerable.casefile.route import CaseFile
from answerable.law import calendar
from answerable.law.register import instruments

# Which value of its pack says by how many days an instrument moves the end of an earlier preservation.
_RENEWALS = {
    "eu.epoc_pr.extension": "preservation_extension_days",
    "us.sca.preservation": "preservation_renewal_days",
}


def kept_until(file: CaseFile, item: str, measure: Measure, *, at: datetime, provider: Provider) -> datetime | None:
    """Return when the copy of `item` must go, or None where none is kept or the law gives no day.

    What is preserved runs as the law counts it; a renewal of an earlier preservation that runs here counts from its end.
    What is removed under a law that has a copy kept counts from the removal, so the clock is moved by what passed since.
    """
    clock = file.assessment.keeping if file.assessment else None
    if clock is None or not (measure is Measure.PRESERVED or measure.takes_away):
        return None
    if measure.takes_away:
        return clock.legal + max(timedelta(), at - clock.starts)
    earlier = next((effect for effect in file.preserved_before if effect.item == item), None)
    return _renewed(file, earlier, clock, provider) if earlier and earlier.until else clock.legal


def _renewed(file: CaseFile, earlier: Effect, clock: Clock, provider: Provider) -> datetime:
    name = _RENEWALS.get(file.demand.instrument) if file.demand else None
    if name is None or file.demand is None or earlier.until is None:
        return clock.legal
    days = instruments()[file.demand.instrument].number(name, file.demand.arrival.received_at.date())
    if not file.demand.instrument.startswith("eu."):
        return earlier.until + timedelta(days=days)
    # The last day is the one before the midnight at which the earlier preservation ends.
    last_day = earlier.until - timedelta(seconds=1)
    return calendar.after_days(last_day, days, zone=provider.zone, country=provider.member_state).legal
