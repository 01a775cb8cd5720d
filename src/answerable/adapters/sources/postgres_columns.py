"""What does PostgreSQL say of a table, how is each of its types compared and carried over, and what may the role do?"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import pyarrow as pa

from answerable.adapters.sources.batches import MOMENT, moments
from answerable.adapters.sources.source import quoted
from answerable.adapters.sources.targets import Clock, is_decimal, is_octets, is_text, is_uuid, is_whole

# The catalogue rather than information_schema: materialised views and domains are in it, and so is the first column of
# each index. A partial index is none: it does not serve every question.
_COLUMNS = """\
SELECT a.attname, b.typname, format_type(a.atttypid, a.atttypmod),
       CASE WHEN l.collisdeterministic THEN NULL ELSE quote_ident(n.nspname) || '.' || quote_ident(l.collname) END,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indkey[0] = a.attnum
               AND i.indisvalid AND i.indpred IS NULL)
FROM pg_attribute a
JOIN pg_type y ON y.oid = a.atttypid
JOIN pg_type b ON b.oid = COALESCE(NULLIF(y.typbasetype, 0), y.oid)
LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_namespace n ON n.oid = l.collnamespace
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
  AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attnum"""
_TABLES = """\
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition AND pg_table_is_visible(oid)
  AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND has_any_column_privilege(oid, 'SELECT')"""
_RIGHTS = """\
WITH mine AS (SELECT oid, rolsuper, rolcreaterole FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')),
     places AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
SELECT 'do everything, as a superuser' FROM mine WHERE rolsuper
UNION SELECT 'make roles' FROM mine WHERE rolcreaterole
UNION SELECT 'create in the database' FROM mine WHERE has_database_privilege(mine.oid, current_database(), 'CREATE')
UNION SELECT 'create in the schema ' || nspname FROM mine, places WHERE has_schema_privilege(mine.oid, places.oid, 'CREATE')
UNION SELECT 'write to ' || nspname || '.' || relname
FROM mine, places JOIN pg_class c ON c.relnamespace = places.oid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND (c.relowner = mine.oid OR has_table_privilege(mine.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
       OR has_any_column_privilege(mine.oid, c.oid, 'INSERT, UPDATE'))
ORDER BY 1"""
_DAYS, _MICROS = 10_957, 946_684_800_000_000  # from 1970 to 2000, where PostgreSQL begins to count
_TEXTS = ("text", "varchar")
_WHOLE = {"int2": 15, "int4": 31, "int8": 63}
_PLAIN: dict[str, pa.DataType] = {
    "text": pa.string(),
    "varchar": pa.string(),
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float8": pa.float64(),
    "bytea": pa.binary(),
    "timestamptz": MOMENT,
    "timestamp": MOMENT,
    "date": pa.date32(),
}
_CLOCKS: dict[str, Clock] = {"timestamptz": "utc", "timestamp": "wall", "date": "wall"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `collation` is named only where it takes different texts for equal."""

    name: str
    type: str
    shown: str
    collation: str | None
    is_indexed: bool

    @property
    def _as_text(self) -> str:
        return f"t.{quoted(self.name)}::text"

    @property
    def arrow(self) -> pa.DataType:
        """The type in which values leave; what has no equal without loss leaves as the text the database writes."""
        return _PLAIN.get(self.type, pa.string())

    @property
    def clock(self) -> Clock | None:
        """Whose moments the column holds, None where it holds none."""
        return _CLOCKS.get(self.type)

    @property
    def selected(self) -> str:
        """The column in the list of a query."""
        return f"t.{quoted(self.name)}" if self.type in _PLAIN else f"{self._as_text} AS {quoted(self.name)}"

    @property
    def ordered(self) -> str:
        """The column in the order of a query: texts by their octets, as every store can, and what is not there first."""
        exact = ' COLLATE "C"' if self.type in _TEXTS else ""
        return f"t.{quoted(self.name)}{exact} NULLS FIRST"

    @property
    def key_text(self) -> str:
        """The column as the text by which a subject is known: octets in hexadecimal digits."""
        return f"encode(t.{quoted(self.name)}, 'hex')" if self.type == "bytea" else self._as_text

    def holds(self, value: str) -> bool:
        """Whether the column can hold a value, written exactly so."""
        return is_text(value) and _HOLDS.get(self.type, _whole(self.type))(value)

    def sent(self, value: str) -> str:
        """Return a value as it is sent."""
        return value

    def equals(self, other: str) -> str:
        """Return the condition that the column equals a text exactly: by its index first, then by its octets."""
        mine = f"t.{quoted(self.name)}"
        exactly = f'{self._as_text} COLLATE "C" = {other}'
        if self.type in _TEXTS and self.collation is None:
            return f"{mine} = {other}"
        if self.type in _TEXTS:
            return f"{mine} = {other} COLLATE {self.collation} AND {exactly}"
        if self.type in ("citext", "bpchar", "numeric"):
            return f"{mine} = {other}::{self.type} AND {exactly}"
        if self.type in _WHOLE:
            return f"{mine} = {other}::int8"
        if self.type in ("uuid", "inet"):
            return f"{mine} = {other}::{self.type}"
        return f"{mine} = decode({other}, 'hex')" if self.type == "bytea" else exactly

    def folded(self, other: str) -> str:
        """Return the condition that the column equals a text but for the case of A to Z."""
        if self.type not in (*_TEXTS, "citext", "bpchar"):
            return self.equals(other)
        return f'lower({self._as_text} COLLATE "C") = lower({other} COLLATE "C")'

    def array(self, values: Sequence[Any], zone: str) -> pa.Array | None:
        """Return values as a column, None where a moment is infinite and so on no calendar."""
        if self.type in ("timestamptz", "timestamp"):
            shifted = _shifted(values, _MICROS, 63)
            if shifted is None or self.type == "timestamptz":
                return shifted and pa.array(shifted, MOMENT)
            return moments(pa.array(shifted, pa.int64()).cast(pa.timestamp("us")), zone)
        if self.type == "date":
            shifted = _shifted(values, _DAYS, 31)
            return shifted and pa.array(shifted, pa.int32()).cast(pa.date32())
        return pa.array(values, self.arrow)


def columns_of_table(db: psycopg.Connection[Any], table: str) -> Mapping[str, Column]:
    """Return the columns that the role may read of a table (a quoted name), empty where there is no such table."""
    return {row[0]: Column(*row) for row in db.execute(_COLUMNS, (table,)).fetchall()}


def tables_in_sight(db: psycopg.Connection[Any]) -> list[str]:
    """Return the tables and views that a plain name finds and the role may read, without the parts of a divided table."""
    return [row[0] for row in db.execute(_TABLES).fetchall()]


def rights_to_write(db: psycopg.Connection[Any]) -> list[str]:
    """Return what the role, or one that it could become, may change in this database."""
    return [row[0] for row in db.execute(_RIGHTS).fetchall()]


def _shifted(values: Sequence[int | None], by: int, bits: int) -> list[int | None] | None:
    """Return counted values moved to 1970, None where one is infinite: the largest or smallest number there is."""
    infinite = {2**bits - 1, -(2**bits)}
    if not infinite.isdisjoint(values):
        return None
    return [value if value is None else value + by for value in values]


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return "%" not in value


def _whole(kind: str) -> Callable[[str], bool]:
    bits = _WHOLE.get(kind)
    return is_whole(-(2**bits), 2**bits - 1) if bits else is_text


_HOLDS: dict[str, Callable[[str], bool]] = {
    "uuid": is_uuid,
    "inet": _is_address,
    "numeric": is_decimal,
    "bytea": is_octets,
}
