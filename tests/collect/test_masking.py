"""Does a third party stay unknown, and a person known to themselves?"""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.adapters.sources.masks import Flags, Masks, Own
from answerable.collect.masking import is_token, token
from answerable.collect.plan import PlannedColumn, Step
from answerable.collect.scan import TARGET

keys = st.binary(min_size=32, max_size=32)
KEY = b"k" * 32
values = (
    st.none() | st.sampled_from(["ann", "bob", "", "7", "José", "Jose\u0301", "ANN", token(KEY, "ann")]) | st.text()
)


@given(keys, st.text(), st.text())
def test_one_value_has_one_token_and_two_values_have_two(key, one, other):
    assert token(key, one) == token(key, one)
    assert (token(key, one) == token(key, other)) is (one == other)


@given(keys, keys, st.text())
def test_another_key_makes_another_token(key, other, value):
    assert (token(key, value) == token(other, value)) is (key == other)


@given(keys, st.text(min_size=6))
def test_a_token_says_nothing_of_its_value_not_even_its_length(key, value):
    made = token(key, value)
    assert len(made) == 35
    assert value not in made


@given(keys, keys, st.text())
def test_what_is_masked_twice_is_masked_once_and_only_under_its_own_key(key, other, value):
    made = token(key, value)
    assert token(key, made) == made
    assert is_token(key, made)
    assert not is_token(key, value)
    assert is_token(other, made) is (key == other)


@pytest.mark.parametrize("at", range(3, 35))
def test_a_value_that_only_looks_like_a_token_is_masked(at):
    made = token(KEY, "ann")
    other = made[:at] + ("a" if made[at] != "a" else "b") + made[at + 1 :]
    assert not is_token(KEY, other)
    assert token(KEY, other) != other
    assert not is_token(KEY, made.upper())
    assert not is_token(KEY, "tp_" + "ſ" * 32)


def step(third_party="token", *, same=False, subject=("id",)):
    return Step(
        number=1, store="forum", table="talk", targets=(1, 2), role="subject", subject_columns=subject, same=same,
        time_column=None, period=None, order_by=("id",), words="",
        columns=(PlannedColumn(name="who", categories=("traffic.routing",), third_party=third_party),),
    )  # fmt: skip


def batch(rows, kind=None):
    return pa.record_batch(
        {TARGET: pa.array([number for number, _ in rows], pa.int32()), "who": pa.array([who for _, who in rows], kind)}
    )


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([1, 2]), values), max_size=30),
    st.dictionaries(st.sampled_from([1, 2]), st.sets(st.sampled_from(["ann", "bob", "7", "José"]))),
)
def test_in_a_batch_own_values_and_nothing_at_all_stay_and_all_others_go(rows, own):
    masks = Masks(KEY)
    masked = masks.masked(step(), batch(rows, pa.string()), Own.of(own))
    expected = [
        who if who is None or who in own.get(number, ()) else token(KEY, who) for number, who in rows
    ]  # fmt: skip
    assert masked.column("who").to_pylist() == expected
    changed = sum(who is not None and who not in own.get(number, ()) for number, who in rows)
    assert masks.counts == {"forum.talk.who": changed}
    assert Masks(KEY).masked(step(), masked, Own.of(own)).column("who").to_pylist() == expected


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (7, pa.int64(), "7"),
        (7, pa.int8(), "7"),
        (True, pa.bool_(), "True"),
        (b"\x00\xff", pa.binary(), "AP8="),
        ("ann", pa.dictionary(pa.int8(), pa.string()), "ann"),
        ("ann", pa.large_string(), "ann"),
        (["ann", "bob"], pa.list_(pa.string()), "['ann', 'bob']"),
    ],
)
def test_a_masked_column_of_any_type_is_text(value, kind, text):
    rows = batch([(1, value), (1, None), (2, value)], kind)
    masked = Masks(KEY).masked(step(), rows, Own.of({2: {text}})).column("who")
    assert masked.to_pylist() == [token(KEY, text), None, text]


def test_the_column_by_which_a_row_is_the_persons_stays_as_it_is():
    rows = batch([(1, "ann"), (2, "bob")])
    assert Masks(KEY).masked(step(subject=("tenant", "who")), rows, Own.of({})).column("who").to_pylist() == [
        "ann",
        "bob",
    ]


def test_free_text_is_flagged_and_never_changed():
    flags, rows = Flags(), batch([(1, "a"), (1, "b"), (1, None), (1, ""), (2, "c")])
    flags.look_at(step("flag"), rows)
    flags.look_at(step("flag"), batch([(2, "d"), (2, None)]))
    assert flags.runs == {"who": [[1, 2], [5, 6]]}
    assert (flags.flagged, flags.rows) == (4, 7)
    assert Masks(KEY).masked(step("flag"), rows, Own.of({})).equals(rows)
