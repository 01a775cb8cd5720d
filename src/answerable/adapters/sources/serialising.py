"""How do record batches become the bytes of an answer? Column by column, in native code, without loss.

Moments are written in UTC with `Z`, whole numbers and truth values as themselves, all other numbers as text, bytes as
base64.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from answerable.casefile.answer import RecordFormat
from answerable.errors import StoreFailed

_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_YEAR_0, _YEAR_10000 = -62_167_219_200, 253_402_300_800
_CONTROLS = bytes(range(0x20))
_ESCAPED = b'"\\' + _CONTROLS
_NOT_ESCAPED = bytes(set(range(256)) - set(_ESCAPED))
# What a spreadsheet takes for a formula, and the mark itself, so that taking one mark away gives the text back.
_FORMULA = r"^[=+\-@\t\r\n']"


def serialise(batch: pa.RecordBatch, record_format: RecordFormat = "jsonl") -> bytes:
    """Return a batch as one whole file of that format."""
    return _WRITERS[record_format](batch)


def _json_lines(batch: pa.RecordBatch) -> bytes:
    if batch.num_rows == 0:
        return b""
    pieces: list[Any] = []
    literal = "{"
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        literal += f"{json.dumps(name, ensure_ascii=False)}:"
        values, closing = _json_values(column)
        if values.null_count:
            # Nothing has no quotes, so here they cannot stand with the names.
            values = _joined(_large(closing[-1:]), values, _large(closing)).fill_null("null")
            closing = ""
        # One piece and not two: joining costs by the piece, and more than putting the name in does.
        pieces.append(pc.binary_replace_slice(values, 0, 0, literal + closing[-1:]))
        literal = f"{closing},"
    return _content(_joined(*pieces, _large(literal.removesuffix(",") + "}\n")))


def _json_values(column: pa.Array) -> tuple[pa.Array, str]:
    """Return the values as JSON writes them, and what closes each: its last character, where there is one, opens it."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return _texts(column), ""
    if _is_text(kind):
        return _escaped(column)
    if pa.types.is_timestamp(kind):
        return _moments(column), 'Z"'
    texts = _plain_texts(column)
    if texts is not None:
        return texts, '"'
    return pa.array([_nested(value) for value in column.to_pylist()], pa.large_string()), ""


def _plain_texts(column: pa.Array) -> pa.Array | None:
    """Return values that need no escape as text, or None for a kind that only has a form inside JSON."""
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        encoded = pl.from_arrow(column.cast(pa.large_binary())).bin.encode("base64")  # type: ignore[union-attr]
        return encoded.to_arrow().cast(pa.large_string())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_date(kind) or pa.types.is_time(kind):
        return _texts(column)
    return None


def _moments(column: pa.Array) -> pa.Array:
    """Return moments as 2026-11-10T18:45:04, with a fraction only where there is one. One without a zone is UTC."""
    second = _A_SECOND[column.type.unit]
    count = column.cast(pa.int64())
    seconds = pc.divide(count, second)
    is_whole = pc.fill_null(pc.equal(pc.multiply(seconds, second), count), True)
    if pc.all(is_whole).as_py():
        text = _texts(seconds.cast(pa.timestamp("s")))
    else:
        text = _texts(count.cast(pa.timestamp(column.type.unit)))
        short = _texts(seconds.filter(is_whole).cast(pa.timestamp("s")))
        text = pc.replace_with_mask(text, is_whole, short)
    edges = pc.min_max(seconds)
    if edges["min"].as_py() is None or (edges["min"].as_py() >= _YEAR_0 and edges["max"].as_py() < _YEAR_10000):
        return pc.binary_replace_slice(text, 10, 11, "T")
    return pc.replace_substring(text, " ", "T", max_replacements=1)


def _escaped(column: pa.Array) -> tuple[pa.Array, str]:
    """Return text as it stands between the quotes of JSON."""
    if not _is_utf8(column):
        return pa.array([_from_bytes(value) for value in _as_bytes(column)], pa.large_string()), ""
    texts = _texts(column)
    found = set(_content(texts).translate(None, delete=_NOT_ESCAPED))
    # The backslash first: every other escape brings one.
    for byte in sorted(found, key=lambda each: each != ord("\\")):
        texts = pc.replace_substring(texts, chr(byte), json.dumps(chr(byte))[1:-1])
    return texts, '"'


def _from_bytes(value: bytes | None) -> str:
    """Return text that is no UTF-8 as JSON: half a pair, and a byte that means nothing, become an escape of one unit."""
    if value is None:
        return "null"
    try:
        return json.dumps(value.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        return json.dumps(value.decode("utf-8", "surrogateescape"))


def _nested(value: object) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """Return a value inside a list or a record by the same rules as one in a column."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return pl.Series([value]).bin.encode("base64")[0] if isinstance(value, bytes) else str(value)


def _csv(batch: pa.RecordBatch) -> bytes:
    """Return a batch as RFC 4180 has it, with a heading. Text that a spreadsheet would run has a `'` before it."""
    columns = [_csv_column(column) for column in batch.columns]
    target = pa.BufferOutputStream()
    pyarrow.csv.write_csv(pa.RecordBatch.from_arrays(columns, names=batch.schema.names), target)
    return bytes(target.getvalue().to_pybytes())


def _csv_column(column: pa.Array) -> pa.Array:
    kind = column.type
    if _is_text(kind):
        texts = _texts(_utf8_only(column))
        mark = pc.if_else(pc.match_substring_regex(texts, _FORMULA), _large("'"), _large(""))
        return _joined(mark, texts)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return column
    if pa.types.is_timestamp(kind):
        return _joined(_moments(column), _large("Z"))
    texts = _plain_texts(column)
    values = (None if value is None else _nested(value) for value in column.to_pylist()) if texts is None else ()
    return pa.array(values, pa.large_string()) if texts is None else texts


def _parquet(batch: pa.RecordBatch) -> bytes:
    """Return a batch as a Parquet file: every value keeps its own type."""
    for column in batch.columns:
        if _is_text(column.type):
            _utf8_only(column)
    target = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_batches([batch]), target, compression="zstd")
    return bytes(target.getvalue().to_pybytes())


_WRITERS: dict[RecordFormat, Callable[[pa.RecordBatch], bytes]] = {
    "jsonl": _json_lines,
    "csv": _csv,
    "parquet": _parquet,
}


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_utf8(column: pa.Array) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _utf8_only(column: pa.Array) -> pa.Array:
    if _is_utf8(column):
        return column
    raise StoreFailed(
        "collect.not-text",
        what="A record holds text that this format cannot hold.",
        why="It is not UTF-8, and only JSON can write such text without loss.",
        next_step="Set record_format to jsonl in desk.yaml, and let the worker try again.",
    )


def _as_bytes(column: pa.Array) -> list[bytes | None]:
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    binary = pa.large_binary() if pa.types.is_large_string(plain.type) else pa.binary()
    return list(plain.cast(binary).to_pylist())


def _texts(column: pa.Array) -> pa.Array:
    return column.cast(pa.large_string())


def _joined(*pieces: Any) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, _large(""))


def _large(text: str) -> pa.Scalar:
    return pa.scalar(text, pa.large_string())


def _content(texts: pa.Array) -> bytes:
    """Return all texts of an array in a row, as they lie in memory."""
    content = texts.buffers()[2]
    if content is None or len(texts) == 0:
        return b""
    edges = memoryview(texts.buffers()[1]).cast("q")
    return bytes(content[edges[texts.offset] : edges[texts.offset + len(texts)]].to_pybytes())
