"""What does the e-Evidence Regulation do with a whole certificate? The tables are run with those of all laws."""

import pytest

from answerable.assess import assess
from answerable.casefile.demand import Arrival, Demand
from answerable.casefile.epoc import Epoc
from answerable.casefile.finding import Finding, Outcome
from answerable.errors import UnknownLaw
from answerable.law.pack import load_yaml
from answerable.law.register import law_for


def changed(form: Epoc, given: dict) -> Epoc:
    plain = form.model_dump(mode="json")
    line = plain["E"]["evidence"][0]
    for path, value in given.items():
        if path == "copies":
            plain["E"]["evidence"] = [{**line, "value": f"sailor{n}@mail.example"} for n in range(value)]
        elif "." in path:
            section, _, field = path.partition(".")
            plain[section][field] = value
        else:
            line[path] = value
    return Epoc.model_validate(plain)


def fact(outcome: str) -> Finding:
    return Finding(rule="A1", title="signed", outcome=outcome, citation="x", fact="x", pack="test")


def put(form: Epoc, provider, now, outcome="met", answers=()):
    arrival = Arrival(received_at=now, channel="file", media_type="application/json", sha512="0" * 128, size=1)
    demand = Demand(instrument="eu.epoc", form=form, arrival=arrival)
    return assess(demand, provider=provider, authenticity=(fact(outcome),), at=now, answers=answers)


def test_content_asked_by_a_prosecutor_stays_and_the_rest_leaves(forms, provider, now):
    form = changed(forms["lawful"], {"I.kind": "prosecutor", "boxes": ["a1", "b1", "d4"]})
    found = put(form, provider, now)
    assert {item.category for item in found.permitted.items} == {"subscriber.identity", "identification.connection"}
    assert [part.annex_iii for part in found.withheld] == [("D6",)]


def test_the_future_is_cut_off_at_the_moment_of_receipt(forms, provider, now):
    form = changed(
        forms["lawful"],
        {"boxes": ["b1"], "time_ranges": [{"start": "2026-11-20T00:00:00Z", "end": "2026-11-24T00:00:00Z"}]},
    )
    found = put(form, provider, now)
    assert found.permitted.items[0].period.end == now
    assert found.withheld[0].item.period.start == now


def test_the_law_did_not_apply_the_day_before():
    load = law_for
    first = load_yaml("day: 2026-08-18")["day"]
    assert load("eu.epoc", first).pack.value("answer_days", first) == 10
    with pytest.raises(UnknownLaw):
        load("eu.epoc", first.replace(day=17))
    with pytest.raises(UnknownLaw):
        load("us.subpoena", first)


def test_twenty_thousand_identifiers_are_refused_and_none_leaves(forms, provider, now):
    form = changed(forms["lawful"], {"copies": 21_510, "boxes": ["a1"]})
    found = put(form, provider, now)
    assert found.permitted.is_empty
    assert next(each for each in found.findings if each.rule == "R9b").outcome is Outcome.NOT_MET
