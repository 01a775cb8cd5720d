"""Which revocation data travel with a signature, and of which day are they? Nothing of them is believed here.

A PDF keeps them in its security store (PAdES-LT) or in an attribute of Adobe's, CMS in the container itself. They are a
stranger's words until the validator has checked who signed them and for when, so what cannot be read is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, crl, ocsp, x509
from asn1crypto.pdf import RevocationInfoArchival
from pyhanko.pdf_utils.reader import PdfFileReader

_MOST = 60
_LARGEST = 10_000_000
_ADOBE = "1.2.840.113583.1.1.8"


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
    """Return what a SignedData carries in its own field and in Adobe's attribute."""
    try:
        own = tuple(each.chosen.dump() for each in signed["crls"] or () if each.name == "crl")
        infos = [info for info in signed["signer_infos"] for info in _adobe(info)]
        crls = (*own, *(each.dump() for info in infos for each in info["crl"] or ()))
        ocsps = tuple(each.dump() for info in infos for each in info["ocsp"] or ())
    except (ValueError, TypeError, KeyError, AttributeError):
        return Carried()
    return Carried(_readable(crls, _list_made), _readable(ocsps, _answers_made))


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
