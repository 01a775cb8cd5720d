"""What does one package take in, row by row of others' scans too, and what does it say of it?"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from answerable.adapters.sources.masks import Flags, Masks, Own
from answerable.adapters.sources.opening import Sources
from answerable.adapters.sources.serialising import serialise
from answerable.casefile.answer import ReadLogEntry, RecordFormat
from answerable.casefile.encoding import canonical
from answerable.collect.plan import Plan, Step

# Of a batch in memory; as lines of JSON it is about twice that. A part is held whole, because a tar header states its size.
_PART = 2 * 1024 * 1024
_HELD = 8 * _PART

Part = tuple[str, bytes]


class Packing:
    """One package in the making. `read_log`, `masking`, `flagged` and `records` are complete once all rows were taken in."""

    def __init__(self, plan: Plan, masking_key: bytes, record_format: RecordFormat = "jsonl") -> None:
        self.plan, self._format = plan, record_format
        self.records = 0
        self.octets = 0
        self.read_log: list[ReadLogEntry] = []
        self._steps = {step.number: step for step in plan.steps}
        self._masks = Masks(masking_key)
        self._flags = {step.number: Flags() for step in plan.steps}
        self._parts = dict.fromkeys(self._steps, 0)
        self._held: dict[int, list[pa.RecordBatch]] = {}
        self._sizes: dict[int, int] = {}
        self._own = Own.of({})

    @property
    def masking(self) -> dict[str, int]:
        """How many values of each masked column became tokens."""
        return self._masks.counts

    @property
    def flagged(self) -> int:
        """How many records are flagged."""
        return sum(flags.flagged for flags in self._flags.values())

    @property
    def flags(self) -> bytes:
        """The flagged rows as lines of JSON: step, column, first and last of each run of records. No value."""
        return b"".join(
            canonical({"step": step, "column": column, "first": first, "last": last}) + b"\n"
            for step, flags in self._flags.items()
            for column, runs in flags.runs.items()
            for first, last in runs
        )

    def know(self, sources: Sources) -> None:
        """Learn which values are each identifier's own: what the demand named, and the one subject it stands for."""
        subjects = sources.subjects(self.plan.identifiers)
        self._own = Own.of(
            {
                # Of a composite key no single value is the person's alone.
                number: {each.value, *(subject[0] for subject in subjects[each] if len(subject) == 1)}
                for number, each in enumerate(self.plan.identifiers, 1)
            }
        )

    def begin(self, number: int) -> None:
        """Say that a step is read, so that its masked columns stand in the list even where no row comes."""
        step = self._steps[number]
        for name in step.treated("token"):
            self._masks.counts.setdefault(f"{step.label}.{name}", 0)

    def take(self, number: int, rows: pa.RecordBatch) -> Iterator[Part]:
        """Mask the next rows of a step and keep them; yield the parts that are full."""
        step = self._steps[number]
        self._flags[number].look_at(step, rows)
        self.records += rows.num_rows
        masked = self._masks.masked(step, rows, self._own)
        for piece in _cut(masked):
            if number in self._held and self._held[number][0].schema != piece.schema:
                # A store without types of its own gives, in some batches, a column another one.
                yield from self.end(number)
            self._held.setdefault(number, []).append(piece)
            self._sizes[number] = self._sizes.get(number, 0) + piece.nbytes
            if self._sizes[number] >= _PART:
                yield from self.end(number)
        while sum(self._sizes.values()) > _HELD:
            yield from self.end(max(self._sizes, key=lambda each: self._sizes[each]))

    def end(self, number: int) -> Iterator[Part]:
        """Yield what is held of a step, as its next part."""
        held = self._held.pop(number, [])
        self._sizes.pop(number, None)
        if held:
            self._parts[number] += 1
            content = serialise(pa.concat_batches(held), self._format)
            self.octets += len(content)
            yield _path(self._steps[number], self._parts[number], self._format), content


def _cut(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield a batch in pieces no larger than a part, where its rows allow that."""
    each = max(1, batch.num_rows * _PART // max(1, batch.nbytes))
    for start in range(0, batch.num_rows, each):
        yield batch.slice(start, each)


def _path(step: Step, part: int, record_format: RecordFormat) -> str:
    # A tar header holds 100 bytes of name: long names of tables are cut, the number of the step stays.
    return f"data/{step.number:03d}-{step.label[:70]}.{part:04d}.{record_format}"
