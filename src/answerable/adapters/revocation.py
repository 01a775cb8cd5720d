"""Which revocation data lie in a folder? Lists of revoked certificates and answers about single ones, as somebody fetched them.

Files end in `.crl` (DER or PEM) or `.ocsp` (DER). Nothing is fetched here, and nothing is believed before the validator has
checked who signed it and for when.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

_LARGEST = 20_000_000
_MOST = 500


@dataclass(frozen=True, slots=True)
class Revocation:
    """Lists and answers, DER, and the names of files that are neither."""

    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    unreadable: tuple[str, ...] = ()


def read_revocation(folder: Path) -> Revocation:
    """Return what a folder holds. A file that cannot be read is named, and stops no other; a missing folder holds nothing."""
    paths = sorted(folder.iterdir())[:_MOST] if folder.is_dir() else []
    crls, ocsps, unreadable = [], [], []
    for path in paths:
        if path.suffix.lower() not in (".crl", ".ocsp") or not path.is_file():
            continue
        try:
            content = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
            if path.suffix.lower() == ".crl":
                crls.append(_list(content))
            else:
                ocsps.append(_answer(content))
        except (ValueError, OSError):
            unreadable.append(path.name)
    return Revocation(tuple(crls), tuple(ocsps), tuple(unreadable))


def _list(content: bytes) -> bytes:
    read = x509.load_pem_x509_crl if content.lstrip().startswith(b"-----BEGIN") else x509.load_der_x509_crl
    return read(content).public_bytes(Encoding.DER)


def _answer(content: bytes) -> bytes:
    ocsp.load_der_ocsp_response(content)
    return content
