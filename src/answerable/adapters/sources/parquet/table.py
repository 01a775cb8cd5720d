"""What is one table, if it is many files? Their columns as one, and the row groups of each that a scan must read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from answerable.adapters.sources.parquet.blooms import in_filters, is_probed
from answerable.adapters.sources.parquet.footers import Footer, footer_of, in_groups, in_span
from answerable.adapters.sources.parquet.kinds import Kind, folded, widest
from answerable.adapters.sources.parquet.places import File, Place
from answerable.adapters.sources.parquet.refusals import differing, unfit
from answerable.adapters.sources.source import missing
from answerable.collect.scan import Scan, Target

# A clock on the wall is never further from UTC than this, in any zone and any year.
_FARTHEST = timedelta(hours=16)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GROUPS_AT_ONCE = 32
_BYTES_OF_A_PIECE = 48_000_000  # unpacked, of the columns a scan touches
_BYTES_AT_ONCE = 2 * _BYTES_OF_A_PIECE  # where one piece ends, a thread goes on with the other
_BYTES_UNASKED = 2_000_000  # unpacked: read as soon as a file's bloom filters have answered
_LEAST, _MOST = -(2**63), 2**63 - 1

Keys = dict[Kind, pa.Array]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some row groups of a file that follow one another, to be read in one go."""

    file: File
    kinds: Mapping[str, Kind]
    first_row: int
    rows: int
    groups: int
    stored: int
    unpacked: int
    is_within: bool  # every moment of it lies in the time that all targets together span


class Table:
    """The files of a table."""

    def __init__(self, store: str, name: str, place: Place, files: tuple[File, ...]) -> None:
        self._store, self.name, self._place, self.files = store, name, place, files

    def kinds(self, columns: Collection[str] | None = None) -> dict[str, Kind]:
        """Return the types of some columns over all files, or of all columns. Refuses what does not belong together."""
        found: dict[str, Kind] = {}
        for number, file in enumerate(self.files):
            there = footer_of(self._store, self._place, file).kinds
            for name in there if columns is None else columns:
                if name not in there:
                    continue
                if number and name not in found and columns is not None:
                    raise differing(self._store, self.files[0].path, f"it has no column {name}, and {file.path} has")
                merged = widest(found[name], there[name]) if name in found else there[name]
                if merged is None and columns is not None and there[name].leaves is not None:
                    raise differing(
                        self._store, file.path, f"the type of {name} is another one than in the files before"
                    )
                found[name] = merged or Kind(there[name].stored, None)
            if absent := set(columns or ()) & found.keys() - there.keys():
                raise differing(self._store, file.path, f"it has no column {', '.join(sorted(absent))}")
        return found

    def check(self, columns: Collection[str]) -> dict[str, Kind]:
        """Return the types of the columns. Refuses those that are not there, or that no row can leave with."""
        if not self.files:
            raise missing(self._store, self.name, ())
        kinds = self.kinds(columns)
        if absent := set(columns) - kinds.keys():
            raise missing(self._store, self.name, absent)
        for name, kind in kinds.items():
            if kind.leaves is None:
                raise unfit(self._store, f"{self.name}.{name}", f"{kind.stored} holds values inside values")
        return kinds

    def checked(self, scan: Scan) -> dict[str, Kind]:
        """Return the types of a scan's columns. Refuses keys that are no keys and moments that are none."""
        kinds = self.check(scan.touched)
        for name in scan.subject_columns:
            if not kinds[name].is_key and not pa.types.is_null(kinds[name].stored):
                raise unfit(self._store, f"{self.name}.{name}", f"a subject cannot be told by a {kinds[name].stored}")
        time = scan.time_column
        if time and not kinds[time].is_moment and not pa.types.is_null(kinds[time].stored):
            raise unfit(
                self._store, f"{self.name}.{time}", f"{kinds[time].stored} is no moment; a timestamp or a date is"
            )
        return kinds

    def pieces(self, scan: Scan, *, folds: bool = False) -> Iterator[Piece]:
        """Yield what must be read: row groups in which a subject and a moment that are asked for may lie.

        Where the case of letters does not count, the bounds of a text say nothing.
        """
        spelled = folds and any(folded(each) != each.upper() for target in scan.targets for each in target.subject)
        low, high = span(scan)
        bounded = {*scan.subject_columns, *((scan.time_column,) if scan.time_column else ())}
        values: dict[tuple[str, Kind], list[Any]] = {}
        for file in self.files:
            footer = footer_of(self._store, self._place, file, sized=scan.touched, bounded=bounded)
            wanted = [rows > 0 for rows in footer.rows]
            for place, name in enumerate(scan.subject_columns):
                kind = footer.kinds[name]
                if spelled and kind.is_text:
                    continue
                if (name, kind) not in values:
                    values[name, kind] = _comparable(kind, {target.subject[place] for target in scan.targets})
                wanted = _both(wanted, in_groups(footer.bounds[name], values[name, kind]))
            within = [True] * len(wanted)
            if scan.time_column:
                kind = footer.kinds[scan.time_column]
                first, last = bounds_in(kind, low, high, is_wide=not kind.has_zone and scan.zone != "UTC")
                bounds = footer.bounds[scan.time_column]
                wanted = _both(wanted, in_span(bounds, first, last))
                within = [_lies_within(each, first, last, kind) for each in bounds]
            if self._place.options is None and _is_much(footer, wanted):
                wanted = _both(wanted, _by_filters(file, footer, {} if spelled else values))
            yield from _cut(file, footer, wanted, within)


