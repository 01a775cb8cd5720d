"""What is counted of a demand? Coarse fields, and nothing about a person.

`CountedDemand` is what the desk knows; `coarse` is what a row of the table holds. A whole number becomes a band there, and a
list its weightiest member, so that a row tells little more than that somebody asked.
"""

from __future__ import annotations

from bisect import bisect_right

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
    weight = list(DataClass)
    return {
        "lane": demand.lane,
        "country": demand.country or "unknown",
        "outcome": demand.outcome,
        "instrument": demand.instrument or "unknown",
        "requester": demand.requester or "unknown",
        "court": _yes(demand.court),
        "channel": demand.channel or "unknown",
        "emergency": _yes(demand.emergency),
        "speed": hours_band(demand.hours_to_answer),
        "forged_by": demand.forged_by or NOTHING,
        "left": _yes(demand.left) if demand.forged_by else NOTHING,
        "genuine": demand.genuine,
        "ground": demand.grounds[0] if demand.grounds else NOTHING,
        "timing": "live" if demand.live else "stored",
        "asked": max(demand.asked, key=weight.index).value if demand.asked else NOTHING,
        "given": max(demand.given, key=weight.index).value if demand.given else NOTHING,
        "bulk": _yes(demand.bulk),
        "refused": _yes(demand.refused),
        "accounts": accounts_band(demand.accounts),
        "notice": demand.notice or NOTHING,
        "gag": demand.gag,
        "gag_age": months_band(demand.gag_months) if demand.gag != NOTHING else NOTHING,
        "measure": max(demand.measures, key=lambda name: (demand.measures[name], name)) if demand.measures else NOTHING,
        "items": accounts_band(sum(demand.measures.values())),
        "month": demand.month,
    }


def _band(bands: tuple[tuple[int, str], ...], number: int, beyond: str) -> str:
    at = bisect_right([limit for limit, _ in bands], number)
    return bands[at][1] if at < len(bands) else beyond


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"
