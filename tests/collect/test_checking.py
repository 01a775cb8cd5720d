"""Does a check of the stores tell what must be mended, what is slow, what is never read, and what nobody can answer?"""

import sqlite3

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from answerable.adapters.clock import now
from answerable.adapters.sources import read_facts, store_facts
from answerable.adapters.sources.connections import Connection
from answerable.adapters.sources.scanning import ColumnFacts
from answerable.casefile.categories import CATEGORIES
from answerable.collect import load_data_map
from answerable.collect.checking import StoreFacts, Topic, examine, examine_store
from answerable.demo.harbour_forum import data_map as demo_map

MAP = """\
version: 1
stores: {shop: {kind: sqlite}}
identifiers: {email: {store: shop, table: customers, column: email, key: id}}
tables:
  - store: shop
    table: visits
    subject_keys: [{column: customer_id, role: subject}]
    time: {column: at}
    order_by: [at]
    columns: {ip: {class: traffic.routing}}
"""
CUSTOMERS = {"id": ColumnFacts("INTEGER", True), "email": ColumnFacts("TEXT", True)}
VISITS = {
    "customer_id": ColumnFacts("INTEGER", True), "at": ColumnFacts("TIMESTAMP", False), "ip": ColumnFacts("TEXT", False),
}  # fmt: skip


def remarks(text=MAP, *, customers=CUSTOMERS, visits=VISITS, **facts):
    seen = StoreFacts("shop", {"visits": visits, "customers": customers}, **facts)
    return examine_store(load_data_map(text), seen)


def said(found, topic):
    return [remark for remark in found if remark.topic is topic]


def test_a_map_that_fits_has_nothing_to_mend():
    found = remarks()
    assert not [remark for remark in found if remark.must_mend]
    [zone] = said(found, Topic.TIME)
    assert "taken as UTC" in zone.says


@pytest.mark.parametrize(
    ("changes", "topic", "place"),
    [
        ({"visits": {}}, Topic.TABLE, "shop.visits"),
        ({"customers": {}}, Topic.TABLE, "identifiers.email: shop.customers"),
        ({"customers": {"id": CUSTOMERS["id"]}}, Topic.COLUMN, "identifiers.email: shop.customers.email"),
        ({"visits": {name: VISITS[name] for name in ("customer_id", "at")}}, Topic.COLUMN, "shop.visits.ip"),
        ({"visits": {name: VISITS[name] for name in ("at", "ip")}}, Topic.COLUMN, "shop.visits.customer_id"),
        ({"visits": {name: VISITS[name] for name in ("customer_id", "ip")}}, Topic.COLUMN, "shop.visits.at"),
        ({"visits": VISITS | {"at": ColumnFacts("INTEGER", False)}}, Topic.TIME, "shop.visits.at"),
        ({"visits": VISITS | {"at": ColumnFacts("double", False)}}, Topic.TIME, "shop.visits.at"),
        ({"fault": "It is away."}, Topic.STORE, "shop"),
    ],
)
def test_what_would_stop_an_answer_or_make_it_wrong_must_be_mended(changes, topic, place):
    wrong = [remark for remark in remarks(**changes) if remark.must_mend]
    assert [(remark.topic, remark.place) for remark in wrong] == [(topic, place)]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("timestamp[us]", "taken as UTC"),
        ("TEXT", "taken as UTC"),
        ("VARCHAR(40)", "taken as UTC"),
        ("date", "taken as UTC"),
        ("", "taken as UTC"),
        ("timestamp with time zone", None),
        ("timestamptz", None),
        ("timestamp[us, tz=UTC]", None),
    ],
)
def test_moments_with_a_zone_of_their_own_need_no_word(kind, says):
    found = said(remarks(visits=VISITS | {"at": ColumnFacts(kind, False)}), Topic.TIME)
    assert not [remark for remark in found if remark.must_mend]
    assert bool(found) is (says is not None)


def test_a_subject_key_without_an_index_is_slow_and_not_wrong():
    [slow] = said(remarks(visits=VISITS | {"customer_id": ColumnFacts("INTEGER", False)}), Topic.INDEX)
    assert (slow.place, slow.must_mend) == ("shop.visits.customer_id", False)
    assert "(customer_id, at)" in slow.next_step


