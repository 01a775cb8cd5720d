"""What do the tests of agencies' sign-on stand on? Two offices, a provider on loopback, and a desk that is pinned to it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from tests.agency import SECRET, Agency, serving
from tests.desk.agencies.visiting import HERE, NUMBER, OFFICE, OTHER, pin

from answerable.adapters.agency import Pin
from answerable.casefile.directory import DirectoryRecord, Number
from answerable.desk.home import SignInSettings


@pytest.fixture(scope="session")
def offices(machine, people):
    """Two offices that two people confirmed three months ago, each with its number."""
    from answerable.desk.moves import directory

    then = dataclasses.replace(machine, now=lambda: machine.now() - timedelta(days=90))
    by = {"source": "its own page", "added_at": then.now(), "added_by": "mara"}
    for name, number in ((OFFICE, NUMBER), (OTHER, "+31105550199")):
        draft = DirectoryRecord(
            id=name, name=f"The {name}", country="NL", kind="police", source="its own page",
            added_on=then.now().date(), added_by="mara", numbers=(Number(number=number, **by),),
        )  # fmt: skip
        proposal = directory.propose(then, actor=people["mara"], draft=draft, base=0, reason="Read from its own page.")
        directory.confirm(then, proposal, actor=people["jonas"])


@pytest.fixture
def agency():
    with serving(Agency()) as running:
        yield running


@pytest.fixture
def settle(machine, offices, monkeypatch):
    """Set the desk of every page to one with these pins, and return it."""
    monkeypatch.setenv("AGENCY_SECRET", SECRET)
    # A machine that is busy with other tests is no slow server.
    monkeypatch.setattr("answerable.adapters.agency.server._SECONDS", 60.0)

    def set_to(*pins: Pin, days: float = 0):
        sign_in = SignInSettings(address=HERE, agencies=pins)
        settings = machine.settings.model_copy(update={"sign_in": sign_in})
        desk = dataclasses.replace(machine, settings=settings, now=lambda: machine.now() + timedelta(days=days))
        for module in ("entrance", "agency_entrance", "portal.views", "staff.officers", "staff.shown", "middleware"):
            monkeypatch.setattr(f"answerable.desk.{module}.desk", lambda: desk)
        return desk

    return set_to


@pytest.fixture
def desk(settle, agency):
    return settle(pin(agency.issuer))


@pytest.fixture
def client():
    from django.test import Client

    return Client()
