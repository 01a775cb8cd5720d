"""How is it shown that a tag manifest existed at a moment? By a timestamp of somebody else (RFC 3161)."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import PKIStatus, TimestampRequestBuilder, TimeStampResponse, VerificationError, VerifierBuilder
from rfc3161_client import decode_timestamp_response as decoded

from answerable.adapters.sealing.signature import signed_by

_SECONDS = 10
_LARGEST = 1024 * 1024


class NoTimestamp(Exception):
    """The timestamp authority gave none: why, in words."""


def ask(url: str, content: bytes) -> bytes:
    """Return the response of a timestamp authority over `content`. Raises `NoTimestamp`, after ten seconds at most a step."""
    request = TimestampRequestBuilder().data(content).build()
    try:
        http = urllib.request.Request(  # noqa: S310 - the address is the operator's
            url, data=request.as_bytes(), headers={"Content-Type": "application/timestamp-query"}, method="POST"
        )
        with urllib.request.urlopen(http, timeout=_SECONDS) as response:  # noqa: S310
            answer = bytes(response.read(_LARGEST))
    except (OSError, ValueError, urllib.error.URLError) as fault:
        raise NoTimestamp("the timestamp authority could not be reached") from fault
    try:
        token = decoded(answer)
        is_ours = token.tst_info.nonce == request.nonce and moment_of(answer, content)
    except ValueError as fault:
        raise NoTimestamp("the timestamp authority gave no timestamp") from fault
    if not is_ours:
        raise NoTimestamp("the timestamp authority answered another question")
    return answer


def moment_of(response: bytes, content: bytes, *, roots: Sequence[x509.Certificate] = ()) -> tuple[datetime, str]:
    """Return the moment of a timestamp of `content`, and who made it. Refuses, as `ValueError`, what does not hold.

    With `roots` its certificate must lead to one of them; without, whose it is was not checked.
    """
    token = decoded(response)
    if PKIStatus(token.status) != PKIStatus.GRANTED:
        raise ValueError("no timestamp was granted")
    if token.tst_info.message_imprint.message != hashlib.sha512(content).digest():
        raise ValueError("the timestamp is of other bytes")
    data = tsp.TimeStampResp.load(response, strict=True)["time_stamp_token"]["content"]
    certificate = signed_by(data, data["encap_content_info"]["content"].contents)
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as fault:
        raise ValueError("its certificate is not for timestamps") from fault
    if not usage.critical or ExtendedKeyUsageOID.TIME_STAMPING not in usage.value:
        raise ValueError("its certificate is not for timestamps")
    # OpenSSL takes one of several roots by its name alone, so that each is also asked by itself.
    if roots and not any(_leads_to(each, token, content) for each in (list(roots), *([root] for root in roots))):
        raise ValueError("its certificate leads to none that is trusted")
    return token.tst_info.gen_time, certificate.subject.rfc4514_string()


def _leads_to(roots: list[x509.Certificate], token: TimeStampResponse, content: bytes) -> bool:
    try:
        VerifierBuilder(roots=roots).build().verify_message(token, content)
    except VerificationError:
        return False
    return True
