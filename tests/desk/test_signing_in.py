"""Does a link sign in exactly the person it was made for, as often as it may, and no longer?"""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from answerable.errors import MoveRefused


@pytest.fixture
def client(browser_of):
    return browser_of(None)


@pytest.fixture
def link(machine, people):
    from answerable.desk import moves

    return lambda name="mara", **how: moves.make_link(machine, people[name], **how)


def test_opening_a_link_uses_nothing_up_and_confirming_signs_in(client, link):
    address = f"/sign-in/{link()}/"
    for _ in range(3):
        assert "Sign in as Mara Test?" in client.get(address).content.decode()
    assert client.get("/desk/").status_code == 302
    assert client.post(address)["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("what", ["used", "unknown", "cut short"])
def test_a_link_that_does_not_work_says_so_and_signs_nobody_in(client, browser_of, link, what):
    token = link()
    if what == "used":
        browser_of(None).post(f"/sign-in/{token}/")
    address = {"used": token, "unknown": "a" * 43, "cut short": token[:20]}[what]
    for response in (client.get(f"/sign-in/{address}/"), client.post(f"/sign-in/{address}/")):
        assert response.status_code == 409
        assert "sign-in.no-such-link" in response.content.decode()
    assert client.get("/desk/").status_code == 302


def test_a_link_ends_with_its_hours(machine, link):
    from answerable.desk import moves

    token, later = link(hours=1), dataclasses.replace(machine, now=lambda: machine.now() + timedelta(hours=1))
    with pytest.raises(MoveRefused):
        moves.sign_in(later, token)


def test_a_closed_account_cannot_come_in(machine, client, link):
    from answerable.desk import moves

    account = moves.open_account(username="gone", name="Gone Test", role="reviewer")
    token = moves.make_link(machine, account)
    account.is_active = False
    account.save()
    assert client.post(f"/sign-in/{token}/").status_code == 409


def test_signing_in_as_somebody_else_ends_the_first_session(client, link):
    client.post(f"/sign-in/{link('mara')}/")
    assert client.post(f"/sign-in/{link('ina')}/")["Location"] == "/portal/"
    assert client.get("/desk/").status_code == 403
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/portal/").status_code == 302


def test_the_secret_of_a_link_is_not_in_the_database(demo, link):
    token = link()
    assert token.encode() not in demo.home.database.read_bytes()
