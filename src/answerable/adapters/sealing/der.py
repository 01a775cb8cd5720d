"""How is ASN.1 written and read, as far as sealing needs it? DER, and nothing that a stream would have to go back for."""

from __future__ import annotations

from answerable.errors import VerificationFailed

INTEGER, OCTETS, NULL, OID, SEQUENCE, SET, BITS = 0x02, 0x04, 0x05, 0x06, 0x30, 0x31, 0x03


def tlv(tag: int, *contents: bytes) -> bytes:
    """Return one value: tag, length, content."""
    content = b"".join(contents)
    return bytes([tag]) + length(len(content)) + content


def length(size: int) -> bytes:
    """Return a length as DER writes it."""
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def integer(value: int) -> bytes:
    """Return a number that is not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """Return an object identifier."""
    first, second, *rest = map(int, dotted.split("."))
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | arc & 0x7F)
        content += bytes(reversed(septets))
    return tlv(OID, bytes(content))


def parts(content: bytes) -> list[tuple[int, bytes]]:
    """Return the values that stand in a row in `content`, each as tag and content. Refuses what is no DER."""
    found, at = [], 0
    while at < len(content):
        tag, size, start = _head(content, at)
        if start + size > len(content):
            raise broken()
        found.append((tag, content[start : start + size]))
        at = start + size
    return found


def _head(content: bytes, at: int) -> tuple[int, int, int]:
    if at + 2 > len(content):
        raise broken()
    tag, size, start = content[at], content[at + 1], at + 2
    if size >= 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4 or start + count > len(content):
            raise broken()
        size, start = int.from_bytes(content[start : start + count], "big"), start + count
    return tag, size, start


def broken() -> VerificationFailed:
    """Return the error for bytes that are not what they should be."""
    return VerificationFailed(
        "answer.cannot-open",
        what="The answer cannot be opened",
        why="It was changed, cut short, or written by another tool.",
        next_step="Fetch it again.",
    )
