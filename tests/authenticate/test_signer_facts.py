"""Whose seal is it, and what is it worth: chain, revocation, time, use, organisation; each said for itself?"""

import asyncio
import io
import logging
from datetime import timedelta

import pytest
from asn1crypto import cms
from asn1crypto import crl as asn1_crl
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps import DummyTimeStamper
from tests.authenticate.authorities import SERVERS, Office
from tests.authenticate.conftest import _asn1, cms_of, results, signer_of, smime_of

from answerable.adapters.paper import paper
from answerable.authenticate.documents import Qualified, Trust
from answerable.casefile.evidence import Result


@pytest.fixture(scope="module")
def office(now):
    return Office(now)


@pytest.fixture(scope="module")
def seal(office):
    return office.identity(organisation="Gericht")


@pytest.fixture
def trusting(office):
    return Trust(anchors=(office.der,))


def fact(examined, code):
    (found,) = [each for each in examined.facts if each.code == code]
    return found


def test_a_chain_to_an_anchor_is_named(seal, trusting, look):
    found = look(cms_of(b"order", seal), trust=trusting)
    assert fact(found, "E2").result is Result.CONFIRMED
    assert "Test root" in fact(found, "E2").found
    assert found.signers[0].trusted


def test_without_an_anchor_the_chain_is_absent_and_not_contradicted(seal, look):
    found = look(cms_of(b"order", seal), trust=Trust())
    assert fact(found, "E2").result is Result.ABSENT
    assert fact(found, "E3").result is Result.NOT_CHECKED
    assert not found.signers[0].trusted
    assert found.signers[0].holds


def test_a_certificate_counts_only_in_its_own_time(seal, trusting, look, now):
    for at in (now - timedelta(days=30), now + timedelta(days=11 * 365)):
        found = look(cms_of(b"order", seal), trust=trusting, at=at)
        assert fact(found, "E2").result is Result.ABSENT
        assert "not valid at this moment" in fact(found, "E2").found


REVOCATION = [
    ("nothing at hand", lambda o, s, at: (), Result.NOT_CHECKED),
    ("a fresh list names nobody", lambda o, s, at: (o.crl(at=at),), Result.CONFIRMED),
    ("a fresh list names it", lambda o, s, at: (o.crl(s, at=at),), Result.CONTRADICTED),
    ("a fresh list names another", lambda o, s, at: (o.crl(o.identity(), at=at),), Result.CONFIRMED),
    ("a list is a year old", lambda o, s, at: (o.crl(at=at - timedelta(days=365)),), Result.NOT_CHECKED),
    ("the list is of somebody else", lambda o, s, at: (Office(o.at, "Other").crl(at=at),), Result.NOT_CHECKED),
    ("the list is forged", lambda o, s, at: (Office(o.at).crl(at=at),), Result.NOT_CHECKED),
]


@pytest.mark.parametrize(("lists", "result"), [each[1:] for each in REVOCATION], ids=[each[0] for each in REVOCATION])
def test_revocation_is_told_from_the_chain(lists, result, office, seal, look, later):
    trust = Trust(anchors=(office.der,), crls=lists(office, seal, later - timedelta(hours=1)))
    found = look(cms_of(b"order", seal), trust=trust)
    assert fact(found, "E2").result is Result.CONFIRMED
    assert fact(found, "E3").result is result
    assert fact(found, "D3").result is Result.CONFIRMED


def test_revocation_data_that_cannot_be_read_are_no_reason_to_stop(office, seal, look):
    found = look(cms_of(b"order", seal), trust=Trust(anchors=(office.der,), crls=(b"no list",)))
    assert fact(found, "D3").result is Result.NOT_CHECKED
    assert not found.whole


@pytest.mark.parametrize(
    ("how", "result"),
    [
        ({}, Result.CONFIRMED),
        ({"usage": {"content_commitment": True}}, Result.CONFIRMED),
        ({"usage": {"key_encipherment": True}}, Result.CONTRADICTED),
        ({"usage": {}}, Result.NOT_CHECKED),
        ({"purposes": SERVERS}, Result.CONTRADICTED),
        ({"purposes": [*SERVERS, ExtendedKeyUsageOID.EMAIL_PROTECTION]}, Result.CONFIRMED),
        ({"ca": True}, Result.CONTRADICTED),
    ],
)
def test_a_certificate_must_be_meant_for_signing(how, result, office, trusting, look):
    assert fact(look(cms_of(b"order", office.identity(**how)), trust=trusting), "E6").result is result


