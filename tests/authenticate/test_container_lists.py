"""Do the parts of a container that no signature covers agree with what was signed: its list of files, its timestamps?"""

import asyncio
import base64
from hashlib import sha256

import pytest
from asn1crypto import cms, keys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from lxml import etree
from pyhanko.sign.timestamps import DummyTimeStamper
from tests.authenticate.authorities import Office
from tests.authenticate.conftest import DS, MANIFEST, ORDER, _asn1, archive_of, contradicted, results, xades_of

from answerable.authenticate.documents import Trust
from answerable.authenticate.documents.asic_listing import signed_kinds
from answerable.casefile.evidence import Result

ASICE = ("mimetype", b"application/vnd.etsi.asic-e+zip")
ASICS = ("mimetype", b"application/vnd.etsi.asic-s+zip")
LISTING = "META-INF/manifest.xml"


def listing(**kinds):
    entries = "".join(
        f'<m:file-entry m:full-path="{name}" m:media-type="{kind}"/>' for name, kind in {"/": "x", **kinds}.items()
    )
    return f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</m:manifest>'.encode()


@pytest.fixture(scope="module")
def signature(court):
    return xades_of(ORDER, court, uri="order.xml")


def container(signature, list_of_files, *more):
    return archive_of(
        [ASICE, ("order.xml", ORDER), *more, (LISTING, list_of_files), ("META-INF/signatures.xml", signature)]
    )


LISTINGS = {
    "it agrees": ({"order.xml": "application/octet-stream"}, set()),
    "it names a file that is not there": ({"order.xml": "application/octet-stream", "annex.txt": ""}, {"D12"}),
    "it leaves a file out": ({}, {"D12"}),
    "it gives another kind": ({"order.xml": "text/html"}, {"D12"}),
}


@pytest.mark.parametrize(("kinds", "codes"), LISTINGS.values(), ids=LISTINGS.keys())
def test_the_list_of_a_container_is_compared_with_what_was_signed(kinds, codes, signature, look):
    root = etree.fromstring(signature)
    said = signed_kinds(root, root)
    assert set(said) == {"order.xml"} and said["order.xml"]
    kinds = {name: said["order.xml"] if kind == "application/octet-stream" else kind for name, kind in kinds.items()}
    found = look(container(signature, listing(**kinds)))
    assert contradicted(found) == codes
    assert found.whole is not codes


def test_only_what_was_signed_says_of_which_kind_a_file_is(signature, look):
    root = etree.fromstring(signature)
    signed = next(each for each in root.iter() if each.tag.endswith("}DataObjectFormat"))
    place = next(each for each in root.iter() if each.tag.endswith("}QualifyingProperties"))
    beside = etree.SubElement(place, f"{{{etree.QName(place).namespace}}}UnsignedProperties")
    claimed = etree.SubElement(beside, signed.tag, ObjectReference=signed.get("ObjectReference"))
    etree.SubElement(claimed, f"{{{etree.QName(place).namespace}}}MimeType").text = "text/html"
    found = look(container(etree.tostring(root), listing(**{"order.xml": "text/html"})))
    assert results(found, "D3") == [Result.CONFIRMED]
    assert contradicted(found) == {"D12"}


def test_a_list_that_cannot_be_read_is_said(signature, look):
    found = look(container(signature, b"<broken"))
    assert results(found, "D12") == [Result.CONFIRMED, Result.NOT_CHECKED]


@pytest.fixture(scope="module")
def office(now):
    return Office(now)


