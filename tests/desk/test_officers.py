"""What does it take for an officer to be known: a signed reply from a listed domain, and a supervisor at a listed number?"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.authenticate.mail.dns_server import serving
from tests.authenticate.mail.mails import rsa_key, signed

from answerable.adapters.bundles import verify_bundle
from answerable.adapters.paper import paper
from answerable.casefile.directory import DirectoryRecord, MailDomain, Number
from answerable.desk.home import DnsSettings
from answerable.errors import MoveRefused

OFFICE, DOMAIN, NUMBER = "nl-harbour-police", "harbourpolice.example", "+31105550177"
ADDRESS = f"e.officer@{DOMAIN}"
KEYS = {f"s1._domainkey.{DOMAIN}": [rsa_key(2048)[1]]}


@pytest.fixture(scope="module")
def office(machine, people):
    """An office that two people confirmed three months ago, with its domain and its number."""
    from answerable.desk.moves import directory
    from answerable.desk.queries.directory import find_listing

    if find_listing(OFFICE):
        return
    then = replace(machine, now=lambda: machine.now() - timedelta(days=90))
    said = {"source": "its own page", "added_at": then.now(), "added_by": "mara"}
    draft = DirectoryRecord(
        id=OFFICE, name="Harbour Police", country="NL", kind="police", source="its own page", added_on=then.now().date(),
        added_by="mara", domains=(MailDomain(domain=DOMAIN, **said),), numbers=(Number(number=NUMBER, **said),),
    )  # fmt: skip
    proposal = directory.propose(then, actor=people["mara"], draft=draft, base=0, reason="Read from its own page.")
    directory.confirm(then, proposal, actor=people["jonas"])


@pytest.fixture
def asking(machine):
    """A desk that asks a name server of this machine, which knows the office's key."""
    with serving(KEYS) as (port, _):
        dns = DnsSettings(addresses=("127.0.0.1",), port=port, seconds_a_name=2)
        yield replace(machine, settings=machine.settings.model_copy(update={"dns": dns}))


@pytest.fixture
def reviewer(browser_of, asking, monkeypatch):
    """A browser of a reviewer at that desk."""
    for module in ("staff.officers", "staff.shown", "staff.papers"):
        monkeypatch.setattr(f"answerable.desk.{module}.desk", lambda: asking)
    return browser_of("mara")


@pytest.fixture
def account(machine, office, request):
    from answerable.desk import moves

    name = re.sub(r"[^a-z0-9]", "-", request.node.name.lower())[:60]
    return moves.open_account(username=name, name="E. Officer", role="officer")


def mail(subject: str, *, sender: str = ADDRESS, domain: str = DOMAIN) -> bytes:
    header = f"From: E. Officer <{sender}>\r\nTo: orders@harbour.example\r\nSubject: {subject}\r\n"
    lines = "Date: Mon, 23 Nov 2026 09:00:00 +0000\r\nMessage-ID: <2@x.example>\r\nMIME-Version: 1.0\r\n"
    rest = "Content-Type: text/plain; charset=utf-8\r\n\r\nHere it is.\r\n"
    return signed((header + lines + rest).encode(), domain=domain.encode())


def uploaded(content: bytes):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"mail": SimpleUploadedFile("reply.eml", content)}


def code_for(account, reviewer) -> str:
    address = f"/desk/officers/{account.username}/"
    assert reviewer.post(f"{address}address", {"address": ADDRESS}).status_code == 302
    return re.search(r'<code class="wide">([A-Z2-7]+)</code>', reviewer.get(address).content.decode())[1]


