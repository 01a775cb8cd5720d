"""Is this picture pixels and nothing else? What a job draws is looked through before a browser is given it.

A PNG of ours has a head, data and an end; eight bits, grey or three colours, no second layer, no text, no profile. Its
data unpack to exactly the bytes that its size asks for.
"""

from __future__ import annotations

import struct
import zlib

_START = b"\x89PNG\r\n\x1a\n"
_HEIGHT_TO_WIDTH = 4  # a page is drawn at most this many times as high as the widest
_CHANNELS = {0: 1, 2: 3}  # grey, colours


def checked(picture: bytes, *, widest: int) -> bytes:
    """Return `picture` as it is. Refuses with `ValueError` what is not pixels alone, or is larger than was asked for."""
    if not picture.startswith(_START):
        raise ValueError("no PNG")
    chunks = list(_chunks(picture))
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1] != b"IEND" or set(kinds[1:-1]) != {b"IDAT"}:
        raise ValueError("a PNG with more than pixels in it")
    if len(chunks[0][1]) != 13 or chunks[-1][1]:
        raise ValueError("a PNG with a strange head or end")
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or colour not in _CHANNELS or any(rest):
        raise ValueError("a PNG of another kind than ours")
    if not (0 < width <= widest and 0 < height <= widest * _HEIGHT_TO_WIDTH):
        raise ValueError("a PNG larger than was asked for")
    _refuse_other_data(b"".join(data for _, data in chunks[1:-1]), height * (1 + width * _CHANNELS[colour]))
    return picture


def _chunks(picture: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], len(_START)
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8].ljust(8, b"\0"))
        data = picture[at + 8 : at + 8 + length]
        if picture[at + 8 + length : at + 12 + length] != struct.pack(">I", zlib.crc32(kind + data)):
            raise ValueError("a PNG whose sums do not agree")
        found.append((kind, data))
        at += 12 + length
    return found


def _refuse_other_data(packed: bytes, size: int) -> None:
    unpacking = zlib.decompressobj()
    try:
        pixels = unpacking.decompress(packed, size + 1)
    except zlib.error as fault:
        raise ValueError("a PNG whose data cannot be unpacked") from fault
    if len(pixels) != size or not unpacking.eof or unpacking.unused_data:
        raise ValueError("a PNG whose data are not its pixels")
