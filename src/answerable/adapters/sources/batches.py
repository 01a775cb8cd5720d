"""How do rows of a database become batches of columns, in bounded memory and without loss?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from answerable.collect.scan import TARGET
from answerable.collect.wall_clock import moment_of

MOMENT = pa.timestamp("us", "UTC")
_READING = pa.timestamp("us")
# From 1970 to the end of 2036, in microseconds.
_KNOWN = (0, 2_114_380_800_000_000)
_ROWS, _OCTETS = (16, 20_000), 4 * 1024 * 1024


class Pace:
    """How many rows to fetch next, so that a batch holds about four mebibytes, whatever the rows are like."""

    def __init__(self) -> None:
        self.rows = 500

    def after(self, batch: pa.RecordBatch) -> None:
        """Take note of a batch: the next may be four times as long, or much shorter."""
        fitting = _OCTETS * batch.num_rows // max(batch.nbytes, 1)
        self.rows = max(_ROWS[0], min(_ROWS[1], self.rows * 4, fitting))


def schema_of(columns: Sequence[tuple[str, pa.DataType]]) -> pa.Schema:
    """Return the schema of a reading: the place of the target first."""
    return pa.schema([(TARGET, pa.int32()), *columns])


def moments(readings: pa.Array, zone: str) -> pa.Array:
    """Return the moments, in UTC, of readings without a zone, to the microsecond."""
    if zone == "UTC":
        return readings.cast(_READING).cast(pa.int64()).cast(MOMENT)
    if not _is_known(readings):
        return _one_by_one(readings, zone)
    try:
        placed = pc.assume_timezone(readings.cast(_READING), zone, ambiguous="earliest", nonexistent="raise")
        return placed.cast(MOMENT)
    except pa.ArrowInvalid:  # a reading that the clock skipped
        return _one_by_one(readings, zone)


def _is_known(readings: pa.Array) -> bool:
    """Whether every reading lies in the years for which Arrow knows each change of a clock: it goes by no rule after 2037."""
    ends = pc.min_max(readings.cast(_READING).cast(pa.int64())).as_py()
    return ends["min"] is None or (ends["min"] >= _KNOWN[0] and ends["max"] < _KNOWN[1])


def _one_by_one(readings: pa.Array, zone: str) -> pa.Array:
    micros = readings.cast(_READING).cast(pa.int64()).to_pylist()
    return pa.array([_placed(each, zone) for each in micros], pa.int64()).cast(MOMENT)


def _placed(micros: int | None, zone: str) -> int | None:
    if micros is None:
        return None
    seconds, rest = divmod(micros, 1_000_000)
    try:
        reading = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (OverflowError, ValueError):  # before the year 1 or after 9999, where no clock has changed
        return micros
    return int(moment_of(reading, zone).timestamp()) * 1_000_000 + rest
