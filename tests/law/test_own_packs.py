"""Can a pack of one's own be checked, asked and shown, does it never pass for one of ours, and is what is wrong in it said?"""

import json
import re
import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from answerable.assess.cases import assess_paper, load_table, read_table, run_cases
from answerable.assess.checking import check_law
from answerable.assess.differing import Difference, Past, difference, differing
from answerable.casefile.demand import Arrival, Demand
from answerable.casefile.epoc import Epoc
from answerable.casefile.finding import Finding
from answerable.casefile.order import Order
from answerable.casefile.parties import Provider
from answerable.cli import main
from answerable.errors import MalformedLaw, UnknownLaw
from answerable.law.guarding import place_of
from answerable.law.own import GROUP, law_at, offered, own_law, own_laws
from answerable.law.register import instruments, law, laws, names, pack_of, title_of
from answerable.law.soundness import faults

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "law-pack"
RECEIVED = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
BASE = read_table(EXAMPLE)["base"]


GENUINE = Finding(rule="A1", title="Signed", outcome="met", citation="x", fact="x", pack="test")


def put(own, **changes):
    form = Order.model_validate(BASE | changes)
    return assess_paper(form, b"", provider={"member_state": "XA"}, received_at=RECEIVED, is_genuine=True, own=own)


@pytest.fixture
def pack(tmp_path):
    """Return a copy of the example, in which a text of a file is replaced; None takes the file away."""

    def copy(file=None, old="", new="", *, name="harbour"):
        folder = shutil.copytree(EXAMPLE, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        if file and new is None:
            (folder / file).unlink()
        elif file:
            text = (folder / file).read_text(encoding="utf-8")
            assert old in text
            (folder / file).write_text(text.replace(old, new, 1) if old else new, encoding="utf-8")
        return str(folder)

    return copy


def refused(place, **options) -> MalformedLaw:
    with pytest.raises(MalformedLaw) as fault:
        own_laws([place], **options)
    return fault.value


def test_the_example_says_what_its_table_says():
    checks = dict(check_law(own_law(str(EXAMPLE))))
    assert len(checks) == len(read_table(EXAMPLE)["cases"]) + 1
    assert set(checks.values()) == {""}


def test_its_findings_carry_its_name_and_who_read_it():
    found, notice = put(own_laws([str(EXAMPLE)]))
    own = [each for each in found.findings if each.rule.startswith("HA")]
    assert {(each.pack, each.reviewed_by, each.reviewed) for each in own} == {("own/law-pack 1", None, False)}
    assert [each.rule for each in own] == ["HA1", "HA2", "HA3"]
    assert any(each.rule == "RF1" for each in found.findings)
    assert (found.pack, found.reviewed_by) == ("own/law-pack 1", None)
    assert found.due.strict == datetime(2026, 12, 7, 9, 42, tzinfo=UTC)
    assert found.ways[0].until == found.due.strict
    assert notice.citation == "Harbour Act (invented), s. 5"


def test_a_lawyer_who_read_it_is_named(pack):
    found, _ = put(own_laws([pack("pack.yaml", "reviewed_by: null", "reviewed_by: A. Lawyer")]))
    assert found.reviewed_by == "A. Lawyer"
    assert {each.reviewed_by for each in found.findings if each.rule.startswith("HA")} == {"A. Lawyer"}


def test_nothing_of_it_stays_for_whoever_did_not_name_it():
    before = (names(), laws(), dict(instruments()))
    own = own_laws([str(EXAMPLE)])
    assert title_of("xa.harbour.order", [each.pack for each in own]) == "Order of a harbour master"
    assert pack_of("xa.harbour.order") is None
    assert (names(), laws(), instruments()) == before
    with pytest.raises(UnknownLaw):
        put(())


def test_it_is_read_anew_each_time(pack):
    folder = Path(pack())
    assert own_law(str(folder)).rules[2].title == "It says why"
    rules = (folder / "rules.py").read_text(encoding="utf-8")
    (folder / "rules.py").write_text(rules.replace("It says why", "It gives its reasons"), encoding="utf-8")
    assert own_law(str(folder)).rules[2].title == "It gives its reasons"


def test_two_packs_of_the_same_folder_name_do_not_share_code(tmp_path, pack):
    first = own_law(pack())
    other = shutil.copytree(EXAMPLE, tmp_path / "beside" / "harbour")
    (other / "rules.py").write_text(
        (other / "rules.py").read_text(encoding="utf-8").replace("It says why", "Otherwise"), encoding="utf-8"
    )
    assert own_law(str(other)).rules[2].title == "Otherwise"
    assert first.rules[2].title == "It says why"


def test_a_relative_place_is_taken_from_the_folder_given():
    assert own_laws(["law-pack"], beside=EXAMPLE.parent)[0].pack.name == "own/law-pack"


def test_a_module_beside_the_rules_can_be_imported(pack):
    folder = Path(pack("rules.py", 'Rules("Harbour Act (invented)")', "Rules(CITE)"))
    (folder / "words.py").write_text('CITE = "Harbour Act, as told beside"\n', encoding="utf-8")
    rules = (folder / "rules.py").read_text(encoding="utf-8")
    (folder / "rules.py").write_text(
        rules.replace("from answerable.law", "from .words import CITE\nfrom answerable.law", 1), encoding="utf-8"
    )
    assert own_law(str(folder)).rules[0].citation == "Harbour Act, as told beside, s. 1"


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "words"),
    [
        *((each, "", None, "law.malformed", f"Missing: {each}") for each in sorted(p.name for p in EXAMPLE.glob("*.*"))),
        ("pack.yaml", "", "{", "law.malformed", "no YAML in line 1"),
        ("pack.yaml", "", "title: {a: 1, a: 2}", "law.malformed", "written twice"),
        ("pack.yaml", "", "", "law.malformed", "the whole file"),
        ("pack.yaml", "", "[" * 1500, "law.malformed", "cannot be read"),
        ("pack.yaml", "kind: data", "kind: everything", "law.malformed", "instruments.xa.harbour.order.kind"),
        ("pack.yaml", "checked_on: 2026-11-23\n", "", "law.malformed", "checked_on"),
        ("pack.yaml", "title: Harbour Act\n", "title: Harbour Act\nscore: 3\n", "law.malformed", "score"),
        ("pack.yaml", "xa.harbour.order", "Harbour order", "law.malformed", "No paper can name"),
        ("pack.yaml", "last_day: answer_days", "last_day: days", "law.malformed", "no “days”"),
        ("values.yaml", "applies", "applied", "law.malformed", "no “applies”"),
        ("values.yaml", "2027-01-01", "2025-01-01", "law.malformed", "“answer_days” has two values"),
        ("values.yaml", "", "applies: [1]", "law.malformed", "values.applies.0"),
        ("rules.py", 'cite="s. 3"', 'cite=""', "law.malformed", "HA3: it cites nothing"),
        ("rules.py", '"HA3", "It says why"', '"HA3", " "', "law.malformed", "HA3: it has no title"),
        ("rules.py", '"HA3"', '"HA1"', "law.malformed", "HA1 stands there twice"),
        ("rules.py", '"HA3"', '"a rule"', "law.malformed", "the id of a rule is"),
        ("rules.py", "withholds=ALL_CLASSES", 'withholds=("gossip",)', "law.malformed", "withholds gossip"),
        ("rules.py", 'cite="s. 3"', 'cite="s. 3", only=("xa.other",)', "law.malformed", "only for xa.other"),
        ("rules.py", 'cite="s. 3"', 'cite="s. 3", annex_iii=("D11",)', "law.malformed", "ticks D11"),
        ("rules.py", 'cite="s. 3"', 'cite="s. 3", annex_iii=("D0",)', "law.malformed", "ticks D0"),
        ("rules.py", "", "RULES = []", "law.malformed", "no RULES"),
        ("rules.py", "", "from answerable.law.rule import Rules\nRULES = Rules('x')", "law.malformed", "has no rule"),
        ("rules.py", "", "RULES = 1 / 0", "law.code-failed", "ZeroDivisionError in rules.py, line 1"),
        ("rules.py", "", "\nRULES = (", "law.code-failed", "SyntaxError in rules.py, line 2"),
        ("rules.py", "", "import no_such_module_here", "law.code-failed", "ModuleNotFoundError"),
        ("consequences.py", "def notice", "def told", "law.malformed", "no function notice"),
        ("consequences.py", "", "", "law.malformed", "no function clocks and no notice"),
        ("pack.yaml", "xa.harbour.order", "eu.domestic", "law.clash", "eu.domestic, which eu/domestic_order has"),
        ("rules.py", '"HA3"', '"RF1"', "law.clash", "RF1, as red_flags has"),
        ("rules.py", '"HA3"', '"R18"', "law.clash", "R18, as eu/e_evidence_regulation has"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(pack, file, old, new, code, words):
    fault = refused(pack(file, old, new))
    assert (fault.code, words in fault.why) == (code, True), fault.why


def test_an_instrument_without_a_rule_is_refused(pack):
    text = '("HA3", "It says why", cite="s. 3", only=("xa.harbour.order",)'
    folder = Path(pack("rules.py", '("HA3", "It says why", cite="s. 3"', text))
    rules = (folder / "rules.py").read_text(encoding="utf-8")
    cut = rules.index("@RULES.rule(\n"), rules.index('@RULES.rule("HA3"')
    (folder / "rules.py").write_text(rules[: cut[0]] + rules[cut[1] :], encoding="utf-8")
    head = (folder / "pack.yaml").read_text(encoding="utf-8")
    more = "instruments:\n  xa.harbour.wish: {title: A wish, kind: no duty, cite: none}\n"
    (folder / "pack.yaml").write_text(head.replace("instruments:\n", more, 1), encoding="utf-8")
    assert "No rule is for xa.harbour.wish" in refused(str(folder)).why


def test_a_file_that_is_no_text_is_refused(pack):
    folder = Path(pack())
    (folder / "values.yaml").write_bytes(b"\xff\xfe\x00")
    assert refused(str(folder)).code == "law.malformed"


@pytest.mark.parametrize("name", ["Harbour Orders", "harbour.orders", "x" * 41, "höfen"])
def test_a_folder_whose_name_is_no_name_is_refused(pack, name):
    assert "Its name is that of its folder" in refused(pack(name=name)).why


def test_the_same_pack_twice_is_refused():
    with pytest.raises(MalformedLaw) as fault:
        own_laws([str(EXAMPLE), str(EXAMPLE)])
    assert fault.value.code == "law.clash"


def test_one_that_is_nowhere_is_refused_with_what_is_there():
    fault = refused("no-such-pack")
    assert fault.code == "law.no-pack"
    assert "red_flags" in fault.why


@pytest.mark.parametrize(("states", "is_refused"), [(("XA",), False), (("NL", "XA"), False), (("NL",), True)])
def test_the_law_of_a_state_that_does_not_bind_the_provider_is_refused(states, is_refused):
    if is_refused:
        assert refused(str(EXAMPLE), states=states).code == "law.other-state"
    else:
        assert own_laws([str(EXAMPLE)], states=states)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("rules.py", "if post is None:", "if post == 'Harbour master':\n        raise KeyError(facts.order.asked[0].value)",
         "Rule HA1 of own/harbour stopped with KeyError in rules.py"),
        ("rules.py", 'return met("It gives reasons.") if', 'return "fine" if', "Rule HA3 of own/harbour stopped with TypeError"),
        ("rules.py", 'facts.words("reach")', 'facts.words("grasp")', "Rule HA2 of own/harbour stopped with KeyError"),
        ("consequences.py", 'facts.number("answer_days")', "int(facts.order.asked[0].value)", "`clocks` of own/harbour stopped"),
        ("consequences.py", "yield Clock(", "yield dict(", "`clocks` of own/harbour stopped with TypeError"),
        ("consequences.py", "return NoticeRule(", "return dict(", "`notice` of own/harbour stopped with TypeError"),
    ],
)  # fmt: skip
def test_code_that_stops_is_named_and_the_paper_is_not(pack, file, old, new, words):
    own = own_laws([pack(file, old, new)])
    with pytest.raises(MalformedLaw) as fault:
        put(own)
    assert fault.value.code == "law.rule-failed"
    assert words in fault.value.why
    assert "mara.lind" not in f"{fault.value} {fault.value.why}"


