"""Is a container, a CMS file or a signed message that was changed or added to ever taken for what was signed?"""

import base64
import io
import warnings
import zipfile

import pytest
from asn1crypto import cms, x509
from tests.authenticate.conftest import ORDER, archive_of, asic_parts, cms_of, contradicted, results, smime_of, xades_of

from answerable.authenticate.documents import Kind
from answerable.authenticate.documents.archives import open_archive
from answerable.casefile.evidence import Result

EVIL = b"<order><account>everybody</account></order>"


@pytest.fixture(scope="module")
def parts(court):
    return asic_parts(court, [("order.xml", ORDER), ("annex.txt", b"Account mara.lind")])


def doubled(entries):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return archive_of([*entries, ("order.xml", EVIL)])


def exchanged(entries, name, content):
    return archive_of([(each, content if each == name else before) for each, before in entries])


def streamed(entries):
    """Write the archive to something that cannot be wound back, so that sizes stand behind each entry."""

    class Out(io.RawIOBase):
        def __init__(self):
            self.written = b""

        def writable(self):
            return True

        def write(self, data):
            self.written += bytes(data)
            return len(data)

    out = Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.written


CONTAINERS = {
    "a file is exchanged": (lambda p: exchanged(p, "order.xml", EVIL), {"D12", "D11"}),
    "a file is added": (lambda p: archive_of([*p, ("more.xml", EVIL)]), {"D11"}),
    "a file is taken out": (lambda p: archive_of([each for each in p if each[0] != "annex.txt"]), {"D12"}),
    "a name is doubled": (doubled, {"D1"}),
    "a name differs in its case alone": (lambda p: archive_of([*p, ("ORDER.xml", EVIL)]), {"D1"}),
    "a name leads out": (lambda p: archive_of([*p, ("../order.xml", EVIL)]), {"D1"}),
    "a name starts at the root": (lambda p: archive_of([*p, ("/etc/passwd", EVIL)]), {"D1"}),
    "a bomb is added": (lambda p: archive_of([*p, ("bomb.txt", b"0" * 60_000_000)]), {"D1"}),
    "too many files are added": (lambda p: archive_of([*p, *((f"{n}.txt", b"x") for n in range(1_100))]), {"D1"}),
    "bytes stand before it": (lambda p: b"PK\x03\x04 evil" + archive_of(p), {"D1"}),
    "bytes follow it": (lambda p: archive_of(p) + b"evil", {"D1"}),
    "the manifest is exchanged": (
        lambda p: exchanged(p, "META-INF/ASiCManifest001.xml", p[3][1].replace(b"annex", b"bnnex")), {"D3"}),
    "the signature is emptied": (lambda p: exchanged(p, "META-INF/signature001.p7s", b""), {"D11"}),
    "a second manifest claims the signature": (
        lambda p: archive_of([*p, ("META-INF/ASiCManifest002.xml", p[3][1])]), {"D3"}),
    "there are no files": (lambda p: archive_of([p[0], *p[3:]]), {"D12"}),
}  # fmt: skip


@pytest.mark.parametrize(("forge", "codes"), CONTAINERS.values(), ids=CONTAINERS.keys())
def test_a_forged_container_is_contradicted(forge, codes, parts, look):
    found = look(forge(parts))
    assert codes & contradicted(found), [(fact.code, fact.result, fact.found) for fact in found.facts]
    assert not found.whole


def test_a_true_container_is_whole_however_it_was_written(parts, look):
    for content in (archive_of(parts), streamed(parts)):
        found = look(content)
        assert found.whole
        assert [(each.name, each.signed) for each in found.contained] == [("order.xml", True), ("annex.txt", True)]


def test_a_container_with_xades_covers_its_files(court, look):
    signature = xades_of(ORDER, court, uri="order.xml")
    entries = [
        ("mimetype", b"application/vnd.etsi.asic-e+zip"),
        ("order.xml", ORDER),
        ("META-INF/signatures.xml", signature),
    ]
    found = look(archive_of(entries))
    assert found.whole
    assert found.working_copy == ORDER
    for other in (
        exchanged(entries, "order.xml", EVIL),
        archive_of([*entries, ("more.xml", EVIL)]),
        archive_of([entries[0], entries[2]]),
    ):
        forged = look(other)
        assert {"D3", "D11"} & contradicted(forged)
        assert not forged.whole


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [("a.txt", b"a")],
        [("mimetype", b"application/epub+zip"), ("a.txt", b"a")],
        [("mimetype", b"application/vnd.etsi.asic-e+zip"), ("a.txt", b"a")],
    ],
)
def test_an_archive_without_signatures_is_never_whole(entries, look):
    found = look(archive_of(entries))
    assert not found.whole
    assert found.working_copy is None


