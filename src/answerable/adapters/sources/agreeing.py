"""Do two engines give the same rows? Compared without regard to order, target by target, in memory that does not grow.

Each row is hashed under a random seed to 64 bits, and a target's hashes are added up: other rows, or a row more or less,
give another sum but for one chance in 2^64. Both sides are hashed by one function in one process, so that neither engine's
own idea of a hash counts. What is compared is what leaves, before it is masked.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable

import polars as pl
import pyarrow as pa

from answerable.collect.scan import TARGET

_ALL = 2**64


class Sums:
    """The sums of one engine, by target."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.rows: Counter[int] = Counter()
        self.sums: Counter[int] = Counter()

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch."""
        frame = pl.DataFrame(_plain(batch))
        hashed = frame.select(pl.col(TARGET), frame.hash_rows(self._seed).alias("hash"))
        for target, rows, total in hashed.group_by(TARGET).agg(pl.len(), pl.col("hash").sum().alias("sum")).iter_rows():
            self.rows[target] += rows
            self.sums[target] = (self.sums[target] + total) % _ALL


def new_sums() -> tuple[Sums, Sums]:
    """Return the sums of two engines, under one seed that nobody knew before."""
    seed = secrets.randbits(63)
    return Sums(seed), Sums(seed)


def differing(one: Sums, other: Sums, batches: Iterable[pa.RecordBatch]) -> frozenset[int]:
    """Return the targets for which `batches`, those of the other engine, are not the rows of the one."""
    for batch in batches:
        other.add(batch)
    targets = one.rows.keys() | other.rows.keys()
    return frozenset(
        each for each in targets if (one.rows[each], one.sums[each]) != (other.rows[each], other.sums[each])
    )


def _plain(batch: pa.RecordBatch) -> pa.Table:
    """Return a batch in one spelling of each type, without loss: engines differ in width, not in what they mean."""
    schema = pa.schema([(field.name, _plain_type(field.type)) for field in batch.schema])
    columns = [
        pa.array([None if each is None else repr(each) for each in column.to_pylist()], pa.large_string())
        if pa.types.is_nested(column.type)
        else column
        for column in batch.columns
    ]
    return pa.Table.from_arrays(columns, names=schema.names).cast(schema)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    for belongs, plain in (
        (pa.types.is_string, pa.large_string()),
        (pa.types.is_string_view, pa.large_string()),
        (pa.types.is_binary, pa.large_binary()),
        (pa.types.is_binary_view, pa.large_binary()),
        (pa.types.is_fixed_size_binary, pa.large_binary()),
        (pa.types.is_signed_integer, pa.int64()),
        (pa.types.is_float32, pa.float64()),
        (pa.types.is_decimal, pa.large_string()),
        (pa.types.is_nested, pa.large_string()),
    ):
        if belongs(kind):
            return plain
    if pa.types.is_timestamp(kind):
        return pa.timestamp("ns" if kind.unit == "ns" else "us", "UTC")
    return kind
