"""What is a store of Parquet files to the desk? Opened once, listed once, read by one engine and checked by another."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
from obstore.exceptions import BaseError

from answerable.adapters.sources import failures
from answerable.adapters.sources.parquet.checking import Checker
from answerable.adapters.sources.parquet.footers import footer_of
from answerable.adapters.sources.parquet.kinds import folded, text_of
from answerable.adapters.sources.parquet.ordering import Ordered
from answerable.adapters.sources.parquet.places import File, place_of
from answerable.adapters.sources.parquet.reading import Finder, iterate
from answerable.adapters.sources.parquet.refusals import changed, unreadable
from answerable.adapters.sources.parquet.table import Piece, Table, together
from answerable.adapters.sources.scanning import ColumnFacts, Touched
from answerable.adapters.sources.source import failed
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan, Target
from answerable.errors import StoreFailed

_BATCH = 32_768
_LOOKED_AT = 4  # files, to say how a table is sorted
# A panic of an engine is no ordinary exception, and is a damaged file all the same.
_FAULTS = (pl.exceptions.PolarsError, pl.exceptions.PanicException, duckdb.Error, pa.ArrowException, BaseError, OSError)


class ParquetStore:
    """A folder with one sub-folder of Parquet files a table, or `s3://bucket/prefix` laid out in the same way."""

    def __init__(self, name: str, place: str | Path, *, environ: Mapping[str, str] = os.environ) -> None:
        self._name = name
        self._stop = threading.Event()
        self._touched: dict[Scan, Touched] = {}
        with self._explained():
            self._place = place_of(place, environ)
            self._tables = {
                table: Table(name, table, self._place, files) for table, files in self._place.tables().items()
            }
            self._checker = Checker(name, self._place)

    def tables(self) -> Collection[str]:
        """Return every table: a folder each."""
        return self._tables.keys()

    def is_writable(self) -> bool | None:
        """Whether this process could write into the folder; of a bucket, only its keeper knows."""
        return self._place.is_writable()

    def columns(self, table: str) -> Mapping[str, ColumnFacts]:
        """Return the columns of a table, empty where there is no such table."""
        if table not in self._tables:
            return {}
        with self._explained():
            known = self._tables[table]
            kinds = known.kinds()
            footers = [
                footer_of(self._name, self._place, file, bounded=kinds.keys()) for file in known.files[:_LOOKED_AT]
            ]
        return {
            name: ColumnFacts(str(kind.stored), bool(footers) and all(each.is_sorted_by(name) for each in footers))
            for name, kind in kinds.items()
        }

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table or a column that is not there, or that no row can leave with."""
        with self._explained():
            self._table(table).check(columns)

    def resolve(
        self, rule: IdentifierRule, identifiers: Sequence[Identifier]
    ) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the subjects seen with each identifier, around its moment where the rule has a time. Two at most.

        Of letters, only the case of A to Z does not count. No engine folds just these, so that the last word is ours.
        """
        keys = rule.keys
        slack = timedelta(seconds=rule.within_seconds)
        asked = [place for place, each in enumerate(identifiers) if each.at is not None or rule.time is None]
        targets = tuple(_around(identifiers[place], slack, is_timed=rule.time is not None) for place in asked)
        found: dict[int, set[tuple[str, ...]]] = {place: set() for place in range(len(identifiers))}
        if targets:
            columns = (rule.column, *keys)
            scan = Scan(rule.table, (rule.column,), columns, targets, time_column=rule.time, zone=rule.zone)
            for frame in self._found(scan, folds=True):
                for place, value, *subject in frame.select(TARGET, *columns).unique().drop_nulls().iter_rows():
                    seen = found[asked[place]]
                    if len(seen) < 2 and folded(text_of(value)) == folded(identifiers[asked[place]].value):
                        seen.add(tuple(map(text_of, subject)))
        return tuple(tuple(sorted(seen)) for seen in found.values())

    def count(self, scan: Scan) -> tuple[int, ...]:
        """Return how many rows each target has, as the second engine counts them."""
        table = self._table(scan.table)
        self._stop.clear()
        with self._explained():
            kinds = table.checked(scan)
            self._refuse_changed(table.files)
            counted = self._checker.count(table, scan, kinds)
            self._refuse_changed(table.files)
        return counted

    def query(self, scan: Scan) -> str:
        """Return the statement whose rows `read` gives: the one that the second engine runs."""
        table = self._table(scan.table)
        with self._explained():
            return self._checker.query(table, scan, table.checked(scan))

    def read(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        """Yield the rows: target, then the scan's columns, by target and then in the scan's order."""
        with self._explained():
            kinds = self._table(scan.table).checked(scan)
            rows = Ordered((TARGET, *scan.order_by))
            try:
                for frame in self._found(scan):
                    rows.add(frame)
                for frame in rows.frames():
                    for batch in iterate(frame, scan, kinds, _BATCH):
                        self._refuse_stopped()
                        yield batch
            finally:
                rows.close()

    def cross_check(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        """Yield the same rows by the second engine, in no order."""
        table = self._table(scan.table)
        self._stop.clear()
        with self._explained():
            self._refuse_changed(table.files)
            for batch in self._checker.rows(table, scan, table.checked(scan)):
                self._refuse_stopped()
                yield batch
            self._refuse_changed(table.files)

    def touched(self, scan: Scan) -> Touched:
        """Return the files the last reading of this scan opened, each with its digest, and how much of them it read."""
        return self._touched.get(scan, Touched())

    def interrupt(self) -> None:
        """Stop a reading that runs in another thread."""
        self._stop.set()
        self._checker.interrupt()

    def close(self) -> None:
        """Let go of the engines' memory."""
        self._checker.close()

    def _found(self, scan: Scan, *, folds: bool = False) -> Iterator[pl.DataFrame]:
        """Yield the rows of a scan in no order, and note what was touched once all are found."""
        table = self._table(scan.table)
        self._stop.clear()
        with self._explained():
            finder = Finder(scan, table.checked(scan), self._place.options, folds=folds)
            pieces = list(table.pieces(scan, folds=folds))
            files = tuple(dict.fromkeys(piece.file for piece in pieces))
            self._refuse_changed(files)
            for lot in together(pieces):
                self._refuse_stopped()
                yield self._rows(finder, lot)
            self._touched[scan] = self._summed(pieces, files)
            # After the digests: what was hashed is what was read.
            self._refuse_changed(files)

    def _rows(self, finder: Finder, lot: Sequence[Piece]) -> pl.DataFrame:
        try:
            return finder.rows(lot)
        except _FAULTS as fault:
            if len(lot) == 1:
                raise unreadable(self._name, lot[0].file.path, fault) from fault
        # Which of them it was, an engine does not say: what cannot be read cannot be read alone either.
        return pl.concat([self._rows(finder, (piece,)) for piece in lot])

    def _summed(self, pieces: Sequence[Piece], files: Sequence[File]) -> Touched:
        return Touched(
            files=tuple((file.path, self._place.digest(file)) for file in files),
            rows_read=sum(piece.rows for piece in pieces),
            row_groups=sum(piece.groups for piece in pieces),
            bytes_read=sum(piece.stored for piece in pieces),
        )

    def _table(self, table: str) -> Table:
        return self._tables.get(table) or Table(self._name, table, self._place, ())

    def _refuse_stopped(self) -> None:
        if self._stop.is_set():
            raise failures.stopped(self._name)

    def _refuse_changed(self, files: Sequence[File]) -> None:
        for file in files:
            self._refuse_stopped()
            if self._place.mark(file) != file.mark:
                raise changed(self._name, file.path)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except StoreFailed:
            raise
        except _FAULTS as fault:
            self._refuse_stopped()
            raise failed(self._name, Exception(type(fault).__name__)) from fault


def _around(identifier: Identifier, slack: timedelta, *, is_timed: bool) -> Target:
    """Return whom an identifier names as a target, from `slack` before its moment to `slack` after, both included."""
    if not is_timed or identifier.at is None:
        return Target((identifier.value,))
    return Target((identifier.value,), identifier.at - slack, identifier.at + slack + timedelta(microseconds=1))
