"""Does a passkey work in a real browser: register it by a link, sign in with it, confirm a demand, under the policy as it is?

Chromium's own virtual authenticator answers, so the script, the policy and the forms are those of the desk.
"""

from __future__ import annotations

import dataclasses

import pytest

from answerable.desk.home import SignInSettings

pytestmark = pytest.mark.browser
_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def desk_at(machine, address, monkeypatch):
    """The address by name, as a browser needs it for a passkey, and the desk set to it."""
    origin = address.replace("127.0.0.1", "localhost")
    settings = machine.settings.model_copy(update={"sign_in": SignInSettings(address=origin)})
    desk = dataclasses.replace(machine, settings=settings)
    for module in ("entrance", "portal.views", "middleware"):
        monkeypatch.setattr(f"answerable.desk.{module}.desk", lambda: desk)
    return origin, desk


@pytest.fixture
def browser_with_device(chromium, desk_at):
    """A page in which a device is plugged in, and what the browser complained of."""
    context = chromium.new_context(base_url=desk_at[0], viewport={"width": 1100, "height": 900})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = session.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})["authenticatorId"]
    yield page, session, device, complaints
    context.close()


def test_an_officer_registers_signs_in_and_confirms_a_demand(
    browser_with_device,
    desk_at,
    aside,
    order,
    work,
    photograph,
    tmp_path,
):
    from answerable.desk import moves

    (page, session, device, complaints), (_, desk) = browser_with_device, desk_at
    account = aside(moves.open_account, username="browser", name="Bea Browser", role="officer")
    link = aside(moves.make_link, desk, account)
    page.goto(f"/sign-in/{link}/")
    page.get_by_role("button", name="Yes, sign in").click()
    photograph(page, "passkeys-none")
    page.get_by_label("Its name").fill("the office key")
    page.get_by_role("button", name="Register a passkey").click()
    page.get_by_text("From now on you sign in with it.").wait_for()
    photograph(page, "passkeys-one")
    page.get_by_role("button", name="Sign out").click()

    page.goto("/sign-in/")
    photograph(page, "sign-in-passkey")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Your demands to").wait_for()

    file = tmp_path / "order.pdf"
    file.write_bytes(aside(order, "broad"))
    page.get_by_label("Your order").set_input_files(file)
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("heading", name="Confirm that you sent this document").wait_for()
    photograph(page, "confirm")

    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Confirm with your passkey").click()
    page.get_by_text("No passkey answered.").wait_for()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="Confirm with your passkey").click()
    page.get_by_text("Confirmed: your passkey stands for exactly this document.").wait_for()
    photograph(page, "confirmed")
    assert complaints == []
    aside(work)
