"""Is every ID token refused that is not the agency's own word, for this desk, now, about this visit? Each for its own reason."""

from __future__ import annotations

import hashlib
import hmac
import html
import time
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from hypothesis import assume, given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from tests.agency import CLIENT, SECRET, by_hand, key, public, signed
from tests.desk.agencies.visiting import accounts, come_in, pin, refused

from answerable.adapters.agency import read_id_token
from answerable.errors import MoveRefused

PEM = (
    key("agency key")
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
)
SHORT = rsa.generate_private_key(65_537, 1024)


def mac(secret: bytes):
    return lambda content: hmac.digest(secret, content, hashlib.sha256)


def rs256(private):
    return lambda content: private.sign(content, padding.PKCS1v15(), hashes.SHA256())


def token(header: dict, sign, claims=lambda claims: claims):
    named = {"kid": "agency key"} | header
    return {"token": lambda made: by_hand({name: value for name, value in named.items() if value}, claims(made), sign)}


def claimed(**changes):
    """Return a change of claims; None takes one away."""
    return {"claims": lambda made: {name: value for name, value in (made | changes).items() if value is not None}}


def at(name: str, seconds: int):
    return {"claims": lambda made: made | {name: int(time.time()) + seconds}}  # of the moment in which it is made


UNSIGNED = {
    "alg none": token({"alg": "none"}, lambda _: b""),
    "alg none, written otherwise": token({"alg": "nOnE"}, lambda _: b""),
    "HS256 with the public key": token({"alg": "HS256"}, mac(PEM)),
    "HS256 with our secret": token({"alg": "HS256"}, mac(SECRET.encode())),
    "HS256 with a secret of the set": {
        "keys": [{"kty": "oct", "kid": "agency key", "k": "c2VjcmV0"}],
        **token({"alg": "HS256"}, mac(b"secret")),
    },
    "no algorithm": token({}, rs256(key("agency key"))),
}
OF_NO_KEY = {
    "a key not in the set": {"token": lambda claims: signed(claims, "stranger key")},
    "a key that it brings along": token(
        {"kid": "mine", "alg": "RS256", "jwk": public("stranger key")}, rs256(key("stranger key"))
    ),
    "no key named, of two": token({"kid": None, "alg": "RS256"}, rs256(key("agency key"))),
    "a key for encryption": {"keys": [public("agency key") | {"use": "enc"}]},
    "another algorithm than the key's": token({"alg": "PS256"}, rs256(key("agency key"))),
    "two keys of one name": {"keys": [public("agency key"), public("agency key")]},
    "no keys": {"keys": []},
}
UNREADABLE = {
    "a stranger's signature under the agency's name": token({"alg": "RS256"}, rs256(key("stranger key"))),
    "a short key": {
        "keys": [public("agency key") | {"n": RSAAlgorithm.to_jwk(SHORT.public_key(), as_dict=True)["n"]}],
        **token({"alg": "RS256"}, rs256(SHORT)),
    },
    "an extension nobody knows": token({"alg": "RS256", "crit": ["x"], "x": 1}, rs256(key("agency key"))),
    "not signed text": {"token": lambda _: "a.b"},
    "an encrypted one": {"token": lambda claims: signed(claims) + ".e.f"},
    "claims that are none": token({"alg": "RS256"}, rs256(key("agency key")), lambda _: ["iss"]),
}
OF_ANOTHER = {
    "another issuer": claimed(iss="https://agency.evil.example"),
    "almost the issuer": {"claims": lambda made: made | {"iss": made["iss"] + "/"}},
    "no issuer": claimed(iss=None),
}
FOR_ANOTHER = {
    "another audience": claimed(aud="somebody else"),
    "another audience beside us": claimed(aud=[CLIENT, "somebody else"]),
    "no audience": claimed(aud=None),
    "another party": claimed(azp="somebody else"),
}
OF_ANOTHER_VISIT = {"another nonce": claimed(nonce="n" * 43), "no nonce": claimed(nonce=None)}
NOT_NOW = {
    "expired": at("exp", -61),
    "an end that is no number": claimed(exp=float("nan")),
    "made in the future": at("iat", 120),
    "made long ago": at("iat", -700),
    "not good yet": at("nbf", 120),
}
NOT_AT_ANY_TIME = {
    "ending in words": claimed(exp="tomorrow"),
    "ending with yes": claimed(exp=True),
    "no end": claimed(exp=None),
    "no beginning": claimed(iat=None),
}
ABOUT_NOBODY = {
    "no subject": claimed(sub=None),
    "an empty subject": claimed(sub=""),
    "a subject that is a number": claimed(sub=4711),
    "a subject without end": claimed(sub="x" * 256),
    "a subject in other letters": claimed(sub="оfficer"),
}
FORGED = {
    "not signed in a way that only the agency": UNSIGNED,
    "a key that is not one of the agency's": OF_NO_KEY,
    "cannot be read, or its signature does not hold": UNREADABLE,
    "another server than the pinned one": OF_ANOTHER,
    "somebody else than this desk": FOR_ANOTHER,
    "another visit": OF_ANOTHER_VISIT,
    "expired, not yet good": NOT_NOW,
    "does not say when": NOT_AT_ANY_TIME,
    "does not say who": ABOUT_NOBODY,
}


