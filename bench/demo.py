"""How long does `answerable demo --once` take at its usual size, and how much memory does it ever hold?

python bench/demo.py [--quick] [--accounts N] [--events N] [--runs N]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measuring import line, options, reach


def run(out: Path, *sizes: str) -> tuple[float, float]:
    """Return seconds and peak megabytes of one run into `out`."""
    with out.with_name("said").open("w") as said:
        started = time.perf_counter()
        command = [sys.executable, "-m", "answerable", "demo", "--once", "--out", str(out), *sizes]
        process = subprocess.Popen(command, stdout=said, stderr=said)
        _, code, used = os.wait4(process.pid, 0)
        taken = time.perf_counter() - started
    if code:
        raise SystemExit(out.with_name("said").read_text())
    return taken, used.ru_maxrss / 1024


def main() -> None:
    """Print every figure."""
    size = options(__doc__, accounts=(100_000, 5_000), events=(5_000_000, 100_000), runs=(3, 1))
    sizes = ("--accounts", str(size.accounts), "--events", str(size.events))
    taken = []
    for _ in range(size.runs):
        with tempfile.TemporaryDirectory() as name:
            taken.append((*run(Path(name) / "demo", *sizes), *run(Path(name) / "demo", *sizes)))
    first, peak, again, _ = (median(column) for column in zip(*taken, strict=True))
    line("demo.once", "s", first, peak_mb=peak, **reach("< 60 s", first < 60))
    line("demo.once_memory", "MB", peak, peak_mb=peak, **reach("< 300 MB", peak < 300))
    line("demo.once_again", "s", again, first)


if __name__ == "__main__":
    main()
