"""How is a reading written down, and what if a store is no longer what it was?"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field, replace
from datetime import datetime

from answerable.adapters.sources.opening import Sources
from answerable.adapters.sources.scanning import Scanning, Touched
from answerable.casefile.answer import ReadLogEntry
from answerable.collect.scan import Scan
from answerable.errors import StoreFailed


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one store, as it is written into the read log of each answer that it gave rows to."""

    store: str
    scan: Scan
    query: str
    started_at: datetime
    clock: int
    milliseconds: int = 0
    touched: Touched = field(default_factory=Touched)

    @classmethod
    def begin(cls, sources: Sources, store: str, scan: Scan) -> Reading:
        """Return a reading that begins now."""
        return cls(store, scan, sources.store(store).query(scan), sources.now(), time.monotonic_ns())

    def ended(self, store: Scanning) -> Reading:
        """Return the reading with what it touched, now that it is used up."""
        milliseconds = (time.monotonic_ns() - self.clock) // 1_000_000
        return replace(self, milliseconds=milliseconds, touched=store.touched(self.scan))

    def entry(
        self,
        step: int,
        *,
        counted: int,
        read: int,
        returned: int,
        purpose: str = "",
        is_shared: bool = False,
        cross_checked: bool = False,
    ) -> ReadLogEntry:
        """Return the entry of the reading for one step. Of one that is shared, nothing tells how much others were given."""
        return ReadLogEntry(
            step=step,
            store=self.store,
            table=self.scan.table,
            columns=self.scan.columns,
            purpose=purpose,
            query=self.query,
            query_sha256=hashlib.sha256(self.query.encode()).hexdigest(),
            files=self.touched.files,
            snapshot=self.touched.snapshot,
            row_groups=None if is_shared else self.touched.row_groups,
            bytes_read=None if is_shared else self.touched.bytes_read,
            rows_counted=counted,
            rows_read=read,
            rows_returned=returned,
            cross_checked=cross_checked,
            started_at=self.started_at,
            milliseconds=self.milliseconds,
        )


def changed(store: str, table: str, counted: int, returned: int) -> StoreFailed:
    """Return the error for a store that has other rows than it had a moment before."""
    return StoreFailed(
        "collect.changed-meanwhile",
        what=f"The store “{store}” changed while it was read.",
        why=f"Of {table} it counted {counted} rows and returned {returned}, or as many of others.",
        next_step="Nothing was sealed; the worker tries again.",
    )
