"""What does a paper's file say of itself and of who signed it? By its content: each kind has its own reader."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from answerable.authenticate.documents.asic import examine_asic
from answerable.authenticate.documents.detached import examine_cms
from answerable.authenticate.documents.kinds import also, kind_of
from answerable.authenticate.documents.pdf import examine_pdf
from answerable.authenticate.documents.records import Examined, Kind, Trust
from answerable.authenticate.documents.smime import examine_smime
from answerable.authenticate.documents.telling import Telling
from answerable.authenticate.documents.xml_papers import examine_xml

# The validators write names from certificates into the log; what they find is a fact here, and no log line.
for _name in ("pyhanko", "pyhanko_certvalidator", "signxml"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False

_LARGEST = 100_000_000
_PICTURES = (Kind.PNG, Kind.JPEG, Kind.TIFF)
_METHOD = "content of the file"


def document_facts(content: bytes, *, trust: Trust, at: datetime, signed_content: bytes | None = None) -> Examined:
    """Return the facts of sections D and E about a paper, as of the moment `at`, with its working copy and its signers.

    `signed_content` is what a detached signature was made over, where it travels apart. Never raises for what the paper
    holds, never fetches anything.
    """
    telling = Telling(at, content, _METHOD)
    if len(content) > _LARGEST:
        telling.not_checked("D1", f"Larger than {_LARGEST // 1_000_000} MB: not looked at.")
        telling.not_checked("D2", "Not looked at.")
        return Examined(Kind.UNKNOWN, tuple(telling.facts))
    kind = kind_of(content)
    try:
        examined = _examined(content, kind, telling, trust=trust, signed_content=signed_content)
    except Exception as fault:
        # One reader per kind, and each catches what it can name; this is for what nobody thought of, and is said so.
        telling.not_checked("D2", f"The reader of this kind of file stopped: {type(fault).__name__}.")
        return Examined(kind, tuple(telling.facts))
    return examined


def _examined(content: bytes, kind: Kind, telling: Telling, *, trust: Trust, signed_content: bytes | None) -> Examined:
    other = also(content, kind)
    if other:
        telling.contradicted("D1", f"It looks like a {kind} and like {other}.")
    readers: dict[Kind, Callable[[], Examined]] = {
        Kind.PDF: lambda: examine_pdf(content, telling, trust),
        Kind.XML: lambda: examine_xml(content, telling, trust, signed_content),
        Kind.CMS: lambda: examine_cms(content, telling, trust, signed_content),
        Kind.ASIC: lambda: examine_asic(content, telling, trust),
        Kind.SMIME: lambda: examine_smime(content, telling, trust),
    }
    if kind in readers:
        return readers[kind]()
    if kind in _PICTURES:
        if not other:
            telling.confirmed("D1", f"A {kind}, and nothing else.")
        telling.absent("D2", "A picture carries no signature.")
    elif b"%PDF-" in content or b"/ByteRange" in content:
        telling.contradicted("D1", "Parts of a PDF are in it, yet it does not begin as one: the document is damaged.")
        telling.contradicted("D2", "Whether it is signed cannot be seen: damaged, not unsigned.")
    else:
        telling.not_checked("D1", "No kind of file that is read here.")
        telling.not_checked("D2", "What it is is not known, so whether it is signed cannot be seen.")
    return Examined(kind, tuple(telling.facts))
