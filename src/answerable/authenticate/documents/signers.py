"""Whose signature is it, and what is that worth? The facts D3 and D7 of the signature, and E1 to E7 of its signer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from asn1crypto import x509

from answerable.authenticate.documents.carried import Carried, oldest
from answerable.authenticate.documents.chain import build_chain
from answerable.authenticate.documents.evaluated import Evaluated
from answerable.authenticate.documents.qualified import qualified_status
from answerable.authenticate.documents.records import Qualified, Signer, Trust
from answerable.authenticate.documents.telling import Telling, listed

_CLOCKS = timedelta(minutes=10)  # how far a signer's clock may run ahead of ours
_BROKEN = frozenset({"md2", "md4", "md5"})
_WEAK = frozenset({"sha1"})
_SHORTEST = {"rsa": 1900, "rsassa_pss": 1900, "dsa": 1900, "ec": 224}
_SIGNING = frozenset({"digital_signature", "non_repudiation"})
_OTHER_PURPOSES = frozenset({"server_auth", "code_signing", "time_stamping", "ocsp_signing"})
_WHY_NOT = {
    "NO_CERTIFICATE_CHAIN_FOUND": "it ends at no certificate this desk trusts",
    "OUT_OF_BOUNDS_NO_POE": "the certificate was not valid at this moment",
    "CRYPTO_CONSTRAINTS_FAILURE": "an algorithm in it no longer protects",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": "an algorithm in it no longer protects",
    "CHAIN_CONSTRAINTS_FAILURE": "a constraint of a certificate in it is broken",
}


def tell_integrity(telling: Telling, one: Evaluated) -> None:
    """Add D3 and D7 of one signature."""
    etsi = f" Basic validation: {one.indication}." if one.indication else ""
    say = {"subject": one.name, "method": one.method}
    if one.holds:
        telling.confirmed("D3", f"Digest and signature value hold.{etsi}", **say)
    elif not one.unsettled:
        broken = "The digest does not hold" if one.intact is False else "The signature value does not hold"
        telling.contradicted(
            "D3", f"{broken}: something was changed after signing, or it is not this key's.{etsi}", **say
        )
    else:
        telling.not_checked("D3", f"The signature could not be evaluated: {one.why or 'no reason given'}.{etsi}", **say)
    _tell_algorithms(telling, one)


def _tell_algorithms(telling: Telling, one: Evaluated) -> None:
    say = {"subject": one.name, "method": one.method}
    used = f"Digest {one.digest}, signature {one.mechanism}."
    names = {part for name in (one.digest, one.mechanism) if name for part in re.split(r"[^a-z0-9]", name.lower())}
    if one.digest is None:
        telling.not_checked("D7", "The signature could not be read so far.", **say)
    elif names & _BROKEN:
        telling.contradicted("D7", f"{used} This digest is broken: another content can be made to fit.", **say)
    elif names & _WEAK:
        telling.not_checked("D7", f"{used} SHA-1 can no longer show that the content was not exchanged.", **say)
    elif _short_key(one.certificate):
        telling.not_checked("D7", f"{used} The key is too short to protect today.", **say)
    else:
        telling.confirmed("D7", used, **say)


def _short_key(certificate: x509.Certificate | None) -> bool:
    try:
        if certificate is None:
            return False
        key = certificate.public_key
        least = _SHORTEST.get(key.algorithm)
        return least is not None and bool(key.bit_size < least)
    except Exception:
        return False


def tell_signer(telling: Telling, one: Evaluated, *, trust: Trust, covers: bool) -> Signer | None:
    """Add E1 to E7 of one signature and return its signer; None where no certificate can be read.

    `covers` says whether the signature covers what it should (D4): one that does not says nothing of this paper.
    """
    signer = _signer(one, holds=one.holds and covers)
    if signer is None or one.certificate is None:
        why = one.why or "it carries no certificate that can be read"
        for code in ("E1", "E2", "E3", "E4", "E5", "E6", "E7"):
            telling.not_checked(code, f"The signer is not known: {why}.", subject=one.name, method=one.method)
        return None
    say = {"subject": one.name, "method": one.method, "raw": signer.certificate}
    if not signer.holds:
        nothing = "The signature does not hold, so its certificate says nothing of this paper."
        for code in ("E1", "E2", "E3", "E4", "E5", "E6", "E7"):
            telling.not_checked(code, nothing, **say)
        return signer
    named = f"{signer.subject}; issued by {signer.issuer}; serial number {signer.serial}."
    if one.bound or (one.chain is not None and one.chain.found):
        telling.confirmed("E1", named, **say)
    else:
        telling.not_checked(
            "E1", f"{named} The signature holds with its key and does not name it: nobody vouches for the words.", **say
        )
    trusted = _tell_chain(telling, one, trust, say)
    if trusted:
        _tell_revocation(telling, one, trust, say)
    else:
        telling.not_checked("E3", "Without a chain to a trusted authority, no revocation data can be believed.", **say)
    qualified = _tell_qualified(telling, one, trust, say)
    _tell_time(telling, one, say)
    _tell_usage(telling, one.certificate, say)
    _tell_organisation(telling, signer, say)
    return signer.model_copy(update={"trusted": trusted, "qualified": qualified})


def _tell_chain(telling: Telling, one: Evaluated, trust: Trust, say: dict[str, str]) -> bool:
    chain = one.chain
    if chain is not None and chain.path is not None:
        names = [_name(each) for each in chain.path.iter_certs(include_root=True)]
        by = _by_list(chain.anchors or (), trust, telling.at)
        telling.confirmed("E2", f"It was valid at this moment, and its chain is: {listed(names)}.{by}", **say)
        return True
    indication = chain.indication if chain else "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    why = _WHY_NOT.get(indication, "it could not be followed")
    if one.certificate is not None and not _in_its_time(one.certificate, telling.at):
        why = "the certificate was not valid at this moment"
    telling.absent("E2", f"No chain: {why} ({indication}).", **say)
    return False


def _in_its_time(certificate: x509.Certificate, at: datetime) -> bool:
    try:
        return bool(certificate.not_valid_before <= at <= certificate.not_valid_after)
    except (ValueError, TypeError):
        return False


def _by_list(anchors: tuple[bytes, ...], trust: Trust, at: datetime) -> str:
    """Say which list a chain ends at where it is none of the desk's own anchors, and whether that list is expired."""
    if set(anchors) & set(trust.anchors):
        return ""
    by = next((each for each in trust.lists if each.certificates & set(anchors)), None)
    if by is None:
        return ""
    return f" It ends at a service of the {by.cited}{', which is expired' if by.expired(at) else ''}."


