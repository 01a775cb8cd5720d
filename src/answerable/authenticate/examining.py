"""Is the paper signed, whole, by whom, and do we know them? Each fact says what it does not show.

    A1  there is a signature; a byte range without a readable one is damaged, never unsigned
    A2  the signed bytes are unchanged
    A3  the signature covers the whole document: nothing was added after it
    A4  its certificate chains to a trusted authority, at the moment of receipt
    A5  the issuing authority is in our directory, and the certificate is that authority's
    A6  what the directory says of the authority agrees with the tick in Section I

Of several signatures the last is looked at: it alone can cover the whole file. One fact's failure hides no other: what
could not be looked at is unclear, and unclear is not genuine.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from answerable.authenticate.documents.byte_ranges import coverage
from answerable.casefile.demand import Head, head_of
from answerable.casefile.epoc import Epoc
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.order import Order
from answerable.casefile.parties import Authority
from answerable.law.rule import ALL_CLASSES

# The validator writes names from certificates into the log; what it finds is a finding here, and no log line.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False

_PACK = "authenticity 1"
_MOST_SIGNATURES = 20
_FORM_DATA = "The demand came as bare form data, which carry no seal. Ask for the sealed PDF."
_NO_SIGNATURE = "The document carries no signature."
_UNSEALED = (_FORM_DATA, _NO_SIGNATURE)
_TRACES = (b"/ByteRange", b"/adbe.pkcs7.detached", b"/adbe.pkcs7.sha1", b"/ETSI.CAdES", b"/ETSI.RFC3161")
_ARTICLE_21 = "Regulation (EU) 2023/1543, Art. 21(2)"
_STANDARD = "ETSI EN 319 102-1"


def authenticate(
    content: bytes, form: Epoc | Order, *, trust_roots: Sequence[bytes], directory: Sequence[Authority], at: datetime
) -> tuple[Finding, ...]:
    """Return the facts about a paper, as of the moment `at`. Never raises for what the paper holds, never fetches anything.

    `trust_roots` are certificates (DER) at which a chain may end; `directory` is ours.
    """
    signature, failure = _signature(content)
    unsealed = failure in _UNSEALED
    status = _status(signature, trust_roots, at) if signature else None
    certificate = status.signing_cert if status else None
    record, head = _known(certificate, directory), head_of(form)
    findings = (
        _signed(signature, failure),
        _intact(status),
        _whole(content, signature, status),
        _trusted(signature, status),
        _in_directory(record, head),
        _of_its_kind(record, head),
    )
    return tuple(each.model_copy(update={"unsealed": unsealed}) for each in findings)


def _signature(content: bytes) -> tuple[EmbeddedPdfSignature | None, str]:
    if not content.startswith(b"%PDF-"):
        return None, _FORM_DATA if content.lstrip()[:1] == b"{" else "It is no PDF, and no seal of it is read here."
    try:
        found = PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures
        if len(found) > _MOST_SIGNATURES:
            return None, f"More than {_MOST_SIGNATURES} signatures: not looked at."
        if found:
            return found[-1], ""
    except Exception as fault:
        return None, f"The signature cannot be read: the document is damaged ({type(fault).__name__})."
    if any(trace in content for trace in _TRACES):
        return None, "Traces of a signature are there, and none can be read: the document is damaged."
    return None, _NO_SIGNATURE


def _status(signature: EmbeddedPdfSignature, trust_roots: Sequence[bytes], at: datetime) -> PdfSignatureStatus | None:
    try:
        context = ValidationContext(
            trust_roots=[x509.Certificate.load(root) for root in trust_roots],
            moment=at,
            allow_fetching=False,
            revocation_mode="soft-fail",
        )
        return validate_pdf_signature(signature, signer_validation_context=context)
    except Exception:
        # Whatever a hostile signature makes the validator stumble over, it is not evaluated, and so not genuine.
        return None


def _signed(signature: EmbeddedPdfSignature | None, failure: str) -> Finding:
    return _finding(
        "A1",
        "The paper is signed",
        Outcome.MET if signature else Outcome.NOT_MET,
        "The document carries a signature." if signature else failure,
        cite=_ARTICLE_21,
        not_shown="who made it, or that it holds",
    )


def _intact(status: PdfSignatureStatus | None) -> Finding:
    held = status is not None and status.intact and status.valid
    return _finding(
        "A2",
        "The signed bytes are unchanged",
        Outcome.UNCLEAR if status is None else Outcome.MET if held else Outcome.NOT_MET,
        "The signature could not be evaluated."
        if status is None
        else "Digest and signature value hold."
        if held
        else "Digest or signature value do not hold: something was changed after signing.",
        cite=_STANDARD,
        not_shown="that the content is true",
    )


def _whole(content: bytes, signature: EmbeddedPdfSignature | None, status: PdfSignatureStatus | None) -> Finding:
    covers = (
        status is not None
        and signature is not None
        and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and _range_can_be_relied_on(content, signature)
        and _says_once_how_it_was_made(signature)
    )
    return _finding(
        "A3",
        "The seal covers the whole document",
        Outcome.UNCLEAR if status is None else Outcome.MET if covers else Outcome.NOT_MET,
        "Coverage could not be evaluated."
        if status is None or signature is None
        else "Every byte of the file is signed."
        if covers
        else "The file holds bytes that the signature does not cover: something was added.",
        cite=_STANDARD,
        not_shown="that nothing is hidden in what was signed",
    )


def _range_can_be_relied_on(content: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether all but the signature's own value is signed, and the stretch left out holds that value alone."""
    try:
        byte_range = tuple(int(each) for each in signature.byte_range)
        return not coverage(content, byte_range, signature.pkcs7_content).fault
    except (ValueError, TypeError):
        return False


