"""What does the log sign? Its name, its size, its root: C2SP tlog-checkpoint, without extension lines."""

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
    lines = text.decode(errors="replace").split("\n")
    if len(lines) == 4 and lines[1].isascii() and lines[1].isdigit() and len(lines[1]) <= _MOST_DIGITS:
        head = TreeHead(lines[0], int(lines[1]), unbase64(lines[2]))
        if head.origin and len(head.root) == 32 and render(head) == text:
            return head
    raise VerificationFailed(
        "checkpoint.malformed",
        what="The checkpoint cannot be read.",
        why="It is not three lines: origin, size, root.",
        next_step="Fetch it again from the log.",
    )
