"""Where does the provider keep what, and what may each column be called in law? docs/formats/data-map.md.

The map fails closed: an unknown key is an error, a column not named is never read, a column without a legal class cannot
be named, content of a table with several parties needs the role that wrote it, and a table is reached from another only
where the map says so, in that direction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError, model_validator

from answerable.casefile.categories import DataClass, data_class
from answerable.casefile.encoding import Record
from answerable.casefile.scope import CategoryCode, IdentifierKind
from answerable.collect.scan import TARGET
from answerable.errors import MalformedDataMap

_LONGEST = 1_000_000
MOST_HOPS = 3  # account → device → session → connection; whoever travels further reaches everybody


def _not_ours(name: str) -> str:
    if name.lower() == TARGET:
        raise ValueError(f"{TARGET} is the name that an answer gives to the number of the identifier")
    return name


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"), AfterValidator(_not_ours)]
Role = Literal["subject", "author", "addressee", "payer", "holder", "member"]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise ValueError(f"{name[:60]!r} is no time zone, such as UTC or Europe/Amsterdam") from fault


def _either(value: Any) -> Any:
    """Let one column be written as `column`, and several that only together name somebody as `columns`."""
    if isinstance(value, dict) and "column" in value:
        if "columns" in value:
            raise ValueError("column and columns exclude each other")
        if not isinstance(value["column"], str):
            raise ValueError("column: Input should be a name; several are written as columns")
        value = {key: each for key, each in value.items() if key != "column"} | {"columns": [value["column"]]}
    return value


class Store(Record):
    """A place of records. Where it lies is a setting of the desk, never of the map; `person` is one that cannot be asked."""

    kind: Literal["sqlite", "postgres", "mysql", "parquet", "warehouse", "person"]


class ReachedFrom(Record):
    """Where the values of a subject key come from: these columns, in the rows of another table that are the person's.

    `role` is the person's there, and needed where that table knows several.
    """

    store: Name
    table: Name
    columns: Annotated[tuple[Name, ...], Field(min_length=1)]
    role: Role | None = None

    _one_or_several = model_validator(mode="before")(_either)

    @property
    def label(self) -> str:
        """Store and table."""
        return f"{self.store}.{self.table}"


class SubjectKey(Record):
    """The columns that say, together, whose row it is, and in which role.

    With `same`, each of them alone holds the subject: a copy in one's own mailbox that one wrote oneself.
    """

    columns: Annotated[tuple[Name, ...], Field(min_length=1)]
    role: Role
    same: bool = False
    reached_from: ReachedFrom | None = None

    _one_or_several = model_validator(mode="before")(_either)

    @property
    def column(self) -> str:
        """The first column, the only one of most keys."""
        return self.columns[0]

    @property
    def width(self) -> int:
        """Of how many values a subject of this key consists."""
        return 1 if self.same else len(self.columns)


class TimeColumn(Record):
    """The column by which a row belongs to a period. `zone` is that of values written without one, an IANA name."""

    column: Name
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"


class OnlyIf(Record):
    """The role the target must have in a row for a column of it to be read."""

    role: Role


class Column(Record):
    """What a column may be called in law, and what happens to a third party's value in it.

    `token` replaces it; `flag` marks each row with free text in it for a person, because nobody can mask that by rule.
    """

    category: Annotated[tuple[CategoryCode, ...], BeforeValidator(_as_list), Field(alias="class", min_length=1)]
    third_party: Literal["token", "flag"] | None = None
    only_if: OnlyIf | None = None


class Table(Record):
    """One table, or one folder of files, of a store. `retention` is how long rows are kept, as P180D."""

    store: Name
    table: Name
    subject_keys: Annotated[tuple[SubjectKey, ...], Field(min_length=1)]
    time: TimeColumn | None = None
    order_by: Annotated[tuple[Name, ...], Field(min_length=1)]
    retention: Annotated[str, StringConstraints(pattern=r"^P[1-9][0-9]{0,4}D$")] | None = None
    columns: Annotated[dict[Name, Column], Field(min_length=1)]

    @property
    def label(self) -> str:
        """Store and table, as packages name them."""
        return f"{self.store}.{self.table}"

    @property
    def days_kept(self) -> int | None:
        """How many days a row is kept, None where the map does not say."""
        return int(self.retention[1:-1]) if self.retention else None

    @property
    def touched(self) -> frozenset[str]:
        """Every column that a reading of this table can touch."""
        keys = {name for key in self.subject_keys for name in key.columns}
        return frozenset({*self.columns, *self.order_by, *keys, *((self.time.column,) if self.time else ())})

    @model_validator(mode="after")
    def _fails_closed(self) -> Self:
        parties = [key.role for key in self.subject_keys]
        roles = set(parties)
        for name, column in self.columns.items():
            if column.only_if and column.only_if.role not in roles:
                raise ValueError(f"{name}: only_if names a role that no subject key has")
            is_content = DataClass.CONTENT in map(data_class, column.category)
            if is_content and len(parties) > 1 and column.only_if is None:
                raise ValueError(f"{name}: content of a table with several parties needs only_if")
            if column.only_if and parties.count(column.only_if.role) > 1:
                raise ValueError(f"{name}: only_if names a role that several parties have, so it tells nobody apart")
        for key in self.subject_keys:
            for name in key.columns:
                named = self.columns.get(name)
                if named and len(self.subject_keys) > 1 and named.third_party != "token":
                    raise ValueError(f"{name}: names somebody else in some rows, so it needs third_party: token")
        return self


class IdentifierRule(Record):
    """How an identifier of the demand is found: this column gives that key. For an IP address, within some seconds.

    `keys` are the columns that only together name somebody; `key` in the file, one name or a list.
    """

    store: Name
    table: Name
    column: Name
    keys: Annotated[tuple[Name, ...], BeforeValidator(_as_list), Field(alias="key", min_length=1)]
    time: Name | None = None
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    within_seconds: Annotated[int, Field(ge=0, le=3600)] = 0

    @property
    def key(self) -> str:
        """The first column of the key, the only one of most rules."""
        return self.keys[0]

    @property
    def touched(self) -> frozenset[str]:
        """Every column that looking somebody up touches."""
        return frozenset({self.column, *self.keys, *((self.time,) if self.time else ())})


class DataMap(Record):
    """The whole map."""

    version: Literal[1]
    stores: Annotated[dict[Name, Store], Field(min_length=1)]
    identifiers: dict[IdentifierKind, IdentifierRule]
    tables: Annotated[tuple[Table, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_known_stores(self) -> Self:
        used = {table.store for table in self.tables} | {rule.store for rule in self.identifiers.values()}
        if used - set(self.stores):
            raise ValueError("a table or identifier names a store that is not listed")
        labels = [table.label for table in self.tables]
        if len(labels) != len(set(labels)):
            raise ValueError("a table is listed twice")
        if IdentifierKind.IP in self.identifiers and self.identifiers[IdentifierKind.IP].time is None:
            raise ValueError("identifiers.ip: an IP address is nobody's without its moment, so time is needed")
        if any(self.stores[rule.store].kind == "person" for rule in self.identifiers.values()):
            raise ValueError("an identifier is looked up in a store that cannot be asked")
        return self

    @model_validator(mode="after")
    def _travels_one_way(self) -> Self:
        for table in self.tables:
            for key in table.subject_keys:
                for _ in self.travel(table, key):
                    pass
        widths = {len(rule.keys) for rule in self.identifiers.values()}
        for table in self.tables:
            for key in table.subject_keys:
                if key.reached_from is None and widths and key.width not in widths:
                    raise ValueError(
                        f"{table.label}: a subject key of {key.width} columns, and no identifier gives so many"
                    )
        return self

    def free_text(self, categories: Collection[str]) -> tuple[str, ...]:
        """Return, as store.table.column, where an answer of these categories would hold free text in which others may be named."""
        return tuple(
            f"{table.label}.{name}"
            for table in self.tables
            for name, column in table.columns.items()
            if column.third_party == "flag" and not set(categories).isdisjoint(column.category)
        )

    def travel(self, table: Table, key: SubjectKey) -> Iterator[tuple[Table, SubjectKey]]:
        """Yield the tables and keys that lead to `key`, nearest first. Refuses what is not there, a circle, a long way."""
        seen = [table.label]
        while (way := key.reached_from) is not None:
            before = next((each for each in self.tables if each.label == way.label), None)
            if before is None:
                raise ValueError(f"{table.label}: reached_from names a table that is not listed")
            if before.label in seen or len(seen) > MOST_HOPS:
                raise ValueError(
                    f"{table.label}: reached_from goes round in a circle, or over more than {MOST_HOPS} tables"
                )
            if "person" in (self.stores[before.store].kind, self.stores[table.store].kind):
                raise ValueError(f"{table.label}: reached_from goes through a store that cannot be asked")
            fitting = [each for each in before.subject_keys if way.role in (None, each.role)]
            if len(fitting) != 1:
                raise ValueError(
                    f"{table.label}: reached_from needs the one role that the person has in {before.label}"
                )
            if len(way.columns) != key.width:
                raise ValueError(f"{table.label}: reached_from has not as many columns as its key")
            seen.append(before.label)
            key = fitting[0]
            yield before, key


class _Strict(yaml.SafeLoader):
    """Refuses repeated keys, and anchors, with which a small file can become a huge one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "anchors and aliases are not allowed", None)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(map(str, keys))):
            raise yaml.constructor.ConstructorError(None, None, "a key is written twice", node.start_mark)
        return super().construct_mapping(node, deep)


def load_data_map(text: str) -> DataMap:
    """Return the map written in YAML. Refuses, with the place, whatever is unknown, missing or open."""
    try:
        if len(text) > _LONGEST:
            raise ValueError("longer than a map can be")
        return DataMap.model_validate(yaml.load(text, _Strict))  # noqa: S506 - a SafeLoader
    except ValidationError as fault:
        places = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'the map'}: {each['msg']}" for each in fault.errors()[:5]
        )
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as fault:
        places = " ".join(str(fault).split())[:500]
    raise MalformedDataMap(
        "data-map.malformed",
        what="The data map cannot be trusted as it stands.",
        why=places,
        next_step="Correct the map; docs/formats/data-map.md shows every key with an example.",
    )
