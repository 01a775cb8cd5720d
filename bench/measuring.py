"""How is a figure measured? Each side in a fresh process of its own, several times; the median counts.

`peak_mb` is the most memory that the process of our side ever held (VmHWM of Linux), Python and all libraries included.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Measured:
    """Median seconds of one call, peak memory of its process in megabytes, and what the last call returned."""

    seconds: float
    peak_mb: float
    result: Any


def reach(words: str, holds: bool) -> dict[str, Any]:
    """Return what we want, and whether we have it, as `line` takes them."""
    return {"reach": words, "holds": holds}


def measured(work: Callable[..., Any], *arguments: Any, times: int = 3) -> Measured:
    """Return how long `work(*arguments)` takes. Processes are started anew: nothing of the other side is warm in them."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_repeated, work, arguments, times).result()


def line(
    figure: str,
    unit: str,
    ours: float,
    reference: float | None = None,
    *,
    peak_mb: float | None = None,
    reach: str | None = None,
    holds: bool | None = None,
) -> None:
    """Print one figure. `ratio` is ours by reference; `reach` says what we want, `holds` whether we have it."""
    ratio = round(ours / reference, 3) if reference else None
    fields = (_short(ours), reference and _short(reference), ratio, peak_mb and round(peak_mb, 1), reach, holds)
    names = ("ours", "reference", "ratio", "peak_mb", "reach", "holds")
    print(json.dumps({"figure": figure, "unit": unit, **dict(zip(names, fields, strict=True))}), flush=True)


def options(about: str, **sizes: tuple[int, int]) -> argparse.Namespace:
    """Return the sizes of this run; each is given as (usual, with --quick)."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="small sizes, under a minute")
    for name, (usual, quick) in sizes.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, help=f"{usual:,}, or {quick:,} with --quick")
    chosen = parser.parse_args()
    for name, (usual, quick) in sizes.items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, quick if chosen.quick else usual)
    return chosen


def with_children_mb() -> float:
    """Return the most memory that this process held, and, as if all held it at once, each of its children: in megabytes.

    Pages that they share are counted in each.
    """
    return _peak_mb() + len(os.sched_getaffinity(0)) * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _repeated(work: Callable[..., Any], arguments: tuple[Any, ...], times: int) -> Measured:
    taken, result = [], None
    for _ in range(times):
        gc.collect()
        started = time.perf_counter()
        try:
            result = work(*arguments)
        except Exception as fault:
            # Not every error finds its way back from another process.
            raise RuntimeError(f"{type(fault).__name__}: {fault} ({fault.__cause__})") from None
        taken.append(time.perf_counter() - started)
    return Measured(median(taken), _peak_mb(), result)


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _short(value: float) -> float:
    return float(f"{value:.4g}")
