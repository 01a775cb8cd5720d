"""Whose rows, in the table of a step? From an identifier to its subject, and along the ways of the map to the next key.

Each way is one scan for everybody who goes it, of whichever plan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from answerable.adapters.sources.noting import Reading, changed
from answerable.adapters.sources.opening import Sources
from answerable.casefile.answer import ReadLogEntry
from answerable.collect.plan import Plan, Step, Way
from answerable.collect.scan import TARGET
from answerable.collect.sharing import Subject, Wanted, way_scan
from answerable.errors import StoreFailed

# Whoever has more keys than this is no person: a machine's account, or a way that the map should not have.
_MOST_KEYS = 10_000
_PURPOSE = "its keys lead to a later table; no row of it leaves"


@dataclass(frozen=True, slots=True)
class Followed:
    """What one way gave: the keys of each subject, and the reading, with the rows of each subject."""

    keys: Mapping[Subject, tuple[Subject, ...]]
    rows: Mapping[Subject, int]
    reading: Reading | None = None


class Ways:
    """The ways of several plans, each followed once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._followed: dict[tuple[Way, ...], Followed] = {}

    def follow(self, ways: tuple[Way, ...], subjects: Collection[Subject]) -> None:
        """Find the keys to which `ways` lead from these subjects. The ways before the last were followed already."""
        for length in range(1, len(ways)):
            found = self._followed[ways[:length]].keys
            subjects = {key for subject in subjects for key in found[subject]}
        self._followed[ways] = self._read(ways[-1], sorted(subjects)) if subjects else Followed({}, {})

    def lead(
        self, step: Step, subjects: Mapping[int, tuple[Subject, ...]]
    ) -> tuple[dict[int, tuple[Subject, ...]], list[ReadLogEntry]]:
        """Return whose rows a step reads for each number, and the readings by which that was found."""
        those, entries = dict(subjects), []
        for length in range(1, len(step.ways) + 1):
            followed = self._followed[step.ways[:length]]
            rows = sum(followed.rows[each] for each in {one for some in those.values() for one in some})
            if followed.reading:
                entry = followed.reading.entry(step.number, counted=rows, read=rows, returned=0, purpose=_PURPOSE)
                entries.append(entry)
            those = {
                number: tuple(dict.fromkeys(key for each in some for key in followed.keys[each]))
                for number, some in those.items()
            }
        return those, entries

    def _read(self, way: Way, subjects: list[Subject]) -> Followed:
        store, scan = self._sources.store(way.store), way_scan(way, subjects)
        reading = Reading.begin(self._sources, way.store, scan)
        counted = store.count(scan)
        keys, rows = _keys(store.read(scan), len(subjects), scan.columns)
        if list(counted) != rows:
            raise changed(way.store, way.table, sum(counted), sum(rows))
        if any(len(each) > _MOST_KEYS for each in keys):
            raise StoreFailed(
                "collect.too-many-keys",
                what=f"Somebody has more than {_MOST_KEYS:,} keys in {way.store}.{way.table}.",
                why="To follow them all would no longer read one person's data.",
                next_step="Look at reached_from in the data map: it may lead from a table in which one row belongs to many.",
            )
        return Followed(
            dict(zip(subjects, map(tuple, keys), strict=True)),
            dict(zip(subjects, rows, strict=True)),
            reading.ended(store),
        )


def wanted(plans: Sequence[Plan], sources: Sources) -> tuple[list[Wanted], list[list[ReadLogEntry]]]:
    """Return whose rows each step of the plans reads, and for each plan the readings by which that was found."""
    found = sources.subjects(identifier for plan in plans for identifier in plan.identifiers)
    steps = [
        (number, plan, step) for number, plan in enumerate(plans) for step in plan.steps if sources.is_open(step.store)
    ]
    going: dict[tuple[Way, ...], dict[Subject, None]] = {}
    for _, plan, step in steps:
        for length in range(1, len(step.ways) + 1):
            for target in step.targets:
                going.setdefault(step.ways[:length], {}).update(dict.fromkeys(found[plan.identifier(target)]))
    ways = Ways(sources)
    for way in sorted(going, key=len):
        ways.follow(way, going[way])
    entries: list[list[ReadLogEntry]] = [[] for _ in plans]
    asked = []
    for number, plan, step in steps:
        subjects_of = {target: found[plan.identifier(target)] for target in step.targets}
        led, readings = ways.lead(step, subjects_of)
        asked.append(Wanted(number, step, led))
        entries[number] += readings
    return asked, entries


def refuse_ambiguous(plan: Plan, sources: Sources) -> None:
    """Refuse a plan in which an identifier stands for more than one subject."""
    subjects = sources.subjects(plan.identifiers)
    doubtful = {number for number, each in enumerate(plan.identifiers, 1) if len(subjects[each]) > 1}
    if doubtful:
        raise StoreFailed(
            "collect.ambiguous-identifier",
            what="An identifier of the demand stands for more than one account.",
            why=f"{len(doubtful)} of its {len(plan.identifiers)} identifiers would touch people whom it may not mean.",
            next_step="Send the case back and ask the authority for an identifier that names one account.",
        )


def _keys(
    batches: Iterable[pa.RecordBatch], targets: int, columns: Sequence[str]
) -> tuple[list[dict[Subject, None]], list[int]]:
    """Return the keys of each target, each once and none with a part missing, and how many rows each had."""
    keys: list[dict[Subject, None]] = [{} for _ in range(targets)]
    rows = [0] * targets
    for batch in batches:
        values = [_texts(batch.column(name)) for name in columns]
        for target, *key in zip(batch.column(TARGET).to_pylist(), *values, strict=True):
            rows[target] += 1
            if None not in key:
                keys[target][tuple(key)] = None
    return keys, rows


def _texts(values: pa.Array) -> list[str | None]:
    """Return values as a target writes them: octets in small hexadecimal digits."""
    if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        return [None if each is None else each.hex() for each in values.to_pylist()]
    texts: list[str | None] = pc.cast(values, pa.string()).to_pylist()
    return texts
