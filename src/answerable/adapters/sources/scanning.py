"""What must every store be able to do, to answer a scan?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import Scan


@dataclass(frozen=True, slots=True)
class Touched:
    """What a scan touched, known once it is used up. `files` with their SHA-256, or `snapshot`; row groups and bytes where
    the engine tells."""

    files: tuple[tuple[str, str], ...] = ()
    snapshot: str | None = None
    rows_read: int | None = None
    row_groups: int | None = None
    bytes_read: int | None = None


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What a store says of a column: its type in the store's words, and whether an index (or sort order) begins with it."""

    type: str
    is_indexed: bool


class Scanning(Protocol):
    """A store of the provider, opened read-only, seen as it was when it was opened."""

    def tables(self) -> Collection[str]:
        """Return every table that could be read here, views among them."""

    def is_writable(self) -> bool | None:
        """Whether the desk's account could write here, None where that is not known. We never do."""

    def columns(self, table: str) -> Mapping[str, ColumnFacts]:
        """Return the columns of a table, empty where there is no such table."""

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table or a column that is not there."""

    def resolve(
        self, rule: IdentifierRule, identifiers: Sequence[Identifier]
    ) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return, for each identifier in turn, the subjects it stands for: two at most, for more than one is one too many."""

    def count(self, scan: Scan) -> tuple[int, ...]:
        """Return how many rows each target of the scan has, in the order of the targets."""

    def query(self, scan: Scan) -> str:
        """Return the text that `read` runs, with placeholders and no value."""

    def read(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        """Yield the rows: first `TARGET`, then the scan's columns, by target and then in the scan's order.

        Moments leave as timestamps in UTC to the microsecond where the store's type is one; nothing is rounded.
        """

    def touched(self, scan: Scan) -> Touched:
        """Return what the last reading of this scan touched."""

    def interrupt(self) -> None:
        """Stop a reading that runs in another thread; it ends in `StoreFailed`."""

    def close(self) -> None:
        """Let go of the store."""
