"""What does a description say of a store, in words of our own? And how is a file that may be hostile read?

Anchors, repeated keys, depth and size are limited before anything is built; names that no data map could hold are left
out and told; whatever else is quoted stands on one line, cut short.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeGuard

import yaml

from answerable.casefile.encoding import Record
from answerable.errors import MalformedDataMap
from answerable.law.pack import load_yaml

_LONGEST = 2_000_000
_DEEPEST = 40
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_QUOTED = 80


class DescribedColumn(Record):
    """A column, what the description says of it, and what that may be in law."""

    name: str
    says: tuple[str, ...] = ()
    suggests: tuple[str, ...] = ()
    refers_to: str = ""
    identity: str = ""
    is_key: bool = False
    is_moment: bool = False
    zone: str = ""


class DescribedTable(Record):
    """A table and those of its columns that a map could name."""

    name: str
    columns: tuple[DescribedColumn, ...]


class DescribedStore(Record):
    """A store, the kind it may be, and its tables."""

    name: str
    kind: str = ""
    tables: tuple[DescribedTable, ...]


class Described(Record):
    """All that one file describes. `left_out` says what could not be taken over, and why."""

    origin: str
    stores: tuple[DescribedStore, ...]
    left_out: tuple[str, ...]


def load(text: str, *, what: str) -> dict[str, Any]:
    """Return the mapping that a YAML or JSON text holds. Refuses anchors, repeated keys, depth, size, anything else."""
    try:
        _refuse_bombs(text)
        found = load_yaml(text)
    except yaml.MarkedYAMLError as fault:
        line = f" in line {fault.problem_mark.line + 1}" if fault.problem_mark else ""
        raise not_importable(what, f"{plain(fault.problem or 'It is not YAML')}{line}.") from fault
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError) as fault:
        why = str(fault) if isinstance(fault, _Refused) else "It is not YAML as this can be read."
        raise not_importable(what, why) from fault
    if not isinstance(found, dict):
        raise not_importable(what, "At its top there is no mapping of keys.")
    return found


class _Refused(ValueError):
    """A limit that a file went over."""


def _refuse_bombs(text: str) -> None:
    if len(text) > _LONGEST:
        raise _Refused(f"It is longer than {_LONGEST:,} characters.")
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("It uses anchors, with which a small file grows huge.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _Refused(f"It is nested deeper than {_DEEPEST} levels.")


def not_importable(what: str, why: str) -> MalformedDataMap:
    """Return the error for a description that cannot be taken over."""
    return MalformedDataMap(
        "data-map.not-importable",
        what=f"The file cannot be read as {what}.",
        why=why,
        next_step="Correct the file, or write the data map by hand: docs/guide/stores.md shows how.",
    )


def mappings(value: Any, *, what: str, place: str) -> Iterator[dict[str, Any]]:
    """Yield the mappings of a list. Refuses whatever is not one, by its place."""
    if value is None:
        return
    if not isinstance(value, list):
        raise not_importable(what, f"{place} is not a list.")
    for number, each in enumerate(value, 1):
        if not isinstance(each, dict):
            raise not_importable(what, f"Entry {number} of {place} is not a mapping of keys.")
        yield each


def words(value: Any) -> tuple[str, ...]:
    """Return the texts of a list of texts, or of one text, each plain; nothing else."""
    found = value if isinstance(value, list) else [value]
    return tuple(plain(each) for each in found if isinstance(each, str) and plain(each))


def plain(value: object) -> str:
    """Return a value as text that stays on its line: no line break of any kind, nothing that steers a terminal."""
    text = "".join(each for each in str(value) if each.isprintable())
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"


def fits(name: Any) -> TypeGuard[str]:
    """Whether a data map can hold this name of a table or column."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def store_name(name: object) -> str:
    """Return a name for a store that a map can hold: ours to choose, so what does not fit is replaced."""
    made = re.sub(r"[^A-Za-z0-9_]", "_", str(name))[:63]
    return made if fits(made) else f"store_{made}"[:63]


def distinct(tables: list[DescribedTable], left_out: list[str]) -> tuple[DescribedTable, ...]:
    """Return the tables, each once; a second one of the same name is told."""
    kept: dict[str, DescribedTable] = {}
    for table in tables:
        if table.name in kept:
            left_out.append(f"{table.name}: described twice; the first was taken.")
        kept.setdefault(table.name, table)
    return tuple(kept.values())
