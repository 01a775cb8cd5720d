"""Does an agency's own sign-on let in its officers alone, for its one record, and is every forged or strayed answer refused?

The agency is a real OpenID provider on loopback; pages, requests and signatures are those of a desk at work.
"""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import DatabaseError, transaction
from pydantic import ValidationError
from tests.agency import CLIENT, SECRET, Agency, serving
from tests.authenticator import Authenticator
from tests.desk.agencies.visiting import (
    BACK,
    HERE,
    NUMBER,
    OFFICE,
    OTHER,
    START,
    accounts,
    come_in,
    pin,
    refused,
    sent_back,
    sent_to,
)

from answerable.adapters.agency import Pin
from answerable.adapters.bundles import verify_bundle
from answerable.casefile.directory import MailDomain
from answerable.desk.home import SignInSettings


def test_an_officer_comes_in_by_the_agency_and_a_demand_says_so(
    agency, desk, client, browser_of, order, work, tmp_path
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from answerable.desk.models import Case

    agency.subject = "officer-1"
    assert f'<a class="btn sec" href="{START}">' in client.get("/sign-in/").content.decode()
    there = sent_to(client)
    asked = {name: value for name, [value] in parse_qs(urlsplit(there).query).items()}
    assert (asked["redirect_uri"], asked["scope"]) == (HERE + BACK, "openid profile")
    assert all(len(asked[each]) == 43 for each in ("state", "nonce", "code_challenge"))
    arrived = client.get(sent_back(there))
    page = arrived.content.decode()
    assert (arrived.status_code, "signed in as E. Officer" in page, 'href="/passkeys/"' in page) == (200, True, True)

    account = accounts().get(subject="officer-1").account
    assert (account.role, account.has_usable_password()) == ("officer", False)
    device = Authenticator(credential=b"of the agency's officer")
    options = html.unescape(re.search(r'data-options="([^"]*)"', client.get("/passkeys/").content.decode())[1])
    assert client.post("/passkeys/", {"label": "key", "answer": device.create(options)}).status_code == 302
    mara = browser_of("mara")
    seen = mara.get(f"/desk/officers/{account.username}/").content.decode()
    assert (agency.issuer in seen, "Make a code" in seen) == (True, False)
    assert f"Agency sign-on: {OFFICE}" in mara.get("/desk/officers/").content.decode()
    vouching = {"number": NUMBER, "supervisor": "C. Chief", "post": "Chief of the station"}
    assert mara.post(f"/desk/officers/{account.username}/vouch", vouching).status_code == 302

    answer = client.post("/portal/", {"paper": SimpleUploadedFile("order.pdf", order())})
    case = Case.objects.get(sent_by=account)
    assert answer["Location"] == f"/portal/{case.reference}/confirm"  # the passkey is asked for as of everybody
    work()
    text = html.unescape(mara.get(f"/desk/{case.reference}/").content.decode())
    assert "An agency's own sign-on let the sender in" in text
    assert f"{agency.issuer}, which our settings pin to {OFFICE}, on" in text
    assert "C. Chief, Chief of the station" in text
    (tmp_path / "bundle").write_bytes(mara.get(f"/desk/{case.reference}/evidence").content)
    checks = {check.name: check for check in verify_bundle(tmp_path / "bundle")}
    assert all(check.passed for check in checks.values()), [each for each in checks.values() if not each.passed]
    assert checks["C5 comes out again"].detail == "confirmed"

    client.post("/sign-out/")
    again = come_in(client).content.decode()
    assert 'href="/portal/"' in again  # there is a passkey now
    assert accounts().get(subject="officer-1").visits.count() == 2


def test_an_account_is_an_issuer_and_a_subject_and_nothing_else(agency, desk, client):
    agency.subject = "officer-2"
    agency.claims = lambda claims: claims | {"email": "mara@harbourforum.example", "preferred_username": "mara"}
    come_in(client)
    first = accounts().get(subject="officer-2").account
    assert (first.username.startswith(OFFICE), first.role) == (True, "officer")
    agency.name = "Somebody Else"
    come_in(client)
    assert accounts().get(subject="officer-2").account == first
    agency.subject = "Officer-2"
    come_in(client)
    assert accounts().get(subject="Officer-2").account != first


@pytest.mark.parametrize("name", [None, "‮reversed", "two\nlines", "x" * 201, 7])
def test_a_name_that_cannot_be_shown_is_none(agency, desk, client, name):
    agency.subject, agency.name = f"named-{str(name)[:9]!r}", None
    agency.claims = lambda claims: claims | ({"name": name} if name else {})
    come_in(client)
    assert accounts().get(subject=agency.subject).account.name == f"Officer of The {OFFICE}"


RETURNED = {
    "from a server that names another": ({"iss": "https://agency.evil.example"}, "agency.other-server"),
    "from a server that names none": ({"iss": None}, "agency.other-server"),
    "under another state": ({"state": "s" * 43}, "agency.other-visit"),
    "under no state": ({"state": None}, "agency.other-visit"),
    "with a refusal": ({"error": "access_denied", "error_description": "E. Officer left"}, "agency.not-let-in"),
    "with no code": ({"code": None}, "agency.not-let-in"),
    "with another code": ({"code": "guessed"}, "agency.no-answer"),
    "with a code without end": ({"code": "c" * 5_000}, "agency.other-visit"),
}


@pytest.mark.parametrize("wrong", RETURNED)
def test_what_comes_back_otherwise_than_it_was_asked_lets_nobody_in(agency, desk, client, wrong):
    agency.returned, code = RETURNED[wrong]
    assert refused(come_in(client), code)
    assert client.get("/portal/")["Location"] == "/sign-in/"


def test_a_visit_is_good_once_in_its_own_browser_and_for_ten_minutes(agency, settle, client):
    from django.test import Client

    settle(pin(agency.issuer))
    agency.subject, stranger = "officer-3", Client()
    there = sent_to(client)
    back = sent_back(there)
    assert refused(stranger.get(back), "agency.other-visit")  # the code of one browser in another
    sent_to(stranger)
    assert refused(stranger.get(back), "agency.other-visit")  # which has a visit of its own
    assert refused(Client().get(f"{BACK}?{urlencode({'state': '', 'code': 'x'})}"), "agency.other-visit")
    doubled = back + "&" + urlencode({"state": parse_qs(urlsplit(back).query)["state"][0]})
    kept = client.cookies["answerable_agency"].value
    assert client.get(back).status_code == 200
    client.post("/sign-out/")
    client.cookies["answerable_agency"] = kept
    assert refused(client.get(sent_back(there)), "agency.other-visit")  # the state again, with a new code
    assert refused(client.get(doubled), "agency.other-visit")
    back = sent_back(sent_to(client))
    settle(pin(agency.issuer), days=11 / 24 / 60)
    assert refused(client.get(back), "agency.other-visit")


def test_what_waits_has_a_cookie_that_comes_back_from_the_agency_and_goes_nowhere_else(agency, desk, client):
    sent_to(client)
    cookie = client.cookies["answerable_agency"]
    assert (cookie["samesite"], cookie["httponly"], cookie["path"], cookie["max-age"]) == (
        "Lax",
        True,
        "/sign-in/",
        600,
    )
    assert client.get("/sign-in/")["Content-Security-Policy"].count("form-action 'self'") == 1


def test_one_agencys_answer_is_not_taken_for_anothers(agency, settle, client):
    with serving(Agency(subject="officer-of-the-other")) as other:
        settle(pin(agency.issuer), pin(other.issuer, OTHER))
        there = sent_to(client, f"/sign-in/agency/{OTHER}/")
        mixed_up = sent_back(there).replace(OTHER, OFFICE)
        assert refused(client.get(mixed_up), "agency.other-visit")
        other.returned = {"iss": agency.issuer}
        assert refused(come_in(client, f"/sign-in/agency/{OTHER}/"), "agency.other-server")
        assert "/token" not in agency.asked + other.asked


def test_a_pin_that_is_taken_away_ends_sessions_at_once_and_lets_nobody_in(agency, settle, client, browser_of):
    from answerable.desk import queries

    desk = settle(pin(agency.issuer))
    agency.subject = "officer-5"
    come_in(client)
    account = accounts().get(subject="officer-5").account
    assert client.get("/portal/").status_code == 200
    unpinned = settle()
    assert client.get("/portal/")["Location"] == "/sign-in/"
    assert (client.get(START).status_code, client.get(BACK).status_code) == (404, 404)
    assert "Agency" not in client.get("/sign-in/").content.decode()
    assert "no longer pin it" in browser_of("mara").get(f"/desk/officers/{account.username}/").content.decode()
    assert (queries.stays_pinned(desk, account), queries.stays_pinned(unpinned, account)) == (True, False)

    settle(pin(agency.issuer, OTHER))  # another office's now: what was opened for the first stays shut
    assert client.get("/portal/")["Location"] == "/sign-in/"
    assert refused(come_in(client, f"/sign-in/agency/{OTHER}/"), "agency.not-let-in")
    settle(pin(agency.issuer))
    assert client.get("/portal/").status_code == 200


def test_a_closed_account_and_an_office_that_nobody_confirmed_are_refused(agency, settle, client):
    settle(pin(agency.issuer))
    agency.subject = "officer-6"
    come_in(client)
    account = accounts().get(subject="officer-6").account
    account.is_active = False
    account.save()
    assert client.get("/portal/")["Location"] == "/sign-in/"
    assert refused(come_in(client), "agency.not-let-in")
    settle(pin(agency.issuer, "nl-nobody"))
    assert refused(client.get("/sign-in/agency/nl-nobody/"), "agency.no-record")
    assert "nl-nobody" not in client.get("/sign-in/").content.decode()


def test_neither_a_link_nor_a_passkey_lets_in_whom_an_agency_lets_in(agency, desk, client):
    from django.test import Client

    from answerable.desk import moves

    agency.subject, device = "officer-7", Authenticator(credential=b"of officer 7")
    come_in(client)
    account = accounts().get(subject="officer-7").account

    def options(where):
        return html.unescape(re.search(r'data-options="([^"]*)"', where.content.decode())[1])

    made = device.create(options(client.get("/passkeys/")))
    assert client.post("/passkeys/", {"label": "key", "answer": made}).status_code == 302
    other, link = Client(), moves.make_link(desk, account)
    assert refused(other.post(f"/sign-in/{link}/"), "sign-in.needs-agency")
    answer = device.get(options(other.get("/sign-in/")))
    assert refused(other.post("/sign-in/", {"answer": answer}), "sign-in.needs-agency")
    assert other.get("/portal/")["Location"] == "/sign-in/"


def test_an_account_of_one_office_proves_no_domain_of_another(agency, desk, client, people, machine):
    from answerable.desk.moves import directory, officers
    from answerable.desk.queries.directory import find_listing
    from answerable.errors import MoveRefused

    agency.subject = "officer-8"
    come_in(client)
    account, listing = accounts().get(subject="officer-8").account, find_listing(OTHER)
    by = {"source": "its own page", "added_at": machine.now(), "added_by": "mara"}
    domains = (MailDomain(domain="dock.example", **by),)
    draft = directory.as_record(listing).model_copy(update={"domains": domains})
    proposal = directory.propose(
        machine, actor=people["mara"], draft=draft, base=listing.version, reason="Its own page."
    )
    directory.confirm(machine, proposal, actor=people["jonas"])
    with pytest.raises(MoveRefused, match=r"officers\.not-proved") as found:
        officers.ask_domain(desk, account, actor=people["mara"], address="e.officer@dock.example")
    assert "to no other" in found.value.why


def test_what_an_agency_said_is_never_changed(agency, desk, client):
    agency.subject = "officer-9"
    come_in(client)
    known = accounts().filter(subject="officer-9")
    for meddle in (
        lambda: known.update(subject="officer-10"),
        lambda: known.get().visits.all().delete(),
        lambda: known.get().visits.update(at=desk.now()),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            meddle()


def test_the_secret_stands_in_the_environment_or_a_file_and_the_doctor_says_where_not(
    agency, settle, client, monkeypatch, tmp_path
):
    from answerable.desk.doctor import _coming_in

    def says(desk):
        return next(check for check in _coming_in(desk) if check.name == f"{OFFICE} signs its officers on")

    desk = settle(pin(agency.issuer))
    assert says(desk).passed
    monkeypatch.setenv("AGENCY_SECRET", "")
    assert (says(desk).passed, "agency.no-secret" in says(desk).detail) == (False, True)
    assert refused(come_in(client), "agency.no-secret", 500)
    (tmp_path / "secret").write_text(SECRET + "\n")
    from_file = Pin(record=OFFICE, issuer=agency.issuer, client_id=CLIENT, client_secret_file=str(tmp_path / "secret"))
    desk = settle(from_file)
    agency.subject = "officer-11"
    assert come_in(client).status_code == 200
    (tmp_path / "secret").unlink()
    assert not says(desk).passed


GOOD = {"record": OFFICE, "issuer": "https://login.agency.example/realms/a", "client_id": "x", "client_secret_env": "S"}


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "http://login.agency.example"},
        {"issuer": "https://login.agency.example?x=1"},
        {"issuer": "https://login.agency.example#x"},
        {"issuer": "https://user@login.agency.example"},
        {"issuer": "https://login.agency.example:99999"},
        {"issuer": "http://127.0.0.1.evil.example"},
        {"client_secret": "in the settings"},
        {"client_secret_env": None},
        {"client_secret_file": "/a/file"},
        {"client_id": "two words"},
    ],
)
def test_a_pin_that_is_not_safe_is_no_setting(change):
    assert Pin.model_validate(GOOD)
    with pytest.raises(ValidationError):
        Pin.model_validate(GOOD | change)


def test_one_server_stands_for_one_office_and_sends_back_to_an_address():
    one, two = pin("https://a.example"), pin("https://b.example", OTHER)
    assert SignInSettings(address=HERE, agencies=(one, two))
    for address, agencies in (
        (HERE, (one, pin("https://a.example", OTHER))),
        (HERE, (one, pin("https://b.example"))),
        (None, (one,)),
    ):
        with pytest.raises(ValidationError):
            SignInSettings(address=address, agencies=agencies)
