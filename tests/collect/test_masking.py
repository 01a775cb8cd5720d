"""Does a third party stay unknown, and a person known to themselves?"""

from hypothesis import given
from hypothesis import strategies as st

from answerable.collect.masking import masker, token

keys = st.binary(min_size=32, max_size=32)


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


@given(keys, st.none() | st.integers() | st.text(), st.lists(st.text(), max_size=3))
def test_own_values_and_nothing_at_all_stay_and_all_others_go(key, value, own):
    masked = masker(key, own)(value)
    stays = value is None or str(value) in own
    assert masked == (value if stays else token(key, str(value)))
