"""Which signatures does a PDF carry, and what do they cover? Strict reading first, lax second; each one on its own.

1  read the file: strictly, else laxly
2  take each signature field apart: range, value, kind
3  evaluate the value with the bytes of the range
4  measure what it covers, and whether the revision it covers is complete
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, extract_contents
from pyhanko.sign.validation.status import SignatureCoverageLevel

from answerable.authenticate.documents.byte_ranges import Coverage, coverage, signed_digest_input, start_of_last_table
from answerable.authenticate.documents.carried import of_pdf
from answerable.authenticate.documents.cms import digests_of, evaluate_cms, evaluate_stamp, load_signed_data
from answerable.authenticate.documents.evaluated import MOST_SIGNATURES, Evaluated
from answerable.authenticate.documents.records import Trust
from answerable.authenticate.documents.telling import library, printable
from answerable.authenticate.documents.unreached import unreached

_DETACHED = frozenset({"/adbe.pkcs7.detached", "/ETSI.CAdES.detached", "/PBAD.PAdES"})
_OF_DIGEST = "/adbe.pkcs7.sha1"
_STAMP = "/ETSI.RFC3161"
_OBJECT = re.compile(rb"(?<![\d.])\d{1,10}\s+\d{1,5}\s+obj(?![a-zA-Z])")


@dataclass(frozen=True, slots=True)
class Opened:
    """A PDF as the validator reads it; `strict` says how."""

    reader: PdfFileReader
    strict: bool
    fields: tuple[tuple[str, generic.DictionaryObject], ...]


_NONE = Coverage(0, "it cannot be read")


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """One signature field. `unreadable` says why it cannot be taken apart; `whole_revision` whether the revision that
    it covers is complete; `stray` counts objects after the signed revision that no table of the file lists, and
    `unreached` those to which nothing leads, None where that could not be followed."""

    name: str
    evaluated: tuple[Evaluated, ...] = ()
    covers: Coverage = _NONE
    is_stamp: bool = False
    strict: bool = True
    whole_revision: bool | None = None
    embedded: EmbeddedPdfSignature | None = None
    stray: int = 0
    unreached: int | None = 0
    unreadable: str = ""
    byte_range: tuple[int, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every signer's digest and value hold over a range that can be relied on."""
        return bool(self.evaluated) and all(one.holds for one in self.evaluated) and not self.covers.fault

    @property
    def trusted(self) -> bool:
        """Whether it holds and a chain to an anchor was found."""
        return self.holds and all(one.chain is not None and one.chain.found for one in self.evaluated)


def open_pdf(content: bytes) -> tuple[Opened | None, str]:
    """Return the file as it can be read, or None and why not; "encrypted" where only a password is missing."""
    why = ""
    for strict in (True, False):
        try:
            reader = PdfFileReader(io.BytesIO(content), strict=strict)
            if reader.encrypted and not _unlocked(reader):
                return None, "encrypted"
            if strict and reader.xrefs.hybrid_xrefs_present:
                continue
            found = [
                (str(name), each.get_object()) for name, _, each in enumerate_sig_fields(reader, filled_status=True)
            ]
            return Opened(reader, strict, tuple(found[: MOST_SIGNATURES + 1])), ""
        except Exception as fault:
            why = type(fault).__name__
    return None, "encrypted" if b"/Adobe.PubSec" in content else why


def _unlocked(reader: PdfFileReader) -> bool:
    handler = reader.security_handler
    return handler is not None and bool(reader.decrypt("").status.value)


def signatures_of(content: bytes, opened: Opened, *, trust: Trust, at: datetime) -> list[PdfSignature]:
    """Return every signature in the order of what they cover. One that cannot be evaluated hides no other."""
    found = []
    for name, each in opened.fields[:MOST_SIGNATURES]:
        called = printable(name, 80)
        try:
            found.append(_signature(called, each, content, opened, trust=trust, at=at))
        except Exception as fault:
            found.append(PdfSignature(called, strict=opened.strict, unreadable=type(fault).__name__))
    return sorted(found, key=lambda one: one.covers.end)


def _signature(
    name: str, each: generic.DictionaryObject, content: bytes, opened: Opened, *, trust: Trust, at: datetime
) -> PdfSignature:
    value = each.raw_get("/V").get_object()
    byte_range = tuple(int(number) for number in value["/ByteRange"])
    raw = extract_contents(value)
    covers = coverage(content, byte_range, raw)
    subfilter = str(value.get("/SubFilter", ""))
    is_stamp = subfilter == _STAMP or str(value.get("/Type", "")) == "/DocTimeStamp"
    digest = digests_of(signed_digest_input(content, byte_range))
    evaluate = _stamp if is_stamp else _evaluate
    embedded, whole = _in_its_revision(each, content, covers, opened)
    claimed = _claimed(value)
    evaluated = evaluate(name, raw, subfilter, digest, trust=trust, at=at)
    return PdfSignature(
        name,
        tuple(
            replace(one, claimed=one.claimed or claimed, revocation=one.revocation + of_pdf(opened.reader))
            for one in evaluated
        ),
        covers,
        is_stamp,
        opened.strict,
        whole,
        embedded,
        _stray_objects(content, covers.end, opened.reader) if whole else 0,
        _unreached_objects(content, covers.end, opened.reader) if whole else 0,
        byte_range=byte_range,
    )


