"""Can an archive be opened without harm, and is it one archive to every reader? Its files by name, or why not.

1  nothing before the first entry and nothing after the last record
2  few entries, not too large, none encrypted, none packed beyond belief
3  every name once, relative, without tricks; the same in both places where an archive writes it
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field

_MOST_ENTRIES = 1_000
_MOST_UNPACKED = 100_000_000
_MOST_RATIO = 500
_NO_BOMB = 10_000_000  # however well it is packed
_LONGEST_COMMENT = 1_000
# ETSI EN 319 162-1 lets an archive say its type there, and nothing after it.
_TYPE_COMMENTS = {b"", b"mimetype=application/vnd.etsi.asic-e+zip", b"mimetype=application/vnd.etsi.asic-s+zip"}
_KNOWN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(slots=True)
class Archive:
    """The files of an archive in their order. `fault` says why it was not opened; `odd` what else speaks against it.

    `comment` is a line of words that its programme left at its end, where no signature reaches and no reader looks.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    fault: str = ""
    odd: list[str] = field(default_factory=list)
    comment: str = ""
    first_stored: bool = False


def open_archive(content: bytes) -> Archive:
    """Return the files of an archive. Refuses, with a reason, what cannot be opened without harm; never raises."""
    archive = Archive()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            entries = [each for each in opened.infolist() if not each.is_dir()]
            archive.fault = _refused(opened.infolist())
            if not archive.fault:
                archive.odd = _oddities(content, opened)
                archive.comment = "" if opened.comment in _TYPE_COMMENTS else _words(opened.comment) or ""
                archive.first_stored = bool(entries) and entries[0].compress_type == zipfile.ZIP_STORED
                _unpack(opened, entries, archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as fault:
        archive.fault = archive.fault or f"it cannot be read as an archive ({type(fault).__name__})"
    return archive


def _refused(entries: list[zipfile.ZipInfo]) -> str:
    names = [each.filename for each in entries]
    folded = [name.casefold().rstrip(". ") for name in names]
    if len(entries) > _MOST_ENTRIES:
        return f"it has more than {_MOST_ENTRIES} entries"
    if len(set(folded)) != len(folded):
        return "two entries bear the same name"
    if any(_tricky(name) for name in names):
        return "a name leads out of the archive or hides what it is"
    if any(each.flag_bits & 1 for each in entries):
        return "an entry is encrypted"
    if any(each.compress_type not in _KNOWN_METHODS for each in entries):
        return "an entry is packed in a way that is not read here"
    if sum(each.file_size for each in entries) > _MOST_UNPACKED:
        return f"it unpacks to more than {_MOST_UNPACKED // 1_000_000} MB"
    if any(each.file_size > max(_NO_BOMB, _MOST_RATIO * each.compress_size) for each in entries):
        return "an entry unpacks to much more than it should: a bomb"
    return ""


def _tricky(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return (
        not name
        or name.startswith(("/", "\\"))
        or "\\" in name
        or ":" in name
        or any(part in ("..", ".") for part in parts)
        or "" in parts[:-1]
        or not name.isprintable()
        or len(name) > 500
    )


def _oddities(content: bytes, opened: zipfile.ZipFile) -> list[str]:
    odd = []
    entries = sorted(opened.infolist(), key=lambda each: each.header_offset)
    if entries and entries[0].header_offset != 0:
        odd.append("bytes stand before its first entry")
    if _words(opened.comment) is None:
        odd.append("a comment that is no line of words stands at its end")
    if content.rfind(b"PK\x05\x06") + 22 + len(opened.comment) != len(content):
        odd.append("bytes follow its last record")
    position = 0
    for each in entries:
        if each.header_offset != position:
            odd.append("bytes lie between its entries, or entries overlap")
            break
        fault, position = _local(content, each)
        if fault:
            odd.append(fault)
            break
    start = getattr(opened, "start_dir", None)
    if not odd and start != position:
        odd.append("bytes lie between its entries and its directory")
    return odd


def _words(comment: bytes) -> str | None:
    """Return a comment as a short line of words, as signing programmes leave it; None where it is something else."""
    try:
        words = comment.decode("ascii")
    except UnicodeDecodeError:
        return None
    return words if len(words) <= _LONGEST_COMMENT and (not words or words.isprintable()) else None


def _local(content: bytes, entry: zipfile.ZipInfo) -> tuple[str, int]:
    """Return what the entry's own header says otherwise than the directory, and where the entry ends."""
    at = entry.header_offset
    header = content[at : at + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        return "an entry has no header", at
    flags, method = int.from_bytes(header[6:8], "little"), int.from_bytes(header[8:10], "little")
    name_length, extra_length = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
    name = content[at + 30 : at + 30 + name_length]
    end = at + 30 + name_length + extra_length + entry.compress_size
    if (
        name.decode("utf-8" if flags & 0x800 else "cp437", "replace") != entry.orig_filename
        or method != entry.compress_type
    ):
        return "an entry bears two names or two ways of packing", end
    if flags & 8:
        return "", end + _descriptor(content[end : end + 24])
    sizes = (
        int.from_bytes(header[14:18], "little"),
        int.from_bytes(header[18:22], "little"),
        int.from_bytes(header[22:26], "little"),
    )
    if sizes != (entry.CRC, entry.compress_size, entry.file_size) and 0xFFFFFFFF not in sizes:
        return "an entry states two sizes", end
    return "", end


def _descriptor(after: bytes) -> int:
    """Return how long the record behind a streamed entry is: with or without its mark, short or long."""
    marked = after[:4] == b"PK\x07\x08"
    for length in (16, 24) if marked else (12, 20):
        if after[length : length + 2] == b"PK" or len(after) == length:
            return length
    return 16 if marked else 12


def _unpack(opened: zipfile.ZipFile, entries: list[zipfile.ZipInfo], archive: Archive) -> None:
    room = _MOST_UNPACKED
    for each in entries:
        with opened.open(each) as file:
            content = file.read(room + 1)
        room -= len(content)
        if room < 0 or len(content) != each.file_size:
            archive.fault = "an entry unpacks to another size than it states"
            archive.files.clear()
            return
        archive.files[each.filename] = content
