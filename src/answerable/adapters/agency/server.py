"""What does an agency's sign-on server answer? Asked over one host alone, within a time and a size, and never sent elsewhere.

Its documents, its keys and our code all come from and go to the issuer's own origin, so that a pin is a pin: a server that
names another host is refused, and no redirect is followed.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pydantic import BaseModel, ValidationError

from answerable.adapters.agency.pin import Pin
from answerable.errors import MoveRefused

_SECONDS = 10.0
_LARGEST = 256 * 1024
# Of the threads that serve pages: one slow server must not hold up the others.
_AT_ONCE = threading.BoundedSemaphore(4)
_PLAIN = re.compile(r"[\x21-\x7e]{1,2000}")


class Server(BaseModel, frozen=True):
    """What a server says of itself (OpenID Connect Discovery 1.0), as far as we use it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    authorization_response_iss_parameter_supported: bool = False


def ask_server(pin: Pin) -> Server:
    """Return what the server of a pin says of itself. Refuses one that is another, or that leads to another host."""
    found = _object(_fetched(pin, pin.issuer.rstrip("/") + "/.well-known/openid-configuration"))
    try:
        server = Server.model_validate(found)
    except ValidationError as fault:
        raise _refused("What it says of itself leaves out what is needed, or cannot be read.") from fault
    if server.issuer != pin.issuer:
        raise _refused("It calls itself by another name than the one it is pinned by.")
    for each in (server.authorization_endpoint, server.token_endpoint, server.jwks_uri):
        _refuse_elsewhere(pin, each)
    return server


def way_there(server: Server, pin: Pin, said: Mapping[str, str]) -> str:
    """Return the address at which the agency asks its officer to sign in; `said` is what only this visit knows."""
    asked = {"response_type": "code", "scope": "openid profile", "client_id": pin.client_id, **said}
    separator = "&" if urlsplit(server.authorization_endpoint).query else "?"
    return f"{server.authorization_endpoint}{separator}{urlencode(asked)}"


def redeem(server: Server, pin: Pin, *, code: str, verifier: str, back: str) -> tuple[str, dict[str, Any]]:
    """Return the ID token that the server gives for a code, and the server's keys; nothing is checked yet."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    answer = _object(_fetched(pin, server.token_endpoint, form))
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise _refused("It gave no ID token for the code that came back.")
    return token, _object(_fetched(pin, server.jwks_uri))


def _refuse_elsewhere(pin: Pin, address: str) -> None:
    try:
        there = urlsplit(address)
    except ValueError as fault:
        raise _refused("It names an address that cannot be read.") from fault
    if not _PLAIN.fullmatch(address) or there[:2] != urlsplit(pin.issuer)[:2] or there.fragment:
        raise _refused("It leads to another host than the one it is pinned by.")


def _fetched(pin: Pin, address: str, form: Mapping[str, str] | None = None) -> bytes:
    """Return the body of one answer of status 200: a GET, or a POST of `form` under our name and secret."""
    there = urlsplit(address)
    kind = http.client.HTTPSConnection if there.scheme == "https" else http.client.HTTPConnection
    headers = {"Accept": "application/json", "Connection": "close"}
    if form is not None:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Authorization": _basic(pin)}
    connection = kind(there.hostname or "", there.port, timeout=_SECONDS)
    if not _AT_ONCE.acquire(blocking=False):
        raise _refused("Too many are being let in at this moment.")
    try:
        connection.connect()
        with _ended_in_time(connection.sock):
            target = (there.path or "/") + (f"?{there.query}" if there.query else "")
            body = None if form is None else urlencode(form)
            connection.request("POST" if body else "GET", target, body, headers)
            answer = connection.getresponse()
            content = answer.read(_LARGEST + 1)
    except (OSError, ValueError, http.client.HTTPException) as fault:
        raise _refused("It could not be reached, or took too long.") from fault
    finally:
        _AT_ONCE.release()
        connection.close()
    if answer.status != 200:
        raise _refused(f"It answered with status {answer.status}.")
    if len(content) > _LARGEST:
        raise _refused("Its answer is larger than any such answer is.")
    return content


def _basic(pin: Pin) -> str:
    """Return our name and secret there, written as RFC 6749, 2.3.1 has it."""
    pair = f"{quote(pin.client_id, safe='')}:{quote(pin.secret(), safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


@contextmanager
def _ended_in_time(there: socket.socket) -> Iterator[None]:
    """End a connection from outside: a server that sends a byte now and then would never run into a timeout of reading."""
    late = threading.Event()

    def end() -> None:
        late.set()
        with suppress(OSError):
            there.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(_SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if late.is_set():
        raise TimeoutError


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise _refused("Its answer cannot be read.") from fault
    if not isinstance(found, dict):
        raise _refused("Its answer cannot be read.")
    return found


def _refused(why: str) -> MoveRefused:
    return MoveRefused(
        "agency.no-answer",
        what="The agency's sign-on server did not answer as it must.",
        why=why,
        next_step="Try again in a while; if it stays so, tell whoever runs this desk and your agency's own support.",
    )