@pytest.fixture(scope="module")
def clock(office):
    authority = office.identity(purposes=[ExtendedKeyUsageOID.TIME_STAMPING], key=rsa.generate_private_key(65537, 2048))
    key = serialization.load_pem_private_key(authority.key, None)
    der = key.private_bytes(Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    stamper = DummyTimeStamper(tsa_cert=_asn1(authority.certificate), tsa_key=keys.PrivateKeyInfo.load(der))

    def stamp(content):
        return asyncio.run(stamper.async_timestamp(sha256(content).digest(), "sha256")).dump()

    return stamp


def manifest_of(name, content):
    digest = base64.b64encode(sha256(content).digest()).decode()
    return (
        f'<a:ASiCManifest xmlns:a="{MANIFEST}" xmlns:d="{DS}"><a:SigReference URI="META-INF/timestamp002.tst"/>'
        f'<a:DataObjectReference URI="{name}"><d:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<d:DigestValue>{digest}</d:DigestValue></a:DataObjectReference></a:ASiCManifest>"
    ).encode()


STAMPS = {
    "it holds": (lambda s: [("order.xml", ORDER), ("META-INF/timestamp.tst", s(ORDER))], set()),
    "it stands over something else": (
        lambda s: [("order.xml", ORDER), ("META-INF/timestamp.tst", s(b"other"))], {"D3", "D11"}),
    "there are two files": (
        lambda s: [("order.xml", ORDER), ("more.txt", b""), ("META-INF/timestamp.tst", s(ORDER))], {"D3", "D11"}),
    "a manifest lists the file": (
        lambda s: [("order.xml", ORDER), ("META-INF/ASiCManifest.xml", manifest_of("order.xml", ORDER)),
                   ("META-INF/timestamp002.tst", s(manifest_of("order.xml", ORDER)))], set()),
    "a manifest lists another file": (
        lambda s: [("order.xml", b"other"), ("META-INF/ASiCManifest.xml", manifest_of("order.xml", ORDER)),
                   ("META-INF/timestamp002.tst", s(manifest_of("order.xml", ORDER)))], {"D12", "D11"}),
    "a file is beside it": (
        lambda s: [("order.xml", ORDER), ("more.txt", b""), ("META-INF/ASiCManifest.xml", manifest_of("order.xml", ORDER)),
                   ("META-INF/timestamp002.tst", s(manifest_of("order.xml", ORDER)))], {"D11"}),
    "it is broken": (lambda s: [("order.xml", ORDER), ("META-INF/timestamp.tst", b"broken")], {"D11"}),
}  # fmt: skip


@pytest.mark.parametrize(("entries", "codes"), STAMPS.values(), ids=STAMPS.keys())
def test_a_container_with_a_timestamp_alone_is_unsigned_and_its_timestamp_is_looked_at(
    entries, codes, clock, office, look
):
    found = look(archive_of([ASICS, *entries(clock)]), trust=Trust(anchors=(office.der,)))
    assert results(found, "D2") == [Result.ABSENT]
    assert contradicted(found) == codes
    assert results(found, "D3")
    assert not found.whole


def test_a_timestamp_that_names_no_authority_leaves_its_file_unsettled(clock, look):
    token = cms.ContentInfo.load(clock(ORDER))
    token["content"]["certificates"] = cms.CertificateSet([])
    found = look(archive_of([ASICS, ("order.xml", ORDER), ("META-INF/timestamp.tst", token.dump(force=True))]))
    assert (results(found, "D3"), results(found, "D11")) == ([Result.NOT_CHECKED], [Result.NOT_CHECKED])


def test_a_timestamp_that_could_not_be_evaluated_makes_no_unsigned_file_a_signed_one(signature, clock, look):
    said = manifest_of("more.txt", b"more")
    token = cms.ContentInfo.load(clock(said))
    token["content"]["certificates"] = cms.CertificateSet([])
    beside = [("more.txt", b"more"), ("META-INF/ASiCManifest.xml", said)]
    stamp = ("META-INF/timestamp002.tst", token.dump(force=True))
    signed = [ASICE, ("order.xml", ORDER), ("META-INF/signatures.xml", signature)]
    found = look(archive_of([*signed, *beside, stamp]))
    assert results(found, "D3") == [Result.NOT_CHECKED, Result.CONFIRMED]
    assert results(found, "D11") == [Result.CONTRADICTED]


def test_what_could_not_be_evaluated_is_unsettled_only_where_its_digests_are_right(signature, look):
    """A key that no library reads makes a signature neither hold nor fail; the files beside it can still be compared."""
    root = etree.fromstring(signature)
    method = root.find(f"{{{DS}}}SignedInfo/{{{DS}}}SignatureMethod")
    method.set("Algorithm", "http://example.org/unknown")
    unknown = etree.tostring(root)
    entries = [ASICE, ("META-INF/signatures.xml", unknown)]
    assert results(look(archive_of([*entries, ("order.xml", ORDER)])), "D11") == [Result.NOT_CHECKED]
    assert results(look(archive_of([*entries, ("order.xml", b"<other/>")])), "D11") == [Result.CONTRADICTED]
    more = look(archive_of([*entries, ("order.xml", ORDER), ("more.txt", b"")]))
    assert results(more, "D11") == [Result.CONTRADICTED]