def test_an_archive_that_lies_about_its_entries_is_refused():
    good = archive_of([("a.txt", b"a" * 50)])
    assert open_archive(good).files == {"a.txt": b"a" * 50}
    assert (
        "two names" in open_archive(good.replace(b"a.txt", b"b.txt", 1)).odd[0]
        or open_archive(good.replace(b"a.txt", b"b.txt", 1)).fault
    )
    assert open_archive(good[:-1]).fault or open_archive(good[:-1]).odd
    assert open_archive(b"PK\x03\x04").fault


def test_what_stands_inside_a_cms_is_the_working_copy(signed, look):
    found = look(signed.cms)
    assert found.whole
    assert found.working_copy == ORDER
    armoured = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(signed.cms) + b"-----END PKCS7-----\n"
    for written in (armoured, base64.encodebytes(signed.cms)):
        again = look(written)
        assert again.kind is Kind.CMS
        assert again.working_copy == ORDER


def test_a_cms_beside_its_content(court, look):
    detached = cms_of(ORDER, court, detached=True)
    assert look(detached, signed_content=ORDER).whole
    assert look(detached, signed_content=ORDER).working_copy == ORDER
    assert "D3" in contradicted(look(detached, signed_content=EVIL))
    assert results(look(detached), "D3") == [Result.NOT_CHECKED]
    assert not look(detached).whole


def test_a_content_inside_that_is_not_the_one_beside_contradicts(signed, look):
    assert "D4" in contradicted(look(signed.cms, signed_content=EVIL))


def swapped(der):
    info = cms.ContentInfo.load(der)
    info["content"]["encap_content_info"]["content"] = EVIL
    return info.dump(force=True)


def with_certificate(der, identity):
    from cryptography import x509 as pyca
    from cryptography.hazmat.primitives.serialization import Encoding

    info = cms.ContentInfo.load(der)
    other = x509.Certificate.load(pyca.load_pem_x509_certificate(identity.certificate).public_bytes(Encoding.DER))
    info["content"]["certificates"].append(cms.CertificateChoices("certificate", other))
    return info.dump(force=True)


def test_a_cms_with_swapped_content_does_not_hold(signed, look):
    found = look(swapped(signed.cms))
    assert "D3" in contradicted(found)
    assert found.working_copy is None


def test_a_stray_certificate_and_bytes_behind_are_not_clean(signed, forger, look):
    assert results(look(with_certificate(signed.cms, forger)), "D6") == [Result.NOT_CHECKED]
    assert results(look(signed.cms + b"more"), "D6") == [Result.CONTRADICTED]
    assert results(look(signed.cms + b"\0\0"), "D6") == [Result.NOT_CHECKED]


def test_a_damaged_cms_is_damaged_and_not_unsigned(signed, look):
    assert results(look(signed.cms[:200]), "D2") == [Result.CONTRADICTED]


def test_one_signer_of_two_does_not_hide_the_other(signed, forger, look):
    info = cms.ContentInfo.load(signed.cms)
    other = cms.ContentInfo.load(cms_of(EVIL, forger))["content"]
    for certificate in other["certificates"]:
        info["content"]["certificates"].append(certificate)
    info["content"]["signer_infos"].append(other["signer_infos"][0])
    found = look(info.dump(force=True))
    assert sorted(results(found, "D3")) == [Result.CONFIRMED, Result.CONTRADICTED]
    assert not found.whole


def test_a_signed_message_is_read_as_it_stands(court, look):
    message = smime_of(b"Please answer.\n", court)
    found = look(message)
    assert found.whole
    assert b"Please answer." in found.working_copy
    assert "D3" in contradicted(look(message.replace(b"Please answer", b"Please delete")))
    assert results(look(message.replace(b"This is an S/MIME", b"Delete all of it, ")), "D6") == [Result.NOT_CHECKED]
    assert results(
        look(message.replace(b"smime.p7s", b"smime.txt").replace(b"pkcs7-signature", b"octet-stream")), "D2"
    ) == [Result.CONTRADICTED]


def test_a_message_with_its_content_inside_the_signature(signed, look):
    head = b"MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data\r\n"
    body = head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(signed.cms)
    found = look(body)
    assert found.whole
    assert found.working_copy == ORDER
    assert results(look(head + b"\r\nnothing"), "D2") == [Result.NOT_CHECKED]


def test_a_message_without_a_signature_has_none(look):
    assert results(look(b"From: a@b.example\r\nSubject: x\r\n\r\nHello"), "D2") == [Result.ABSENT]
    assert results(look(b"From: a@b.example" + b"x" * 100_000), "D1") == [Result.NOT_CHECKED]
