"""How is a list of half a million people read without reading it? Its first lines, its end, and a count of the rest."""

from __future__ import annotations

import json
import re

_LARGE = 1024 * 1024
_WINDOW = 4 * 1024 * 1024
_LIST = re.compile(rb'"(?:evidence|asked)"\s*:\s*\[')
_MARK = b'"value"'
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)


def skimmed(content: bytes, most: int) -> tuple[bytes, int]:
    """Return JSON with the first `most` lines of its long list, and how many lines were left out.

    Returns the content as it is, and none, where it is small, has no such list, or is not written as expected.
    """
    lines = content.count(_MARK) if len(content) > _LARGE else 0
    begins = _LIST.search(content) if lines > most else None
    if begins is None:
        return content, 0
    head = _first_lines(content, begins.end(), most)
    tail = _end_of_list(content)
    if head is None or tail is None or tail <= head:
        return content, 0
    return content[:head] + content[tail:], lines - most


def _first_lines(content: bytes, start: int, most: int) -> int | None:
    """Return where the first `most` objects of the list end, or None."""
    text = content[start : start + _WINDOW].decode("latin-1")  # one byte, one place
    decoder, at = json.JSONDecoder(), 0
    try:
        for _ in range(most):
            while text[at : at + 1] in (" ", "\t", "\r", "\n", ","):
                at += 1
            _, at = decoder.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return start + at


def _end_of_list(content: bytes) -> int | None:
    """Return where the list closes after its last line, or None."""
    depth = 0
    for token in _TOKEN.finditer(content, content.rfind(_MARK)):
        if token[0] in (b"{", b"["):
            depth += 1
        elif token[0] in (b"}", b"]"):
            depth -= 1
            if depth < -1:
                return token.start() if token[0] == b"]" else None
    return None
