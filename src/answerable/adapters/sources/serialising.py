"""How do rows become bytes? Lines of JSON, one object a row, with the columns of the batch in their order."""

from __future__ import annotations

import json

import pyarrow as pa

from answerable.adapters.sources.source import written


def serialise(batch: pa.RecordBatch) -> bytes:
    """Return the rows of a batch as lines of JSON, written without loss."""
    names = batch.schema.names
    columns = [[written(value) for value in column.to_pylist()] for column in batch.columns]
    return b"".join(
        json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        for row in zip(*columns, strict=True)
    )
