"""Can a number be called that somebody added alone, or just in time for the demand? Never."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticate.directory.records import LONG_AGO, RECEIVED, caution, number, office

from answerable.authenticate.directory import numbers_at, usable_numbers

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("name", "record", "why"),
    [
        ("confirmed long ago", office(), None),
        ("confirmed 30 days and a second before", office(numbers=(number(confirmed_at=RECEIVED - 30 * DAY - SECOND),)), None),
        ("confirmed exactly 30 days before", office(numbers=(number(confirmed_at=RECEIVED - 30 * DAY),)), "within the 30 days"),
        ("confirmed the day before", office(numbers=(number(confirmed_at=RECEIVED - DAY),)), "within the 30 days"),
        ("confirmed after it came", office(numbers=(number(confirmed_at=RECEIVED + DAY),)), "after the demand came"),
        ("added late, whatever the day of confirming says", office(numbers=(number(added_at=RECEIVED - DAY),)), "within the 30 days"),
        ("confirmed by nobody", office(numbers=(number(confirmed_by=None, confirmed_at=None),)), "Two people"),
        ("confirmed by who added it", office(numbers=(number(confirmed_by="mara"),)), "Two people"),
        ("of a candidate", office(confirmed_by=None, confirmed_at=None), "candidate"),
        ("of a record confirmed by one person twice", office(confirmed_by="mara"), "candidate"),
        ("of a record that was retired", office(retired_on=RECEIVED.date()), "retired"),
        ("of a record that retires tomorrow", office(retired_on=(RECEIVED + DAY).date()), None),
        ("diverted", office(cautions=(caution(about="telephone", value="+31205550100"),)), "caution"),
        ("beside one that is diverted", office(cautions=(caution(about="telephone", value="+31205550199"),)), None),
        ("diverted, and lifted", office(cautions=(caution(about="telephone", value="+31205550100", lifted_at=RECEIVED - DAY),)), None),
        ("of an office under caution", office(cautions=(caution(),)), None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_number_serves_or_says_why_not(name, record, why):
    [seen] = numbers_at(record, RECEIVED)
    assert (seen.refused is None) == (why is None)
    assert why is None or why in seen.refused
    assert usable_numbers(record, RECEIVED) == (record.numbers if why is None else ())


moments = st.datetimes(
    min_value=LONG_AGO.replace(tzinfo=None), max_value=(RECEIVED + 90 * DAY).replace(tzinfo=None)
).map(lambda moment: moment.replace(tzinfo=RECEIVED.tzinfo))
people = st.sampled_from(["mara", "jonas", "import", None])


@settings(deadline=None)
@given(added=moments, confirmed=st.none() | moments, by=people, second=people, received=moments)
def test_whatever_the_days_and_names_a_usable_number_is_settled_and_of_two_people(
    added, confirmed, by, second, received
):
    record = office(numbers=(number(added_at=added, added_by=by or "x", confirmed_at=confirmed, confirmed_by=second),))
    for usable in usable_numbers(record, received):
        assert usable.confirmed_by not in (None, usable.added_by)
        assert max(usable.added_at, usable.confirmed_at) < received - 30 * DAY


@settings(deadline=None)
@given(received=moments, later=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60)))
def test_adding_a_number_after_receipt_never_makes_one_usable(received, later):
    record = office(numbers=(number(added_at=received + later, confirmed_at=received + later),))
    assert usable_numbers(record, received) == ()
