"""Do revocation data count that travel with a signature, wherever its format keeps them, and only where they hold?"""

import base64
from datetime import timedelta

import pytest
from asn1crypto import cms, core, ocsp
from asn1crypto import crl as asn1_crl
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from cryptography.x509 import ocsp as pyca_ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from lxml import etree
from tests.authenticate.authorities import Office
from tests.authenticate.conftest import ORDER, archive_of, asic_parts, cms_of, xades_of
from tests.authenticate.test_signer_facts import stamped

from answerable.authenticate.documents import Trust
from answerable.casefile.evidence import Result

XADES = "http://uri.etsi.org/01903/v1.3.2#"
DS = "http://www.w3.org/2000/09/xmldsig#"
VALUES = "1.2.840.113549.1.9.16.2.24"
CERTIFICATES = "1.2.840.113549.1.9.16.2.23"


@pytest.fixture(scope="module")
def office(now):
    return Office(now)


@pytest.fixture(scope="module")
def seal(office):
    # The validator looks for an answer only where the certificate says that somebody answers.
    place = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.invalid")
    )
    return office.identity(organisation="Gericht", extensions=[x509.AuthorityInformationAccess([place])])


def answer(office, identity, at, *, revoked=False):
    """Return what the office's responder says of a certificate, DER."""
    status = pyca_ocsp.OCSPCertStatus.REVOKED if revoked else pyca_ocsp.OCSPCertStatus.GOOD
    builder = pyca_ocsp.OCSPResponseBuilder().add_response(
        cert=load_pem_x509_certificate(identity.certificate), issuer=office.certificate, algorithm=hashes.SHA1(),
        cert_status=status, this_update=at, next_update=at + timedelta(days=1),
        revocation_time=at if revoked else None, revocation_reason=x509.ReasonFlags.key_compromise if revoked else None,
    )  # fmt: skip
    builder = builder.responder_id(pyca_ocsp.OCSPResponderEncoding.NAME, office.certificate)
    builder = builder.certificates([office.certificate])
    return builder.sign(office.key, hashes.SHA256()).public_bytes(Encoding.DER)


def inner(response):
    return ocsp.OCSPResponse.load(response)["response_bytes"]["response"].parsed.dump()


def sequence(*parts):
    return b"\x30" + length(b"".join(parts)) + b"".join(parts)


def tagged(number, der):
    return bytes([0xA0 + number]) + length(der) + der


def length(content):
    size = len(content)
    return bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2)