def _says_once_how_it_was_made(signature: EmbeddedPdfSignature) -> bool:
    """Whether the frame of the signature, which nothing signs, names version, digest and signer as what it holds does."""
    try:
        frame, signer = signature.signed_data, signature.signer_info
        named = signer["sid"].chosen["issuer"].dump() if signer["sid"].name == "issuer_and_serial_number" else None
        return (
            [each.dump() for each in frame["digest_algorithms"]] == [signer["digest_algorithm"].dump()]
            and frame["version"].native == signer["version"].native
            and named in (None, signature.signer_cert.issuer.dump())
        )
    except (ValueError, TypeError, KeyError):
        return False


def _carries_its_chain_alone(signature: EmbeddedPdfSignature, status: PdfSignatureStatus) -> bool:
    """Whether each certificate that came along is, byte for byte, one of the chain: nothing signs them either."""
    try:
        chain = {each.dump() for each in status.validation_path or ()}
        return {each.chosen.dump() for each in signature.signed_data["certificates"]} <= chain
    except (ValueError, TypeError, KeyError):
        return False


def _trusted(signature: EmbeddedPdfSignature | None, status: PdfSignatureStatus | None) -> Finding:
    holds = status is not None and status.intact and status.valid
    chained = status is not None and status.trusted
    trusted = chained and signature is not None and status is not None and _carries_its_chain_alone(signature, status)
    return _finding(
        "A4",
        "The certificate chains to a trusted authority",
        Outcome.UNCLEAR if not holds else Outcome.MET if trusted else Outcome.NOT_MET,
        "The chain could not be evaluated: the signature does not hold, so its certificate says nothing of this paper."
        if not holds
        else "The chain ends at a certificate this desk trusts, and was valid on receipt."
        if trusted
        else "The signature carries a certificate that is none of its chain: it was put there by whoever touched it last."
        if chained
        else "The chain ends at no certificate this desk trusts, or was not valid on receipt.",
        cite=_ARTICLE_21,
        not_shown="that the certificate was not revoked since; that the seal is a qualified one",
    )


def _in_directory(record: Authority | None, head: Head) -> Finding:
    agrees = record is not None and set(head.names) == {record.name} and head.country == record.country
    return _finding(
        "A5",
        "The issuing authority is in our directory, and the seal is its own",
        Outcome.MET if agrees else Outcome.NOT_MET,
        f"Directory: {record.source}, added {record.added_on:%d %B %Y}."
        if record and agrees
        else "The seal is of an authority in the directory, but the form names another authority or State."
        if record
        else "No authority in the directory uses this seal.",
        cite="Regulation (EU) 2023/1543, Art. 4, Art. 31(1)(a)",
        not_shown="that the officer who sealed it was allowed to",
    )


def _of_its_kind(record: Authority | None, head: Head) -> Finding:
    agrees = record is not None and record.kind == head.kind
    return _finding(
        "A6",
        "The authority is what the paper says it is",
        Outcome.MET if agrees else Outcome.NOT_MET if record else Outcome.UNCLEAR,
        f"Directory and Section I agree: {record.kind}."
        if record and agrees
        else "The directory knows this authority as something else than Section I ticks."
        if record
        else "Not in the directory, so it cannot be compared.",
        cite="Regulation (EU) 2023/1543, Art. 4(1) and (2)",
        not_shown="that a validation named in Section J took place",
    )


def _known(certificate: x509.Certificate | None, directory: Sequence[Authority]) -> Authority | None:
    if certificate is None:
        return None
    try:
        fingerprint = certificate.sha256.hex()
        identifier = certificate.subject.native.get("organization_identifier")
    except (ValueError, TypeError, AttributeError):
        return None
    matching = [
        each
        for each in directory
        if fingerprint in each.certificates or (identifier and each.organisation_identifier == identifier)
    ]
    return matching[0] if len(matching) == 1 else None


def _finding(rule: str, title: str, outcome: Outcome, fact: str, *, cite: str, not_shown: str) -> Finding:
    return Finding(
        rule=rule,
        title=title,
        outcome=outcome,
        fact=fact,
        citation=cite,
        withholds=ALL_CLASSES,
        holds_if_unclear=True,
        pack=_PACK,
        not_shown=not_shown,
    )
