"""What do the tests of the desk stand on? One desk with a small sample provider, made once, and orders that are new each time."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.collect.s3_server import s3 as s3

from answerable.adapters import clock
from answerable.adapters.paper import paper
from answerable.adapters.signing import SealingIdentity
from answerable.casefile.effect import Measure
from answerable.casefile.epoc import Epoc
from answerable.casefile.order import Order
from answerable.demo import demands
from answerable.demo.calling import call_court, enter_court
from answerable.demo.setting_up import Demo, set_up

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Demo:
    """A demo's folder with a small forum."""
    return set_up(tmp_path_factory.mktemp("desk"), accounts=1_300, events=4_000, seed=7)


@pytest.fixture(scope="session")
def machine(demo):
    """The desk of this process, its database made."""
    from answerable.desk.starting import start

    start(demo.home.folder)
    from django.test.utils import setup_test_environment

    setup_test_environment()
    from answerable.desk import moves
    from answerable.desk.wiring import desk

    moves.publish(desk())
    return desk()


@pytest.fixture(scope="session")
def people(machine):
    """Two reviewers and two officers, by name."""
    from answerable.desk import moves

    named = {"mara": "reviewer", "jonas": "reviewer", "ina": "officer", "otto": "officer"}
    opened = {
        name: moves.open_account(username=name, name=f"{name.title()} Test", role=role) for name, role in named.items()
    }
    enter_court(machine, [opened["mara"], opened["jonas"]])
    return opened


@pytest.fixture
def browser_of(people):
    """Return a client that is signed in as somebody, or as nobody."""
    from django.test import Client

    def of(name: str | None) -> Client:
        client = Client(enforce_csrf_checks=False)
        if name:
            client.force_login(people[name])
        return client

    return of


@pytest.fixture
def order(demo):
    """Return a new order of the demo's court: the kind of one in its queue, under a file number of its own."""

    def make(name: str = "lawful", *, forged: bool = False, **changes) -> bytes:
        now, reference = clock.now(), f"7 Gs {next(_numbers)}/26"
        known = demands.orders(now, demo.recipient) | demands.actions(now, demo.recipient)
        form = known[name].model_dump(mode="json")
        seal = SealingIdentity.load(demo.folder / ("forger" if forged else "court"))
        if form["form"] == "order":
            named = {
                name.rstrip("_"): value for name, value in changes.items()
            }  # `items_`: `items` are those decided on
            return paper(Order.model_validate(form | {"reference": reference} | named), seal)
        form["A"]["issuing_file_no"] = reference
        for section, change in changes.items():
            form[section] |= change
        return paper(Epoc.model_validate(form), seal)

    return make


@pytest.fixture
def settled(machine, people, received):
    """Return a case whose open questions a person answered as met."""
    from answerable.casefile.finding import Finding, Outcome
    from answerable.desk import moves

    def settle(name: str, **changes):
        case = received(name, **changes)
        for finding in map(Finding.model_validate, case.assessment["findings"]):
            if finding.outcome is Outcome.UNCLEAR:
                said = {"outcome": Outcome.MET, "reason": "Nothing speaks against it."}
                moves.answer_question(machine, case, actor=people["mara"], rule=finding.rule, **said)
        case.refresh_from_db()
        return case

    return settle


@pytest.fixture
def granted(machine, people, settled, work):
    """Return a case in which two people decided that something is to be done in the service."""
    from answerable.casefile.decision import DecisionKind
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    def grant(name: str, kind: str = "carry out", *, items: tuple[str, ...] = (), **changes):
        case = settled(name, **changes)
        said = {"kind": DecisionKind(kind), "reason": "As the findings say.", "items": items}
        case = moves.prepare(machine, case, actor=people["mara"], **said)
        moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
        work()
        case.refresh_from_db()
        return case

    return grant


@pytest.fixture
def done(machine, people):
    """Set down that items of a case were treated so, now or at a moment of another desk's clock."""
    from answerable.desk import moves

    def set_down(case, measure, *items, desk=machine, **more):
        named = items or tuple(case.decision["granted"])
        carried = [moves.Carried(item, Measure(measure), **{"note": "Done by hand."} | more) for item in named]
        case = moves.record_effects(desk, case, actor=people["mara"], at=desk.now(), done=carried)
        case.refresh_from_db()
        return case

    return set_down


@pytest.fixture
def later(machine):
    """Return the desk as it is so many days from now."""
    return lambda days: replace(machine, now=lambda: datetime.now(UTC) + timedelta(days=days))


@pytest.fixture
def work(machine):
    """Do the worker's work: whatever is due, and a tick of the log where it is asked for."""
    from answerable.desk import jobs, worker

    def run(*, tick: bool = False) -> None:
        with jobs.only_worker(machine):
            jobs.run_due(machine)
            if tick:
                worker.finish(machine)
                jobs.run_due(machine)

    return run


@pytest.fixture
def received(machine, people, order, work):
    """Return a case that was sent in by an officer, examined and put to the law."""
    from answerable.desk import moves

    def come(name: str = "lawful", *, officer: str = "ina", **changes):
        case = moves.receive(machine, order(name, **changes), channel="portal", actor=people[officer])
        work()
        case.refresh_from_db()
        return case

    return come


@pytest.fixture
def decided(machine, people, work, received):
    """Return a case that two people decided in the way the findings point to, with the work after it done."""
    from answerable.decide import suggested
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    def decide(name: str = "lawful", **changes):
        case = received(name, **changes)
        call_court(machine, case, [people["mara"], people["jonas"]])
        kind = suggested(case_file(case))
        case = moves.prepare(machine, case, actor=people["mara"], kind=kind, reason="As the findings say.")
        moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
        work()
        case.refresh_from_db()
        return case

    return decide


@pytest.fixture
def apart(machine, tmp_path):
    """The desk with a folder of its own for the log, and whatever else is changed."""

    def make(**changes):
        home = type(machine.home)(tmp_path / "home")
        home.folder.mkdir(exist_ok=True)
        home.log.mkdir(exist_ok=True)
        settings = machine.settings.model_copy(update=changes.pop("settings", {}))
        return replace(machine, home=home, settings=settings, **changes)

    return make


@pytest.fixture
def transaction(machine):
    """Whatever the test writes is taken back: the log of the other tests goes on as if nothing had been."""
    from django.db import transaction

    class TakenBack(Exception):
        pass

    @contextmanager
    def taken_back():
        try:
            with transaction.atomic():
                yield
                raise TakenBack
        except TakenBack:
            pass

    return taken_back
