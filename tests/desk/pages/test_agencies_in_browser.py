"""Does an agency's own sign-on work in a real browser, scripts off: there over another site, and back into a session of ours?

The desk is `localhost` and the agency `127.0.0.1`: two sites to a browser, so its rules on cookies and forms are met.
"""

from __future__ import annotations

import dataclasses
import html
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.agency import CLIENT, SECRET, Agency, serving

from answerable.adapters.agency import Pin
from answerable.desk.home import SignInSettings

pytestmark = pytest.mark.browser
COURT = "de-musterstadt-court"


@pytest.fixture
def agency():
    with serving(Agency(subject="in a browser", name="Bea Browser")) as running:

        def asks(request):
            back = running.authorize(dict(parse_qsl(urlsplit(request.path).query)))
            request.say(
                f'<title>Agency</title><link rel=icon href=data:,><a href="{html.escape(back)}">Yes, it is me</a>'.encode(),
                kind="text/html",
            )

        running.bend["/authorize"] = asks
        yield running


@pytest.fixture
def origin(machine, people, address, agency, monkeypatch):
    """The address of the desk by name, with the demo's court signing on by the agency."""
    monkeypatch.setenv("AGENCY_SECRET", SECRET)
    found = address.replace("127.0.0.1", "localhost")
    pin = Pin(record=COURT, issuer=agency.issuer, client_id=CLIENT, client_secret_env="AGENCY_SECRET")
    settings = machine.settings.model_copy(update={"sign_in": SignInSettings(address=found, agencies=(pin,))})
    desk = dataclasses.replace(machine, settings=settings)
    for module in ("entrance", "agency_entrance", "portal.views", "middleware"):
        monkeypatch.setattr(f"answerable.desk.{module}.desk", lambda: desk)
    return found


def test_the_sign_in_page_with_agencies_is_accessible(origin, faults):
    assert faults({"sign-in-agency": (None, "/sign-in/")}, "narrow", "dark", status=(200,)) == []


@pytest.mark.parametrize("size", [(1100, 900), (390, 844)], ids=["wide", "narrow"])
def test_an_officer_goes_to_the_agency_and_comes_back_signed_in(chromium, origin, photograph, size):
    width, height = size
    context = chromium.new_context(
        base_url=origin, viewport={"width": width, "height": height}, java_script_enabled=False
    )
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/sign-in/")
    photograph(page, f"sign-in-agency-{width}")
    page.get_by_role("link", name="Sign in with your agency").click()
    page.get_by_role("link", name="Yes, it is me").click()  # from here on another site sends the browser on
    page.get_by_role("heading", name="You are signed in as Bea Browser").wait_for()
    photograph(page, f"agency-return-{width}")
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("heading", name="Your passkeys").wait_for()
    page.get_by_role("link", name="Your demands").click()
    page.get_by_role("heading", name="Your demands to").wait_for()
    assert [each["sameSite"] for each in context.cookies() if each["name"] == "answerable_session"] == ["Strict"]
    assert complaints == []
    context.close()
