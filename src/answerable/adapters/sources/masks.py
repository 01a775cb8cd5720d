"""How do others' values become tokens, and rows with free text become known, in whole batches before a byte is written?

Each distinct value of a batch is put through HMAC once. A masked column is text throughout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from answerable.adapters.sources.source import written
from answerable.collect.masking import token
from answerable.collect.plan import Step
from answerable.collect.scan import TARGET

_MOST_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Own:
    """The values that are each identifier's own, one beside the other: they stay."""

    numbers: pa.Array
    values: pa.Array

    @classmethod
    def of(cls, own: Mapping[int, Collection[str]]) -> Own:
        """Return them by the number of their identifier."""
        pairs = [(number, value) for number, values in own.items() for value in values]
        return cls(
            pa.array([number for number, _ in pairs], pa.int64()), pa.array([value for _, value in pairs], pa.string())
        )


class Masks:
    """The masks of one package. `counts` are the values that became tokens, by column."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._tokens: dict[str, str] = {}
        self.counts: dict[str, int] = {}

    def masked(self, step: Step, batch: pa.RecordBatch, own: Own) -> pa.RecordBatch:
        """Return the batch of a step with others' values as tokens. Its first column is the number of the identifier."""
        numbers = batch.column(TARGET)
        for name in step.treated("token"):
            label = f"{step.label}.{name}"
            values = batch.column(name)
            if name in step.subject_columns and not step.same:
                # By this very column the row is the person's.
                masked, count = _texts(values), 0
            else:
                masked, count = self._column(values, numbers, own)
            self.counts[label] = self.counts.get(label, 0) + count
            batch = batch.set_column(batch.schema.get_field_index(name), name, masked)
        return batch

    def _column(self, values: pa.Array, numbers: pa.Array, own: Own) -> tuple[pa.Array, int]:
        indices, texts = _distinct(values)
        tokens = pa.array([None if text is None else self._token(text) for text in texts.to_pylist()], pa.string())
        stays = _is_own(indices, texts, numbers, own)
        plain = texts.take(indices)
        became = pc.and_(pc.invert(stays), pc.is_valid(plain))
        return pc.if_else(stays, plain, tokens.take(indices)), pc.sum(became).as_py() or 0

    def _token(self, text: str) -> str:
        if len(self._tokens) > _MOST_KEPT:
            self._tokens.clear()
        made = self._tokens.get(text)
        if made is None:
            made = self._tokens[text] = token(self._key, text)
        return made


@dataclass(slots=True)
class Flags:
    """The rows of one step that are flagged: by column, runs of row numbers, counted from 1."""

    rows: int = 0
    flagged: int = 0
    runs: dict[str, list[list[int]]] = field(default_factory=dict)

    def look_at(self, step: Step, batch: pa.RecordBatch) -> None:
        """Note the rows of the next batch of the step in which a flagged column holds something."""
        marks = [(name, _holds_text(batch.column(name))) for name in step.treated("flag")]
        for name, holds in marks:
            for first, last in _runs_of(holds):
                self._add(name, self.rows + 1 + first, self.rows + 1 + last)
        if marks:
            either = marks[0][1]
            for _, holds in marks[1:]:
                either = pc.or_(either, holds)
            self.flagged += pc.sum(either).as_py() or 0
        self.rows += batch.num_rows

    def _add(self, column: str, first: int, last: int) -> None:
        runs = self.runs.setdefault(column, [])
        if runs and runs[-1][1] == first - 1:
            runs[-1][1] = last
        else:
            runs.append([first, last])


def distinct_texts(values: pa.Array) -> list[str | None]:
    """Return each distinct value as the text that a token is made of; None where there is nothing."""
    texts: list[str | None] = _distinct(values)[1].to_pylist()
    return texts


def _distinct(values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return, for each value, the place of its text among the distinct texts, and these; nothing where there is none."""
    try:
        coded = values.dictionary_encode() if not pa.types.is_dictionary(values.type) else values
        texts = pa.array([_text(each) for each in coded.dictionary.to_pylist()], pa.string())
        return coded.indices.cast(pa.int64()), texts
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # lists and the like: each is one value, as a whole
        coded = pa.array([_text(each) for each in values.to_pylist()], pa.string()).dictionary_encode()
        return coded.indices.cast(pa.int64()), coded.dictionary


def _texts(values: pa.Array) -> pa.Array:
    indices, texts = _distinct(values)
    return texts.take(indices)


def _text(value: object) -> str | None:
    plain = written(value)
    return None if plain is None else str(plain)


def _is_own(indices: pa.Array, texts: pa.Array, numbers: pa.Array, own: Own) -> pa.Array:
    """Return whether each value is its row's own: one number stands for value and identifier together."""
    width = (pc.max(numbers).as_py() or 0) + 1
    here = pc.index_in(own.values, value_set=texts)
    known = pc.and_(pc.is_valid(here), pc.less(own.numbers, width))
    codes = pc.add(pc.multiply(here.cast(pa.int64()), width), own.numbers).filter(known)
    return pc.is_in(pc.add(pc.multiply(indices, width), numbers.cast(pa.int64())), value_set=codes)


def _holds_text(values: pa.Array) -> pa.Array:
    holds = pc.is_valid(values)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        holds = pc.and_(holds, pc.fill_null(pc.not_equal(values, ""), False))
    return holds


def _runs_of(holds: pa.Array) -> Iterator[tuple[int, int]]:
    """Yield first and last place of each unbroken run of true."""
    ends = pc.run_end_encode(holds)
    start = 0
    for end, is_true in zip(ends.run_ends.to_pylist(), ends.values.to_pylist(), strict=True):
        if is_true:
            yield start, end - 1
        start = end
