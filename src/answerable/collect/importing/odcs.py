"""What does a data contract say? Open Data Contract Standard 3 (https://bitol-io.github.io/open-data-contract-standard/).

Objects are tables and properties are columns; physical names come first, because a map names what the store names. The
standard has no words for what a column is about, so it suggests less than fideslang: a format, a key, a zone.
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

_WHAT = "a data contract of the Open Data Contract Standard 3"
_SUGGESTS = {
    "email": ("subscriber.identity",),
    "ipv4": ("identification.connection", "traffic.routing"),
    "ipv6": ("identification.connection", "traffic.routing"),
}
_KINDS = {
    "postgres": "postgres", "postgresql": "postgres", "mysql": "mysql", "sqlite": "sqlite", "s3": "parquet",
    "local": "parquet", "duckdb": "parquet", "bigquery": "warehouse", "snowflake": "warehouse", "databricks": "warehouse",
    "redshift": "warehouse", "trino": "warehouse", "presto": "warehouse", "athena": "warehouse",
}  # fmt: skip


def from_odcs(text: str) -> Described:
    """Return what a contract describes. Refuses another kind or version, and with the place what is not well formed."""
    found = load(text, what=_WHAT)
    if found.get("kind") != "DataContract":
        raise not_importable(_WHAT, "Its `kind` is not DataContract.")
    if not str(found.get("apiVersion", "")).startswith("v3."):
        raise not_importable(_WHAT, "Its `apiVersion` is not one of version 3.")
    left_out: list[str] = []
    tables = []
    for each in mappings(found.get("schema"), what=_WHAT, place="schema"):
        name = _name(each)
        if fits(name):
            tables.append(_table(name, each, left_out))
        else:
            left_out.append(f"{plain(name)}: no data map can hold this name of a table; give it a view.")
    if not tables:
        raise not_importable(_WHAT, "It describes no object with a name that a data map can hold.")
    store = DescribedStore(
        name=store_name(found.get("name") or found.get("id") or "store"),
        kind=_kind(found),
        tables=distinct(tables, left_out),
    )
    return Described(origin=_WHAT, stores=(store,), left_out=tuple(left_out))


def _kind(contract: dict[str, Any]) -> str:
    servers = mappings(contract.get("servers"), what=_WHAT, place="servers")
    return next((_KINDS[kind] for each in servers if (kind := str(each.get("type"))) in _KINDS), "")


def _name(element: dict[str, Any]) -> Any:
    return element.get("physicalName") or element.get("name")


def _table(name: str, element: dict[str, Any], left_out: list[str]) -> DescribedTable:
    columns: dict[str, DescribedColumn] = {}
    for each in mappings(element.get("properties"), what=_WHAT, place=f"properties of {name}"):
        column, label = _name(each), f"{name}.{plain(_name(each))}"
        if not fits(column):
            left_out.append(f"{label}: no data map can hold this name of a column; give it a view.")
        elif each.get("logicalType") in ("object", "array", "map") or each.get("properties"):
            left_out.append(f"{label}: holds values inside it; give those that may leave a view of their own.")
        elif column in columns:
            left_out.append(f"{label}: described twice; the first was taken.")
        else:
            columns[column] = _column(column, each)
    return DescribedTable(name=name, columns=tuple(columns.values()))


def _column(name: str, element: dict[str, Any]) -> DescribedColumn:
    options = element.get("logicalTypeOptions")
    options = options if isinstance(options, dict) else {}
    kind, form = element.get("logicalType"), options.get("format")
    said = (element.get("physicalType") or kind, element.get("classification"), element.get("businessName"))
    return DescribedColumn(
        name=name,
        says=tuple(plain(each) for each in said if isinstance(each, str) and each),
        suggests=_SUGGESTS.get(form, ()) if isinstance(form, str) else (),
        refers_to=_refers_to(element.get("relationships")),
        is_key=element.get("primaryKey") is True,
        is_moment=kind in ("timestamp", "date"),
        zone=plain(options["defaultTimezone"]) if isinstance(options.get("defaultTimezone"), str) else "",
    )


def _refers_to(relationships: Any) -> str:
    first = relationships[0] if isinstance(relationships, list) and relationships else None
    return ", ".join(words(first.get("to"))) if isinstance(first, dict) else ""
