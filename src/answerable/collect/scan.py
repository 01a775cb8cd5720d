"""What is one reading of one table, and for whom? What a plan becomes before a store is asked.

A scan reads a table once for many targets, of one demand or of several, each with a period of its own. Every row carries
the place of its target in the scan, so that it can leave in the packages it belongs to and in no other; a row that belongs
to two targets is given twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

TARGET = "answerable_target"  # the first column of every batch: the place of the row's target, a 32-bit integer


@dataclass(frozen=True, slots=True)
class Target:
    """Whose rows: the values of the subject columns, as text, and a half-open period (start ≤ t < end) in UTC.

    A value is compared exactly: neither letter case nor normal form is folded.
    """

    subject: tuple[str, ...]
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """One reading. `zone` is an IANA name: that of moments the store writes without one. Rows come in `order_by`."""

    table: str
    subject_columns: tuple[str, ...]
    columns: tuple[str, ...]
    targets: tuple[Target, ...]
    order_by: tuple[str, ...] = ()
    time_column: str | None = None
    zone: str = "UTC"

    @property
    def touched(self) -> frozenset[str]:
        """Every column the scan touches."""
        return frozenset(
            (*self.columns, *self.subject_columns, *self.order_by, *((self.time_column,) if self.time_column else ()))
        )
