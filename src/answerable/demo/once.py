"""How does one demand walk the whole route without a browser? Seven come in, two people decide, one answer is laid out.

Every step looks first whether it is done, so a demo that was killed goes on where it stopped.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.adapters.files import write_whole
from answerable.casefile.encoding import canonical
from answerable.casefile.finding import Finding, Outcome
from answerable.demo.calling import call_court, enter_court
from answerable.demo.people import officer, reviewers, send_queue
from answerable.demo.setting_up import Demo

if TYPE_CHECKING:
    from answerable.desk.models import Account, Case
    from answerable.desk.wiring import Desk

MAIN = "lawful"
_REASON = {
    "answer": "The order is genuine and lawful; what is asked for is permitted, and we hold it.",
    "answer in part": "The order is genuine; part of what it asks for is not permitted, and that part is withheld.",
    "contest": "The order is genuine, but as it stands the law permits nothing of what it asks for.",
    "carry out": "The order is genuine and lawful, and names what is to be done with which item.",
    "nothing held": "The order is genuine and lawful, and we hold nothing of what it asks for.",
    "refuse": "The order is not proved genuine: nothing is disclosed on it, and the named authority is told.",
}


def run_once(demo: Demo, *, say: Callable[[str], None]) -> None:
    """Walk the queue to its end and lay out the answer to the lawful order in the demo's folder."""
    from answerable.desk import jobs, moves
    from answerable.desk.wiring import desk
    from answerable.desk.worker import finish

    machine = desk()
    machine.sandbox.start()
    two = reviewers()
    with jobs.only_worker(machine):
        moves.publish(machine)
        enter_court(machine, two)
        cases = send_queue(machine, demo)
        say(f"received   {len(cases)} demands")
        _work(machine, say)
        for case in cases.values():
            _decide(machine, case, two)
            _carry_out(machine, case, two[0])
        _work(machine, say)
        finish(machine)
        _work(machine, say)
        for case in cases.values():
            _hand_over(machine, case, officer())
        finish(machine)
    _lay_out(demo, cases, machine)
    say(f"laid out   {demo.folder}")


def _work(machine: Desk, say: Callable[[str], None]) -> None:
    from answerable.desk import jobs

    jobs.run_due(machine, on_step=lambda kind, reference: say(f"{kind:<15}{reference}"))


def _decide(machine: Desk, case: Case, two: list[Account]) -> None:
    from answerable.decide import suggested
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    case.refresh_from_db()
    if case.state == "assessed":
        call_court(machine, case, two)
        for finding in map(Finding.model_validate, case.assessment["findings"]):
            if finding.outcome is Outcome.UNCLEAR:
                moves.answer_question(
                    machine, case, actor=two[0], rule=finding.rule, outcome=Outcome.MET,
                    reason="Nothing in the paper speaks against it; the authority answers for it.",
                )  # fmt: skip
        case.refresh_from_db()
        kind = suggested(case_file(case))
        case = moves.prepare(machine, case, actor=two[0], kind=kind, reason=_REASON[kind.value])
    if case.state == "prepared" and (decision := case_file(case).decision):
        moves.approve(machine, case, actor=two[1], statement=decision.statement)


def _carry_out(machine: Desk, case: Case, actor: Account) -> None:
    """Set down, as a person would, that everything granted was done; the demo has no service to do it in."""
    from answerable.casefile.granting import measures_for
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    case.refresh_from_db()
    file = case_file(case)
    if case.state == "decided" and file.decision and file.decision.kind.acts and file.assessment:
        measure = measures_for(file.decision, file.assessment)[0]
        done = [moves.Carried(item, measure, note="Done by the demo.") for item in file.outstanding]
        moves.record_effects(machine, case, actor=actor, at=machine.now(), done=done)


def _hand_over(machine: Desk, case: Case, fetches: Account) -> None:
    from answerable.desk import moves

    case.refresh_from_db()
    if case.state == "available":
        if not case.deliveries.exists():
            moves.fetch(machine, case, actor=fetches)
        moves.close(machine, case)
    elif case.state == "decided":
        moves.close(machine, case)


def _lay_out(demo: Demo, cases: dict[str, Case], machine: Desk) -> None:
    from answerable.demo.summary import summary
    from answerable.desk.queries import report_so_far
    from answerable.report.periods import HalfYear

    case = cases[MAIN]
    case.refresh_from_db()
    delivery = machine.home.deliveries / case.reference
    name = case.package["name"]
    write_whole(demo.folder / "order.pdf", demo.demand(MAIN), mode=0o644)
    for source, target in (
        (name, "answer.tar.age"),
        (f"{name}.tlog-proof", "answer.tar.age.tlog-proof"),
        ("manifest.json", "manifest.json"),
    ):
        write_whole(demo.folder / target, (delivery / source).read_bytes(), mode=0o644)
    _copy_log(machine.home.log, demo.folder / "log")
    write_whole(
        demo.folder / "report.json",
        canonical(report_so_far(machine, HalfYear.of(machine.now().date()))) + b"\n",
        mode=0o644,
    )
    write_whole(demo.folder / "summary.json", summary(machine, cases, MAIN), mode=0o644)


def _copy_log(source: Path, target: Path) -> None:
    beside = target.with_name(".log.part")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(source, beside)
    shutil.rmtree(target, ignore_errors=True)
    beside.rename(target)
