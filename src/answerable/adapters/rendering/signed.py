"""Which bytes of a PDF were signed? Found by the signatures themselves, not by what the file says of them. Runs walled in."""

from __future__ import annotations

import io
import logging
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from answerable.adapters.rendering.drawn import Signature

logging.disable()  # names from certificates do not go into a log
_MOST = 20


def signed_part(content: bytes) -> tuple[bytes, Signature]:
    """Return the bytes that the last signature that holds covers, and how much of the file they are.

    A signature holds where digest and value agree; who made it is asked elsewhere. Without one, the bytes are the file.
    """
    try:
        found = PdfFileReader(io.BytesIO(content), strict=False).embedded_signatures[:_MOST]
        ends = [int(each.byte_range[2]) + int(each.byte_range[3]) for each in found if _holds(each)]
    except Exception:  # a file that is made to make its reader stumble has no signature that can be relied on
        found, ends = [], []
    ends = [end for end in ends if 0 < end <= len(content)]
    if not ends:
        return content, "unreadable" if found or b"/ByteRange" in content else "none"
    return content[: max(ends)], "whole" if max(ends) == len(content) else "part"


def _holds(signature: Any) -> bool:
    try:
        digest = signature.compute_digest()
        intact, valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, "data", digest)
    except Exception:
        return False
    return bool(intact and valid and int(signature.byte_range[0]) == 0)
