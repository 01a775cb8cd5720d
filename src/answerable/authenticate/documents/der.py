"""Where does the value end with which some bytes begin, and is it full? Readers of CMS pass over what pads a value inside."""

from __future__ import annotations

from asn1crypto import parser

# ContentInfo, its [0], SignedData: what lies below is compared part by part in `loose`.
_FRAMES = 3
_CONSTRUCTED = 1


def end_of_value(der: bytes) -> int:
    """Return how many bytes the value in front takes.

    Raises ValueError where there is none, or where a frame of it was made longer than what it holds: what follows a
    signature's value in a PDF is zeros (ISO 32000-2, 12.8.1), and a changed length takes them in unseen.
    """
    end: int = parser.peek(der)
    _full(der[:end], _FRAMES)
    return end


def _full(value: bytes, frames: int) -> None:
    _, method, _, _, content, _ = parser.parse(value)
    if method != _CONSTRUCTED or not frames:
        return
    at = 0
    while at < len(content):
        used = parser.peek(content[at:])
        if content[at] == 0:
            raise ValueError("a value of the container is padded inside")
        _full(content[at : at + used], frames - 1)
        at += used
