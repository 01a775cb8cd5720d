"""How is an answer laid out so that any office can check it with common tools? BagIt (RFC 8493) with SHA-512, as a tar.

The stream is made part by part: payload first, then what describes it, then the manifests; each part is held whole
because a tar header states its size. The same parts give the same bytes.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from answerable.casefile.answer import RecordFormat

# Begins to hash a content, and returns what gives its SHA-512 in hexadecimal digits, when they are asked for.
Hashing = Callable[[bytes], Callable[[], str]]

_BLOCK = 512
# How many contents may be hashed later than they stream: each is held until it is.
_BEHIND = 4
NO_RECORDS = "data/no-records.txt"
_END = b"\0" * (2 * _BLOCK)
# Made over the finished tag manifest, so that no manifest can name them.
SEALS = ("seal/tagmanifest.tsr", "seal/tagmanifest.p7s", "seal/absent.txt")
_RECORDS: dict[RecordFormat, str] = {
    "jsonl": "one JSON object a line",
    "csv": "CSV (RFC 4180); a text that a spreadsheet would run has a ' before it, which is not part of it",
    "parquet": "Apache Parquet",
}
_README = """This is an answer to a demand for user data, laid out as a bag (BagIt, RFC 8493).

data/      the records, {records}; the number of a file is
           the step of the plan, answerable_target in a record the number of the identifier that it answers, as plan.json
           lists them
meta/      decision.json what two people decided; plan.json what was to be read, in words; readlog.jsonl what was read;
           masking.json how many values of third parties became tokens; flagged.jsonl which records hold free text in
           which others may be named; log.json the public log that names this answer
seal/      tagmanifest.tsr a timestamp (RFC 3161) and tagmanifest.p7s a signature (CMS) of tagmanifest-sha512.txt, where
           the provider has the means; absent.txt why one is not here

Check it with `answerable verify`, or with sha512sum -c manifest-sha512.txt.
"""


def _at_once(content: bytes) -> Callable[[], str]:
    digits = hashlib.sha512(content).hexdigest()
    return lambda: digits


class Bag:
    """A bag that is made while it streams. `manifest_sha512` is known once the stream is used up.

    `attest` makes, of the finished tag manifest, what stands in `seal/`: timestamp, signature, or a note.
    """

    def __init__(
        self,
        *,
        case: str,
        sealed_at: datetime,
        payload: Iterable[tuple[str, bytes]],
        tags: Callable[[], Mapping[str, bytes]],
        attest: Callable[[bytes], Mapping[str, bytes]] = lambda _: {},
        record_format: RecordFormat = "jsonl",
    ) -> None:
        self._case, self._sealed_at, self._payload, self._tags = case, sealed_at, payload, tags
        self._attest, self._format = attest, record_format
        self.manifest_sha512 = ""

    def stream(self, hashing: Hashing = _at_once) -> Iterator[bytes]:
        """Yield the tar, in pieces. Where `hashing` works beside, a content streams before its digest is known."""
        manifest, octets, files = _Manifest(hashing), 0, 0
        for path, content in _never_empty(self._payload):
            manifest.add(path, content)
            octets, files = octets + len(content), files + 1
            yield from _member(path, content)
        info = (
            f"Bagging-Date: {self._sealed_at:%Y-%m-%d}\nExternal-Identifier: {self._case}\n"
            f"Payload-Oxum: {octets}.{files}\nBagging-Software: Answerable\n"
        )
        tags = {
            "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": info.encode(),
            "meta/README.txt": _README.format(records=_RECORDS[self._format]).encode(),
            **self._tags(),
            "manifest-sha512.txt": manifest.finished(),
        }
        described = _Manifest(hashing)
        for path, content in tags.items():
            described.add(path, content)
            yield from _member(path, content)
        tag_manifest = described.finished()
        self.manifest_sha512 = hashlib.sha512(tag_manifest).hexdigest()
        yield from _member("tagmanifest-sha512.txt", tag_manifest)
        for path, content in self._attest(tag_manifest).items():
            yield from _member(path, content)
        yield _END


class _Manifest:
    """The lines of a manifest, in the order of their files. What is hashed stays a few files behind at most."""

    def __init__(self, hashing: Hashing) -> None:
        self._hashing, self._lines = hashing, list[str]()
        self._begun = deque[tuple[str, Callable[[], str]]]()

    def add(self, path: str, content: bytes) -> None:
        self._begun.append((path, self._hashing(content)))
        if len(self._begun) > _BEHIND:
            self._end_first()

    def finished(self) -> bytes:
        while self._begun:
            self._end_first()
        return "".join(self._lines).encode()

    def _end_first(self) -> None:
        path, digits = self._begun.popleft()
        self._lines.append(f"{digits()}  {path}\n")


def _never_empty(payload: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield the payload, or one file that says there is none: a bag has a payload folder (RFC 8493, 2.1.2)."""
    is_empty = True
    for part in payload:
        is_empty = False
        yield part
    if is_empty:
        yield NO_RECORDS, b"No record was found for what was permitted.\n"


def header(path: str, size: int) -> bytes:
    """Return the one tar header of a member: regular, owned by nobody, without a time."""
    member = tarfile.TarInfo(path)
    member.size, member.mode = size, 0o644
    return member.tobuf(tarfile.USTAR_FORMAT)


def _member(path: str, content: bytes) -> Iterator[bytes]:
    yield header(path, len(content))
    yield content
    yield b"\0" * (-len(content) % _BLOCK)
