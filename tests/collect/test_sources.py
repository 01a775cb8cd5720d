"""Is a store that is not as the map says, or an identifier that means several people, stopped before a row leaves?"""

import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from answerable.adapters.sources import collect, count, open_sources, packing, store_facts
from answerable.adapters.sources.connections import Connection
from answerable.adapters.sources.parquet import ParquetStore
from answerable.adapters.sources.source import written
from answerable.casefile.scope import Identifier, Period, Scope, ScopeItem
from answerable.collect import load_data_map, make_plan
from answerable.collect.checking import examine_store
from answerable.errors import StoreFailed
from answerable.seal import Bag

FIRST = datetime(2026, 3, 1, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WRITTEN = "%Y-%m-%dT%H:%M:%SZ"
MAP = """\
version: 1
stores: {forum: {kind: sqlite}, events: {kind: parquet}}
identifiers:
  user: {store: forum, table: accounts, column: username, key: id}
  email: {store: forum, table: accounts, column: email, key: id}
  ip: {store: events, table: signins, column: ip, key: account, time: at, within_seconds: 60}
tables:
  - {store: forum, table: accounts, subject_keys: [{column: id, role: subject}], time: {column: at}, order_by: [id],
     columns: {name: {class: subscriber.identity}, at: {class: traffic.logs}}}
  - {store: events, table: signins, subject_keys: [{column: account, role: subject}], time: {column: at}, order_by: [at],
     columns: {ip: {class: identification.connection}}}
"""
NAME = b'{"answerable_target":1,"name":"Mara"}\n'


@pytest.fixture
def places(tmp_path):
    db = sqlite3.connect(tmp_path / "forum.sqlite")
    db.execute("CREATE TABLE accounts (id TEXT, username TEXT, email TEXT, ip TEXT, at TEXT, name TEXT)")
    db.executemany(
        "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?)",
        [
            ("u1", "mara", "mara@mail.example", "192.0.2.1", FIRST.strftime(WRITTEN), "Mara"),
            ("u2", "jonas", "shared@mail.example", "192.0.2.2", FIRST.strftime(WRITTEN), "Jonas"),
            ("u3", "ines", "SHARED@mail.example", "192.0.2.2", FIRST.strftime(WRITTEN), "Ines"),
        ],
    )
    db.commit()
    db.close()
    (tmp_path / "events" / "signins").mkdir(parents=True)
    write_signins(tmp_path / "events", [("u1", FIRST), ("u2", FIRST + 120 * MINUTE), ("u3", FIRST + 120.5 * MINUTE)])
    return {
        "forum": Connection(path=str(tmp_path / "forum.sqlite")),
        "events": Connection(path=str(tmp_path / "events")),
    }


def write_signins(folder, rows):
    """Write one Parquet file: these accounts at these moments, all from one address."""
    columns = {"account": [who for who, _ in rows], "ip": ["192.0.2.9"] * len(rows), "at": [at for _, at in rows]}
    pq.write_table(pa.table(columns), folder / "signins" / "a.parquet")


def asked(kind, value, *, at=None, category="subscriber.identity", period=None):
    identifier = Identifier(kind=kind, value=value, at=at)
    return Scope(items=(ScopeItem(identifier=identifier, category=category, period=period),))


def collected(scope, places, *, text=MAP):
    data_map = load_data_map(text)
    with open_sources(data_map, places, now=lambda: FIRST) as sources:
        rows = collect(make_plan(scope, data_map, case="AN-2026-000001"), sources, masking_key=b"k" * 32)
        return b"".join(content for _, content in rows.chunks())


def why_refused(scope, places, *, text=MAP):
    with pytest.raises(StoreFailed) as refusal:
        collected(scope, places, text=text)
    told = " ".join([refusal.value.what, refusal.value.why, refusal.value.next_step])
    assert not any(value in told for value in ("mara", "Mara", "mail.example", "192.0.2", "u1"))
    return refusal.value.code


def change(places, statement, *values):
    db = sqlite3.connect(places["forum"].path)
    db.execute(statement, values)
    db.commit()
    db.close()


@pytest.mark.parametrize("value", ["mara@mail.example", "MARA@mail.example"])
def test_letter_case_of_an_identifier_does_not_matter(places, value):
    assert collected(asked("email", value), places) == NAME


def test_an_identifier_of_two_people_is_a_question_and_no_row_leaves(places):
    assert why_refused(asked("email", "shared@mail.example"), places) == "collect.ambiguous-identifier"


@pytest.mark.parametrize("value", ["nobody", "mara%", "' OR 1=1 --", 'mara"'])
def test_what_names_nobody_gives_nothing(places, value):
    assert collected(asked("user", value), places) == b""


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (FIRST, NAME),
        (FIRST + MINUTE, NAME),
        (FIRST - MINUTE, NAME),
        (FIRST + 1.1 * MINUTE, b""),
        (FIRST + 30 * MINUTE, b""),
    ],
)
def test_an_address_is_somebody_only_around_its_moment(places, at, found):
    assert collected(asked("ip", "192.0.2.9", at=at), places) == found


