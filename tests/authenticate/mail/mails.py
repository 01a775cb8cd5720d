"""Mails that the tests sign themselves, with the records under which their keys stand."""

import base64
from datetime import UTC, datetime
from functools import cache
from unittest.mock import patch

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from answerable.authenticate.mail import DnsAnswer, DnsRecords, questions

AT = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
DIRECTORY = {
    "citypolice.example": "City Police of Example",
    "police.uk": "National Police",
    "polizei.berlin.example": "Polizei Berlin",
    "court.example": "District Court of Example",
}
HEADER = (
    b"From: Jan Jansen <desk@citypolice.example>\r\n"
    b"To: orders@harbour.example\r\n"
    b"Subject: Order 12\r\n"
    b"Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n"
    b"Message-ID: <1@citypolice.example>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
)
BODY = b"\r\nPlease find the order enclosed.\r\n-- \r\nJan Jansen\r\n"
MAIL = HEADER + BODY
EVERY_LINE = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type")
TWICE = EVERY_LINE + EVERY_LINE


@cache
def rsa_key(bits):
    """Return a private key as PEM, and its record."""
    key = rsa.generate_private_key(65537, bits)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@cache
def ed25519_key():
    """Return a private key in base64, and its record."""
    key = ed25519.Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    return base64.b64encode(key.private_bytes_raw()), f"v=DKIM1; k=ed25519; p={public}"


def signed(message=MAIL, *, domain=b"citypolice.example", kind="rsa", lines=TWICE, canonical="relaxed/relaxed", **more):
    """Return a message with one signature of `domain` on top, made at `made`."""
    private = rsa_key(more.pop("bits", 2048))[0] if kind == "rsa" else ed25519_key()[0]
    algorithm = more.pop("algorithm", b"rsa-sha256" if kind == "rsa" else b"ed25519-sha256")
    with patch("dkim.time.time", return_value=more.pop("made", AT).timestamp()):
        line = dkim.sign(
            message,
            more.pop("selector", b"s1"),
            domain,
            private,
            signature_algorithm=algorithm,
            canonicalize=tuple(part.encode() for part in canonical.split("/")),
            include_headers=list(lines),
            **more,
        )
    return line + message


def records_for(message, *, kind="rsa", bits=2048, **known):
    """Return the answers to exactly what a message makes us ask; keys are published under every selector asked for.

    `known` gives further texts by name, with `__` for the dots: a list, or a string for why there is no answer.
    """
    key = rsa_key(bits)[1] if kind == "rsa" else ed25519_key()[1]
    given = {name.replace("__", "."): value for name, value in known.items()}
    answers = []
    for name in questions(message):
        texts = given.get(name, [key] if "._domainkey." in name else [])
        failed = isinstance(texts, str)
        answers.append(DnsAnswer(name=name, texts=() if failed else tuple(texts), failure=texts if failed else None))
    return DnsRecords(answers=tuple(answers))
