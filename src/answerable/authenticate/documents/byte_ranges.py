"""Which bytes of a PDF does a signature cover, and what explains the others?

1  the range starts at the first byte, leaves out one stretch, and ends inside the file
2  that stretch is the signature's value and nothing else
3  what comes after the range is later revisions, complete ones, and white space
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from answerable.authenticate.documents.der import end_of_value

_WHITE = b"\0\t\n\f\r "
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF[ \t]*\r?\n?")


@dataclass(frozen=True, slots=True)
class Coverage:
    """`end` is where the signed revision ends; `fault` says why the range cannot be relied on, or is empty."""

    end: int
    fault: str = ""


def coverage(content: bytes, byte_range: tuple[int, ...], value: bytes) -> Coverage:
    """Return what a byte range covers; `value` is the signature value that was read from the signature's dictionary."""
    if len(byte_range) != 4 or byte_range[0] != 0:
        return Coverage(0, "the byte range is not two stretches that start at the first byte")
    _, first, second, length = byte_range
    end = second + length
    if not 0 < first < second or length <= 0 or end > len(content):
        return Coverage(0, "the byte range leaves the file, overlaps itself or is empty")
    fault = _gap_fault(content[first:second], value)
    if not fault and not content[:first].rstrip(_WHITE).endswith(b"/Contents"):
        fault = "the stretch left out is not the signature's value"
    return Coverage(end, fault)


def _gap_fault(gap: bytes, value: bytes) -> str:
    """Why the one stretch that no signature can cover does not hold the signature's value alone.

    Its digits are written in one letter case, so that not even there a byte can change unseen.
    """
    digits = gap[1:-1]
    try:
        decoded = bytes.fromhex(digits.decode("ascii"))
        used = end_of_value(decoded)
    except (ValueError, TypeError):
        return "the stretch left out is not a signature value in hexadecimal digits"
    if gap[:1] != b"<" or gap[-1:] != b">" or len(digits) != 2 * len(decoded):
        return "the stretch left out holds more than the signature's value"
    if decoded[used:].strip(b"\0") or decoded.rstrip(b"\0") != value.rstrip(b"\0"):
        return "the stretch left out holds something else beside the signature that was read"
    if digits not in (digits.lower(), digits.upper()):
        return "the digits of the signature's value are written in two letter cases"
    return ""


def signed_digest_input(content: bytes, byte_range: tuple[int, ...]) -> bytes:
    """Return the bytes that a byte range names, clipped to the file."""
    pairs = zip(byte_range[::2], byte_range[1::2], strict=False)
    return b"".join(content[start : start + length] for start, length in pairs if start >= 0 and length >= 0)


def start_of_last_table(content: bytes) -> int:
    """Return where the table of objects starts that stands last in `content`, if it ends there; else -1."""
    found = list(_END.finditer(content, max(0, len(content) - 2048)))
    return int(found[-1][1][:15]) if found and not content[found[-1].end() :].strip(_WHITE) else -1


def junk(content: bytes, signed_end: int) -> str:
    """Return, in words, the bytes after `signed_end` that no complete revision explains, or an empty text.

    `signed_end` is 0 for a paper without a signature that covers it: then only what follows its last mark is looked at.
    """
    ends = list(_END.finditer(content))
    last = content.rfind(b"%%EOF")
    if last < 0:
        return "the file has no end mark"
    if content[last + 5 :].strip(_WHITE):
        return f"{len(content) - last - 5} bytes follow the last end mark"
    if not signed_end or not content[signed_end:].strip(_WHITE):
        return ""
    after = [each for each in ends if each.end() > signed_end]
    fresh = [each for each in after if signed_end <= int(each[1][:15]) < each.start()]
    if len(after) != len(fresh) or not after or content.count(b"%%EOF", signed_end) != len(after):
        return f"{len(content) - signed_end} bytes after the signed revision that belong to no complete revision"
    return ""
