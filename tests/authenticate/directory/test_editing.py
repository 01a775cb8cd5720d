"""Does an edit keep what it does not change, and give every new entry the names of two people?"""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticate.directory.records import LONG_AGO, RECEIVED, caution, domain, number, office

from answerable.authenticate.directory import Signed, changes, put_in_force, usable_numbers

SIGNED = Signed(
    proposed_by="mara", proposed_at=RECEIVED, confirmed_by="jonas", confirmed_at=RECEIVED + timedelta(hours=1)
)
digits = st.integers(100_000_000, 999_999_999).map(lambda value: f"+31{value}")


@settings(deadline=None)
@given(old=st.lists(digits, unique=True, max_size=4), new=st.lists(digits, unique=True, max_size=4))
def test_no_draft_makes_a_number_usable_before_its_time(old, new):
    before = office(numbers=tuple(number(each) for each in old))
    draft = before.model_copy(update={"numbers": tuple(number(each) for each in new)})
    after = put_in_force(before, draft, SIGNED)
    assert {each.number for each in usable_numbers(after, RECEIVED + timedelta(days=2))} == set(old) & set(new)
    assert {each.number for each in usable_numbers(after, RECEIVED + timedelta(days=60))} == set(new)


def test_of_a_candidate_nothing_keeps_its_claimed_names():
    candidate = office(confirmed_by=None, confirmed_at=None)
    after = put_in_force(candidate, candidate, SIGNED)
    assert after.is_confirmed
    assert [each.confirmed_at for each in (*after.numbers, *after.domains)] == [SIGNED.confirmed_at] * 2


def test_another_source_makes_it_another_entry():
    draft = office(numbers=(number(source="a letter"),))
    assert put_in_force(office(), draft, SIGNED).numbers[0].added_at == RECEIVED


def test_a_caution_keeps_the_people_who_noted_it():
    before, lifted = office(cautions=(caution(),)), caution(lifted_at=RECEIVED, noted_by="x", confirmed_by="y")
    [after] = put_in_force(before, before.model_copy(update={"cautions": (lifted,)}), SIGNED).cautions
    assert (after.noted_by, after.confirmed_by, after.lifted_at) == ("mara", "jonas", RECEIVED)


def test_what_changes_is_said_and_days_alone_are_no_change():
    restamped = office(added_on=RECEIVED.date(), numbers=(number(added_at=RECEIVED),), confirmed_at=RECEIVED)
    assert changes(office(), restamped) == ()
    found = {
        each.part: (each.gone, each.new)
        for each in changes(office(), office(kind="judge", domains=(domain("b.example"),)))
    }
    assert found == {
        "Kind": (("police",), ("judge",)),
        "Mail domains": (("police.example (source: register)",), ("b.example (source: register)",)),
    }
    assert {each.part for each in changes(None, office())} >= {"Name", "Telephone numbers"}
    assert LONG_AGO < RECEIVED
