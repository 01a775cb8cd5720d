"""What do the stores say of themselves? Tables, columns, types, indexes; no row is read.

Each store is opened by itself, so that one that is away hides nothing of the others.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from answerable.adapters.sources.connections import Connection
from answerable.adapters.sources.opening import open_sources
from answerable.adapters.sources.source import failed
from answerable.casefile.scope import Identifier
from answerable.collect.by_hand import PERSON
from answerable.collect.checking import StoreFacts, touched
from answerable.collect.data_map import DataMap
from answerable.errors import AnswerableError


def read_facts(
    data_map: DataMap, places: Mapping[str, Connection | str], *, now: Callable[[], datetime]
) -> dict[str, StoreFacts]:
    """Return what each store of the map says of itself, or why it could not be opened."""
    return {name: store_facts(data_map, places, name, now=now) for name in data_map.stores}


def store_facts(
    data_map: DataMap, places: Mapping[str, Connection | str], name: str, *, now: Callable[[], datetime]
) -> StoreFacts:
    """Return what one store of the map says of itself, or why it could not be opened."""
    kind = data_map.stores[name].kind
    if kind == PERSON:
        return StoreFacts(name, {}, asks_a_person=True)
    try:
        with open_sources(only(data_map, [name]), places, now=now) as sources:
            tables = {table: sources.store(name).columns(table) for table in touched(data_map, name)}
        others, writable = _beside(kind, Connection.model_validate(places[name]).path or "", tables)
    except (OSError, sqlite3.Error) as fault:
        return StoreFacts(name, {}, fault=_in_words(failed(name, fault)))
    except AnswerableError as fault:
        return StoreFacts(name, {}, fault=_in_words(fault))
    return StoreFacts(name, tables, others=others, writable=writable)


def _in_words(fault: AnswerableError) -> str:
    return f"{fault.what} {fault.why} {fault.next_step} ({fault.code})"


def whose(
    data_map: DataMap,
    places: Mapping[str, Connection | str],
    identifiers: Collection[Identifier],
    *,
    now: Callable[[], datetime],
) -> dict[Identifier, tuple[str, ...]]:
    """Return the subject of each identifier that stands for one person. Opens only the stores in which that is found."""
    rules = {each: data_map.identifiers[each.kind] for each in identifiers if each.kind in data_map.identifiers}
    found: dict[Identifier, tuple[str, ...]] = {}
    # Nobody can be found in a store that only a person can look into.
    asked = {rule.store for rule in rules.values() if data_map.stores[rule.store].kind != PERSON}
    if asked:
        with open_sources(only(data_map, asked), places, now=now) as sources:
            for each, rule in rules.items():
                subjects = sources.subjects([each])[each] if rule.store in asked else ()
                if len(subjects) == 1:
                    found[each] = subjects[0]
    return found


def only(data_map: DataMap, stores: Collection[str]) -> DataMap:
    """Return the part of a map that lies in some of its stores."""
    return data_map.model_copy(
        update={
            "stores": {name: each for name, each in data_map.stores.items() if name in stores},
            "identifiers": {kind: rule for kind, rule in data_map.identifiers.items() if rule.store in stores},
            "tables": tuple(table for table in data_map.tables if table.store in stores),
        }
    )


def _sqlite_tables(path: Path) -> list[str]:
    text = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return [row[0] for row in db.execute(text)]


def _parquet_tables(folder: Path) -> list[str]:
    return [each.name for each in sorted(folder.iterdir()) if each.is_dir()]


_LISTS: dict[str, Callable[[Path], list[str]]] = {"sqlite": _sqlite_tables, "parquet": _parquet_tables}


def _beside(kind: str, place: str, named: Collection[str]) -> tuple[tuple[str, ...], bool | None]:
    """Return the tables that the map does not name, and whether we could write there, for what lies on our own disk."""
    if kind not in _LISTS or "://" in place:
        return (), None
    return tuple(each for each in _LISTS[kind](Path(place)) if each not in named), os.access(place, os.W_OK)
