"""What happens when a reviewer sets down what the paper does not say, and when the authority answers what was asked?"""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from answerable.casefile.assessment import Assessment
from answerable.casefile.decision import DecisionKind
from answerable.casefile.finding import Outcome

CONFLICT = {
    "what": "conflict",
    "country": "US",
    "law": "Stored Communications Act",
    "provision": "18 USC 2702(a) forbids to divulge contents.",
    "interest": "fundamental rights",
    "interest_specified": "Privacy of communications",
    "why_applies": "The company that runs the servers is in California.",
    "why_conflicts": "No exception names an order of a Member State.",
    "link": "The parent company is in California.",
    "consequences": "Civil action under 18 USC 2707.",
    "rests_only_on": "",
}


def text(response) -> str:
    return html.unescape(response.content.decode())


def found(case) -> dict[str, Outcome]:
    return {each.rule: each.outcome for each in Assessment.model_validate(case.assessment).findings}


def clocks(case) -> dict:
    return {each.name: each for each in Assessment.model_validate(case.assessment).clocks}


@pytest.fixture
def beside(browser_of):
    """Return a function that sends the page's forms for a case, and then reads the row anew."""

    def send(case, *, name="mara", **fields):
        response = browser_of(name).post(f"/desk/{case.reference}/beside", fields)
        case.refresh_from_db()
        return response

    return send


def now_as_typed(moved=timedelta(0)) -> str:
    from django.utils import timezone

    from answerable.desk.wiring import desk

    with timezone.override(desk().provider.zone):
        return f"{timezone.localtime(desk().now() + moved):%Y-%m-%dT%H:%M:%S}"


@pytest.fixture
def contested(decided):
    """Return a case whose certificate says no offence: two people contested it, and Annex III asked for it."""
    return decided(G={"offence": ""})


def test_a_contest_lets_the_clock_rest_and_asks_to_look_again_in_five_days(contested, browser_of):
    assert {each.kind for each in contested.letters.all()} == {"covering-letter", "annex-iii"}
    (asked,) = contested.supplied["exchanges"]
    assert (asked["kind"], asked["reply"]) == ("clarification", None)
    answer = clocks(contested)["Answer"]
    assert answer.rests_since is not None
    assert contested.due_at == clocks(contested)["The authority answers"].strict
    page = text(browser_of("mara").get(f"/desk/{contested.reference}/"))
    for words in ("The clock rests", "left when it is answered", "Put to the authority", "The authority answers"):
        assert words in page


