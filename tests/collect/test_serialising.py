"""Is every value of a store written without loss, whatever it holds, and in every format?"""

import base64
import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.adapters.sources.serialising import serialise
from answerable.errors import StoreFailed
from answerable.verify.records import comma_separated, json_lines

moments = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))  # noqa: DTZ001 - the zone is the column's
texts = st.text(max_size=12) | st.sampled_from(
    ['"', "\\", "\\u0041", "\0", "\x7f", "\u2028", "é", "e\u0301", "😀", "null"]
)
KINDS = {
    "text": (pa.string(), texts),
    "large": (pa.large_string(), texts),
    "number": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "unsigned": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "truth": (pa.bool_(), st.booleans()),
    "bytes": (pa.binary(), st.binary(max_size=9)),
    "moment": (pa.timestamp("us", "UTC"), moments),
    "moment_here": (pa.timestamp("us", "Europe/Berlin"), moments),
    "moment_bare": (pa.timestamp("us"), moments),
    "day": (pa.date32(), st.dates()),
    "decimal": (pa.decimal128(30, 6), st.decimals(-(10**20), 10**20, places=6)),
    "float": (pa.float64(), st.floats(allow_nan=False)),
    "list": (pa.list_(pa.string()), st.lists(texts, max_size=3)),
    "record": (pa.struct({"a": pa.int64(), "at": pa.timestamp("us", "UTC")}), st.fixed_dictionaries({"a": st.integers(0, 9), "at": moments})),
}  # fmt: skip


