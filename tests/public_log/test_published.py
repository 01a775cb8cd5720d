"""Is a published log whole, and is every change of it seen?"""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.public_log.worlds import read_tree

from answerable.adapters.log_files import publish_tree
from answerable.casefile.events import LOG_FIELDS
from answerable.errors import LogHalted, VerificationFailed
from answerable.public_log import leaves, merkle, receipt, slots
from answerable.public_log.note import Signer
from answerable.verify.log import verify_log
from answerable.verify.receipt import verify_receipt, verify_receipt_offline

SIGNER = Signer("log.example/one", Ed25519PrivateKey.from_private_bytes(b"k" * 32))
SEED, DECOYS = b"s" * 32, b"d" * 32
FIELDS = tuple(f"value {n}" for n in range(32))
TREE = slots.with_decoys({7: slots.event_root(FIELDS, SEED)}, 256, DECOYS)


def entries(epochs: int) -> list[bytes]:
    policy = leaves.Policy(
        origin=SIGNER.name, verifier_keys=(SIGNER.verifier_key,), period_seconds=86400, slot_capacity=256,
        longest_seal_days=1825, fields_sha512="0" * 128, effective_epoch=1,
    )  # fmt: skip
    made = [leaves.render(policy)]
    for number in range(1, epochs + 1):
        epoch = leaves.Epoch(
            number=number,
            slot_count=256,
            slot_root=slots.slot_root(TREE),
            decoy_commitment=slots.decoy_commitment(DECOYS),
        )
        made.append(leaves.render(epoch))
    return made


def test_growth_keeps_older_partial_tiles_and_verifies(tmp_path):
    for epochs in (1, 4, 300):
        publish_tree(tmp_path, entries(epochs), signer=SIGNER)
        found = verify_log(read_tree(tmp_path), expected_key=SIGNER.verifier_key)
        assert found.passed, found.checks[-1]
    assert {path.stat().st_mtime for path in tmp_path.rglob("*") if path.is_file()} == {0.0}


def test_every_byte_of_every_file_is_seen(tmp_path):
    publish_tree(tmp_path, entries(1), signer=SIGNER)
    publish_tree(tmp_path, entries(2), signer=SIGNER)
    files = read_tree(tmp_path)
    for path, content in files.items():
        for at in range(len(content)):
            for flip in (0x01, 0x20, 0x80):
                broken = content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :]
                assert not verify_log({**files, path: broken}).passed, (path, at, flip)
        assert not verify_log({other: kept for other, kept in files.items() if other != path}).passed or ".p/2" in path
    assert not verify_log({**files, "tile/0/001.p/1": b"x" * 32}).passed


def test_a_log_never_contradicts_itself(tmp_path):
    publish_tree(tmp_path, entries(3), signer=SIGNER)
    with pytest.raises(LogHalted):
        publish_tree(tmp_path, entries(2), signer=SIGNER)
    other = [*entries(2), entries(3)[2]]
    with pytest.raises(LogHalted):
        publish_tree(tmp_path, other, signer=SIGNER)
    assert verify_log(read_tree(tmp_path)).passed


@pytest.mark.parametrize("step", range(1, 30))
def test_killed_at_any_file_operation_it_goes_on(tmp_path, monkeypatch, step):
    import os

    real, seen = os.fsync, []

    def failing(handle):
        seen.append(handle)
        if len(seen) == step:
            raise OSError(28, "no space left")
        real(handle)

    monkeypatch.setattr(os, "fsync", failing)
    try:
        publish_tree(tmp_path, entries(1), signer=SIGNER)
        publish_tree(tmp_path, entries(3), signer=SIGNER)
    except OSError:
        pass
    monkeypatch.setattr(os, "fsync", real)
    publish_tree(tmp_path, entries(3), signer=SIGNER)
    found = verify_log({path: kept for path, kept in read_tree(tmp_path).items() if not path.endswith(".part")})
    assert found.passed, found.checks[-1]


def made_receipt(folder, shown=(3, 4, 16, 17, 18, 19)):
    signed = publish_tree(folder, entries(2), signer=SIGNER)
    opening = receipt.Opening.of(
        FIELDS, SEED, shown=shown, tree=TREE, at=(1, 7), decoy_commitment=slots.decoy_commitment(DECOYS)
    )
    return receipt.make(merkle.leaf_hashes(entries(2)), 1, opening, checkpoint=signed)


def test_a_receipt_shows_what_was_opened_and_no_more(tmp_path):
    content = made_receipt(tmp_path)
    for found in (
        verify_receipt(content, verify_log(read_tree(tmp_path))),
        verify_receipt_offline(content, [SIGNER.verifier]),
    ):
        assert found.passed
        assert found.shown == {LOG_FIELDS[at]: FIELDS[at] for at in (3, 4, 16, 17, 18, 19)}
    assert b"value 5" not in receipt.pack(receipt.parse(content).opening)


def test_every_byte_of_a_receipt_is_seen(tmp_path):
    content = made_receipt(tmp_path)
    log = verify_log(read_tree(tmp_path))
    good = verify_receipt(content, log).shown
    for at in range(len(content)):
        broken = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        for found in (verify_receipt(broken, log), verify_receipt_offline(broken, [SIGNER.verifier])):
            assert not (found.passed and found.shown == good), at


@given(
    st.sets(st.integers(0, 31), min_size=1),
    st.lists(st.text(max_size=70) | st.binary(min_size=16).map(bytes.hex), min_size=32, max_size=32),
)
def test_whatever_is_shown_is_packed_in_one_way_and_leads_to_its_slot(shown, fields):
    tree = slots.with_decoys({7: slots.event_root(fields, SEED)}, 256, DECOYS)
    opening = receipt.Opening.of(fields, SEED, shown=sorted(shown), tree=tree, at=(1, 7), decoy_commitment=b"c" * 32)
    packed = receipt.pack(opening)
    assert receipt.unpack(packed) == opening
    assert opening.event_root() == tree[7]
    assert opening.leaf().slot_root == slots.slot_root(tree)
    for cut in (packed[:-1], packed + b"x"):
        with pytest.raises(ValueError):
            receipt.unpack(cut)


def test_an_epoch_without_events_looks_like_any_other():
    empty = slots.with_decoys({}, 256, DECOYS)
    full = slots.with_decoys({n: slots.event_root(FIELDS, bytes([n]) * 32) for n in range(256)}, 256, DECOYS)
    made = [
        leaves.render(
            leaves.Epoch(number=1, slot_count=256, slot_root=slots.slot_root(tree), decoy_commitment=b"c" * 32)
        )
        for tree in (empty, full)
    ]
    assert len(made[0]) == len(made[1])


@pytest.mark.parametrize("text", [b"", b"x", b"answerable/epoch/v1\n1\n", b"answerable/policy/v1\n{}\n", b"\xff\xfe"])
def test_a_leaf_has_one_spelling(text):
    with pytest.raises(VerificationFailed):
        leaves.parse(text)


@given(st.lists(st.text(max_size=20), min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_the_leaves_of_an_event_are_those_of_its_fields(fields, seed):
    expected = [slots.field_leaf(at, value, slots.salt(seed, at)) for at, value in enumerate(fields)]
    assert slots.field_leaves(fields, seed) == expected


@given(st.binary(min_size=32, max_size=32), st.sets(st.integers(0, 255), max_size=9))
def test_the_slots_of_an_epoch_are_its_events_among_decoys(seed, filled):
    expected = [b"e" * 32 if at in filled else slots.decoy(seed, at) for at in range(256)]
    assert list(slots.with_decoys(dict.fromkeys(filled, b"e" * 32), 256, seed)) == expected
