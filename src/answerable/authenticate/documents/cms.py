"""Does a CMS signature hold? For each signer of it: digest, value, chain, time. PDF, CAdES, ASiC and S/MIME rest on it.

1  split: one signer info at a time, so that one signer's failure hides no other's
2  ETSI EN 319 102-1 basic validation, with its sub-indication
3  timestamps
4  what the signature does not protect
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime

from asn1crypto import cms, x509
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.ades import ades_basic_validation
from pyhanko.sign.validation.status import StandardCMSSignatureStatus, TimestampSignatureStatus

from answerable.authenticate.documents.carried import certificates_of_cms, of_cms
from answerable.authenticate.documents.chain import build_chain, moment, specification
from answerable.authenticate.documents.evaluated import MOST_SIGNATURES, Evaluated, Stamp
from answerable.authenticate.documents.loose import loose_parts
from answerable.authenticate.documents.records import Trust
from answerable.authenticate.documents.running import run
from answerable.authenticate.documents.telling import library

_OF_ANY_LENGTH = {"shake128": (hashlib.shake_128, 32), "shake256": (hashlib.shake_256, 64)}  # in bytes: RFC 8702
_HASHES = {"sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "md5"}


def digests_of(content: bytes) -> Callable[[str], bytes]:
    """Return what computes the digest of `content` by the name of an algorithm. Refuses unknown names with ValueError."""

    def digest(algorithm: str) -> bytes:
        if algorithm in _OF_ANY_LENGTH:
            shake, length = _OF_ANY_LENGTH[algorithm]
            return shake(content).digest(length)
        if algorithm not in _HASHES:
            raise ValueError(f"no digest is called {algorithm}")
        return hashlib.new(algorithm, content, usedforsecurity=False).digest()

    return digest


def load_signed_data(der: bytes) -> cms.SignedData:
    """Return the SignedData in `der`. Raises ValueError where there is none, or where something else follows it."""
    info = cms.ContentInfo.load(der)
    if info["content_type"].native != "signed_data":
        raise ValueError("the container holds no signed data")
    return info["content"]


def evaluate_cms(
    name: str, signed: cms.SignedData, digest: Callable[[str], bytes] | None, *, trust: Trust, at: datetime
) -> list[Evaluated]:
    """Return one evaluation for each signer; `digest` is None where the content is inside. Never raises for the content."""
    method = f"{library('pyhanko')}, ETSI EN 319 102-1"
    try:
        alone = list(_each_alone(signed))
    except Exception as fault:
        return [Evaluated(name, method, why=f"the signature cannot be taken apart ({type(fault).__name__})")]
    if not alone:
        return [Evaluated(name, method, why="it holds no signer at all")]
    evaluated = []
    for number, one in enumerate(alone[:MOST_SIGNATURES], 1):
        called = name if len(alone) == 1 else f"{name}, signer {number}"
        try:
            evaluated.append(_evaluate(called, one, digest, trust=trust, at=at, method=method))
        except Exception as fault:
            # Whatever a hostile signature makes the validator stumble over: this one is not evaluated, the next one is.
            why = f"the validator stopped ({type(fault).__name__})"
            evaluated.append(_unevaluated(called, one, why, method))
    if len(alone) > MOST_SIGNATURES:
        evaluated.append(
            Evaluated(name, method, why=f"more than {MOST_SIGNATURES} signers; the others are not looked at")
        )
    return evaluated


def _each_alone(signed: cms.SignedData) -> Iterator[cms.SignedData]:
    infos = list(signed["signer_infos"])
    if len(infos) == 1:
        yield signed
        return
    for info in infos:
        one = cms.SignedData.load(signed.untag().dump())
        one["signer_infos"] = cms.SignerInfos([info])
        yield one


def _evaluate(
    name: str, signed: cms.SignedData, digest: Callable[[str], bytes] | None, *, trust: Trust, at: datetime, method: str
) -> Evaluated:
    (info,) = signed["signer_infos"]
    algorithm = str(info["digest_algorithm"]["algorithm"].native)
    certificate = _certificate(signed)
    if why := _unreadable(algorithm, certificate):
        return Evaluated(name, method, why=why, certificate=certificate, digest=algorithm)
    carried = (*carried_certificates(signed), *certificates_of_cms(info))
    spec = specification(carried, trust, at=at)
    outcome = run(
        ades_basic_validation(
            signed, spec, timing_info=moment(at), raw_digest=digest(algorithm) if digest else None,
            status_cls=StandardCMSSignatureStatus,
        )
    )  # fmt: skip
    status, indication = outcome.api_status, outcome.ades_subindic
    certificate = status.signing_cert if status else certificate
    mechanism = str(info["signature_algorithm"]["algorithm"].native)
    known = "." not in mechanism  # an algorithm that has no name here cannot be said to fail
    chain = build_chain(certificate, carried, trust, at=at, revocation="none") if certificate else None
    return Evaluated(
        name,
        method,
        intact=status.intact if status else None,
        valid=status.valid if status and known else None,
        indication=f"{indication.status.name} {indication.standard_name}" if indication else "",
        why=outcome.failure_msg or ("" if known else f"the algorithm {mechanism} is not known here"),
        certificate=certificate,
        bound=bool(info["signed_attrs"]) and generic_cms.get_signing_cert_attr(info["signed_attrs"]) is not None,
        carried=carried,
        chain=chain,
        digest=algorithm,
        mechanism=mechanism,
        claimed=generic_cms.extract_self_reported_ts(info),
        stamp=_stamp(info, carried, trust, at),
        loose=loose_parts(signed, certificate, chain.anchors if chain else None),
        revocation=of_cms(signed),
    )


def _unreadable(algorithm: str, certificate: x509.Certificate | None) -> str:
    """Why the validator could make nothing of a signature, in words, or an empty text."""
    if algorithm not in _HASHES and algorithm not in _OF_ANY_LENGTH:
        return f"no digest that is called {algorithm} is known"
    try:
        if certificate is not None:
            certificate.public_key.bit_size  # noqa: B018 - the library works it out when it is asked
    except (ValueError, TypeError, ArithmeticError):
        return "the key of its certificate is written in a way that cannot be read"
    return ""


def _unevaluated(name: str, signed: cms.SignedData, why: str, method: str) -> Evaluated:
    try:
        return Evaluated(name, method, why=why, certificate=_certificate(signed))
    except Exception:
        return Evaluated(name, method, why=why)


def carried_certificates(signed: cms.SignedData) -> tuple[x509.Certificate, ...]:
    """Return the certificates that travel with the signature; those of other kinds are left out."""
    chosen = signed["certificates"]
    return tuple(each.chosen for each in chosen if each.name == "certificate") if chosen else ()


def _certificate(signed: cms.SignedData) -> x509.Certificate | None:
    try:
        return extract_certificate_info(signed).signer_cert
    except Exception:
        return None


def _stamp(info: cms.SignerInfo, carried: tuple[x509.Certificate, ...], trust: Trust, at: datetime) -> Stamp | None:
    if not info["unsigned_attrs"]:
        return None
    try:
        token = next(generic_cms.extract_tst_data_iter(info, signed=False), None)
    except (ValueError, TypeError):
        return None
    expected = generic_cms.message_imprint_checker(info)
    return check_stamp(token, expected, carried, trust=trust, at=at) if token is not None else None


def check_stamp(
    token: cms.SignedData,
    expected: Callable[[str], bytes],
    carried: tuple[x509.Certificate, ...],
    *,
    trust: Trust,
    at: datetime,
) -> Stamp | None:
    """Return what a timestamp token says, checked against the digest it should be over; None where it cannot be read."""
    try:
        with_it = (*carried_certificates(token), *carried)
        spec = specification(with_it, trust, at=at, revocation="none")
        context = spec.cert_validation_policy.build_validation_context(timing_info=moment(at), handlers=None)
        context.certificate_registry.register_multiple(with_it)
        status = TimestampSignatureStatus(**run(generic_cms.validate_tst_signed_data(token, context, expected)))
        return Stamp(status.timestamp, bool(status.intact and status.valid), status.trusted)
    except Exception:
        return None


def evaluate_stamp(
    name: str, raw: bytes, expected: Callable[[str], bytes], *, trust: Trust, at: datetime, kind: str
) -> Evaluated:
    """Return what is known of a timestamp that stands over something by itself. Raises ValueError for what is no CMS."""
    token = load_signed_data(raw)
    if not token["signer_infos"]:
        raise ValueError("nobody signed it")
    stamp = check_stamp(token, expected, (), trust=trust, at=at)
    method = f"{library('pyhanko')}, RFC 3161, {kind}"
    info = token["signer_infos"][0]
    return Evaluated(
        name,
        method,
        stamp.holds if stamp else None,
        stamp.holds if stamp else None,
        why="" if stamp else "the timestamp's authority is not named in it, or it cannot be taken apart",
        digest=str(info["digest_algorithm"]["algorithm"].native),
        mechanism=str(info["signature_algorithm"]["algorithm"].native),
        stamp=stamp,
    )
