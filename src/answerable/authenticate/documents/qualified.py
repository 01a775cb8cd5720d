"""Is a certificate a qualified one, by which trusted list, and why? Qualified, not qualified, or unknown; never a guess.

What the certificate claims of itself (its QcStatements) counts only where a list carries its issuer as a granted
service; a list can confirm, narrow or take back the claim. Regulation (EU) 910/2014, Art. 22, 28 and 38.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from asn1crypto import x509
from cryptography import x509 as pyca
from pyhanko.sign.ades.qualified_asn1 import get_qc_statements
from pyhanko.sign.validation.qualified.assess import QualificationAssessor
from pyhanko.sign.validation.qualified.eutl_parse import trust_list_to_registry_unsafe
from pyhanko.sign.validation.qualified.tsp import TSPRegistry
from pyhanko_certvalidator.path import ValidationPath

from answerable.authenticate.documents.listed import TrustedList
from answerable.authenticate.documents.records import Qualified

_TYPES = {"QC_ESIGN": "for electronic signatures", "QC_ESEAL": "for electronic seals", "QC_WEB": "for web sites"}


def qualified_status(
    certificate: x509.Certificate, path: ValidationPath | None, lists: tuple[TrustedList, ...], *, at: datetime
) -> tuple[Qualified, str]:
    """Return the status of `certificate` at the moment `at`, and why, with the list and its dates."""
    claims = _claims(certificate)
    claimed = (
        "The certificate says of itself that it is qualified." if claims else "The certificate does not say so itself."
    )
    if not lists:
        return Qualified.UNKNOWN, f"No trusted list is at hand. {claimed}"
    if (by := _withdrawn_by(certificate, lists)) is not None:
        return Qualified.NO, f"Its issuer is a service that the {by.cited} no longer grants. {claimed}"
    if path is None:
        return Qualified.UNKNOWN, f"Its chain ends at no service of a trusted list at hand. {claimed}"
    authorities = {each.dump() for each in path.iter_certs(include_root=True)}
    carrying = [each for each in lists if authorities & each.certificates]
    if not carrying:
        return Qualified.UNKNOWN, f"No trusted list at hand carries its issuer. {claimed}"
    return _by_list(path, carrying[0], claimed, at)


def _by_list(path: ValidationPath, by: TrustedList, claimed: str, at: datetime) -> tuple[Qualified, str]:
    try:
        result = QualificationAssessor(_registry(by)).check_entity_cert_qualified(path, at)
    except Exception as fault:
        return Qualified.UNKNOWN, f"The {by.cited} could not be applied to it ({type(fault).__name__}). {claimed}"
    service = result.service_definition.base_info.service_name if result.service_definition else None
    if service is None:
        why = f"The {by.cited} carries its issuer, but no service that was granted at this moment fits it. {claimed}"
        return Qualified.NO, why
    if not result.status.qualified:
        return (
            Qualified.NO,
            f"Its issuer is the service “{service}” of the {by.cited}, and it is none of its qualified ones. {claimed}",
        )
    kind = _TYPES.get(result.status.qc_type.name, "of another kind")
    device = (
        "in a qualified device"
        if result.status.qc_key_security.is_qscd
        else "in no device that is said to be qualified"
    )
    why = f"Qualified {kind}, its key {device}: service “{service}” of the {by.cited}."
    if by.expired(at):
        return Qualified.UNKNOWN, f"{why} But that list is expired: a newer one may say otherwise."
    return Qualified.YES, why


def _withdrawn_by(certificate: x509.Certificate, lists: tuple[TrustedList, ...]) -> TrustedList | None:
    """Return the list on which the issuer of `certificate` stands, and is granted nowhere any more."""
    issuer = certificate.issuer.dump()
    granted = {der for each in lists for der in each.certificates}
    for each in lists:
        if any(issuer in der and der not in granted and issued(certificate, der) for der in each.withdrawn):
            return each
    return None


def issued(certificate: x509.Certificate, issuer: bytes) -> bool:
    """Whether the key of `issuer` (DER) signed `certificate`; no for what cannot be read."""
    try:
        pyca.load_der_x509_certificate(certificate.dump()).verify_directly_issued_by(
            pyca.load_der_x509_certificate(issuer)
        )
    except Exception:
        return False
    return True


@lru_cache(maxsize=8)
def _registry(by: TrustedList) -> TSPRegistry:
    registry, _ = trust_list_to_registry_unsafe(by.xml.decode("utf-8"))
    return registry


def _claims(certificate: x509.Certificate) -> bool:
    try:
        return any(each["statement_id"].native == "qc_compliance" for each in get_qc_statements(certificate))
    except Exception:
        return False
