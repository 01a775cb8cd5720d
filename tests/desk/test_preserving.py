"""Is what is to be preserved kept until the law's last day, moved by an extension, and deleted in the end?"""

from __future__ import annotations

import html
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from answerable.adapters import clock
from answerable.adapters.paper import paper
from answerable.adapters.signing import SealingIdentity
from answerable.casefile.effect import kept_copies
from answerable.casefile.order import Order
from answerable.demo.demands import AUTHORITY
from answerable.errors import MoveRefused

HERE = ZoneInfo("Europe/Amsterdam")


def text(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def follow_up(demo, machine, people, work):
    """Return a case on a paper that follows an earlier preservation, decided by two people."""
    from answerable.casefile.decision import DecisionKind
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    def come(instrument, earlier, *, number, kind="carry out"):
        form = Order.model_validate(
            {
                "form": "order",
                "instrument": instrument,
                "reference": f"{earlier.their_reference} {number}",
                "requester": {"name": AUTHORITY, "country": "DE", "kind": "judge"},
                "earlier_reference": earlier.their_reference,
                "earlier_issued_on": clock.now().date().isoformat(),
            }
        )
        content = paper(form, SealingIdentity.load(demo.folder / "court"))
        case = moves.receive(machine, content, channel="portal", actor=people["ina"])
        work()
        case.refresh_from_db()
        said = {"kind": DecisionKind(kind), "reason": "It came while the preservation runs."}
        case = moves.prepare(machine, case, actor=people["mara"], **said)
        moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
        case.refresh_from_db()
        return case

    return come


def test_nothing_leaves_on_a_preservation_order_and_its_data_are_kept_sixty_days(browser_of, settled, work, machine):
    from answerable.desk.moves.casefiles import effects_of

    case = settled("preservation")
    mara, jonas, ina = browser_of("mara"), browser_of("jonas"), browser_of("ina")
    place = f"/desk/{case.reference}/"
    page = text(mara.get(place))
    assert "records would be kept, and nothing leaves" in page
    assert re.findall(r'name="kind" value="([^"]+)"', page) == ["carry out", "contest", "refuse"]
    assert mara.post(f"{place}prepare", {"kind": "answer", "reason": "Give it to them."}).status_code == 422
    mara.post(f"{place}prepare", {"kind": "carry out", "reason": "Genuine, complete, by a judge."})
    statement = re.search(r'value="([0-9a-f]{128})"', text(jonas.get(f"{place}approve")))[1]
    jonas.post(f"{place}approve", {"statement": statement})
    now = machine.now().astimezone(HERE).strftime("%Y-%m-%dT%H:%M")
    assert mara.post(f"{place}carry-out", {"item-0": "preserved", "at": now, "note": "Copy 17."}).status_code == 302
    work()
    case.refresh_from_db()
    assert (case.state, case.package) == ("carried out", None)
    assert [each.kind for each in case.letters.all()] == ["preservation"]
    (effect,) = kept_copies(effects_of(case)).values()
    last = effect.until.astimezone(HERE)
    assert (last.hour, last.minute) == (0, 0)
    assert timedelta(days=60) <= effect.until - case.received_at <= timedelta(days=66)
    assert case.due_at == effect.until
    assert "a copy is kept until" in text(ina.get(f"/portal/{case.reference}/"))
    assert "Confirmation of preservation" in text(ina.get(f"/portal/{case.reference}/"))
    assert "A copy is preserved" in text(mara.get(place))
    assert not case.notices.exists()  # the issuing authority tells the person (Art. 13)


def test_an_extension_moves_the_last_day_by_thirty_days_and_a_confirmation_takes_it_away(
    granted, done, follow_up, work, browser_of, people, machine
):
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import effects_of

    first = done(granted("preservation"), "preserved")
    until = first.due_at
    extension = follow_up("eu.epoc_pr.extension", first, number=1)
    assert extension.decision["granted"] == ["user jonas.velt"]
    assert first.reference in text(browser_of("mara").get(f"/desk/{extension.reference}/"))
    extension = done(extension, "preserved")
    work()
    first.refresh_from_db()
    assert timedelta(days=29, hours=22) <= first.due_at - until <= timedelta(days=36)
    assert extension.due_at is None
    assert [each.kind for each in extension.letters.all()] == ["preservation"]
    assert moves.close(machine, extension, actor=people["mara"]).state == "closed"
    assert f"Renewed by {extension.reference}." in text(browser_of("mara").get(f"/desk/{first.reference}/"))

    confirmation = done(follow_up("eu.epoc_pr.confirmation", first, number=2), "preserved")
    work()
    first.refresh_from_db()
    assert first.due_at is None
    assert [effect.until for effect in kept_copies(effects_of(first)).values()] == [None]
    assert confirmation.letters.get().kind == "preservation"
    assert "kept until the demand is answered" in text(browser_of("mara").get(f"/desk/{first.reference}/"))


def test_an_extension_of_what_nobody_preserved_here_is_not_carried_out(granted, follow_up):
    first = granted("preservation")
    with pytest.raises(MoveRefused, match=r"decide\.not-open"):
        follow_up("eu.epoc_pr.extension", first, number=1)


def test_data_are_preserved_meanwhile_and_deleted_before_the_case_is_closed(browser_of, decided, received, machine):
    from answerable.desk import moves

    case = received("broad")
    mara, place = browser_of("mara"), f"/desk/{case.reference}/"
    assert "Preserve meanwhile" in text(mara.get(place))
    now = machine.now().astimezone(HERE).strftime("%Y-%m-%dT%H:%M")
    assert mara.post(f"{place}preserve", {"at": now, "note": ""}).status_code == 422
    assert mara.post(f"{place}release", {"at": now, "note": "Nothing is there."}).status_code == 409
    assert mara.post(f"{place}preserve", {"at": now, "note": "Copied the account."}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.effects.get().statement, case.effects.get().until) == ("assessed", "", None)
    assert "A copy is preserved" in text(mara.get(place))
    done = decided()
    moves.preserve(machine, done, actor=case.effects.get().by, at=machine.now(), note="Copied the account.")
    with pytest.raises(MoveRefused, match=r"route\.not-allowed"):
        moves.close(machine, done, actor=case.effects.get().by)


def test_of_a_bulk_demand_the_whole_is_preserved_and_nobody_is_named(received, people, machine):
    from answerable.desk import moves

    case = received("bulk")
    moves.preserve(machine, case, actor=people["mara"], at=machine.now(), note="Snapshot of the table.")
    assert [effect.item for effect in case.effects.all()] == ["everything that the demand names"]


def test_somebody_we_do_not_know_is_not_preserved(settled):
    from answerable.decide import suggested
    from answerable.desk.moves.casefiles import case_file

    unknown = {"evidence": [{"kind": "user", "value": "nobody-of-this-name", "boxes": ["a1"], "time_ranges": []}]}
    assert suggested(case_file(settled("preservation", E=unknown))) == "nothing held"
