"""Do the pages work for people: in a real browser, wide and narrow, light and dark, without any script?

Every page of every audience is opened in Chromium, checked with axe (WCAG 2.2 A and AA, best practice), must not scroll
sideways and must make no complaint. Photographs go to the folder that ANSWERABLE_PHOTOGRAPHS names, for people to look at.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from tests.rendering.test_drawing import written_over

from answerable.demo.calling import call_court

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[str | None, str]]:
    """The addresses that were made already: who only looks at pages changes no case."""
    return {}


@pytest.fixture
def stops(
    known, received, decided, work, machine, people, aside, order, settled, granted, done
) -> dict[str, tuple[str | None, str]]:
    """One address of every kind of page, with the account that opens it."""
    if not known:
        known.update(aside(_stops, received, decided, work, machine=machine, people=people, order=order))
        known.update(aside(_acting_stops, settled, granted, done, work=work))
    return known


def _stops(received, decided, work, *, machine, people, order) -> dict[str, tuple[str | None, str]]:
    from answerable.casefile.decision import DecisionKind
    from answerable.desk import moves

    broad, forged, bulk, done = received("broad"), received(forged=True), received("bulk"), decided()
    asked = decided(G={"offence": ""})
    work(tick=True)
    unread = moves.receive(machine, b"photograph me", channel="email", actor=people["mara"])
    changed = moves.receive(machine, written_over(order()), channel="email", actor=people["mara"])
    work()
    prepared = received("emergency")
    call_court(machine, prepared, [people["mara"], people["jonas"]])
    reason = "Nobody can be told by these words."
    moves.prepare(machine, prepared, actor=people["mara"], kind=DecisionKind.ANSWER, reason=reason)
    called, uncalled = received("emergency"), received("emergency")
    call_court(machine, called, [people["mara"], people["jonas"]], seconded=False)
    return {
        "call": ("mara", f"/desk/{uncalled.reference}/call"),
        "case-emergency": ("mara", f"/desk/{uncalled.reference}/"),
        "second-call": ("jonas", f"/desk/{called.reference}/call/second"),
        "report": (None, "/"),
        "log": (None, "/log/"),
        "rules": (None, "/rules/"),
        "sign-in": (None, "/sign-in/"),
        "nothing": (None, "/nowhere/"),
        "queue": ("jonas", "/desk/"),
        "receive": ("mara", "/desk/receive/"),
        "case-open": ("mara", f"/desk/{broad.reference}/"),
        "case-forged": ("mara", f"/desk/{forged.reference}/"),
        "case-bulk": ("mara", f"/desk/{bulk.reference}/"),
        "case-unreadable": ("mara", f"/desk/{unread.reference}/"),
        "enter": ("mara", f"/desk/{unread.reference}/enter"),
        "case-changed": ("mara", f"/desk/{changed.reference}/"),
        "pages": ("mara", f"/desk/{broad.reference}/pages/"),
        "pages-changed": ("mara", f"/desk/{changed.reference}/pages/"),
        "original": ("mara", f"/desk/{changed.reference}/demand"),
        "case-prepared": ("jonas", f"/desk/{prepared.reference}/"),
        "case-sealed": ("mara", f"/desk/{done.reference}/"),
        "case-resting": ("mara", f"/desk/{asked.reference}/"),
        "case-beside": ("mara", f"/desk/{asked.reference}/beside"),
        "approve": ("jonas", f"/desk/{prepared.reference}/approve"),
        "approve-own": ("mara", f"/desk/{prepared.reference}/approve"),
        "officers": ("mara", "/desk/officers/"),
        "officer": ("mara", "/desk/officers/ina/"),
        "passkeys": ("mara", "/passkeys/"),
        "check": (None, "/check/"),
        "portal": ("ina", "/portal/"),
        "portal-case": ("ina", f"/portal/{done.reference}/"),
        "not-yours": ("ina", "/desk/"),
    }


def _acting_stops(settled, granted, done, *, work) -> dict[str, tuple[str | None, str]]:
    to_remove, half, removed = settled("removal"), granted("removal"), done(granted("removal"), "removed")
    done(half, "removed", half.decision["granted"][0])
    to_keep, kept = granted("preservation"), done(granted("preservation"), "preserved")
    work()
    return {
        "removal-open": ("mara", f"/desk/{to_remove.reference}/"),
        "removal-half": ("mara", f"/desk/{half.reference}/"),
        "removal-done": ("mara", f"/desk/{removed.reference}/"),
        "preservation-granted": ("mara", f"/desk/{to_keep.reference}/"),
        "preservation-done": ("mara", f"/desk/{kept.reference}/"),
        "portal-removed": ("ina", f"/portal/{removed.reference}/"),
        "portal-kept": ("ina", f"/portal/{kept.reference}/"),
        "queue-with-notices": ("jonas", "/desk/"),
    }


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("narrow", "dark")])
def test_every_page_is_accessible_fits_and_makes_no_complaint(stops, faults, size, scheme):
    assert faults(stops, size, scheme) == []


def test_no_page_needs_a_script_breaks_the_policy_or_asks_another_machine(stops, open_as, address):
    pages, complaints, asked = {}, [], set()
    for person, where in stops.values():
        if person not in pages:
            pages[person] = open_as(person)
            pages[person].on("console", lambda message: complaints.append(message.text))
            pages[person].on("request", lambda request: asked.add(request.url.split("/")[2]))
        pages[person].goto(where)
    assert asked == {address.split("/")[2]}
    assert [each for each in complaints if "status of 40" not in each] == []


def test_two_people_answer_a_demand_by_clicking_with_scripts_off(open_as, aside, order, work, tmp_path):
    file = tmp_path / "order.pdf"
    file.write_bytes(aside(order, "broad"))
    ina = open_as("ina")
    ina.get_by_label("Your order").set_input_files(file)
    ina.get_by_role("button", name="Send", exact=True).click()
    reference = ina.get_by_role("heading", level=1).inner_text().split(":")[0]
    aside(work)

    mara, jonas = open_as("mara"), open_as("jonas")
    mara.get_by_label("Reference, authority or State").fill(reference)
    mara.get_by_role("button", name="Apply").click()
    mara.get_by_role("link", name=reference).click()
    mara.get_by_label("Met", exact=True).check()
    mara.get_by_label("Why").first.fill("Nothing in the paper speaks against it.")
    mara.get_by_role("button", name="Set down the answer").click()
    mara.get_by_label("Answer in part").check()
    mara.locator("#id_reason").fill("Account data only; no threshold of Art. 5(4) is ticked.")
    mara.get_by_role("button", name="Prepare and approve").click()
    assert mara.get_by_role("link", name="Read it, or send it back").is_visible()

    jonas.get_by_role("link", name="need you as second person").click()
    jonas.get_by_role("link", name=reference).click()
    jonas.get_by_role("link", name="Check the answer and approve").click()
    jonas.get_by_role("button", name="Approve as second person").click()
    aside(work, tick=True)

    ina.reload()
    with ina.expect_download() as fetched:
        ina.get_by_role("button", name="Fetch the package").click()
    package = tmp_path / "answer.tar.age"
    fetched.value.save_as(package)
    assert package.read_bytes().startswith(b"age-encryption.org/v1")


def test_a_person_removes_sets_it_down_and_tells_by_clicking_with_scripts_off(open_as, aside, granted, work, machine):
    case = aside(granted, "removal")
    mara = open_as("mara")
    mara.goto(f"/desk/{case.reference}/")
    now = machine.now().astimezone(ZoneInfo("Europe/Amsterdam")).strftime("%Y-%m-%dT%H:%M")
    for item in ("p/3", "p/9"):
        mara.get_by_label(item).select_option("Removed")
    mara.get_by_label("When").first.fill(now)
    mara.get_by_role("button", name="Set down what was done").click()
    aside(work)
    mara.reload()
    assert mara.get_by_role("link", name="Removal of terrorist content, form of Annex II").is_visible()
    mara.get_by_text("It was given", exact=True).click()
    mara.get_by_label("How").select_option("In the service")
    mara.get_by_role("button", name="Set down that it was given").click()
    assert mara.get_by_text("Set down: the person was told.").is_visible()
