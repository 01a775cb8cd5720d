"""Do both engines give exactly the rows that a plain filter in Python gives, over any files and any scan?"""

import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from answerable.adapters.sources.parquet import ParquetStore, ordering
from answerable.collect.scan import TARGET, Scan, Target

DAY = datetime(2024, 10, 27, tzinfo=UTC)  # in Berlin this day has 25 hours
GAP = datetime(2024, 3, 31, tzinfo=UTC)  # and this one 23
MICROSECOND = timedelta(microseconds=1)
TEXTS = ["a", "A", "á", "a\u0301", "", "b'", "%", "7"]
KEYS = {
    "text": (pa.string(), TEXTS),
    "large text": (pa.large_string(), TEXTS),
    "dictionary": (pa.dictionary(pa.int32(), pa.string()), TEXTS),
    "whole number": (pa.int64(), [7, -1, 0, 2**53 + 1]),
    "small number": (pa.int16(), [7, -1, 0, 300]),
    "unsigned": (pa.uint64(), [7, 0, 2**64 - 1]),
    "uuid": (pa.uuid(), [UUID(int=7), UUID(int=2**127)]),
    "decimal": (pa.decimal128(12, 2), [Decimal("7.00"), Decimal("-1.50")]),
    "octets": (pa.binary(), [b"a", b"7", b""]),
    "day": (pa.date32(), [date(2024, 10, 27), date(1969, 12, 31)]),
}
MOMENTS = {
    "us with zone": pa.timestamp("us", "UTC"),
    "us elsewhere": pa.timestamp("us", "Asia/Kolkata"),
    "us naive": pa.timestamp("us"),
    "ms naive": pa.timestamp("ms"),
    "ns with zone": pa.timestamp("ns", "UTC"),
    "ns naive": pa.timestamp("ns"),
    "s naive": pa.timestamp("s"),
    "day": pa.date32(),
}
ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland"]
steps = st.integers(min_value=-30, max_value=60)


@st.composite
def worlds(draw):
    """Files with rows, and a scan of them."""
    names = draw(st.lists(st.sampled_from(sorted(KEYS)), min_size=1, max_size=2))
    kinds = [KEYS[name] for name in names]
    moment = MOMENTS[draw(st.sampled_from(sorted(MOMENTS)))]
    base = draw(st.sampled_from([DAY, GAP]))
    row = st.tuples(
        st.tuples(*(st.none() | st.sampled_from(values) for _, values in kinds)),
        st.none() | steps,
        st.integers(0, 5),
    )
    files = draw(st.lists(st.lists(row, max_size=12), min_size=1, max_size=3))
    subject = st.tuples(*(st.sampled_from([*map(str_of, values), "07", "nobody"]) for _, values in kinds))
    target = st.builds(
        lambda subject, start, end: Target(subject, at(base, start), at(base, end)),
        subject,
        st.none() | steps,
        st.none() | steps,
    )
    targets = tuple(draw(st.lists(target, min_size=1, max_size=6)))
    return kinds, moment, base, files, targets, draw(st.sampled_from(ZONES)), draw(st.integers(1, 20))


def at(base, step):
    return None if step is None else base + timedelta(minutes=10 * step)


def str_of(value):
    return value.hex() if isinstance(value, bytes) else str(value)


def stored(base, step, moment):
    """Return what the file holds for a step."""
    if step is None:
        return None
    made = at(base, step)
    if pa.types.is_date(moment):
        return made.date()
    return made if moment.tz else made.replace(tzinfo=None)


