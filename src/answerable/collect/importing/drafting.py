"""How does a description become a draft of a data map that can read nothing by accident?

What a table is called stands there; whose its rows are, when, and every column are comments beside what was suggested.
As it is, the draft is refused; a column counts once somebody gave it a class and took its line out of the comment.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from answerable.casefile.encoding import Record
from answerable.collect.importing.described import Described, DescribedColumn, DescribedStore, DescribedTable

_IDENTITIES = {"email": "email", "phone_number": "tel", "phone": "tel", "username": "user", "user_id": "user"}


class ToDecide(Record):
    """One thing that a person decides, and what was suggested."""

    place: str
    question: str
    suggested: str = ""


class Draft(Record):
    """The text of a draft, what a person must decide in it, and what could not be taken over."""

    text: str
    to_decide: tuple[ToDecide, ...]
    left_out: tuple[str, ...]


def draft(described: Described) -> Draft:
    """Return the draft of a map for what was described."""
    return Draft(
        text="\n".join(_lines(described)) + "\n",
        to_decide=tuple(_to_decide(described)),
        left_out=described.left_out,
    )


def _lines(described: Described) -> Iterator[str]:
    yield f"# A draft, made from {described.origin}. It is no data map yet: nothing can be read by it."
    yield "# Give each column that may leave its class and take its line out of the comment; delete the others, and tables"
    yield "# that answer nothing. Every key is explained in docs/formats/data-map.md."
    yield "version: 1"
    yield "stores:"
    for store in described.stores:
        beside = f"   # suggested: {store.kind}" if store.kind else "   # the kinds are in docs/formats/data-map.md"
        yield f"  {_written(store.name)}: {{kind: undecided}}{beside}"
    yield "identifiers:"
    yield "  # how an identifier of a demand is found, one line a kind: user, email, tel, ip, imei, mac, other"
    for store in described.stores:
        for table in store.tables:
            yield from (_identifier(store, table, column) for column in table.columns if column.identity in _IDENTITIES)
    yield "tables:"
    for store in described.stores:
        for table in store.tables:
            yield from _table(store, table)


def _identifier(store: DescribedStore, table: DescribedTable, column: DescribedColumn) -> str:
    kind, key = _IDENTITIES[column.identity], next((each.name for each in table.columns if each.is_key), "undecided")
    place = f"store: {_written(store.name)}, table: {_written(table.name)}"
    return f"  # {kind}: {{{place}, column: {_written(column.name)}, key: {_written(key)}}}"


def _table(store: DescribedStore, table: DescribedTable) -> Iterator[str]:
    keys = ", ".join(_written(each.name) for each in table.columns if each.is_key)
    yield f"  - store: {_written(store.name)}"
    yield f"    table: {_written(table.name)}"
    yield "    subject_keys:   # whose row it is: a column and the person's role"
    candidates = [each for each in table.columns if each.refers_to] or [each for each in table.columns if each.is_key]
    for column in candidates:
        why = f"refers to {column.refers_to}" if column.refers_to else "the key of the table"
        yield f"      # - {{column: {_written(column.name)}, role: undecided}}   # {why}"
    for column in table.columns:
        if column.is_moment:
            yield f"    # time: {{column: {_written(column.name)}, zone: {column.zone or 'UTC'}}}   # if this places a row in time"
    yield f"    order_by: [{keys}]"
    yield "    columns:"
    yield from (_column(column) for column in table.columns)


def _column(column: DescribedColumn) -> str:
    given = f"[{', '.join(column.suggests)}]" if len(column.suggests) > 1 else "".join(column.suggests) or "undecided"
    said = "; ".join((*column.says, *([f"refers to {column.refers_to}"] if column.refers_to else [])))
    return f"      # {_written(column.name)}: {{class: {given}}}" + (f"   # {said}" if said else "")


def _written(name: str) -> str:
    """Return a name as YAML reads it back: quoted where it would be read as something else, such as `on` or `null`."""
    return name if yaml.safe_load(name) == name else f'"{name}"'


def _to_decide(described: Described) -> Iterator[ToDecide]:
    for store in described.stores:
        yield ToDecide(place=f"stores.{store.name}", question="What kind of store is it?", suggested=store.kind)
        for table in store.tables:
            label = f"{store.name}.{table.name}"
            yield ToDecide(place=label, question="Whose row is a row, and in which role? Or does it answer nothing?")
            moments = ", ".join(each.name for each in table.columns if each.is_moment)
            yield ToDecide(place=label, question="Which column places a row in time, in which zone?", suggested=moments)
            for column in table.columns:
                suggested = ", ".join(column.suggests)
                yield ToDecide(
                    place=f"{label}.{column.name}", question="What is it in law, if it may leave?", suggested=suggested
                )
    yield ToDecide(place="identifiers", question="By which column is an account found, for each kind of identifier?")
