"""Does a package open in each format of records, hold just what its plan says, and lose nothing where a batch is of other types?"""

import csv
import io
import json
import sqlite3
import tarfile
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from answerable.adapters.sources import collect, open_sources
from answerable.adapters.sources.connections import Connection
from answerable.adapters.sources.packing import Packing
from answerable.adapters.verifying import PARQUET
from answerable.casefile.encoding import canonical
from answerable.casefile.scope import Identifier, Period, Scope, ScopeItem
from answerable.collect import load_data_map, make_plan
from answerable.collect.scan import TARGET
from answerable.seal import Bag
from answerable.verify.answer import verify_answer

FIRST = datetime(2026, 3, 1, 10, tzinfo=UTC)
MAP = """\
version: 1
stores: {forum: {kind: sqlite}, events: {kind: parquet}}
identifiers:
  user: {store: forum, table: accounts, column: username, key: id}
tables:
  - {store: forum, table: accounts, subject_keys: [{column: id, role: subject}], order_by: [id],
     columns: {name: {class: subscriber.identity}, friend: {class: subscriber.identity, third_party: token}}}
  - {store: events, table: signins, subject_keys: [{column: account, role: subject}], time: {column: at}, order_by: [at],
     columns: {at: {class: identification.connection}, ip: {class: identification.connection}}}
"""
NAMES = ["=1+1", 'a "quoted", one\nof two lines', None]
FORMATS = ["jsonl", "csv", "parquet"]
READERS = {
    "jsonl": lambda content: [json.loads(line) for line in content.splitlines()],
    "csv": lambda content: list(csv.DictReader(io.StringIO(content.decode(), newline=""))),
    "parquet": lambda content: pq.read_table(io.BytesIO(content)).to_pylist(),
}


@pytest.fixture
def places(tmp_path):
    with sqlite3.connect(tmp_path / "forum.sqlite") as db:
        db.execute("CREATE TABLE accounts (id TEXT, username TEXT, name TEXT, friend TEXT)")
        rows = [("u1", "mara", name, "u2") for name in NAMES] + [("u2", "jonas", "Jonas", "u2")]
        db.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?)", rows)
    db.close()
    (tmp_path / "events" / "signins").mkdir(parents=True)
    moments = [FIRST + timedelta(seconds=each) for each in range(4)]
    signins = pa.table({"account": ["u1", "u2", "u1", "u3"], "ip": ["192.0.2.9"] * 4, "at": moments})
    pq.write_table(signins, tmp_path / "events" / "signins" / "a.parquet")
    return {
        name: Connection(path=str(tmp_path / path)) for name, path in (("forum", "forum.sqlite"), ("events", "events"))
    }


def plan_for(data_map, *names):
    period = Period(start=FIRST, end=FIRST + timedelta(minutes=1))
    asked = (("subscriber.identity", None), ("identification.connection", period))
    whom = [Identifier(kind="user", value=name) for name in names]
    items = (ScopeItem(identifier=who, category=what, period=when) for who in whom for what, when in asked)
    return make_plan(Scope(items=tuple(items)), data_map, case="AN-2026-000001")


def packed(plan, payload, read_log, record_format):
    """Return the tar of a bag as the desk makes it."""
    tags = {"meta/plan.json": lambda: canonical(plan), "meta/readlog.jsonl": lambda: b"".join(map(_line, read_log()))}
    bag = Bag(
        case=plan.case,
        sealed_at=FIRST,
        payload=payload,
        tags=lambda: {name: make() for name, make in tags.items()},
        record_format=record_format,
    )
    return b"".join(bag.stream())


def _line(entry):
    return (entry if isinstance(entry, bytes) else canonical(entry)) + b"\n"


def records(tar, record_format):
    with tarfile.open(fileobj=io.BytesIO(tar)) as bag:
        files = {each.name: bag.extractfile(each).read() for each in bag if each.name.startswith("data/")}
    assert all(name.endswith(f".{record_format}") for name in files)
    return [(name, row) for name, content in files.items() for row in READERS[record_format](content)]


@pytest.mark.parametrize("record_format", FORMATS)
def test_what_is_collected_opens_in_every_format_and_is_what_its_plan_says(places, record_format):
    data_map = load_data_map(MAP)
    plan = plan_for(data_map, "mara", "jonas")
    with open_sources(data_map, places, now=lambda: FIRST) as sources:
        rows = collect(plan, sources, masking_key=b"k" * 32, record_format=record_format)
        tar = packed(plan, rows.chunks(), lambda: rows.read_log, record_format)
    checks = verify_answer(iter([tar]), parquet=PARQUET).checks
    assert [check for check in checks if not check.passed] == []
    found = records(tar, record_format)
    assert len(found) == rows.records == 7
    accounts = [row for name, row in found if "accounts" in name]
    marked, nothing = ("'", "") if record_format == "csv" else ("", None)
    assert {row["name"] for row in accounts} == {marked + NAMES[0], NAMES[1], nothing, "Jonas"}
    assert [row["friend"].startswith("tp_") for row in accounts] == [str(row[TARGET]) == "1" for row in accounts]


@pytest.mark.parametrize("record_format", FORMATS)
def test_a_record_under_another_number_is_seen_in_every_format(places, record_format):
    data_map = load_data_map(MAP)
    plan = plan_for(data_map, "mara")
    with open_sources(data_map, places, now=lambda: FIRST) as sources:
        rows = collect(plan, sources, masking_key=b"k" * 32, record_format=record_format)
        payload = list(rows.chunks())
    others = plan.model_copy(update={"steps": tuple(each.model_copy(update={"targets": (2,)}) for each in plan.steps)})
    for kept, is_whole in ((plan, True), (others, False)):
        tar = packed(kept, payload, lambda: rows.read_log, record_format)
        assert all(check.passed for check in verify_answer(iter([tar]), parquet=PARQUET).checks) is is_whole


@pytest.mark.parametrize("record_format", FORMATS)
def test_a_step_whose_column_becomes_another_type_goes_on_in_a_part_of_its_own(record_format):
    plan = plan_for(load_data_map(MAP), "mara")
    step = next(each for each in plan.steps if each.table == "signins")
    numbers, at = pa.array([1, 1], pa.int32()), pa.array([FIRST] * 2, pa.timestamp("us", "UTC"))
    written = [pa.array(["192.0.2.9", None]), pa.array([7, 8]), pa.array([9, 10]), pa.array([None, None])]
    packing, payload = Packing(plan, b"k" * 32, record_format), []
    packing.begin(step.number)
    for values in written:
        columns = {TARGET: numbers, "at": at, "ip": values}
        batch = pa.record_batch({name: columns[name] for name in (TARGET, *(each.name for each in step.columns))})
        payload += packing.take(step.number, batch)
    payload += packing.end(step.number)
    assert [path[-6 - len(record_format) : -len(record_format)] for path, _ in payload] == [
        ".0001.",
        ".0002.",
        ".0003.",
    ]
    read = canonical({"rows_returned": 8, "step": step.number})
    tar = packed(plan, payload, lambda: [read], record_format)
    assert all(check.passed for check in verify_answer(iter([tar]), parquet=PARQUET).checks)
    empty = "" if record_format == "csv" else None
    told = ["192.0.2.9", empty, 7, 8, 9, 10, empty, empty]
    found = [row["ip"] for _, row in records(tar, record_format)]
    assert found == ([str(each) for each in told] if record_format == "csv" else told)
