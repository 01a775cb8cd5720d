"""Is what two people granted carried out by a person, set down item by item, told to the authority, and never done twice?"""

from __future__ import annotations

import html
import json
import re
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from django.db import DatabaseError, transaction

from answerable.casefile.effect import Measure
from answerable.errors import MoveRefused

DSA = {"instrument": "eu.dsa.act", "legal_basis": "Criminal Code, Section 130"}
FIRST, SECOND = "https://harbourforum.example/t/88412/p/3", "https://harbourforum.example/t/88412/p/9"
HERE = ZoneInfo("Europe/Amsterdam")


def text(response) -> str:
    return html.unescape(response.content.decode())


def local(moment: datetime) -> str:
    return moment.astimezone(HERE).strftime("%Y-%m-%dT%H:%M")


def letter_data(machine, case, kind) -> dict:
    """Return the data that a letter of the case carries."""
    from answerable.desk import moves

    with pikepdf.open(BytesIO(moves.letter_bytes(machine, case.letters.get(kind=kind)))) as pdf:
        return json.loads(pdf.attachments[f"{kind}.json"].get_file().read_bytes())


def test_an_order_to_remove_is_removed_by_a_person_and_the_authority_is_told_after_the_last_item(
    browser_of, settled, work, machine
):
    case = settled("removal")
    mara, jonas, ina = browser_of("mara"), browser_of("jonas"), browser_of("ina")
    place = f"/desk/{case.reference}/"
    page = text(mara.get(place))
    assert FIRST in page and SECOND in page
    assert "Left to remove" in page and "Removal, 2 items" in page
    assert re.findall(r'name="kind" value="([^"]+)"', page) == ["carry out", "carry out in part", "contest", "refuse"]
    mara.post(f"{place}prepare", {"kind": "carry out", "reason": "Both posts incite, as the order says."})
    read = text(jonas.get(f"{place}approve"))
    assert "What is removed" in read
    jonas.post(f"{place}approve", {"statement": re.search(r'value="([0-9a-f]{128})"', read)[1]})
    work()
    case.refresh_from_db()
    assert (case.state, case.letters.count(), case.package) == ("decided", 0, None)
    assert "Carry it out, and set that down" in text(mara.get("/desk/"))
    assert mara.post(f"{place}close").status_code == 409

    now = local(machine.now())
    for wrong in (
        {"item-0": "removed"},
        {"at": now},
        {"item-0": "removed", "at": "yesterday"},
        {"item-0": "left unchanged", "at": now},
        {"item-0": "preserved", "at": now},
    ):
        assert mara.post(f"{place}carry-out", wrong).status_code == 422, wrong
    assert mara.post(f"{place}carry-out", {"item-0": "removed", "at": "2026-01-01T00:00"}).status_code == 409
    assert mara.post(f"{place}carry-out", {"item-0": "removed", "at": "2999-01-01T00:00"}).status_code == 409
    assert case.effects.count() == 0

    mara.post(f"{place}carry-out", {"item-0": "removed", "at": now})
    work()
    case.refresh_from_db()
    assert (case.state, case.letters.count()) == ("decided", 0)
    page = text(mara.get(place))
    assert "1 of 2 items set down" in page and "Left to remove" in page
    assert "What was done" not in text(ina.get(f"/portal/{case.reference}/"))
    mara.post(f"{place}carry-out", {"item-0": "access disabled", "at": now, "note": "Geoblocked."})
    work()
    case.refresh_from_db()
    assert (case.state, [each.kind for each in case.letters.all()]) == ("carried out", ["tco-annex-ii"])
    form = letter_data(machine, case, "tco-annex-ii")
    assert (form["removed"], form["disabled"], [each["item"] for each in form["done"]]) == (True, True, [FIRST, SECOND])
    assert "mara" not in json.dumps(form["done"])
    theirs = text(ina.get(f"/portal/{case.reference}/"))
    assert "carried out" in theirs and FIRST in theirs
    assert ina.get(f"/portal/{case.reference}/letters/tco-annex-ii.pdf").status_code == 200
    assert "before the deadline" in text(mara.get(place))
    assert mara.post(f"{place}carry-out", {"item-0": "removed", "at": now}).status_code in (409, 422)


