"""An agency's sign-on for tests: a real OpenID provider on loopback, whose every answer can be bent.

It keeps to the rules by itself: a code is good once, for the client that asked, with its secret and the verifier of its
challenge. `bend` names what it does wrong instead.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "answerable:desk", "s3cret/with:marks"
Claims = dict[str, Any]


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2048)


def public(name: str) -> dict[str, Any]:
    known = jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key(), as_dict=True)
    return known | {"kid": name, "use": "sig", "alg": "RS256"}


def signed(claims: Claims, name: str = "agency key") -> str:
    return jwt.encode(claims, key(name), algorithm="RS256", headers={"kid": name})


def by_hand(header: dict[str, Any], claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    """Return a token as no library would make it."""
    parts = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (header, claims)]
    return b".".join([*parts, base64.urlsafe_b64encode(sign(b".".join(parts))).rstrip(b"=")]).decode()


@dataclass
class Agency:
    """What the provider says and does. `token` makes the ID token of its claims; `at` is the path that is answered by `bend`."""

    subject: str = "officer-4711"
    name: str | None = "E. Officer"
    claims: Callable[[Claims], Claims] = lambda claims: claims
    token: Callable[[Claims], str] = signed
    keys: list[dict[str, Any]] = field(default_factory=lambda: [public("agency key"), public("next key")])
    described: dict[str, Any] = field(default_factory=dict)
    returned: dict[str, str | None] = field(default_factory=dict)
    bend: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    issuer: str = ""

    def describe(self) -> dict[str, Any]:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
        }
        return said | self.described

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the officer's browser goes back to, with a code."""
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        said = {"code": code, "state": asked["state"], "iss": self.issuer} | self.returned
        return (
            f"{asked['redirect_uri']}?{urlencode({name: value for name, value in said.items() if value is not None})}"
        )

    def redeem(self, form: dict[str, str], authorization: str) -> dict[str, str] | None:
        """Return the tokens for a code, or None where something of it is wrong."""
        asked = self.codes.pop(form.get("code", ""), None)
        pair = base64.b64encode(b"answerable%3Adesk:s3cret%2Fwith%3Amarks").decode()
        if asked is None or authorization != f"Basic {pair}" or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if challenge.rstrip("=") != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "nonce": asked["nonce"]}
        claims |= {"iat": now, "exp": now + 300} | ({"name": self.name} if self.name else {})
        return {"id_token": self.token(self.claims(claims)), "access_token": "unused", "token_type": "Bearer"}


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        agency, there = self.server.agency, urlsplit(self.path)
        agency.asked.append(there.path)
        if bent := agency.bend.get(there.path):
            bent(self)
        elif there.path == "/.well-known/openid-configuration":
            self.say(agency.describe())
        elif there.path == "/keys":
            self.say({"keys": agency.keys})
        elif there.path == "/authorize":
            redirected(agency.authorize(dict(parse_qsl(there.query))))(self)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        agency = self.server.agency
        agency.asked.append(self.path)
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if bent := agency.bend.get(self.path):
            return bent(self)
        answer = agency.redeem(form, self.headers.get("Authorization", ""))
        return self.say(answer or {"error": "invalid_grant"}, 200 if answer else 400)

    def say(self, value: Any, status: int = 200, *, kind: str = "application/json") -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


def redirected(address: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", address)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def said(value: Any, status: int = 200) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda request: request.say(value, status)


def dripped(request: BaseHTTPRequestHandler) -> None:
    """Answer a byte now and then, and never the whole."""
    request.send_response(200)
    request.end_headers()
    try:
        while True:
            request.wfile.write(b" ")
            request.wfile.flush()
            time.sleep(0.02)
    except OSError:
        pass


@contextmanager
def serving(agency: Agency) -> Iterator[Agency]:
    """Run a provider on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.daemon_threads = True
    server.agency = agency
    agency.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield agency
    finally:
        server.shutdown()
        server.server_close()
