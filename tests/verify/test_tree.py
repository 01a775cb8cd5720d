"""Is a log that was checked still known when its entries are not held: its roots, its entries, and what changed since?"""

from __future__ import annotations

import pytest

from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, merkle, tiles
from answerable.verify.tree import tile_of, verify_tree

SIZE = 700
ENTRIES = [b"entry %d" % number for number in range(SIZE)]
HASHES = merkle.leaf_hashes(ENTRIES)


def head(size: int = SIZE) -> checkpoint.TreeHead:
    return checkpoint.TreeHead("log.example/one", size, merkle.root(HASHES[:size]))


def test_a_checked_log_knows_its_root_at_every_size_and_its_entries():
    tree = verify_tree(dict(tiles.files(ENTRIES)), head())
    assert [tree.root_at(size) for size in range(SIZE + 1)] == [merkle.root(HASHES[:size]) for size in range(SIZE + 1)]
    assert [tree.entry(index) for index in range(SIZE)] == ENTRIES
    with pytest.raises(IndexError):
        tree.entry(SIZE)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 513])
def test_a_log_of_any_size_is_checked(size):
    tree = verify_tree(dict(tiles.files(ENTRIES[:size])), head(size))
    assert (tree.size, tree.root_at(size)) == (size, head(size).root)


def test_a_log_of_three_levels_knows_its_roots():
    many = [b"%d" % number for number in range(256 * 256 + 300)]
    hashes = merkle.leaf_hashes(many)
    tree = verify_tree(dict(tiles.files(many)), checkpoint.TreeHead("log.example/one", len(many), merkle.root(hashes)))
    for size in (1, 256, 65_535, 65_536, 65_537, 65_792, 65_793, len(many)):
        assert tree.root_at(size) == merkle.root(hashes[:size])


def test_every_tile_of_a_log_and_of_an_earlier_one_is_known_and_no_other():
    tree = verify_tree(dict(tiles.files(ENTRIES)), head())
    for size in (1, 200, 256, 300, 511, 600):
        for path, content in tiles.files(ENTRIES[:size]):
            assert tile_of(path, tree) == content, path
    for path in (
        "tile/0/003.p/1",
        "tile/entries/003.p/1",
        "tile/entries/002.p/189",
        "tile/1/000.p/3",
        "tile/7/000.p/1",
        "tile/entries/002",
        "tile/0/002",
        "tile/1/000",
        "opening/1/0",
    ):
        assert tile_of(path, tree) is None, path


def test_a_bundle_that_changed_after_it_was_checked_is_refused_and_named():
    files = dict(tiles.files(ENTRIES))
    tree = verify_tree(files, head())
    files["tile/entries/001"] = tiles.bundle([b"other", *ENTRIES[257:512]])
    assert tree.entry(255) == ENTRIES[255]
    for asked in (lambda: tree.entry(256), lambda: tree.root_at(300), lambda: tile_of("tile/0/001.p/9", tree)):
        with pytest.raises(VerificationFailed, match="changed while it was checked") as refused:
            asked()
        assert refused.value.why == "tile/entries/001."


FAULTS = {
    "a bundle is gone": ({"tile/entries/001": None}, "tile/entries/001"),
    "a bundle is cut": ({"tile/entries/001": b"\0"}, "tile/entries/001, from index 256: 256 entries"),
    "a cut bundle before one that is gone": (
        {"tile/entries/000": b"\0", "tile/entries/001": None},
        "tile/entries/000, from index 0",
    ),
    "a bundle has an entry too few": (
        {"tile/entries/001": tiles.bundle(ENTRIES[256:511])},
        "tile/entries/001, from index 256",
    ),
    "an entry is another": ({"tile/entries/001": tiles.bundle([b"x", *ENTRIES[257:512]])}, "(index 256)"),
    "a tile of leaves is gone": ({"tile/0/001": None}, "tile/0/001"),
    "a tile of leaves is another": ({"tile/0/001": b"".join(HASHES[255:511])}, "(index 256)"),
    "a tile of leaves is cut": ({"tile/0/001": b"".join(HASHES[256:500])}, "(index 500)"),
    "a tile above is gone": ({"tile/1/000.p/2": None}, "tile/1/000.p/2"),
    "a tile above is another": ({"tile/1/000.p/2": bytes(64)}, "hash 0 of level 1"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_what_does_not_hold_is_named_by_file_and_index(what):
    changes, named = FAULTS[what]
    files = {path: content for path, content in (dict(tiles.files(ENTRIES)) | changes).items() if content is not None}
    with pytest.raises(VerificationFailed) as refused:
        verify_tree(files, head())
    assert named in refused.value.why


def test_another_head_over_sound_files_is_named_as_such():
    with pytest.raises(VerificationFailed) as refused:
        verify_tree(dict(tiles.files(ENTRIES)), checkpoint.TreeHead("log.example/one", SIZE, bytes(32)))
    assert "the head or a whole history was changed" in refused.value.why
