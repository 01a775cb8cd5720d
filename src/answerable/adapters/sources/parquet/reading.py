"""How does the first engine find the rows? Polars reads the keys of some row groups, then the rest of the rows that match.

1  row groups that cannot hold a row are left out (`Table.pieces`)
2  of each piece only rows with a key that is asked for, in the time that all targets together span; several pieces at once
3  these few rows are joined with the targets, each with its own period, exactly
4  types become those of the table, moments UTC

Nothing here knows the other engine: `checking.py` goes another way to the same rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal

# Two threads hold two row groups at a time, however many cores a machine has. Read when the engine is loaded.
os.environ.setdefault("POLARS_MAX_THREADS", "2")

import polars as pl
import pyarrow as pa

from answerable.adapters.sources.parquet.kinds import Kind
from answerable.adapters.sources.parquet.table import Piece, bounds_in, keys_of, span, ticks, unit_of
from answerable.collect.scan import TARGET, Scan

_START, _END, _MOMENT = "answerable_start", "answerable_end", "answerable_moment"
_DAY = pl.duration(days=1)


class Finder:
    """Finds the rows of one scan, piece by piece."""

    def __init__(
        self, scan: Scan, kinds: Mapping[str, Kind], options: Mapping[str, str] | None, *, folds: bool = False
    ) -> None:
        """Take a scan. With `folds`, texts that differ only in the case of letters are found too."""
        self._scan, self._kinds, self._options, self._folds = scan, kinds, options, folds
        self._targets: dict[tuple[Kind, ...], pl.DataFrame] = {}

    def rows(self, pieces: Sequence[Piece]) -> pl.DataFrame:
        """Return the rows of pieces of the same types: target, columns of the scan, and what they are put in order by."""
        kinds = pieces[0].kinds
        targets = self._targets_as(tuple(kinds[name] for name in self._scan.subject_columns))
        has_key = self._has_key(kinds, targets)
        found = pl.collect_all(
            [
                self._opened(piece)
                .slice(piece.first_row, piece.rows)
                .filter(has_key, *([] if piece.is_within else self._in_time(kinds)))
                .select(self._touched)
                for piece in pieces
            ],
            engine="streaming",
        )
        return self._matched(pl.concat(found), kinds, targets)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns that a found row has, after its target."""
        return tuple(dict.fromkeys((*self._scan.columns, *self._scan.order_by)))

    @cached_property
    def _touched(self) -> list[str]:
        return sorted(self._scan.touched)

    def _opened(self, piece: Piece) -> pl.LazyFrame:
        return pl.scan_parquet(
            piece.file.address,
            hive_partitioning=False,
            glob=False,
            storage_options=dict(self._options) if self._options is not None else None,
            credential_provider=None,
            cache=False,
        )

    def _targets_as(self, kinds: tuple[Kind, ...]) -> pl.DataFrame:
        """Return the targets with their keys in the types of a file."""
        if kinds not in self._targets:
            places, columns = keys_of(kinds, self._scan.targets)
            unit = self._kinds[self._scan.time_column].nanoseconds if self._scan.time_column else 1000
            chosen = [self._scan.targets[place] for place in places]
            frame = {
                TARGET: pl.Series(places, dtype=pl.Int32),
                _START: pl.Series([ticks(each.start, unit) for each in chosen], dtype=pl.Int64),
                _END: pl.Series([ticks(each.end, unit) for each in chosen], dtype=pl.Int64),
            }
            for place, (kind, values) in enumerate(zip(kinds, columns, strict=True)):
                keys = pl.Series(pl.from_arrow(pa.array(values, kind.keyed)))
                frame[_key(place)] = keys.str.to_lowercase() if self._folds and kind.is_text else keys
            self._targets[kinds] = pl.DataFrame(frame)
        return self._targets[kinds]

    def _has_key(self, kinds: Mapping[str, Kind], targets: pl.DataFrame) -> pl.Expr:
        """Return the condition on the keys, which are read before other columns: exact in each, wide in all together."""
        return pl.all_horizontal(
            self._plain_key(name, kinds[name]).is_in(targets.get_column(_key(place)).unique().implode())
            for place, name in enumerate(self._scan.subject_columns)
        )

    def _in_time(self, kinds: Mapping[str, Kind]) -> list[pl.Expr]:
        """Return the conditions on the time, which are wide: that of all targets together."""
        time = self._scan.time_column
        if not time:
            return []
        kind = kinds[time]
        is_wide = not kind.has_zone and self._scan.zone != "UTC"
        first, last = bounds_in(kind, *span(self._scan), is_wide=is_wide)
        moment = _ticks_of(time, kind)
        return ([moment >= first] if first is not None else []) + ([moment <= last] if last is not None else [])

    def _plain_key(self, name: str, kind: Kind) -> pl.Expr:
        """Return a key as it is compared; dictionaries as the texts they stand for."""
        if pa.types.is_date(kind.stored):
            return pl.col(name).cast(pl.Date)
        column = pl.col(name).cast(pl.String) if pa.types.is_dictionary(kind.stored) else pl.col(name)
        return column.str.to_lowercase() if self._folds and kind.is_text else column

    def _matched(self, found: pl.DataFrame, kinds: Mapping[str, Kind], targets: pl.DataFrame) -> pl.DataFrame:
        time = self._scan.time_column
        keys = [
            self._plain_key(name, kinds[name]).alias(_key(place))
            for place, name in enumerate(self._scan.subject_columns)
        ]
        moment = self._leaving(time, kinds[time], self._kinds[time]).to_physical() if time else pl.lit(None, pl.Int64)
        joined = (
            found.lazy()
            .with_columns(*keys, moment.alias(_MOMENT))
            .join(
                targets.lazy(), on=[_key(place) for place in range(len(keys))], how="inner", maintain_order="left_right"
            )
        )
        if time:
            joined = joined.filter(
                pl.col(_START).is_null() | (pl.col(_MOMENT) >= pl.col(_START)),
                pl.col(_END).is_null() | (pl.col(_MOMENT) < pl.col(_END)),
            )
        leaving = [self._leaving(name, kinds[name], self._kinds[name]).alias(name) for name in self.names]
        return joined.select(pl.col(TARGET), *leaving).collect()

    def _leaving(self, name: str, stored: Kind, table: Kind) -> pl.Expr:
        """Return a column in the type of the table, its moments in UTC."""
        column = pl.col(name)
        if stored.is_uuid:
            return _as_uuid(column)
        if table.is_moment and (pa.types.is_timestamp(table.stored) or name == self._scan.time_column):
            return self._instant(column, stored, table)
        if table.leaves is not None and pa.types.is_date(table.leaves):
            return column.cast(pl.Date)
        return column.cast(_POLARS.get(table.leaves) or _polars_of(table))

    def _instant(self, column: pl.Expr, stored: Kind, table: Kind) -> pl.Expr:
        unit: Literal["ns", "us"] = "ns" if table.nanoseconds == 1 else "us"
        if pa.types.is_null(stored.stored):
            return column.cast(pl.Datetime(unit, "UTC"))
        if stored.has_zone:
            return column.cast(pl.Datetime(unit, stored.stored.tz)).dt.convert_time_zone("UTC")
        return _from_wall(column.cast(pl.Datetime(unit)), self._scan.zone)