def test_an_address_that_two_people_had_at_the_moment_is_a_question(places):
    moment = FIRST + timedelta(hours=2, seconds=20)
    assert why_refused(asked("ip", "192.0.2.9", at=moment), places) == "collect.ambiguous-identifier"


def test_an_address_in_a_database_is_somebody_only_around_its_moment_too(places):
    text = MAP.replace(
        "{store: events, table: signins, column: ip, key: account,",
        "{store: forum, table: accounts, column: ip, key: id,",
    )
    assert collected(asked("ip", "192.0.2.1", at=FIRST), places, text=text) == NAME
    assert collected(asked("ip", "192.0.2.1", at=FIRST + 30 * MINUTE), places, text=text) == b""


def test_an_address_without_its_moment_is_nobody(places):
    write_signins(Path(places["events"].path), [("u1", FIRST)])
    assert collected(asked("ip", "192.0.2.9"), places) == b""


def must_mend(data_map, places, store):
    remarks = examine_store(data_map, store_facts(data_map, places, store, now=lambda: FIRST))
    return [remark.place for remark in remarks if remark.must_mend]


@pytest.mark.parametrize(
    ("store", "old", "new"),
    [
        ("forum", "table: accounts, subject", "table: users, subject"),
        ("forum", "columns: {name: ", "columns: {full_name: "),
        ("forum", "{column: id, role", "{column: number, role"),
        ("forum", "order_by: [id]", "order_by: [number]"),
        ("forum", "column: username,", "column: nickname,"),
        ("events", "table: signins, subject", "table: logins, subject"),
        ("events", "columns: {ip: ", "columns: {port: "),
        ("events", "time: {column: at}, order_by: [at]", "time: {column: moment}, order_by: [at]"),
        ("events", "order_by: [at]", "order_by: [moment]"),
    ],
)
def test_a_store_that_is_not_as_the_map_says_stops_the_answer(places, store, old, new):
    category = {"forum": "subscriber.identity", "events": "identification.connection"}[store]
    scope = asked("user", "mara", category=category, period=Period(start=FIRST, end=FIRST + MINUTE))
    text = MAP.replace(old, new)
    assert collected(scope, places)
    assert why_refused(scope, places, text=text) in ("collect.not-as-mapped", "collect.store-failed")
    wrong = [must_mend(load_data_map(each), places, store) for each in (MAP, text)]
    assert (wrong[0], bool(wrong[1])) == ([], True)


def test_names_as_long_as_the_map_allows_can_be_sealed(places):
    long = {"forum": "s" * 63, "accounts": "t" * 63}
    change(places, f"ALTER TABLE accounts RENAME TO {long['accounts']}")
    text = MAP.replace("forum", long["forum"]).replace("accounts", long["accounts"])
    data_map = load_data_map(text)
    with open_sources(data_map, places | {long["forum"]: places["forum"]}, now=lambda: FIRST) as sources:
        rows = collect(make_plan(asked("user", "mara"), data_map, case="x"), sources, masking_key=b"k" * 32)
        assert NAME in b"".join(Bag(case="x", sealed_at=FIRST, payload=rows.chunks(), tags=dict).stream())


@pytest.mark.parametrize("store", ["forum", "events"])
def test_a_store_without_a_place_is_refused(places, store):
    left = {name: place for name, place in places.items() if name != store}
    assert why_refused(asked("user", "mara"), left) == "collect.no-place"


@pytest.mark.parametrize("store", ["forum", "events"])
def test_a_store_that_is_not_there_is_refused_and_not_made(places, store, tmp_path):
    assert (
        why_refused(asked("user", "mara"), places | {store: Connection(path=str(tmp_path / "gone"))})
        == "collect.store-failed"
    )
    assert not (tmp_path / "gone").exists()


def test_an_answer_is_read_as_the_database_was_when_it_was_opened(places):
    change(places, "PRAGMA journal_mode = WAL")
    data_map = load_data_map(MAP)
    plan = make_plan(asked("user", "mara"), data_map, case="AN-2026-000001")
    for name in (NAME, b'{"answerable_target":1,"name":"Later"}\n'):
        with open_sources(data_map, places, now=lambda: FIRST) as sources:
            change(places, "UPDATE accounts SET name = 'Later'")
            rows = collect(plan, sources, masking_key=b"k" * 32)
            assert b"".join(content for _, content in rows.chunks()) == name


def test_a_store_that_changes_while_it_is_read_stops_the_answer(places, monkeypatch):
    monkeypatch.setattr(ParquetStore, "count", lambda *_: (7,))
    period = Period(start=FIRST, end=FIRST + MINUTE)
    scope = asked("user", "mara", category="identification.connection", period=period)
    assert why_refused(scope, places) == "collect.changed-meanwhile"