def test_what_the_map_does_not_name_is_told_by_name_only():
    found = said(
        remarks(visits=VISITS | {"agent": ColumnFacts("TEXT", False)}, others=("staff", "audit")), Topic.NEVER_READ
    )
    assert [remark.says for remark in found] == [
        "Columns without a class: agent, at, customer_id.",
        "Tables that the map does not name: audit, staff.",
    ]


def test_an_account_that_may_write_is_told():
    assert said(remarks(writable=True), Topic.STORE)
    assert not said(remarks(writable=None), Topic.STORE)


def test_rows_without_time_answer_subscriber_data_only():
    text = MAP.replace("    time: {column: at}\n", "").replace("[at]", "[ip]")
    [timeless] = said(remarks(text), Topic.TIME)
    assert "traffic.routing" in timeless.says
    found = {
        each.place: each.says for each in examine(load_data_map(text), {"shop": StoreFacts("shop", {}, fault="away")})
    }
    assert "cannot be cut to a period" in found["traffic.routing"]


def test_every_category_is_answered_or_told():
    data_map = load_data_map(demo_map())
    facts = {name: StoreFacts(name, {}, fault="away") for name in data_map.stores}
    told = {remark.place for remark in examine(data_map, facts) if remark.topic is Topic.UNANSWERABLE}
    answered = {code for table in data_map.tables for each in table.columns.values() for code in each.category}
    assert told | answered == set(CATEGORIES)
    assert "content.messages" not in told


def test_a_store_that_only_people_can_ask_is_not_looked_into():
    data_map = load_data_map(MAP.replace("sqlite", "person").replace(MAP.splitlines()[2], "identifiers: {}"))
    [only] = examine_store(data_map, store_facts(data_map, {}, "shop", now=now))
    assert (only.topic, only.must_mend) == (Topic.STORE, False)


@pytest.fixture
def places(tmp_path):
    with sqlite3.connect(tmp_path / "shop.sqlite3") as db:
        db.executescript(
            """CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, born TEXT);
            CREATE TABLE visits (customer_id INTEGER, at TEXT, ip TEXT);
            CREATE TABLE staff (name TEXT);
            CREATE INDEX visits_of ON visits (customer_id, at);
            CREATE INDEX lower_mail ON customers (lower(email));"""
        )
    db.close()
    (tmp_path / "events" / "visits").mkdir(parents=True)
    (tmp_path / "events" / "clicks").mkdir()
    table = pa.table({"customer_id": [1], "at": pa.array([0], pa.timestamp("us", "UTC")), "ip": ["x"]})
    sorting = pq.SortingColumn(0)
    pq.write_table(table, tmp_path / "events" / "visits" / "1.parquet", sorting_columns=[sorting])
    return {
        "shop": Connection(path=str(tmp_path / "shop.sqlite3")),
        "events": Connection(path=str(tmp_path / "events")),
    }


def test_an_sqlite_file_says_what_it_holds(places):
    facts = store_facts(load_data_map(MAP), places, "shop", now=now)
    assert facts.tables["visits"] == {
        "customer_id": ColumnFacts("INTEGER", True), "at": ColumnFacts("TEXT", False), "ip": ColumnFacts("TEXT", False),
    }  # fmt: skip
    assert facts.tables["customers"]["id"].is_indexed
    assert not facts.tables["customers"]["email"].is_indexed
    assert facts.others == ("staff",)


def test_parquet_files_say_what_they_hold_and_how_they_are_sorted(places):
    text = MAP.replace("shop", "events").replace("sqlite", "parquet").replace("table: customers", "table: visits")
    facts = store_facts(load_data_map(text), places, "events", now=now)
    assert facts.tables["visits"]["at"].type == "timestamp[us, tz=UTC]"
    assert [name for name, seen in facts.tables["visits"].items() if seen.is_indexed] == ["customer_id"]
    assert facts.others == ("clicks",)


def test_a_store_that_is_away_hides_nothing_of_the_others(places):
    data_map = load_data_map(MAP.replace("stores: {", "stores: {events: {kind: parquet}, "))
    facts = read_facts(data_map, {"shop": places["shop"], "events": Connection(path="/nowhere")}, now=now)
    assert "collect.store-failed" in facts["events"].fault
    assert facts["shop"].tables["visits"]
    assert read_facts(data_map, {"shop": places["shop"]}, now=now)["events"].fault.endswith("(collect.no-place)")