def iterate(frame: pl.DataFrame, scan: Scan, kinds: Mapping[str, Kind], rows: int) -> Iterator[pa.RecordBatch]:
    """Yield a frame as the batches that leave: target first, then the scan's columns, in the table's types."""
    schema = schema_of(scan, kinds)
    table = frame.select(TARGET, *scan.columns).to_arrow().cast(schema)
    yield from table.to_batches(max_chunksize=rows)


def schema_of(scan: Scan, kinds: Mapping[str, Kind]) -> pa.Schema:
    """Return the types in which a scan's rows leave."""
    columns = [pa.field(name, _leaving_type(kinds[name], is_time=name == scan.time_column)) for name in scan.columns]
    return pa.schema([pa.field(TARGET, pa.int32()), *columns])


def _leaving_type(kind: Kind, *, is_time: bool) -> pa.DataType:
    # A day by which rows are placed in time is the moment at which it begins.
    return pa.timestamp("us", "UTC") if is_time and pa.types.is_date(kind.stored) else kind.leaves


def _key(place: int) -> str:
    return f"answerable_key_{place}"


def _ticks_of(name: str, kind: Kind) -> pl.Expr:
    """Return moments as whole numbers in the unit that `bounds_in` speaks of."""
    column = pl.col(name)
    is_seconds = pa.types.is_timestamp(kind.stored) and unit_of(kind) == 10**9
    return column.dt.timestamp("ms") // 1000 if is_seconds else column.to_physical().cast(pl.Int64)


def _from_wall(column: pl.Expr, zone: str) -> pl.Expr:
    """Return what a clock on the wall showed as an instant: the first one where it showed it twice.

    A moment that no clock showed is counted on from before the gap, as `collect/wall_clock.py` says.
    """
    if zone == "UTC":
        return column.dt.replace_time_zone("UTC")
    there = column.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    before = (
        (column - _DAY)
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
    )
    return pl.coalesce(there, before + _DAY)


def _as_uuid(column: pl.Expr) -> pl.Expr:
    digits = column.bin.encode("hex")
    parts = [digits.str.slice(start, length) for start, length in ((0, 8), (8, 4), (12, 4), (16, 4), (20, 12))]
    return pl.concat_str(parts, separator="-")


_POLARS: dict[pa.DataType, pl.DataType] = {pa.string(): pl.String(), pa.binary(): pl.Binary(), pa.null(): pl.Null()}


def _polars_of(kind: Kind) -> pl.DataType:
    made = pl.from_arrow(pa.array([], kind.leaves))
    assert isinstance(made, pl.Series)  # noqa: S101 - of an array
    return made.dtype
