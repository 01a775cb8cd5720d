"""Does a passkey let in its holder alone, and does an officer's demand wait until its sender confirmed exactly its bytes?"""

from __future__ import annotations

import dataclasses
import html
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.authenticator import PRESENT, Authenticator

from answerable.adapters.bundles import verify_bundle
from answerable.authenticate.account import decoded
from answerable.casefile.decision import DecisionKind
from answerable.casefile.route import decision_blockers
from answerable.desk.home import SignInSettings
from answerable.errors import MoveRefused


def options_of(response) -> str:
    return html.unescape(re.search(r'data-options="([^"]*)"', response.content.decode())[1])


@pytest.fixture
def strict(machine, monkeypatch):
    """A real desk: whoever has a passkey comes in by it alone."""
    settings = machine.settings.model_copy(update={"sign_in": SignInSettings(address="http://localhost:8000")})
    desk = dataclasses.replace(machine, settings=settings)
    for module in ("entrance", "portal.views", "staff.officers", "middleware"):
        monkeypatch.setattr(f"answerable.desk.{module}.desk", lambda: desk)
    return desk


@pytest.fixture
def newcomer(strict):
    """Return an account of its own with a browser, and a device in which it registered a passkey after a link."""
    from django.test import Client

    from answerable.desk import moves

    def come(username: str, role: str = "officer"):
        account = moves.open_account(username=username, name=f"{username.title()} Test", role=role)
        device, client = Authenticator(credential=f"of {username}".encode()), Client()
        assert client.post(f"/sign-in/{moves.make_link(strict, account)}/")["Location"] == "/passkeys/"
        answer = device.create(options_of(client.get("/passkeys/")))
        assert client.post("/passkeys/", {"label": "office key", "answer": answer})["Location"] == "/passkeys/"
        return account, device, client

    return come


