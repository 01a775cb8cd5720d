"""What must a person look up, in a store that no machine can ask?

A plan reads such a store like any other, and its steps on one table become one task: whose rows, of which period, with which
columns. The file that a person brings must hold just that, see `uploaded`.
"""

from __future__ import annotations

from answerable.casefile.encoding import Record
from answerable.casefile.scope import Identifier, Period
from answerable.collect.data_map import DataMap
from answerable.collect.plan import Plan, Step

PERSON = "person"


class Reading(Record):
    """One step of the plan: whose rows these are, in which role, of which period, and what is read of them.

    With `same`, each of the subject columns holds the subject.
    """

    step: int
    identifier: Identifier
    role: str
    subject_columns: tuple[str, ...]
    same: bool = False
    time_column: str | None
    period: Period | None
    columns: tuple[str, ...]
    words: str


class Task(Record):
    """One table that a person looks into. `columns` are all that the file carries; `found_by` those of them that say whose
    row it is, when, and in which order, which stand in every row. `zone` is that of moments written without one."""

    store: str
    table: str
    zone: str
    columns: tuple[str, ...]
    found_by: tuple[str, ...]
    readings: tuple[Reading, ...]

    @property
    def label(self) -> str:
        """Store and table, as packages name them."""
        return f"{self.store}.{self.table}"

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Whom it is about, each once."""
        return tuple(dict.fromkeys(reading.identifier for reading in self.readings))


def tasks(plan: Plan, data_map: DataMap) -> tuple[Task, ...]:
    """Return what a person must look up before this plan can be carried out; nothing where machines can ask every store."""
    steps: dict[tuple[str, str], list[Step]] = {}
    for step in plan.steps:
        if data_map.stores[step.store].kind == PERSON:
            steps.setdefault((step.store, step.table), []).append(step)
    return tuple(_task(plan, found) for found in steps.values())


def _task(plan: Plan, steps: list[Step]) -> Task:
    found_by = [name for step in steps for name in (*step.subject_columns, step.time_column, *step.order_by) if name]
    read = [name for step in steps for name in step.column_names]
    return Task(
        store=steps[0].store,
        table=steps[0].table,
        zone=steps[0].zone,
        columns=tuple(dict.fromkeys(found_by + read)),
        found_by=tuple(dict.fromkeys(found_by)),
        readings=tuple(_reading(step, plan.identifier(number)) for step in steps for number in step.targets),
    )


def _reading(step: Step, identifier: Identifier) -> Reading:
    return Reading(
        step=step.number,
        identifier=identifier,
        role=step.role,
        subject_columns=step.subject_columns,
        same=step.same,
        time_column=step.time_column,
        period=step.period,
        columns=step.column_names,
        words=step.words,
    )
