"""Does a period rest where its law says so, run on or begin anew as it says, and stand still nowhere else?"""

import json
from copy import deepcopy
from datetime import datetime

import pytest
from click.testing import CliRunner

from answerable.assess import with_clocks
from answerable.assess.cases import _PROVIDER, _demand, _set, assess_paper, load_table
from answerable.casefile.epoc import Epoc
from answerable.casefile.order import Order
from answerable.casefile.parties import Provider
from answerable.casefile.supplied import Supplied
from answerable.cli import main

EU, TCO, DSA = "eu/e_evidence_regulation", "eu/terrorist_content_regulation", "eu/digital_services_act"
RECEIVED = datetime.fromisoformat("2026-11-23T09:42:00Z")
EMERGENCY = {"C": {"deadline": "emergency_8h", "emergency": ["life"], "additional": "A threat was made an hour ago."}}
NOTIFIED = {"C": {"deadline": "end_10d_ea"}, "K": {"notified": "Rechtbank Voorbeeld"}}
PRESERVE = {"form": "eu.epoc_pr"}


def asked(kind, since, until=None, reply="clarified", **more):
    came = {"answered_at": until, "reply": reply} if until else {}
    return {"exchanges": [{"kind": kind, "asked_at": since, **came, **more}]}


def form_of(name, given):
    table = load_table(name)
    plain = deepcopy(dict(table["base"]))
    for path, value in given.items():
        _set(plain, path.split("."), value)
    form = Order.model_validate(plain) if plain.get("form") == "order" else Epoc.model_validate(plain)
    return form, table.get("provider", {})


def judged(name, given, supplied):
    form, provider = form_of(name, given)
    beside = Supplied.model_validate(supplied)
    return assess_paper(form, b"", provider=provider, received_at=RECEIVED, is_genuine=True, supplied=beside)[0]


def line(clock):
    since = clock.rests_since
    rests = f" rests since {since:%d %H:%M}" if since else ""
    return f"{clock.name} {clock.strict:%d.%m. %H:%M} {clock.legal:%d.%m. %H:%M}{rests}"


