"""How does the tree get into a store, so that no crash and no restored backup makes it contradict itself?

1  what stands there already is never changed: a file with other bytes halts the log
2  a checkpoint that is there must be a prefix of what is written now
3  entries and tiles are written, a barrier makes them durable, and they are read back and compared
4  the head is signed, and whatever commits to it may refuse
5  the checkpoint is swapped last, and only for the one that was there
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from answerable.adapters.log_stores import Files, LocalStore, Store, file_differs, halted
from answerable.adapters.steps import OnStep, silent, told
from answerable.errors import LogHalted, VerificationFailed
from answerable.public_log import checkpoint, merkle, note, tiles
from answerable.public_log.growing import Edge
from answerable.verify.tree import Tree, tile_of


def publish_tree(folder: Path, entries: Sequence[bytes], *, signer: note.Signer) -> bytes:
    """Write the whole log over `entries` into `folder` and return its signed checkpoint. Can be repeated after any crash.

    Refuses, with `LogHalted`, whatever contradicts what was published before.
    """
    store = LocalStore(folder)
    store.clear_unfinished()
    head = published_head(store, signer)
    if head is not None:
        refuse_contradiction(head, merkle.leaf_hashes(entries))  # 2
    edge = add_entries(store, Edge(), entries, beside=[("vkey", signer.verifier_key.encode() + b"\n")])  # 1, 3
    if head is not None and head.size == edge.size:
        return store.read("checkpoint") or b""
    signed = signer.sign(checkpoint.render(checkpoint.TreeHead(signer.name, edge.size, edge.root())))  # 4
    store.swap("checkpoint", signed, before=store.read("checkpoint"))  # 5
    return signed


def add_entries(
    store: Store, edge: Edge, entries: Sequence[bytes], *, beside: Iterable[tuple[str, bytes]] = ()
) -> Edge:
    """Write what `entries` add to a log with this right edge, durably, read it back, and return the new edge.

    `beside` are further immutable files: the key line, and what was opened.
    """
    files = [*beside, *edge.bundles(entries)]
    for path, content in files:
        store.add(path, content)
    grown, tiles_ = edge.grown(entries)  # the store can begin on the bundles while they are hashed
    for path, content in tiles_:
        store.add(path, content)
    store.barrier()
    for path, content in [*files, *tiles_]:
        if store.read(path) != content:
            raise file_differs(path)
    return grown


def published_head(store: Store, signer: note.Signer) -> checkpoint.TreeHead | None:
    """Return the tree head that stands published, or None. Halts where it is not one that this key signed."""
    content = store.read("checkpoint")
    if content is None:
        return None
    try:
        head = checkpoint.parse(note.open_note(content, signer.verifier))
    except VerificationFailed as fault:
        raise halted("log.checkpoint-unreadable", "The published checkpoint is not one this key signed.") from fault
    if head.origin != signer.name:
        raise halted("log.checkpoint-unreadable", "The published checkpoint is another log's.")
    return head


def refuse_contradiction(head: checkpoint.TreeHead, hashes: Sequence[bytes]) -> None:
    """Halt where the log whose leaf hashes these are does not begin with the one that `head` signs."""
    if head.size > len(hashes) or merkle.root(hashes[: head.size]) != head.root:
        raise would_fork()


def would_fork() -> LogHalted:
    """Return what is raised where a published log is no prefix of the one that would be written."""
    return halted("log.would-fork", "What is published is not a prefix of what the desk's database holds.")


def copy_tree(files: Files, target: Store, *, tree: Tree, on_step: OnStep = silent) -> int:
    """Copy a checked log to another store, the checkpoint last, and return how many files were new there.

    Each file is the one that was checked: whoever serves the source could serve others now.
    """
    signed, before = files["checkpoint"], target.read("checkpoint")
    wanted = [*tiles.paths(tree.size), *(path for path in files if path.startswith("opening/") or path == "vkey")]
    held, new = set(target.paths()), dict[str, bytes]()
    try:
        for path in told(wanted, on_step, "files copied"):
            content = tile_of(path, tree) or files[path]
            target.add(path, content)
            if path not in held:
                new[path] = hashlib.sha256(content).digest()
    except Exception:
        target.give_up()
        raise
    target.barrier()
    for path, digest in new.items():
        if hashlib.sha256(target.read(path) or b"").digest() != digest:
            raise file_differs(path)
    if before != signed:
        target.swap("checkpoint", signed, before=before)
    return len(new)
