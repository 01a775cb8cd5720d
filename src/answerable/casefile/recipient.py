"""To whom is an answer sealed? One field of the demand holds the key, and its content says which kind it is.

An X.509 certificate is what Implementing Regulation (EU) 2025/1550, Annex, point 6, has an authority supply; age and
OpenPGP keys are what offices without one use.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

SealKind = Literal["age", "openpgp", "cms"]

_ARMOUR = r"[\t\r\n -~]{50,}"
RecipientKey = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=100_000,
        pattern=(
            r"^(age1[0-9a-z]{20,2500}"
            rf"|-----BEGIN PGP PUBLIC KEY BLOCK-----{_ARMOUR}-----END PGP PUBLIC KEY BLOCK-----"
            rf"|-----BEGIN CERTIFICATE-----{_ARMOUR}-----END CERTIFICATE-----"
            r"|MI[A-Za-z0-9+/=\r\n]{100,})$"
        ),
    ),
]

# What a sealed file is called after `.tar.`: the names that age, OpenPGP and S/MIME (RFC 8551) use.
SUFFIXES: dict[SealKind, str] = {"age": "age", "openpgp": "pgp", "cms": "p7m"}


def kind_of(key: str) -> SealKind:
    """Return which kind of key this is, by how it begins."""
    if key.startswith("age1"):
        return "age"
    return "openpgp" if key.startswith("-----BEGIN PGP") else "cms"