def test_an_organisation_is_named_with_its_identifier_or_without(court, root_trust, office, seal, trusting, look):
    with_identifier = look(cms_of(b"order", court), trust=root_trust)
    assert fact(with_identifier, "E7").result is Result.CONFIRMED
    assert with_identifier.signers[0].organisation_identifier == "VATDE-000000001"
    without = look(cms_of(b"order", seal), trust=trusting)
    assert (fact(without, "E7").result, "Gericht" in fact(without, "E7").found) == (Result.ABSENT, True)
    assert (
        fact(look(cms_of(b"order", office.identity(organisation=None)), trust=trusting), "E7").result is Result.ABSENT
    )


def test_a_time_that_is_only_claimed_is_not_shown(seal, trusting, look, later):
    found = look(cms_of(b"order", seal), trust=trusting)
    assert fact(found, "E5").result is Result.NOT_CHECKED
    assert found.signers[0].claimed_at is not None
    assert found.signers[0].stamped_at is None
    early = look(cms_of(b"order", seal), trust=trusting, at=later - timedelta(days=4 * 365))
    assert fact(early, "E5").result in (Result.CONTRADICTED, Result.NOT_CHECKED)


def stamped(content, identity, authority, *, over=None):
    key = serialization.load_pem_private_key(authority.key, None)
    der = key.private_bytes(Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    from asn1crypto import keys

    stamper = DummyTimeStamper(tsa_cert=_asn1(authority.certificate), tsa_key=keys.PrivateKeyInfo.load(der))
    signing = signer_of(identity).async_sign_general_data(
        content, "sha256", detached=False, use_cades=True, timestamper=stamper
    )
    return asyncio.run(signing).dump()


@pytest.fixture(scope="module")
def clock(office):
    return office.identity(purposes=[ExtendedKeyUsageOID.TIME_STAMPING], key=rsa.generate_private_key(65537, 2048))


def test_a_trusted_timestamp_confirms_the_time(seal, clock, trusting, look):
    found = look(stamped(b"order", seal, clock), trust=trusting)
    assert fact(found, "E5").result is Result.CONFIRMED
    assert found.signers[0].stamped_at is not None
    assert found.whole


def test_a_timestamp_of_a_stranger_is_only_said(seal, trusting, look, now):
    stranger = Office(now, "Stranger").identity(
        purposes=[ExtendedKeyUsageOID.TIME_STAMPING], key=rsa.generate_private_key(65537, 2048)
    )
    found = look(stamped(b"order", seal, stranger), trust=trusting)
    assert fact(found, "E5").result is Result.NOT_CHECKED
    assert "not trusted" in fact(found, "E5").found


def test_a_timestamp_over_something_else_contradicts(seal, clock, trusting, look):
    one = cms.ContentInfo.load(stamped(b"order", seal, clock))
    other = cms.ContentInfo.load(stamped(b"another", seal, clock))
    one["content"]["signer_infos"][0]["unsigned_attrs"] = other["content"]["signer_infos"][0]["unsigned_attrs"]
    assert fact(look(one.dump(force=True), trust=trusting), "E5").result is Result.CONTRADICTED


def test_a_short_key_and_old_digests_are_named(office, trusting, look):
    short = office.identity(key=rsa.generate_private_key(65537, 1024))
    assert "too short" in fact(look(cms_of(b"order", short), trust=trusting), "D7").found
    large = office.identity(key=rsa.generate_private_key(65537, 2048))
    assert fact(look(cms_of(b"order", large), trust=trusting), "D7").result is Result.CONFIRMED
    signing = signer_of(large).async_sign_general_data(b"order", "sha1", detached=False, use_cades=False)
    found = look(asyncio.run(signing).dump(), trust=trusting)
    assert fact(found, "D7").result is Result.NOT_CHECKED
    assert "SHA-1" in fact(found, "D7").found
    assert not found.whole


def test_a_signature_that_does_not_hold_says_nothing_of_its_signer(court, look):
    der = cms_of(b"order of today", court)
    found = look(der.replace(b"order of today", b"order of never"))
    assert all(results(found, code) == [Result.NOT_CHECKED] for code in ("E1", "E2", "E3", "E4", "E5", "E6", "E7"))
    assert [(each.holds, each.trusted, each.qualified) for each in found.signers] == [(False, False, Qualified.UNKNOWN)]


def test_a_signature_without_its_certificate_names_no_signer(court, root_trust, look):
    info = cms.ContentInfo.load(cms_of(b"order", court))
    info["content"]["certificates"] = cms.CertificateSet([])
    found = look(info.dump(force=True), trust=root_trust)
    assert fact(found, "E1").result is Result.NOT_CHECKED
    assert found.signers == ()
    assert not found.whole


def test_the_certificate_is_named_by_digest_and_serial_number(court, look):
    (signer,) = look(cms_of(b"order", court)).signers
    certificate = load_pem_x509_certificate(court.certificate)
    assert signer.serial == str(certificate.serial_number)
    assert signer.certificate == certificate.fingerprint(certificate.signature_hash_algorithm).hex()
    assert signer.country == "DE"


def test_no_name_from_a_certificate_reaches_the_log(forger, look, monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.StreamHandler(written)])
    assert not look(cms_of(b"order", forger)).signers[0].trusted
    assert written.getvalue() == ""


