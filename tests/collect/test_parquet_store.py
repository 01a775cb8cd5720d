"""Does a store of Parquet files stop where it must, on this machine and behind an S3 endpoint, and say what it touched?"""

import hashlib
import os
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import obstore
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.collect.s3_server import started

from answerable.adapters.sources.parquet import ParquetStore, places, store
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan, Target
from answerable.errors import StoreFailed

FIRST = datetime(2026, 3, 1, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def moments(count, start=FIRST):
    return pa.array([start + n * MINUTE for n in range(count)], pa.timestamp("us", "UTC"))


def events(count=100, *, start=FIRST, **more):
    return pa.table(
        {
            "account": [f"u{n % 10}" for n in range(count)],
            "at": moments(count, start),
            "number": pa.array(range(count), pa.int64()),
            **more,
        }
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "events").mkdir()
    pq.write_table(events(), tmp_path / "events" / "a.parquet", row_group_size=10)
    pq.write_table(events(start=FIRST + 100 * MINUTE), tmp_path / "events" / "b.parquet", row_group_size=10)
    return tmp_path


def scan(*targets, columns=("number",), **more):
    named = {"order_by": ("at",), "time_column": "at"} | more
    return Scan("events", ("account",), columns, targets or (Target(("u1",)),), **named)


def why_refused(work):
    with pytest.raises(StoreFailed) as refusal:
        work()
    assert "u1" not in " ".join([refusal.value.what, refusal.value.why, refusal.value.next_step])
    return refusal.value


def drained(store, asked):
    return pa.Table.from_batches(store.read(asked))


def every_way(folder, asked, **more):
    """Return the one refusal of reading, checking and counting."""
    opened = ParquetStore("events", folder, **more)
    ways = (lambda: drained(opened, asked), lambda: list(opened.cross_check(asked)), lambda: opened.count(asked))
    refusals = [why_refused(way) for way in ways]
    assert len({each.code for each in refusals}) == 1, [each.code for each in refusals]
    return refusals[0]


def test_what_was_touched_is_told_and_what_was_not_is_not(folder):
    opened = ParquetStore("events", folder)
    asked = scan(Target(("u1",), FIRST, FIRST + 15 * MINUTE))
    assert drained(opened, asked).column("number").to_pylist() == [1, 11]
    touched = opened.touched(asked)
    digest = hashlib.sha256((folder / "events" / "a.parquet").read_bytes()).hexdigest()
    assert touched.files == (("events/a.parquet", digest),)
    assert (touched.row_groups, touched.rows_read) == (2, 20)
    said = pq.read_metadata(folder / "events" / "a.parquet")
    assert touched.bytes_read == sum(
        said.row_group(group).column(column).total_compressed_size for group in range(2) for column in range(3)
    )


def test_a_file_is_hashed_once_for_each_state(folder, monkeypatch):
    hashed = []
    real = hashlib.file_digest
    monkeypatch.setattr(places.hashlib, "file_digest", lambda *args: hashed.append(1) or real(*args))
    for _ in range(2):
        drained(ParquetStore("events", folder), scan())
    assert len(hashed) == 2
    pq.write_table(events(50), folder / "events" / "a.parquet")
    drained(ParquetStore("events", folder), scan())
    assert len(hashed) == 3


@pytest.mark.parametrize("way", ["count", "read", "cross_check"])
def test_a_file_that_changes_after_opening_is_noticed(folder, way):
    opened = ParquetStore("events", folder)
    path = folder / "events" / "a.parquet"
    before = path.stat()
    pq.write_table(events(), path, row_group_size=10)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert why_refused(lambda: list(getattr(opened, way)(scan()))).code == "collect.changed-meanwhile"


def test_a_file_that_changes_while_it_is_read_is_noticed_before_the_first_row_leaves(folder, monkeypatch):
    opened = ParquetStore("events", folder)
    real = opened._place.digest

    def later(file):
        (folder / "events" / "a.parquet").touch()
        return real(file)

    monkeypatch.setattr(opened._place, "digest", later)
    rows = opened.read(scan())
    assert why_refused(lambda: next(rows)).code == "collect.changed-meanwhile"


def test_a_new_file_is_not_of_what_was_opened(folder):
    opened = ParquetStore("events", folder)
    pq.write_table(events(), folder / "events" / "c.parquet")
    assert drained(opened, scan()).num_rows == 20
    assert ParquetStore("events", folder).count(scan()) == (30,)


def test_unfinished_files_of_a_writer_are_left_out(folder):
    for name in ("_temporary/0/x.parquet", ".x.parquet", "day=1/_x.parquet"):
        path = folder / "events" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    assert ParquetStore("events", folder).count(scan()) == (20,)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: b"no parquet at all",
        lambda content: content[:-8] + b"\xff\xff\xff\x7f" + content[-4:],
    ],
)
def test_a_file_that_is_not_whole_is_named_and_nothing_is_taken_of_it(folder, spoil):
    path = folder / "events" / "b.parquet"
    path.write_bytes(spoil(path.read_bytes()))
    refusal = every_way(folder, scan())
    assert refusal.code == "collect.unreadable-file"
    assert "events/b.parquet" in refusal.why


