"""Does a description of stores become suggestions that nothing can be read by, and is a hostile one refused?"""

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.casefile.categories import CATEGORIES
from answerable.collect import load_data_map
from answerable.collect.importing import draft, fideslang, from_fideslang, from_odcs, odcs
from answerable.errors import MalformedDataMap

FIDESLANG = """\
dataset:
  - fides_key: shop-pg
    name: The shop
    collections:
      - name: customer
        fields:
          - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: True}}
          - {name: email, data_categories: [user.contact.email], fidesops_meta: {identity: email, data_type: string}}
          - {name: created_at, data_categories: [system.operations]}
          - {name: address, fields: [{name: street, data_categories: [user.contact.address.street]}]}
      - name: login
        fields:
          - name: customer_id
            data_categories: [user.unique_id]
            fides_meta: {references: [{dataset: shop-pg, field: customer.id, direction: from}]}
          - {name: ip, data_categories: [user.device.ip_address]}
          - {name: mood, data_categories: [user.something.new]}
"""
ODCS = """\
apiVersion: v3.1.0
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553a
name: shop orders
version: 1.0.0
status: active
servers:
  - {server: production, type: postgresql, host: localhost, port: 5432, database: shop, schema: public}
schema:
  - name: orders
    physicalName: t_orders
    logicalType: object
    properties:
      - {name: order id, physicalName: order_id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
      - name: customer
        physicalName: customer_id
        logicalType: string
        classification: restricted
        relationships: [{to: customers.id}]
      - name: placed
        physicalName: placed_at
        logicalType: timestamp
        physicalType: TIMESTAMP
        logicalTypeOptions: {timezone: false, defaultTimezone: Europe/Amsterdam}
      - {name: contact, logicalType: string, logicalTypeOptions: {format: email}}
      - {name: lines, logicalType: array, items: {logicalType: object}}
"""


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def written(value):
    return yaml.dump(value, Dumper=_Plain)


def drafted(text, read=from_fideslang):
    return draft(read(text))


@pytest.mark.parametrize(("text", "read"), [(FIDESLANG, from_fideslang), (ODCS, from_odcs)])
def test_a_draft_is_yaml_that_is_refused_as_a_map(text, read):
    made = drafted(text, read)
    plain = yaml.safe_load(made.text)
    assert [table["columns"] for table in plain["tables"]] == [None] * len(plain["tables"])
    with pytest.raises(MalformedDataMap):
        load_data_map(made.text)


def test_what_fideslang_says_stands_beside_each_column():
    made = drafted(FIDESLANG)
    for line in (
        "      # id: {class: subscriber.profile}   # user.unique_id",
        "      # email: {class: subscriber.identity}   # user.contact.email",
        "      # ip: {class: [identification.connection, traffic.routing]}   # user.device.ip_address",
        "      # mood: {class: undecided}   # user.something.new",
        "      # - {column: customer_id, role: undecided}   # refers to shop-pg customer.id (direction from)",
        "    # time: {column: created_at, zone: UTC}   # if this places a row in time",
        "  # email: {store: shop_pg, table: customer, column: email, key: id}",
    ):
        assert line in made.text.splitlines()
    assert made.left_out == (
        "customer.address: holds fields inside it; give those that may leave a view of their own.",
    )
    asked = {each.place for each in made.to_decide}
    assert {"stores.shop_pg", "shop_pg.login", "shop_pg.login.ip", "identifiers"} <= asked


def test_a_contract_gives_physical_names_zone_and_kind():
    made = drafted(ODCS, from_odcs)
    lines = made.text.splitlines()
    assert "  shop_orders: {kind: undecided}   # suggested: postgres" in lines
    assert "    table: t_orders" in lines
    assert "    # time: {column: placed_at, zone: Europe/Amsterdam}   # if this places a row in time" in lines
    assert "      # customer_id: {class: undecided}   # string; restricted; refers to customers.id" in lines
    assert "      # contact: {class: subscriber.identity}   # string" in lines
    assert "    order_by: [order_id]" in lines
    assert "t_orders.lines: holds values inside it" in made.left_out[0]


