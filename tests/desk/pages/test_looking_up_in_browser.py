"""Can people look up what no machine can ask, in a real browser: the task on the case, bringing a file, and confirming it?"""

from __future__ import annotations

import pytest
from tests.desk.test_looking_up import archive, found, subject

__all__ = ["archive", "found", "subject"]  # fixtures

pytestmark = pytest.mark.browser


@pytest.fixture
def task(archive, decided, machine, found, people, aside):
    """A case in which somebody brought a file that waits for a second person, and the address of the task."""
    return aside(_brought, decided, machine, found, people)


def _brought(decided, machine, found, people) -> tuple[str, str]:
    from answerable.desk.moves import looking_up

    case = decided("lawful")
    asked = case.look_ups.get()
    looking_up.bring(machine, asked, actor=people["mara"], content=found({}).read())
    return f"/desk/{case.reference}/", f"/desk/{case.reference}/look-ups/{asked.pk}"


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("narrow", "dark")])
def test_the_pages_are_accessible_and_fit(task, faults, size, scheme):
    case, address = task
    stops = {
        "case-look-up": ("mara", case),
        "look-up-own": ("mara", address),
        "look-up-second": ("jonas", address),
    }
    assert faults(stops, size, scheme, status=(200,)) == []