def test_the_corrected_certificate_is_examined_and_the_clock_runs_on_from_the_first_receipt(
    contested, beside, order, browser_of, machine, people, work
):
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    received, was_due = contested.received_at, clocks(contested)["Answer"].strict
    paper = order()
    sent = beside(
        contested,
        what="heard",
        kind="clarification",
        reply="clarified",
        answered_at=now_as_typed(),
        words="Section 253.",
        paper=SimpleUploadedFile("corrected.pdf", paper),
    )
    assert sent.status_code == 302
    assert (contested.state, contested.decision) == ("assessed", None)
    assert found(contested)["R1"] is Outcome.MET
    answer = clocks(contested)["Answer"]
    assert (answer.starts, answer.rests_since) == (received, None)
    assert was_due <= answer.strict <= was_due + timedelta(minutes=5)
    assert contested.due_at == answer.strict
    page = text(browser_of("mara").get(f"/desk/{contested.reference}/"))
    assert "Left to answer" in page and "Answer of the authority" in page
    assert browser_of("mara").get(f"/desk/{contested.reference}/correction").content == paper
    assert text(browser_of("ina").get(f"/portal/{contested.reference}/")).count("annex-iii.pdf") == 1

    work()
    contested.refresh_from_db()
    moves.prepare(machine, contested, actor=people["mara"], kind=DecisionKind.CONTEST, reason="It is still too wide.")
    contested.refresh_from_db()
    file = case_file(contested)
    assert file.decision.demand_sha512 == file.demand.arrival.sha512
    moves.approve(machine, contested, actor=people["jonas"], statement=file.decision.statement)
    work()
    kinds = {each.kind for each in contested.letters.all()}
    assert kinds == {"covering-letter", "annex-iii", "covering-letter-2", "annex-iii-2"}
    again = text(browser_of("mara").get(f"/desk/{contested.reference}/"))
    assert "Form of Annex III, no. 2" in again
    assert browser_of("mara").get(f"/desk/{contested.reference}/letters/annex-iii-2.pdf").status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "third-country objection"}, None),
        ({"answered_at": ""}, None),
        ({"answered_at": "yesterday"}, None),
        ({"reply": "perhaps"}, None),
        ({"answered_at": lambda: now_as_typed(timedelta(hours=1))}, "still to come"),
        ({"answered_at": "2020-01-01T10:00"}, "An answer comes after its question."),
        ({"new_due": "2020-01-01T10:00"}, "A new deadline comes with an answer"),
        ({"paper": lambda: SimpleUploadedFile("x.pdf", b"%PDF-1.7 cut short")}, "damaged"),
        ({"paper": lambda: SimpleUploadedFile("x.json", b'{"form": "eu.epoc_pr"}')}, "of another kind"),
        ({"paper": lambda: SimpleUploadedFile("x.json", b'{"form": "eu.epoc"}')}, "another authority"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_changes_nothing(contested, beside, changes, words):
    before = (contested.state, contested.supplied, contested.assessment, contested.demand)
    given = {"what": "heard", "kind": "clarification", "reply": "clarified", "answered_at": now_as_typed(), **changes}
    sent = beside(contested, **{name: value() if callable(value) else value for name, value in given.items()})
    assert sent.status_code == {None: 422, "damaged": 400}.get(words, 409)
    assert words is None or words in text(sent)
    assert (contested.state, contested.supplied, contested.assessment, contested.demand) == before


def test_waiting_in_vain_leaves_the_clock_at_rest_and_an_answer_can_still_come(contested, beside):
    heard = {"what": "heard", "kind": "clarification"}
    assert beside(contested, **heard, reply="no answer", answered_at=now_as_typed()).status_code == 302
    assert clocks(contested)["Answer"].rests_since is not None
    assert beside(contested, **heard, reply="withdrawn", answered_at=now_as_typed()).status_code == 302
    assert found(contested)["R22"] is Outcome.NOT_MET
    assert Assessment.model_validate(contested.assessment).permitted.is_empty
    assert beside(contested, **heard, reply="clarified", answered_at=now_as_typed()).status_code == 422


def test_the_law_of_a_third_country_goes_out_with_section_e_and_the_case_stays_open_while_it_is_reviewed(
    received, beside, browser_of, machine, people, work
):
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    case = received()
    assert beside(case, **CONFLICT | {"why_applies": ""}).status_code == 302
    assert (found(case)["CL1"], found(case)["CL2"]) == (Outcome.UNCLEAR, Outcome.NOT_MET)
    assert beside(case, **CONFLICT).status_code == 302
    assert (found(case)["CL1"], found(case)["CL2"]) == (Outcome.NOT_MET, Outcome.MET)
    assert "Object: law of a third country" in text(browser_of("mara").get(f"/desk/{case.reference}/"))
    moves.prepare(
        machine,
        case,
        actor=people["mara"],
        kind=DecisionKind.CONTEST,
        reason="The law of the United States forbids it.",
    )
    case.refresh_from_db()
    moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
    work()
    case.refresh_from_db()
    assert "D10" in case.decision["annex_iii"]
    assert [each["kind"] for each in case.supplied["exchanges"]] == ["third-country objection"]
    refused = browser_of("mara").post(f"/desk/{case.reference}/close")
    assert (refused.status_code, "being reviewed" in text(refused)) == (409, True)
    heard = {"what": "heard", "kind": "third-country objection", "reply": "maintained", "answered_at": now_as_typed()}
    assert beside(case, **heard).status_code == 302
    assert (case.state, found(case)["CL1"]) == ("assessed", Outcome.MET)


def test_enforcement_opens_what_was_contested_and_the_objection_goes_to_the_enforcing_authority(
    decided, beside, browser_of, machine, people, work
):
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    case = decided(I={"kind": "other"})
    assert case.state == "decided"
    required = {
        "what": "enforcement",
        "authority": "Rechtbank Voorbeeld",
        "required_at": now_as_typed(),
        "object_by": now_as_typed(timedelta(days=7)),
        "names_objection": "on",
        "names_penalties": "on",
    }
    assert beside(case, **required).status_code == 302
    assert (case.state, found(case)["EN1"], found(case)["EN0"]) == ("assessed", Outcome.NOT_MET, Outcome.MET)
    assert case.due_at == clocks(case)["Comply or object"].strict
    assert "Object to the enforcing authority" in text(browser_of("mara").get(f"/desk/{case.reference}/"))
    moves.prepare(
        machine, case, actor=people["mara"], kind=DecisionKind.CONTEST, reason="No authority of Art. 4 issued it."
    )
    case.refresh_from_db()
    moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
    work()
    case.refresh_from_db()
    assert "enforcement-objection" in {each.kind for each in case.letters.all()}
    assert [each["kind"] for each in case.supplied["exchanges"]] == ["other reason", "objection to enforcement"]


def test_a_ground_keeps_back_its_classes_and_can_be_taken_back(received, beside, browser_of):
    case = received()
    raised = {"what": "raised", "kind": "not stored", "why": "Our deletion run removed them.", "reach": ["traffic"]}
    assert beside(case, **raised | {"why": "short"}).status_code == 422
    assert beside(case, **raised).status_code == 302
    assert found(case)["R18"] is Outcome.NOT_MET
    assert "Take back: not stored" in text(browser_of("mara").get(f"/desk/{case.reference}/beside"))
    assert beside(case, take_back="conflict").status_code == 409
    assert beside(case, take_back="not stored").status_code == 302
    assert (found(case)["R18"], case.supplied["raised"]) == (Outcome.MET, [])
    kinds = [event.kind for event in case.events.all()]
    assert kinds.count("facts set down") == 2


def test_nothing_is_set_down_while_an_answer_is_on_its_way(decided, beside):
    case = decided()
    state, before = case.state, case.supplied
    raised = {"what": "raised", "kind": "not stored", "why": "Our deletion run removed them."}
    sent = beside(case, **raised)
    assert (sent.status_code, case.state, case.supplied) == (409, state, before)
    assert beside(case, name="ina", **raised).status_code == 403
