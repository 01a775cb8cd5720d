"""Which rows of a shared scan leave in which package? Each with the step and the number of the identifier that it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from answerable.collect.scan import TARGET
from answerable.collect.sharing import SharedScan

Reader = tuple[int, int]  # a plan, and the number of a step of it


class Split:
    """Splits the batches of one scan. A row goes to the owners of its target, to each once, and to nobody else."""

    def __init__(self, shared: SharedScan) -> None:
        self.readers: tuple[Reader, ...] = shared.readers
        places = {reader: place for place, reader in enumerate(self.readers)}
        self._layers = []
        for depth in range(max(map(len, shared.owners))):
            here = [owners[depth] if depth < len(owners) else None for owners in shared.owners]
            self._layers.append(
                (
                    pa.array([each and places[each.plan, each.step] for each in here], pa.int32()),
                    pa.array([each and each.number for each in here], pa.int32()),
                )
            )
        self._counts: Counter[int] = Counter()
        self._targets = len(shared.owners)

    @property
    def rows(self) -> tuple[int, ...]:
        """How many rows each target had so far."""
        return tuple(self._counts[target] for target in range(self._targets))

    def pieces(self, batch: pa.RecordBatch) -> Iterator[tuple[Reader, pa.RecordBatch]]:
        """Yield the part of a batch that each reader gets; the number of the identifier takes the place of the target."""
        targets = batch.column(TARGET)
        for each in targets.value_counts():
            self._counts[each["values"].as_py()] += each["counts"].as_py()
        for readers, numbers in self._layers:
            whose = readers.take(targets)
            found = [each for each in pc.unique(whose).to_pylist() if each is not None]
            if not found:
                continue
            numbered = batch.set_column(0, TARGET, numbers.take(targets))
            if len(found) == 1 and whose.null_count == 0:
                yield self.readers[found[0]], numbered
            else:
                for place in found:
                    yield self.readers[place], numbered.filter(pc.fill_null(pc.equal(whose, place), False))