@pytest.mark.parametrize(
    ("why", "changes"),
    [pytest.param(why, each, id=name) for why, cases in FORGED.items() for name, each in cases.items()],
)
def test_an_id_token_that_is_not_the_agencys_word_for_this_visit_lets_nobody_in(agency, desk, client, why, changes):
    before = accounts().count()
    for name, value in changes.items():
        setattr(agency, name, value)
    response = come_in(client)
    assert refused(response, "agency.not-proved")
    assert why in html.unescape(response.content.decode())
    assert client.get("/portal/")["Location"] == "/sign-in/"
    assert accounts().count() == before


SIGNING = {
    "ES256": (ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm),
    "PS256": (key("agency key"), RSAAlgorithm),
}


@pytest.mark.parametrize("algorithm", SIGNING)
def test_the_one_key_of_a_set_needs_no_name_and_may_be_of_another_kind(agency, desk, client, algorithm):
    private, kind = SIGNING[algorithm]
    agency.subject, agency.keys = f"signed by {algorithm}", [kind.to_jwk(private.public_key(), as_dict=True)]
    agency.token = lambda claims: jwt.encode(claims, private, algorithm=algorithm)
    assert come_in(client).status_code == 200


ISSUED = datetime(2026, 11, 30, 12, tzinfo=UTC)
PIN, NONCE = pin("https://login.agency.example"), "n" * 43
GOOD = {"iss": PIN.issuer, "aud": CLIENT, "sub": "a", "nonce": NONCE, "iat": 1_796_040_000, "exp": 1_796_040_300}
KEYS = {"keys": [public("agency key")]}
SIGNED = signed(GOOD)


@given(st.integers(0, SIGNED.rindex(".") - 1), st.sampled_from("ABCabc019-_.="))
def test_no_letter_of_what_is_signed_can_change_unseen(place, letter):
    assert read_id_token(SIGNED, KEYS, PIN, nonce=NONCE, at=ISSUED).subject == "a"
    assume(SIGNED[place] != letter)
    with pytest.raises(MoveRefused, match=r"agency\.not-proved"):
        read_id_token(SIGNED[:place] + letter + SIGNED[place + 1 :], KEYS, PIN, nonce=NONCE, at=ISSUED)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "kid", "kty", "n", "e", "use"]), inner)
    ),
    max_leaves=6,
)


@given(JSON, JSON, st.text(max_size=20) | st.just(SIGNED))
def test_nothing_that_a_server_answers_makes_the_desk_stumble(claims, key_of_set, token):
    made = by_hand({"alg": "RS256", "kid": "agency key"}, claims, rs256(key("agency key")))
    for text, keys in ((token, {"keys": [key_of_set]}), (token, {"keys": key_of_set}), (made, KEYS)):
        with pytest.raises(MoveRefused, match=r"agency\.not-proved"):
            read_id_token(text, keys, PIN, nonce=NONCE, at=ISSUED)
