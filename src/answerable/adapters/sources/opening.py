"""Which stores are open, and whom does an identifier stand for in them?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Self, cast

from answerable.adapters.sources.person import PersonStore
from answerable.adapters.sources.scanning import Scanning
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import DataMap
from answerable.collect.sharing import Subject
from answerable.errors import StoreFailed

# A driver is imported with the first store of its kind: a desk without such a store need not have it.
_KINDS = {
    "sqlite": ("answerable.adapters.sources.sqlite", "SqliteStore"),
    "postgres": ("answerable.adapters.sources.postgres", "PostgresStore"),
    "mysql": ("answerable.adapters.sources.mysql", "MysqlStore"),
    "parquet": ("answerable.adapters.sources.parquet", "ParquetStore"),
    "warehouse": ("answerable.adapters.sources.warehouse", "WarehouseStore"),
}
_ON_DISK = ("sqlite", "parquet")


class Sources:
    """The stores of one map, open for reading until the `with` block ends."""

    def __init__(
        self,
        data_map: DataMap,
        places: Mapping[str, str],
        *,
        now: Callable[[], datetime],
        looked_up: Mapping[str, Mapping[str, Path]] | None = None,
    ) -> None:
        self.now = now
        self._map = data_map
        self._open: dict[str, Scanning] = {}
        self._subjects: dict[Identifier, tuple[Subject, ...]] = {}
        try:
            for name, store in data_map.stores.items():
                if store.kind != "person":
                    self._open[name] = _opened(name, store.kind, places)
                elif looked_up is not None:
                    self._open[name] = PersonStore(name, looked_up.get(name, {}))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every store."""
        for store in self._open.values():
            store.close()

    def store(self, name: str) -> Scanning:
        """Return a store by its name."""
        return self._open[name]

    def is_open(self, name: str) -> bool:
        """Whether a store can be read: one that only a person can look into is, where its files were given."""
        return name in self._open

    def interrupt(self) -> None:
        """Stop every reading that runs."""
        for store in self._open.values():
            store.interrupt()

    def subjects(self, identifiers: Iterable[Identifier]) -> dict[Identifier, tuple[Subject, ...]]:
        """Return whom each identifier stands for: nobody, one, or more than one, which is a question for a person.

        Identifiers of one kind are looked up together.
        """
        asked = list(dict.fromkeys(identifiers))
        for kind, rule in self._map.identifiers.items():
            # Where the map needs a moment to tell people apart, an identifier without one stands for nobody.
            unknown = [
                each
                for each in asked
                if each.kind == kind and each not in self._subjects and not (rule.time and each.at is None)
            ]
            if unknown:
                found = self._open[rule.store].resolve(rule, unknown)
                self._subjects |= zip(unknown, found, strict=True)
        return {each: self._subjects.get(each, ()) for each in asked}


def open_sources(
    data_map: DataMap,
    places: Mapping[str, str],
    *,
    now: Callable[[], datetime],
    looked_up: Mapping[str, Mapping[str, Path]] | None = None,
) -> Sources:
    """Open every store of the map. `places` are paths by store name; `now` tells the time for the read log.

    `looked_up` are the confirmed files of stores that only a person can look into, by store and table; without it these
    stay shut.
    """
    return Sources(data_map, places, now=now, looked_up=looked_up)


def _opened(name: str, kind: str, places: Mapping[str, str]) -> Scanning:
    if name not in places:
        raise StoreFailed(
            "collect.no-place",
            what=f"The store “{name}” has no place on this machine.",
            why="The data map names it, and the desk's settings do not say where it lies.",
            next_step=f"Add {name} under stores: in desk.yaml.",
        )
    module, made_by = _KINDS[kind]
    try:
        opener = getattr(import_module(module), made_by)
    except ImportError as fault:
        raise StoreFailed(
            "collect.no-driver",
            what=f"The store “{name}” cannot be opened by this installation.",
            why=f"What reads a store of the kind {kind} is not installed ({fault.name or type(fault).__name__}).",
            next_step="Install answerable[stores], for a warehouse answerable[spark], and start the desk again.",
        ) from fault
    place = places[name]
    is_path = kind in _ON_DISK and "://" not in place
    return cast("Scanning", opener(name, Path(place) if is_path else place))
