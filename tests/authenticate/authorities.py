"""How do the tests make certificates of every kind, lists of revoked ones, and trusted lists?"""

import base64
from datetime import timedelta

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from lxml import etree
from signxml import XMLSigner, methods
from signxml.algorithms import CanonicalizationMethod

from answerable.adapters.signing import SealingIdentity

TSL = "http://uri.etsi.org/02231/v2#"
EXTRA = "http://uri.etsi.org/02231/v2/additionaltypes#"
BASE = "http://uri.etsi.org/TrstSvc"


def qc_statements():
    """Return the statements that a certificate is qualified (0.4.0.1862.1.1), and for seals (0.4.0.1862.1.6.2)."""

    def oid(dotted):
        return core.ObjectIdentifier(dotted).dump()

    def sequence(*parts):
        body = b"".join(parts)
        return b"\x30" + bytes([len(body)]) + body

    compliance = sequence(oid("0.4.0.1862.1.1"))
    kind = sequence(oid("0.4.0.1862.1.6"), sequence(oid("0.4.0.1862.1.6.2")))
    return sequence(compliance, kind)


class Office:
    """A root, and certificates under it."""

    def __init__(self, at, name="Test root"):
        self.at = at
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name(
            [x509.NameAttribute(NameOID.COUNTRY_NAME, "CY"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
        )
        usage = {"key_cert_sign": True, "crl_sign": True}
        self.certificate = self._build(self.name, self.key.public_key(), usage=usage, ca=True)

    @property
    def der(self):
        return self.certificate.public_bytes(Encoding.DER)

    def identity(self, *, usage=None, purposes=(), extensions=(), ca=False, key=None, organisation="Seal"):
        key = key or ec.generate_private_key(ec.SECP256R1())
        parts = [x509.NameAttribute(NameOID.COMMON_NAME, "Seal")]
        if organisation:
            parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
        certificate = self._build(
            x509.Name(parts), key.public_key(), usage={"digital_signature": True} if usage is None else usage,
            purposes=purposes, extensions=extensions, ca=ca,
        )  # fmt: skip
        pem = Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return SealingIdentity(self.certificate.public_bytes(pem), certificate.public_bytes(pem), private)

    def crl(self, *identities, at=None):
        """Return a list of revoked certificates, made at `at` and due a month later, DER."""
        made = at or self.at
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name).last_update(made)
        builder = builder.next_update(made + timedelta(days=30))
        for identity in identities:
            serial = x509.load_pem_x509_certificate(identity.certificate).serial_number
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(self.at)
            builder = builder.add_revoked_certificate(revoked.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _build(self, subject, key, *, usage, purposes=(), extensions=(), ca=False):
        every = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.at - timedelta(days=1))
            .not_valid_after(self.at + timedelta(days=10 * 365))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )
        if usage:
            builder = builder.add_extension(x509.KeyUsage(**{**every, **usage}), critical=True)
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self.key, hashes.SHA256())


QC = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.5.5.7.1.3"), qc_statements())
SERVERS = [ExtendedKeyUsageOID.SERVER_AUTH]


def trusted_list(office, signer, *, territory="CY", number=1, issued, days=180, status="granted", since=None):
    """Return a national list with one service that issues qualified certificates, signed by `signer`."""
    since = since or issued - timedelta(days=365)
    service = f"""<TrustServiceProviderList><TrustServiceProvider><TSPInformation/><TSPServices><TSPService>
    <ServiceInformation><ServiceTypeIdentifier>{BASE}/Svctype/CA/QC</ServiceTypeIdentifier>
    <ServiceName><Name xml:lang="en">Test service</Name></ServiceName>
    <ServiceDigitalIdentity><DigitalId><X509Certificate>{b64(office.der)}</X509Certificate></DigitalId></ServiceDigitalIdentity>
    <ServiceStatus>{BASE}/TrustedList/Svcstatus/{status}</ServiceStatus>
    <StatusStartingTime>{stamp(since)}</StatusStartingTime>
    <ServiceInformationExtensions><Extension Critical="true"><AdditionalServiceInformation>
    <URI xml:lang="en">{BASE}/TrustedList/SvcInfoExt/ForeSeals</URI></AdditionalServiceInformation></Extension>
    </ServiceInformationExtensions></ServiceInformation></TSPService></TSPServices></TrustServiceProvider></TrustServiceProviderList>"""
    return sign_list(scheme("EUgeneric", territory, number, issued=issued, days=days), service, signer)


def list_of_lists(signer, pointers, *, number=1, issued, days=180):
    """Return a list of lists, signed by `signer`, that names for each territory the identities that may sign its list."""
    pointing = "".join(
        f"""<OtherTSLPointer><ServiceDigitalIdentities><ServiceDigitalIdentity>{
            "".join(
                f"<DigitalId><X509Certificate>{b64(der_of(each))}</X509Certificate></DigitalId>" for each in identities
            )
        }</ServiceDigitalIdentity></ServiceDigitalIdentities><TSLLocation>https://{
            territory.lower()
        }.example/tl.xml</TSLLocation>
        <AdditionalInformation><OtherInformation><SchemeTerritory>{territory}</SchemeTerritory></OtherInformation>
        <OtherInformation><a:MimeType xmlns:a="{EXTRA}">application/vnd.etsi.tsl+xml</a:MimeType></OtherInformation>
        </AdditionalInformation></OtherTSLPointer>"""
        for territory, identities in pointers.items()
    )
    head = scheme("EUlistofthelists", "EU", number, issued=issued, days=days, pointers=pointing)
    return sign_list(head, "", signer)


def scheme(kind, territory, number, *, issued, days, pointers=""):
    update = f"<NextUpdate><dateTime>{stamp(issued + timedelta(days=days))}</dateTime></NextUpdate>"
    return f"""<SchemeInformation><TSLVersionIdentifier>5</TSLVersionIdentifier>
    <TSLSequenceNumber>{number}</TSLSequenceNumber><TSLType>{BASE}/TrustedList/TSLType/{kind}</TSLType>
    <SchemeInformationURI><URI xml:lang="en">https://example.org/</URI></SchemeInformationURI>
    <SchemeTerritory>{territory}</SchemeTerritory><PointersToOtherTSL>{pointers}</PointersToOtherTSL>
    <ListIssueDateTime>{stamp(issued)}</ListIssueDateTime>{update}</SchemeInformation>"""


def sign_list(head, body, identity):
    root = etree.fromstring(f'<TrustServiceStatusList xmlns="{TSL}">{head}{body}</TrustServiceStatusList>')
    signer = XMLSigner(  # as States do it, the certificate that travels with it is not signed
        method=methods.enveloped, c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
        signature_algorithm="ecdsa-sha256", digest_algorithm="sha256",
    )  # fmt: skip
    key = serialization.load_pem_private_key(identity.key, None)
    return etree.tostring(signer.sign(root, key=key, cert=[x509.load_pem_x509_certificate(identity.certificate)]))


def der_of(identity):
    return x509.load_pem_x509_certificate(identity.certificate).public_bytes(Encoding.DER)


def b64(der):
    return base64.b64encode(der).decode()


def stamp(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
