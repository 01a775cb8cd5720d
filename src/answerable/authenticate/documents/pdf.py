"""What do the bytes of a PDF say of where it comes from? Its signatures, what they cover, what came after, what hides.

The working copy is the signed revision: what came after a signature was not signed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from answerable.authenticate.documents.byte_ranges import junk
from answerable.authenticate.documents.changes import Changes, compare_revisions
from answerable.authenticate.documents.evaluated import MOST_SIGNATURES
from answerable.authenticate.documents.hidden import look_inside
from answerable.authenticate.documents.pdf_signatures import (
    Opened,
    PdfSignature,
    difference_of,
    open_pdf,
    signatures_of,
)
from answerable.authenticate.documents.records import Contained, Examined, Kind, Signer, Trust
from answerable.authenticate.documents.signers import tell_integrity, tell_signer
from answerable.authenticate.documents.telling import Telling, library, listed
from answerable.casefile.evidence import Result

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[([\d\s-]*)\]")
_MOST_DOUBTS = 3  # the validator's comparison is slow; after so many without a result it is not asked again
_WHY_DOUBT = {
    "suspicious": "the validator cannot explain every later object",
    "not done": "the validator's own difference analysis failed",
    "not asked": "the validator was not asked again, after it had failed with earlier signatures",
}
_TRACES = (b"/ByteRange", b"/adbe.pkcs7.detached", b"/adbe.pkcs7.sha1", b"/ETSI.CAdES", b"/ETSI.RFC3161")


def examine_pdf(content: bytes, telling: Telling, trust: Trust) -> Examined:
    """Add the facts of a PDF to `telling` and return them with its signers, its working copy and its attachments."""
    opened, why = open_pdf(content)
    if opened is None:
        _tell_unreadable(content, telling, why)
        _tell_junk(content, telling, [])
        return Examined(Kind.PDF, tuple(telling.facts))
    found = signatures_of(content, opened, trust=trust, at=telling.at)
    _tell_signed(content, telling, opened, found)
    signers = []
    for one in found:
        signers += _tell_signature(content, telling, one, trust=trust)
        if one.evaluated and not one.is_stamp:
            later = any(each.holds and not each.is_stamp and each.covers.end > one.covers.end for each in found)
            _tell_changes(content, telling, one, opened=opened, signed_later=later)
    _tell_junk(content, telling, found)
    working = _working_copy(content, found)
    contained = _tell_inside(content, telling, working)
    return Examined(Kind.PDF, tuple(telling.facts), tuple(signers), working, contained)


def signed_revision(content: bytes) -> bytes | None:
    """Return the bytes that the last holding signature of a PDF covers, or None where none holds.

    Whether its signer is trusted is not asked here; where it matters, take the working copy of `document_facts`.
    """
    opened, _ = open_pdf(content)
    if opened is None:
        return None
    return _working_copy(content, signatures_of(content, opened, trust=Trust(), at=datetime(2000, 1, 1, tzinfo=UTC)))


def _working_copy(content: bytes, found: list[PdfSignature]) -> bytes | None:
    holding = [one for one in found if one.holds and not one.is_stamp and one.whole_revision is not False]
    if not holding:
        return None
    chosen = [one for one in holding if one.trusted] or holding
    return content[: chosen[-1].covers.end]


def _tell_unreadable(content: bytes, telling: Telling, why: str) -> None:
    if why == "encrypted":
        telling.not_checked("D1", "A PDF that only a password opens. Ask for one without.")
        telling.not_checked("D2", "It is encrypted: whether it is signed cannot be seen.")
        return
    telling.contradicted("D1", f"It begins as a PDF and cannot be read as one: the document is damaged ({why}).")
    if any(trace in content for trace in _TRACES):
        telling.contradicted("D2", "Traces of a signature are there, and none can be read: the document is damaged.")
    else:
        telling.not_checked("D2", "The document cannot be read, so whether it is signed cannot be seen.")


def _tell_signed(content: bytes, telling: Telling, opened: Opened, found: list[PdfSignature]) -> None:
    read = "strictly" if opened.strict else "laxly, for a strict reading fails"
    telling.confirmed("D1", f"A PDF from its first byte, read {read}.", method=library("pyhanko"))
    unreadable = [one.name for one in found if one.unreadable]
    ranges = {tuple(int(number) for number in match[1].split()) for match in _BYTE_RANGE.finditer(content[:50_000_000])}
    orphans = ranges - {one.byte_range for one in found}
    same = [one.byte_range for one in found if one.byte_range]
    if len(set(same)) != len(same):
        telling.contradicted("D2", "Two fields bear the same signature: one of them was put there by somebody else.")
    elif unreadable:
        telling.contradicted("D2", f"A signature is there and cannot be read: damaged ({listed(unreadable)}).")
    elif len(opened.fields) > MOST_SIGNATURES:
        telling.not_checked("D2", f"More than {MOST_SIGNATURES} signatures: the others are not looked at.")
    elif not found and any(trace in content for trace in _TRACES):
        telling.contradicted("D2", "Traces of a signature are there, and none can be read: damaged, not unsigned.")
    elif not found:
        telling.absent("D2", "The document carries no signature.")
    elif all(one.is_stamp for one in found):
        telling.absent("D2", "The document carries timestamps, and no signature.")
    elif orphans:
        telling.not_checked("D2", f"{len(found)} signature(s); {len(orphans)} byte range(s) belong to none of them.")
    else:
        telling.confirmed("D2", f"{len(found)} signature(s): {listed([one.name for one in found])}.")


def _tell_signature(content: bytes, telling: Telling, one: PdfSignature, *, trust: Trust) -> list[Signer]:
    for each in one.evaluated:
        tell_integrity(telling, each)
    if not one.evaluated:
        telling.not_checked("D3", f"It cannot be taken apart ({one.unreadable}).", subject=one.name)
        return []
    covers = _tell_coverage(content, telling, one)
    if one.is_stamp:
        return []
    told = (tell_signer(telling, each, trust=trust, covers=covers) for each in one.evaluated)
    return [signer for signer in told if signer is not None]


def _tell_coverage(content: bytes, telling: Telling, one: PdfSignature) -> bool:
    say = {"subject": one.name, "method": library("pyhanko")}
    if one.covers.fault:
        telling.contradicted("D4", f"No: {one.covers.fault}.", **say)
    elif one.covers.end == len(content):
        telling.confirmed("D4", "It covers every byte of the file but its own value.", **say)
    elif one.whole_revision is None:
        telling.not_checked("D4", "Whether the revision it covers is complete could not be evaluated.", **say)
    elif not one.whole_revision:
        telling.contradicted("D4", "What it covers does not end where a revision of the document ends.", **say)
    else:
        telling.confirmed(
            "D4",
            f"It covers its revision: the first {one.covers.end} of {len(content)} bytes, but its own value.",
            **say,
        )
    return not one.covers.fault and one.whole_revision is True


def _tell_changes(content: bytes, telling: Telling, one: PdfSignature, *, opened: Opened, signed_later: bool) -> None:
    say = {"subject": one.name, "method": f"{library('pyhanko')}, {library('pikepdf')}"}
    if one.covers.fault or not one.whole_revision:
        telling.not_checked("D5", "Without a signed revision there is nothing to compare with.", **say)
        return
    if not content[one.covers.end :].strip(b"\0\t\n\f\r "):
        telling.confirmed("D5", "Nothing follows the signed revision.", **say)
        return
    try:
        changes = compare_revisions(content[: one.covers.end], content)
    except Exception as fault:
        telling.not_checked("D5", f"The two revisions could not be compared ({type(fault).__name__}).", **say)
        return
    decided = changes.content and not (changes.form_filling and signed_later)
    difference = "not asked" if decided or telling.results("D5").count(Result.NOT_CHECKED) >= _MOST_DOUBTS else ""
    _tell_compared(telling, changes, difference or difference_of(one, opened), say)


def _tell_compared(telling: Telling, changes: Changes, difference: str, say: dict[str, str]) -> None:
    if changes.content and changes.form_filling and difference == "permitted":
        telling.not_checked(
            "D5", f"Filled in after this signature, and signed by a later one: {listed(list(changes.content))}.", **say
        )
    elif changes.content:
        telling.contradicted("D5", f"After this signature: {listed(list(changes.content), 12)}.", **say)
    elif difference == "forbidden":
        telling.contradicted("D5", "Later revisions change what this signature forbids to change.", **say)
    elif changes.visible_signatures:
        marks = listed(list(changes.visible_signatures))
        telling.not_checked("D5", f"Later signatures put marks on the pages: {marks}. Compare the pixels.", **say)
    elif difference == "permitted":
        added = f" Added: signatures {listed(list(changes.signatures))}." if changes.signatures else ""
        telling.confirmed("D5", f"Later revisions add validation data and change nothing that is shown.{added}", **say)
    else:
        telling.not_checked(
            "D5", f"Part by part nothing that is shown was changed, yet {_WHY_DOUBT[difference]}.", **say
        )


def _tell_junk(content: bytes, telling: Telling, found: list[PdfSignature]) -> None:
    holding = [one.covers.end for one in found if one.holds]
    unexplained = junk(content, max(holding, default=0))
    stray = max((one.stray for one in found), default=0)
    loose = [part for one in found for each in one.evaluated for part in each.loose]
    if unexplained:
        telling.contradicted("D6", f"No: {unexplained}.")
    elif stray:
        telling.contradicted("D6", f"No: {stray} object(s) after the signed revision stand in no table of the file.")
    elif (beside := _led_to_by_nothing(found)) or loose:
        unprotected = f"the signature's container holds what it does not protect: {listed(loose)}" if loose else ""
        telling.not_checked("D6", f"Not explained: {'; '.join(filter(None, (beside, unprotected)))}.")
    else:
        telling.confirmed("D6", "The file ends where its last revision ends, and nothing else is in it.")


def _led_to_by_nothing(found: list[PdfSignature]) -> str:
    if any(one.unreached is None for one in found):
        return "whether anything leads to each object after the signed revision could not be followed"
    nowhere = max((one.unreached or 0 for one in found), default=0)
    return f"to {nowhere} object(s) after the signed revision nothing in the file leads" if nowhere else ""


def _tell_inside(content: bytes, telling: Telling, working: bytes | None) -> tuple[Contained, ...]:
    method = library("pikepdf")
    try:
        found = look_inside(content)
        of_signed = look_inside(working).attachments if working and working != content else found.attachments
    except Exception as fault:
        for code in ("D8", "D9", "D10"):
            telling.not_checked(code, f"It cannot be taken apart ({type(fault).__name__}).", method=method)
        return ()
    unseen = f" Not looked at: {listed(sorted(found.unseen))}." if found.unseen else ""
    if found.acts:
        telling.contradicted("D8", f"It holds {listed(sorted(found.acts))}.{unseen}", method=method)
    elif unseen:
        telling.not_checked("D8", f"Nothing that acts was found.{unseen}", method=method)
    else:
        telling.confirmed("D8", "No script, no starting of programmes, no attached programme.", method=method)
    if found.hidden or unseen:
        telling.not_checked(
            "D9", f"It holds {listed(sorted(found.hidden)) or 'nothing hidden that was found'}.{unseen}", method=method
        )
    else:
        telling.confirmed("D9", "No invisible text, no layers switched off, no XFA form.", method=method)
    contained = tuple(
        Contained(name, attached, working is not None and of_signed.get(name) == attached)
        for name, attached in sorted(found.attachments.items())
    )
    _tell_attachments(telling, contained, method)
    return contained


def _tell_attachments(telling: Telling, contained: tuple[Contained, ...], method: str) -> None:
    if not contained:
        telling.absent("D10", "Nothing is attached.", method=method)
    for each in contained:
        signed = "part of the signed revision" if each.signed else "not part of what was signed"
        form = " It may be form data." if each.name.endswith(".json") else ""
        telling.confirmed(
            "D10", f"{len(each.content)} bytes, {signed}.{form}", subject=each.name, method=method, raw=each.sha256
        )