def test_a_draft_is_a_map_once_a_person_decided():
    text = drafted(FIDESLANG).text
    text = text[: text.index("  - store: shop_pg\n    table: login")].replace("kind: undecided", "kind: sqlite")
    text = text.replace("      # - {column: id, role: undecided}", "      - {column: id, role: subject}")
    text = text.replace("  # email: {store", "  email: {store").replace("      # email: {class", "      email: {class")
    made = load_data_map(text)
    assert list(made.tables[0].columns) == ["email"]


def test_a_line_taken_out_of_its_comment_without_a_class_is_refused():
    text = drafted(FIDESLANG).text
    text = text[: text.index("  - store: shop_pg\n    table: login")].replace("kind: undecided", "kind: sqlite")
    text = text.replace("      # - {column: id, role: undecided}", "      - {column: id, role: subject}")
    text = text.replace("  # email: {store", "  email: {store").replace(
        "      # created_at: {class", "      created_at: {class"
    )
    with pytest.raises(MalformedDataMap, match="data-map"):
        load_data_map(text)


def test_suggestions_are_categories_of_the_law():
    suggested = {code for table in (fideslang._SUGGESTS, odcs._SUGGESTS) for codes in table.values() for code in codes}
    assert suggested <= set(CATEGORIES)


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\ndataset: [*b, *b]\n"
HOSTILE = {
    "anchors": (BOMB, from_fideslang, "anchors"),
    "an anchor nobody uses": ("dataset: &a []\n", from_fideslang, "anchors"),
    "nested without end": ("[" * 5_000, from_odcs, "nested deeper"),
    "nested mappings without end": ("{a: " * 3_000, from_odcs, "nested deeper"),
    "far too long": ("# " + "x" * 2_000_001, from_odcs, "longer than"),
    "a tag that runs code": ("dataset: !!python/object/apply:os.system ['true']\n", from_fideslang, "line 1"),
    "a key twice": ("dataset: []\ndataset: []\n", from_fideslang, "written twice"),
    "an unhashable key": ("? [a]\n: b\n", from_fideslang, ""),
    "no YAML": ("dataset: [", from_fideslang, "line"),
    "a control character": ("dataset: \x07", from_fideslang, ""),
    "not a mapping": ("- dataset\n", from_fideslang, "no mapping"),
    "empty": ("", from_odcs, "no mapping"),
    "two documents": (FIDESLANG + "---\n" + FIDESLANG, from_fideslang, "line"),
    "no dataset": ("policy: []\n", from_fideslang, "neither"),
    "a dataset of nothing": ("dataset:\n", from_fideslang, "neither"),
    "a dataset that is a text": ("dataset: shop\n", from_fideslang, "not a list"),
    "datasets that are texts": ("dataset: [shop]\n", from_fideslang, "Entry 1"),
    "a dataset without a key": ("dataset: [{collections: []}]\n", from_fideslang, "fides_key"),
    "collections that are texts": ("dataset: [{fides_key: a, collections: [b]}]\n", from_fideslang, "Entry 1 of collections"),
    "fields that are a mapping": (
        "dataset: [{fides_key: a, collections: [{name: b, fields: {c: d}}]}]\n", from_fideslang, "fields of b",
    ),
    "nothing that fits": ("dataset: [{fides_key: a, collections: [{name: 'b c'}]}]\n", from_fideslang, "no collection"),
    "another kind": ("apiVersion: v3.0.0\nkind: Server\n", from_odcs, "kind"),
    "version 2": (ODCS.replace("v3.1.0", "v2.2.2"), from_odcs, "apiVersion"),
    "no schema": (ODCS[: ODCS.index("schema:\n")], from_odcs, "no object"),
    "a schema of texts": ("apiVersion: v3.0.0\nkind: DataContract\nschema: [a]\n", from_odcs, "Entry 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_description_is_refused_with_its_reason(name):
    text, read, why = HOSTILE[name]
    with pytest.raises(MalformedDataMap) as stopped:
        drafted(text, read)
    assert stopped.value.code == "data-map.not-importable"
    assert why in stopped.value.why


BREAKS = ["\n", "\r", "\x85", "\u2028", "\u2029", "\r\n      ", "\x1b[2J"]


@pytest.mark.parametrize("broken", BREAKS, ids=repr)
def test_no_text_of_a_description_gets_out_of_its_comment(broken):
    evil = f"x{broken}      name: {{class: subscriber.identity}}"
    field = {
        "name": "id",
        "data_categories": [evil],
        "fides_meta": {"identity": evil, "references": [{"dataset": evil, "field": evil}]},
    }
    hostile = {"name": evil, "fields": [{"name": "id"}]}
    table = {"name": "customer", "fields": [field, {"name": evil}, {"name": None}, {"name": ["x"]}]}
    made = drafted(written({"dataset": [{"fides_key": evil, "collections": [table, hostile]}]}))
    assert [table["columns"] for table in yaml.safe_load(made.text)["tables"]] == [None]
    column = {"name": "id", "logicalType": "string", "classification": evil, "relationships": [{"to": evil}],
              "logicalTypeOptions": {"defaultTimezone": evil}} | {"logicalType": "timestamp"}  # fmt: skip
    contract = {"apiVersion": "v3.0.2", "kind": "DataContract", "name": evil,
                "schema": [{"name": "customer", "properties": [column, {"name": evil}]}]}  # fmt: skip
    made = drafted(written(contract), from_odcs)
    assert [table["columns"] for table in yaml.safe_load(made.text)["tables"]] == [None]
    assert all(line.isprintable() for line in (*made.text.splitlines(), *made.left_out))


@pytest.mark.parametrize("name", ["on", "no", "null", "true", "y", "off", "NULL"])
def test_a_name_that_yaml_reads_as_something_else_stays_a_name(name):
    field = {"name": name, "fides_meta": {"primary_key": True}}
    dataset = {"fides_key": name, "collections": [{"name": name, "fields": [field]}]}
    plain = yaml.safe_load(drafted(written(dataset)).text)
    assert (list(plain["stores"]), plain["tables"][0]["table"], plain["tables"][0]["order_by"]) == (
        [name],
        name,
        [name],
    )


def test_what_is_described_twice_is_taken_once():
    table = {"name": "a", "fields": [{"name": "b"}, {"name": "b"}]}
    made = drafted(written({"fides_key": "s", "collections": [table, table]}))
    assert re.findall("table: .*", made.text) == ["table: a"]
    assert made.left_out == ("a.b: described twice; the first was taken.",) * 2 + (
        "a: described twice; the first was taken.",
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["name", "fields", "collections", "fides_key", "data_categories", "fides_meta", "references", "properties", "schema"]
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(VALUES)
def test_no_content_raises_anything_but_a_refusal_or_makes_a_map(value):
    for made in (
        {
            "dataset": [
                {
                    "fides_key": "s",
                    "collections": [{"name": "t", "fields": [{"name": "c", "fides_meta": value}, value]}],
                }
            ]
        },
        {"dataset": value},
        {"apiVersion": "v3", "kind": "DataContract", "schema": value},
        {"apiVersion": "v3.0.0", "kind": "DataContract", "schema": [{"name": "t", "properties": value}]},
    ):
        text = written(made)
        for read in (from_fideslang, from_odcs):
            try:
                with pytest.raises(MalformedDataMap):
                    load_data_map(drafted(text, read).text)
            except MalformedDataMap as fault:
                assert fault.code == "data-map.not-importable"