def expected(value):
    """Return a value as the format of the package promises it."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list):
        return [expected(each) for each in value]
    return {name: expected(each) for name, each in value.items()} if isinstance(value, dict) else value


@st.composite
def batches(draw):
    names = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5, unique=True))
    rows = draw(st.integers(1, 6))
    return {name: draw(st.lists(st.none() | KINDS[name][1], min_size=rows, max_size=rows)) for name in names}


def batch_of(values):
    columns = []
    for name, each in values.items():
        kind = KINDS[name][0]
        if pa.types.is_timestamp(kind):
            # What the draw says is UTC, in whatever zone the column shows it.
            columns.append(pa.array(each, pa.timestamp("us")).cast(pa.int64()).cast(kind))
        else:
            columns.append(pa.array(each, kind))
    return pa.RecordBatch.from_arrays(columns, names=list(values))


@settings(max_examples=150, deadline=None)
@given(batches())
def test_lines_of_json_hold_every_value_exactly(values):
    content = serialise(batch_of(values))
    rows = [json.loads(line) for line in content.split(b"\n")[:-1]]
    assert json_lines(content) == ({tuple(values)}, len(rows))
    for name, column in values.items():
        for row, value in zip(rows, column, strict=True):
            if name == "float" and value is not None:
                assert float(row[name]) == value
            elif name == "decimal" and value is not None:
                assert Decimal(row[name]) == value
            else:
                assert row[name] == expected(value)
                assert type(row[name]) is type(expected(value))


@settings(max_examples=100, deadline=None)
@given(batches())
def test_csv_gives_the_same_texts_and_runs_nothing(values):
    batch = batch_of(values)
    content = serialise(batch, "csv")
    heading, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    assert heading == list(values)
    assert comma_separated(content) == ({tuple(values)}, len(rows) if len(values) > 1 else batch.num_rows)
    if len(values) == 1:
        return  # an empty line is nothing in a file of one column, which the reader of the library leaves out
    plain = [json.loads(line) for line in serialise(batch).split(b"\n")[:-1]]
    for row, one in zip(rows, plain, strict=True):
        for name, cell in zip(heading, row, strict=True):
            value = one[name]
            if isinstance(value, str) and name in ("text", "large"):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
                assert cell.removeprefix("'") == value
            elif isinstance(value, list | dict):
                assert json.loads(cell) == value
            else:
                assert cell == ("" if value is None else str(value).lower() if isinstance(value, bool) else str(value))


@settings(max_examples=30, deadline=None)
@given(batches())
def test_parquet_gives_the_batch_back(values):
    batch = batch_of(values)
    table = pq.read_table(pa.BufferReader(serialise(batch, "parquet")))
    assert table.to_pylist() == batch.to_pylist()


def test_a_number_beyond_what_a_float_holds_stays_exact():
    assert (
        serialise(pa.record_batch({"n": [2**53 + 1, 2**63 - 1]}))
        == b'{"n":9007199254740993}\n{"n":9223372036854775807}\n'
    )


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_moment_keeps_its_fraction_and_only_where_it_has_one(unit):
    second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    counts = [0, second, -second, None] + ([second + 1, -1] if unit != "s" else [])
    lines = serialise(
        pa.record_batch({"at": pa.array(counts, pa.int64()).cast(pa.timestamp(unit, "UTC"))})
    ).splitlines()
    assert lines[:4] == [
        b'{"at":"1970-01-01T00:00:00Z"}', b'{"at":"1970-01-01T00:00:01Z"}', b'{"at":"1969-12-31T23:59:59Z"}', b'{"at":null}',
    ]  # fmt: skip
    if unit != "s":
        digits = {"ms": 3, "us": 6, "ns": 9}[unit]
        assert lines[4] == b'{"at":"1970-01-01T00:00:01.' + b"1".rjust(digits, b"0") + b'Z"}'
        assert lines[5] == b'{"at":"1969-12-31T23:59:59.' + b"9" * digits + b'Z"}'


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["s", "ms", "us", "ns"]), st.lists(st.none() | st.integers(0, 2**63 - 1), min_size=1, max_size=8)
)
def test_moments_since_1970_are_written_as_python_writes_them(unit, drawn):
    second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    counts = [each if each is None else each % (253_402_300_800 * second) for each in drawn]
    counts += [None if each is None else each - each % second for each in counts[:2]]
    wrote = serialise(pa.record_batch({"at": pa.array(counts, pa.int64()).cast(pa.timestamp(unit, "UTC"))}))
    for count, line in zip(counts, wrote.splitlines(), strict=True):
        seconds, fraction = divmod(count or 0, second)
        whole = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).isoformat()[:19]
        digits = f".{fraction:0{len(str(second)) - 1}}" if fraction else ""
        assert json.loads(line)["at"] == (None if count is None else f"{whole}{digits}Z")


def test_a_year_of_five_digits_is_written_whole():
    at = pa.array([253_402_300_800, 0], pa.timestamp("s"))
    assert serialise(pa.record_batch({"at": at})) == b'{"at":"10000-01-01T00:00:00Z"}\n{"at":"1970-01-01T00:00:00Z"}\n'


def test_text_that_is_no_utf_8_keeps_every_unit_as_json_and_is_refused_elsewhere():
    units = [b"\xff\xfe", "\ud800".encode("utf-8", "surrogatepass"), b'"plain"', None]
    batch = pa.record_batch({"text": pa.array(units, pa.binary()).view(pa.string()), "n": [1, 2, 3, 4]})
    content = serialise(batch)
    assert [json.loads(line)["text"] for line in content.splitlines()] == ["\udcff\udcfe", "\ud800", '"plain"', None]
    assert json_lines(content) == ({("text", "n")}, 4)
    for other in ("csv", "parquet"):
        with pytest.raises(StoreFailed) as refusal:
            serialise(batch, other)
        assert refusal.value.code == "collect.not-text"


def test_a_slice_a_dictionary_and_a_huge_cell_are_written_like_any_other():
    huge = 'é"\n' * 2_000_000
    batch = pa.record_batch(
        {"text": pa.array(["before", huge, None]), "kind": pa.array(["a", "b", "a"]).dictionary_encode()}
    )
    assert [json.loads(line) for line in serialise(batch.slice(1)).split(b"\n")[:-1]] == [
        {"text": huge, "kind": "b"},
        {"text": None, "kind": "a"},
    ]


def test_nothing_is_nothing():
    empty = pa.record_batch({"n": pa.array([], pa.int64())})
    assert serialise(empty) == b""
    assert serialise(empty, "csv") == b'"n"\n'


def test_times_and_spans_have_a_text():
    batch = pa.record_batch({"t": pa.array([time(1, 2, 3)], pa.time64("us")), "d": pa.array([timedelta(days=1)])})
    assert serialise(batch) == b'{"t":"01:02:03.000000","d":"1 day, 0:00:00"}\n'
    inner = pa.record_batch({"l": [[datetime(2026, 1, 1, tzinfo=UTC)], None]})
    assert serialise(inner) == b'{"l":["2026-01-01T00:00:00Z"]}\n{"l":null}\n'