def test_a_long_answer_is_cut_into_parts_that_lose_nothing(places, monkeypatch):
    change(places, "UPDATE accounts SET id = 'u1' WHERE id = 'u3'")
    data_map = load_data_map(MAP)
    plan = make_plan(asked("user", "mara"), data_map, case="AN-2026-000001")
    parts = {}
    for size in (4 * 1024 * 1024, 1):
        monkeypatch.setattr(packing, "_PART", size)
        with open_sources(data_map, places, now=lambda: FIRST) as sources:
            rows = collect(plan, sources, masking_key=b"k" * 32)
            parts[size] = list(rows.chunks())
            assert rows.records == count(plan, sources)[1] == 2
            assert [entry.rows_returned for entry in rows.read_log] == [2]
    whole, cut = parts.values()
    assert [path[-10:] for path, _ in cut] == ["0001.jsonl", "0002.jsonl"]
    assert b"".join(content for _, content in cut) == b"".join(content for _, content in whole)


def test_the_stores_are_opened_for_reading_only(places):
    with open_sources(load_data_map(MAP), places, now=lambda: FIRST) as sources:
        database = sources._open["forum"]._db
        for statement in ("DELETE FROM accounts", "UPDATE accounts SET name = 'x'", "CREATE TABLE more (x)"):
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                database.execute(statement)


@pytest.mark.parametrize(
    ("stored", "start", "end", "leaves"),
    [
        ("2026-03-01T10:00:00Z", FIRST, FIRST + MINUTE, True),
        ("2026-03-01T10:01:00Z", FIRST, FIRST + MINUTE, False),
        ("2026-03-01T09:59:59Z", FIRST, FIRST + MINUTE, False),
    ],
)
def test_a_row_on_the_edge_belongs_to_the_period_that_it_begins(places, stored, start, end, leaves):
    assert leaves_with(places, stored, start, end) is leaves


HALF = timedelta(seconds=0.5)


@pytest.mark.parametrize(
    ("stored", "start", "end", "leaves"),
    [
        ("2026-03-01T10:00:00.500Z", FIRST - MINUTE, FIRST, False),
        ("2026-03-01T10:00:00.500Z", FIRST, FIRST + MINUTE, True),
        ("2026-03-01T10:00:00Z", FIRST + HALF, FIRST + MINUTE, False),
        ("2026-03-01T10:00:00Z", FIRST - MINUTE, FIRST + HALF, True),
        ("2026-03-01 10:00:00", FIRST, FIRST + MINUTE, True),
        ("2026-03-01 10:00", FIRST, FIRST + MINUTE, True),
        ("2026-03-01 23:00:00", FIRST - 1440 * MINUTE, FIRST, False),
        ("2026-03-01", FIRST - 600 * MINUTE, FIRST, True),
        ("2026-03-01T13:00:00+03:00", FIRST, FIRST + MINUTE, True),
        ("2026-03-01T12:00:00+03:00", FIRST, FIRST + 180 * MINUTE, False),
        ("2026-03-02T00:00:00+14:00", FIRST, FIRST + MINUTE, True),
        ("2026-02-28T22:00:00-12:00", FIRST, FIRST + MINUTE, True),
        (None, FIRST - 1440 * MINUTE, FIRST + 1440 * MINUTE, False),
    ],
)
def test_a_moment_written_in_another_way_is_the_same_moment(places, stored, start, end, leaves):
    assert leaves_with(places, stored, start, end) is leaves


@pytest.mark.parametrize(
    "stored", ["yesterday", "now", "10:00", "2460736.5", 1_772_359_200, 2460736.5, "2026-03-01 noon", ""]
)
def test_a_row_that_cannot_be_placed_in_time_stops_the_answer(places, stored):
    with pytest.raises(StoreFailed) as refusal:
        leaves_with(places, stored, FIRST, FIRST + MINUTE)
    assert refusal.value.code == "collect.unreadable-moment"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), FIRST + MINUTE),
        (datetime(900, 1, 1, tzinfo=UTC), FIRST + MINUTE),
        (FIRST, datetime(9999, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_period_may_reach_back_or_ahead_as_far_as_dates_go(places, start, end):
    assert leaves_with(places, "2026-03-01T10:00:00Z", start, end) is True


def leaves_with(places, stored, start, end):
    change(places, "UPDATE accounts SET at = ?", stored)
    scope = asked("user", "mara", category="traffic.logs", period=Period(start=start, end=end))
    return collected(scope, places) != b""


@pytest.mark.parametrize(
    ("value", "as_json"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2**80, 2**80),
        ("text", "text"),
        (0.1, "0.1"),
        (b"\x00\xff", "AP8="),
        (date(2026, 3, 1), "2026-03-01"),
        (FIRST.replace(tzinfo=None), "2026-03-01T10:00:00Z"),
        (FIRST.astimezone(timezone(timedelta(hours=2))), "2026-03-01T10:00:00Z"),
        (FIRST + HALF, "2026-03-01T10:00:00.500000Z"),
    ],
)
def test_each_kind_of_value_is_written_without_loss(value, as_json):
    assert written(value) == as_json
