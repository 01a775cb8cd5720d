"""Does the desk put demands to a law pack of one's own, and does it say which past cases another day's law would change?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from answerable.casefile.decision import DecisionKind
from answerable.cli import main
from answerable.desk.home import Home
from answerable.errors import MalformedLaw
from answerable.law.own import own_laws
from answerable.law.register import law

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "law-pack"
BASE = yaml.safe_load((EXAMPLE / "cases.yaml").read_text(encoding="utf-8"))["base"]
BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 1)


@pytest.fixture
def with_the_pack(machine):
    """The desk as one that names the example in its settings."""
    return replace(machine, own_laws=own_laws([str(EXAMPLE)]))


@pytest.fixture
def harbour_case(with_the_pack, people):
    """A case under the example, put to it."""
    from answerable.desk import jobs, moves

    content = json.dumps(BASE | {"due": None}, default=str).encode()
    case = moves.receive(with_the_pack, content, channel="portal", actor=people["ina"])
    with jobs.only_worker(with_the_pack):
        jobs.run_due(with_the_pack)
    case.refresh_from_db()
    return case


def test_the_settings_name_packs_and_a_wrong_one_stops_the_desk(demo, machine):
    from answerable.desk.wiring import laws_of

    home, settings = Home(demo.home.folder), machine.settings
    assert laws_of(home, settings) == ()
    in_xa = settings.model_copy(
        update={
            "law_packs": (str(EXAMPLE),),
            "provider": settings.provider.model_copy(update={"bound_by": ("XA",)}),
        }
    )
    assert [each.pack.name for each in laws_of(home, in_xa)] == ["own/law-pack"]
    for changes, code in (
        ({"law_packs": (str(EXAMPLE),)}, "law.other-state"),
        ({"law_packs": ("laws/none",)}, "law.no-pack"),
        ({"law_packs": ("keys",)}, "law.malformed"),
    ):
        with pytest.raises(MalformedLaw) as fault:
            laws_of(home, settings.model_copy(update=changes))
        assert fault.value.code == code


def test_a_demand_is_put_to_it_and_its_letter_names_it(with_the_pack, harbour_case, people):
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file
    from answerable.desk.moves.writing import write_letters

    assert harbour_case.assessment["pack"] == "own/law-pack 1"
    assert harbour_case.assessment["reviewed_by"] is None
    assert harbour_case.notice["citation"] == "Harbour Act (invented), s. 5"
    case = moves.prepare(
        with_the_pack, harbour_case, actor=people["mara"], kind=DecisionKind.REFUSE, reason="Not proved to be genuine."
    )
    moves.approve(with_the_pack, case, actor=people["jonas"], statement=case_file(case).decision.statement)
    case.refresh_from_db()
    assert [each.kind for each in write_letters(with_the_pack, case).letters.all()] == ["refusal"]


def test_without_the_pack_the_same_demand_is_never_judged(machine, people, work):
    from answerable.desk import moves
    from answerable.desk.models import Job

    case = moves.receive(machine, json.dumps(BASE, default=str).encode(), channel="portal", actor=people["ina"])
    work()
    case.refresh_from_db()
    assert case.assessment is None
    assert Job.objects.get(case=case, kind="examine").error["code"] == "law.unknown"


def test_past_cases_under_another_days_law(with_the_pack, harbour_case):
    from answerable.desk.queries import differing_cases

    own, told = with_the_pack.own_laws[0], []
    found = list(differing_cases(with_the_pack, own, days=(BEFORE, AFTER), on_case=lambda *at: told.append(at)))
    mine = next(each for each in found if each.case == harbour_case.reference)
    assert len(mine.clocks) == 1
    assert (mine.findings, mine.permitted, mine.notice, mine.stopped) == ((), (), (), None)
    assert told == [(number, len(told)) for number in range(1, len(told) + 1)]
    assert "mara.lind" not in json.dumps([each.model_dump(mode="json") for each in found])


def test_comparing_writes_nothing_and_others_can_write_after_it(with_the_pack, harbour_case):
    from django.db.utils import OperationalError

    from answerable.desk.models import Case
    from answerable.desk.queries import differing_cases

    def wrong(*at):
        Case.objects.filter(pk=harbour_case.pk).update(country="DE")

    with pytest.raises(OperationalError, match="readonly"):
        list(differing_cases(with_the_pack, with_the_pack.own_laws[0], days=(BEFORE, AFTER), on_case=wrong))
    assert Case.objects.filter(pk=harbour_case.pk).update(country="XA") == 1


def test_a_case_that_this_version_cannot_read_is_named_and_stops_no_other(with_the_pack, harbour_case):
    from answerable.desk.models import Case
    from answerable.desk.queries import differing_cases

    whole = harbour_case.demand
    Case.objects.filter(pk=harbour_case.pk).update(demand=whole | {"of_another_version": 1})
    found = list(differing_cases(with_the_pack, with_the_pack.own_laws[0], days=(BEFORE, AFTER)))
    Case.objects.filter(pk=harbour_case.pk).update(demand=whole)
    assert {each.case: each.stopped for each in found}[harbour_case.reference] == "this version cannot read the case"


def test_red_flags_are_compared_on_plain_orders_alone(with_the_pack, harbour_case, received):
    from answerable.desk.queries import differing_cases

    certificate = received()
    found = differing_cases(with_the_pack, law("red_flags"), days=(date(1900, 1, 1), date(2026, 11, 23)))
    assert certificate.reference not in {each.case for each in found}


def test_the_verb_compares_the_table_and_the_cases_of_a_desk(demo, received):
    case = received()
    words = ["law", "diff", "eu/e_evidence_regulation", "--from", "2026-08-17", "--to", "2026-08-18"]
    shown = CliRunner().invoke(main, [*words, "--home", str(demo.home.folder)])
    assert shown.exit_code == 0, shown.output
    assert f"{case.reference}: the law does not apply → applies" in shown.output
    printed = CliRunner().invoke(main, [*words, "--home", str(demo.home.folder), "--json"])
    plain = json.loads(printed.stdout)
    assert case.reference in [each["case"] for each in plain["past_cases"]]
    assert case.demand["form"]["E"]["evidence"][0]["value"] not in printed.stdout
    alone = json.loads(CliRunner().invoke(main, [*words, "--json"], env={"ANSWERABLE_HOME": ""}).stdout)
    assert list(alone) == ["table"]
    assert alone["table"] == plain["table"]


def test_the_doctor_runs_the_table_of_each_pack(tmp_path, with_the_pack):
    from answerable.desk.doctor import _checked

    own = with_the_pack.own_laws[0]
    assert _checked(own).passed
    (tmp_path / "cases.yaml").write_text(
        "base: {form: none}\ncases:\n  - {name: One}\n  - {name: Two}\n", encoding="utf-8"
    )
    check = _checked(replace(own, folder=tmp_path))
    assert (check.passed, check.name) == (False, "own/law-pack says what its cases say")
    assert "own/law-pack: One: what is given makes no demand" in check.detail
    (tmp_path / "cases.yaml").unlink()
    assert "law.no-table" in _checked(replace(own, folder=tmp_path)).detail


def test_the_public_page_shows_it_as_not_read_by_a_lawyer(with_the_pack):
    from answerable.desk.queries import rules

    assert rules(with_the_pack)[-1].pack.title.title == "Harbour Act"