def of_signer(signature, dotted, value):
    """Return a CMS signature with one unsigned attribute more."""
    info = cms.ContentInfo.load(signature)
    attribute = cms.CMSAttribute({"type": dotted, "values": [core.Any(core.load(value))]})
    info["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])
    return info.dump(force=True)


def as_values(signature, *, crls=(), ocsps=()):
    """CAdES-LT: revocation values in an unsigned attribute, answers without their outer frame."""
    parts = [tagged(0, sequence(*crls))] if crls else []
    parts += [tagged(1, sequence(*map(inner, ocsps)))] if ocsps else []
    return of_signer(signature, VALUES, sequence(*parts))


def in_the_frame(signature, *, crls=(), ocsps=()):
    """CAdES-LT of today: lists, and whole answers, in the field that CMS has for them."""
    info = cms.ContentInfo.load(signature)
    found = [cms.RevocationInfoChoice("crl", asn1_crl.CertificateList.load(each)) for each in crls]
    for each in ocsps:
        other = cms.OtherRevocationInfoFormat(
            {"other_rev_info_format": "ocsp_response", "other_rev_info": ocsp.OCSPResponse.load(each)}
        )
        found.append(cms.RevocationInfoChoice("other", other))
    info["content"]["crls"] = cms.RevocationInfoChoices(found)
    return info.dump(force=True)


def in_xml(signature, *, crls=(), ocsps=()):
    """XAdES-LT: encapsulated values in the unsigned properties."""
    root = etree.fromstring(signature)
    properties = next(root.iter(f"{{{XADES}}}QualifyingProperties"))
    unsigned = etree.SubElement(properties, f"{{{XADES}}}UnsignedProperties")
    values = etree.SubElement(
        etree.SubElement(unsigned, f"{{{XADES}}}UnsignedSignatureProperties"), f"{{{XADES}}}RevocationValues"
    )
    for holder, name, each in (
        ("CRLValues", "EncapsulatedCRLValue", crls),
        ("OCSPValues", "EncapsulatedOCSPValue", ocsps),
    ):
        inside = etree.SubElement(values, f"{{{XADES}}}{holder}")
        for raw in each:
            etree.SubElement(inside, f"{{{XADES}}}{name}").text = base64.b64encode(raw).decode()
    return etree.tostring(root)


def container(signature_of):
    """ASiC-E: the signature of the container is the one that carries them."""

    def made(seal, **data):
        *before, (name, signature) = asic_parts(seal, [("order.xml", ORDER)])
        return archive_of([*before, (name, signature_of(signature, **data))])

    return made


PLACES = {
    "CMS, an attribute": lambda seal, **data: as_values(cms_of(b"order", seal), **data),
    "CMS, its own field": lambda seal, **data: in_the_frame(cms_of(b"order", seal), **data),
    "XAdES": lambda seal, **data: in_xml(xades_of(ORDER, seal), **data),
    "ASiC with CAdES": container(as_values),
    "ASiC with XAdES": lambda seal, **data: archive_of(
        [
            ("mimetype", b"application/vnd.etsi.asic-e+zip"), ("order.xml", ORDER),
            ("META-INF/signatures.xml", in_xml(xades_of(ORDER, seal, uri="order.xml"), **data)),
        ]
    ),
}  # fmt: skip

DATA = {
    "a list that names nobody": (lambda o, s, at: {"crls": [o.crl(at=at)]}, Result.CONFIRMED),
    "a list that names it": (lambda o, s, at: {"crls": [o.crl(s, at=at)]}, Result.CONTRADICTED),
    "a list of last year": (lambda o, s, at: {"crls": [o.crl(at=at - timedelta(days=365))]}, Result.NOT_CHECKED),
    "a forged list": (lambda o, s, at: {"crls": [Office(o.at).crl(at=at)]}, Result.NOT_CHECKED),
    "an answer: good": (lambda o, s, at: {"ocsps": [answer(o, s, at)]}, Result.CONFIRMED),
    "an answer: revoked": (lambda o, s, at: {"ocsps": [answer(o, s, at, revoked=True)]}, Result.CONTRADICTED),
    "an answer of a stranger": (lambda o, s, at: {"ocsps": [answer(Office(o.at), s, at)]}, Result.NOT_CHECKED),
}


def fact(examined, code):
    (found,) = [each for each in examined.facts if each.code == code]
    return found


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", DATA)
def test_data_that_travel_with_a_signature_count_where_they_hold(place, kind, office, seal, look, later):
    data, result = DATA[kind]
    paper = PLACES[place](seal, **data(office, seal, later - timedelta(hours=1)))
    found = look(paper, trust=Trust(anchors=(office.der,)))
    assert fact(found, "D3").result is Result.CONFIRMED
    assert fact(found, "E3").result is result, fact(found, "E3").found


@pytest.mark.parametrize("place", PLACES)
def test_what_nobody_can_read_is_left_out_and_stops_nothing(place, office, seal, look, later):
    good = office.crl(at=later - timedelta(hours=1))
    paper = PLACES[place](seal, crls=[good]).replace(good[-40:-20], b"\xff" * 20)
    found = look(paper, trust=Trust(anchors=(office.der,)))
    assert fact(found, "D3").result is Result.CONFIRMED
    assert fact(found, "E2").result is Result.CONFIRMED


@pytest.mark.parametrize("junk", [b"", b"garbage", b"\x30\x82\xff\xff", b"\x04\x02ab", b"\x30\x80"])
def test_junk_in_an_unsigned_place_leaves_what_is_good_beside_it(junk, office, seal, look, later):
    good = answer(office, seal, later - timedelta(hours=1))
    found = look(in_xml(xades_of(ORDER, seal), crls=[junk], ocsps=[junk, good]), trust=Trust(anchors=(office.der,)))
    assert fact(found, "D3").result is Result.CONFIRMED
    assert fact(found, "E3").result is Result.CONFIRMED


def test_certificates_that_travel_for_later_complete_the_chain(office, now, look, later):
    """CAdES-XL keeps the issuer in its certificate values, and not beside the signer's."""
    between = Office(now, "Between")
    crossed = between.certificate.public_key()
    certificate = office._build(between.name, crossed, usage={"key_cert_sign": True}, ca=True)
    seal = between.identity()
    info = cms.ContentInfo.load(cms_of(b"order", seal))
    info["content"]["certificates"] = cms.CertificateSet([info["content"]["certificates"][0]])
    alone = info.dump(force=True)
    trust = Trust(anchors=(office.der,))
    assert fact(look(alone, trust=trust), "E2").result is Result.ABSENT
    complete = of_signer(alone, CERTIFICATES, sequence(certificate.public_bytes(Encoding.DER)))
    assert fact(look(complete, trust=trust), "E2").result is Result.CONFIRMED


def test_old_data_count_as_of_a_trusted_timestamp(office, seal, now, look, later):
    """A year on, nothing that travelled is fresh; it still says that nothing was revoked when it was signed."""
    clock = office.identity(purposes=[ExtendedKeyUsageOID.TIME_STAMPING], key=rsa.generate_private_key(65537, 2048))
    signature = stamped(b"order", seal, clock)
    moment = look(signature, trust=Trust(anchors=(office.der,))).signers[0].stamped_at
    data = {
        "good": as_values_too(signature, ocsps=[answer(office, seal, moment + timedelta(minutes=5))]),
        "revoked since": as_values_too(
            signature, ocsps=[answer(office, seal, moment + timedelta(minutes=5), revoked=True)]
        ),
        "of the month before": as_values_too(signature, ocsps=[answer(office, seal, moment - timedelta(days=30))]),
    }
    found = {
        name: fact(look(each, trust=Trust(anchors=(office.der,)), at=moment + timedelta(days=365)), "E3")
        for name, each in data.items()
    }
    assert found["good"].result is Result.CONFIRMED
    assert "trusted timestamp" in found["good"].found
    assert found["revoked since"].result is Result.NOT_CHECKED
    assert found["of the month before"].result is Result.NOT_CHECKED


def as_values_too(signature, *, ocsps):
    """Like `as_values`, the timestamp kept."""
    info = cms.ContentInfo.load(signature)
    value = sequence(tagged(1, sequence(*map(inner, ocsps))))
    attribute = cms.CMSAttribute({"type": VALUES, "values": [core.Any(core.load(value))]})
    info["content"]["signer_infos"][0]["unsigned_attrs"].append(attribute)
    return info.dump(force=True)
