"""What do the stores say of themselves? Tables, columns, types, indexes; no row is read.

Each store is opened by itself, so that one that is away hides nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

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
            store = sources.store(name)
            tables = {table: store.columns(table) for table in touched(data_map, name)}
            others = tuple(sorted(set(store.tables()) - tables.keys()))
            writable = store.is_writable()
    except OSError as fault:
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
