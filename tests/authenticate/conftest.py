"""How do the tests make signed papers of every kind? With the seal of the demo's court, on the demo's own order."""

import asyncio
import base64
import io
import zipfile
from datetime import timedelta
from hashlib import sha256
from types import SimpleNamespace

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from lxml import etree
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore
from signxml import methods
from signxml.algorithms import CanonicalizationMethod
from signxml.xades import XAdESSigner

from answerable.adapters.paper import paper
from answerable.adapters.signing import make_authority
from answerable.authenticate.documents import Trust, document_facts
from answerable.casefile.evidence import Result

ORDER = b"<order><to>Harbour Forum</to><account>mara.lind</account></order>"
MANIFEST = "http://uri.etsi.org/02918/v1.2.1#"
DS = "http://www.w3.org/2000/09/xmldsig#"


@pytest.fixture(scope="session")
def root_trust(court):
    return Trust(anchors=(x509.load_pem_x509_certificate(court.root).public_bytes(Encoding.DER),))


@pytest.fixture(scope="session")
def sealed(forms, court):
    """The demo's lawful order, sealed."""
    return paper(forms["lawful"], court)


@pytest.fixture(scope="session")
def unsealed(forms):
    return paper(forms["lawful"], None)


@pytest.fixture(scope="session")
def forger(now):
    return make_authority("Somebody Else", organisation_identifier="VATDE-999999999", country="DE", at=now)


@pytest.fixture
def look(root_trust, later):
    def look(content, *, trust=root_trust, at=later, signed_content=None):
        return document_facts(content, trust=trust, at=at, signed_content=signed_content)

    return look


def results(examined, code):
    return [fact.result for fact in examined.facts if fact.code == code]


def contradicted(examined):
    return {fact.code for fact in examined.facts if fact.result is Result.CONTRADICTED}


def signer_of(identity):
    """Return what signs with an identity."""
    key = serialization.load_pem_private_key(identity.key, None)
    der = key.private_bytes(Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    store = SimpleCertificateStore()
    store.register(_asn1(identity.root))
    return signers.SimpleSigner(
        signing_cert=_asn1(identity.certificate), signing_key=asn1_keys.PrivateKeyInfo.load(der), cert_registry=store
    )


def _asn1(pem):
    return asn1_x509.Certificate.load(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER))


def seal_again(content, identity, *, name="Second", box=None, certify=None, on_page=0):
    """Return a PDF with one more seal, visible where `box` is given."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    if box:
        fields.append_signature_field(writer, fields.SigFieldSpec(name, box=box, on_page=on_page))
    metadata = signers.PdfSignatureMetadata(
        field_name=name, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES,
        certify=certify is not None, docmdp_permissions=certify or fields.MDPPerm.FILL_FORMS,
    )  # fmt: skip
    return signers.PdfSigner(metadata, signer_of(identity)).sign_pdf(writer).getvalue()


def cms_of(content, identity, *, detached=False):
    """Return a CAdES-like CMS over `content`, DER."""
    signing = signer_of(identity).async_sign_general_data(content, "sha256", detached=detached, use_cades=True)
    return asyncio.run(signing).dump()


def xades_of(content, identity, *, enveloping=False, uri=None):
    """Return an XAdES signature: in `content`, around it, or, with an address, beside it."""
    signer = XAdESSigner(
        method=methods.enveloping if enveloping else methods.detached if uri else methods.enveloped,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
        signature_algorithm="ecdsa-sha256",
        digest_algorithm="sha256",
    )
    key = serialization.load_pem_private_key(identity.key, None)
    chain = [x509.load_pem_x509_certificate(each) for each in (identity.certificate, identity.root)]
    data = content if uri else etree.fromstring(content)
    return etree.tostring(signer.sign(data, key=key, cert=chain, **({"reference_uri": uri} if uri else {})))


def archive_of(files, *, stored=("mimetype",)):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def asic_parts(identity, files):
    """Return the entries of an ASiC-E with CAdES over `files`."""
    listed = "".join(
        f'<a:DataObjectReference URI="{name}"><d:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<d:DigestValue>{base64.b64encode(sha256(content).digest()).decode()}</d:DigestValue></a:DataObjectReference>"
        for name, content in files
    )
    manifest = (
        f'<a:ASiCManifest xmlns:a="{MANIFEST}" xmlns:d="{DS}"><a:SigReference URI="META-INF/signature001.p7s" '
        f'MimeType="application/pkcs7-signature"/>{listed}</a:ASiCManifest>'
    ).encode()
    return [
        ("mimetype", b"application/vnd.etsi.asic-e+zip"), *files, ("META-INF/ASiCManifest001.xml", manifest),
        ("META-INF/signature001.p7s", cms_of(manifest, identity, detached=True)),
    ]  # fmt: skip


def smime_of(content, identity):
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(
        x509.load_pem_x509_certificate(identity.certificate),
        serialization.load_pem_private_key(identity.key, None),
        hashes.SHA256(),
    )
    return builder.sign(Encoding.SMIME, [pkcs7.PKCS7Options.DetachedSignature])


@pytest.fixture(scope="session")
def signed(court, sealed):
    """One signed paper of each kind."""
    files = [("order.xml", ORDER), ("annex.txt", b"Account mara.lind")]
    return SimpleNamespace(
        pdf=sealed,
        enveloped=xades_of(ORDER, court),
        enveloping=xades_of(ORDER, court, enveloping=True),
        cms=cms_of(ORDER, court),
        asic=archive_of(asic_parts(court, files)),
        smime=smime_of(b"Please answer.\n", court),
    )


@pytest.fixture(scope="session")
def later(now):
    """A moment after every signature the tests make, which claim the time of the machine's clock, and before its end."""
    return now + timedelta(days=4 * 365)
