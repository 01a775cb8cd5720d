"""What does a fideslang dataset say? https://github.com/ethyca/fideslang: datasets, collections, fields, data categories.

Only what helps a person decide is taken: names, categories, primary keys, identities, references with their direction.
Categories are what a field is about, not what it is in law, so what they suggest is a suggestion.
"""

from __future__ import annotations

from typing import Any

from answerable.collect.importing.described import (
    Described,
    DescribedColumn,
    DescribedStore,
    DescribedTable,
    distinct,
    fits,
    load,
    mappings,
    not_importable,
    plain,
    store_name,
    words,
)

_WHAT = "a fideslang dataset"
_METAS = ("fides_meta", "fidesops_meta", "fidesctl_meta")
_MOMENTS = ("_at", "_on", "_time", "_date", "time", "date", "timestamp", "created", "updated")
# By the beginning of a data category, the longest that fits first. What is in no line suggests nothing.
_SUGGESTS: dict[str, tuple[str, ...]] = {
    "user.name": ("subscriber.identity",),
    "user.contact": ("subscriber.identity",),
    "user.government_id": ("subscriber.identity",),
    "user.demographic": ("subscriber.identity",),
    "user.unique_id": ("subscriber.profile",),
    "user.account.username": ("subscriber.profile",),
    "user.account": ("subscriber.service",),
    "user.payment": ("subscriber.payment",),
    "user.financial": ("subscriber.payment",),
    "user.device.ip_address": ("identification.connection", "traffic.routing"),
    "user.location": ("traffic.cell",),
    "user.telemetry": ("traffic.logs",),
    "user.behavior.purchase_history": ("traffic.purchases",),
    "user.behavior": ("traffic.logs",),
    "user.content.private": ("content.messages",),
    "user.content.public": ("content.pages",),
    "user.content": ("content.other",),
    "user.social": ("content.contacts",),
}


def from_fideslang(text: str) -> Described:
    """Return what a file of fideslang datasets describes. Refuses, with the place, what is not one."""
    found = load(text, what=_WHAT)
    # The manifest holds a list under `dataset`; a single dataset is sometimes written bare.
    listed = found.get("dataset", [found] if "fides_key" in found else None)
    if listed is None:
        raise not_importable(_WHAT, "It has neither a key `dataset` nor a key `fides_key`.")
    left_out: list[str] = []
    datasets = mappings([listed] if isinstance(listed, dict) else listed, what=_WHAT, place="dataset")
    stores = tuple(_store(each, left_out) for each in datasets)
    if not any(store.tables for store in stores):
        raise not_importable(_WHAT, "It describes no collection with a name that a data map can hold.")
    return Described(origin=_WHAT, stores=stores, left_out=tuple(left_out))


def _store(dataset: dict[str, Any], left_out: list[str]) -> DescribedStore:
    key = dataset.get("fides_key")
    if not isinstance(key, str) or not key:
        raise not_importable(_WHAT, "A dataset has no `fides_key`.")
    tables = []
    for each in mappings(dataset.get("collections"), what=_WHAT, place=f"collections of {plain(key)}"):
        if fits(each.get("name")):
            tables.append(_table(each, left_out))
        else:
            left_out.append(f"{plain(each.get('name'))}: no data map can hold this name of a table; give it a view.")
    return DescribedStore(name=store_name(key), tables=distinct(tables, left_out))


def _table(collection: dict[str, Any], left_out: list[str]) -> DescribedTable:
    name = collection["name"]
    columns: dict[str, DescribedColumn] = {}
    for field in mappings(collection.get("fields"), what=_WHAT, place=f"fields of {name}"):
        column, label = field.get("name"), f"{name}.{plain(field.get('name'))}"
        if not fits(column):
            left_out.append(f"{label}: no data map can hold this name of a column; give it a view.")
        elif field.get("fields"):
            left_out.append(f"{label}: holds fields inside it; give those that may leave a view of their own.")
        elif column in columns:
            left_out.append(f"{label}: described twice; the first was taken.")
        else:
            columns[column] = _column(column, field)
    return DescribedTable(name=name, columns=tuple(columns.values()))


def _column(name: str, field: dict[str, Any]) -> DescribedColumn:
    meta: dict[str, Any] = {}
    for key in _METAS:
        meta |= field[key] if isinstance(field.get(key), dict) else {}
    categories = words(field.get("data_categories"))
    return DescribedColumn(
        name=name,
        says=categories,
        suggests=tuple(dict.fromkeys(code for each in categories for code in _suggested(each))),
        refers_to=_refers_to(meta.get("references")),
        identity=plain(meta["identity"]) if isinstance(meta.get("identity"), str) else "",
        is_key=meta.get("primary_key") is True,
        is_moment=name.lower().endswith(_MOMENTS),
    )


def _suggested(category: str) -> tuple[str, ...]:
    parts = category.split(".")
    beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((_SUGGESTS[each] for each in beginnings if each in _SUGGESTS), ())


def _refers_to(references: Any) -> str:
    """Return the first reference in words: which field of which dataset, and which way the data lead."""
    first = references[0] if isinstance(references, list) and references else None
    if not isinstance(first, dict) or not isinstance(first.get("field"), str):
        return ""
    direction = first.get("direction")
    way = f" (direction {direction})" if direction in ("from", "to") else ""
    return f"{plain(first.get('dataset', ''))} {plain(first['field'])}{way}".strip()
