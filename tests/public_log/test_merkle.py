"""Do roots and proofs hold, for every small tree, and against vectors not ours?"""

import base64
import json
from pathlib import Path

import pytest

from answerable.public_log import merkle

HASHES = [merkle.leaf_hash(bytes([n])) for n in range(100)]
VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "merkle" / "testdata"


def plain_root(hashes):
    if len(hashes) < 2:
        return hashes[0] if hashes else merkle.EMPTY_ROOT
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return merkle.node_hash(plain_root(hashes[:split]), plain_root(hashes[split:]))


@pytest.mark.parametrize("size", range(101))
def test_every_root_and_every_inclusion_proof(size):
    root = merkle.root(HASHES[:size])
    assert root == plain_root(HASHES[:size])
    for index in range(size):
        proof = merkle.prove_inclusion(HASHES[:size], index)
        assert merkle.verify_inclusion(HASHES[index], index, size, proof=proof, expected=root)
        assert not merkle.verify_inclusion(HASHES[index - 1], index, size, proof=proof, expected=root) or size == 1
        assert not merkle.verify_inclusion(HASHES[index], index, size, proof=(*proof, root), expected=root)


@pytest.mark.parametrize("size", range(1, 65))
def test_every_consistency_proof(size):
    new = merkle.root(HASHES[:size])
    for old_size in range(1, size + 1):
        old = merkle.root(HASHES[:old_size])
        proof = merkle.prove_consistency(HASHES[:size], old_size)
        assert merkle.verify_consistency(old, old_size, new, size, proof=proof)
        if old_size < size:
            assert not merkle.verify_consistency(new, old_size, new, size, proof=proof)


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_vectors_not_ours(kind):
    if not VECTORS.exists():
        pytest.skip("the published Merkle vectors are not beside this checkout")
    paths = sorted((VECTORS / kind).rglob("*.json"))
    assert paths
    for path in paths:
        vector = json.loads(path.read_text())
        assert _holds(kind, vector) is not vector["wantErr"], path.name


def _holds(kind, vector):
    def raw(text):
        return base64.b64decode(text or "")

    proof = [raw(each) for each in vector["proof"] or []]
    if kind == "consistency":
        return merkle.verify_consistency(
            raw(vector["root1"]), vector["size1"], raw(vector["root2"]), vector["size2"], proof=proof
        )
    return merkle.verify_inclusion(
        raw(vector["leafHash"]), vector["leafIdx"], vector["treeSize"], proof=proof, expected=raw(vector["root"])
    )
