"""Which readings do the steps of several plans need, and who gets which row?

Steps that read the same columns of the same table by the same key are one scan, whoever asks and for whichever period: the
cost is the scan, not the targets. A target belongs to each step that asks for it, and its rows leave with those alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from answerable.collect.plan import Step, Way
from answerable.collect.scan import Scan, Target

Subject = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who gets the rows of a target: which plan, which of its steps, under which number of its identifiers."""

    plan: int
    step: int
    number: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step of a plan, and the subjects that each of its identifiers stands for there."""

    plan: int
    step: Step
    subjects: Mapping[int, tuple[Subject, ...]]


@dataclass(frozen=True, slots=True)
class SharedScan:
    """A scan of a store, and the owners of each of its targets, in the order of the targets."""

    store: str
    scan: Scan
    owners: tuple[tuple[Owner, ...], ...]

    @property
    def readers(self) -> tuple[tuple[int, int], ...]:
        """The plan and step of every owner, once, in order."""
        return tuple(sorted({(owner.plan, owner.step) for owners in self.owners for owner in owners}))


def shared_scans(wanted: Iterable[Wanted]) -> tuple[SharedScan, ...]:
    """Return the fewest scans that give every step its rows. A step without a subject gives none.

    The targets of a scan are in the order of plan, step and identifier, so that the rows of a step come together.
    """
    shapes: dict[tuple[str, Scan], dict[Target, list[Owner]]] = {}
    for each in sorted(wanted, key=lambda one: (one.plan, one.step.number)):
        step = each.step
        targets = shapes.setdefault((step.store, shape_of(step)), {})
        for number in step.targets:
            for subject in each.subjects.get(number, ()):
                owners = targets.setdefault(_target(step, subject), [])
                owners.append(Owner(each.plan, step.number, number))
    return tuple(
        SharedScan(store, with_targets(shape, tuple(targets)), tuple(map(tuple, targets.values())))
        for (store, shape), targets in shapes.items()
        if targets
    )


def shape_of(step: Step) -> Scan:
    """Return the scan of a step, without its targets."""
    return Scan(
        table=step.table,
        subject_columns=step.subject_columns,
        columns=step.column_names,
        targets=(),
        order_by=step.order_by,
        time_column=step.time_column,
        zone=step.zone,
    )


def way_scan(way: Way, subjects: Iterable[Subject]) -> Scan:
    """Return the scan that follows one table on the way to another, for these subjects."""
    width = len(way.subject_columns)
    targets = tuple(Target(each * width if way.same else each) for each in subjects)
    return Scan(
        table=way.table,
        subject_columns=way.subject_columns,
        columns=way.columns,
        targets=targets,
        order_by=way.columns,
    )


def with_targets(scan: Scan, targets: tuple[Target, ...]) -> Scan:
    """Return a scan for these targets."""
    return Scan(
        table=scan.table,
        subject_columns=scan.subject_columns,
        columns=scan.columns,
        targets=targets,
        order_by=scan.order_by,
        time_column=scan.time_column,
        zone=scan.zone,
    )


def _target(step: Step, subject: Subject) -> Target:
    subject = subject * len(step.subject_columns) if step.same else subject
    if step.period is None or step.time_column is None:
        return Target(subject)
    return Target(subject, step.period.start, step.period.end)
