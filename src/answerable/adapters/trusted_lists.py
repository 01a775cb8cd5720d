"""Where do trusted lists come from? A folder that somebody filled, or the Union's own addresses where fetching is allowed.

The folder holds the lists as they were published (`*.xml`, `*.xtsl`) and, in `pinned/`, the certificates from the
Official Journal with which the list of lists is signed. Nothing of it is believed before it was verified.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from answerable.adapters.files import write_whole
from answerable.authenticate.documents.trusted_lists import Lists, locations, verify_lists
from answerable.errors import NotConfigured

LIST_OF_LISTS = "https://ec.europa.eu/tools/lotl/eu-lotl.xml"
_LARGEST = 40_000_000
_MOST_FILES = 200
_ENDINGS = (".xml", ".xtsl", ".tsl")
_SAYS_TERRITORY = re.compile(rb"<(?:[\w-]+:)?SchemeTerritory>\s*([A-Z]{2})\s*<")
_TERRITORY = re.compile(r"[A-Z]{2}")


def read_lists(folder: Path) -> dict[str, bytes]:
    """Return the files of `folder` that may be lists, by name. Files that are too large come back empty, to be refused."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS and path.is_file())
    return {path.name: path.read_bytes() if path.stat().st_size <= _LARGEST else b"" for path in paths[:_MOST_FILES]}


def lists_of(folder: Path, country: str | None) -> dict[str, bytes]:
    """Return the Union's lists of lists in `folder`, and the lists of one State: those of all would take long to verify.

    Which list a file is, it says itself here; nothing of it is believed before it was verified.
    """
    wanted = {b"EU", (country or "").encode()}
    found = {name: (_SAYS_TERRITORY.search(content), content) for name, content in read_lists(folder).items()}
    return {name: content for name, (said, content) in found.items() if said and said[1] in wanted}


def read_pinned(folder: Path) -> tuple[bytes, ...]:
    """Return the pinned certificates of `folder/pinned`, DER; files may be PEM, with several in one, or DER.

    Raises NotConfigured where there is none, or where a file is no certificate.
    """
    pinned = folder / "pinned"
    paths = sorted(path for path in pinned.iterdir() if path.is_file()) if pinned.is_dir() else []
    found = tuple(der for path in paths for der in read_certificates(path))
    if not found:
        raise NotConfigured(
            "trusted-lists.nothing-pinned",
            what="No certificate is pinned for the Union's list of trusted lists.",
            why=f"Without one, every list could be anybody's; {pinned.name}/ beside the lists holds none.",
            next_step="Put there the certificates that the Official Journal publishes for the list of lists, as PEM or DER.",
        )
    return found


def import_lists(folder: Path, *, at: datetime) -> Lists:
    """Return what can be believed of a folder of lists, offline, as of the moment `at`."""
    return verify_lists(read_lists(folder), pinned=read_pinned(folder), at=at)


def fetch_lists(folder: Path, opener: Callable[[str], bytes], *, at: datetime) -> Mapping[str, str]:
    """Fetch the list of lists and every list it names into `folder`; return, by territory, what could not be fetched.

    `opener` gives the bytes behind an address and raises OSError or ValueError where it cannot. A list that was there
    before is overwritten only by one that arrived whole; whether it is believed is for `import_lists` to say.
    """
    pinned = read_pinned(folder)
    failed = {"EU": _fetch(LIST_OF_LISTS, folder / "eu-lotl.xml", opener)}
    for territory, address in sorted(locations(read_lists(folder), pinned=pinned, at=at).items()):
        if not _TERRITORY.fullmatch(territory) or not address.startswith(("https://", "http://")):
            failed[territory[:8]] = "its address is none that is fetched"
        else:
            failed[territory] = _fetch(address, folder / f"{territory}.xml", opener)
    return {territory: why for territory, why in failed.items() if why}


def _fetch(address: str, path: Path, opener: Callable[[str], bytes]) -> str:
    """Keep what lies behind `address` at `path`; return why it could not be fetched, or an empty text."""
    try:
        content = opener(address)
    except (OSError, ValueError) as fault:
        return type(fault).__name__
    if not content or len(content) > _LARGEST:
        return "what came is empty or too large"
    write_whole(path, content)
    return ""


def read_certificates(path: Path) -> list[bytes]:
    """Return the certificates of a file, DER. Raises NotConfigured for what is none."""
    content = path.read_bytes()
    try:
        if b"-----BEGIN" in content:
            found = x509.load_pem_x509_certificates(content)
        else:
            found = [x509.load_der_x509_certificate(content)]
    except ValueError as fault:
        raise NotConfigured(
            "trusted-lists.bad-certificate",
            what=f"{path.name} is no certificate.",
            why="It can be read neither as PEM nor as DER.",
            next_step="Take it out, or replace it by the certificate as the Official Journal publishes it.",
        ) from fault
    return [each.public_bytes(Encoding.DER) for each in found]
