"""Does the map of the stores say exactly what may be read, and is anything less refused?"""

import sqlite3

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.casefile.scope import IdentifierKind
from answerable.collect import DataMap, load_data_map
from answerable.demo import harbour_forum
from answerable.errors import MalformedDataMap

GOOD = """\
version: 1
stores:
  forum: {kind: sqlite}
identifiers:
  user: {store: forum, table: accounts, column: username, key: id}
tables:
  - store: forum
    table: accounts
    subject_keys: [{column: id, role: subject}]
    order_by: [id]
    columns:
      name: {class: subscriber.identity}
  - store: forum
    table: messages
    subject_keys: [{column: sender_id, role: author}, {column: recipient_id, role: addressee}]
    time: {column: at}
    order_by: [id]
    columns:
      at: {class: [traffic.time, content.messages], only_if: {role: author}}
      recipient_id: {class: traffic.routing, third_party: token}
      body: {class: content.messages, only_if: {role: author}}
"""
IP = "  ip: {store: forum, table: signins, column: ip, key: account_id, time: at, within_seconds: 60}\ntables:"


def refused(text):
    with pytest.raises(MalformedDataMap) as refusal:
        load_data_map(text)
    assert refusal.value.code == "data-map.malformed"
    return refusal.value.why


def changed(old, new):
    assert GOOD.count(old) >= 1
    return GOOD.replace(old, new, 1)


def test_the_map_that_is_changed_below_is_good():
    loaded = load_data_map(GOOD)
    assert [table.label for table in loaded.tables] == ["forum.accounts", "forum.messages"]
    assert loaded.tables[0].columns["name"].category == ("subscriber.identity",)
    assert load_data_map(changed("tables:", IP)).identifiers[IdentifierKind.IP].within_seconds == 60


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        # unknown keys
        ("version: 1", "version: 1\nowner: me", "owner"),
        ("{kind: sqlite}", "{kind: sqlite, path: /srv}", "stores.forum.path"),
        ("key: id}", "key: id, fuzzy: yes}", "identifiers.user.fuzzy"),
        ("order_by: [id]", "order_by: [id]\n    where: 1=1", "tables.0.where"),
        ("class: subscriber.identity", "class: subscriber.identity, mask: no", "tables.0.columns.name.mask"),
        # missing keys
        ("version: 1\n", "", "version"),
        ("{class: subscriber.identity}", "{}", "tables.0.columns.name.class"),
        ("{class: subscriber.identity}", "null", "tables.0.columns.name"),
        ("    order_by: [id]\n", "", "tables.0.order_by"),
        ("  - store: forum\n    table: accounts", "  - table: accounts", "tables.0.store"),
        (", key: id", "", "identifiers.user.key"),
        # empty where something is needed
        ("class: subscriber.identity", "class: []", "tables.0.columns.name.class"),
        ("class: subscriber.identity", "class: ''", "tables.0.columns.name.class"),
        ("[{column: id, role: subject}]", "[]", "tables.0.subject_keys"),
        ("order_by: [id]", "order_by: []", "tables.0.order_by"),
        ("columns:\n      name: {class: subscriber.identity}", "columns: {}", "tables.0.columns"),
        # words that nobody knows
        ("class: subscriber.identity", "class: subscriber", "tables.0.columns.name.class"),
        ("class: subscriber.identity", "class: [subscriber.identity, personal]", "tables.0.columns.name.class.1"),
        ("kind: sqlite", "kind: oracle", "stores.forum.kind"),
        ("role: subject", "role: owner", "tables.0.subject_keys.0.role"),
        ("third_party: token", "third_party: keep", "third_party"),
        ("  user: {", "  nickname: {", "identifiers.nickname"),
        ("time: {column: at}", "time: {column: at, zone: Europe/Atlantis}", "tables.1.time.zone"),
        ("version: 1", "version: 2", "version"),
        # names that could be more than names
        ("table: messages", "table: 'messages; DROP TABLE x'", "tables.1.table"),
        ("column: username", "column: 'user\"name'", "identifiers.user.column"),
        ("order_by: [id]", "order_by: [id DESC]", "tables.0.order_by.0"),
        ("      name: {", "      'na me': {", "tables.0.columns"),
        ("      name: {", "      no: {", "tables.0.columns"),
        ("table: messages", f"table: {'m' * 64}", "tables.1.table"),
        # wrong types
        ("version: 1", "version: '1'", "version"),
        ("version: 1", "version: [1]", "version"),
        ("{kind: sqlite}", "sqlite", "stores.forum"),
        ("class: subscriber.identity", "class: 7", "tables.0.columns.name.class"),
        ("class: subscriber.identity", "class: {a: b}", "tables.0.columns.name.class"),
        ("{class: subscriber.identity}", "subscriber.identity", "tables.0.columns.name"),
        ("order_by: [id]", "order_by: id", "tables.0.order_by"),
        ("tables:", IP.replace("60", "-1"), "identifiers.ip.within_seconds"),
        ("tables:", IP.replace("60", "86400"), "identifiers.ip.within_seconds"),
        ("tables:", IP.replace("60", "soon"), "identifiers.ip.within_seconds"),
        # written twice
        ("version: 1", "version: 1\nversion: 1", "written twice"),
        ("version: 1", "version: 1\n'version': 1", "written twice"),
        ("      name: {", "      name: {class: content.pages}\n      name: {", "written twice"),
        (", key: id}", ", key: id, store: cellar}", "written twice"),
        ("table: messages", "table: accounts", "listed twice"),
        # what would read too much
        ("{store: forum, table: accounts", "{store: cellar, table: accounts", "not listed"),
        ("  - store: forum\n    table: messages", "  - store: cellar\n    table: messages", "not listed"),
        ("body: {class: content.messages, only_if: {role: author}}", "body: {class: content.messages}", "body"),
        ("only_if: {role: author}}\n      rec", "only_if: {role: payer}}\n      rec", "no subject key has"),
        ("third_party: token", "only_if: {role: author}", "needs third_party: token"),
        ("tables:", IP.replace("time: at, ", ""), "nobody's without its moment"),
    ],
)
def test_each_fault_is_refused_and_its_place_named(old, new, place):
    assert place in refused(changed(old, new))