def test_a_damaged_page_is_named_by_its_file(folder):
    path = folder / "events" / "b.parquet"
    content = path.read_bytes()
    place = pq.read_metadata(path).row_group(4).column(0).dictionary_page_offset
    path.write_bytes(content[: place + 4] + b"\xff" * 40 + content[place + 44 :])
    refusal = why_refused(lambda: drained(ParquetStore("events", folder), scan()))
    assert refusal.code == "collect.unreadable-file"
    assert "events/b.parquet" in refusal.why


def test_a_file_without_rows_is_a_file(folder):
    pq.write_table(events(0), folder / "events" / "empty.parquet")
    opened = ParquetStore("events", folder)
    assert (drained(opened, scan()).num_rows, opened.count(scan())) == (20, (20,))


def test_a_table_that_is_not_there_has_no_columns_and_is_refused(folder):
    (folder / "nothing").mkdir()
    opened = ParquetStore("events", folder)
    assert opened.columns("other") == opened.columns("nothing") == {}
    for table in ("other", "nothing"):
        assert why_refused(lambda table=table: opened.check(table, ["account"])).code == "collect.not-as-mapped"
    assert why_refused(lambda: opened.check("events", ["account", "ip"])).code == "collect.not-as-mapped"
    opened.check("events", ["account", "at"])
    assert opened.columns("events")["at"].is_indexed
    assert not opened.columns("events")["account"].is_indexed


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (events(5).drop_columns("number"), "no column number"),
        (events(5).set_column(2, "number", pa.array(["1"] * 5)), "type of number"),
        (events(5).set_column(1, "at", moments(5).cast(pa.timestamp("us"))), "type of at"),
        (events(5).set_column(1, "at", moments(5).cast(pa.timestamp("us")).cast(pa.date32())), "type of at"),
    ],
)
def test_files_that_do_not_belong_together_are_refused_by_name(folder, other, why):
    pq.write_table(other, folder / "events" / "c.parquet")
    refusal = every_way(folder, scan())
    assert refusal.code == "collect.differing-files"
    assert why in refusal.why
    assert "c.parquet" in refusal.why


def test_a_column_that_only_a_later_file_has_is_refused_too(folder):
    pq.write_table(events(5, extra=pa.array([1] * 5)), folder / "events" / "c.parquet")
    refusal = every_way(folder, scan(columns=("extra",)))
    assert refusal.code == "collect.differing-files"


def test_types_of_files_are_widened_without_loss(folder):
    small = pa.table(
        {
            "account": pa.array(["u1"] * 2).dictionary_encode(),
            "at": pa.array([FIRST, FIRST], pa.timestamp("ns", "Asia/Tokyo")),
            "number": pa.array([1, 2], pa.int8()),
        }
    )
    pq.write_table(small, folder / "events" / "0.parquet")
    opened = ParquetStore("events", folder)
    asked = scan(Target(("u1",), FIRST, FIRST + 15 * MINUTE), columns=("at", "number"))
    rows = drained(opened, asked)
    assert rows.schema.types[1:] == [pa.timestamp("ns", "UTC"), pa.int64()]
    assert rows.column("number").to_pylist() == [1, 2, 1, 11]
    assert sorted(pa.Table.from_batches(opened.cross_check(asked)).column("number").to_pylist()) == [1, 1, 2, 11]


