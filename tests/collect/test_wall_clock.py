"""Does a period of readings hold exactly those whose moment lies in the period, wherever clocks change?"""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.adapters.sources.batches import moments
from answerable.adapters.sources.sqlite import _moment
from answerable.adapters.sources.targets import micros
from answerable.collect.wall_clock import moment_of, spans

ZONES = (
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "UTC",
    "Africa/Casablanca",
    "Pacific/Apia",
)
CHANGES = ("2026-03-29T01:00", "2026-10-25T01:00", "2026-11-01T06:00", "2026-03-08T07:00", "2026-04-04T15:00",
           "2026-10-03T15:30", "2011-12-30T10:00", "2026-02-15T02:00")  # fmt: skip
near = st.builds(
    lambda at, minutes, micro: datetime.fromisoformat(at) + timedelta(minutes=minutes, microseconds=micro),
    st.sampled_from(CHANGES),
    st.integers(-300, 300),
    st.integers(-1, 1),
)
anywhere = near | st.datetimes(datetime(1950, 1, 1, tzinfo=UTC).replace(tzinfo=None), datetime(2100, 1, 1, tzinfo=UTC).replace(tzinfo=None))  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(ZONES), anywhere, anywhere, anywhere)
def test_a_reading_is_in_one_span_exactly_where_its_moment_is_in_the_period(zone, one, other, reading):
    start, end = sorted((one.replace(tzinfo=UTC), other.replace(tzinfo=UTC)))
    moment = moment_of(reading, zone)
    for period in ((start, end), (start, None), (None, end), (None, None)):
        is_inside = (period[0] is None or period[0] <= moment) and (period[1] is None or moment < period[1])
        hits = [
            span
            for span in spans(*period, zone)
            if (span[0] is None or span[0] <= reading) and (span[1] is None or reading < span[1])
        ]
        assert len(hits) == is_inside


def test_where_the_clock_goes_forward_at_a_bound_there_are_two_spans():
    half_past = datetime.fromisoformat("2026-03-29T01:30:00+00:00")
    found = spans(half_past, None, "Europe/Amsterdam")
    assert found == tuple((datetime.fromisoformat(start), end and datetime.fromisoformat(end))
                          for start, end in (("2026-03-29T02:30", "2026-03-29T03:00"), ("2026-03-29T03:30", None)))  # fmt: skip


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999+00:00"])
@pytest.mark.parametrize("zone", ZONES)
def test_the_ends_of_the_calendar_are_no_fault(moment, zone):
    assert spans(datetime.fromisoformat(moment), None, zone)
    assert spans(None, datetime.fromisoformat(moment), zone) is not None


@settings(deadline=None)
@given(st.sampled_from(ZONES), st.lists(anywhere | st.none(), max_size=5))
def test_columns_of_readings_are_placed_as_single_ones(zone, readings):
    column = pa.array(readings, pa.timestamp("us"))
    assert moments(column, zone).to_pylist() == [each and moment_of(each, zone) for each in readings]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01T10:00:00Z", "2026-11-01T10:00:00+00:00"),
        ("2026-11-01 10:00", "2026-11-01T09:00:00+00:00"),
        ("2026-11-01", "2026-10-31T23:00:00+00:00"),
        ("2026-11-01 10:00:00.1234569+02:00", "2026-11-01T08:00:00.123456+00:00"),
        ("2026-11-01 10:00:00 +02:00", "2026-11-01T08:00:00+00:00"),
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_texts_of_sqlite_are_read_in_its_own_spellings(text, moment):
    assert _moment(text, "Europe/Amsterdam") == micros(datetime.fromisoformat(moment))


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-02-30", "2026-11-01T25:00:00Z", "10:00", "20261101", "2026-W01-1", 17, b"2026-11-01", None],
)
def test_what_is_no_date_and_time_is_no_moment(text):
    assert _moment(text, "UTC") is None
