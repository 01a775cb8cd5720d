"""Has every record one form, and only one, that gets hashed?"""

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from answerable.casefile.encoding import Record, canonical, digest, keyed
from answerable.casefile.scope import Identifier, Scope, ScopeItem

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
names = texts.filter(bool)
scopes = st.lists(
    st.builds(
        ScopeItem,
        identifier=st.builds(Identifier, kind=st.sampled_from(["user", "email"]), value=names),
        category=st.sampled_from(["subscriber.identity", "content.messages"]),
    ),
    max_size=4,
).map(lambda items: Scope(items=tuple(items)))


def turned_round(value):
    """Return the same value with the keys of every object in the opposite order."""
    if isinstance(value, dict):
        return {key: turned_round(inner) for key, inner in reversed(value.items())}
    return [turned_round(inner) for inner in value] if isinstance(value, list) else value


@given(plain)
def test_what_was_written_is_what_is_read(value):
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(plain)
def test_the_order_of_keys_does_not_matter(value):
    assert canonical(turned_round(value)) == canonical(value)


@pytest.mark.parametrize(
    ("one", "other"), [(True, 1), (1, "1"), (None, "null"), ([], {}), ([[]], []), ({"a": None}, {})]
)
def test_values_that_look_alike_have_different_forms(one, other):
    assert canonical(one) != canonical(other)


@given(plain, st.floats(), st.data())
def test_a_float_is_refused_wherever_it_hides(value, number, data):
    hidden = data.draw(
        st.sampled_from(
            [number, [number], (number,), {"a": number}, [value, {"b": [number]}], {"c": value, "d": [[number]]}]
        )
    )
    with pytest.raises(TypeError, match="no floats"):
        canonical(hidden)


@given(scopes)
def test_a_record_read_back_is_the_same_record(scope):
    again = Scope.model_validate_json(canonical(scope))
    assert again == scope
    assert digest(again) == digest(scope)


@given(scopes, scopes)
def test_different_records_have_different_digests(one, other):
    assert (digest(one) == digest(other)) is (one == other)


def test_the_form_is_sorted_and_has_no_spaces():
    assert canonical({"b": [1, None], "ä": True, "a": "é\n"}) == '{"a":"é\\n","b":[1,null],"ä":true}'.encode()


def test_the_digest_is_sha512_of_that_form():
    assert digest({"a": 1}) == hashlib.sha512(b'{"a":1}').hexdigest()


class Note(Record):
    text: str


def test_nothing_rides_along_and_nothing_changes_later():
    with pytest.raises(ValidationError):
        Note(text="seen", hidden="unseen")
    with pytest.raises(ValidationError):
        Note(text="one").text = "two"


@given(st.binary(max_size=64), st.binary(max_size=80), st.binary(max_size=80))
def test_keyed_is_the_hmac_of_the_standard_library(key, begins, rest):
    mac = keyed(key, begins)
    assert mac(rest) == mac(rest) == hmac.digest(key, begins + rest, "sha256")