def test_nothing_is_rounded(tmp_path):
    (tmp_path / "events").mkdir()
    exact = {
        "nano": pa.array([1_772_359_200_000_000_001], pa.timestamp("ns", "UTC")),
        "money": pa.array([Decimal("12345678901234567890.12345678")], pa.decimal128(38, 8)),
        "large": pa.array([2**64 - 1], pa.uint64()),
        "half": pa.array([0.1], pa.float32()),
        "octets": pa.array([b"\x00\xff"]),
        "fixed": pa.array([b"ab"], pa.binary(2)),
        "time": pa.array([1], pa.time64("ns")),
        "nothing": pa.nulls(1),
        "yes": pa.array([True]),
    }
    pq.write_table(events(1, **exact), tmp_path / "events" / "a.parquet")
    opened = ParquetStore("events", tmp_path)
    asked = scan(Target(("u0",)), columns=tuple(exact))
    for rows in (drained(opened, asked), pa.Table.from_batches(opened.cross_check(asked))):
        assert rows.column("nano").cast(pa.int64()).to_pylist() == [1_772_359_200_000_000_001]
        for name in exact.keys() - {"nano", "time"}:
            assert rows.column(name).to_pylist() == exact[name].to_pylist(), name
        assert rows.column("time").cast(pa.int64()).to_pylist() == [1]


@pytest.mark.parametrize(
    ("column", "more"),
    [
        (pa.array([[1]] * 5), {"columns": ("odd",)}),
        (pa.array([{"a": 1}] * 5), {"columns": ("odd",)}),
        (pa.array(["2026-03-01"] * 5), {"time_column": "odd"}),
        (pa.array([1.5] * 5), {"subject": "odd"}),
        (pa.array([True] * 5), {"subject": "odd"}),
    ],
)
def test_a_type_that_cannot_serve_is_refused(tmp_path, column, more):
    (tmp_path / "events").mkdir()
    pq.write_table(events(5, odd=column), tmp_path / "events" / "a.parquet")
    subject = more.pop("subject", "account")
    asked = Scan(
        "events",
        (subject,),
        more.get("columns", ("number",)),
        (Target(("1",)),),
        ("at",),
        more.get("time_column", "at"),
    )
    refusal = every_way(tmp_path, asked)
    assert refusal.code == "collect.unfit-type"
    assert "odd" in refusal.why
    assert drained(ParquetStore("events", tmp_path), scan(Target(("u0",)))).num_rows == 1


def test_a_stopped_reading_ends_in_an_error(folder):
    opened = ParquetStore("events", folder)
    rows = opened._found(scan())
    next(rows)
    opened.interrupt()
    assert why_refused(lambda: list(rows)).code == "collect.stopped"
    assert drained(opened, scan()).num_rows == 20


def test_a_count_that_runs_in_another_thread_is_stopped(folder, monkeypatch):
    opened = ParquetStore("events", folder)
    asked = scan()
    endless = "FROM range(10000000000000) a(i), targets t WHERE i % 7 = len(?)"
    monkeypatch.setattr(opened._checker, "_found", lambda *_: endless)
    codes = []
    thread = threading.Thread(target=lambda: codes.append(why_refused(lambda: opened.count(asked)).code))
    thread.start()
    until = time.monotonic() + 20
    while thread.is_alive() and time.monotonic() < until:
        thread.join(0.1)
        opened.interrupt()
    assert codes == ["collect.stopped"]


def test_identifiers_stand_for_whoever_had_them_around_their_moment(tmp_path):
    (tmp_path / "signins").mkdir()
    pq.write_table(
        pa.table({"ip": ["192.0.2.1", "192.0.2.1", "192.0.2.2", None], "account": ["u1", "u2", "u3", "u4"],
                  "at": pa.array([FIRST, FIRST + 10 * MINUTE, FIRST, FIRST], pa.timestamp("us"))}),
        tmp_path / "signins" / "a.parquet",
    )  # fmt: skip
    rule = IdentifierRule(store="s", table="signins", column="ip", key="account", time="at", within_seconds=60)
    asked = [
        Identifier(kind="ip", value=value, at=moment)
        for value, moment in (
            ("192.0.2.1", FIRST + MINUTE),
            ("192.0.2.1", FIRST - MINUTE - timedelta(microseconds=1)),
            ("192.0.2.2", FIRST.astimezone(timezone(timedelta(hours=2)))),
            ("192.0.2.2", None),
            ("192.0.2.9", FIRST),
        )
    ]
    opened = ParquetStore("s", tmp_path)
    assert opened.resolve(rule, asked) == ((("u1",),), (), (("u3",),), (), ())
    always = rule.model_copy(update={"time": None})
    assert opened.resolve(always, [Identifier(kind="ip", value="192.0.2.1")]) == ((("u1",), ("u2",)),)


