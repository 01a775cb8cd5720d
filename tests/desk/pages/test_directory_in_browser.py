"""Do the pages of directory and incidents work for people: in a real browser, wide and narrow, without any script?"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def stops(received, machine, people, aside):
    """One address of every kind of page, with the account that opens it."""
    return aside(_stops, received, machine, people)


def _stops(received, machine, people) -> dict[str, tuple[str, str]]:
    from answerable.desk.models import Listing
    from answerable.desk.moves import directory, incidents

    key = _entered(machine, people, "nl-police-voorbeeld")
    record = directory.as_record(Listing.objects.get(pk=key))
    open_one = directory.propose(
        machine,
        actor=people["mara"],
        draft=record.model_copy(update={"other_names": ("The Force",), "region": "Voorbeeldstad"}),
        base=record_version(key),
        reason="Their new letterhead says so.",
    )
    suspected, forged = received(forged=True), received(forged=True)
    for case in (suspected, forged):
        incidents.suspect(machine, case, actor=people["mara"], reason="The station does not know him.", shown_by="A4")
    court = Listing.objects.get(pk="de-musterstadt-court")
    incidents.find_forged(machine, forged, actor=people["jonas"], reason="They wrote no such order.", listing=court)
    fresh = received()
    return {
        "directory": ("mara", "/desk/directory/"),
        "directory-none": ("mara", "/desk/directory/?q=nobody"),
        "directory-record": ("mara", f"/desk/directory/records/{key}/"),
        "directory-candidate": ("mara", "/desk/directory/records/de-musterstadt-court/"),
        "directory-new": ("mara", "/desk/directory/new/"),
        "directory-propose": ("jonas", f"/desk/directory/records/{key}/propose"),
        "directory-caution": ("jonas", f"/desk/directory/records/{key}/caution"),
        "directory-proposals": ("jonas", "/desk/directory/proposals/"),
        "directory-proposal": ("jonas", f"/desk/directory/proposals/{open_one.pk}/"),
        "directory-proposal-own": ("mara", f"/desk/directory/proposals/{open_one.pk}/"),
        "directory-reports": ("mara", "/desk/directory/reports/"),
        "suspect": ("mara", f"/desk/{fresh.reference}/suspect"),
        "forged": ("jonas", f"/desk/{suspected.reference}/forged"),
        "forged-own": ("mara", f"/desk/{suspected.reference}/forged"),
        "case-suspected": ("jonas", f"/desk/{suspected.reference}/"),
        "case-forged": ("jonas", f"/desk/{forged.reference}/"),
    }


def record_version(key: str) -> int:
    from answerable.desk.models import Listing

    return Listing.objects.get(pk=key).version


def _entered(machine, people, key: str) -> str:
    from dataclasses import replace
    from datetime import timedelta

    from answerable.authenticate.directory.importing import KINDS
    from answerable.casefile.caution_feed import CautionFeed, FeedEntry
    from answerable.desk.models import Feed, Listing
    from answerable.desk.moves import directory

    if Listing.objects.filter(pk=key).exists():
        return key
    table = (
        "id,name,country,kind,source,telephones,mail_domains,region\r\n"
        f"{key},Police of Voorbeeld,NL,police,register of the ministry,+31 20 5550100;+31 20 5550199,police.voorbeeld.example,Voorbeeldstad\r\n"
    )
    [draft] = KINDS["authorities"](table.encode(), machine.now()).made
    early = replace(machine, now=lambda: machine.now() - timedelta(days=60))
    first = draft.model_copy(update={"numbers": draft.numbers[:1]})
    for desk, each, base in ((early, first, 0), (machine, draft, 1)):
        made = directory.propose(desk, actor=people["mara"], draft=each, base=base, reason="As the register says.")
        directory.confirm(desk, made, actor=people["jonas"])
    now = machine.now()
    entry = FeedEntry(
        id="ab" * 16, agency="Police of Voorbeeld", country="NL", about="domain", domain="voorbeeld.example",
        reason="a mailbox was taken over", starts_at=now, expires_at=now + timedelta(days=30), contested_at=now,
        reply="Closed the same day.",
    )  # fmt: skip
    feed = CautionFeed(
        publisher="other.example/log/cautions",
        number=4,
        made_at=now,
        expires_at=now + timedelta(days=9),
        entries=(entry,),
    )
    Feed.objects.create(
        publisher=feed.publisher,
        number=4,
        note=feed.text.decode() + "\n— x y\n",
        sha256="0" * 64,
        expires_at=feed.expires_at,
        taken_at=now,
    )
    return key


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("narrow", "dark")])
def test_every_page_is_accessible_fits_and_makes_no_complaint(stops, faults, size, scheme):
    assert faults(stops, size, scheme, status=(200,)) == []


def test_two_people_enter_an_authority_and_stop_a_forgery_by_clicking_with_scripts_off(open_as, aside, received):
    mara, jonas = open_as("mara"), open_as("jonas")
    mara.get_by_role("link", name="Directory", exact=True).click()
    mara.get_by_role("link", name="Propose an authority").click()
    mara.get_by_label("Legal name").fill("Clicked Prosecutor")
    mara.get_by_label("Country").fill("NL")
    mara.get_by_label("Kind of office").select_option("prosecutor")
    mara.get_by_label("Telephone numbers").fill("+31 20 5550123, registry")
    mara.get_by_label("Where this comes from").fill("a visit on 3 November 2026")
    mara.get_by_label("Why this change").fill("We work with them each week.")
    mara.get_by_role("button", name="Propose it").click()
    assert mara.get_by_text("You proposed this.").is_visible()
    jonas.goto("/desk/directory/proposals/")
    jonas.get_by_role("link", name="Clicked Prosecutor").click()
    jonas.get_by_role("button", name="Confirm as second person").click()
    assert jonas.get_by_text("Confirmed by two people").is_visible()

    case = aside(received)
    mara.goto(f"/desk/{case.reference}/")
    mara.get_by_role("link", name="I think that it is forged").click()
    mara.get_by_label("What showed it").select_option("call-back")
    mara.get_by_label("Why you think so").fill("The court does not know this order.")
    mara.get_by_role("button", name="Stop it").click()
    jonas.goto(f"/desk/{case.reference}/")
    jonas.get_by_role("link", name="Decide whether it is forged").click()
    jonas.get_by_label("What you looked at").fill("I called the registry of the court.")
    jonas.get_by_role("button", name="Find it forged as second person").click()
    assert jonas.get_by_text("Nothing can leave.").is_visible()