def _claimed(value: generic.DictionaryObject) -> datetime | None:
    try:
        moment: datetime = generic.parse_pdf_date(value["/M"], strict=False)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except Exception:
        return None


def _evaluate(
    name: str, raw: bytes, subfilter: str, digest: Callable[[str], bytes], *, trust: Trust, at: datetime
) -> tuple[Evaluated, ...]:
    if subfilter not in _DETACHED | {_OF_DIGEST}:
        why = f"signatures of the kind {printable(subfilter, 40) or 'without a name'} are not read here"
        return (Evaluated(name, library("pyhanko"), why=why),)
    signed = load_signed_data(raw)
    if subfilter != _OF_DIGEST:
        return tuple(evaluate_cms(name, signed, digest, trust=trust, at=at))
    inside = bytes(signed["encap_content_info"]["content"])
    found = evaluate_cms(name, signed, None, trust=trust, at=at)
    return tuple(_also(one, inside == digest("sha1")) for one in found)


def _also(one: Evaluated, same: bool) -> Evaluated:
    """The older kind signs the SHA-1 of the range: both must hold, and SHA-1 is what protects."""
    return replace(one, intact=same if one.intact else one.intact, digest="sha1")


def _stamp(
    name: str, raw: bytes, subfilter: str, digest: Callable[[str], bytes], *, trust: Trust, at: datetime
) -> tuple[Evaluated, ...]:
    return (evaluate_stamp(name, raw, digest, trust=trust, at=at, kind=subfilter.lstrip("/")),)


def _in_its_revision(
    each: generic.DictionaryObject, content: bytes, covers: Coverage, opened: Opened
) -> tuple[EmbeddedPdfSignature | None, bool | None]:
    """Return the signature as the validator reads it, and whether what it covers ends where a revision ends.

    A signature may cover more than the revision that brought it: a linearised file has two tables in one revision.
    """
    if covers.fault or covers.end == len(content):
        return None, True
    try:
        embedded = EmbeddedPdfSignature(opened.reader, each, "")
        tables = opened.reader.xrefs
        embedded.compute_integrity_info(skip_diff=True)  # type: ignore[no-untyped-call]
        if embedded.coverage >= SignatureCoverageLevel.ENTIRE_REVISION:
            return embedded, True
        ends = [
            revision
            for revision in range(embedded.signed_revision, tables.total_revisions)
            if tables.get_startxref_for_revision(revision) == start_of_last_table(content[: covers.end])
        ]
        last = max(ends, default=-1)
        inside = all(tables.get_xref_container_info(each).end_location <= covers.end for each in range(last + 1))
        return embedded, bool(ends) and inside
    except Exception:
        return None, None


def difference_of(one: PdfSignature, opened: Opened) -> str:
    """Return what the validator's own comparison of a signature's revision with later ones says.

    "permitted", "forbidden" by the signature, "suspicious" where it cannot explain a change, or "not done".
    """
    if one.embedded is None:
        return "not done"
    try:
        one.embedded.coverage = SignatureCoverageLevel.ENTIRE_REVISION  # type: ignore[assignment]
        outcome = one.embedded.evaluate_modifications(DEFAULT_DIFF_POLICY)
        level = one.embedded.docmdp_level
    except Exception:
        return "not done"
    if not isinstance(outcome, DiffResult) or opened.reader.xrefs.hybrid_xrefs_present:
        return "suspicious"  # two tables of objects, too: one reader may see what another does not
    return "forbidden" if level and outcome.modification_level.value > level.value else "permitted"


def _stray_objects(content: bytes, end: int, reader: PdfFileReader) -> int:
    """Count the objects behind `end` that no table lists: a reader that mends damaged files would take them up."""
    tables = reader.xrefs
    listed = set()
    for revision in range(tables.total_revisions):
        for reference in tables.explicit_refs_in_revision(revision):
            place = tables.get_historical_ref(reference, revision)
            if isinstance(place, int):
                listed.add(place)
        listed.add(tables.get_startxref_for_revision(revision))
    starts = (each.start() for each in _OBJECT.finditer(content, end) if not _in_a_stream(content, each.start(), end))
    return sum(1 for start in starts if not any(place in listed for place in _places(content, start)))


def _unreached_objects(content: bytes, end: int, reader: PdfFileReader) -> int | None:
    """Count the objects that revisions behind `end` list and to which nothing leads; None where that cannot be followed."""
    tables = reader.xrefs
    later = [each for each in range(tables.total_revisions) if tables.get_startxref_for_revision(each) >= end]
    listed = {(one.idnum, one.generation) for each in later for one in tables.explicit_refs_in_revision(each)}
    try:
        return unreached(content, listed) if listed else 0
    except Exception:
        return None  # whatever a hostile file makes the reader stumble over


def _places(content: bytes, start: int) -> Iterator[int]:
    """Yield `start`, and the white space before it, at which a table may point as well."""
    yield start
    while start > 0 and content[start - 1 : start] in (b"\r", b"\n", b" "):
        start -= 1
        yield start


def _in_a_stream(content: bytes, start: int, end: int) -> bool:
    return content.rfind(b"stream", end, start) > content.rfind(b"endstream", end, start) + 3