@pytest.fixture
def bucket(s3, folder):
    name = s3.bucket()
    for path in sorted((folder / "events").iterdir()):
        obstore.put(s3.store(name), f"desk/events/{path.name}", path.read_bytes())
    return name


def environ(s3):
    return {
        "AWS_ENDPOINT_URL": s3.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": s3.options["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": s3.options["aws_secret_access_key"],
    }


def test_objects_are_read_as_files_are(s3, bucket, folder):
    there = ParquetStore("events", f"s3://{bucket}/desk", environ=environ(s3))
    here = ParquetStore("events", folder)
    asked = scan(Target(("u1",), FIRST, FIRST + 15 * MINUTE), Target(("u2",)), columns=("number", "at"))
    assert drained(there, asked).equals(drained(here, asked))
    assert there.count(asked) == here.count(asked) == (2, 20)
    checked = pa.Table.from_batches(there.cross_check(asked)).sort_by([(TARGET, "ascending"), ("at", "ascending")])
    assert checked.equals(drained(here, asked))
    assert there.columns("events") == here.columns("events")
    touched = there.touched(asked)
    assert [path for path, _ in touched.files] == ["events/a.parquet", "events/b.parquet"]
    assert all(digest.startswith("etag ") for _, digest in touched.files)
    assert touched.row_groups == here.touched(asked).row_groups


def test_an_object_that_changes_after_opening_is_noticed(s3, bucket, folder):
    there = ParquetStore("events", f"s3://{bucket}/desk", environ=environ(s3))
    content = (folder / "events" / "b.parquet").read_bytes()
    obstore.put(s3.store(bucket), "desk/events/b.parquet", content[:500] + bytes([content[500] ^ 1]) + content[501:])
    for way in ("count", "read", "cross_check"):
        assert why_refused(lambda way=way: list(getattr(there, way)(scan()))).code == "collect.changed-meanwhile"


def test_keys_come_from_a_file_where_one_is_named(s3, bucket, tmp_path):
    file = tmp_path / "keys"
    file.write_text("[desk]\naws_access_key_id = tests\naws_secret_access_key = not-a-secret\n")
    named = {"AWS_ENDPOINT_URL": s3.endpoint, "AWS_SHARED_CREDENTIALS_FILE": str(file), "AWS_PROFILE": "desk"}
    assert ParquetStore("events", f"s3://{bucket}/desk", environ=named).count(scan()) == (20,)


def test_wrong_keys_open_nothing_and_are_not_told(s3, bucket):
    wrong = environ(s3) | {"AWS_SECRET_ACCESS_KEY": "wrong"}
    refusal = why_refused(lambda: ParquetStore("events", f"s3://{bucket}/desk", environ=wrong))
    assert refusal.code == "collect.store-failed"
    assert "wrong" not in refusal.why


def test_an_endpoint_that_is_lost_stops_the_answer(folder, tmp_path, monkeypatch, s3):
    monkeypatch.setattr(places, "_PATIENCE", timedelta(seconds=1))
    (tmp_path / "server").mkdir()
    with started(tmp_path / "server") as other:
        obstore.put(other.store("desk"), "events/a.parquet", (folder / "events" / "a.parquet").read_bytes())
        there = ParquetStore("events", "s3://desk", environ=environ(other))
        assert there.count(scan()) == (10,)
        other.stop()
        for way in ("count", "read", "cross_check"):
            assert why_refused(lambda way=way: list(getattr(there, way)(scan()))).code == "collect.store-failed"
        refusal = why_refused(lambda: ParquetStore("events", "s3://desk", environ=environ(other)))
        assert refusal.code == "collect.store-failed"


def test_what_an_engine_raises_is_an_error_of_the_store(folder, monkeypatch):
    monkeypatch.setattr(store.Finder, "rows", lambda *_: (_ for _ in ()).throw(OSError("secret u1")))
    assert why_refused(lambda: drained(ParquetStore("events", folder), scan())).code == "collect.unreadable-file"