def instant(base, step, moment, zone):
    """Return what a stored moment means: the first reading of an hour that comes twice."""
    value = stored(base, step, moment)
    if value is None or getattr(value, "tzinfo", None):
        return value
    wall = value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def write(folder, kinds, moment, base, files, group):
    table = folder / "events"
    table.mkdir(parents=True)
    names = [f"k{place}" for place in range(len(kinds))]
    number = 0
    for place, rows in enumerate(files):
        columns = {
            name: pa.array([row[0][i].bytes if kind == pa.uuid() and row[0][i] else row[0][i] for row in rows],
                           pa.binary(16) if kind == pa.uuid() else kind)
            for i, (name, (kind, _)) in enumerate(zip(names, kinds, strict=True))
        }  # fmt: skip
        for name, (kind, _) in zip(names, kinds, strict=True):
            if kind == pa.uuid():
                columns[name] = pa.ExtensionArray.from_storage(pa.uuid(), columns[name])
        columns["at"] = pa.array([stored(base, row[1], moment) for row in rows], moment)
        columns["order"] = pa.array([row[2] for row in rows], pa.int32())
        columns["number"] = pa.array(range(number, number + len(rows)), pa.int64())
        number += len(rows)
        pq.write_table(pa.table(columns), table / f"{place}.parquet", row_group_size=group)
    return names


def expected(kinds, moment, base, files, targets, zone):
    rows = [row for file in files for row in file]
    found = []
    for place, target in enumerate(targets):
        for number, (keys, step, order) in enumerate(rows):
            mine = None not in keys and tuple(map(str_of, keys)) == target.subject
            when = instant(base, step, moment, zone)
            is_bound = target.start is not None or target.end is not None
            if mine and (not is_bound or (when is not None and inside(when, target))):
                found.append((place, number, order, when))
    return found


def inside(when, target):
    return (target.start is None or target.start <= when) and (target.end is None or when < target.end)


def rows_of(batches):
    found = []
    for batch in batches:
        if pa.types.is_timestamp(batch.schema.field("at").type) and batch.schema.field("at").type.unit == "ns":
            batch = batch.set_column(3, "at", batch.column("at").cast(pa.timestamp("us", "UTC")))
        found += zip(*(batch.column(name).to_pylist() for name in (TARGET, "number", "order", "at")), strict=True)
    return found


@given(worlds())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_both_engines_give_the_rows_of_a_plain_filter(world):
    kinds, moment, base, files, targets, zone, group = world
    folder = Path(tempfile.mkdtemp())
    try:
        names = write(folder, kinds, moment, base, files, group)
        scan = Scan("events", tuple(names), ("number", "order", "at"), targets, ("order",), "at", zone)
        wanted = expected(kinds, moment, base, files, targets, zone)
        store = ParquetStore("events", folder)
        mine = rows_of(store.read(scan))
        assert sorted(mine, key=str) == sorted(wanted, key=str)
        assert [row[0] for row in mine] == sorted(row[0] for row in mine)
        for place in range(len(targets)):
            orders = [row[2] for row in mine if row[0] == place]
            assert orders == sorted(orders)
        assert sorted(rows_of(store.cross_check(scan)), key=str) == sorted(wanted, key=str)
        assert store.count(scan) == tuple(sum(row[0] == place for row in wanted) for place in range(len(targets)))
        store.close()
    finally:
        shutil.rmtree(folder)


values = st.none() | st.integers(-3, 3)


@given(
    st.lists(st.tuples(st.integers(0, 2), values, st.none() | st.floats(width=32)), max_size=60),
    st.integers(1, 400),
    st.integers(1, 7),
)
@example([(0, None, None)] * 12, 1, 1)
@settings(max_examples=30, deadline=None)
def test_rows_set_aside_come_back_in_the_order_they_would_have_had(rows, size, block):
    schema = {TARGET: pl.Int32, "a": pl.Int64, "b": pl.Float64}
    columns = (TARGET, "a", "b")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "_IN_MEMORY", size)
        patch.setattr(ordering, "_BLOCK_ROWS", block)
        ordered = ordering.Ordered(columns)
        for start in range(0, len(rows), 5):
            ordered.add(pl.DataFrame(rows[start : start + 5], schema=schema, orient="row").with_row_index("n", start))
        parts = list(ordered.frames())
        ordered.close()
    whole = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("n")
    wanted = whole.sort(columns, nulls_last=False, maintain_order=True)
    assert (pl.concat(parts) if parts else whole).equals(wanted)
