"""How is each type of Spark compared and carried over without loss?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import ibis  # type: ignore[import-untyped]
import pyarrow as pa

from answerable.adapters.sources.batches import MOMENT, moments
from answerable.adapters.sources.targets import Clock, is_octets, is_text, is_whole

_BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
_ARROW: dict[str, pa.DataType] = {
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "double": pa.float64(),
    "binary": pa.binary(),
    "string": pa.string(),
    "timestamp": MOMENT,
    "timestamp_ntz": MOMENT,
    "date": pa.date32(),
}
_CLOCKS: dict[str, Clock] = {"timestamp": "utc", "timestamp_ntz": "wall", "date": "wall"}


def _function(name: str, taken: str, given: str) -> Any:
    """Return a function of Spark that Ibis has no word for. Its own type of moment does not tell the two of Spark apart."""

    def named(value):  # type: ignore[no-untyped-def]
        ...

    return ibis.udf.scalar.builtin(name=name, signature=((taken,), given))(named)


_micros = _function("unix_micros", "timestamp", "int64")
_days = _function("unix_date", "date", "int32")
_zoned = _function("to_timestamp_ltz", "timestamp", "timestamp")
_to_moment = _function("to_timestamp_ltz", "string", "timestamp")
_to_reading = _function("to_timestamp_ntz", "string", "timestamp")
_hex = _function("hex", "binary", "string")


@dataclass(frozen=True, slots=True)
class Column:
    """A column, with its type as Spark names it."""

    name: str
    shown: str

    @property
    def arrow(self) -> pa.DataType:
        """The type in which values leave; what has no equal without loss leaves as the text that Spark writes."""
        return _ARROW.get(self.shown, pa.string())

    @property
    def clock(self) -> Clock | None:
        """Whose moments the column holds, None where it holds none."""
        return _CLOCKS.get(self.shown)

    def holds(self, value: str) -> bool:
        """Whether the column can hold a value, written exactly so."""
        if self.shown in _BITS:
            half = 2 ** (_BITS[self.shown] - 1)
            return is_whole(-half, half - 1)(value)
        return is_octets(value) if self.shown == "binary" else is_text(value)

    def sent(self, value: str) -> str | int:
        """Return a value as it is sent."""
        return int(value) if self.shown in _BITS else value

    def key_text(self, mine: Any) -> Any:
        """Return the column as the text by which a subject is known: octets in hexadecimal digits."""
        return _hex(mine).lower() if self.shown == "binary" else mine.cast("string")

    def equals(self, mine: Any, other: Any, *, folds: bool = False) -> list[Any]:
        """Return the conditions that the column equals a text exactly, whatever its collation; or but for the case of A to Z."""
        if self.shown in _BITS:
            return [mine == other]
        text = self.key_text(mine)
        if folds and self.shown != "binary":
            text, other = (each.translate(ascii_uppercase, ascii_lowercase) for each in (text, other))
        plainly = [mine == other] if self.shown == "string" and not folds else []
        return [*plainly, text.cast("binary") == other.cast("binary")]

    def carried(self, mine: Any) -> Any:
        """Return the column as it comes over from Spark: moments and days as whole numbers, which no zone of Python moves."""
        if self.shown == "timestamp":
            return _micros(mine)
        if self.shown == "timestamp_ntz":
            return _micros(_zoned(mine))
        if self.shown == "date":
            return _days(mine)
        return mine if self.shown in _ARROW else mine.cast("string")

    def array(self, values: Sequence[Any], zone: str) -> pa.Array:
        """Return values that came over as a column."""
        if self.shown == "timestamp":
            return pa.array(values, pa.int64()).cast(MOMENT)
        if self.shown == "timestamp_ntz":
            return moments(pa.array(values, pa.int64()).cast(pa.timestamp("us")), zone)
        if self.shown == "date":
            return pa.array(values, pa.int32()).cast(pa.date32())
        return pa.array(values, self.arrow)


def moment_of_text(text: Any, clock: Clock) -> Any:
    """Return a moment, or a reading of a clock, from the text of `bound_text`."""
    return _to_moment(text) if clock == "utc" else _to_reading(text)


def bound_text(moment: datetime | None) -> str | None:
    """Return a bound as text to the microsecond, without its zone: Spark's clock is set to UTC."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds") if moment else None