def test_a_copy_of_what_was_removed_is_kept_as_long_as_the_law_says_and_then_must_go(
    browser_of, granted, done, people, later, machine, work, monkeypatch
):
    from answerable.desk import moves, queries

    case = done(granted("removal"), "removed")
    assert 183 <= (case.due_at - machine.now()).days <= 185
    with pytest.raises(MoveRefused, match=r"route\.not-allowed"):
        moves.close(machine, case, actor=people["mara"])
    row = next(row for row in queries.queue(machine, people["mara"]).rows if row.reference == case.reference)
    assert (row.turn, row.next_step) == ("others", "Keep the preserved copy until then")
    future = later(190)
    row = next(row for row in queries.queue(future, people["mara"]).rows if row.reference == case.reference)
    assert (row.group, row.next_step) == ("Past its deadline", "Delete the preserved copy")
    for module in ("shown", "views", "acting"):
        monkeypatch.setattr(f"answerable.desk.staff.{module}.desk", lambda: future)
    mara = browser_of("mara")
    assert "It had to go by" in text(mara.get(f"/desk/{case.reference}/"))
    sent = {"at": local(future.now()), "note": "Deleted from cold storage."}
    assert mara.post(f"/desk/{case.reference}/release", sent | {"note": ""}).status_code == 422
    assert mara.post(f"/desk/{case.reference}/release", sent).status_code == 302
    case.refresh_from_db()
    assert case.due_at is None
    assert "It had to go by" not in text(mara.get(f"/desk/{case.reference}/"))
    assert mara.post(f"/desk/{case.reference}/close").status_code == 302


def test_a_part_is_removed_the_rest_stays_and_both_are_told(granted, done, machine, work):
    case = granted("removal", "carry out in part", items=(SECOND,))
    assert case.decision["granted"] == [SECOND]
    case = done(case, "removed")
    work()
    assert {each.kind for each in case.letters.all()} == {"tco-annex-ii", "tco-annex-iii"}
    assert [each["item"] for each in letter_data(machine, case, "tco-annex-iii")["left"]] == [FIRST]


@pytest.mark.parametrize("items", [(), (FIRST, SECOND), ("https://elsewhere.example/",)])
def test_no_part_and_the_whole_are_not_a_part(machine, people, settled, items):
    from answerable.casefile.decision import DecisionKind
    from answerable.desk import moves

    case = settled("removal")
    with pytest.raises(MoveRefused, match=r"decide\.no-part"):
        moves.prepare(
            machine,
            case,
            actor=people["mara"],
            kind=DecisionKind.CARRY_OUT_IN_PART,
            reason="A part of it.",
            items=items,
        )


def test_what_could_not_be_removed_says_why_on_the_form_for_it(granted, done, machine, work):
    case = done(granted("removal"), "left unchanged", note="The thread was gone before.")
    work()
    form = letter_data(machine, case, "tco-annex-iii")
    assert (form["impossible"], {each["reason"] for each in form["left"]}) == (True, {"The thread was gone before."})
    assert case.due_at is None


@pytest.mark.parametrize(
    ("carried", "code"),
    [
        ((), "effect.not-granted"),
        ((("https://elsewhere.example/", "removed", "x"),), "effect.not-granted"),
        (((FIRST, "removed", "x"), (FIRST, "removed", "x")), "effect.not-granted"),
        (((FIRST, "preserved", "x"),), "effect.not-granted"),
        (((FIRST, "put back", "x"),), "effect.not-granted"),
        (((FIRST, "left unchanged", " "),), "effect.no-reason"),
    ],
)
def test_nothing_is_set_down_that_two_people_did_not_grant(machine, people, granted, carried, code):
    from answerable.desk import moves

    case = granted("removal")
    named = [moves.Carried(item, Measure(measure), note=note) for item, measure, note in carried]
    with pytest.raises(MoveRefused, match=code.replace(".", r"\.")):
        moves.record_effects(machine, case, actor=people["mara"], at=machine.now(), done=named)
    assert case.effects.count() == 0


def test_an_officer_sets_nothing_down(machine, people, granted, browser_of):
    from answerable.desk import moves

    case = granted("removal")
    with pytest.raises(MoveRefused, match="not-a-reviewer"):
        moves.record_effects(machine, case, actor=people["ina"], at=machine.now(), done=[])
    for page in ("carry-out", "preserve", "release", "reopen", "silence", "notices/1/given"):
        assert browser_of("ina").post(f"/desk/{case.reference}/{page}").status_code == 403


