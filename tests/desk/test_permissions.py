"""Can anybody open what is not theirs? Every page, every audience; what is in no table opens to nobody."""

from __future__ import annotations

import pytest

from answerable.desk.permissions import PAGES, may_open

_ROLES = {None: None, "reviewer": "mara", "officer": "ina"}


def _pages() -> dict[str, str]:
    """Return each page's address, filled with something that may not exist."""
    from django.urls import get_resolver, reverse

    known = {"reference": "AN-2026-999999", "kind": "covering-letter", "rule": "R1", "which": "manifest",
             "token": "x", "name": "checkpoint", "record": "nobody", "username": "nobody", "number": 999_999, "caution": "none",
             "period": "2019-H1"}  # fmt: skip
    found = {}
    for name, entries in get_resolver().reverse_dict.lists():
        if isinstance(name, str):
            arguments = entries[0][0][0][1]
            found[name] = reverse(name, kwargs={each: known[each] for each in arguments})
    return found


def test_every_page_has_a_permission_and_every_permission_a_page(machine):
    assert set(_pages()) == set(PAGES)


@pytest.mark.parametrize("role", _ROLES, ids=str)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_to_those_the_table_names_and_to_nobody_else(browser_of, page, role):
    client = browser_of(_ROLES[role])
    for response in (client.get(_pages()[page]), client.post(_pages()[page])):
        response.close()
        if may_open(page, role):
            assert response.status_code not in (403,)
            assert not response.get("Location", "").startswith("/sign-in/") or page in (
                "sign-in",
                "sign-out",
                "use-link",
            )
        elif role is None:
            assert (response.status_code, response["Location"]) == (302, "/sign-in/")
        else:
            assert response.status_code == 403


def test_a_page_that_nobody_placed_opens_to_nobody(browser_of, monkeypatch):
    monkeypatch.delitem(PAGES, "queue")
    assert browser_of("mara").get("/desk/").status_code == 403


def test_an_officer_sees_another_officers_demand_as_if_it_were_not_there(browser_of, decided, work):
    case = decided(officer="ina")
    work(tick=True)
    address = f"/portal/{case.reference}/"
    for rest in ("", "letters/covering-letter.pdf", "files/manifest", "files/receipt"):
        assert browser_of("otto").get(address + rest).status_code == 404
        own = browser_of("ina").get(address + rest)
        assert own.status_code == 200
        own.close()
    assert browser_of("otto").post(address + "package").status_code == 404
    assert case.reference not in browser_of("otto").get("/portal/").content.decode()


def test_every_page_is_under_a_policy_without_scripts_and_is_not_kept(browser_of, received):
    case = received()
    for address in ("/", "/log/", "/rules/", "/desk/", f"/desk/{case.reference}/", "/nowhere/"):
        response = browser_of("mara").get(address)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "no-store"
        page = response.content.decode()
        assert "<script" not in page
        assert " style=" not in page


def test_a_form_from_elsewhere_changes_nothing(people, received):
    from django.test import Client

    case = received()
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["mara"])
    assert (
        client.post(f"/desk/{case.reference}/prepare", {"kind": "contest", "reason": "from elsewhere"}).status_code
        == 403
    )
    case.refresh_from_db()
    assert case.decision is None
