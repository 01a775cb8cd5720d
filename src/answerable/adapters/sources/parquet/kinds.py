"""How does a type of a Parquet file leave, and how does a subject's text become a value of it?

Each file has types of its own. A table's type is the narrowest that holds those of all its files without rounding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from string import ascii_lowercase, ascii_uppercase
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

_FOLDED = str.maketrans(ascii_uppercase, ascii_lowercase)
_OCTETS = re.compile(r"([0-9a-f]{2})*")


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a column: `stored` as pyarrow names it, `leaves` as it leaves; None where it cannot."""

    stored: pa.DataType
    leaves: pa.DataType | None
    is_uuid: bool = False

    @property
    def is_moment(self) -> bool:
        """Whether it can place a row in time."""
        return bool(pa.types.is_timestamp(self.stored) or pa.types.is_date(self.stored))

    @property
    def is_text(self) -> bool:
        """Whether its values are texts, in which letters have a case."""
        return self.leaves is not None and not self.is_uuid and bool(pa.types.is_string(self.leaves))

    @property
    def has_zone(self) -> bool:
        """Whether its moments are instants, whatever the clock on the wall says."""
        return bool(pa.types.is_timestamp(self.stored)) and self.stored.tz is not None

    @property
    def nanoseconds(self) -> int:
        """How many nanoseconds the unit of its moments has, as they leave."""
        return 1 if pa.types.is_timestamp(self.stored) and self.stored.unit == "ns" else 1000

    @property
    def is_key(self) -> bool:
        """Whether a subject's text can be compared with it exactly."""
        tests = (pa.types.is_integer, pa.types.is_decimal, pa.types.is_string, pa.types.is_binary, pa.types.is_date32)
        return self.leaves is not None and (self.is_uuid or any(test(self.leaves) for test in tests))

    def value(self, text: str) -> Any:
        """Return the value of the stored type that the text writes, or None where there is none."""
        try:
            made = self._parsed(text)
            return pa.scalar(made, self.keyed).as_py()
        except (ValueError, InvalidOperation, OverflowError, pa.ArrowException):
            return None

    @property
    def keyed(self) -> pa.DataType:
        """Return the type in which subjects are compared."""
        return pa.binary() if self.is_uuid else self.leaves

    def _parsed(self, text: str) -> Any:
        if self.is_uuid:
            made = UUID(text)
            return made.bytes if str(made) == text else None
        if pa.types.is_binary(self.leaves):
            return bytes.fromhex(text) if _OCTETS.fullmatch(text) else None
        if pa.types.is_integer(self.leaves):
            number = int(text)
            return number if str(number) == text else None
        if pa.types.is_decimal(self.leaves):
            return Decimal(text) if _is_written_with(text, self.keyed.scale) else None
        if pa.types.is_date(self.leaves):
            day = date.fromisoformat(text)
            return day if day.isoformat() == text else None
        return text


def kinds_of(schema: pq.ParquetSchema) -> dict[str, Kind]:
    """Return the type of each column of a file."""
    logical = {schema.column(i).path: schema.column(i).logical_type.type for i in range(len(schema))}
    return {
        field.name: Kind(pa.string(), pa.string(), is_uuid=True)
        if logical.get(field.name) == "UUID"
        else Kind(field.type, _leaves(field.type))
        for field in schema.to_arrow_schema()
    }


def widest(one: Kind, other: Kind) -> Kind | None:
    """Return the type that holds the values of both, or None."""
    if one.leaves is None or other.leaves is None:
        return None
    for kind, wider in ((one, other), (other, one)):
        if pa.types.is_null(kind.leaves) or (kind.leaves == wider.leaves and kind.is_moment == wider.is_moment):
            same_clock = pa.types.is_null(kind.leaves) or kind.has_zone == wider.has_zone
            return wider if same_clock and kind.is_uuid <= wider.is_uuid else None
    if one.has_zone != other.has_zone or one.is_uuid or other.is_uuid:
        return None
    merged = _merged(one.leaves, other.leaves)
    if merged is None:
        return None
    stored = pa.timestamp(merged.unit, one.stored.tz) if pa.types.is_timestamp(merged) else merged
    return Kind(stored, merged)


def text_of(value: Any) -> str:
    """Return the text of a subject's value: what `Kind.value` turns back into it."""
    return value.hex() if isinstance(value, bytes) else str(value)


def folded(text: str) -> str:
    """Return a text with A to Z in small letters, and nothing else changed."""
    return text.translate(_FOLDED)


def _is_written_with(text: str, scale: int) -> bool:
    """Whether a decimal number is written the one way a column with so many places holds it."""
    number = Decimal(text)
    return f"{number:f}" == text and number.as_tuple().exponent == -scale


def _leaves(stored: pa.DataType) -> pa.DataType | None:
    is_ = pa.types
    if is_.is_dictionary(stored):
        return _leaves(stored.value_type)
    if is_.is_timestamp(stored):
        return pa.timestamp("ns" if stored.unit == "ns" else "us", "UTC")
    if is_.is_time(stored):
        return pa.time64("ns" if stored.unit == "ns" else "us")
    table: Sequence[tuple[Any, pa.DataType]] = (
        (is_.is_string, pa.string()),
        (is_.is_large_string, pa.string()),
        (is_.is_string_view, pa.string()),
        (is_.is_binary, pa.binary()),
        (is_.is_large_binary, pa.binary()),
        (is_.is_binary_view, pa.binary()),
        (is_.is_fixed_size_binary, pa.binary()),
        (is_.is_date, pa.date32()),
        (is_.is_float16, pa.float32()),
        (is_.is_integer, stored),
        (is_.is_floating, stored),
        (is_.is_boolean, stored),
        (is_.is_null, stored),
    )
    for belongs, leaves in table:
        if belongs(stored):
            return leaves
    is_decimal = is_.is_decimal(stored) and stored.precision <= 38
    return pa.decimal128(stored.precision, stored.scale) if is_decimal else None


def _merged(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    is_ = pa.types
    if is_.is_decimal(one) and is_.is_decimal(other):
        scale = max(one.scale, other.scale)
        precision = max(one.precision - one.scale, other.precision - other.scale) + scale
        return pa.decimal128(precision, scale) if precision <= 38 else None
    for belongs in (is_.is_signed_integer, is_.is_unsigned_integer, is_.is_floating):
        if belongs(one) and belongs(other):
            return max(one, other, key=lambda each: each.bit_width)
    if is_.is_integer(one) and is_.is_integer(other):
        unsigned, signed = (one, other) if is_.is_unsigned_integer(one) else (other, one)
        return signed if signed.bit_width > unsigned.bit_width else None
    if is_.is_timestamp(one) and is_.is_timestamp(other):
        return pa.timestamp("ns", "UTC")
    return None