def test_a_refusal_of_the_law_itself_passes_through_a_rule(pack):
    own = own_laws([pack("values.yaml", "  - {since: 2025-01-01, value: 14, citation: s. 4, reviewed: false}\n", "")])
    with pytest.raises(UnknownLaw):
        put(own)


CHECKED = [
    ("expect: {HA3: not met}, permitted: []", "expect: {}", "HA3 is found otherwise in none."),
    ("expect: {HA1: met, HA2: met, HA3: met}", "expect: {HA1: met, HA2: met}", "HA3 is met in none."),
    ("expect: {HA3: not met}", "expect: {HA9: not met}", "There is no rule HA9."),
    ("expect: {HA3: not met}", "expect: {HA3: met}", "HA3: not met, not met"),
    ("given: {reasons: null}", "given: {reasons: {a: 1}}", "look at reasons"),
    ("given: {reasons: null}", "given: {asked.7.boxes: [a1]}", "has no place in the base"),
    ("given: {reasons: null}", "given: {asked.x.boxes: [a1]}", "has no place in the base"),
    ("given: {reasons: null}", "given: {copies: many}", "has no place in the base"),
    ("given: {reasons: null}", "given: {instrument: xa.other}", "No pack of this desk knows the instrument."),
    ("given: {reasons: null}", "given: {received_at: soon}", "look at"),
    ("given: {reasons: null}", "given: {authenticity: perhaps}", "has no place"),
]