def span(scan: Scan) -> tuple[datetime | None, datetime | None]:
    """Return the time that all targets together span; None on a side where one of them is open."""
    starts, ends = [each.start for each in scan.targets], [each.end for each in scan.targets]
    low = min((each for each in starts if each), default=None)
    high = max((each for each in ends if each), default=None)
    return (None if None in starts else low), (None if None in ends else high)


def keys_of(kinds: tuple[Kind, ...], targets: tuple[Target, ...]) -> tuple[list[int], list[list[Any]]]:
    """Return the places of the targets whose subjects the types can hold, and the values, column by column."""
    made = [[kind.value(text) for kind, text in zip(kinds, target.subject, strict=True)] for target in targets]
    places = [place for place, values in enumerate(made) if None not in values]
    return places, [[made[place][column] for place in places] for column in range(len(kinds))]


def ticks(moment: datetime | None, nanoseconds: int) -> int | None:
    """Return a moment as a number of units since 1970, held within 64 bits."""
    if moment is None:
        return None
    exact = (moment - _EPOCH) // timedelta(microseconds=1) * 1000 // nanoseconds
    return max(_LEAST, min(_MOST, exact))


def bounds_in(
    kind: Kind, low: datetime | None, high: datetime | None, *, is_wide: bool
) -> tuple[int | None, int | None]:
    """Return a span in the units of a file's own column, both ends included and never narrower than asked."""
    unit = unit_of(kind)
    margin = _FARTHEST // timedelta(microseconds=1) * 1000 if is_wide else 0
    first, last = ticks(low, 1000), ticks(high, 1000)
    return (
        None if first is None else max(_LEAST, (first * 1000 - margin) // unit),
        None if last is None else min(_MOST, -(-(last * 1000 + margin) // unit)),
    )


def unit_of(kind: Kind) -> int:
    """Return how many nanoseconds one step of a file's own column of moments has."""
    if pa.types.is_timestamp(kind.stored):
        return {"s": 10**9, "ms": 10**6, "us": 1000, "ns": 1}[kind.stored.unit]
    return 10**6 if pa.types.is_date64(kind.stored) else 86_400 * 10**9


def _comparable(kind: Kind, texts: Collection[str]) -> list[Any]:
    """Return the values of subjects, sorted, as the bounds of a row group are."""
    values = [value for value in map(kind.value, texts) if value is not None]
    if pa.types.is_date(kind.stored):
        return sorted((value - _EPOCH.date()).days for value in values)
    return sorted(value.encode() if isinstance(value, str) else value for value in values)


def _is_much(footer: Footer, wanted: list[bool]) -> bool:
    """Whether reading the row groups takes longer than asking filters about them."""
    size = sum(column[group] for column in footer.unpacked.values() for group, yes in enumerate(wanted) if yes)
    return size > _BYTES_UNASKED


def _by_filters(file: File, footer: Footer, values: Mapping[tuple[str, Kind], Sequence[Any]]) -> list[bool]:
    """Return for each row group whether the file's bloom filters leave it open for each key."""
    may_hold = [True] * len(footer.rows)
    for (name, kind), comparable in values.items():
        if name in footer.has_bloom and footer.kinds[name] == kind and is_probed(kind, comparable):
            asked = [value.decode() if isinstance(value, bytes) else value for value in comparable]
            may_hold = _both(may_hold, in_filters(file, name, asked, len(footer.rows)))
    return may_hold


def _both(one: list[bool], other: list[bool]) -> list[bool]:
    return [first and second for first, second in zip(one, other, strict=True)]


def _lies_within(each: Any, first: int | None, last: int | None, kind: Kind) -> bool:
    if pa.types.is_date(kind.stored):
        return False
    return bool(each) and (first is None or each[0] >= first) and (last is None or each[1] < last)


def _cut(file: File, footer: Footer, wanted: list[bool], within: list[bool]) -> Iterator[Piece]:
    """Yield runs of wanted row groups that are alike, none larger than fits."""
    starts, run = footer.starts(), list[int]()

    def size(column: Mapping[str, tuple[int, ...]], groups: Sequence[int]) -> int:
        return sum(sizes[group] for sizes in column.values() for group in groups)

    def piece() -> Piece:
        rows, stored, unpacked = (
            sum(footer.rows[group] for group in run),
            size(footer.stored, run),
            size(footer.unpacked, run),
        )
        return Piece(file, footer.kinds, starts[run[0]], rows, len(run), stored, unpacked, within[run[0]])

    for group in (group for group, is_wanted in enumerate(wanted) if is_wanted):
        ends = run and (
            group != run[-1] + 1
            or within[group] != within[run[0]]
            or len(run) >= _GROUPS_AT_ONCE
            or size(footer.unpacked, [*run, group]) > _BYTES_OF_A_PIECE
        )
        if ends:
            yield piece()
            run.clear()
        run.append(group)
    if run:
        yield piece()


def together(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, ...]]:
    """Yield pieces as they are read at once: one after another, of the same types, no more than fit."""
    lot = list[Piece]()
    for piece in pieces:
        size = sum(each.unpacked for each in lot) + piece.unpacked
        if lot and (piece.kinds != lot[0].kinds or size > _BYTES_AT_ONCE):
            yield tuple(lot)
            lot.clear()
        lot.append(piece)
    if lot:
        yield tuple(lot)
