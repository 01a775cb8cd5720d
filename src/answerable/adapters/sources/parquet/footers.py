"""What does a file say of itself before it is read? Its columns, its row groups, and what lies in each at most.

A footer is read once for each state of a file in this process. Statistics serve only to leave out what cannot hold a row
that is asked for; where a file has none, nothing is left out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from answerable.adapters.sources.parquet.kinds import Kind, kinds_of
from answerable.adapters.sources.parquet.places import File, Place
from answerable.adapters.sources.parquet.refusals import unreadable

_FOOTERS: OrderedDict[tuple[str, str], Footer] = OrderedDict()
_MOST = 50_000
_EPOCH = date(1970, 1, 1)

Bounds = tuple[Any, Any] | None  # the least and the greatest value, both included


@dataclass(frozen=True, slots=True)
class Footer:
    """What is known of a file. Per column and row group: bytes as stored, bytes unpacked, and bounds."""

    kinds: Mapping[str, Kind]
    rows: tuple[int, ...]
    stored: Mapping[str, tuple[int, ...]]
    unpacked: Mapping[str, tuple[int, ...]]
    sorted_by: str | None
    has_bloom: frozenset[str]
    asked: frozenset[str]
    bounds: dict[str, tuple[Bounds, ...]] = field(default_factory=dict)

    def starts(self) -> list[int]:
        """Return the number of the first row of each row group."""
        places = [0]
        for rows in self.rows:
            places.append(places[-1] + rows)
        return places[:-1]

    def is_sorted_by(self, column: str) -> bool:
        """Whether the file says so, or its row groups follow one another in this column."""
        groups = self.bounds.get(column, ())
        in_order = all(one and other and one[1] <= other[0] for one, other in pairwise(groups))
        return self.sorted_by == column or (len(groups) > 1 and in_order)


def footer_of(
    store: str, place: Place, file: File, *, sized: Collection[str] = (), bounded: Collection[str] = ()
) -> Footer:
    """Return the footer, with the bytes of some columns and the bounds of some. Refuses what is no whole Parquet file."""
    key = (file.address, file.mark)
    known = _FOOTERS.get(key)
    if known is None or not (known.asked >= set(sized) and known.bounds.keys() >= (known.kinds.keys() & set(bounded))):
        try:
            with place.footer(file) as content:
                said = pq.read_metadata(content)
            asked = {*sized, *bounded, *(known.asked if known else ())}
            known = _read(said, asked, {*bounded, *(known.bounds if known else ())})
        except (OSError, ValueError, pa.ArrowException) as fault:
            raise unreadable(store, file.path, fault) from fault
        _FOOTERS[key] = known
        if len(_FOOTERS) > _MOST:
            _FOOTERS.popitem(last=False)
    return known


def in_groups(bounds: Sequence[Bounds], values: Sequence[Any]) -> list[bool]:
    """Return for each row group whether one of the sorted `values` may lie in it."""
    found = []
    for each in bounds:
        first = bisect_left(values, each[0]) if each else 0
        found.append(each is None or (first < len(values) and values[first] <= each[1]))
    return found


def in_span(bounds: Sequence[Bounds], low: int | None, high: int | None) -> list[bool]:
    """Return for each row group whether a value of `low` ≤ value ≤ `high` may lie in it."""
    return [each is None or ((low is None or each[1] >= low) and (high is None or each[0] <= high)) for each in bounds]


def _read(said: pq.FileMetaData, asked: Collection[str], bounded: Collection[str]) -> Footer:
    kinds = kinds_of(said.schema)
    leaves = {said.schema.column(i).path: i for i in range(len(said.schema))}
    places = {name: leaves[name] for name in kinds if name in leaves}
    groups = [said.row_group(number) for number in range(said.num_row_groups)]
    parts = {name: [group.column(places[name]) for group in groups] for name in asked if name in places}
    return Footer(
        kinds=kinds,
        rows=tuple(group.num_rows for group in groups),
        stored={name: tuple(part.total_compressed_size for part in column) for name, column in parts.items()},
        unpacked={name: tuple(part.total_uncompressed_size for part in column) for name, column in parts.items()},
        sorted_by=_first_sorted(groups[0].sorting_columns, places) if groups else None,
        has_bloom=frozenset(name for name, column in parts.items() if column and column[0].bloom_filter_offset),
        asked=frozenset(asked),
        bounds={
            name: tuple(_bounds(part.statistics, kinds[name]) for part in parts[name])
            for name in bounded
            if name in places
        },
    )


def _first_sorted(sorting: Sequence[Any], places: Mapping[str, int]) -> str | None:
    if not sorting or sorting[0].descending:
        return None
    return next((name for name, place in places.items() if place == sorting[0].column_index), None)


def _bounds(said: Any, kind: Kind) -> Bounds:
    """Return the bounds as texts' bytes or whole numbers, moments in the unit of the file; None where nothing is known."""
    if said is None or not said.has_min_max or kind.leaves is None:
        return None
    is_ = pa.types
    if kind.is_uuid or is_.is_binary(kind.leaves) or is_.is_string(kind.leaves):
        return _octets(said.min_raw), _octets(said.max_raw)
    if is_.is_signed_integer(kind.leaves) or is_.is_timestamp(kind.stored):
        return said.min_raw, said.max_raw
    if is_.is_date32(kind.stored):
        return _days(said.min), _days(said.max)
    return None


def _octets(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


def _days(value: Any) -> int:
    return ((value.date() if isinstance(value, datetime) else value) - _EPOCH).days
