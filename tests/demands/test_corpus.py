"""Does each paper of the corpus come out as it says, and does the corpus leave no rule and no instrument out?"""

import json
from collections import Counter
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from answerable.assess.cases import all_cases, assess_paper, load_table
from answerable.casefile.assessment import Assessment, NoticeRule
from answerable.casefile.categories import CATEGORIES
from answerable.casefile.parties import Provider
from answerable.casefile.supplied import Supplied
from answerable.errors import UnknownLaw
from answerable.intake import json_schema, read
from answerable.law.pack import load_yaml
from answerable.law.register import instruments, laws

HERE = Path(__file__).parent
KINDS = ("true", "defective", "forged", "bulk")
WRONG = {"not met", "unclear"}
Outcome = Literal["met", "not met", "unclear"]
Sentence = Annotated[str, Field(min_length=15, max_length=200, pattern=r"[.!?…”]$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExpectedClock(Part):
    name: str
    strict: AwareDatetime


class Expected(Part):
    findings: dict[Annotated[str, Field(pattern=r"^[A-Z]{1,2}[0-9]{1,2}[a-z]?$")], Outcome]
    permitted: tuple[str, ...]
    withheld: tuple[str, ...]
    clock: ExpectedClock | None = None
    told_by: Literal["provider", "issuing authority"] | None = None


class NoLaw(Part):
    unknown_law: Literal[True]


class Paper(Part):
    why: Sentence
    received_at: AwareDatetime
    provider: dict[str, Any] | None = None
    genuine: bool
    form: dict[str, Any]
    supplied: Supplied = Supplied()
    expect: Expected | NoLaw


def id_of(path: Path) -> str:
    return path.relative_to(HERE).with_suffix("").as_posix()


PLAIN = {id_of(path): load_yaml(path.read_text(encoding="utf-8")) for path in sorted(HERE.rglob("*.yaml"))}
PAPERS = {name: Paper.model_validate(plain) for name, plain in PLAIN.items()}
JUDGED = {name: paper.expect for name, paper in PAPERS.items() if isinstance(paper.expect, Expected)}


@cache
def judged(name: str) -> tuple[Assessment, NoticeRule]:
    """Return what the law says to a paper, read from the bytes that would have come in."""
    paper = PAPERS[name]
    content = json.dumps(paper.form, ensure_ascii=False).encode()
    return assess_paper(
        read(content).form,
        content,
        provider=paper.provider or {},
        received_at=paper.received_at,
        is_genuine=paper.genuine,
        supplied=paper.supplied,
    )


def rules_of(instrument: str) -> set[str]:
    law = next(law for law in laws() if instrument in law.pack.title.instruments)
    return {rule.id for rule in law.rules if not rule.only or instrument in rule.only}


RED_FLAGS = {rule.id for law in laws() if law.pack.name == "red_flags" for rule in law.rules}


@pytest.mark.parametrize("name", JUDGED)
def test_the_paper_comes_out_as_it_says(name):
    expect, (found, notice) = JUDGED[name], judged(name)
    said = {finding.rule: finding.outcome.value for finding in found.findings}
    assert {rule: said.get(rule) for rule in expect.findings} == expect.findings
    assert {item.category for item in found.permitted.items} == set(expect.permitted)
    assert {part.item.category for part in found.withheld} == set(expect.withheld)
    if expect.clock:
        clocks = {clock.name: clock.strict for clock in found.clocks}
        assert clocks.get(expect.clock.name) == expect.clock.strict
    if expect.told_by:
        assert notice.told_by.value == expect.told_by


@pytest.mark.parametrize("name", JUDGED)
def test_what_leaves_was_asked_and_what_was_asked_leaves_or_stays(name):
    found, _ = judged(name)
    assert found.permitted.within(found.requested)
    assert {item.category for item in found.requested.items} == {
        *(item.category for item in found.permitted.items),
        *(part.item.category for part in found.withheld),
    }
    for clock in found.clocks:
        beside = PAPERS[name].supplied != Supplied()
        assert clock.starts == PAPERS[name].received_at or "preserv" in clock.name.lower() or beside


@pytest.mark.parametrize("name", sorted(PAPERS.keys() - JUDGED.keys()))
def test_the_day_before_a_law_nothing_is_judged(name):
    with pytest.raises(UnknownLaw):
        judged(name)


@pytest.mark.parametrize("name", PAPERS)
def test_the_paper_keeps_to_its_place_and_kind(name):
    paper, path = PAPERS[name], Path(name)
    kind, instrument, law = path.parts[-2], path.parts[-3], "/".join(path.parts[:-3])
    assert instrument == (paper.form["instrument"] if paper.form["form"] == "order" else paper.form["form"])
    assert law == instruments()[instrument].name
    assert kind in KINDS
    assert paper.genuine == (kind != "forged")
    assert paper.provider is None or set(paper.provider) <= set(Provider.model_fields)
    if expect := JUDGED.get(name):
        assert set(expect.findings) <= rules_of(instrument) | RED_FLAGS
        assert {*expect.permitted, *expect.withheld} <= set(CATEGORIES)
        assert len(set(expect.permitted)) == len(expect.permitted)
        assert kind == "true" or WRONG & set(expect.findings.values())
        assert not (kind == "forged" and expect.permitted)


def test_there_are_many_and_no_two_are_the_same():
    assert len(PAPERS) >= 150
    forms = Counter(
        json.dumps([paper.form, paper.provider, paper.received_at.isoformat(), str(paper.supplied)], sort_keys=True)
        for paper in PAPERS.values()
    )
    assert [form for form, times in forms.items() if times > 1] == []
    bare = Counter(json.dumps(paper.form, sort_keys=True) for paper in PAPERS.values())
    assert [form for form, times in bare.items() if times > 1] == []
    reasons = Counter((name.split("/")[-3], paper.why) for name, paper in PAPERS.items())
    assert [why for why, times in reasons.items() if times > 1] == []


@pytest.mark.parametrize("instrument", instruments())
def test_each_instrument_has_true_and_forged_and_wrong_papers(instrument):
    kinds = {name.split("/")[-2] for name in PAPERS if name.split("/")[-3] == instrument}
    assert {"true", "defective", "forged"} <= kinds


@pytest.mark.parametrize("law", laws(), ids=lambda law: law.pack.name)
def test_each_rule_is_met_and_not_met_in_the_corpus_and_in_its_table(law):
    corpus, table = {}, {}
    for expect in JUDGED.values():
        for rule, outcome in expect.findings.items():
            corpus.setdefault(rule, set()).add(outcome)
    for _, case in all_cases(load_table(law.pack.name)):
        for rule, outcome in case.get("expect", {}).items():
            table.setdefault(rule, set()).add(outcome)
    for said in (corpus, table):
        for rule in law.rules:
            assert "met" in said.get(rule.id, ()), rule.id
            assert WRONG & said.get(rule.id, set()), rule.id


@pytest.mark.parametrize("law", laws(), ids=lambda law: law.pack.name)
def test_the_first_day_of_each_law_and_the_day_before_have_a_paper(law):
    first = min(each.since for each in law.pack.values["applies"])
    for instrument in law.pack.title.instruments:
        days = {
            paper.received_at.date(): paper.expect
            for name, paper in PAPERS.items()
            if name.split("/")[-3] == instrument
        }
        if first in days:
            assert isinstance(days[first], Expected)
            assert isinstance(days[first - timedelta(days=1)], NoLaw)
    if law.pack.title.instruments:
        papers = [paper for name, paper in PAPERS.items() if name.startswith(f"{law.pack.name}/")]
        assert first in {paper.received_at.date() for paper in papers}


def test_the_schema_asks_what_these_tests_ask():
    schema = json.loads((HERE / "schema.json").read_text(encoding="utf-8"))
    no_law, expected = schema["properties"]["expect"]["oneOf"]
    for part, model in ((schema, Paper), (no_law, NoLaw), (expected, Expected)):
        assert set(part["properties"]) == set(model.model_fields)
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        assert set(part["required"]) == required
        assert part["additionalProperties"] is False
    assert set(schema["properties"]["provider"]["propertyNames"]["enum"]) == set(Provider.model_fields)
    assert set(schema["properties"]["supplied"]["propertyNames"]["enum"]) == set(Supplied.model_fields)
    form = schema["properties"]["form"]
    assert [form["then"]["$ref"], form["else"]["$ref"]] == [json_schema(each)["$id"] for each in ("order", "epoc")]


def test_moments_are_written_in_utc_and_as_text():
    for name, plain in PLAIN.items():
        assert json.loads(json.dumps(plain)) == plain, name
        assert PAPERS[name].received_at.utcoffset() == timedelta(0), name
