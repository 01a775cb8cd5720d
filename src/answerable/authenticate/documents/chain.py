"""Does a certificate chain to one we trust, at that moment, and is it revoked? The validator's answer, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl, ocsp, x509
from pyhanko.sign.validation.generic_cms import validate_cert_usage
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import CertValidationPolicySpec, bootstrap_validation_data_handlers
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from answerable.authenticate.documents.records import Trust
from answerable.authenticate.documents.running import run

_MOST_CARRIED = 60


@dataclass(frozen=True, slots=True)
class Chain:
    """The outcome of building a chain. `indication` is the ETSI sub-indication where none was found, in capitals."""

    path: ValidationPath | None
    indication: str = ""
    revoked_at: datetime | None = None

    @property
    def found(self) -> bool:
        """Whether a chain to an anchor holds."""
        return self.path is not None

    @property
    def anchors(self) -> tuple[bytes, ...] | None:
        """The certificates of the chain, DER, its anchor among them; None where none was found."""
        if self.path is None:
            return None
        return tuple(each.dump() for each in self.path.iter_certs(include_root=True))


def build_chain(
    certificate: x509.Certificate,
    carried: tuple[x509.Certificate, ...],
    trust: Trust,
    *,
    at: datetime,
    revocation: str,
    afterwards: bool = False,
) -> Chain:
    """Return the chain of `certificate` at the moment `at`; `revocation` is "none" or "require".

    `afterwards` lets revocation data count that were issued after that moment.
    """
    spec = specification((certificate, *carried), trust, at=at, revocation=revocation, afterwards=afterwards)
    knowledge = spec.local_knowledge
    handlers = bootstrap_validation_data_handlers(
        fetchers=None, crls=knowledge.known_crls, ocsps=knowledge.known_ocsps, certs=knowledge.known_certs
    )
    context = spec.cert_validation_policy.build_validation_context(timing_info=moment(at), handlers=handlers)
    outcome = run(
        validate_cert_usage(
            certificate,
            context,
            key_usage_settings=KeyUsageConstraints(),
            paths=context.path_builder.async_build_paths_lazy(certificate),
        )
    )
    problem = outcome.error_subindic
    revoked = outcome.revo_details.revocation_date if outcome.revo_details else None
    return Chain(outcome.success_result, problem.name if problem else "", revoked)


def specification(
    carried: tuple[x509.Certificate, ...],
    trust: Trust,
    *,
    at: datetime,
    revocation: str | None = None,
    afterwards: bool = False,
) -> SignatureValidationSpec:
    """Return what the validator shall do: our anchors, no fetching, revocation required where data are at hand.

    "hard-fail" would ignore a CRL that was handed over when the certificate names no address for one.
    """
    mode = revocation or ("require" if trust.crls or trust.ocsps else "soft-fail")
    return SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(_anchors(carried, trust, at)),
            revinfo_policy=CertRevTrustPolicy(
                RevocationCheckingPolicy.from_legacy(mode), retroactive_revinfo=afterwards
            ),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        local_knowledge=LocalKnowledge(
            known_crls=[CRLContainer(crl.CertificateList.load(each)) for each in trust.crls],
            known_ocsps=[each for raw in trust.ocsps for each in OCSPContainer.load_multi(ocsp.OCSPResponse.load(raw))],
            known_certs=list(carried[:_MOST_CARRIED]),
        ),
    )


def moment(at: datetime) -> ValidationTimingInfo:
    """Return `at` as the moment of validation, live or not."""
    return ValidationTimingInfo(validation_time=at, best_signature_time=at, point_in_time_validation=True)


def _anchors(carried: tuple[x509.Certificate, ...], trust: Trust, at: datetime) -> list[CertTrustAnchor]:
    """Return the anchors: the operator's, and of the lists' granted services those whose name an issuer at hand bears."""
    issuers = {each.issuer.dump() for each in carried[:_MOST_CARRIED]}
    of_lists = (
        der for each in trust.lists for der in sorted(each.granted(at)) if any(issuer in der for issuer in issuers)
    )
    ders = dict.fromkeys((*trust.anchors, *of_lists))
    return [CertTrustAnchor(x509.Certificate.load(der), derive_default_quals_from_cert=True) for der in ders]
