"""Which stores are open, and whom does an identifier stand for in them?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

from answerable.adapters.sources.parquet import ParquetSource
from answerable.adapters.sources.source import Source
from answerable.adapters.sources.sqlite import SqliteSource
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import DataMap
from answerable.collect.plan import Step
from answerable.errors import StoreFailed

_KINDS: dict[str, Callable[[str, Path], Source]] = {"sqlite": SqliteSource, "parquet": ParquetSource}


class Sources:
    """The stores of one map, open for reading until the `with` block ends."""

    def __init__(self, data_map: DataMap, places: Mapping[str, str], *, now: Callable[[], datetime]) -> None:
        self.now = now
        self._map = data_map
        self._open: dict[str, Source] = {}
        self._subjects: dict[Identifier, tuple[str, ...]] = {}
        for name, store in data_map.stores.items():
            if name not in places:
                self.close()
                raise StoreFailed(
                    "collect.no-place",
                    what=f"The store “{name}” has no place on this machine.",
                    why="The data map names it, and the desk's settings do not say where it lies.",
                    next_step=f"Add {name} under stores: in desk.yaml.",
                )
            self._open[name] = _KINDS[store.kind](name, Path(places[name]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every store."""
        for source in self._open.values():
            source.close()

    def store(self, name: str) -> Source:
        """Return a store by its name."""
        return self._open[name]

    def of(self, step: Step) -> Source:
        """Return the store a step reads."""
        return self._open[step.store]

    def subjects(self, identifier: Identifier) -> tuple[str, ...]:
        """Return whom an identifier stands for: nobody, one, or more than one, which is a question for a person."""
        if identifier not in self._subjects:
            rule = self._map.identifiers.get(identifier.kind)
            # Where the map needs a moment to tell people apart, an identifier without one stands for nobody.
            is_named = rule is not None and not (rule.time and identifier.at is None)
            self._subjects[identifier] = self._open[rule.store].resolve(rule, identifier) if rule and is_named else ()
        return self._subjects[identifier]

    def count(self, step: Step) -> int:
        """Return how many rows a step would give."""
        return sum(self.of(step).count(step, subject) for subject in self.subjects(step.identifier))


def check_store(data_map: DataMap, places: Mapping[str, str], name: str, *, now: Callable[[], datetime]) -> None:
    """Refuse a store in which a table or column that the map names is not there. Reads no row."""
    with Sources(data_map, places, now=now) as sources:
        source = sources.store(name)
        for table in data_map.tables:
            if table.store == name:
                keys = {key.column for key in table.subject_keys} | ({table.time.column} if table.time else set())
                source.check(table.table, {*table.columns, *table.order_by, *keys})
        for rule in data_map.identifiers.values():
            if rule.store == name:
                source.check(rule.table, {rule.column, rule.key} | ({rule.time} if rule.time else set()))


def open_sources(data_map: DataMap, places: Mapping[str, str], *, now: Callable[[], datetime]) -> Sources:
    """Open every store of the map. `places` are paths by store name; `now` tells the time for the read log."""
    return Sources(data_map, places, now=now)
