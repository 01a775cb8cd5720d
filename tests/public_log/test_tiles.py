"""Is a bundle of entries read and hashed as the specification says, whatever it holds?"""

from hypothesis import given
from hypothesis import strategies as st

from answerable.public_log import merkle, tiles


def lengths(content: bytes) -> list[bytes] | None:
    """A bundle read as the specification says: a length, so many bytes, and again; None where it does not end with an entry."""
    found, at = [], 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if at + 2 > len(content) or end > len(content):
            return None
        found.append(content[at + 2 : end])
        at = end
    return found


ENTRIES = st.one_of(
    st.lists(st.binary(max_size=9), max_size=12),
    st.integers(0, 5).flatmap(lambda size: st.lists(st.binary(min_size=size, max_size=size), max_size=12)),
)


@given(ENTRIES, st.binary(max_size=3), st.integers(0, 3))
def test_a_bundle_is_read_and_hashed_as_it_lies_whether_its_entries_are_of_one_length_or_not(entries, behind, cut):
    whole = tiles.bundle(entries)
    assert tiles.unbundle(whole) == entries
    content = whole[: len(whole) - cut] + behind
    wanted = lengths(content)
    assert tiles.unbundle(content) == wanted
    hashes = None if wanted is None else [merkle.leaf_hash(each) for each in wanted]
    assert tiles.hash_bundle(content) == (None if hashes is None else (b"".join(hashes), merkle.root(hashes)))