def test_a_signed_reply_and_a_supervisor_stand_on_the_sheet_of_the_officers_demand(
    account, reviewer, asking, people, order, work, tmp_path
):
    from answerable.desk import moves

    address = f"/desk/officers/{account.username}/"
    assert "can be called" in reviewer.get(address).content.decode()
    code = code_for(account, reviewer)
    assert reviewer.post(f"{address}reply", uploaded(mail(f"Re: {code}"))).status_code == 302
    assert DOMAIN in reviewer.get("/desk/officers/").content.decode()
    assert reviewer.post(f"{address}vouch", {"number": "+31105550999"}).status_code == 422
    said = {"number": NUMBER, "supervisor": "C. Chief", "post": "Chief of the station"}
    assert reviewer.post(f"{address}vouch", said).status_code == 302
    case = moves.receive(asking, order(), channel="portal", actor=account)
    work()
    page = html.unescape(reviewer.get(f"/desk/{case.reference}/").content.decode())
    assert f"{DOMAIN}, which the directory has under {OFFICE}: proved on" in page
    assert "C. Chief, Chief of the station" in page
    (tmp_path / "bundle").write_bytes(reviewer.get(f"/desk/{case.reference}/evidence").content)
    assert all(check.passed for check in verify_bundle(tmp_path / "bundle"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"sender": f"somebody.else@{DOMAIN}"}, "another address"),
        ({"domain": "other.example"}, "No signature of the domain itself holds"),
        ({"subject": "Re: your code"}, "not in its subject"),
        ({"broken": True}, "No signature of the domain itself holds"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_reply_that_proves_nothing_is_refused_and_the_code_still_waits(account, reviewer, change, why):
    code = code_for(account, reviewer)
    broken = change.pop("broken", False)
    content = mail(change.pop("subject", f"Re: {code}"), **change)
    content = content.replace(b"Here it is", b"Here is it") if broken else content
    refused = reviewer.post(f"/desk/officers/{account.username}/reply", uploaded(content))
    assert (refused.status_code, why in html.unescape(refused.content.decode())) == (409, True)
    assert code in reviewer.get(f"/desk/officers/{account.username}/").content.decode()


def test_a_desk_that_asks_no_dns_says_so(account, machine, people):
    from answerable.desk import moves

    proof = moves.ask_domain(machine, account, actor=people["mara"], address=ADDRESS)
    with pytest.raises(MoveRefused) as refused:
        moves.prove_domain(machine, proof, actor=people["mara"], mail=mail(proof.code))
    assert "asks no DNS" in refused.value.why


def test_a_code_is_good_for_a_week_and_once(account, asking, people):
    from answerable.desk import moves

    proof = moves.ask_domain(asking, account, actor=people["mara"], address=ADDRESS)
    late = replace(asking, now=lambda: asking.now() + timedelta(days=8))
    for desk in (late, asking, asking):
        if desk is asking and proof.proved_at is None:
            proof = moves.prove_domain(desk, proof, actor=people["mara"], mail=mail(proof.code))
            continue
        with pytest.raises(MoveRefused, match=r"officers\.not-proved"):
            moves.prove_domain(desk, proof, actor=people["mara"], mail=mail(proof.code))


def test_an_address_at_no_listed_domain_and_a_call_before_the_domain_are_refused(account, machine, people):
    from answerable.desk import moves

    with pytest.raises(MoveRefused):
        moves.ask_domain(machine, account, actor=people["mara"], address="e.officer@unlisted.example")
    with pytest.raises(MoveRefused):
        moves.ask_domain(machine, people["mara"], actor=people["jonas"], address=ADDRESS)
    with pytest.raises(MoveRefused):
        moves.vouch(machine, account, actor=people["mara"], supervisor="C. Chief", post="Chief", number=NUMBER)


def test_what_the_dns_said_on_receipt_is_kept_with_the_case(asking, machine, people, office, forms, work, tmp_path):
    from answerable.desk import moves
    from answerable.desk.moves.judging import authenticate

    attached = (
        f"From: E. Officer <{ADDRESS}>\r\nTo: orders@harbour.example\r\nSubject: Order\r\nMIME-Version: 1.0\r\n"
        "Date: Mon, 23 Nov 2026 09:00:00 +0000\r\nMessage-ID: <3@x.example>\r\n"
        'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: application/pdf\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode()
    import base64

    inside = base64.encodebytes(paper(forms["broad"], None)).replace(b"\n", b"\r\n")
    content = signed(attached + inside + b"--x--\r\n", domain=DOMAIN.encode())
    case = moves.receive(asking, content, channel="email", actor=people["mara"])
    case = authenticate(asking, case)
    results = {(fact["code"], fact["result"]) for fact in case.sheet["sheet"]["facts"] if fact["code"][0] == "B"}
    assert ("B2", "confirmed") in results
    evidence = moves.bundle_of(machine, case)  # this desk asks nobody: the answers are those of then
    (tmp_path / "bundle").write_bytes(evidence)
    checks = verify_bundle(tmp_path / "bundle")
    assert all(check.passed for check in checks), [each for each in checks if not each.passed]
    work()
