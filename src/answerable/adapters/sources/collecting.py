"""How does a plan become rows? Step by step, in bounded memory, masked before a byte is written, and written down."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator

from answerable.adapters.sources.opening import Sources
from answerable.adapters.sources.source import Row, written
from answerable.casefile.answer import ReadLogEntry
from answerable.collect.masking import masker
from answerable.collect.plan import Plan, Step
from answerable.errors import StoreFailed

# A part is held in memory whole, because a tar header states its size.
_PART = 4 * 1024 * 1024


class Collected:
    """The rows of a plan. `read_log`, `masking` and `records` are complete once `chunks` is used up."""

    def __init__(self, plan: Plan, sources: Sources, *, masking_key: bytes) -> None:
        self._plan = plan
        self._sources = sources
        self._key = masking_key
        self.read_log: list[ReadLogEntry] = []
        self.masking: dict[str, int] = {}
        self.records = 0

    def chunks(self) -> Iterator[tuple[str, bytes]]:
        """Yield the parts of the payload: path in the bag and lines of JSON, 4 MiB at most."""
        for step in self._plan.steps:
            subject = self._one_subject(step)
            if subject is not None:
                yield from self._parts(step, subject)

    def _one_subject(self, step: Step) -> str | None:
        subjects = self._sources.subjects(step.identifier)
        if len(subjects) > 1:
            raise StoreFailed(
                "collect.ambiguous-identifier",
                what="An identifier of the demand stands for more than one account.",
                why=f"Step {step.number} of the plan would touch people whom the demand may not mean.",
                next_step="Send the case back and ask the authority for an identifier that names one account.",
            )
        return subjects[0] if subjects else None

    def _parts(self, step: Step, subject: str) -> Iterator[tuple[str, bytes]]:
        source = self._sources.of(step)
        counted, returned = source.count(step, subject), 0
        started, clock = self._sources.now(), time.monotonic_ns()
        lines, size, part = [], 0, 1
        line_of = self._line_of(step, {subject, step.identifier.value})
        for batch in source.read(step, subject):
            for row in batch:
                lines.append(line_of(row))
                size += len(lines[-1])
                returned += 1
                if size >= _PART:
                    yield _path(step, part), b"".join(lines)
                    lines, size, part = [], 0, part + 1
        if lines:
            yield _path(step, part), b"".join(lines)
        if counted != returned:
            raise StoreFailed(
                "collect.changed-meanwhile",
                what=f"The store “{step.store}” changed while it was read.",
                why=f"Step {step.number} counted {counted} rows and returned {returned}.",
                next_step="Nothing was sealed; the worker tries again.",
            )
        self.records += returned
        query = source.query(step)
        self.read_log.append(
            ReadLogEntry(
                step=step.number,
                store=step.store,
                table=step.table,
                columns=step.column_names,
                query=query,
                query_sha256=hashlib.sha256(query.encode()).hexdigest(),
                files=source.files(),
                snapshot=source.snapshot(),
                rows_counted=counted,
                rows_read=returned,
                rows_returned=returned,
                started_at=started,
                milliseconds=(time.monotonic_ns() - clock) // 1_000_000,
            )
        )

    def _line_of(self, step: Step, own: Collection[str]) -> Callable[[Row], bytes]:
        mask = masker(self._key, own)
        for column in step.columns:
            if column.third_party:
                self.masking.setdefault(f"{step.store}.{step.table}.{column.name}", 0)
        columns = [(each.name, each.third_party, f"{step.store}.{step.table}.{each.name}") for each in step.columns]

        def line(row: Row) -> bytes:
            record = {}
            for (name, third_party, label), value in zip(columns, row, strict=True):
                plain = written(value)
                record[name] = mask(plain) if third_party else plain
                if third_party and record[name] != plain:
                    self.masking[label] += 1
            return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

        return line


def collect(plan: Plan, sources: Sources, *, masking_key: bytes) -> Collected:
    """Return the rows of `plan`, to be drawn once. `masking_key` makes the tokens of this one package."""
    return Collected(plan, sources, masking_key=masking_key)


def _path(step: Step, part: int) -> str:
    # A tar header holds 100 bytes of name: long names of tables are cut, the number of the step stays.
    return f"data/{step.number:03d}-{f'{step.store}.{step.table}'[:70]}.{part:04d}.jsonl"