def test_after_the_first_passkey_no_link_lets_in_and_the_passkey_does(newcomer, strict):
    from django.test import Client

    from answerable.desk import moves

    account, device, _ = newcomer("petra", "reviewer")
    client, link = Client(), moves.make_link(strict, account)
    for response in (client.get(f"/sign-in/{link}/"), client.post(f"/sign-in/{link}/")):
        assert (response.status_code, "sign-in.needs-passkey" in response.content.decode()) == (409, True)
    page = client.get("/sign-in/")
    assert client.post("/sign-in/", {"answer": device.get(options_of(page))})["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_a_challenge_is_good_once_and_for_five_minutes(newcomer, strict, monkeypatch):
    from django.test import Client

    _, device, _ = newcomer("quirin", "reviewer")
    client = Client()
    answer = device.get(options_of(client.get("/sign-in/")))
    later = dataclasses.replace(strict, now=lambda: strict.now() + timedelta(minutes=6))
    with monkeypatch.context() as patched:
        patched.setattr("answerable.desk.entrance.desk", lambda: later)
        assert client.post("/sign-in/", {"answer": answer}).status_code == 409
    answer = device.get(options_of(client.get("/sign-in/")))
    assert Client().post("/sign-in/", {"answer": answer}).status_code == 409
    assert client.post("/sign-in/", {"answer": answer}).status_code == 302
    client.post("/sign-out/")
    assert client.post("/sign-in/", {"answer": answer}).status_code == 409


@pytest.mark.parametrize("wrong", ["counter", "verification", "origin", "unknown", "nothing"])
def test_a_wrong_answer_lets_nobody_in(newcomer, strict, wrong):
    from django.test import Client

    _, device, _ = newcomer(f"rosa-{wrong}", "reviewer")
    client = Client()
    first = device.get(options_of(client.get("/sign-in/")))
    assert client.post("/sign-in/", {"answer": first}).status_code == 302
    client.post("/sign-out/")
    options = options_of(client.get("/sign-in/"))
    if wrong == "counter":
        device.counter -= 1
    changes = {
        "verification": {"flags": PRESENT},
        "origin": {"origin": "http://localhost:8000.evil.example"},
        "unknown": {"credential": b"nobody's"},
    }
    answer = dataclasses.replace(device, **changes.get(wrong, {})).get(options) if wrong != "nothing" else ""
    refused = client.post("/sign-in/", {"answer": answer})
    assert (refused.status_code, "passkey.refused" in refused.content.decode()) == (409, True)
    assert client.get("/desk/").status_code == 302


def test_who_came_in_by_a_link_adds_no_passkey_beside_another(strict, newcomer, browser_of):
    from answerable.desk import moves

    account, _, client = newcomer("selma", "reviewer")
    second = Authenticator(credential=b"of somebody else")
    challenge = b"c" * 32
    options = f'{{"challenge": "{"Y2Nj" * 11}"}}'
    with pytest.raises(MoveRefused) as refused:
        moves.register_passkey(
            strict, account, challenge=challenge, answer=second.create(options), label="x", by_passkey=False
        )
    assert "sign in with it to add another" in refused.value.why
    answer = second.create(options_of(client.get("/passkeys/")))
    assert client.post("/passkeys/", {"label": "spare", "answer": answer}).status_code == 302
    assert account.passkeys.count() == 2


def test_an_ended_passkey_lets_nobody_in_and_ends_every_session(newcomer, strict, people):
    from django.test import Client

    from answerable.desk import moves

    account, device, client = newcomer("tilda")
    assert client.get("/portal/").status_code == 200
    [passkey] = account.passkeys.all()
    with pytest.raises(MoveRefused):
        moves.end_passkey(strict, passkey, actor=account, reason="An officer cannot do that.")
    mara = Client()
    mara.force_login(people["mara"])
    assert mara.post(f"/desk/passkeys/{passkey.pk}/end", {"reason": "short"}).status_code == 422
    assert mara.post(f"/desk/passkeys/{passkey.pk}/end", {"reason": "The key was left in a train."}).status_code == 302
    assert client.get("/portal/").status_code == 302
    other = Client()
    assert other.post("/sign-in/", {"answer": device.get(options_of(other.get("/sign-in/")))}).status_code == 409
    assert other.post(f"/sign-in/{moves.make_link(strict, account)}/")["Location"] == "/passkeys/"


@pytest.fixture
def sent(newcomer, order, work):
    """Return a demand that an officer with a passkey sent by the portal, examined, with the officer's device and browser."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from answerable.desk.models import Case

    def send(username: str, name: str = "lawful"):
        account, device, client = newcomer(username)
        response = client.post("/portal/", {"paper": SimpleUploadedFile("order.pdf", order(name))})
        case = Case.objects.get(sent_by=account)
        assert response["Location"] == f"/portal/{case.reference}/confirm"
        work()
        case.refresh_from_db()
        return case, device, client

    return send


def against(case):
    from answerable.desk.moves.casefiles import case_file

    return decision_blockers(case_file(case), DecisionKind.ANSWER)


UNCONFIRMED = "The officer who sent it has not confirmed it with the passkey of the account."


def test_a_demand_waits_for_its_senders_passkey_and_the_sheet_and_its_bundle_say_so(
    sent, machine, browser_of, tmp_path
):
    case, device, client = sent("ursula")
    assert UNCONFIRMED in against(case)
    page = f"/portal/{case.reference}/confirm"
    shown = client.get(page)
    assert decoded(re.search(r'"challenge": "([^"]+)"', options_of(shown))[1]).hex() in shown.content.decode()
    assert client.post(page, {"answer": device.get(options_of(shown))}).status_code == 302
    assert against(case) == ()
    assert client.post(page, {"answer": device.get(options_of(shown))}).status_code == 409
    mara = browser_of("mara")
    text = html.unescape(mara.get(f"/desk/{case.reference}/").content.decode())
    assert "The sender confirmed exactly these bytes with a passkey" in text
    (tmp_path / "bundle").write_bytes(mara.get(f"/desk/{case.reference}/evidence").content)
    checks = {check.name: check for check in verify_bundle(tmp_path / "bundle")}
    assert all(check.passed for check in checks.values()), [each for each in checks.values() if not each.passed]
    assert checks["C1 comes out again"].detail == "confirmed"


def test_a_reviewer_who_lost_a_passkey_asks_another_reviewer(strict, browser_of, newcomer):
    from answerable.desk.models import Account

    account, _, _ = newcomer("paula", Account.Role.REVIEWER)
    [passkey] = account.passkeys.all()
    mara = browser_of("mara")
    page = mara.get("/desk/officers/").content.decode()
    assert f"/desk/passkeys/{passkey.pk}/end" in page
    refused = mara.post(f"/desk/passkeys/{passkey.pk}/end", {"reason": "short"})
    assert (refused.status_code, "Passkeys of reviewers" in refused.content.decode()) == (422, True)
    ended = mara.post(f"/desk/passkeys/{passkey.pk}/end", {"reason": "It was left in a train."})
    assert (ended.status_code, ended["Location"]) == (302, "/desk/officers/")
    assert f"/desk/passkeys/{passkey.pk}/end" not in mara.get("/desk/officers/").content.decode()


@pytest.mark.parametrize("wrong", ["other bytes", "verification", "look-alike", "counter", "another officer"])
def test_what_does_not_confirm_this_demand_is_refused(sent, newcomer, wrong):
    case, device, client = sent(f"vera-{wrong.replace(' ', '-')}")
    page = f"/portal/{case.reference}/confirm"
    options = options_of(client.get(page))
    if wrong == "other bytes":
        answer = device.sign(b"\0" * 32)
    elif wrong == "counter":
        device.counter = -1
        answer = device.get(options)
        assert (
            client.post(page, {"answer": answer}).status_code == 302
        )  # a device without a counter is none that went back
        return
    elif wrong == "another officer":
        _, other, _ = newcomer("wanda")
        answer = other.get(options)
    else:
        change = {"flags": PRESENT} if wrong == "verification" else {"origin": "http://1ocalhost:8000"}
        answer = dataclasses.replace(device, **change).get(options)
    refused = client.post(page, {"answer": answer})
    assert (refused.status_code, "passkey.refused" in refused.content.decode()) == (409, True)
    assert UNCONFIRMED in against(case)


def test_nobody_confirms_for_another_and_a_confirmation_is_never_changed(sent, newcomer):
    from answerable.desk.models import Confirmation

    case, device, client = sent("xenia")
    _, _, stranger = newcomer("yolanda")
    page = f"/portal/{case.reference}/confirm"
    assert stranger.get(page).status_code == 404
    assert client.post(page, {"answer": device.get(options_of(client.get(page)))}).status_code == 302
    for meddle in (
        lambda: Confirmation.objects.filter(case=case).update(record={}),
        lambda: Confirmation.objects.filter(case=case).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            meddle()


def test_without_a_passkey_nothing_waits_and_the_sheet_says_that_none_confirmed(received, browser_of):
    case = received()
    assert UNCONFIRMED not in against(case)
    assert "It was not confirmed with a passkey." in browser_of("mara").get(f"/desk/{case.reference}/").content.decode()


def test_one_script_and_only_where_a_passkey_is_asked_for(strict, newcomer, browser_of):
    from answerable.desk.permissions import PAGES, WITH_OUR_SCRIPT

    assert set(PAGES) >= WITH_OUR_SCRIPT
    _, _, client = newcomer("zoe")
    for address in ("/", "/sign-in/", "/passkeys/", "/portal/", "/log/"):
        response = (browser_of(None) if address == "/sign-in/" else client).get(address)
        policy, page = response["Content-Security-Policy"], response.content.decode()
        with_script = address in ("/sign-in/", "/passkeys/")
        assert ("; script-src 'self'" in policy) is with_script
        assert re.findall(r"<script[^>]*>[^<]*", page) == (
            ['<script src="/static/passkey.js" defer>'] if with_script else []
        )
        assert "unsafe" not in policy