def test_a_forged_removal_order_cannot_be_carried_out(received, browser_of):
    case = received("removal", forged=True)
    page = text(browser_of("mara").get(f"/desk/{case.reference}/"))
    assert re.findall(r'name="kind" value="([^"]+)"', page) == ["contest", "refuse"]
    assert "nothing may be done on it" in page


def test_a_grant_is_taken_back_before_the_first_item_and_not_after(machine, people, granted, done, browser_of):
    from answerable.desk import moves

    case = granted("removal")
    assert "Take it back before it is carried out" in text(browser_of("jonas").get(f"/desk/{case.reference}/"))
    case = moves.send_back(machine, case, actor=people["jonas"], reason="The second post quotes the first.")
    assert case.state == "assessed"
    begun = done(granted("removal"), "removed", FIRST)
    with pytest.raises(MoveRefused, match=r"route\.not-allowed"):
        moves.send_back(machine, begun, actor=people["jonas"], reason="Too late for that now.")


def test_an_annulled_order_is_opened_again_and_two_people_have_the_content_put_back(
    machine, people, granted, done, browser_of, work
):
    case = done(granted("removal"), "removed")
    mara, jonas = browser_of("mara"), browser_of("jonas")
    place = f"/desk/{case.reference}/"
    assert mara.post(f"{place}reopen", {"reason": "short"}).status_code == 422
    assert mara.post(f"{place}reopen", {"reason": "Annulled by the court on 3 March, 4 K 12/26."}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.decision, case.effects.count()) == ("assessed", None, 2)
    page = text(mara.get(place))
    assert re.findall(r'name="kind" value="([^"]+)"', page)[0] == "put back"
    mara.post(f"{place}prepare", {"kind": "put back", "reason": "The court annulled the order on 3 March."})
    statement = re.search(r'value="([0-9a-f]{128})"', text(jonas.get(f"{place}approve")))[1]
    jonas.post(f"{place}approve", {"statement": statement})
    case.refresh_from_db()
    assert case.decision["granted"] == [FIRST, SECOND]
    case = done(case, "put back")
    work()
    assert case.state == "carried out"
    assert {each.kind for each in case.letters.all()} == {"tco-annex-ii", "reinstatement"}
    assert "If the order loses its effect" not in text(mara.get(place))
    assert mara.post(f"{place}close").status_code == 302
    assert mara.post(f"{place}reopen", {"reason": "Nothing is away any more."}).status_code == 409


def test_a_closed_removal_is_opened_again_while_something_is_away(machine, people, granted, done, browser_of):
    case = done(granted("removal", **DSA), "removed")
    mara = browser_of("mara")
    assert mara.post(f"/desk/{case.reference}/close").status_code == 302
    assert mara.post(f"/desk/{case.reference}/reopen", {"reason": "Quashed on appeal, 3 March."}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.closed_at) == ("assessed", None)


def test_access_is_disabled_in_the_states_that_an_order_names(granted, browser_of, machine, work):
    item = {"url": FIRST, "kind": "disable access", "territory": ["DE", "AT"]}
    case = granted("removal", items_=[item], **DSA)
    mara = browser_of("mara")
    assert "Access disabled in DE, AT" in text(mara.get(f"/desk/{case.reference}/"))
    sent = {"item-0": "access disabled DE AT", "at": local(machine.now())}
    assert mara.post(f"/desk/{case.reference}/carry-out", sent).status_code == 302
    work()
    case.refresh_from_db()
    effect = letter_data(machine, case, "dsa-effect")
    assert (effect["is_given"], effect["done"][0]["territory"], effect["done"][0]["until"]) == (
        True,
        ["DE", "AT"],
        None,
    )
    assert case.due_at is None


def test_what_was_set_down_cannot_be_changed(granted, done):
    case = done(granted("removal"), "removed")
    for change in (lambda: case.effects.update(measure="put back"), lambda: case.effects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_the_figures_count_demands_by_what_was_done_with_their_items(granted, done, machine, work):
    from answerable.desk import queries
    from answerable.report.periods import HalfYear

    def measures() -> tuple[int, int]:
        figure = queries.report_so_far(machine, HalfYear.of(machine.now().date())).figure("measures")
        return figure.of("removed"), figure.of("preserved")

    work(tick=True)
    before = measures()
    done(granted("removal"), "removed")
    done(granted("preservation"), "preserved")
    assert measures() == before
    work(tick=True)
    assert measures() == (before[0] + 1, before[1] + 1)