def _tell_revocation(telling: Telling, one: Evaluated, trust: Trust, say: dict[str, str]) -> None:
    data = Carried(trust.crls, trust.ocsps) + one.revocation
    if not (data.crls or data.ocsps):
        telling.not_checked("E3", "No revocation data were at hand; the chain was built without them.", **say)
        return
    if one.certificate is None or one.chain is None or one.chain.path is None:
        return
    day = oldest(data, one.chain.path.iter_certs(include_root=False))
    of = f"of {day:%d %B %Y} at the oldest" if day else "of other certificates"
    where = "with the signature" if one.revocation.crls or one.revocation.ocsps else "at the desk"
    knowing = replace(trust, crls=data.crls, ocsps=data.ocsps)
    chain = build_chain(one.certificate, one.carried, knowing, at=telling.at, revocation="require")
    if chain.revoked_at:
        telling.contradicted("E3", f"A certificate of the chain was revoked on {chain.revoked_at:%d %B %Y}.", **say)
    elif chain.found:
        telling.confirmed(
            "E3", f"Revocation data of every certificate of the chain, {of}, fresh at this moment, name none.", **say
        )
    elif then := _held_when_stamped(one, knowing):
        telling.confirmed(
            "E3",
            f"Revocation data of every certificate of the chain, {of}, name none as of the trusted timestamp of {_when(then)}; "
            "of what came later they say nothing.",
            **say,
        )
    else:
        telling.not_checked(
            "E3",
            f"The revocation data {where}, {of}, do not cover the chain at this moment ({chain.indication}).",
            **say,
        )


def _held_when_stamped(one: Evaluated, knowing: Trust) -> datetime | None:
    """Return the moment of the trusted timestamp over a signature, where the chain held then and nothing was revoked."""
    if one.certificate is None or one.stamp is None or not (one.stamp.holds and one.stamp.trusted):
        return None
    chain = build_chain(
        one.certificate, one.carried, knowing, at=one.stamp.moment, revocation="require", afterwards=True
    )
    return one.stamp.moment if chain.found else None


