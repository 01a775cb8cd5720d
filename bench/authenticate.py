"""How long does a paper take behind walls: read, examined and drawn; one, twenty at once, and those made to do harm?

python bench/authenticate.py [--quick] [--papers N] [--seconds N]

The paper is a sealed certificate of two pages. The reference does the same in its own process, without walls, every
library loaded. Hostile papers are those of the tests; `seconds` is the processor time that each may take.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from runpy import run_path

from measuring import line, measured, options, reach

from answerable.adapters.encryption import new_identity
from answerable.adapters.paper import paper
from answerable.adapters.reading import authenticate, open_paper
from answerable.adapters.rendering import Allowed, draw
from answerable.adapters.sandbox import Limits, Sandbox
from answerable.adapters.signing import make_authority
from answerable.demo.demands import AUTHORITY, ORGANISATION, orders
from answerable.errors import MalformedDemand, SandboxFailed

_AT = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
_MIB = 1 << 20


def made() -> bytes:
    """Return a sealed certificate of two pages."""
    seal = make_authority(AUTHORITY, organisation_identifier=ORGANISATION, country="DE", at=_AT)
    return paper(orders(_AT, new_identity()[1])["lawful"], seal)


@lru_cache
def _sandbox() -> Sandbox:
    return Sandbox(load=("answerable.adapters.reading.jobs", "answerable.adapters.rendering.drawing"))


def started() -> bool:
    """Start a zygote, look which walls hold, and end it."""
    sandbox = Sandbox(load=("answerable.adapters.reading.jobs", "answerable.adapters.rendering.drawing"))
    try:
        return sandbox.available().is_enough
    finally:
        sandbox.close()


def child() -> int:
    """Do a job that does nothing."""
    return len(_sandbox().run("answerable.adapters.sandbox.probing:walls", b""))


def walled(content: bytes) -> tuple[int, int]:
    """Read, examine and draw a paper behind walls; return how many pages, and the most bytes a child held."""
    sandbox = _sandbox()
    form = open_paper(content, sandbox=sandbox).form
    findings = authenticate(content, form, trust_roots=[], directory=[], at=_AT, sandbox=sandbox)
    drawn = draw(content, sandbox=sandbox, allowed=Allowed())
    if len(findings) != 6 or findings[1].outcome != "met":
        raise SystemExit("the paper was not examined")
    return len(drawn.pages), sandbox.peak


def open_air(content: bytes) -> int:
    """Do the same in this process, without walls."""
    from answerable.adapters.rendering.drawing import draw as draws
    from answerable.authenticate.examining import authenticate as examines
    from answerable.intake import read

    examines(content, read(content).form, trust_roots=[], directory=[], at=_AT)
    return len(draws(content, {"allowed": Allowed().model_dump(), "signed": None, "engine": "PDFium"}))


def at_once(content: bytes, papers: int) -> tuple[int, float]:
    """Take `papers` papers at the same time; return how many failed, and the longest wait in seconds."""

    def one(number: int) -> tuple[bool, float]:
        begun = time.perf_counter()
        try:
            return walled(content + b"\n" * number)[0] != 2, time.perf_counter() - begun
        except (SandboxFailed, MalformedDemand):
            return True, time.perf_counter() - begun

    with ThreadPoolExecutor(papers) as pool:
        ends = list(pool.map(one, range(papers)))
    return sum(failed for failed, _ in ends), max(seconds for _, seconds in ends)


def hostile(seconds: int) -> tuple[int, float, int]:
    """Take every hostile paper; return how many there are, the longest time of one reading or drawing, the most bytes."""
    papers = run_path(str(Path(__file__).resolve().parents[1] / "tests/rendering/hostile.py"))["files"]()
    limits, longest = Limits(cpu=seconds, wall=2.0 * seconds), 0.0
    for content in papers.values():
        for job in (open_paper, lambda seen, **named: draw(seen, allowed=Allowed(), **named)):
            begun = time.perf_counter()
            with suppress(SandboxFailed, MalformedDemand):
                job(content, sandbox=_sandbox(), limits=limits)
            longest = max(longest, time.perf_counter() - begun)
    return len(papers), longest, _sandbox().peak


def main() -> None:
    """Print every figure."""
    size = options(__doc__, papers=(20, 20), seconds=(20, 2))
    content = made()
    cold = measured(started, times=1 if size.quick else 5)
    line("papers.walls_up", "s", cold.seconds, **reach("< 5 s, once a process", cold.result and cold.seconds < 5))
    start = measured(child, times=20)
    line("papers.child", "ms", start.seconds * 1000, **reach("<= 500 ms", start.seconds <= 0.5))
    ours, theirs = measured(walled, content, times=9), measured(open_air, content, times=9)
    held = reach("<= 2 s", ours.seconds <= 2 and ours.result[0] == 2)
    line("papers.two_pages", "s", ours.seconds, theirs.seconds, peak_mb=ours.peak_mb, **held)
    child_mb = ours.result[1] / _MIB
    line("papers.two_pages_child", "MB", child_mb, theirs.peak_mb, **reach("<= 1024 MB", child_mb <= 1024))
    many = measured(at_once, content, size.papers, times=1)
    line("papers.at_once_failed", "papers", many.result[0], peak_mb=many.peak_mb, **reach("0", many.result[0] == 0))
    line("papers.at_once_longest", "s", many.result[1], **reach("< 40 s", many.result[1] < 40))
    bad = measured(hostile, size.seconds, times=1)
    count, longest, peak = bad.result
    line("papers.hostile_longest", "s", longest, peak_mb=bad.peak_mb, **reach("<= 40 s", longest <= 40 and count >= 30))
    line("papers.hostile_child", "MB", peak / _MIB, **reach("<= 1024 MB", peak <= 1024 * _MIB))


if __name__ == "__main__":
    main()
