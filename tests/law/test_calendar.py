"""When does a period end?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.casefile.assessment import Suspension
from answerable.law.calendar import after_days, after_hours, after_working_days


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_the_hour_of_receipt_does_not_count():
    ends = after_hours(at("2026-11-23T10:42:00+01:00"), 8)
    assert ends.strict == at("2026-11-23T18:42:00+01:00")
    assert ends.legal == at("2026-11-23T19:00:00+01:00")


def test_hours_run_through_the_change_of_the_clocks():
    ends = after_hours(at("2026-10-25T00:30:00+02:00"), 8)
    assert (ends.strict - at("2026-10-25T00:30:00+02:00")).total_seconds() == 8 * 3600


@pytest.mark.parametrize(
    ("received", "last_day_ends"),
    [
        ("2026-11-23T10:42:00+01:00", "2026-12-04T00:00:00+01:00"),
        ("2026-12-15T10:00:00+01:00", "2026-12-29T00:00:00+01:00"),
        ("2026-11-25T10:00:00+01:00", "2026-12-08T00:00:00+01:00"),
    ],
)
def test_ten_days_end_with_a_working_day(received, last_day_ends):
    assert after_days(at(received), 10, zone="Europe/Amsterdam", country="NL").legal == at(last_day_ends)


def test_a_country_without_a_table_says_so():
    ends = after_days(at("2026-11-23T10:42:00+01:00"), 10, zone="UTC", country="MT")
    assert any("No table" in line for line in ends.working)


def rest(since: str, until: str | None) -> Suspension:
    return Suspension(since=at(since), until=at(until) if until else None, citation="a law")


def days_with(*rests: Suspension, received: str = "2026-11-23T10:42:00+01:00"):
    return after_days(at(received), 10, zone="Europe/Amsterdam", country="NL", rests=rests)


# Ten days from 23 November 2026, 10:42 in Amsterdam: strict 3 December, 10:42; legal the end of that Thursday.
RESTED = [
    ("never", [], "2026-12-03T10:42", "2026-12-04T00:00"),
    ("five days and six hours", [("25T10:00", "30T16:00")], "2026-12-08T16:42", "2026-12-09T00:00"),
    ("an hour", [("25T10:00", "25T11:00")], "2026-12-03T11:42", "2026-12-04T00:00"),
    ("an hour past midnight", [("25T23:30", "26T00:30")], "2026-12-03T11:42", "2026-12-05T00:00"),
    ("twice", [("24T10:00", "25T10:00"), ("26T10:00", "27T10:00")], "2026-12-05T10:42", "2026-12-08T00:00"),
    ("twice at once", [("24T10:00", "26T10:00"), ("25T10:00", "27T10:00")], "2026-12-06T10:42", "2026-12-08T00:00"),
    ("one within another", [("24T10:00", "27T10:00"), ("25T10:00", "26T10:00")], "2026-12-06T10:42", "2026-12-08T00:00"),
    ("from before it began", [("20T10:00", "24T10:42")], "2026-12-04T10:42", "2026-12-05T00:00"),
    ("without an answer", [("25T10:00", None)], "2026-12-03T10:42", "2026-12-04T00:00"),
    ("an answer, then none", [("24T10:00", "25T10:00"), ("26T10:00", None)], "2026-12-04T10:42", "2026-12-05T00:00"),
]  # fmt: skip


@pytest.mark.parametrize(("rests", "strict", "legal"), [each[1:] for each in RESTED], ids=[each[0] for each in RESTED])
def test_what_was_left_runs_on_after_the_answer(rests, strict, legal):
    whole = [rest(f"2026-11-{a}:00+01:00", b and f"2026-11-{b}:00+01:00") for a, b in rests]
    ends = days_with(*whole)
    assert ends.strict == at(f"{strict}:00+01:00")
    assert ends.legal == at(f"{legal}:00+01:00")
    assert len(ends.working) > len(days_with().working) or not rests


def test_the_days_of_two_rests_are_told_together():
    asked = (("24T10:00", "26T10:00"), ("27T10:00", "30T10:00"))
    working = " ".join(days_with(*(rest(f"2026-11-{a}:00+01:00", f"2026-11-{b}:00+01:00") for a, b in asked)).working)
    assert "In whole days it rested 5; the last day is then Tuesday 08 December 2026." in working


def test_a_question_after_the_end_brings_nothing_back():
    ends = days_with(rest("2026-12-04T00:30:00+01:00", "2026-12-10T10:00:00+01:00"))
    assert (ends.strict, ends.legal) == (days_with().strict, days_with().legal)
    assert "after the period had ended" in " ".join(ends.working)


def test_of_the_questions_after_the_end_the_first_says_it_for_all():
    late = (rest(f"2026-12-{day}T09:00:00+01:00", f"2026-12-{day}T10:00:00+01:00") for day in ("07", "08"))
    assert " ".join(days_with(*late).working).count("after the period had ended") == 1


def test_a_question_between_the_two_ends_moves_the_legal_one_alone():
    ends = days_with(rest("2026-12-03T15:00:00+01:00", "2026-12-07T15:00:00+01:00"))
    assert ends.strict == days_with().strict
    assert ends.legal == at("2026-12-08T00:00:00+01:00")


def test_a_question_on_the_sunday_to_which_a_period_ran_over_leaves_the_monday():
    received = "2026-11-25T10:00:00+01:00"
    plain = days_with(received=received)
    asked = days_with(rest("2026-12-06T10:00:00+01:00", "2026-12-10T10:00:00+01:00"), received=received)
    assert plain.legal == at("2026-12-08T00:00:00+01:00")
    assert asked.legal == at("2026-12-12T00:00:00+01:00")


def test_hours_rest_to_the_minute():
    ends = after_hours(
        at("2026-11-23T10:42:00+01:00"),
        8,
        rests=(rest("2026-11-23T12:00:00+01:00", "2026-11-23T14:30:00+01:00"),),
    )
    assert ends.strict == at("2026-11-23T21:12:00+01:00")
    assert ends.legal == at("2026-11-23T21:30:00+01:00")
    assert "2 hours 30 minutes. The 6 hours 42 minutes that were left" in " ".join(ends.working)


MOMENTS = st.integers(0, 3 * 365 * 1440).map(lambda minutes: at("2026-01-01T00:00:00Z") + timedelta(minutes=minutes))
RESTS = st.lists(st.tuples(MOMENTS, st.none() | st.timedeltas(timedelta(0), timedelta(days=90))), max_size=5)


@given(MOMENTS, st.integers(1, 90), RESTS)
def test_a_rest_never_shortens_a_period_and_the_strict_end_comes_first(start, length, drawn):
    rests = tuple(
        Suspension(since=since, until=None if span is None else since + span, citation="x") for since, span in drawn
    )
    for count in (
        lambda rests: after_days(start, length, zone="Europe/Amsterdam", country="NL", rests=rests),
        lambda rests: after_hours(start, length, rests=rests),
    ):
        plain, moved = count(()), count(rests)
        assert moved.strict <= moved.legal
        assert plain.strict <= moved.strict
        assert plain.legal <= moved.legal
        assert count(tuple(reversed(rests))).strict == moved.strict
        for each in rests:
            if each.until and start <= each.since < plain.strict and all(other.until for other in rests):
                assert moved.strict >= min(each.until, moved.legal)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2027-01-11T09:00:00+01:00", 5, "2027-01-19T00:00:00+01:00"),
        ("2026-12-23T09:00:00+01:00", 5, "2027-01-01T00:00:00+01:00"),
        ("2026-12-05T09:00:00+01:00", 1, "2026-12-08T00:00:00+01:00"),
    ],
)
def test_working_days_pass_over_weekends_and_holidays(start, days, end):
    ends = after_working_days(at(start), days, zone="Europe/Amsterdam", country="NL")
    assert ends.strict == ends.legal == at(end)


def test_working_days_without_a_table_say_so():
    assert "No table" in after_working_days(at("2027-01-11T09:00:00+01:00"), 5, zone="UTC", country="MT").working[-1]