def test_many_intermediate_certificates_do_not_hang(office, seal, trusting, look, now):
    """Certificates that each could have issued the other are cut off at a number, not followed for ever."""
    info = cms.ContentInfo.load(cms_of(b"order", seal))
    key = ec.generate_private_key(ec.SECP256R1())
    for _ in range(8):
        info["content"]["certificates"].append(
            cms.CertificateChoices("certificate", _asn1(office.identity(ca=True, key=key).certificate))
        )
    assert look(info.dump(force=True), trust=trusting).signers[0].trusted


def test_a_certificate_that_nothing_protects_names_nobody(court, root_trust, look):
    message = smime_of(b"Please answer.\n", court)
    assert fact(look(message, trust=root_trust), "E1").result is Result.CONFIRMED
    assert fact(look(message, trust=Trust()), "E1").result is Result.NOT_CHECKED
    assert fact(look(cms_of(b"order", court), trust=Trust()), "E1").result is Result.CONFIRMED


def with_revocation(signature, crl):
    """Return a CMS signature with a list of revoked certificates in its own field, which nothing signs."""
    info = cms.ContentInfo.load(signature)
    info["content"]["crls"] = cms.RevocationInfoChoices([cms.RevocationInfoChoice("crl", crl_of(crl))])
    return info.dump(force=True)


def crl_of(der):
    return asn1_crl.CertificateList.load(der)


@pytest.mark.parametrize(
    ("lists", "result"),
    [
        (lambda o, s, at: o.crl(at=at), Result.CONFIRMED),
        (lambda o, s, at: o.crl(s, at=at), Result.CONTRADICTED),
        (lambda o, s, at: o.crl(at=at - timedelta(days=365)), Result.NOT_CHECKED),
        (lambda o, s, at: Office(o.at).crl(at=at), Result.NOT_CHECKED),
    ],
    ids=["fresh", "names it", "a year old", "forged"],
)
def test_what_travels_with_the_signature_is_used_and_believed_only_where_it_holds(
    lists, result, office, seal, look, later
):
    carried = with_revocation(cms_of(b"order", seal), lists(office, seal, later - timedelta(hours=1)))
    found = fact(look(carried, trust=Trust(anchors=(office.der,))), "E3")
    assert found.result is result
    assert result is Result.CONTRADICTED or " at the oldest" in found.found


@pytest.mark.parametrize("said", [b"", b"0\x03\x02\x01\x05", b"\xff" * 40])
def test_a_pdf_carries_its_data_in_its_store_and_what_nobody_can_read_is_left_out(
    said, office, seal, forms, look, later
):
    from pyhanko.pdf_utils import generic
    from tests.authenticate.test_forged_pdfs import stream, updated

    def keep(*lists):
        def store(writer):
            array = generic.ArrayObject([stream(writer, each) for each in lists])
            entries = {generic.pdf_name("/CRLs"): writer.add_object(array)}
            writer.root["/DSS"] = writer.add_object(generic.DictionaryObject(entries))
            writer.update_root()

        return updated(paper(forms["lawful"], seal), store)

    trust, at = Trust(anchors=(office.der,)), later - timedelta(hours=1)
    assert fact(look(keep(said, office.crl(at=at)), trust=trust), "E3").result is Result.CONFIRMED
    assert fact(look(keep(office.crl(seal, at=at), said), trust=trust), "E3").result is Result.CONTRADICTED
    assert fact(look(keep(said), trust=trust), "E3").result is Result.NOT_CHECKED