def _tell_qualified(telling: Telling, one: Evaluated, trust: Trust, say: dict[str, str]) -> Qualified:
    if one.certificate is None:
        return Qualified.UNKNOWN
    status, why = qualified_status(one.certificate, one.chain.path if one.chain else None, trust.lists, at=telling.at)
    if status is Qualified.YES:
        telling.confirmed("E4", why, **say)
    elif status is Qualified.NO:
        telling.absent("E4", why, **say)
    else:
        telling.not_checked("E4", why, **say)
    return status


def _tell_time(telling: Telling, one: Evaluated, say: dict[str, str]) -> None:
    claimed = f"The signer claims {_when(one.claimed)}." if one.claimed else "The signer claims no time."
    if one.claimed and _aware(one.claimed) > telling.at + _CLOCKS:
        telling.contradicted("E5", f"{claimed} That lies after this moment.", **say)
    elif one.stamp is None:
        telling.not_checked("E5", f"{claimed} No timestamp that could be read says the same.", **say)
    elif not one.stamp.holds:
        telling.contradicted("E5", f"{claimed} A timestamp is there, and it does not hold.", **say)
    elif not one.stamp.trusted:
        telling.not_checked(
            "E5", f"{claimed} A timestamp says {_when(one.stamp.moment)}; its authority is not trusted here.", **say
        )
    else:
        telling.confirmed("E5", f"A trusted timestamp says {_when(one.stamp.moment)}. {claimed}", **say)


def _tell_usage(telling: Telling, certificate: x509.Certificate, say: dict[str, str]) -> None:
    try:
        usage = certificate.key_usage_value
        purposes = certificate.extended_key_usage_value
        named = set(usage.native) if usage else set()
        extended = set(purposes.native) if purposes else set()
    except (ValueError, TypeError):
        telling.not_checked("E6", "The certificate's key usage cannot be read.", **say)
        return
    if usage and not named & _SIGNING:
        telling.contradicted("E6", f"Its key usage is {listed(sorted(named))}: not signing.", **say)
    elif extended and extended <= _OTHER_PURPOSES:
        telling.contradicted("E6", f"It is made for {listed(sorted(extended))}, not for signing papers.", **say)
    elif certificate.ca and certificate.issuer == certificate.subject:
        telling.not_checked("E6", "It is an authority's own certificate, which vouches for itself alone.", **say)
    elif certificate.ca:
        telling.contradicted("E6", "It is the certificate of a certification authority, not of a signer.", **say)
    elif not usage:
        telling.not_checked("E6", "The certificate names no key usage.", **say)
    else:
        telling.confirmed("E6", f"Its key usage is {listed(sorted(named))}.", **say)


def _tell_organisation(telling: Telling, signer: Signer, say: dict[str, str]) -> None:
    named = signer.organisation or "without a name"
    if signer.organisation_identifier:
        telling.confirmed("E7", f"{named}, organisation identifier {signer.organisation_identifier}.", **say)
    elif signer.organisation:
        telling.absent("E7", f"It names {named}, without an organisation identifier.", **say)
    else:
        telling.absent("E7", "It names no organisation.", **say)


def _signer(one: Evaluated, *, holds: bool) -> Signer | None:
    certificate = one.certificate
    if certificate is None:
        return None
    try:
        der = certificate.dump()
        subject = {key: _one(value) for key, value in certificate.subject.native.items()}
        return Signer(
            signature=one.name,
            subject=_name(certificate),
            issuer=certificate.issuer.human_friendly[:1000],
            common_name=subject.get("common_name"),
            organisation=subject.get("organization_name"),
            organisation_identifier=subject.get("organization_identifier"),
            country=subject.get("country_name"),
            serial=str(certificate.serial_number),
            certificate=hashlib.sha256(der).hexdigest(),
            claimed_at=_aware(one.claimed) if one.claimed else None,
            stamped_at=_aware(one.stamp.moment) if one.stamp and one.stamp.holds else None,
            holds=holds,
            trusted=False,
            qualified=Qualified.UNKNOWN,
        )
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
        return None


def _one(value: object) -> str:
    return "; ".join(str(each) for each in value)[:500] if isinstance(value, list) else str(value)[:500]


def _name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.human_friendly)[:1000]


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _when(moment: datetime) -> str:
    return f"{_aware(moment).astimezone(UTC):%d %B %Y %H:%M} UTC"
