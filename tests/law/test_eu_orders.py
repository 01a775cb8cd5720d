"""What follows from orders of the Digital Services Act, the Terrorist Content Regulation and the provider's own State?"""

from datetime import UTC, date, datetime

import pytest

from answerable.assess.cases import _PROVIDER, _set, assess_paper, load_table
from answerable.casefile.assessment import NoticeBy
from answerable.casefile.order import Order
from answerable.errors import UnknownLaw

DSA, TCO, OWN = "eu/digital_services_act", "eu/terrorist_content_regulation", "eu/domestic_order"
RECEIVED = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)


def follows(name, given=(), *, part=None, at=RECEIVED, provider=()):
    table = load_table(name)
    plain = (table[part] if part else table)["base"]
    for path, value in dict(given).items():
        _set(plain, path.split("."), value)
    return assess_paper(
        Order.model_validate(plain), b"", provider=_PROVIDER | dict(provider), received_at=at, is_genuine=True
    )


@pytest.mark.parametrize(
    ("name", "first"), [(DSA, datetime(2024, 2, 17, tzinfo=UTC)), (TCO, datetime(2022, 6, 7, tzinfo=UTC))]
)
def test_a_law_is_unknown_on_the_day_before_it_applies(name, first):
    follows(name, at=first)
    with pytest.raises(UnknownLaw):
        follows(name, at=datetime.fromtimestamp(first.timestamp() - 1, UTC))


def test_the_hour_of_a_removal_order_runs_from_the_minute():
    found, _ = follows(TCO)
    assert [clock.name for clock in found.clocks] == [
        "Remove",
        "Contest before our own authority",
        "Preserve what was removed",
    ]
    assert found.due.strict == datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
    assert found.due.legal == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    assert found.due.suspended_because is None
    assert not found.is_emergency
    assert found.clocks[1].strict == datetime(2026, 11, 25, 9, 42, tzinfo=UTC)
    assert found.clocks[2].legal >= datetime(2027, 5, 23, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "given", [{"items": []}, {"issued_on": date(2026, 11, 25)}, {"items.0.url": "https://forum.example/"}]
)
def test_the_hour_rests_on_a_manifest_error(given):
    found, _ = follows(TCO, given)
    assert "Art. 3(8)" in found.due.suspended_because


def test_no_time_to_contest_an_order_of_the_own_state():
    found, _ = follows(TCO, {"requester.country": "NL"})
    assert [clock.name for clock in found.clocks] == ["Remove", "Preserve what was removed"]


@pytest.mark.parametrize(
    ("secrecy", "until"),
    [
        ({"kind": "ordered", "days": 10}, datetime(2026, 12, 3, 23, tzinfo=UTC)),
        ({"kind": "ordered", "days": 400}, datetime(2027, 1, 4, 23, tzinfo=UTC)),
        ({"kind": "ordered", "until": "2026-12-01"}, datetime(2026, 12, 1, 23, tzinfo=UTC)),
        ({"kind": "ordered"}, datetime(2027, 1, 4, 23, tzinfo=UTC)),
        ({"kind": "ordered", "renewals": 5}, datetime(2027, 2, 15, 23, tzinfo=UTC)),
        ({"kind": "requested"}, None),
        ({"kind": "none"}, None),
    ],
)
def test_silence_on_a_removal_never_outlasts_the_law(secrecy, until):
    _, notice = follows(TCO, {"secrecy": secrecy})
    assert notice.told_by is NoticeBy.PROVIDER
    assert notice.silent_until == until


@pytest.mark.parametrize(("part", "name", "hour"), [(None, "Answer", "Art. 10(1)"), ("follow_ups", "Act", "Art. 9(1)")])
def test_an_order_of_the_act_has_its_own_time_or_our_target(part, name, hour):
    found, notice = follows(DSA, part=part)
    assert found.due.name == name
    assert hour in found.due.citation
    assert notice.told_by is NoticeBy.PROVIDER
    assert notice.silent_since is None
    found, _ = follows(DSA, {"due": "2026-12-01T12:00:00Z"}, part=part)
    assert found.due.strict == found.due.legal == datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", [DSA, OWN])
@pytest.mark.parametrize(
    ("secrecy", "until", "reviewed"),
    [
        ({"kind": "ordered", "days": 30}, datetime(2026, 12, 20, 23, tzinfo=UTC), False),
        ({"kind": "ordered", "until": "2026-12-01"}, datetime(2026, 12, 1, 23, tzinfo=UTC), False),
        ({"kind": "ordered"}, None, True),
        ({"kind": "requested"}, None, False),
    ],
)
def test_silence_lasts_as_ordered_and_without_an_end_is_looked_at_again(name, secrecy, until, reviewed):
    _, notice = follows(name, {"secrecy": secrecy}, provider={"member_state": "DE", "zone": "Europe/Berlin"})
    assert notice.told_by is NoticeBy.PROVIDER
    assert notice.silent_until == until
    assert bool(notice.review_on) is reviewed
    assert bool(notice.silent_since) is (secrecy["kind"] == "ordered")


def test_in_the_netherlands_the_law_itself_asks_for_silence():
    found, notice = follows(OWN)
    assert notice.told_by is NoticeBy.ISSUING_AUTHORITY
    assert notice.review_on
    assert found.due.name == "Answer"
    found, _ = follows(OWN, {"due": "2026-12-01T12:00:00Z"})
    assert found.due.strict == datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_another_state_waits_for_its_provision():
    found, notice = follows(OWN, {"requester.country": "DE"}, provider={"member_state": "DE"})
    said = {each.rule: each.outcome.value for each in found.findings}
    assert said["DO1"] == "met"
    assert said["DO4"] == "unclear"
    assert found.permitted.is_empty
    assert notice.told_by is NoticeBy.PROVIDER
