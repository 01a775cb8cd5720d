"""Is the published log whole, signed, and nothing but what its entries give?

1  the key line can be read, and is the one expected where one is
2  the checkpoint carries the signature of every key that the log's policy names, and enough of its witnesses
3  every entry bundle is there and can be read
4  every leaf is one that this log may publish, in order: the policy first, then epoch after epoch, as promised
5  the entries give the root of the checkpoint, and every tile follows from them
6  what was opened leads to the epochs it names, nothing that is opened contradicts itself, and nothing is overdue
7  no other file is there
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, leaves, note, tiles
from answerable.public_log.quorum import Quorum
from answerable.verify.check import Check
from answerable.verify.grammar import Grammar
from answerable.verify.openings import Opened, verify_openings
from answerable.verify.tree import Each, Tree, broken, file_at, tile_of, verify_tree

_FIXED = ("checkpoint", "vkey")


@dataclass(frozen=True, slots=True)
class VerifiedLog:
    """The checks, and, where they hold, what the log said."""

    checks: tuple[Check, ...]
    head: checkpoint.TreeHead | None = None
    verifiers: tuple[note.Verifier, ...] = ()
    tree: Tree | None = None
    opened: Opened | None = None
    periods: tuple[tuple[int, leaves.Period], ...] = ()
    """The leaves that tell of a period, each with its index."""

    @property
    def passed(self) -> bool:
        """Whether every check holds."""
        return all(check.passed for check in self.checks)

    def begins_with(self, head: checkpoint.TreeHead) -> bool:
        """Whether the log is, or once was, the one that `head` signs."""
        return self.tree is not None and head.size <= self.tree.size and self.tree.root_at(head.size) == head.root


def verify_log(
    files: Mapping[str, bytes], *, expected_key: str | None = None, quorum: Quorum | None = None, each: Each = map
) -> VerifiedLog:
    """Return what holds of the log whose files, by path, are `files`. Always ends; a failure names file and index.

    `each` applies a function to many parts, here or on several cores: the log is hashed with it.
    """
    checks: list[Check] = []

    def holds(name: str, detail: str = "") -> None:
        checks.append(Check(name=name, passed=True, detail=detail))

    try:
        verifier = _key(files, expected_key)  # 1
        holds("The log's key can be read", verifier.name)
        head = _head(files, verifier)  # 2
        holds("The checkpoint is signed by the log's key", f"size {head.size}")
        grammar = Grammar(head.origin)
        tree = verify_tree(files, head, judge=grammar, each=each)  # 3, 4, 5
        verifiers = _all_keys_signed(files, verifier, grammar)  # 2
        holds("Every key that the policy names signed the checkpoint", f"{len(verifiers)} keys")
        if quorum is not None:
            _quorum(files, quorum)
            holds("Enough witnesses cosigned the checkpoint")
        holds("Every leaf is one this log may publish, in order", f"{grammar.epochs} epochs")
        holds("The entries give the root of the checkpoint", head.root.hex())
        holds("Every tile follows from the entries")
        opened = verify_openings(files, tree, grammar)  # 6
        holds("What was opened lies where it says, contradicts nothing, and nothing is overdue", opened.words)
        _no_other_files(files, tree, opened)  # 7
        holds("No other file is there")
    except VerificationFailed as fault:
        return VerifiedLog((*checks, Check(name=fault.what, passed=False, detail=fault.why)))
    return VerifiedLog(tuple(checks), head, verifiers, tree, opened, tuple(grammar.periods.values()))


def _key(files: Mapping[str, bytes], expected: str | None) -> note.Verifier:
    line = file_at(files, "vkey").decode(errors="replace")
    if not line.endswith("\n") or line.count("\n") != 1:
        raise broken("The log's key cannot be read", "vkey is not one line.")
    if expected is not None and line.rstrip("\n") != expected:
        raise broken("The log's key is not the one expected", "vkey differs from the key you hold.")
    verifier = note.Verifier.parse(line.rstrip("\n"))
    if verifier.line + "\n" != line or verifier.kind is not note.Kind.ED25519:
        raise broken("The log's key cannot be read", "vkey is not written canonically.")
    return verifier


def _head(files: Mapping[str, bytes], verifier: note.Verifier) -> checkpoint.TreeHead:
    head = checkpoint.parse(note.open_note(file_at(files, "checkpoint"), verifier))
    if head.origin != verifier.name:
        raise broken("The checkpoint is another log's", "checkpoint: origin and key name differ.")
    return head


def _all_keys_signed(
    files: Mapping[str, bytes], verifier: note.Verifier, grammar: Grammar
) -> tuple[note.Verifier, ...]:
    """Return the keys of the newest policy. Refuses a checkpoint without one of them, or with more under the log's name."""
    known = tuple(map(note.Verifier.parse, grammar.policy.verifier_keys)) if grammar.policy else (verifier,)
    signed = files["checkpoint"]
    if verifier not in known:
        raise broken("The log's key is not one that its policy names", "vkey, and the newest policy leaf.")
    if set(note.signed_by(signed, known)) != set(known):
        raise broken(
            "A key that the policy names did not sign the checkpoint", "checkpoint: a signature line is missing."
        )
    if note.names_of(signed).count(verifier.name) != len(known):
        raise broken("The checkpoint carries a line we do not know", "checkpoint: a line under the log's name is more.")
    return known


def _quorum(files: Mapping[str, bytes], quorum: Quorum) -> None:
    if not quorum.holds(files["checkpoint"]):
        raise broken(
            "Too few witnesses cosigned the checkpoint", "checkpoint: the quorum of the policy is not reached."
        )


def _no_other_files(files: Mapping[str, bytes], tree: Tree, opened: Opened) -> None:
    size = tree.size
    newest = set(tiles.paths(size))
    for path in files:
        if path in newest or path in _FIXED or path in opened.paths:
            continue
        if files[path] != tile_of(path, tree):
            raise broken("A file does not belong to the log", f"{path}: it is no tile of a size up to {size} either.")
