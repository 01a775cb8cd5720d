"""Does a plan say, before any row is read, exactly what would be read, and what cannot be answered?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.casefile.categories import CATEGORIES
from answerable.casefile.scope import Identifier, Period, Scope, ScopeItem, scope_of
from answerable.collect import load_data_map, make_plan
from answerable.demo.harbour_forum import data_map

DEMO = load_data_map(data_map())
TABLES = {(table.store, table.table): table for table in DEMO.tables}
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
MARCH = Period(start=FIRST, end=FIRST + timedelta(days=31))
WHO = Identifier(kind="user", value="mara.lind")

items = st.builds(
    ScopeItem,
    identifier=st.sampled_from([WHO, Identifier(kind="email", value="mara.lind@mail.example")]),
    category=st.sampled_from(sorted(CATEGORIES)),
    period=st.sampled_from([None, MARCH, Period(start=FIRST), Period(end=FIRST), Period()]),
)
scopes = st.lists(items, max_size=12).map(scope_of)


def planned(*asked):
    scope = Scope(
        items=tuple(ScopeItem(identifier=WHO, category=category, period=period) for category, period in asked)
    )
    return make_plan(scope, DEMO, case="AN-2026-000001")


@settings(deadline=None)
@given(scopes)
def test_no_step_reads_more_than_scope_and_map_allow(scope):
    plan = make_plan(scope, DEMO, case="AN-2026-000001")
    for step in plan.steps:
        table = TABLES[step.store, step.table]
        assert (step.subject_columns, step.role) in {(key.columns, key.role) for key in table.subject_keys}
        for column in step.columns:
            named = table.columns[column.name]
            assert set(column.categories) <= set(named.category)
            assert column.third_party == named.third_party
            assert named.only_if is None or named.only_if.role == step.role
            for category in column.categories:
                for target in step.targets:
                    who = plan.identifier(target)
                    matching = [each for each in scope.items if (each.identifier, each.category) == (who, category)]
                    if not category.startswith("subscriber."):
                        assert step.period == MARCH
                        assert step.time_column == table.time.column
                        assert MARCH in [each.period for each in matching]
                    assert matching


@settings(deadline=None)
@given(scopes)
def test_every_category_in_scope_is_answered_or_named_as_unanswered(scope):
    plan = make_plan(scope, DEMO, case="AN-2026-000001")
    answered = {
        (plan.identifier(target), category)
        for step in plan.steps
        for target in step.targets
        for category in step.categories
    }
    unanswered = {(plan.identifier(target), each.category) for each in plan.unanswered for target in each.targets}
    assert answered | unanswered == {(each.identifier, each.category) for each in scope.items}
    assert all(each.why for each in plan.unanswered)


@settings(deadline=None)
@given(scopes)
def test_steps_are_numbered_from_one_and_the_same_scope_gives_the_same_plan(scope):
    plan = make_plan(scope, DEMO, case="AN-2026-000001")
    assert [step.number for step in plan.steps] == list(range(1, len(plan.steps) + 1))
    assert make_plan(scope, DEMO, case="AN-2026-000001") == plan


def test_a_step_reads_as_a_sentence():
    (author, _) = planned(("traffic.routing", MARCH)).steps
    assert author.words == (
        "Read sender_id, recipient_id from forum.messages where user mara.lind is author, from 01 March 2026, 00:00 UTC to"
        " before 01 April 2026, 00:00 UTC: internet: source and destination, ports, browser, message headers."
        " Others' values in sender_id, recipient_id become tokens."
    )


@pytest.mark.parametrize("category", ["subscriber.identity", "subscriber.payment"])
def test_subscriber_data_have_no_date(category):
    (step,) = planned((category, MARCH)).steps
    assert (step.period, step.time_column) == (None, None)
    assert "whatever its date" in step.words


@pytest.mark.parametrize(
    ("category", "period", "why"),
    [
        ("content.mailbox", MARCH, "We hold no such data"),
        ("traffic.purchases", None, "forum.payments, forum.orders cannot be limited to a closed period"),
        ("content.pages", Period(start=FIRST), "forum.posts cannot be limited"),
        ("traffic.logs", Period(end=FIRST), "events.signins cannot be limited"),
    ],
)
def test_what_cannot_be_answered_is_said_with_its_reason(category, period, why):
    plan = planned((category, period))
    assert plan.steps == ()
    assert why in plan.unanswered[0].why


def test_messages_that_others_wrote_are_not_read():
    assert [step.role for step in planned(("content.messages", MARCH)).steps] == ["author"]


def test_an_empty_scope_is_an_empty_plan():
    plan = planned()
    assert (plan.steps, plan.unanswered) == ((), ())
