"""Which stores are open, and whom does an identifier stand for in them?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Self

from answerable.adapters.sources.connections import Connection, open_store
from answerable.adapters.sources.scanning import Scanning
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import DataMap
from answerable.collect.sharing import Subject
from answerable.errors import StoreFailed


class Sources:
    """The stores of one map, open for reading until the `with` block ends.

    `brought` are stores of what a person read and brought, by name; without it such a store is not open.
    """

    def __init__(
        self,
        data_map: DataMap,
        places: Mapping[str, Connection | str],
        *,
        now: Callable[[], datetime],
        brought: Mapping[str, Scanning] | None = None,
    ) -> None:
        self.now = now
        self._map = data_map
        self._open: dict[str, Scanning] = dict(brought or {})
        self._subjects: dict[Identifier, tuple[Subject, ...]] = {}
        try:
            for name, store in data_map.stores.items():
                if store.kind != "person":
                    self._open[name] = _opened(name, store.kind, places)
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
        """Whether a store can be read: one that only a person can ask is, once its records were brought."""
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
    places: Mapping[str, Connection | str],
    *,
    now: Callable[[], datetime],
    brought: Mapping[str, Scanning] | None = None,
) -> Sources:
    """Open every store of the map. `places` say how each store is reached, by name; a text alone is a path; `now` tells the time for the read log."""
    return Sources(data_map, places, now=now, brought=brought)


def _opened(name: str, kind: str, places: Mapping[str, Connection | str]) -> Scanning:
    if name not in places:
        raise StoreFailed(
            "collect.no-place",
            what=f"The store “{name}” has no place on this machine.",
            why="The data map names it, and the desk's settings do not say where it lies.",
            next_step=f"Add {name} under stores: in desk.yaml.",
        )
    try:
        return open_store(name, kind, Connection.model_validate(places[name]))
    except ImportError as fault:
        raise StoreFailed(
            "collect.no-driver",
            what=f"The store “{name}” cannot be opened by this installation.",
            why=f"What reads a store of the kind {kind} is not installed ({fault.name or type(fault).__name__}).",
            next_step="Install answerable[stores], for a warehouse answerable[spark], and start the desk again.",
        ) from fault