@pytest.mark.parametrize(("old", "new", "words"), CHECKED)
def test_what_is_wrong_in_a_table_is_a_line_of_its_check(pack, old, new, words):
    wrong = [detail for _, detail in check_law(own_law(pack("cases.yaml", old, new))) if detail]
    assert any(words in detail for detail in wrong), wrong


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "", "It is no YAML"),
        ("", "[", "It is no YAML, from line 1"),
        ("", "cases: []", "base"),
        ("cases:\n", "case:\n", "cases"),
        ("name: A complete order of a harbour master,", "name: A complete order, of a harbour master,", "cases.0"),
        ("expect: {HA3: not met}", "expect: {HA3: perhaps}", "cases.4.expect.HA3"),
        ("{member_state: XA, zone: UTC}", "{member_state: everywhere}", "member_state"),
    ],
)
def test_a_table_that_is_none_is_refused(pack, old, new, words):
    with pytest.raises(MalformedLaw) as fault:
        list(check_law(own_law(pack("cases.yaml", old, new))))
    assert (fault.value.code, words in fault.value.why) == ("law.no-table", True), fault.value.why


@given(
    file=st.sampled_from(["pack.yaml", "values.yaml", "cases.yaml"]),
    content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))),
)
def test_whatever_stands_in_a_file_ends_in_a_refusal_or_in_checks(tmp_path_factory, file, content):
    folder = shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("pack") / "harbour")
    (folder / file).write_bytes(content)
    with pytest.raises(MalformedLaw):
        list(check_law(own_law(str(folder))))


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Put a distribution on the path that offers the example as a pack, under the names given."""

    def install(*points: str) -> None:
        place = tmp_path / "site"
        package = shutil.copytree(EXAMPLE, place / "harbour_law" / "harbour")
        (place / "harbour_law" / "__init__.py").write_text("", encoding="utf-8")
        (package / "__init__.py").write_text("", encoding="utf-8")
        about = place / "harbour_law-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: harbour-law\nVersion: 1.0\n", encoding="utf-8")
        (about / "entry_points.txt").write_text("\n".join((f"[{GROUP}]", *points)), encoding="utf-8")
        monkeypatch.syspath_prepend(str(place))

    yield install
    for name in [each for each in sys.modules if each.startswith("harbour_law")]:
        del sys.modules[name]


def test_an_installed_distribution_offers_a_pack_and_nothing_of_it_runs_until_it_is_named(installed):
    installed("harbour = harbour_law.harbour")
    assert "harbour" in offered()
    assert "offered by an installed distribution" in CliRunner().invoke(main, ["law", "list"]).output
    assert not any(name.startswith("harbour_law") for name in sys.modules)
    own = own_laws(["harbour"])
    assert own[0].pack.label == "own/harbour 1"
    assert put(own)[0].pack == "own/harbour 1"
    assert {detail for _, detail in check_law(law_at("harbour"))} == {""}


def test_a_name_that_stands_for_a_folder_and_for_an_installed_pack_is_refused(installed, pack):
    installed("harbour = harbour_law.harbour")
    beside = Path(pack()).parent
    assert refused("harbour", beside=beside).code == "law.clash"
    assert own_laws(["./harbour"], beside=beside)


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ("harbour = harbour_law.nowhere", "law.code-failed"),
        ("harbour = harbour_law.harbour.rules", "law.malformed"),
        ("harbour = harbour_law.harbour:__name__", "law.malformed"),
        ("harbour = harbour_law", "law.malformed"),
    ],
)
def test_an_entry_point_that_names_no_pack_is_refused(installed, point, code):
    installed(point)
    assert refused("harbour").code == code


def test_no_pack_of_ours_is_unsound():
    """The red flags have no instrument: they are asked of every plain order."""
    asked = [each for each in laws() if each.pack.name != "red_flags"]
    assert [fault for each in asked for fault in faults(each)] == []


@pytest.mark.parametrize("verb", [["law", "check"], ["law", "show"]])
def test_the_verbs_take_a_folder(verb):
    done = CliRunner().invoke(main, [*verb, str(EXAMPLE)])
    assert done.exit_code == 0, done.output
    assert "own/law-pack" in done.output or "Harbour Act" in done.output


def test_a_demand_is_put_to_a_pack_of_ones_own(tmp_path):
    paper = tmp_path / "order.json"
    paper.write_text(json.dumps(BASE, default=str), encoding="utf-8")
    words = ["assess", str(paper), "--on", "2026-11-23", "--state", "XA"]
    done = CliRunner().invoke(main, [*words, "--pack", str(EXAMPLE)])
    assert "Order of a harbour master, by own/law-pack 1 (not yet read by a lawyer" in done.output
    without = CliRunner().invoke(main, words)
    assert (without.exit_code, "Code: law.unknown" in without.output) == (1, True)


def past(instrument_table, **changes) -> Past:
    plain = instrument_table["base"] | changes
    form = Order.model_validate(plain) if plain.get("form") == "order" else Epoc.model_validate(plain)
    arrival = Arrival(received_at=RECEIVED, channel="file", media_type="application/json", sha512="0" * 128, size=1)
    demand = Demand(instrument=getattr(form, "instrument", form.form), form=form, arrival=arrival)
    return Past(case="AN-2026-000001", demand=demand, authenticity=(GENUINE,), answers=())


@pytest.fixture
def at_the_quay(provider):
    return Provider.model_validate(provider.model_dump() | {"member_state": "XA", "zone": "UTC"})


def test_a_past_case_keeps_its_dates_and_only_the_law_changes(at_the_quay):
    own = own_laws([str(EXAMPLE)])
    case = past(read_table(EXAMPLE))
    days = date(2026, 12, 31), date(2027, 1, 1)
    assert difference(case, *days, provider=at_the_quay, own=own).model_dump(exclude_defaults=True) == {
        "case": "AN-2026-000001",
        "clocks": ("Answer 2026-12-07 09:42 (legal 2026-12-08 00:00) → 2026-12-03 09:42 (legal 2026-12-04 00:00)",),
    }
    assert difference(case, date(2025, 1, 1), days[0], provider=at_the_quay, own=own) is None


def test_a_past_case_before_the_law(at_the_quay):
    found = difference(
        past(read_table(EXAMPLE)),
        date(2024, 12, 31),
        date(2025, 1, 1),
        provider=at_the_quay,
        own=own_laws([str(EXAMPLE)]),
    )
    assert found.findings == ("the law does not apply → applies",)
    assert found.permitted == ("subscriber.identity 0 → 1", "subscriber.registration 0 → 1")
    assert found.notice[0] == "the person is told by – → provider"


def test_a_past_case_under_a_ruling(provider):
    table = load_table("eu/domestic_order")
    case = past(table, approval={})
    found = difference(case, date(2022, 4, 4), date(2022, 4, 5), provider=provider)
    assert found.findings == ("DO8 met → unclear",)
    assert any(line.startswith("traffic.") and line.endswith("→ 0") for line in found.permitted)
    assert found.told.startswith("AN-2026-000001: DO8 met → unclear, ")


def test_a_past_case_that_cannot_be_compared_is_named_and_stops_no_other(pack, at_the_quay):
    own = own_laws([pack("rules.py", 'facts.words("reach")', "1 / 0")])
    found = difference(past(read_table(EXAMPLE)), date(2026, 1, 1), date(2027, 1, 1), provider=at_the_quay, own=own)
    assert found.stopped == "law.rule-failed"
    assert found.told == "AN-2026-000001: could not be compared (law.rule-failed)"


def test_the_cases_of_a_table_on_two_days():
    days = datetime(2024, 12, 31, 12, tzinfo=UTC), datetime(2025, 1, 1, 12, tzinfo=UTC)
    found = list(differing(own_law(str(EXAMPLE)), *days))
    assert {each.findings for each in found} == {("the law does not apply → applies",)}
    assert len(found) == len(read_table(EXAMPLE)["cases"])


def test_a_case_of_a_table_that_cannot_be_compared_is_named_and_stops_no_other(pack):
    days = datetime(2024, 12, 31, 12, tzinfo=UTC), datetime(2025, 1, 1, 12, tzinfo=UTC)
    found = list(differing(own_law(pack("cases.yaml", "given: {reasons: null}", "given: {asked.9.value: x}")), *days))
    assert [each.stopped for each in found if each.stopped] == ["what is given makes no demand"]
    found = list(differing(own_law(pack("rules.py", 'facts.words("reach")', "1 / 0", name="other")), *days))
    assert {each.stopped for each in found} == {"law.rule-failed"}


def test_a_law_as_of_a_day_knows_what_held_then_and_nothing_else():
    own = own_law(str(EXAMPLE)).as_of(date(2026, 12, 31))
    assert own.pack.value("answer_days", date(1900, 1, 1)) == 14
    assert own.pack.value("answer_days", date(2100, 1, 1)) == 14
    before = law("red_flags").as_of(date(1800, 1, 1))
    assert {before.pack.value(name, date(2026, 1, 1)) for name in before.pack.values} == {None}


def test_the_runner_of_tables_is_the_same():
    own = own_laws([str(EXAMPLE)])
    assert [each.differences for each in run_cases(read_table(EXAMPLE), own)] == [()] * len(
        read_table(EXAMPLE)["cases"]
    )


def test_the_differences_that_are_documented_are_differences():
    page = (EXAMPLE.parents[1] / "formats" / "law-pack.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"^```json\n(.*?)^```$", page, re.M | re.S)
    plain = json.loads(shown)
    assert [Difference.model_validate(each).model_dump(mode="json") for each in plain["past_cases"]] == plain[
        "past_cases"
    ]


def test_the_place_that_is_named_is_the_innermost_one_of_the_pack():
    names: dict = {}
    exec(compile("def fails():\n    raise ValueError\n", "/own/consequences.py", "exec"), names)
    exec(compile("\n\n\ndef asks():\n    fails()\n", "/own/rules.py", "exec"), names)
    with pytest.raises(ValueError) as fault:
        names["asks"]()
    assert place_of(fault.value) == " in consequences.py, line 2"
