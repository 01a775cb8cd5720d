"""Which row groups do a file's own bloom filters rule out? DuckDB is asked, for files of this machine and a few values.

A bloom filter says of a value that it is surely not there, or that it may be. It serves only to leave out what cannot hold a
row that is asked for, as the bounds of a row group do.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import duckdb
import pyarrow as pa

from answerable.adapters.sources.parquet.kinds import Kind
from answerable.adapters.sources.parquet.places import File

# With more, every row group is likely to hold one of them, and asking costs more than it saves.
MOST_VALUES = 8


def is_probed(kind: Kind, values: Sequence[Any]) -> bool:
    """Whether filters of a column are asked for these values: texts and whole numbers, few of them."""
    is_plain = kind.is_text or (kind.leaves is not None and pa.types.is_integer(kind.leaves))
    return is_plain and 0 < len(values) <= MOST_VALUES


def in_filters(file: File, column: str, values: Sequence[Any], groups: int) -> list[bool]:
    """Return for each of the row groups whether one of `values` may lie in it, by the filters of the file itself."""
    one = "SELECT row_group_id FROM parquet_bloom_probe(?, ?, ?) WHERE NOT bloom_filter_excludes"
    asked = [part for value in values for part in (file.address, column, value)]
    found = {row for (row,) in _engine().cursor().execute(" UNION ".join([one] * len(values)), asked).fetchall()}
    return [number in found for number in range(groups)]


@lru_cache(maxsize=1)
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"memory_limit": "64MB", "threads": 1, "temp_directory": ""})
