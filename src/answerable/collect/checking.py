"""Does the data map fit the stores, and what can they not answer? Facts in, remarks out; no row is read.

What a store says of itself is read by an adapter. Here it is held against the map: what is missing, what no index helps,
what cannot be placed in time, what is never read because nobody named it, and which categories nobody here can answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from answerable.casefile.categories import CATEGORIES, DataClass
from answerable.casefile.encoding import Record
from answerable.collect.data_map import DataMap, Table


class Seen(Protocol):
    """What a store says of a column: its type in the store's words, and whether an index or sort order begins with it."""

    @property
    def type(self) -> str: ...
    @property
    def is_indexed(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What was seen of one store: the columns of each table that the map names, and what else lies there, by name only.

    `fault` says why it could not be opened. `writable` is whether the desk's account could write there, None where that
    is not known; `asks_a_person` is true of a store that nobody can ask but a person.
    """

    name: str
    tables: Mapping[str, Mapping[str, Seen]]
    others: tuple[str, ...] = ()
    writable: bool | None = None
    fault: str | None = None
    asks_a_person: bool = False


class Topic(StrEnum):
    """What a remark is about."""

    STORE = "store"
    TABLE = "table"
    COLUMN = "column"
    INDEX = "index"
    TIME = "time"
    NEVER_READ = "never read"
    UNANSWERABLE = "unanswerable"


class Remark(Record):
    """One thing seen: where, what, and what to do. `must_mend` where an answer would fail or be wrong because of it."""

    topic: Topic
    place: str
    must_mend: bool
    says: str
    next_step: str = ""


def examine(data_map: DataMap, facts: Mapping[str, StoreFacts]) -> tuple[Remark, ...]:
    """Return every remark on a map and its stores, store by store, then what no store can answer."""
    return (
        *(remark for name in data_map.stores for remark in examine_store(data_map, facts[name])),
        *_unanswerable(data_map),
    )


def examine_store(data_map: DataMap, facts: StoreFacts) -> tuple[Remark, ...]:
    """Return every remark on one store."""
    if facts.fault is not None:
        return (_mend(Topic.STORE, facts.name, facts.fault),)
    if facts.asks_a_person:
        return (_by_hand(facts.name),)
    tables = [table for table in data_map.tables if table.store == facts.name]
    return (
        *_writable(facts),
        *(remark for table in tables for remark in _table(table, facts.tables[table.table])),
        *_ways(data_map, facts),
        *_identifiers(data_map, facts),
        *_never_read(tables, facts),
    )


def touched(data_map: DataMap, store: str) -> dict[str, set[str]]:
    """Return, by table, every column of a store that the map touches: read, or only looked at."""
    found: dict[str, set[str]] = {}
    for table in data_map.tables:
        if table.store == store:
            found.setdefault(table.table, set()).update(columns_of(table))
        for key in table.subject_keys:
            if key.reached_from and key.reached_from.store == store:
                found.setdefault(key.reached_from.table, set()).update(key.reached_from.columns)
    for rule in data_map.identifiers.values():
        if rule.store == store:
            found.setdefault(rule.table, set()).update(rule.touched)
    return found


def columns_of(table: Table) -> tuple[str, ...]:
    """Return every column that the map names for a table, each once."""
    time = [table.time.column] if table.time else []
    return tuple(dict.fromkeys([*key_columns(table), *time, *table.order_by, *table.columns]))


def key_columns(table: Table) -> tuple[str, ...]:
    """Return the columns that say whose row it is."""
    return tuple(name for key in table.subject_keys for name in key.columns)


def _mend(topic: Topic, place: str, says: str, next_step: str = "") -> Remark:
    return Remark(topic=topic, place=place, must_mend=True, says=says, next_step=next_step)


def _know(topic: Topic, place: str, says: str, next_step: str = "") -> Remark:
    return Remark(topic=topic, place=place, must_mend=False, says=says, next_step=next_step)


def _writable(facts: StoreFacts) -> Iterator[Remark]:
    if facts.writable:
        yield _know(
            Topic.STORE,
            facts.name,
            "The desk's account could write here. It opens the store for reading only, but nothing else holds it back.",
            "Give the desk an account that may read and nothing more.",
        )


def _by_hand(store: str) -> Remark:
    return _know(Topic.STORE, store, "A person looks up what a plan needs here, and a second person confirms the file.")


def _table(table: Table, seen: Mapping[str, Seen]) -> Iterator[Remark]:
    if not seen:
        yield _missing_table(table.label)
        return
    for name in columns_of(table):
        if name not in seen:
            yield _missing_column(f"{table.label}.{name}")
    for name in dict.fromkeys(key.column for key in table.subject_keys):  # an index begins with the first
        if name in seen and not seen[name].is_indexed:
            yield _without_index(table, name)
    yield from _time(table, seen)


def _missing_table(place: str) -> Remark:
    return _mend(Topic.TABLE, place, "The map names this table, and the store has none of that name.",
                 "Correct the name, or take the table out of the map.")  # fmt: skip


def _missing_column(place: str) -> Remark:
    return _mend(Topic.COLUMN, place, "The map names this column, and the table has none of that name.",
                 "Correct the name, or take the column out of the map.")  # fmt: skip


def _without_index(table: Table, name: str) -> Remark:
    both = f"({name}, {table.time.column})" if table.time else f"({name})"
    return _know(
        Topic.INDEX,
        f"{table.label}.{name}",
        "No index or sort order begins with this subject key: every look for one person reads the whole table.",
        f"Make an index on {both}, or sort the files so.",
    )


_IS_MOMENT = re.compile(r"time|date", re.I)
_IS_TEXT = re.compile(r"^(any)?$|char|text|clob|string|utf8", re.I)
_CARRIES_ZONE = re.compile(r"with time zone|timestamptz|timestamp_?ltz|tz\s*=", re.I)


def _time(table: Table, seen: Mapping[str, Seen]) -> Iterator[Remark]:
    """Say whether rows can be placed in time: by type, and by the zone of what is written without one."""
    if table.time is None:
        heavier = sorted({code for column in table.columns.values() for code in column.category} - _SUBSCRIBER)
        if heavier:
            yield _know(
                Topic.TIME,
                table.label,
                f"Rows here have no time, so {', '.join(heavier)} cannot be cut to a period and is never read.",
                "Name the column that places a row in time, if there is one.",
            )
        return
    column, zone = table.time.column, table.time.zone
    if column not in seen:
        return
    place, kind = f"{table.label}.{column}", seen[column].type
    # A column without a type of its own holds anything: the reading refuses a row that is no moment.
    if not (kind == "any" or _IS_MOMENT.search(kind) or _IS_TEXT.search(kind)):
        yield _mend(
            Topic.TIME,
            place,
            f"Rows are placed in time by this column, and it holds {kind}, which is no moment.",
            "Name a column of dates and times, or let a view write it as one.",
        )
    elif _CARRIES_ZONE.search(kind):
        if zone != "UTC":
            yield _know(Topic.TIME, place, f"Its moments carry their zone, so {zone} of the map is never used.")
    else:
        yield _know(
            Topic.TIME,
            place,
            f"Moments written without a zone are taken as {zone}.",
            "Ask whoever writes them: an hour wrong here is an hour too much or too little in every answer.",
        )


def _ways(data_map: DataMap, facts: StoreFacts) -> Iterator[Remark]:
    """Say which tables, and columns of them, that lead from one table to another are not there."""
    for table in data_map.tables:
        for way in (key.reached_from for key in table.subject_keys if key.reached_from):
            if way.store != facts.name:
                continue
            seen = facts.tables[way.table]
            if not seen:
                yield _missing_table(way.label)
            yield from (_missing_column(f"{way.label}.{name}") for name in way.columns if seen and name not in seen)


def _identifiers(data_map: DataMap, facts: StoreFacts) -> Iterator[Remark]:
    for kind, rule in data_map.identifiers.items():
        if rule.store != facts.name:
            continue
        seen = facts.tables[rule.table]
        if not seen:
            yield _missing_table(f"identifiers.{kind}: {rule.store}.{rule.table}")
            continue
        for name in sorted(rule.touched):
            if name not in seen:
                yield _missing_column(f"identifiers.{kind}: {rule.store}.{rule.table}.{name}")


def _never_read(tables: list[Table], facts: StoreFacts) -> Iterator[Remark]:
    """Name what lies in the store and has no class: it is never read, which is right for most of it."""
    for table in tables:
        unnamed = [name for name in facts.tables[table.table] if name not in table.columns]
        if unnamed:
            yield _know(Topic.NEVER_READ, table.label, f"Columns without a class: {', '.join(sorted(unnamed))}.")
    if facts.others:
        yield _know(
            Topic.NEVER_READ, facts.name, f"Tables that the map does not name: {', '.join(sorted(facts.others))}."
        )


_SUBSCRIBER = {code for code, each in CATEGORIES.items() if each.data_class is DataClass.SUBSCRIBER}


def _unanswerable(data_map: DataMap) -> Iterator[Remark]:
    """Name each category of the law that no column answers, and each that only tables without time could."""
    for code, category in CATEGORIES.items():
        named = [
            table for table in data_map.tables if any(code in column.category for column in table.columns.values())
        ]
        if not named:
            yield _know(
                Topic.UNANSWERABLE, code, f"No column has it ({category.label}): to a demand for it we hold nothing."
            )
        elif code not in _SUBSCRIBER and all(table.time is None for table in named):
            labels = ", ".join(table.label for table in named)
            yield _know(Topic.UNANSWERABLE, code, f"Only {labels} has it, without time: it cannot be cut to a period.")
