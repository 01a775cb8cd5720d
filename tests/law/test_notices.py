"""Who tells the person about a paper from the United Kingdom, under the Convention, or of another State?"""

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest

from answerable.assess.assessing import notice_rule
from answerable.assess.cases import _PROVIDER, _set, assess_changed, load_table
from answerable.casefile.demand import Arrival, Demand
from answerable.casefile.order import Order
from answerable.casefile.parties import Provider

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
FOREIGN = "world/foreign_demand"
ORDERED = {"secrecy": {"kind": "ordered", "by": "judge", "days": 30}}


def told(pack, given, **provider):
    table = load_table(pack)
    plain = deepcopy(table["base"])
    for path, value in given.items():
        _set(plain, path.split("."), value)
    form = Order.model_validate(plain)
    arrival = Arrival(received_at=NOW, channel="file", media_type="application/json", sha512="0" * 128, size=1)
    whole = Provider.model_validate(_PROVIDER | table["provider"] | provider)
    return notice_rule(Demand(instrument=form.instrument, form=form, arrival=arrival), provider=whole)


@pytest.mark.parametrize(
    ("pack", "given", "provider", "by", "is_silent", "until"),
    [
        ("uk/investigatory_powers", {}, {}, "provider", True, None),
        ("uk/overseas_production_orders", {}, {}, "provider", False, None),
        ("uk/overseas_production_orders", ORDERED, {}, "provider", True, NOW + timedelta(days=30)),
        ("uk/police_and_criminal_evidence", {"secrecy": {"kind": "requested"}}, {}, "provider", False, None),
        ("uk/police_and_criminal_evidence", {"secrecy": {"kind": "ordered"}}, {}, "provider", True, None),
        (
            "uk/data_protection",
            {"secrecy": {"kind": "ordered", "until": "9800-12-31"}},
            {},
            "provider",
            True,
            datetime(9800, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        ),
        ("coe/second_additional_protocol", {}, {}, "provider", False, None),
        ("coe/second_additional_protocol", {"secrecy": {"kind": "requested"}}, {}, "provider", True, None),
        (FOREIGN, {}, {}, "issuing authority", True, None),
        (FOREIGN, {"requester.country": "RU"}, {}, "provider", False, None),
        (FOREIGN, {"requester.country": "RU"}, {"bound_by": ["RU"]}, "provider", True, None),
        (FOREIGN, {"requester.country": "BR"}, {}, "provider", False, None),
        (FOREIGN, {"requester.country": "BR", **ORDERED}, {}, "provider", True, NOW + timedelta(days=30)),
    ],
)
def test_who_tells(pack, given, provider, by, is_silent, until):
    rule = told(pack, given, **provider)
    assert (rule.told_by, rule.silent_since is not None, rule.silent_until) == (by, is_silent, until)
    assert (rule.review_on is not None) == (is_silent and until is None)


BRAZIL = {"requester.country": "BR", "requester.kind": "judge", "legal_basis": "Marco Civil"}


@pytest.mark.parametrize(
    ("pack", "given", "provider", "rule", "outcome", "leaves"),
    [
        ("uk/investigatory_powers", {}, {"member_state": "NL"}, "IP7", "not met", []),
        ("uk/police_and_criminal_evidence", {}, {"member_state": "NL"}, "PE2", "not met", []),
        ("uk/overseas_production_orders", {}, {"member_state": "NL"}, "OP2", "not met", []),
        (FOREIGN, BRAZIL, {"member_state": "NL"}, "FD2", "met", ["subscriber.identity", "traffic.routing"]),
        (FOREIGN, BRAZIL, {"member_state": "CN"}, "FD2", "unclear", []),
        (FOREIGN, BRAZIL, {"member_state": "CN", "bound_by": []}, "FD2", "not met", []),
        (
            FOREIGN,
            BRAZIL | {"asked.0.boxes": ["a1", "d4"]},
            {"member_state": "US"},
            "FD2",
            "unclear",
            ["subscriber.identity"],
        ),
    ],
)
def test_what_binds_depends_on_the_provider(pack, given, provider, rule, outcome, leaves):
    table = load_table(pack)
    whole = Provider.model_validate(_PROVIDER | table["provider"] | provider)
    found = assess_changed(table["base"], given, provider=whole)
    assert {each.rule: each.outcome for each in found.findings}[rule] == outcome
    assert sorted(item.category for item in found.permitted.items) == leaves
