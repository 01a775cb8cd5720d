"""How are rows put in order within a fixed memory? Sorted runs, and where they are many, set aside encrypted and merged.

Records of people are never written to a disk in the clear: a run that is set aside is encrypted under a key that lives in
this process only, in a file without a name.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_IN_MEMORY = 32_000_000  # bytes of a run, before it is sorted
_BLOCK_ROWS = 8_192

Key = tuple[tuple[bool, bool, Any], ...]


class Ordered:
    """Takes frames in any order, and gives their rows by `columns`, NULLs first; equal rows in the order they came."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._held: list[pl.DataFrame] = []
        self._size = 0
        self._aside = Aside()

    def add(self, frame: pl.DataFrame) -> None:
        """Take a frame."""
        if frame.height:
            self._held.append(frame)
            self._size += int(frame.estimated_size())
        if self._size > _IN_MEMORY:
            self._aside.run(self._sorted())

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield everything, in order."""
        if not self._aside.runs:
            if self._held:
                yield self._sorted()
            return
        if self._held:
            self._aside.run(self._sorted())
        yield from self._merged([Run(blocks) for blocks in self._aside.read()])

    def close(self) -> None:
        """Let go of what was set aside."""
        self._held.clear()
        self._aside.close()

    def _sorted(self) -> pl.DataFrame:
        whole = pl.concat(self._held)
        self._held, self._size = [], 0
        return self._sort(whole)

    def _sort(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.sort(self._columns, nulls_last=False, maintain_order=True)

    def _merged(self, runs: list[Run]) -> Iterator[pl.DataFrame]:
        """Yield what no later block can come before: all rows up to the least of the blocks' last ones.

        Of rows that are equal to it, those of the first run that may have more of them; the runs after that wait.
        """
        open_runs = [run for run in runs if run.advance()]
        while open_runs:
            last = [self._key(run.block, run.block.height - 1) for run in open_runs]
            bound = min(last)
            first = last.index(bound)
            parts = []
            for place, run in enumerate(open_runs):
                cut = self._cut(run.block, bound, with_equal=place <= first)
                if cut:
                    parts.append(run.block[:cut])
                    run.block = run.block[cut:]
            yield self._sort(pl.concat(parts)) if len(parts) > 1 else parts[0]
            open_runs = [run for run in open_runs if run.block.height or run.advance()]

    def _cut(self, block: pl.DataFrame, bound: Key, *, with_equal: bool) -> int:
        """Return how many rows of a sorted block come before `bound`, or do not come after it."""
        low, high = 0, block.height
        while low < high:
            middle = (low + high) // 2
            key = self._key(block, middle)
            if key < bound or (with_equal and key == bound):
                low = middle + 1
            else:
                high = middle
        return low

    def _key(self, block: pl.DataFrame, row: int) -> Key:
        # As whole numbers, for Python's moments have no nanoseconds.
        values = (block.get_column(name).slice(row, 1).to_physical()[0] for name in self._columns)
        return tuple(
            (value is not None, _is_nan(value), None if value is None or _is_nan(value) else value) for value in values
        )


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


@dataclass
class Run:
    """A sorted run, and the block of it that stands in memory."""

    blocks: Iterator[pl.DataFrame]
    block: pl.DataFrame = field(default_factory=pl.DataFrame)

    def advance(self) -> bool:
        """Take the next block. Returns whether there was one."""
        following = next(self.blocks, None)
        self.block = pl.DataFrame() if following is None else following
        return following is not None


class Aside:
    """Sorted runs in a file without a name, block by block, each under AES-256-GCM with a number used once."""

    def __init__(self) -> None:
        self.runs: list[list[tuple[int, int, int]]] = []  # per block: number, offset, length
        self._file: IO[bytes] | None = None
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._blocks = 0

    def run(self, frame: pl.DataFrame) -> None:
        """Set a sorted frame aside."""
        self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        places = []
        for start in range(0, frame.height, _BLOCK_ROWS):
            plain = BytesIO()
            frame[start : start + _BLOCK_ROWS].write_ipc_stream(plain)
            sealed = self._cipher.encrypt(self._blocks.to_bytes(12, "big"), plain.getvalue(), None)
            places.append((self._blocks, self._file.seek(0, os.SEEK_END), len(sealed)))
            self._file.write(sealed)
            self._blocks += 1
        self.runs.append(places)

    def read(self) -> list[Iterator[pl.DataFrame]]:
        """Return the blocks of each run."""
        return [self._run(places) for places in self.runs]

    def close(self) -> None:
        """Give the disk back."""
        if self._file:
            self._file.close()

    def _run(self, places: list[tuple[int, int, int]]) -> Iterator[pl.DataFrame]:
        for number, offset, length in places:
            assert self._file is not None  # noqa: S101 - a place was written into it
            self._file.seek(offset)
            plain = self._cipher.decrypt(number.to_bytes(12, "big"), self._file.read(length), None)
            yield pl.read_ipc_stream(BytesIO(plain))
