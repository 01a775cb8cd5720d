"""Is a server refused that is slow, large, away, another, or leads elsewhere, before anything is sent there?"""

from __future__ import annotations

import threading

import pytest
from tests.agency import Agency, dripped, redirected, said, serving
from tests.desk.agencies.visiting import START, come_in, pin, refused, sent_back, sent_to

DISCOVERY = "/.well-known/openid-configuration"
BENT = {
    "too large": said(b" " * (256 * 1024 + 1) + b"{}"),
    "too slow": dripped,
    "not there": said({}, 404),
    "not JSON": said(b"<html>"),
    "no object": said([]),
    "nested without end": said(b"[" * 100_000),
    "cut short": lambda request: (
        request.send_response(200),
        request.send_header("Content-Length", "9"),
        request.end_headers(),
    ),
}


@pytest.mark.parametrize("path", [DISCOVERY, "/token", "/keys"])
@pytest.mark.parametrize("wrong", BENT)
def test_a_server_that_does_not_answer_as_it_must_is_refused(agency, desk, client, monkeypatch, path, wrong):
    monkeypatch.setattr("answerable.adapters.agency.server._SECONDS", 0.3 if wrong == "too slow" else 5.0)
    back = sent_back(sent_to(client))
    agency.bend[path] = BENT[wrong]
    assert refused(client.get(back), "agency.no-answer")


@pytest.mark.parametrize("path", [DISCOVERY, "/token", "/keys"])
def test_no_redirect_is_followed(agency, desk, client, path):
    with serving(Agency()) as other:
        back = sent_back(sent_to(client))
        agency.bend[path] = redirected(other.issuer + path)
        assert refused(client.get(back), "agency.no-answer")
        assert other.asked == []


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "address",
    ["{other}/x", "https://agency.evil.example/x", "{issuer}@evil.example/x", "{issuer}/a b", "//[", "{issuer}/x#y"],
)
def test_a_server_that_leads_to_another_host_is_refused_before_anything_is_sent(agency, desk, client, name, address):
    with serving(Agency()) as other:
        agency.described = {name: address.format(other=other.issuer, issuer=agency.issuer)}
        assert refused(client.get(START), "agency.no-answer")
        assert (other.asked, agency.asked) == ([], [DISCOVERY])


def test_a_server_that_calls_itself_otherwise_or_leaves_out_its_keys_is_refused(agency, desk, client):
    for described in ({"issuer": agency.issuer + "/"}, {"issuer": None}, {"jwks_uri": None}):
        agency.described = described
        assert refused(client.get(START), "agency.no-answer")


def test_a_server_that_is_away_is_refused(settle, client):
    with serving(Agency()) as gone:
        settle(pin(gone.issuer))
    assert refused(client.get(START), "agency.no-answer")


def test_a_slow_server_does_not_take_every_thread_of_the_desk(agency, desk, client, monkeypatch):
    from answerable.adapters.agency import server

    monkeypatch.setattr(server, "_AT_ONCE", threading.BoundedSemaphore(1))
    with server._AT_ONCE:
        assert refused(client.get(START), "agency.no-answer")
        assert agency.asked == []
    assert come_in(client).status_code == 200
    assert server._AT_ONCE.acquire(blocking=False)
