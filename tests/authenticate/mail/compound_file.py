"""Writes the files that Outlook writes, for tests: a compound file (MS-CFB) with folders and streams, nothing more."""

import struct
from itertools import pairwise

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound_file(tree):
    """Return the bytes of a compound file: `tree` has bytes for streams and further dicts for folders.

    Streams under 4,096 bytes are filled up with NULs, because smaller ones stand in a second table of their own.
    """
    entries, streams = [], []
    _add(entries, streams, "Root Entry", tree, kind=5)
    chunks, starts = [], {}
    for index, content in streams:
        starts[index] = len(chunks) if content else END
        padded = content.ljust(max(4096, -(-len(content) // SECTOR) * SECTOR), b"\0") if content else b""
        chunks += [padded[at : at + SECTOR] for at in range(0, len(padded), SECTOR)]
    links = _links(streams, starts, len(chunks))
    directory = b"".join(_entry(entry, starts.get(index, END)) for index, entry in enumerate(entries))
    directory = directory.ljust(-(-len(directory) // SECTOR) * SECTOR, b"\0")
    first = len(chunks)
    chunks += [directory[at : at + SECTOR] for at in range(0, len(directory), SECTOR)]
    links += [*range(first + 1, len(chunks)), END]
    tables = 1
    while tables * 128 < len(links) + tables:
        tables += 1
    where = list(range(len(chunks), len(chunks) + tables))
    links += [FAT] * tables
    links += [FREE] * (tables * 128 - len(links))
    table = struct.pack(f"<{len(links)}I", *links)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, tables, first, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", *(where + [FREE] * (109 - tables)))
    return head + b"".join(chunks) + table


def _add(entries, streams, name, node, *, kind):
    index = len(entries)
    entry = {"name": name, "kind": kind, "left": FREE, "right": FREE, "child": FREE, "size": 0}
    entries.append(entry)
    if isinstance(node, bytes):
        entry["size"] = max(4096, len(node)) if node else 0
        streams.append((index, node))
        return index
    children = [
        _add(entries, streams, key, node[key], kind=2 if isinstance(node[key], bytes) else 1)
        for key in sorted(node, key=lambda key: (len(key), key.upper()))
    ]
    for one, after in pairwise(children):
        entries[one]["right"] = after
    entry["child"] = children[0] if children else FREE
    return index


def _links(streams, starts, count):
    links = [END] * count
    ordered = [*sorted(starts[index] for index, content in streams if content), count]
    for begin, end in pairwise(ordered):
        for at in range(begin, end - 1):
            links[at] = at + 1
    return links


def _entry(entry, start):
    name = (entry["name"] + "\0").encode("utf-16-le")
    packed = name.ljust(64, b"\0") + struct.pack("<HBB", len(name), entry["kind"], 1)
    packed += struct.pack("<III", entry["left"], entry["right"], entry["child"]) + b"\0" * 36
    return packed + struct.pack("<IQ", start if entry["kind"] != 5 else END, entry["size"])
