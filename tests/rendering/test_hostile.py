"""Is each paper that is made to harm its reader contained: in time, in memory, and with a word on what happened?"""

from __future__ import annotations

import sys
import time

import pytest
from tests.rendering import hostile

from answerable.adapters.reading import open_paper
from answerable.adapters.rendering import UNDRAWN, Allowed, draw
from answerable.adapters.sandbox import Limits, Sandbox
from answerable.errors import MalformedDemand, SandboxFailed

FILES = hostile.files()
ENDS = {
    "sandbox.processor-time",
    "sandbox.time",
    "sandbox.memory",
    "sandbox.crashed",
    "sandbox.too-much",
    "sandbox.stumbled",
}
GIB = 1 << 30
# Less processor time than a desk gives, so that the tests end; memory as a desk gives it.
LIMITS = Limits(cpu=3, wall=35)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these walls")


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox(load=("answerable.adapters.reading.jobs", "answerable.adapters.rendering.drawing"))
    yield made
    made.close()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_paper_is_contained(sandbox, name):
    started = time.monotonic()
    with pytest.raises(MalformedDemand) as refused:
        open_paper(FILES[name], sandbox=sandbox, limits=LIMITS)
    assert refused.value.code.startswith("intake.")
    assert time.monotonic() - started <= 40
    started = time.monotonic()
    try:
        drawn = draw(FILES[name], sandbox=sandbox, allowed=Allowed(), limits=LIMITS)
    except SandboxFailed as fault:
        assert fault.code in ENDS
    else:
        assert bool(drawn.pages) != (drawn.undrawn in UNDRAWN)
        assert len(drawn.pages) <= 30
    assert time.monotonic() - started <= 40
    assert sandbox.peak <= GIB


def test_there_are_enough_of_them_and_no_two_are_alike():
    assert len(FILES) >= 30
    assert len(set(FILES.values())) == len(FILES)
