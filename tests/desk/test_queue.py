"""Is the queue in the order of the deadlines, and do its counts and filters say the same as its rows?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from answerable.desk.wording import time_left


@pytest.fixture
def of(machine, people):
    from answerable.desk import queries

    return lambda name="mara", **filters: queries.queue(machine, people[name], **filters)


def test_soonest_deadline_first_and_none_last(of, received, browser_of, machine, people):
    from answerable.desk import moves

    emergency, ordinary = received("emergency"), received()
    moves.receive(machine, b"not a demand", channel="portal", actor=people["ina"])
    due = [row.due_at for row in of().rows]
    dated = [each for each in due if each]
    assert dated == sorted(dated)
    assert due[len(dated) :] == [None] * (len(due) - len(dated))
    assert emergency.due_at < ordinary.due_at


def test_every_tile_shows_as_many_rows_as_it_counts(of, received):
    received()
    for tile in of().tiles:
        assert of(tile=tile.key).matching == tile.count


def test_the_second_person_is_asked_and_the_author_is_not(of, received, machine, people):
    from answerable.casefile.decision import DecisionKind
    from answerable.desk import moves

    case = received()
    moves.prepare(machine, case, actor=people["mara"], kind=DecisionKind.CONTEST, reason="For the queue alone.")
    turns = {name: of(name, search=case.reference).rows[0].turn for name in ("mara", "jonas")}
    assert turns == {"mara": "others", "jonas": "second"}


def test_the_search_finds_a_reference_an_authority_and_a_state_and_nothing_else(of, received):
    case = received()
    assert [row.reference for row in of(search=case.reference.lower()).rows] == [case.reference]
    assert 0 < of(search="musterstadt").matching <= of(search="Germany").matching
    assert of(search="mara.lind").matching == 0


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (timedelta(minutes=47, seconds=59), "0 h 47 min", "hot"),
        (timedelta(hours=2), "2 h 0 min", "amb"),
        (timedelta(hours=23, minutes=59), "23 h 59 min", "amb"),
        (timedelta(days=1), "1 day 0 h", ""),
        (timedelta(days=9, hours=23), "9 days 23 h", ""),
        (-timedelta(minutes=5), "over by 0 h 5 min", "hot"),
    ],
)
def test_what_is_left_reads_as_a_person_says_it(left, words, tone):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    shown = time_left(now + left, now)
    assert (str(shown), shown.tone) == (words, tone)
