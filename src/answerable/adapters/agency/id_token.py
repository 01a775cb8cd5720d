"""Whom does an ID token name, and is it the agency's own word, for us, now, about this visit? (OpenID Connect Core 1.0, 3.1.3.7)

1  its algorithm signs with a key that only the agency has: never `none`, never a shared secret
2  the signature is that of the one key of the agency's set that it names
3  the issuer is the pinned one, letter by letter
4  it is for us and for nobody else beside us
5  it was made for this visit (nonce), and now
6  it says who it is about
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt

from answerable.adapters.agency.pin import Pin
from answerable.errors import MoveRefused

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# Seconds by which two clocks may differ; and how old a token may be, as it is made while we wait for it.
_LEEWAY, _OLDEST = 60, 600
_MOST_KEYS = 100


@dataclass(frozen=True, slots=True)
class Said:
    """Whom the agency named: the `subject` is an account there for good; the `name` is what a person is called, or empty."""

    subject: str
    name: str


def read_id_token(token: str, keys: dict[str, Any], pin: Pin, *, nonce: str, at: datetime) -> Said:
    """Return whom an ID token names at the moment `at`. Refuses, with the first thing that is wrong."""
    claims = _signed(token, keys)
    if claims.get("iss") != pin.issuer:  # 3
        raise _refused("It is the word of another server than the pinned one.")
    if (
        claims.get("aud") not in (pin.client_id, [pin.client_id]) or claims.get("azp", pin.client_id) != pin.client_id
    ):  # 4
        raise _refused("It was made for somebody else than this desk, or for others beside it.")
    if claims.get("nonce") != nonce:  # 5
        raise _refused("It was made for another visit than this one.")
    _refuse_unless_now(claims, int(at.timestamp()))
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.isascii() or not 1 <= len(subject) <= 255:  # 6
        raise _refused("It does not say who it is about.")
    name = claims.get("name")
    readable = isinstance(name, str) and name.isprintable() and len(name.strip()) <= 200
    return Said(subject, name.strip() if readable and isinstance(name, str) else "")


def _signed(token: str, keys: dict[str, Any]) -> dict[str, Any]:
    """Return what a token says, after its signature held under a key of the set."""
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in _ALGORITHMS:  # 1
            raise _refused("It is not signed in a way that only the agency could have signed it.")
        key = _key(keys, header.get("kid"), algorithm)
        payload = jwt.PyJWS(algorithms=[algorithm]).decode(
            token, key, algorithms=[algorithm], options={"enforce_minimum_key_length": True}
        )  # 2
        claims = json.loads(payload)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError) as fault:
        raise _refused("It cannot be read, or its signature does not hold.") from fault
    if not isinstance(claims, dict):
        raise _refused("It cannot be read, or its signature does not hold.")
    return claims


def _key(keys: dict[str, Any], named: object, algorithm: str) -> jwt.PyJWK:
    """Return the one key for signatures that the token names; the only one there is, where it names none."""
    listed = keys.get("keys")
    known = [each for each in listed[:_MOST_KEYS] if isinstance(each, dict)] if isinstance(listed, list) else []
    fit = [
        each
        for each in known
        if each.get("use", "sig") == "sig"
        and each.get("kty") in ("RSA", "EC", "OKP")
        and each.get("alg", algorithm) == algorithm
        and (named is None or each.get("kid") == named)
    ]
    if len(fit) != 1:
        raise _refused("It is signed with a key that is not one of the agency's.")
    return jwt.PyJWK.from_dict(fit[0], algorithm)


def _refuse_unless_now(claims: dict[str, Any], now: int) -> None:
    ends, made, begins = _moment(claims.get("exp")), _moment(claims.get("iat")), _moment(claims.get("nbf", 0))
    # Written so that a number which is none (NaN) is refused.
    if not (now < ends + _LEEWAY and begins <= now + _LEEWAY and now - _OLDEST <= made <= now + _LEEWAY):
        raise _refused("It is expired, not yet good, or was not made just now.")


def _moment(value: object) -> int | float:
    """Return a moment as JSON Web Tokens write it: seconds, and a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refused("It does not say when it was made and until when it is good.")
    return value


def _refused(why: str) -> MoveRefused:
    return MoveRefused(
        "agency.not-proved",
        what="What the agency's sign-on server says does not prove who you are.",
        why=why,
        next_step="Start again from the sign-in page; if it stays so, tell whoever runs this desk.",
    )
