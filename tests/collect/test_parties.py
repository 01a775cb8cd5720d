"""Can a mailbox, a group chat, a shared order and a joint account be mapped, so that the other side stays unknown?"""

import json
import sqlite3
import sys
from datetime import UTC, datetime

import pytest

from answerable.adapters.sources import collect, open_sources, store_facts
from answerable.adapters.sources.connections import Connection
from answerable.casefile.scope import Identifier, Period, ScopeItem, scope_of
from answerable.collect import load_data_map, make_plan
from answerable.collect.checking import examine_store
from answerable.collect.masking import token
from answerable.collect.scan import TARGET
from answerable.errors import MalformedDataMap, StoreFailed

AT = "2026-03-01T10:00:00Z"
MARCH = Period(start=datetime(2026, 3, 1, tzinfo=UTC), end=datetime(2026, 4, 1, tzinfo=UTC))
KEY = b"k" * 32
MAP = """\
version: 1
stores: {shop: {kind: sqlite}}
identifiers: {email: {store: shop, table: people, column: email, key: id}}
tables:
  - {store: shop, table: people, subject_keys: [{column: id, role: subject}], order_by: [id],
     columns: {email: {class: subscriber.identity}}}
"""
MAILBOX = """\
  - store: shop
    table: mailbox
    subject_keys: [{column: owner, role: holder}, {columns: [owner, sender], same: true, role: author}]
    time: {column: at}
    order_by: [ref]
    columns:
      ref: {class: traffic.routing, only_if: {role: holder}}
      sender: {class: traffic.routing, third_party: token, only_if: {role: holder}}
      recipient: {class: traffic.routing, third_party: token, only_if: {role: holder}}
      body: {class: content.mailbox, third_party: flag, only_if: {role: author}}
"""
GROUP = """\
  - {store: shop, table: members, subject_keys: [{column: who, role: member}], order_by: [grp],
     columns: {grp: {class: subscriber.service}}}
  - store: shop
    table: talk
    subject_keys:
      - {column: sender, role: author}
      - {column: grp, role: member, reached_from: {store: shop, table: members, column: grp}}
    time: {column: at}
    order_by: [ref]
    columns:
      ref: {class: traffic.routing, only_if: {role: member}}
      sender: {class: traffic.routing, third_party: token, only_if: {role: member}}
      body: {class: content.messages, third_party: flag, only_if: {role: author}}
"""
ORDERS = """\
  - store: shop
    table: orders
    subject_keys: [{column: buyer, role: payer}, {column: shared_with, role: member}]
    time: {column: at}
    order_by: [ref]
    columns:
      ref: {class: traffic.purchases}
      buyer: {class: traffic.purchases, third_party: token}
      shared_with: {class: traffic.purchases, third_party: token}
      card: {class: traffic.purchases, only_if: {role: payer}}
"""
ACCOUNT = """\
  - {store: shop, table: holders, subject_keys: [{column: who, role: holder}], order_by: [iban],
     columns: {iban: {class: subscriber.payment}}}
  - store: shop
    table: transfers
    subject_keys: [{column: iban, role: holder, reached_from: {store: shop, table: holders, column: iban}}]
    time: {column: at}
    order_by: [ref]
    columns:
      ref: {class: traffic.purchases}
      ordered_by: {class: traffic.purchases, third_party: token}
      paid_to: {class: traffic.purchases, third_party: token}
"""
ROWS = {
    "people": ("id, email", [("ann", "ann@mail.example"), ("bob", "bob@mail.example"), ("cy", "cy@mail.example")]),
    "mailbox": (
        "ref, owner, sender, recipient, at, body",
        [
            ("m1", "ann", "ann", "bob", AT, "from ann"),
            ("m2", "bob", "ann", "bob", AT, "from ann"),
            ("m3", "ann", "bob", "ann", AT, "from bob"),
            ("m4", "bob", "bob", "ann", AT, "from bob"),
        ],
    ),
    "members": ("grp, who", [("g1", "ann"), ("g1", "bob"), ("g2", "cy"), (None, "ann")]),
    "talk": (
        "ref, grp, sender, at, body",
        [("t1", "g1", "ann", AT, "I, ann"), ("t2", "g1", "bob", AT, "I, bob"), ("t3", "g2", "cy", AT, "I, cy"), ("t4", None, "cy", AT, "x")],
    ),
    "orders": (
        "ref, buyer, shared_with, at, card",
        [("o1", "ann", "bob", AT, "card of ann"), ("o2", "bob", "ann", AT, "card of bob"), ("o3", "bob", None, AT, "card of bob")],
    ),
    "holders": ("iban, who", [("NL1", "ann"), ("NL1", "bob"), ("NL2", "cy")]),
    "transfers": (
        "ref, iban, ordered_by, paid_to, at",
        [("x1", "NL1", "ann", "cy", AT), ("x2", "NL1", "bob", "dan", AT), ("x3", "NL2", "cy", "ann", AT)],
    ),
}  # fmt: skip


@pytest.fixture
def places(tmp_path):
    db = sqlite3.connect(tmp_path / "shop.sqlite")
    for table, (columns, rows) in ROWS.items():
        db.execute(f"CREATE TABLE {table} ({columns})")
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
    db.commit()
    db.close()
    return {"shop": Connection(path=str(tmp_path / "shop.sqlite"))}


