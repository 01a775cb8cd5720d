"""How do plans become rows? Counted, read, split to whom they belong, masked before a byte is written, and written down.

1  whom the identifiers stand for, and along which ways their rows are reached
2  the fewest scans that give every step of every plan its rows; all counted before the first is read
3  each scan is read once; a row goes to the packages whose plan asks for it, with tokens of each package's own
4  where a store has a second engine, it must give the same rows
5  as many rows must come for each target as were counted

Whatever fails stops all packages of the reading: the parts that came before are no package, and nothing is sealed of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from answerable.adapters.sources.agreeing import differing, new_sums
from answerable.adapters.sources.noting import Reading, changed
from answerable.adapters.sources.opening import Sources
from answerable.adapters.sources.packing import Packing, Part
from answerable.adapters.sources.splitting import Reader, Split
from answerable.adapters.sources.spooling import Spool
from answerable.adapters.sources.travelling import refuse_ambiguous, wanted
from answerable.adapters.sources.watching import Watch
from answerable.casefile.answer import ReadLogEntry
from answerable.collect.plan import Plan
from answerable.collect.sharing import SharedScan, shared_scans
from answerable.errors import StoreFailed


class Collected:
    """The rows of one plan. `read_log`, `masking`, `flagged` and `records` are complete once `chunks` is used up."""

    def __init__(self, packing: Packing, parts: Iterator[Part]) -> None:
        self._packing, self._source = packing, parts

    def chunks(self) -> Iterator[Part]:
        """Yield the parts of the payload: path in the bag and lines of JSON, about 4 MiB each. Once."""
        return self._source

    @property
    def records(self) -> int:
        """How many records the answer has."""
        return self._packing.records

    @property
    def read_log(self) -> list[ReadLogEntry]:
        """What was read for it."""
        return self._packing.read_log

    @property
    def masking(self) -> dict[str, int]:
        """How many values of each masked column became tokens."""
        return self._packing.masking

    @property
    def flagged(self) -> int:
        """How many records hold free text in which somebody else may be named."""
        return self._packing.flagged

    @property
    def flags(self) -> bytes:
        """Which records these are, as lines of JSON without a value."""
        return self._packing.flags


def collect(plan: Plan, sources: Sources, *, masking_key: bytes, watch: Watch | None = None) -> Collected:
    """Return the rows of `plan`, to be drawn once. `masking_key` makes the tokens of this one package.

    Refuses, with the first row that is drawn, an identifier that stands for several, and records that a person must bring.
    """
    packing = Packing(plan, masking_key)
    return Collected(packing, (part for _, part in _Gathering([packing], sources, watch or Watch()).parts()))


def collect_together(
    asked: Sequence[tuple[Plan, bytes]], sources: Sources, *, spool_in: Path, watch: Watch | None = None
) -> list[Collected]:
    """Return the rows of several plans, each with the key of its tokens, out of as few scans as all of them need.

    Every part waits, sealed, in a file without a name in `spool_in`. Refuses all where one cannot be answered: ask
    `refuse_unanswerable` of each before.
    """
    packings = [Packing(plan, key) for plan, key in asked]
    spools = [Spool(spool_in) for _ in packings]
    try:
        for number, (path, content) in _Gathering(packings, sources, watch or Watch()).parts():
            spools[number].add(path, content)
    except BaseException:
        for spool in spools:
            spool.close()
        raise
    return [Collected(packing, spool.parts()) for packing, spool in zip(packings, spools, strict=True)]


def count(plan: Plan, sources: Sources) -> dict[int, int]:
    """Return how many rows each step of a plan would give, also for an identifier that stands for two."""
    found = dict.fromkeys((step.number for step in plan.steps), 0)
    for shared in shared_scans(wanted([plan], sources)[0]):
        counted = sources.store(shared.store).count(shared.scan)
        found |= {step: rows for (_, step), rows in _owned(shared, counted).items()}
    return found


def refuse_unanswerable(plan: Plan, sources: Sources) -> None:
    """Refuse a plan in which an identifier stands for several, or whose records a person must bring."""
    refuse_ambiguous(plan, sources)
    if by_hand := [step for step in plan.steps if step.by_hand and not sources.is_open(step.store)]:
        raise StoreFailed(
            "collect.by-hand",
            what=f"The store “{by_hand[0].store}” cannot be asked by the desk.",
            why=f"{len(by_hand)} steps of the plan are for a person to read, and nobody has brought their records yet.",
            next_step="Carry out the task that the case shows, and bring the records.",
        )


class _Gathering:
    """One collection for one or more packages."""

    def __init__(self, packings: Sequence[Packing], sources: Sources, watch: Watch) -> None:
        self._packings, self._sources, self._watch = packings, sources, watch
        self._expected = 0

    def parts(self) -> Iterator[tuple[int, Part]]:
        """Yield the number of a package and the next part of it."""
        with self._watch.over(self._sources):
            for packing in self._packings:
                refuse_unanswerable(packing.plan, self._sources)
                packing.know(self._sources)
            asked, readings = wanted([packing.plan for packing in self._packings], self._sources)  # 1
            for packing, entries in zip(self._packings, readings, strict=True):
                packing.read_log += entries
            scans = shared_scans(asked)  # 2
            counts = [self._sources.store(each.store).count(each.scan) for each in scans]
            self._expected = sum(_owned(each, counted).total() for each, counted in zip(scans, counts, strict=True))
            for shared, counted in zip(scans, counts, strict=True):
                yield from self._read(shared, counted)

    def _read(self, shared: SharedScan, counted: Sequence[int]) -> Iterator[tuple[int, Part]]:
        store, scan, split = self._sources.store(shared.store), shared.scan, Split(shared)
        cross_check = getattr(store, "cross_check", None)
        one, other = new_sums()
        reading = Reading.begin(self._sources, shared.store, scan)
        for plan, step in split.readers:
            self._packings[plan].begin(step)
        for batch in store.read(scan):  # 3
            self._tell(f"{shared.store}.{scan.table}")
            if cross_check:
                one.add(batch)
            for (plan, step), rows in split.pieces(batch):
                for part in self._packings[plan].take(step, rows):
                    yield plan, part
        for plan, step in split.readers:
            for part in self._packings[plan].end(step):
                yield plan, part
        reading = reading.ended(store)
        if cross_check and (targets := differing(one, other, cross_check(scan))):  # 4
            raise _disagreeing(shared, targets, rows=(sum(one.rows.values()), sum(other.rows.values())))
        if split.rows != tuple(counted):  # 5
            raise changed(shared.store, scan.table, sum(counted), sum(split.rows))
        self._write_down(shared, reading, split.rows, cross_checked=cross_check is not None)

    def _write_down(self, shared: SharedScan, reading: Reading, rows: Sequence[int], *, cross_checked: bool) -> None:
        owned = _owned(shared, rows)
        for plan, step in shared.readers:
            self._packings[plan].read_log.append(
                reading.entry(
                    step,
                    counted=owned[plan, step],
                    read=owned[plan, step],
                    returned=owned[plan, step],
                    is_shared=len(shared.readers) > 1,
                    cross_checked=cross_checked,
                )
            )

    def _tell(self, where: str) -> None:
        rows = sum(packing.records for packing in self._packings)
        octets = sum(packing.octets for packing in self._packings)
        self._watch.at(where, rows=rows, expected=self._expected, octets=octets)


def _owned(shared: SharedScan, rows: Sequence[int]) -> Counter[Reader]:
    """Return how many of the rows go to each reader."""
    owned: Counter[Reader] = Counter()
    for owners, number in zip(shared.owners, rows, strict=True):
        for owner in owners:
            owned[owner.plan, owner.step] += number
    return owned


def _disagreeing(shared: SharedScan, targets: frozenset[int], *, rows: tuple[int, int]) -> StoreFailed:
    steps = sorted({owner.step for target in targets for owner in shared.owners[target]})
    return StoreFailed(
        "collect.engines-disagree",
        what=f"Two engines do not give the same rows of {shared.store}.{shared.scan.table}.",
        why=f"For {len(targets)} of {len(shared.owners)} targets they differ, in step {', '.join(map(str, steps))} of the plan;"
        f" the one gave {rows[0]} rows, the other {rows[1]}.",
        next_step="Nothing was sealed. Look whether the files changed or are damaged; if not, report this with the code.",
    )
