"""What does MySQL or MariaDB say of a table, how is each of its types compared and carried over, and what may the user do?

Their collations take different texts for equal: letter case, accents, spaces at the end. So an index is asked first, in its
own collation, and then the octets are compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from answerable.adapters.sources.batches import MOMENT, moments
from answerable.adapters.sources.targets import Clock, is_decimal, is_octets, is_text, is_whole

_COLUMNS = """\
SELECT c.column_name, c.data_type, c.column_type, c.character_set_name, c.collation_name,
       EXISTS (SELECT 1 FROM information_schema.statistics s WHERE s.table_schema = c.table_schema
               AND s.table_name = c.table_name AND s.seq_in_index = 1 AND s.column_name = c.column_name), c.table_name
FROM information_schema.columns c WHERE c.table_schema = DATABASE() AND c.table_name = %s ORDER BY c.ordinal_position"""
# Privileges with which nothing of the provider's can be changed. Every other, and every one yet to be invented, may write.
_HARMLESS = frozenset(
    "USAGE,SELECT,SHOW VIEW,SHOW DATABASES,PROCESS,LOCK TABLES,CREATE TEMPORARY TABLES,REPLICATION CLIENT,BINLOG MONITOR,"
    "SLAVE MONITOR,REPLICA MONITOR".split(",")
)
_GRANT = re.compile(r"GRANT (?P<what>.+?) ON (?P<where>.+?) TO ", re.DOTALL)
_ROLE = re.compile(r"GRANT (?P<role>[^,]+?) TO ")
_TEXTS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext")
_OCTETS = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bit", "geometry")
_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
_CLOCKS: dict[str, Clock] = {"timestamp": "utc", "datetime": "wall", "date": "wall"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column, as `information_schema` describes it."""

    name: str
    type: str
    shown: str
    charset: str | None
    collation: str | None
    is_indexed: bool

    @property
    def _mine(self) -> str:
        return f"t.{ticked(self.name)}"

    @property
    def _as_text(self) -> str:
        return f"CAST({self._mine} AS CHAR CHARACTER SET utf8mb4)"

    @property
    def arrow(self) -> pa.DataType:
        """The type in which values leave; what has no equal without loss leaves as the text the database writes."""
        if self.type in _BITS:
            return pa.uint64() if self.type == "bigint" and "unsigned" in self.shown else pa.int64()
        if self.type in _OCTETS:
            return pa.binary()
        known = {
            "float": pa.float64(),
            "double": pa.float64(),
            "timestamp": MOMENT,
            "datetime": MOMENT,
            "date": pa.date32(),
        }
        return known.get(self.type, pa.string())

    @property
    def clock(self) -> Clock | None:
        """Whose moments the column holds, None where it holds none."""
        return _CLOCKS.get(self.type)

    @property
    def selected(self) -> str:
        """The column in the list of a query. A `float` is written in full only as a `double`."""
        return f"CAST({self._mine} AS DOUBLE) AS {ticked(self.name)}" if self.type == "float" else self._mine

    @property
    def ordered(self) -> str:
        """The column in the order of a query: texts by their octets, as every store can."""
        return f"CAST({self._as_text} AS BINARY)" if self.type in _TEXTS else self._mine

    @property
    def key_text(self) -> str:
        """The column as the text by which a subject is known: octets in hexadecimal digits."""
        return f"LOWER(HEX({self._mine}))" if self.type in _OCTETS else self._as_text

    @property
    def sent_as(self) -> str:
        """The type in which values to compare with are sent."""
        if self.type in _BITS:
            return "BIGINT UNSIGNED" if "unsigned" in self.shown else "BIGINT"
        return "TEXT CHARACTER SET utf8mb4"  # else it has that of the database, and loses what that lacks

    def holds(self, value: str) -> bool:
        """Whether the column can hold a value, written exactly so."""
        if self.type in _BITS:
            bits = _BITS[self.type]
            low, high = (0, 2**bits) if "unsigned" in self.shown else (-(2 ** (bits - 1)), 2 ** (bits - 1))
            return is_whole(low, high - 1)(value)
        tests: dict[str, Callable[[str], bool]] = {"decimal": is_decimal, **dict.fromkeys(_OCTETS, is_octets)}
        return is_text(value) and tests.get(self.type, is_text)(value)

    def sent(self, value: str) -> str | int:
        """Return a value as it is sent."""
        return int(value) if self.type in _BITS else value

    def equals(self, other: str) -> str:
        """Return the condition that the column equals a text exactly: by its index first, then by its octets."""
        exactly = f"CAST({self._as_text} AS BINARY) = CAST({other} AS BINARY)"
        if self.type in _TEXTS:
            return f"{self._by_index(other)} AND {exactly}"
        if self.type == "decimal":
            return f"{self._mine} = CAST({other} AS {self.shown.split(')')[0]})) AND {exactly}"
        if self.type in _BITS:
            return f"{self._mine} = {other}"
        return f"{self._mine} = UNHEX({other})" if self.type in _OCTETS else exactly

    def nearly(self, other: str) -> str:
        """Return a condition that holds at least where the column equals a text but for the case of A to Z."""
        if self.type not in _TEXTS:
            return self.equals(other)
        if str(self.collation).endswith("_ci"):
            return self._by_index(other)
        return f"LOWER({self._as_text} COLLATE utf8mb4_bin) = LOWER({other} COLLATE utf8mb4_bin)"

    def _by_index(self, other: str) -> str:
        return f"{self._mine} = CONVERT({other} USING {self.charset}) COLLATE {self.collation}"

    def array(self, values: Sequence[Any], zone: str) -> pa.Array:
        """Return values, as the server writes them, as a column. Refuses with `pa.ArrowInvalid` a day that never was.

        A zero date is MySQL's own way to say that there is none.
        """
        if self.type in _OCTETS:
            return pa.array(values, pa.binary())
        texts = pa.array(values, pa.string())
        if self.clock is None:
            return texts.cast(self.arrow)
        dated = pc.if_else(pc.starts_with(texts, "0000-00-00"), None, texts)
        if self.type == "date":
            return dated.cast(pa.date32())
        readings = dated.cast(pa.timestamp("us"))
        return moments(readings, zone if self.clock == "wall" else "UTC")


def ticked(name: str) -> str:
    """Return a name of the map as MySQL writes it. Names hold letters, digits and underscores only: the map sees to it."""
    return f"`{name}`"


def columns_of_table(
    rows: Callable[[str, tuple[str, ...]], Sequence[Sequence[Any]]], table: str
) -> Mapping[str, Column]:
    """Return the columns that the user may read of a table, empty where there is none. `rows` asks the database."""
    return {
        row[0]: Column(row[0], row[1].lower(), row[2].lower(), row[3], row[4], row[5] == "1")
        for row in rows(_COLUMNS, (table,))
        if row[6] == table
    }


def rights_to_write(grants: Callable[[str | None], Sequence[str] | None], role: str | None = None) -> list[str]:
    """Return what a user or a role may change. `grants` gives what `SHOW GRANTS` says, None where it says nothing."""
    lines = grants(role)
    if lines is None:
        return [f"what the role {role} may, which it cannot see"]
    found: list[str] = []
    for line in lines:
        if given := _GRANT.match(line):
            what = re.sub(r"\([^)]*\)", "", given["what"])
            found += [
                f"{each} on {given['where']}" for each in map(str.strip, what.split(",")) if each not in _HARMLESS
            ]
        elif granted := _ROLE.match(line):
            found += rights_to_write(grants, granted["role"]) if granted["role"] != role else []
    return sorted(set(found))