@pytest.mark.parametrize(
    "text",
    [
        "", "   \n", "# only a remark", "null", "true", "7", "[]", "[1, 2]", "map", "{}", "--- {}\n--- {}", "{", "a: b: c",
        "\t- x", "\x00", "\ud800", "? [a, b]\n: 1", "? {a: b}\n: 1", "<<: 3", "!!python/object/apply:os.getcwd []",
        "!unknown x", "!!binary '*'", "version: 2026-13-45", "version: " + "9" * 5_000, "%YAML 9.9\n---\n{}",
    ],
)  # fmt: skip
def test_what_is_no_map_at_all_is_refused_in_the_same_way(text):
    assert refused(text)


ANCHORED = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (ANCHORED, "anchors and aliases"),
        (changed("order_by: [id]", "order_by: &keys [id]").replace("order_by: [id]", "order_by: *keys"), "anchors"),
        ("[" * 5_000 + "]" * 5_000, "recursion"),
        ("{a: " * 5_000 + "}" * 5_000, "recursion"),
        (GOOD + "#" * 1_000_000, "longer than a map can be"),
    ],
)
def test_a_small_file_cannot_become_a_huge_one(text, why):
    assert why in refused(text)


@pytest.mark.parametrize("value", ["!!bool maybe", "!!int ''", "!!float ''", "!!timestamp soon"])
def test_a_tag_that_its_value_does_not_fit_is_refused_too(value):
    assert refused(changed("version: 1", f"version: {value}"))


def test_two_parties_in_the_same_role_are_still_two_parties():
    keys = "[{column: sender_id, role: member}, {column: recipient_id, role: member}]"
    text = changed("[{column: sender_id, role: author}, {column: recipient_id, role: addressee}]", keys)
    assert "only_if" in refused(text.replace(", only_if: {role: author}", ""))
    assert "tells nobody apart" in refused(text.replace("only_if: {role: author}", "only_if: {role: member}"))


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=60) | st.text("{}[]:,-?&*!|>#'\" \nab1", max_size=60),
    st.integers(0, len(GOOD)),
    st.integers(0, 40),
)
def test_a_garbled_map_is_refused_or_still_a_map_and_raises_nothing_else(garbage, at, cut):
    for text in (garbage, GOOD[:at] + garbage + GOOD[at + cut :]):
        try:
            assert isinstance(load_data_map(text), DataMap)
        except MalformedDataMap as refusal:
            assert refusal.why


@pytest.fixture(scope="module")
def forum(tmp_path_factory, now):
    return harbour_forum.make(tmp_path_factory.mktemp("forum"), until=now, accounts=4, events=24)


def test_the_map_of_the_demo_names_what_its_stores_have_and_never_the_password(forum):
    shipped = load_data_map(harbour_forum.data_map())
    db = sqlite3.connect(forum.places["forum"])
    there = {
        f"forum.{table}": {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    }
    db.close()
    with duckdb.connect() as files:
        rows = files.execute(f"DESCRIBE FROM read_parquet('{forum.places['events']}/signins/*.parquet')").fetchall()
    there["events.signins"] = {row[0] for row in rows}
    assert {table.label for table in shipped.tables} == set(there)
    for table in shipped.tables:
        time = [table.time.column] if table.time else []
        named = {*table.columns, *table.order_by, *time, *(key.column for key in table.subject_keys)}
        assert named <= there[table.label]
    for rule in shipped.identifiers.values():
        assert {rule.column, rule.key, rule.time or rule.key} <= there[f"{rule.store}.{rule.table}"]
    assert not any("password" in column for table in shipped.tables for column in table.columns)
