"""How does a tree of hashes grow, and how is a leaf, or a smaller tree, proved to be in it? RFC 6962, section 2.1."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of an entry."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of two subtrees."""
    return hashlib.sha256(_NODE + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a tree over leaf hashes."""
    return root_of_perfect(perfect_roots(levels(hashes)))


def root_of_perfect(roots: Sequence[bytes]) -> bytes:
    """Return the root of a tree whose perfect subtrees, left to right, have these roots."""
    if not roots:
        return EMPTY_ROOT
    top = roots[-1]
    for left in reversed(roots[:-1]):
        top = node_hash(left, top)
    return top


def levels(hashes: Iterable[bytes]) -> list[list[bytes]]:
    """Return the hashes of all perfect subtrees: `levels[k][i]` covers leaves i·2^k up to, not including, (i+1)·2^k."""
    found = [list(hashes)]
    while len(found[-1]) > 1:
        found.append(level_above(found[-1]))
    return found


def level_above(row: Sequence[bytes]) -> list[bytes]:
    """Return the hash of each pair of a level; the last, where it has no other, waits. Written for speed: it is the check's half."""
    begun, found, pairs = hashlib.sha256(_NODE).copy, [], iter(row)
    for left, right in zip(pairs, pairs, strict=False):
        node = begun()
        node.update(left + right)
        found.append(node.digest())
    return found


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """Return the hash of each entry, as fast as this language lets us: a hash that has begun is copied, not begun again."""
    begun, found = hashlib.sha256(_LEAF).copy, []
    for entry in entries:
        leaf = begun()
        leaf.update(entry)
        found.append(leaf.digest())
    return found


def perfect_roots(rows: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Return the roots of the perfect subtrees, left to right, of a tree whose `levels` are known."""
    size, roots, start = len(rows[0]), [], 0
    for level in range(len(rows) - 1, -1, -1):
        if size >> level & 1:
            roots.append(rows[level][start >> level])
            start += 1 << level
    return roots


def prove_inclusion(hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of leaf `index`, from the leaf up. Refuses an index outside the tree."""
    if not 0 <= index < len(hashes):
        raise IndexError("a leaf outside the tree has no proof")
    if len(hashes) == 1:
        return ()
    split = _split(len(hashes))
    if index < split:
        return (*prove_inclusion(hashes[:split], index), root(hashes[split:]))
    return (*prove_inclusion(hashes[split:], index - split), root(hashes[:split]))


def prove_consistency(hashes: Sequence[bytes], size: int) -> tuple[bytes, ...]:
    """Return the proof that the tree over the first `size` hashes is a prefix of the whole."""
    if not 0 < size <= len(hashes):
        raise IndexError("only a smaller, non-empty tree can be proved to be a prefix")
    return _consistency(hashes, size, whole=True)


def verify_inclusion(leaf: bytes, index: int, size: int, *, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `proof` leads from the leaf hash at `index` to the root `expected` of a tree of `size` leaves."""
    if not 0 <= index < size or any(len(each) != 32 for each in (leaf, *proof)):
        return False
    path = list(proof)
    top = _climb(leaf, index, size, path)
    return top == expected and not path


def root_from(leaf: bytes, index: int, size: int, *, proof: Sequence[bytes]) -> bytes:
    """Return the root to which `proof` leads from the leaf hash at `index` of a tree of `size` leaves."""
    return _climb(leaf, index, size, list(proof))


def verify_consistency(old: bytes, old_size: int, new: bytes, new_size: int, *, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree `old` of `old_size` leaves is a prefix of `new` of `new_size` (RFC 9162, 2.1.4.2).

    Where both have the same size, the proof is empty and the roots are equal. An empty tree proves nothing.
    """
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return old == new and not proof
    if any(len(each) != 32 for each in (old, new, *proof)):
        return False
    return _walk_consistency(old, old_size, new, new_size, proof=proof)


def _walk_consistency(old: bytes, old_size: int, new: bytes, new_size: int, *, proof: Sequence[bytes]) -> bool:
    path = [old, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    seen_old = seen_new = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            seen_old, seen_new = node_hash(hash_, seen_old), node_hash(hash_, seen_new)
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            seen_new = node_hash(seen_new, hash_)
        node, last = node >> 1, last >> 1
    return (seen_old, seen_new, last) == (old, new, 0)


def _climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    if size == 1:
        return leaf
    split = _split(size)
    left = index < split
    below = _climb(leaf, index if left else index - split, split if left else size - split, path)
    beside = path.pop(0) if path else b""
    return node_hash(below, beside) if left else node_hash(beside, below)


def _consistency(hashes: Sequence[bytes], size: int, *, whole: bool) -> tuple[bytes, ...]:
    if size == len(hashes):
        return () if whole else (root(hashes),)
    split = _split(len(hashes))
    if size <= split:
        return (*_consistency(hashes[:split], size, whole=whole), root(hashes[split:]))
    return (*_consistency(hashes[split:], size - split, whole=False), root(hashes[:split]))


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)