def answered(places, part, *categories):
    """Return the records of an answer about Ann, by step."""
    data_map = load_data_map(MAP + part)
    remarks = examine_store(data_map, store_facts(data_map, places, "shop", now=lambda: MARCH.start))
    assert not [each for each in remarks if each.must_mend]
    who = Identifier(kind="email", value="ann@mail.example")
    scope = scope_of(ScopeItem(identifier=who, period=MARCH, category=each) for each in categories)
    plan = make_plan(scope, data_map, case="AN-2026-000001")
    with open_sources(data_map, places, now=lambda: MARCH.start) as sources:
        parts = collect(plan, sources, masking_key=KEY).chunks()
        found = [json.loads(line) for _, content in parts for line in content.splitlines()]
    return [tuple(value for name, value in record.items() if name != TARGET) for record in found]


BOB, CY, DAN = (token(KEY, name) for name in ("bob", "cy", "dan"))


def test_of_a_mailbox_all_headers_leave_and_the_text_of_ones_own_mails_alone(places):
    assert answered(places, MAILBOX, "traffic.routing", "content.mailbox") == [
        ("m1", "ann", BOB),
        ("m3", BOB, "ann"),
        ("from ann",),
    ]


def test_of_a_group_chat_everybody_else_is_a_token_and_their_text_is_not_read(places):
    assert answered(places, GROUP, "traffic.routing", "content.messages") == [("I, ann",), ("t1", "ann"), ("t2", BOB)]


def test_of_a_shared_order_the_other_is_a_token_and_their_card_is_not_read(places):
    assert answered(places, ORDERS, "traffic.purchases") == [
        ("o1", "ann", BOB, "card of ann"),
        ("o2", BOB, "ann"),
    ]


def test_of_a_joint_account_every_transfer_leaves_and_the_other_holder_is_a_token(places):
    assert answered(places, ACCOUNT, "traffic.purchases") == [("x1", "ann", CY), ("x2", BOB, DAN)]


@pytest.mark.parametrize(
    ("part", "old", "new", "why"),
    [
        (GROUP, "table: members, column: grp}", "table: nowhere, column: grp}", "not listed"),
        (GROUP, "table: members, column: grp}", "table: talk, column: grp}", "circle"),
        (GROUP, "table: members, column: grp}", "table: members, columns: [grp, who]}", "as many columns"),
        (GROUP, "{column: who, role: member}]", "{column: who, role: member}, {column: by, role: holder}]", "the one role"),
        (GROUP, "column: grp, role: member, reached", "column: grp, columns: [grp], role: member, reached", "exclude each other"),
        (GROUP, "column: grp, role: member, reached", "columns: [grp, sender], role: member, reached", "as many columns"),
        (GROUP, "{column: sender, role: author}", "{columns: [sender, grp], role: author}", "no identifier gives so many"),
        (GROUP, "{column: sender, role: author}", "{column: [sender], role: author}", "several are written as columns"),
        (GROUP, "order_by: [ref]", "order_by: [ref]\n    retention: 6 months", "retention"),
        (GROUP, "order_by: [ref]", "order_by: [ref]\n    retention: P0D", "retention"),
        (GROUP, "ref: {class", "answerable_target: {class", "answerable_target"),
        (GROUP, "third_party: token, only_if", "third_party: flag, only_if", "needs third_party: token"),
        (GROUP, "third_party: flag", "third_party: guess", "third_party"),
        (GROUP, "grp: {class: subscriber.service}", "grp: {class: subscriber.service, mask: yes}", "Extra inputs"),
    ],
)  # fmt: skip
def test_a_way_that_is_not_plain_is_refused(part, old, new, why):
    text = MAP + part
    assert old in text
    with pytest.raises(MalformedDataMap) as refusal:
        load_data_map(text.replace(old, new, 1))
    assert why in refusal.value.why


def chain(length):
    """Return a map in which the last table is reached over so many others."""
    tables = [
        f"  - {{store: shop, table: t{n}, subject_keys: [{{column: k, role: holder, reached_from:"
        f" {{store: shop, table: {'people' if n == 1 else f't{n - 1}'}, column: id}}}}], order_by: [k],"
        " columns: {v: {class: subscriber.service}}}\n"
        for n in range(1, length + 1)
    ]
    return MAP + "".join(tables)


def test_a_way_goes_over_three_tables_and_no_further():
    plan = make_plan(
        scope_of([ScopeItem(identifier=Identifier(kind="email", value="x"), category="subscriber.service")]),
        load_data_map(chain(3)),
        case="x",
    )
    assert [len(step.ways) for step in plan.steps] == [1, 2, 3]
    with pytest.raises(MalformedDataMap):
        load_data_map(chain(4))


def test_a_store_that_cannot_be_asked_is_no_way_and_looks_nobody_up():
    for text in (
        MAP.replace("kind: sqlite", "kind: person"),
        (MAP + GROUP).replace("{shop: {kind: sqlite}}", "{shop: {kind: sqlite}, attic: {kind: person}}").replace(
            "{store: shop, table: members,", "{store: attic, table: members,"),
    ):  # fmt: skip
        with pytest.raises(MalformedDataMap):
            load_data_map(text)


def test_a_store_whose_driver_is_not_installed_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "answerable.adapters.sources.warehouse", None)
    data_map = load_data_map(MAP.replace("kind: sqlite", "kind: warehouse"))
    with pytest.raises(StoreFailed) as refusal:
        open_sources(data_map, {"shop": Connection(path="place")}, now=lambda: MARCH.start)
    assert refusal.value.code == "collect.no-driver"


def test_somebody_with_more_keys_than_a_person_has_stops_the_answer(places, monkeypatch):
    monkeypatch.setattr("answerable.adapters.sources.travelling._MOST_KEYS", 0)
    with pytest.raises(StoreFailed) as refusal:
        answered(places, GROUP, "traffic.routing")
    assert refusal.value.code == "collect.too-many-keys"
