"""What is counted of a demand? Coarse fields, and nothing about a person.

`CountedDemand` is what the desk knows; `coarse` is what a row of the table holds. A whole number becomes a band there, and a
list its weightiest member, so that a row tells little more than that somebody asked.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from pydantic import Field

from answerable.casefile.categories import DataClass
from answerable.casefile.encoding import Record

OPEN = "open"
REFUSED = ("contest", "refuse")
NOTHING = "none"


class CountedDemand(Record):
    """One demand. Numbers are whole; `hours_to_answer` runs from receipt to hand-over, deed or refusal, None while open.

    `link` is the event root of its first event, hex. `forged_by` is the code of the fact that showed a forgery which two
    people found, empty where there is none; `left`, whether an answer was fetched before that. `measures` counts the items
    that a person removed, preserved, put back or left, by measure. `gag` says whether silence binds us at the end of the
    period, `gag_months` for how long it has. `withdrawn`, `reviewed` and `put_back` are what came of an objection.
    """

    link: str
    month: str
    instrument: str
    lane: str
    country: str
    requester: str = ""
    court: bool = False
    channel: str = ""
    emergency: bool = False
    genuine: str = "no"
    forged_by: str = ""
    left: bool = False
    outcome: str = OPEN
    grounds: tuple[str, ...] = ()
    asked: tuple[DataClass, ...] = ()
    given: tuple[DataClass, ...] = ()
    live: bool = False
    bulk: bool = False
    accounts: int = 0
    items: int = 0
    records: int = 0
    hours_to_answer: int | None = None
    hours_to_acknowledge: int | None = None
    measures: dict[str, int] = Field(default_factory=dict)
    notice: str = ""
    gag: str = NOTHING
    gag_months: int = 0
    reply: str = ""

    @property
    def answered(self) -> bool:
        """Whether records left, in full or in part."""
        return self.outcome in ("answer", "answer in part")

    @property
    def carried_out(self) -> bool:
        """Whether something was removed, preserved or put back."""
        return self.outcome in ("carry out", "carry out in part", "put back")

    @property
    def refused(self) -> bool:
        """Whether it was contested or refused."""
        return self.outcome in REFUSED


_ACCOUNTS = (
    (1, "none"),
    (2, "1"),
    (5, "2 to 4"),
    (10, "5 to 9"),
    (50, "10 to 49"),
    (200, "50 to 199"),
    (1000, "200 to 999"),
)
_HOURS = (
    (1, "within 1 hour"),
    (8, "within 8 hours"),
    (24, "within a day"),
    (240, "within 10 days"),
    (1440, "within 60 days"),
)
_MONTHS = ((1, "less than a month"), (6, "1 to 5 months"), (12, "6 to 11 months"), (24, "a year"))


def accounts_band(number: int) -> str:
    """Return the band in which a number of accounts or items lies."""
    return _band(_ACCOUNTS, number, "1,000 or more")


def hours_band(hours: int | None) -> str:
    """Return how fast that was; `open` where there is no answer yet. A band ends before the hour that it names."""
    return OPEN if hours is None else _band(_HOURS, hours, "later")


def months_band(months: int) -> str:
    """Return how old a silence is."""
    return _band(_MONTHS, months, "two years or more")


def coarse(demand: CountedDemand) -> dict[str, str]:
    """Return the value of every field that a row can have."""
    return {name: value(demand) for name, value in FIELDS.items()}


def _heaviest(classes: tuple[DataClass, ...]) -> str:
    return max(classes, key=_WEIGHT.index).value if classes else NOTHING


def _most_done(measures: dict[str, int]) -> str:
    return max(measures, key=lambda name: (measures[name], name)) if measures else NOTHING


def _band(bands: tuple[tuple[int, str], ...], number: int, beyond: str) -> str:
    at = bisect_right([limit for limit, _ in bands], number)
    return bands[at][1] if at < len(bands) else beyond


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


_WEIGHT = list(DataClass)
# Every field that a row can have, by its name in the counting rules.
FIELDS: dict[str, Callable[[CountedDemand], str]] = {
    "lane": lambda demand: demand.lane,
    "country": lambda demand: demand.country or "unknown",
    "outcome": lambda demand: demand.outcome,
    "instrument": lambda demand: demand.instrument or "unknown",
    "requester": lambda demand: demand.requester or "unknown",
    "court": lambda demand: _yes(demand.court),
    "channel": lambda demand: demand.channel or "unknown",
    "emergency": lambda demand: _yes(demand.emergency),
    "speed": lambda demand: hours_band(demand.hours_to_answer),
    "forged_by": lambda demand: demand.forged_by or NOTHING,
    "left": lambda demand: _yes(demand.left) if demand.forged_by else NOTHING,
    "genuine": lambda demand: demand.genuine,
    "ground": lambda demand: demand.grounds[0] if demand.grounds else NOTHING,
    "timing": lambda demand: "live" if demand.live else "stored",
    "asked": lambda demand: _heaviest(demand.asked),
    "given": lambda demand: _heaviest(demand.given),
    "bulk": lambda demand: _yes(demand.bulk),
    "refused": lambda demand: _yes(demand.refused),
    "accounts": lambda demand: accounts_band(demand.accounts),
    "notice": lambda demand: demand.notice or NOTHING,
    "gag": lambda demand: demand.gag,
    "gag_age": lambda demand: months_band(demand.gag_months) if demand.gag != NOTHING else NOTHING,
    "measure": lambda demand: _most_done(demand.measures),
    "items": lambda demand: accounts_band(sum(demand.measures.values())),
    "month": lambda demand: demand.month,
}
