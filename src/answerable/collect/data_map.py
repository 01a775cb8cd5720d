"""Where does the provider keep what, and what may each column be called in law? docs/formats/data-map.md.

The map fails closed: an unknown key is an error, a column not named is never read, a column without a legal class cannot
be named, and content of a table with several parties needs the role that wrote it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, model_validator

from answerable.casefile.categories import DataClass, data_class
from answerable.casefile.encoding import Record
from answerable.casefile.scope import CategoryCode, IdentifierKind
from answerable.errors import MalformedDataMap

_LONGEST = 1_000_000
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
Role = Literal["subject", "author", "addressee", "payer", "holder", "member"]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Store(Record):
    """A place of records. Where it lies is a setting of the desk, never of the map."""

    kind: Literal["sqlite", "parquet"]


class SubjectKey(Record):
    """A column that says whose row it is, and in which role."""

    column: Name
    role: Role


class TimeColumn(Record):
    """The column by which a row belongs to a period. `zone` is that of values written without one."""

    column: Name
    zone: Literal["UTC"] = "UTC"


class OnlyIf(Record):
    """The role the target must have in a row for a column of it to be read."""

    role: Role


class Column(Record):
    """What a column may be called in law, and what happens to a third party's value in it."""

    category: Annotated[tuple[CategoryCode, ...], BeforeValidator(_as_list), Field(alias="class", min_length=1)]
    third_party: Literal["token"] | None = None
    only_if: OnlyIf | None = None


class Table(Record):
    """One table, or one folder of files, of a store."""

    store: Name
    table: Name
    subject_keys: Annotated[tuple[SubjectKey, ...], Field(min_length=1)]
    time: TimeColumn | None = None
    order_by: Annotated[tuple[Name, ...], Field(min_length=1)]
    columns: Annotated[dict[Name, Column], Field(min_length=1)]

    @property
    def label(self) -> str:
        """Store and table, as packages name them."""
        return f"{self.store}.{self.table}"

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
            column_ = self.columns.get(key.column)
            if column_ and len(self.subject_keys) > 1 and column_.third_party is None:
                raise ValueError(f"{key.column}: names somebody else in some rows, so it needs third_party: token")
        return self


class IdentifierRule(Record):
    """How an identifier of the demand is found: this column gives that key. For an IP address, within some seconds."""

    store: Name
    table: Name
    column: Name
    key: Name
    time: Name | None = None
    within_seconds: Annotated[int, Field(ge=0, le=3600)] = 0


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
        return self


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
