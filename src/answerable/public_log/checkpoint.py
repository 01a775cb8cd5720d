"""What does the log sign? Its name, its size, its root: C2SP tlog-checkpoint, without extension lines.

A witness of other people's logs reads those that have some: `head_of`.
"""

from __future__ import annotations

from dataclasses import dataclass

from answerable.errors import VerificationFailed
from answerable.public_log.note import to_base64, unbase64

_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class TreeHead:
    """Origin (a URL without scheme), size in leaves, root (32 bytes)."""

    origin: str
    size: int
    root: bytes


def render(head: TreeHead) -> bytes:
    """Return the text that is signed."""
    return f"{head.origin}\n{head.size}\n{to_base64(head.root)}\n".encode()


def parse(text: bytes) -> TreeHead:
    """Return the tree head. Refuses anything but the one spelling that `render` gives."""
    head = head_of(text)
    if render(head) == text:
        return head
    raise _malformed("There are more than three lines.")


def head_of(text: bytes) -> TreeHead:
    """Return the tree head of a checkpoint that may go on with extension lines, none of them empty."""
    lines = text.decode(errors="replace").split("\n")
    whole = len(lines) >= 4 and all(lines[:-1]) and not lines[-1]
    if whole and lines[1].isascii() and lines[1].isdigit() and len(lines[1]) <= _MOST_DIGITS:
        head = TreeHead(lines[0], int(lines[1]), unbase64(lines[2]))
        if len(head.root) == 32 and text.startswith(render(head)):
            return head
    raise _malformed("It does not begin with three lines: origin, size, root.")


def _malformed(why: str) -> VerificationFailed:
    return VerificationFailed(
        "checkpoint.malformed",
        what="The checkpoint cannot be read.",
        why=why,
        next_step="Fetch it again from the log.",
    )
