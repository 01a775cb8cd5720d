"""Does narrowing a scope only ever take away?"""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from answerable.casefile.categories import DataClass
from answerable.casefile.scope import Identifier, Period, Scope, ScopeItem, scope_of

# A small world: few moments, so that edges meet; probes lie on them and between them.
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
MOMENTS = [FIRST + timedelta(hours=hour) for hour in range(6)]
PROBES = [moment + half for moment in MOMENTS for half in (timedelta(minutes=-30), timedelta(0))] + [MOMENTS[-1]]

moments = st.sampled_from(MOMENTS)
sides = st.tuples(st.none() | moments, st.none() | moments)
periods = sides.filter(lambda each: None in each or each[0] < each[1]).map(
    lambda each: Period(start=each[0], end=each[1])
)
identifiers = st.sampled_from([Identifier(kind="user", value=name) for name in ("one", "two")])
categories = st.sampled_from(["subscriber.identity", "traffic.time"])
items = st.builds(ScopeItem, identifier=identifiers, category=categories, period=st.none() | periods)
scopes = st.lists(items, max_size=4).map(scope_of)


def covered(scope):
    """Return every point of the small world that a scope covers. No period covers what no moment can say, too."""
    return {
        (item.identifier, item.category, probe)
        for item in scope.items
        for probe in (PROBES if item.period else [*PROBES, "whatever its date"])
        if item.period is None or item.period.contains(probe)
    }


@given(periods, moments)
def test_a_period_is_cut_in_two_and_nothing_is_lost_or_won(period, limit):
    before, since = period.before(limit), period.since(limit)
    for probe in PROBES:
        assert (before is not None and before.contains(probe)) is (period.contains(probe) and probe < limit)
        assert (since is not None and since.contains(probe)) is (period.contains(probe) and probe >= limit)


@given(items, moments)
def test_a_cut_item_lies_within_the_whole(item, limit):
    item = item if item.period else item.model_copy(update={"period": Period()})
    for part in (item.period.before(limit), item.period.since(limit)):
        if part is not None:
            cut = Scope(items=(item.model_copy(update={"period": part}),))
            assert cut.within(Scope(items=(item,)))
            assert part == item.period or not Scope(items=(item,)).within(cut)


@given(scopes)
def test_every_scope_lies_within_itself_and_nothing_lies_within_every_scope(scope):
    assert scope.within(scope)
    assert Scope().within(scope)
    assert scope.is_empty or not scope.within(Scope())


@given(scopes, scopes, scopes)
def test_within_is_transitive(one, two, three):
    assert one.within(three) or not (one.within(two) and two.within(three))


@given(scopes, scopes)
def test_within_means_that_no_moment_category_or_person_is_added(narrow, wide):
    if narrow.within(wide):
        assert covered(narrow) <= covered(wide)


@given(items, items)
def test_for_single_items_within_means_exactly_that(narrow, wide):
    if covered(Scope(items=(narrow,))):
        inside = covered(Scope(items=(narrow,))) <= covered(Scope(items=(wide,)))
        # An open side reaches beyond the small world, so there only one direction can be probed.
        closed = narrow.period is not None and narrow.period.is_closed
        assert Scope(items=(narrow,)).within(Scope(items=(wide,))) is inside or not closed


@given(scopes, st.data())
def test_taking_an_item_away_never_widens(scope, data):
    kept = tuple(item for item in scope.items if data.draw(st.booleans()))
    assert Scope(items=kept).within(scope)


@given(st.lists(items, max_size=8))
def test_a_scope_keeps_each_item_once_in_the_order_of_the_demand(given_items):
    scope = scope_of(given_items + given_items)
    assert list(scope.items) == list(dict.fromkeys(given_items))
    assert list(scope.identifiers) == list(dict.fromkeys(item.identifier for item in given_items))


@given(periods)
def test_the_end_of_a_period_does_not_belong_to_it(period):
    assert period.end is None or not period.contains(period.end)
    assert period.start is None or period.contains(period.start)
    assert period.is_closed is (None not in (period.start, period.end))


def test_classes_come_lightest_first():
    asked = [ScopeItem(identifier=Identifier(kind="user", value="one"), category=category)
             for category in ("content.messages", "subscriber.identity", "content.pages")]  # fmt: skip
    assert scope_of(asked).classes == (DataClass.SUBSCRIBER, DataClass.CONTENT)


def test_the_same_moment_in_another_zone_is_the_same_period():
    there = timezone(timedelta(hours=9))
    assert Period(start=FIRST.astimezone(there), end=MOMENTS[1].astimezone(there)) == Period(
        start=FIRST, end=MOMENTS[1]
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: Period(start=MOMENTS[1], end=FIRST),
        lambda: Period(start=FIRST, end=FIRST),
        lambda: Period(start=FIRST.replace(tzinfo=None)),
        lambda: Period(begin=FIRST),
        lambda: ScopeItem(identifier=Identifier(kind="user", value="one"), category="traffic"),
        lambda: Identifier(kind="user", value=""),
        lambda: Identifier(kind="name", value="one"),
    ],
)
def test_what_makes_no_sense_cannot_be_written_down(make):
    with pytest.raises(ValidationError):
        make()
