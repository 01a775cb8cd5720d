"""What do they ask for, what does the law permit, and how does that look as a table of differences?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answerable.casefile.assessment import Assessment
from answerable.casefile.categories import CATEGORIES, DataClass
from answerable.casefile.scope import Period, ScopeItem, Withheld


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a part is withheld."""

    ground: str
    citation: str


@dataclass(frozen=True, slots=True)
class Span:
    """Where the answered period lies inside the asked one, on a bar of 200 units."""

    start: int
    width: int


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One category: `verdict` is yes, in part or no; counts are None until the stores were counted."""

    label: str
    data_class: DataClass
    verdict: str
    grounds: tuple[Ground, ...]
    asked: tuple[Period | None, ...]
    answered: tuple[Period | None, ...]
    span: Span | None
    records_asked: int | None
    records_permitted: int | None

    @property
    def is_empty(self) -> bool:
        """Whether we hold nothing of it."""
        return self.records_asked == 0


@dataclass(frozen=True, slots=True)
class ScopeTable:
    """All categories asked for, in the order of the form, with the sums."""

    rows: tuple[ScopeRow, ...]
    records_asked: int | None
    records_permitted: int | None
    keeps: bool

    @property
    def sentence(self) -> str:
        """How many categories are answered or kept in full, narrowed, withheld."""
        verdicts = [row.verdict for row in self.rows]
        full, none = ("kept", "not kept") if self.keeps else ("answered in full", "withheld")
        parts = (("yes", full), ("in part", "narrowed"), ("no", none))
        told = [f"{verdicts.count(verdict)} {words}" for verdict, words in parts if verdict in verdicts]
        noun = "category" if len(self.rows) == 1 else "categories"
        return f"{len(self.rows)} {noun} asked: {', '.join(told)}."


def scope_table(assessment: Assessment, counts: dict | None) -> ScopeTable:
    """Return the table, one row a category. `counts` are those of the stores, or None before they were counted."""
    asked = _by_category(assessment.requested.items)
    permitted = _by_category(assessment.reach.items)
    withheld: dict[str, list[Withheld]] = {}
    for part in assessment.kept_back:
        withheld.setdefault(part.item.category, []).append(part)
    held = counts["by_category"] if counts else {}
    rows = tuple(
        _row(
            code,
            asked[code],
            permitted=permitted.get(code, []),
            withheld=withheld.get(code, []),
            counted=held.get(code),
        )
        for code in asked
    )
    return ScopeTable(
        rows,
        records_asked=counts["asked"] if counts else None,
        records_permitted=counts["permitted"] if counts else None,
        keeps=assessment.purpose == "preservation",
    )


def _by_category(items: tuple[ScopeItem, ...]) -> dict[str, list[ScopeItem]]:
    found: dict[str, list[ScopeItem]] = {}
    for item in items:
        found.setdefault(item.category, []).append(item)
    return {code: found[code] for code in CATEGORIES if code in found}


def _row(
    code: str,
    asked: list[ScopeItem],
    *,
    permitted: list[ScopeItem],
    withheld: list[Withheld],
    counted: dict[str, int] | None,
) -> ScopeRow:
    periods = tuple(dict.fromkeys(item.period for item in asked))
    answered = tuple(dict.fromkeys(item.period for item in permitted))
    return ScopeRow(
        label=CATEGORIES[code].label,
        data_class=CATEGORIES[code].data_class,
        verdict="no" if not permitted else "in part" if withheld else "yes",
        grounds=tuple(dict.fromkeys(Ground(part.ground, part.citation) for part in withheld)),
        asked=periods,
        answered=answered,
        span=_span(periods[0], answered[0]) if withheld and len(periods) == len(answered) == 1 else None,
        records_asked=counted["asked"] if counted else None,
        records_permitted=counted["permitted"] if counted else None,
    )


def _span(asked: Period | None, answered: Period | None) -> Span | None:
    if asked is None or answered is None or not (asked.is_closed and answered.is_closed):
        return None
    whole = _seconds(asked.start, asked.end)
    start = round(200 * _seconds(asked.start, answered.start) / whole)
    return Span(start, max(2, round(200 * _seconds(answered.start, answered.end) / whole)))


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
