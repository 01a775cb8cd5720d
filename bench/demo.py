"""How long does `answerable demo --once` take at its usual size, and how much memory does it ever hold?

`demo.collect_and_seal` is its answers once more, collected together and sealed in a process without desk and pages.

python bench/demo.py [--quick] [--accounts N] [--events N] [--runs N]
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from measuring import line, measured, options, reach

from answerable.adapters.encryption import decrypt, encrypt
from answerable.adapters.sources import collect_together, open_sources
from answerable.casefile.encoding import canonical
from answerable.collect.data_map import load_data_map
from answerable.collect.plan import Plan
from answerable.demo.harbour_forum import HarbourForum
from answerable.seal import Bag


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


def plans(out: Path) -> list[Plan]:
    """Return what was read for each answer, as its package says."""
    identity = (out / "authority.key").read_text().strip()
    packages = sorted((out / "desk" / "packages").glob("*.tar.age"))
    return [_plan(b"".join(decrypt(each, identity))) for each in packages]


def _plan(package: bytes) -> Plan:
    with tarfile.open(fileobj=io.BytesIO(package)) as tar:
        name = next(each for each in tar.getnames() if each.endswith("meta/plan.json"))
        return Plan.model_validate_json(tar.extractfile(name).read())


def answers(out: Path, made: list[Plan]) -> int:
    """Collect the answers together, seal each, and return how many records they hold."""
    recipient = (out / "authority.pub").read_text().strip()
    data_map = load_data_map((out / "desk" / "data-map.yaml").read_text())
    now, records = datetime.now(UTC), 0
    with (
        open_sources(data_map, HarbourForum(out / "harbour-forum").places, now=lambda: now) as sources,
        tempfile.TemporaryDirectory() as name,
    ):
        due = [(plan, bytes(32)) for plan in made]
        for plan, rows in zip(made, collect_together(due, sources, spool_in=Path(name)), strict=True):
            read = lambda rows=rows: {"meta/readlog.jsonl": b"".join(canonical(each) for each in rows.read_log)}  # noqa: E731
            bag = Bag(case=plan.case, sealed_at=now, payload=rows.chunks(), tags=read)
            encrypt(bag.stream(), Path(name) / plan.case, [recipient])
            records += rows.records
    return records


def main() -> None:
    """Print every figure."""
    size = options(__doc__, accounts=(100_000, 5_000), events=(5_000_000, 100_000), runs=(3, 1))
    sizes = ("--accounts", str(size.accounts), "--events", str(size.events))
    taken = []
    for _ in range(size.runs):
        with tempfile.TemporaryDirectory() as name:
            out = Path(name) / "demo"
            both = (*run(out, *sizes), *run(out, *sizes))
            alone = measured(answers, out, plans(out), times=1)
            taken.append((*both, alone.seconds, alone.peak_mb))
    first, peak, again, _, sealing, sealing_mb = (median(column) for column in zip(*taken, strict=True))
    line("demo.once", "s", first, peak_mb=peak, **reach("< 60 s", first < 60))
    line("demo.collect_and_seal", "s", sealing, peak_mb=sealing_mb, **reach("< 300 MB", sealing_mb < 300))
    line("demo.once_again", "s", again, first)


if __name__ == "__main__":
    main()
