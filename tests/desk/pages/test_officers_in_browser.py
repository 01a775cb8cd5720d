"""Do the pages that officers meet, and those on which reviewers look after them, work for people: wide and narrow, light and dark?"""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from tests.desk.test_officers import ADDRESS, DOMAIN, NUMBER, OFFICE, office

from answerable.desk.home import SignInSettings

pytestmark = pytest.mark.browser
__all__ = ["office"]


@pytest.fixture
def with_address(machine, address, monkeypatch):
    """The desk with an address for passkeys, into which links let everybody so that each page can be photographed."""
    from answerable.desk.moves import accounts

    settings = machine.settings.model_copy(
        update={"sign_in": SignInSettings(address=address.replace("127.0.0.1", "localhost"))}
    )
    desk = dataclasses.replace(machine, settings=settings)
    for module in ("entrance", "portal.views", "middleware", "staff.officers"):
        monkeypatch.setattr(f"answerable.desk.{module}.desk", lambda: desk)
    monkeypatch.setattr(accounts, "needs_passkey", lambda *_: False)


@pytest.fixture
def stops(with_address, office, machine, people, order, work, aside, monkeypatch):
    """One address of every state of these pages, with the account that opens it."""
    return aside(_stops, machine, people, order, work=work, monkeypatch=monkeypatch)


def _stops(machine, people, order, *, work, monkeypatch) -> dict[str, tuple[str | None, str]]:
    from answerable.desk import moves
    from answerable.desk.models import Account

    for name in ("Vera Nova", "Wim Asked", "Xenia Known", "Yusuf Earlier"):
        username = name.lower().replace(" ", "-")
        account = Account.objects.filter(username=username).first()
        monkeypatch.setitem(
            people, username, account or moves.open_account(username=username, name=name, role="officer")
        )
    mara, wim, known, earlier = (people[each] for each in ("mara", "wim-asked", "xenia-known", "yusuf-earlier"))
    moves.ask_domain(machine, wim, actor=mara, address=f"w.asked@{DOMAIN}")
    _prove(machine, known, by=mara)
    _prove(dataclasses.replace(machine, now=lambda: machine.now() - timedelta(days=40)), earlier, by=mara)
    _register(machine, earlier, "made after the call")
    waiting, confirmed, unread = (
        moves.receive(machine, content, channel="portal", actor=known)
        for content in (order(), order(), _nonsense(order))
    )
    work()
    _confirm(machine, confirmed)
    return {
        "sign-in-with-passkey": (None, "/sign-in/"),
        "use-link": (None, f"/sign-in/{moves.make_link(machine, people['vera-nova'])}/"),
        "passkeys-none": ("vera-nova", "/passkeys/"),
        "portal-none": ("vera-nova", "/portal/"),
        "passkeys-two": ("xenia-known", "/passkeys/"),
        "portal-some": ("xenia-known", "/portal/"),
        "confirm-waiting": ("xenia-known", f"/portal/{waiting.reference}/confirm"),
        "confirm-done": ("xenia-known", f"/portal/{confirmed.reference}/confirm"),
        "portal-waiting": ("xenia-known", f"/portal/{waiting.reference}/"),
        "portal-confirmed": ("xenia-known", f"/portal/{confirmed.reference}/"),
        "portal-unreadable": ("xenia-known", f"/portal/{unread.reference}/"),
        "officers-all": ("mara", "/desk/officers/"),
        "officer-new": ("mara", "/desk/officers/vera-nova/"),
        "officer-asked": ("mara", "/desk/officers/wim-asked/"),
        "officer-known": ("mara", "/desk/officers/xenia-known/"),
        "officer-earlier": ("mara", "/desk/officers/yusuf-earlier/"),
        "case-of-known": ("mara", f"/desk/{waiting.reference}/"),
    }


def _nonsense(order) -> bytes:
    return order()[:2_000]


def _prove(desk, account, *, by) -> None:
    """Set down what a signed reply, a supervisor and two devices leave behind, unless it was already."""
    from answerable.casefile.officer import ProvenDomain
    from answerable.desk import moves

    if account.passkeys.exists():
        return
    for label in ("the office key", "the telephone that she carries on duty and at night"):
        _register(desk, account, label)
    lost = _register(desk, account, "an old key")
    moves.end_passkey(desk, lost, actor=by, reason="It was left on a train, and has not been handed in.")
    proof = moves.ask_domain(desk, account, actor=by, address=ADDRESS)
    proof.record = ProvenDomain(authority=OFFICE, domain=DOMAIN, mail="0" * 64, at=desk.now()).model_dump(mode="json")
    proof.proved_at = desk.now()
    proof.save()
    moves.vouch(desk, account, actor=by, supervisor="C. Chief", post="Chief of the station", number=NUMBER)


def _register(desk, account, label: str):
    from answerable.desk.models import Passkey

    made = {"record": {}, "label": label, "registered_at": desk.now()}
    return Passkey.objects.get_or_create(
        account=account, credential=f"{account.username} {label}".encode().hex(), defaults=made
    )[0]


def _confirm(desk, case) -> None:
    from answerable.desk.models import Confirmation

    if not Confirmation.objects.filter(case=case).exists():
        Confirmation.objects.create(case=case, passkey=case.sent_by.passkeys.first(), at=desk.now(), record={})


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("narrow", "dark")])
def test_every_page_of_officers_is_accessible_fits_and_makes_no_complaint(stops, faults, size, scheme):
    assert faults(stops, size, scheme, status=(200,)) == []


def test_what_is_missing_is_said_beside_the_field(open_as, office, people, aside, photograph, machine):
    """A reviewer who takes a passkey out of use without a reason is told so, and the passkey stays."""
    from answerable.desk.models import Account, Passkey

    def registered():
        from answerable.desk import moves

        account = Account.objects.filter(username="zita-kept").first()
        account = account or moves.open_account(username="zita-kept", name="Zita Kept", role="officer")
        return _register(machine, account, "the office key")

    key = aside(registered)
    mara = open_as("mara", size="narrow", scheme="dark")
    mara.goto("/desk/officers/zita-kept/")
    mara.get_by_text("Take it out of use").first.click()
    mara.get_by_label("Why").fill("   too short   ")
    mara.get_by_role("button", name="Take it out of use").click()
    assert mara.get_by_text("Give a reason in at least ten characters.").is_visible()
    photograph(mara, "officer-no-reason")
    assert aside(lambda: Passkey.objects.get(pk=key.pk).ended_at) is None
