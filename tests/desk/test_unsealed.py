"""Can a plain paper, as many authorities still send them, be answered once the authority itself confirms it by a call?"""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import timedelta

import pytest

from answerable.adapters.paper import paper
from answerable.adapters.signing import SealingIdentity
from answerable.casefile.call_back import CallOutcome, Conversation, Heard
from answerable.casefile.decision import DecisionKind
from answerable.casefile.directory import DirectoryRecord, Number
from answerable.casefile.finding import Outcome
from answerable.casefile.order import Order
from answerable.casefile.route import decision_blockers, is_proved
from answerable.errors import MoveRefused

OFFICE, NUMBER = "nl-police-rotterdam", "+31105550100"
REASON = "As the findings say, after the call."


@pytest.fixture(scope="module")
def office(machine, people):
    """A police force that two people confirmed three months ago, with its number."""
    from answerable.desk.moves import directory

    then = replace(machine, now=lambda: machine.now() - timedelta(days=90))
    number = Number(number=NUMBER, source="its own page", added_at=then.now(), added_by="mara")
    draft = DirectoryRecord(
        id=OFFICE, name="Police Rotterdam", country="NL", kind="police", source="its own page",
        added_on=then.now().date(), added_by="mara", numbers=(number,),
    )  # fmt: skip
    proposal = directory.propose(then, actor=people["mara"], draft=draft, base=0, reason="Read from its own page.")
    directory.confirm(then, proposal, actor=people["jonas"])


@pytest.fixture
def form(machine, demo):
    def make(reference: str) -> Order:
        return Order.model_validate(
            {
                "form": "order", "instrument": "eu.domestic", "reference": reference, "language": "nl",
                "requester": {
                    "name": "Police Rotterdam", "country": "NL", "kind": "police", "official": "E. Officer",
                    "post": "Investigating officer", "email": "vordering@police.example", "signed": True,
                },
                "addressed_to": "Harbour Forum B.V.",
                "issued_on": machine.now().date().isoformat(),
                "legal_basis": "Code of Criminal Procedure, Art. 126na",
                "offence": "Threat, Criminal Code, Art. 285",
                "asked": [{"kind": "user", "value": "mara.lind", "boxes": ["a1", "a3"]}],
                "encryption_key": demo.recipient,
            }
        )  # fmt: skip

    return make


@pytest.fixture
def received_paper(machine, people, work, office):
    from answerable.desk import moves

    def come(content: bytes, channel: str = "post"):
        case = moves.receive(machine, content, channel=channel, actor=people["mara"], sender=people["ina"])
        work()
        case.refresh_from_db()
        return case

    return come


def called(machine, people, case, *, outcome=CallOutcome.CONFIRMED, second=True):
    from answerable.desk.moves import calling
    from answerable.desk.queries.directory import find_listing

    said = Conversation(
        outcome=outcome, spoke_to="The duty desk", heard=Heard(case_number=case.their_reference),
        note="They named the case number without being told.",
    )  # fmt: skip
    row = calling.call_back(
        machine, case, actor=people["mara"], listing=find_listing(OFFICE), number=NUMBER, conversation=said
    )
    if second:
        calling.second_call(machine, case, actor=people["jonas"], call=row.pk)
    case.refresh_from_db()


def against(case, kind=DecisionKind.ANSWER):
    from answerable.desk.moves.casefiles import case_file

    return decision_blockers(case_file(case), kind)


def settle(machine, people, case):
    from answerable.desk import moves

    for finding in case.assessment["findings"]:
        if finding["outcome"] == "unclear":
            said = {"rule": finding["rule"], "outcome": Outcome.MET, "reason": "Nothing speaks against it."}
            moves.answer_question(machine, case, actor=people["mara"], **said)
    case.refresh_from_db()


def test_a_plain_paper_waits_for_the_call_and_is_answered_after_it(
    machine, people, form, received_paper, browser_of, work
):
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    case = received_paper(paper(form("PL1700-2026-1"), None))
    page = html.unescape(browser_of("mara").get(f"/desk/{case.reference}/").content.decode())
    assert "the authority can confirm it at a number of the directory" in page
    assert "The demand is not proved genuine: nothing may be disclosed on it." in against(case)
    called(machine, people, case, second=False)
    assert "A second person has not confirmed the call to the authority." in against(case)
    called(machine, people, case)
    settle(machine, people, case)
    assert against(case) == ()
    page = html.unescape(browser_of("mara").get(f"/desk/{case.reference}/").content.decode())
    assert "No seal; confirmed by call" in page
    assert "The document carries no signature." in page
    case = moves.prepare(machine, case, actor=people["mara"], kind=DecisionKind.ANSWER, reason=REASON)
    moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
    work(tick=True)
    case.refresh_from_db()
    assert case.state == "available"


def test_a_denial_takes_it_back_at_once_and_the_law_hears_of_it(machine, people, form, received_paper):
    case = received_paper(paper(form("PL1700-2026-2"), None))
    called(machine, people, case)
    settle(machine, people, case)
    assert against(case) == ()
    called(machine, people, case, outcome=CallOutcome.DENIED, second=False)
    assert "The authority said on the telephone that this demand is not its own." in against(case)
    assert case.assessment["permitted"]["items"] == []


@pytest.mark.parametrize("how", ["stripped", "forged"])
def test_no_call_makes_up_for_a_seal_that_is_damaged_or_not_trusted(machine, people, demo, form, received_paper, how):
    from answerable.desk.moves.casefiles import case_file

    content = paper(form(f"PL1700-2026-{how}"), SealingIdentity.load(demo.folder / "forger"))
    if how == "stripped":
        content = content.replace(b"/Contents <", b"/Kontents <")
    case = received_paper(content)
    called(machine, people, case)
    assert not is_proved(case_file(case))
    assert "The demand is not proved genuine: nothing may be disclosed on it." in against(case)


def test_form_data_that_staff_typed_in_are_proved_by_a_call_alone(machine, people, form, received_paper):
    case = received_paper(form("PL1700-2026-3").model_dump_json().encode())
    assert against(case) != ()
    called(machine, people, case)
    settle(machine, people, case)
    assert against(case) == ()


def test_nobody_can_enter_a_demand_as_one_from_a_states_own_system(machine, people, form):
    from answerable.desk import moves
    from answerable.desk.models import Case

    before = Case.objects.count()
    with pytest.raises(MoveRefused) as refused:
        moves.receive(machine, paper(form("PL1700-2026-4"), None), channel="state system", actor=people["mara"])
    assert refused.value.code == "intake.no-state-system"
    assert Case.objects.count() == before
