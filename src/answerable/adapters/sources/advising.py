"""What would another layout of the provider's own files save? Measured on a bounded sample, in a temporary folder.

The layout that serves demands: files by time, and inside each file rows sorted by account. One account's rows then lie in few
row groups of each file, and a period in few files. Which size of row groups is best depends on the rows, so it is tried.
What is counted is what the reader would read, from the statistics of the files. No value of an account is told.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import duckdb
import pyarrow.parquet as pq

from answerable.adapters.sources.parquet.blooms import is_probed
from answerable.adapters.sources.parquet.kinds import text_of
from answerable.adapters.sources.parquet.places import Folder
from answerable.adapters.sources.parquet.refusals import unfit
from answerable.adapters.sources.parquet.table import Table
from answerable.adapters.sources.source import failed, missing, quoted
from answerable.collect.scan import Scan, Target

ACCOUNTS = (1, 10, 1_000, 10_000)
SIZES = (16_384, 65_536, 122_880)  # rows of a row group that are tried
_SAMPLE = 4_000_000  # rows, at most
_TRIES = 5  # for one account, which may lie well or badly
_DAYS = 90


@dataclass(frozen=True, slots=True)
class Cost:
    """What a demand for so many accounts reads, on average."""

    accounts: int
    row_groups: float
    octets: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to lay the sample out, and what demands read of it. `group` is 0 where rows stay as they are."""

    name: str
    group: int
    has_filter: bool
    octets: int
    costs: tuple[Cost, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What was measured: the whole table today, the sample in each layout, and the one layout to choose, if any.

    `statements` are DuckDB's, one a file; none where no row need be sorted, and a filter alone is to be added.
    """

    today: tuple[Cost, ...]
    sample_rows: int
    layouts: tuple[Layout, ...]
    chosen: Layout | None
    statements: tuple[str, ...]


class Advising:
    """Advice on one table of a folder of Parquet files."""

    def __init__(
        self, place: Path, table: str, *, key: str, time: str, on_step: Callable[[str], None] = lambda _: None
    ) -> None:
        """Open a table. `on_step` is told in words what begins: each may take minutes."""
        self._place, self._name, self._key, self._time, self._on_step = place, table, key, time, on_step
        try:
            self._table = _table(place, table)
            self._kinds = self._table.check({key, time})
            self._db = duckdb.connect(":memory:", config={"memory_limit": "1GB", "threads": 2, "temp_directory": ""})
            self._db.execute("SET TimeZone = 'UTC'")
            self._db.execute("SET enable_progress_bar = false")
        except OSError as fault:
            raise failed(table, fault) from fault
        if not self._kinds[key].is_key or not self._kinds[time].is_moment:
            raise unfit(table, f"{key}, {time}", "an account and a moment are needed")

    def advice(self, out: Path | None = None) -> Advice:
        """Measure, and return what to do. `out` is where the statements would write."""
        low, high = self._extent()
        start = max(low, high - timedelta(days=_DAYS))
        self._on_step(f"{len(self._paths()):,} files: what demands read of them today")
        accounts = self._accounts()
        today = self._costs(self._table, accounts, start, high)
        with tempfile.TemporaryDirectory() as name:
            layouts, rows = self._tried(Path(name), accounts)
        chosen = _best(layouts)
        statements = tuple(self._statements(out or Path("OUT"), chosen.group)) if chosen and chosen.group else ()
        return Advice(today, rows, layouts, chosen, statements)

    def rewrite(self, advice: Advice, out: Path) -> int:
        """Write the whole table in the chosen layout to a new folder, and return the number of rows. Ours stays as it is."""
        assert advice.chosen is not None  # noqa: S101 - asked for by whoever has a choice
        (out / self._name).mkdir(parents=True)
        group, has_filter = advice.chosen.group, advice.chosen.has_filter
        rows, paths = 0, self._paths()
        for number, path in enumerate(paths):
            self._on_step(f"writing file {number + 1:,} of {len(paths):,}")
            rows += self._write(path, out / self._name / _numbered(number), group, has_filter=has_filter)
        return rows

    def _extent(self) -> tuple[datetime, datetime]:
        column = f"CAST({quoted(self._time)} AS TIMESTAMP)"
        low, high = self._one(f"SELECT min({column}), max({column}) FROM {self._files()}")  # noqa: S608
        if low is None or high is None:
            raise missing(self._name, self._name, ())
        return _aware(cast("datetime", low)), _aware(cast("datetime", high)) + timedelta(seconds=1)

    def _accounts(self) -> list[str]:
        """Return accounts of one file, as they come in it: busy ones more often, as in demands."""
        path = self._paths()[len(self._paths()) // 2]
        key = quoted(self._key)
        found = self._db.execute(
            f"SELECT {key} FROM (SELECT {key} FROM read_parquet(?, hive_partitioning := false)"  # noqa: S608
            f" WHERE {key} IS NOT NULL USING SAMPLE reservoir(100000 ROWS) REPEATABLE (7))",
            [path],
        ).fetchall()
        return list(dict.fromkeys(text_of(row[0]) for row in found))[: max(ACCOUNTS)]

    def _tried(self, folder: Path, accounts: list[str]) -> tuple[tuple[Layout, ...], int]:
        paths, rows = self._sampled()
        low, high = self._extent()
        layouts: list[Layout] = []

        def tried(group: int, *, has_filter: bool) -> None:
            name, place = _named(group, self._key if has_filter else None), folder / str(len(layouts))
            self._on_step(f"a sample of {rows:,} rows, {name}")
            (place / self._name).mkdir(parents=True)
            for number, path in enumerate(paths):
                self._write(path, place / self._name / _numbered(number), group, has_filter=has_filter, limit=_SAMPLE)
            table = _table(place, self._name)
            octets = sum(file.size for file in table.files)
            layouts.append(Layout(name, group, has_filter, octets, self._costs(table, accounts, low, high)))
            shutil.rmtree(place)

        for group in (0, *SIZES):
            tried(group, has_filter=False)
        if is_probed(self._kinds[self._key], ("one",)):
            for group in dict.fromkeys((0, _least(layouts[1:]).group)):
                tried(group, has_filter=True)
        return tuple(layouts), rows

    def _write(self, path: str, place: Path, group: int, *, has_filter: bool, limit: int | None = None) -> int:
        """Write a file of the table anew, and return its rows: sorted where there is a `group`, with a filter or without."""
        if not group and not has_filter:
            place.symlink_to(path)
            return int(pq.read_metadata(path).num_rows)
        if not group:
            return _with_filter(path, place, self._key, limit=limit)
        plain = place.with_name(f".{place.name}") if has_filter else place
        statement = self._statement(f"read_parquet('{_escaped(path)}')", plain, group, limit=limit)
        rows = cast("int", self._one(statement)[0])
        if has_filter:
            _with_filter(str(plain), place, self._key)
            plain.unlink()
        return rows

    def _sampled(self) -> tuple[list[str], int]:
        """Return the newest files with at most so many rows together; one at least."""
        chosen: list[str] = []
        total = 0
        for path in reversed(self._paths()):
            rows = cast("int", self._one(f"SELECT count(*) FROM read_parquet('{_escaped(path)}')")[0])  # noqa: S608
            if chosen and total + rows > _SAMPLE:
                break
            chosen.append(path)
            total += rows
        return chosen, min(total, _SAMPLE)

    def _costs(self, table: Table, accounts: Sequence[str], start: datetime, end: datetime) -> tuple[Cost, ...]:
        columns = tuple(table.check(()) or table.kinds())
        costs = []
        for count in ACCOUNTS:
            tries = (
                [accounts[n * count : (n + 1) * count] for n in range(_TRIES)] if count <= 10 else [accounts[:count]]
            )
            groups = octets = 0
            tries = [each for each in tries if each]
            for each in tries:
                targets = tuple(Target((account,), start, end) for account in each)
                for piece in table.pieces(Scan(self._name, (self._key,), columns, targets, time_column=self._time)):
                    groups += piece.groups
                    octets += piece.stored
            costs.append(Cost(count, groups / len(tries), octets / len(tries)))
        return tuple(costs)

    def _statements(self, out: Path, group: int) -> Iterator[str]:
        """Yield one statement a file: the files are by time already where each is narrow, and stay what they are."""
        for number, path in enumerate(self._paths()):
            yield self._statement(f"read_parquet('{_escaped(path)}')", out / self._name / _numbered(number), group)

    def _statement(self, source: str, place: Path, group: int, *, limit: int | None = None) -> str:
        rows = f"(SELECT * FROM {source} LIMIT {limit})" if limit else source  # noqa: S608
        return (
            f"COPY (SELECT * FROM {rows} ORDER BY {quoted(self._key)}, {quoted(self._time)})"  # noqa: S608
            f" TO '{_escaped(str(place))}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})"
        )

    def _files(self) -> str:
        return f"read_parquet([{', '.join(f'{chr(39)}{_escaped(path)}{chr(39)}' for path in self._paths())}])"

    def _paths(self) -> list[str]:
        return [file.address for file in self._table.files]

    def _one(self, text: str) -> tuple[object, ...]:
        try:
            return cast("tuple[object, ...]", self._db.execute(text).fetchone())
        except duckdb.Error as fault:
            raise failed(self._name, Exception(type(fault).__name__)) from fault


def _table(place: Path, name: str) -> Table:
    folder = Folder(place)
    return Table(name, name, folder, folder.tables().get(name, ()))


def _best(layouts: Sequence[Layout]) -> Layout | None:
    """Return the layout that reads least for one account, among those that read at most a quarter more for very many.

    Each step must save a fifth: sorting, and a filter beside it, which costs room and a writer that makes one.
    """
    as_is = layouts[0]
    fit = [each for each in layouts[1:] if each.costs[-1].octets <= 1.25 * as_is.costs[-1].octets]
    best = as_is
    for has_filter in (False, True):
        tried = [each for each in fit if each.has_filter is has_filter]
        if tried and _least(tried).costs[0].octets < 0.8 * best.costs[0].octets:
            best = _least(tried)
    return None if best is as_is else best


def _least(layouts: Sequence[Layout]) -> Layout:
    return min(layouts, key=lambda each: each.costs[0].octets)


def _named(group: int, filtered: str | None) -> str:
    name = f"sorted, row groups of {group:,}" if group else "as it is"
    return f"{name}, with a bloom filter on {filtered}" if filtered else name


def _numbered(number: int) -> str:
    return f"{number:05d}.parquet"


def _with_filter(path: str, place: Path, key: str, *, limit: int | None = None) -> int:
    """Write a file anew, row group by row group, with a bloom filter on `key`, and return its rows.

    By pyarrow: DuckDB makes a filter for columns with a dictionary alone, and a dictionary of accounts doubles a file.
    """
    written = 0
    with (
        pq.ParquetFile(path) as source,
        pq.ParquetWriter(
            place,
            source.schema_arrow,
            compression="zstd",
            compression_level=3,
            use_dictionary=_with_dictionary(source.metadata),
            bloom_filter_options={key: True},
        ) as target,
    ):
        for number in range(source.num_row_groups):
            if written == limit:
                break
            rows = source.read_row_group(number)
            if limit is not None:
                rows = rows.slice(0, limit - written)
            if rows.num_rows:
                target.write_table(rows, row_group_size=rows.num_rows)
                written += rows.num_rows
    return written


def _with_dictionary(said: pq.FileMetaData) -> list[str]:
    """Return the columns that a file keeps as dictionaries: any other grows by one."""
    first = said.row_group(0) if said.num_row_groups else None
    columns = [first.column(place) for place in range(first.num_columns)] if first else []
    return [column.path_in_schema for column in columns if any("DICTIONARY" in each for each in column.encodings)]


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def _escaped(path: str) -> str:
    return path.replace("'", "''")
