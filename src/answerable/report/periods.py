"""Which half-year is meant, and when does it begin and end?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from answerable.errors import MoveRefused

_NAME = re.compile(r"^(20[0-9]{2})-H([12])$")


@dataclass(frozen=True, slots=True, order=True)
class HalfYear:
    """Half a year in UTC: `half` is 1 from January to June, 2 from July to December."""

    year: int
    half: int

    @classmethod
    def named(cls, name: str) -> HalfYear:
        """Return the half-year called `2026-H2`. Refuses every other spelling."""
        found = _NAME.fullmatch(name)
        if not found:
            raise MoveRefused(
                "report.no-period",
                what="This names no period.",
                why="A report is of a half-year, from 2000-H1 on.",
                next_step="Write it as 2026-H2: the year, H1 from January to June, H2 from July to December.",
            )
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> HalfYear:
        """Return the half-year that `day` lies in."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    @property
    def name(self) -> str:
        """Its name, as in `2026-H2`."""
        return f"{self.year}-H{self.half}"

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def end(self) -> date:
        """The first day after it."""
        return date(self.year, 7, 1) if self.half == 1 else date(self.year + 1, 1, 1)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its first moment, and the first after it, in UTC."""
        return (_midnight(self.start), _midnight(self.end))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