DAY = ("2026-11-25T09:42:00Z", "2026-11-26T09:42:00Z")
ASKED_EU = asked("clarification", *DAY)
OPEN_EU = asked("clarification", DAY[0])
CASES = [
    ("it runs", EU, {}, {}, ["Answer 03.12. 09:42 03.12. 23:00"]),
    ("a day", EU, {}, ASKED_EU, ["Answer 04.12. 09:42 04.12. 23:00"]),
    (
        "no answer yet", EU, {}, OPEN_EU,
        ["Answer 03.12. 09:42 03.12. 23:00 rests since 25 09:42", "The authority answers 30.11. 23:00 30.11. 23:00"],
    ),
    (
        "waited in vain", EU, {}, asked("clarification", *DAY, reply="no answer"),
        ["Answer 03.12. 09:42 03.12. 23:00 rests since 25 09:42", "The authority answers 30.11. 23:00 30.11. 23:00"],
    ),
    ("a reason lets nothing rest", EU, {}, asked("other reason", *DAY, reply="maintained"), ["Answer 03.12. 09:42 03.12. 23:00"]),
    (
        "a new deadline", EU, {}, asked("other reason", *DAY, reply="maintained", new_due="2026-12-10T16:00:00Z"),
        ["Answer 10.12. 16:00 10.12. 16:00"],
    ),
    (
        "a shorter deadline never shortens the wait of Art. 10(2)", EU, NOTIFIED,
        asked("other reason", *DAY, reply="maintained", new_due="2026-11-27T16:00:00Z"),
        ["Answer 27.11. 16:00 03.12. 23:00"],
    ),
    (
        "an emergency", EU, EMERGENCY, asked("clarification", "2026-11-23T10:00:00Z", "2026-11-23T12:30:00Z"),
        ["Answer in an emergency 23.11. 20:12 23.11. 20:30"],
    ),
    ("preservation never rests", EU, PRESERVE, ASKED_EU, ["Preserve 24.11. 09:42 24.11. 09:42", "Preserve until 22.01. 23:00 22.01. 23:00"]),
    (
        "nor while it is asked", EU, PRESERVE, OPEN_EU,
        ["Preserve 24.11. 09:42 24.11. 09:42", "Preserve until 22.01. 23:00 22.01. 23:00", "The authority answers 30.11. 23:00 30.11. 23:00"],
    ),
    (
        "a question in vain ends it", EU, PRESERVE,
        asked("clarification", DAY[0], "2026-12-02T09:00:00Z", reply="no answer"),
        ["The authority answers 30.11. 23:00 30.11. 23:00"],
    ),
    (
        "a review", EU, {}, asked("third-country objection", *DAY, reply="maintained"),
        ["Answer 04.12. 09:42 04.12. 23:00"],
    ),
    (
        "the hour begins anew", TCO, {}, asked("clarification", "2026-11-23T09:50:00Z", "2026-11-23T15:05:00Z"),
        ["Remove 23.11. 16:05 23.11. 17:00"],
    ),
    (
        "the hour has not begun", TCO, {}, asked("clarification", "2026-11-23T09:50:00Z"),
        ["Remove 23.11. 10:42 23.11. 11:00 rests since 23 09:50"],
    ),
    (
        "asked when the hour was over", TCO, {}, asked("clarification", "2026-11-23T11:00:00Z", "2026-11-23T15:05:00Z"),
        ["Remove 23.11. 10:42 23.11. 11:00"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "supplied", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES]
)
def test_what_rests_and_what_does_not(name, given, supplied, expected):
    found = judged(name, given, supplied)
    assert [line(clock) for clock in found.clocks[: len(expected)]] == expected
    assert name != EU or len(found.clocks) == len(expected)


def test_nothing_rests_under_the_digital_services_act():
    plain, answered = judged(DSA, {}, {}), judged(DSA, {}, ASKED_EU)
    assert plain.clocks == answered.clocks


def test_each_step_is_told_in_words():
    (clock,) = judged(EU, {}, ASKED_EU).clocks
    (step,) = (each for each in clock.working if each.startswith("Asked"))
    assert "it rested for 1 day. The 8 days that were left run on, to 04 December 2026, 09:42 UTC." in step
    assert [each.citation for each in clock.suspensions] == ["Regulation (EU) 2023/1543, Art. 10(6)"]


def test_of_several_new_deadlines_the_last_one_counts():
    each = asked("other reason", *DAY, reply="maintained", new_due="2026-12-10T16:00:00Z")["exchanges"]
    later = asked("other reason", *DAY, reply="maintained", new_due="2026-12-14T16:00:00Z")["exchanges"]
    assert line(judged(EU, {}, {"exchanges": each + later}).clocks[0]) == "Answer 14.12. 16:00 14.12. 16:00"


@pytest.mark.parametrize(
    ("given", "cited", "words"), [({}, "10(6)", "duty to answer rests"), (PRESERVE, "11(5)", "no longer")]
)
def test_what_silence_means_depends_on_the_order(given, cited, words):
    clock = judged(EU, given, OPEN_EU).clocks[-1]
    assert clock.citation.endswith(cited)
    working = " ".join(clock.working)
    assert words in working
    assert (
        "the day of receipt does not count; the last day is" in working
    )  # of five days that are not counted from ours
    assert "the time we work to" not in working


def test_a_preservation_that_fails_another_rule_runs_all_the_same():
    form, provider = form_of(EU, PRESERVE)
    found, _ = assess_paper(form, b"", provider=provider, received_at=RECEIVED, is_genuine=False)
    assert [clock.name for clock in found.clocks] == ["Preserve", "Preserve until"]


CONFLICT = {"conflict": {"country": "US", "law": "A law", "provision": "Section 1"}}


@pytest.mark.parametrize(("given", "says"), [({}, False), (EMERGENCY, True)])
def test_in_an_emergency_the_reasons_of_an_objection_are_told_within_the_hours_all_the_same(given, says):
    (clock,) = (each for each in judged(EU, given, CONFLICT).clocks if each.name.startswith("Object"))
    assert ("within the eight hours all the same" in " ".join(clock.working)) is says


def test_the_holidays_of_the_issuing_state_move_the_end_of_the_time_to_object():
    form, provider = form_of(EU, {"A.issuing_state": "FR"})
    received, beside = datetime.fromisoformat("2027-07-04T09:00:00Z"), Supplied.model_validate(CONFLICT)
    found, _ = assess_paper(form, b"", provider=provider, received_at=received, is_genuine=True, supplied=beside)
    (clock,) = (each for each in found.clocks if each.name.startswith("Object"))
    assert f"{clock.legal:%d.%m. %H:%M}" == "15.07. 22:00"  # Bastille Day is a holiday there and none here


@pytest.mark.parametrize(("filed", "outcome"), [("2026-12-03T23:00:00Z", "met"), ("2026-12-03T23:00:01Z", "not met")])
def test_an_objection_is_in_time_until_the_very_end(filed, outcome):
    found = judged(EU, {}, CONFLICT | asked("third-country objection", filed))
    assert next(each.outcome for each in found.findings if each.rule == "CL5") == outcome


@pytest.mark.parametrize(
    ("answered", "outcome"), [("2026-11-30T23:00:00Z", "met"), ("2026-11-30T23:00:01Z", "not met")]
)
def test_an_answer_to_a_question_is_in_time_until_the_very_end(answered, outcome):
    found = judged(EU, PRESERVE, asked("clarification", DAY[0], answered))
    assert next(each.outcome for each in found.findings if each.rule == "P6") == outcome


def test_the_holidays_of_the_issuing_state_move_the_end_of_its_days_to_answer():
    form, provider = form_of(EU, {"A.issuing_state": "FR"})
    received, beside = datetime.fromisoformat("2027-07-08T09:00:00Z"), asked("clarification", "2027-07-09T09:00:00Z")
    found, _ = assess_paper(
        form, b"", provider=provider, received_at=received, is_genuine=True, supplied=Supplied.model_validate(beside)
    )
    assert f"{found.clocks[-1].legal:%d.%m. %H:%M}" == "15.07. 22:00"  # after Bastille Day


def test_nothing_leaves_before_the_end_that_moved():
    held = judged(EU, NOTIFIED, ASKED_EU)
    assert f"{held.release_not_before:%d.%m. %H:%M}" == "04.12. 23:00"


def test_the_case_is_looked_at_when_the_next_clock_ends_that_does_not_rest():
    assert judged(EU, {}, OPEN_EU).next_end.name == "The authority answers"
    assert judged(TCO, {}, asked("clarification", "2026-11-23T09:50:00Z")).next_end.name != "Remove"
    assert judged(EU, {}, {}).next_end.name == "Answer"


def test_clocks_worked_out_anew_leave_every_finding_and_item_as_it_was():
    form, provider = form_of(EU, {"G.offence": None})
    before = judged(EU, {"G.offence": None}, {})
    whole = Provider.model_validate(_PROVIDER | provider)
    after = with_clocks(before, _demand(form, b"", RECEIVED), provider=whole, supplied=Supplied.model_validate(OPEN_EU))
    assert after.model_copy(update={"clocks": before.clocks}) == before
    assert after.clocks[0].rests_since is not None


REQUIRED = {"required_at": "2027-01-11T09:00:00Z", "object_by": "2027-01-18T16:00:00Z"}
STAGES = [
    ({}, "Answer", 3),
    ({"enforcement": {}}, "Answer", 3),
    ({"enforcement": {"transferred_at": "2027-01-04T09:00:00Z"}}, "The enforcing authority decides on recognition", 3),
    ({"enforcement": REQUIRED}, "Comply or object", 4),
    ({"enforcement": {**REQUIRED, "object_by": None}}, "Answer", 4),
]


@pytest.mark.parametrize(("supplied", "first", "ways"), STAGES)
def test_what_runs_and_what_is_open_at_each_stage_of_enforcement(supplied, first, ways):
    found = judged(EU, {}, supplied)
    assert (found.due.name, len(found.ways)) == (first, ways)
    assert any("object" in each.title.lower() and each.form == "enforcement-objection" for each in found.ways) is (
        ways == 4
    )


@pytest.mark.parametrize(
    ("supplied", "said"), [(ASKED_EU, "it rested until 2026-11-26 09:42 UTC"), (OPEN_EU, "it still rests")]
)
def test_the_command_line_takes_what_stands_beside_a_paper(tmp_path, supplied, said):
    form, _ = form_of(EU, {})
    paper, beside = tmp_path / "order.json", tmp_path / "beside.json"
    paper.write_text(form.model_dump_json(), encoding="utf-8")
    beside.write_text(json.dumps(supplied), encoding="utf-8")
    ask = ["assess", str(paper), "--on", "2026-11-23", "--supplied", str(beside)]
    told = CliRunner().invoke(main, ask)
    assert (told.exit_code, said in told.output) == (0, True)
    assessment = json.loads(CliRunner().invoke(main, [*ask, "--json"]).output)["assessment"]
    (rested,) = assessment["clocks"][0]["suspensions"]
    assert rested["since"] == "2026-11-25T09:42:00Z"
    assert rested["until"] == supplied["exchanges"][0].get("answered_at")
    beside.write_text("[]", encoding="utf-8")
    refused = CliRunner().invoke(main, ask)
    assert (refused.exit_code, "intake.not-supplied" in refused.output) == (1, True)
