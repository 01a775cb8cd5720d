"""Which revocation data travel with a signature, and of which day are they? Nothing of them is believed here.

A PDF keeps them in its security store (PAdES-LT) or in an attribute of Adobe's; CMS in the container itself or in an unsigned
attribute (CAdES-LT); XAdES in its unsigned properties; and each timestamp, being CMS, may bring its own. They are a stranger's
words until the validator has checked who signed them and for when, so what cannot be read is left out.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, core, crl, ocsp, x509
from asn1crypto.pdf import RevocationInfoArchival
from lxml import etree
from pyhanko.pdf_utils.reader import PdfFileReader

_MOST = 60
_LARGEST = 10_000_000
_ADOBE = "1.2.840.113583.1.1.8"
_REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"
_CERTIFICATE_VALUES = "1.2.840.113549.1.9.16.2.23"
_OTHER_ANSWERS = ("1.3.6.1.5.5.7.16.2", "1.3.6.1.5.5.7.48.1.1")  # RFC 5940; ETSI EN 319 122-1, 5.4.2.2
# Of a signature, and of what came after it: its archive timestamp is over the values, its own validation data beside it.
_STAMPS = (
    "1.2.840.113549.1.9.16.2.14", "1.2.840.113549.1.9.16.2.25", "1.2.840.113549.1.9.16.2.26", "1.2.840.113549.1.9.16.2.27",
    "1.2.840.113549.1.9.16.2.48", "0.4.0.1733.2.4",
)  # fmt: skip
_DEEPEST = 3


class _Lists(core.SequenceOf):  # type: ignore[misc]
    _child_spec = crl.CertificateList


class _Answers(core.SequenceOf):  # type: ignore[misc]
    _child_spec = ocsp.BasicOCSPResponse


class _Certificates(core.SequenceOf):  # type: ignore[misc]
    _child_spec = x509.Certificate


class _RevocationValues(core.Sequence):  # type: ignore[misc]
    """ETSI EN 319 122-1, A.1.5.2, as far as it is read here."""

    _fields = [  # noqa: RUF012 - the library's own way of saying what a sequence holds
        ("lists", _Lists, {"explicit": 0, "optional": True}),
        ("answers", _Answers, {"explicit": 1, "optional": True}),
        ("other", core.Any, {"explicit": 2, "optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class Carried:
    """Lists of revoked certificates, and answers about single ones; DER."""

    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    def __add__(self, other: Carried) -> Carried:
        """Return both together, each once."""
        return Carried(
            tuple(dict.fromkeys((*self.crls, *other.crls))), tuple(dict.fromkeys((*self.ocsps, *other.ocsps)))
        )


def of_cms(signed: cms.SignedData) -> Carried:
    """Return what a SignedData carries in its own field, in Adobe's attribute, in CAdES' values, and in its timestamps."""
    crls: list[bytes] = []
    ocsps: list[bytes] = []
    for each in _with_stamps(signed, 0):
        for name, raw in _of_one(each):
            (crls if name == "crl" else ocsps).append(raw)
    return Carried(_readable(crls, _list_made), _readable(ocsps, _answers_made))


def of_xml(signature: etree._Element) -> Carried:
    """Return what an XAdES signature keeps in its unsigned properties, and what its timestamps bring along."""
    crls: list[bytes] = []
    ocsps: list[bytes] = []
    more = Carried()
    for each in signature.iter(etree.Element):
        name = etree.QName(each).localname
        if name == "EncapsulatedCRLValue":
            crls += _octets(each)
        elif name == "EncapsulatedOCSPValue":
            ocsps += _responses(_octets(each))
        elif name == "EncapsulatedTimeStamp":
            for raw in _octets(each):
                more += _of_token(raw)
    return Carried(_readable(crls, _list_made), _readable(ocsps, _answers_made)) + more


def certificates_of_cms(info: cms.SignerInfo) -> tuple[x509.Certificate, ...]:
    """Return the certificates that CAdES keeps for later beside a signer (its certificate values)."""
    found: list[x509.Certificate] = []
    try:
        for raw in _values(info, _CERTIFICATE_VALUES):
            found += [each for each in _Certificates.load(raw) if each.public_key.native]
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()
    return tuple(found[:_MOST])


def of_pdf(reader: PdfFileReader) -> Carried:
    """Return what the security store of a PDF holds."""
    return Carried(
        _readable(_streams(reader, "/CRLs"), _list_made), _readable(_streams(reader, "/OCSPs"), _answers_made)
    )


def oldest(data: Carried, chain: Iterable[x509.Certificate]) -> datetime | None:
    """Return the day of the oldest of the data that concern a chain, or None where none does."""
    certificates = list(chain)
    issuers = {each.issuer.dump() for each in certificates}
    serials = {each.serial_number for each in certificates}
    lists = (crl.CertificateList.load(each) for each in data.crls)
    days = [each["tbs_cert_list"]["this_update"].native for each in lists if each.issuer.dump() in issuers]
    answers = (single for each in data.ocsps for single in _answers(each))
    days += [each["this_update"].native for each in answers if each["cert_id"]["serial_number"].native in serials]
    return min(days, default=None)


def _with_stamps(signed: cms.SignedData, depth: int) -> Iterator[cms.SignedData]:
    """Yield a SignedData, and the timestamps that it carries unsigned, theirs included."""
    yield signed
    try:
        infos = list(signed["signer_infos"]) if depth < _DEEPEST else []
        tokens = [raw for info in infos for name in _STAMPS for raw in _values(info, name)][:_MOST]
    except (ValueError, TypeError, KeyError, AttributeError):
        return
    for raw in tokens:
        try:
            yield from _with_stamps(cms.ContentInfo.load(raw)["content"], depth + 1)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue


def _of_token(raw: bytes) -> Carried:
    try:
        return of_cms(cms.ContentInfo.load(raw)["content"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return Carried()


def _of_one(signed: cms.SignedData) -> Iterator[tuple[str, bytes]]:
    """Yield what one SignedData carries: "crl" or "ocsp", and its DER; stops at the first part that cannot be read."""
    try:
        for each in signed["crls"] or ():
            if each.name == "crl":
                yield "crl", each.chosen.dump()
            elif each.chosen["other_rev_info_format"].dotted in _OTHER_ANSWERS:
                yield "ocsp", _as_response(each.chosen["other_rev_info"].dump())
        for info in signed["signer_infos"]:
            for archived in _adobe(info):
                yield from (("crl", each.dump()) for each in archived["crl"] or ())
                yield from (("ocsp", each.dump()) for each in archived["ocsp"] or ())
            for raw in _values(info, _REVOCATION_VALUES):
                values = _RevocationValues.load(raw)
                yield from (("crl", each.dump()) for each in values["lists"] or ())
                yield from (("ocsp", _as_response(each.dump())) for each in values["answers"] or ())
    except (ValueError, TypeError, KeyError, AttributeError):
        return


def _values(info: cms.SignerInfo, dotted: str) -> Iterator[bytes]:
    for attribute in info["unsigned_attrs"] or ():
        if attribute["type"].dotted == dotted:
            yield from (each.dump() for each in attribute["values"])


def _as_response(raw: bytes) -> bytes:
    """Return an answer as the whole response that validators read; CAdES and old XAdES keep its inner part alone."""
    try:
        if ocsp.OCSPResponse.load(raw, strict=True)["response_status"].native:
            return raw
    except (ValueError, TypeError, KeyError):
        pass
    inner = ocsp.BasicOCSPResponse.load(raw)
    return bytes(
        ocsp.OCSPResponse(
            {
                "response_status": "successful",
                "response_bytes": {"response_type": "basic_ocsp_response", "response": inner},
            }
        ).dump()
    )


def _responses(found: Iterable[bytes]) -> Iterator[bytes]:
    for raw in found:
        try:
            yield _as_response(raw)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue


def _octets(element: etree._Element) -> list[bytes]:
    try:
        return [base64.b64decode("".join((element.text or "").split()), validate=True)]
    except (binascii.Error, ValueError):
        return []


def _adobe(info: cms.SignerInfo) -> Iterator[RevocationInfoArchival]:
    for attribute in info["signed_attrs"] or ():
        if attribute["type"].dotted == _ADOBE:
            yield from (RevocationInfoArchival.load(each.dump()) for each in attribute["values"])


def _streams(reader: PdfFileReader, name: str) -> Iterator[bytes]:
    try:
        for each in list(reader.root["/DSS"][name])[:_MOST]:
            yield bytes(each.get_object().data)
    except Exception:
        # Whatever a hostile file puts there: it carries no more than what could be read so far.
        return


def _readable(found: Iterable[bytes], made: Callable[[bytes], datetime]) -> tuple[bytes, ...]:
    kept: list[bytes] = []
    for each in found:
        try:
            if len(kept) < _MOST and len(each) <= _LARGEST and made(each):
                kept.append(each)
        except Exception:  # noqa: S112 - what a stranger wrote and nobody can read is left out
            continue
    return tuple(kept)


def _list_made(raw: bytes) -> datetime:
    made: datetime = crl.CertificateList.load(raw, strict=True)["tbs_cert_list"]["this_update"].native
    return made


def _answers_made(raw: bytes) -> datetime:
    made: datetime = min(each["this_update"].native for each in _answers(raw))
    return made


def _answers(raw: bytes) -> list[ocsp.SingleResponse]:
    response = ocsp.OCSPResponse.load(raw, strict=True)
    return list(response.response_data["responses"]) if response["response_status"].native == "successful" else []
