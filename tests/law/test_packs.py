"""Does each law say what its table of cases says, has each rule both outcomes, and does nothing ever widen what was asked?"""

import pytest

from answerable.assess.cases import all_cases, load_table, run_cases
from answerable.law.register import instruments, laws

LAWS = {law.pack.name: law for law in laws()}
TABLES = {name: load_table(name) for name in LAWS}
RESULTS = [(name, result) for name, table in TABLES.items() for result in run_cases(table)]


@pytest.mark.parametrize(("name", "result"), RESULTS, ids=lambda each: each if isinstance(each, str) else each.name)
def test_the_table(name, result):
    assert result.differences == ()


@pytest.mark.parametrize(("name", "result"), RESULTS, ids=lambda each: each if isinstance(each, str) else each.name)
def test_what_is_granted_was_asked_and_what_was_asked_is_granted_or_withheld(name, result):
    found = result.assessment
    assert found.permitted.within(found.requested)
    leaves_or_stays = {item.category for item in found.permitted.items} | {
        part.item.category for part in found.withheld
    }
    assert leaves_or_stays == {item.category for item in found.requested.items}


@pytest.mark.parametrize("name", LAWS)
def test_each_rule_cites_and_has_both_outcomes(name):
    said: dict[str, set[str]] = {}
    for _, case in all_cases(TABLES[name]):
        for rule, outcome in case.get("expect", {}).items():
            said.setdefault(rule, set()).add(outcome)
    for rule in LAWS[name].rules:
        assert rule.citation.strip(), rule.id
        assert "met" in said.get(rule.id, ()), rule.id
        assert {"not met", "unclear"} & said.get(rule.id, set()), rule.id


@pytest.mark.parametrize("name", LAWS)
def test_each_sentence_of_a_table_is_said_once(name):
    names = [case["name"] for _, case in all_cases(TABLES[name])]
    assert len(names) == len(set(names))


def test_each_instrument_belongs_to_one_law():
    listed = [instrument for law in laws() for instrument in law.pack.title.instruments]
    assert len(listed) == len(set(listed)) == len(instruments())


def test_the_red_flags_are_as_old_as_the_oldest_instrument():
    flags = LAWS["red_flags"].pack
    oldest = min(each.since for law in laws() if law.pack is not flags for each in law.pack.values["applies"])
    assert {name: min(each.since for each in dated) for name, dated in flags.values.items()} == dict.fromkeys(
        flags.values, oldest
    )
