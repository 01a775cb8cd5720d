"""How does the tree get onto disk, so that no crash and no restored backup makes it contradict itself?

1  what stands there already is never changed: a file with other bytes halts the log
2  a checkpoint that is there must be a prefix of what is written now
3  entries and tiles are written durably and read back
4  the checkpoint is signed and placed last
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from answerable.adapters.files import is_unfinished, write_whole
from answerable.errors import LogHalted, VerificationFailed
from answerable.public_log import checkpoint, merkle, note, tiles


def publish_tree(folder: Path, entries: Sequence[bytes], *, signer: note.Signer) -> bytes:
    """Write the log over `entries` into `folder` and return its signed checkpoint. Can be repeated after any crash.

    Refuses, with `LogHalted`, whatever contradicts what was published before.
    """
    head = checkpoint.TreeHead(signer.name, len(entries), merkle.root([merkle.leaf_hash(each) for each in entries]))
    _refuse_contradiction(folder, entries, signer)  # 2
    for left in filter(is_unfinished, folder.rglob("*")):
        left.unlink()
    _place(folder, "vkey", signer.verifier_key.encode() + b"\n")
    for path, content in tiles.files(entries):
        _place(folder, path, content)  # 1, 3
    signed = signer.sign(checkpoint.render(head))
    write_whole(folder / "checkpoint", signed, mode=0o644, timeless=True)  # 4
    return signed


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return every file of a published tree by its path; the half of a write that a crash left behind is none of it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not is_unfinished(path)
    }


def _refuse_contradiction(folder: Path, entries: Sequence[bytes], signer: note.Signer) -> None:
    path = folder / "checkpoint"
    if not path.exists():
        return
    try:
        before = checkpoint.parse(note.open_note(path.read_bytes(), signer.verifier))
    except VerificationFailed as fault:
        raise _halted("log.checkpoint-unreadable", "The published checkpoint is not one this key signed.") from fault
    prefix = merkle.root([merkle.leaf_hash(each) for each in entries[: before.size]])
    if before.size > len(entries) or prefix != before.root:
        raise _halted("log.would-fork", "What is published is not a prefix of what the desk's database holds.")


def _place(folder: Path, path: str, content: bytes) -> None:
    target = folder / path
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content, mode=0o644, timeless=True)
    if target.read_bytes() != content:
        raise _halted("log.file-differs", f"{path} holds other bytes than the log gives.")


def _halted(code: str, why: str) -> LogHalted:
    return LogHalted(
        code,
        what="The log was halted before it signed.",
        why=why,
        next_step="Bring back the newest database of this desk, never an older one; docs/run/recovery.md says how.",
    )
