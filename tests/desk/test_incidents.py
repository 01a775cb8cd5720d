"""Does one person's doubt stop a demand at once, does it take another to decide, and is it counted?"""

from __future__ import annotations

import html

import pytest

SUSPICION = {"shown_by": "call-back", "reason": "The station does not know this officer."}
WORD = {"reason": "I called the registry; they wrote no such order."}


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def stop(browser_of, case, name="mara"):
    return browser_of(name).post(f"/desk/{case.reference}/suspect", SUSPICION)


def test_nothing_is_sealed_or_approved_while_somebody_suspects_it(machine, people, received, browser_of, work):
    from answerable.casefile.decision import DecisionKind
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file
    from answerable.errors import MoveRefused

    case = received()
    case = moves.prepare(machine, case, actor=people["mara"], kind=DecisionKind.ANSWER, reason="As the findings say.")
    assert stop(browser_of, case).status_code == 302
    statement = case_file(case).decision.statement
    with pytest.raises(MoveRefused, match="approve"):
        moves.approve(machine, case, actor=people["jonas"], statement=statement)
    assert "Suspected" in text_of(browser_of("jonas").get(f"/desk/{case.reference}/"))
    assert browser_of("jonas").post(f"/desk/{case.reference}/clear", WORD).status_code == 302
    moves.approve(machine, case, actor=people["jonas"], statement=statement)
    work(tick=True)
    case.refresh_from_db()
    assert case.state == "available"


@pytest.mark.parametrize("at", ["decided", "sealed", "available"])
def test_wherever_it_stands_it_stops_and_after_clearing_goes_on(machine, people, received, browser_of, work, at):
    from answerable.decide import suggested
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file
    from answerable.errors import MoveRefused

    case = received()
    case = moves.prepare(
        machine, case, actor=people["mara"], kind=suggested(case_file(case)), reason="As the findings say."
    )
    moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
    if at != "decided":
        work(tick=at == "available")
    stop(browser_of, case)
    work(tick=True)
    case.refresh_from_db()
    assert case.state == at
    if at == "available":
        with pytest.raises(MoveRefused):
            moves.fetch(machine, case, actor=people["ina"])
    browser_of("jonas").post(f"/desk/{case.reference}/clear", WORD)
    work(tick=True)
    case.refresh_from_db()
    assert case.state == "available"
    assert moves.fetch(machine, case, actor=people["ina"]).exists()


def test_the_person_who_suspects_cannot_decide_and_a_word_is_final(received, browser_of):
    case = received()
    mara, jonas = browser_of("mara"), browser_of("jonas")
    assert jonas.post(f"/desk/{case.reference}/forged", WORD).status_code == 409
    stop(browser_of, case)
    assert stop(browser_of, case, "jonas").status_code == 409
    for way in ("forged", "clear"):
        assert mara.post(f"/desk/{case.reference}/{way}", WORD).status_code == 409
        assert jonas.post(f"/desk/{case.reference}/{way}", {"reason": "short"}).status_code == 422
    assert jonas.post(f"/desk/{case.reference}/forged", WORD).status_code == 302
    assert jonas.post(f"/desk/{case.reference}/clear", WORD).status_code == 409
    assert "Found forged" in text_of(mara.get(f"/desk/{case.reference}/"))


def test_a_caution_on_a_candidate_confirms_nothing_else_of_it(received, machine, people):
    from answerable.casefile.directory import DirectoryRecord
    from answerable.desk.models import Listing
    from answerable.desk.moves import directory, incidents

    listed = machine.directory[0].model_copy(update={"id": "de-third-court", "name": "A third court"})
    directory.adopt([listed], at=machine.now())
    case = received(forged=True)
    incidents.suspect(machine, case, actor=people["mara"], reason="The seal is not theirs.", shown_by="A4")
    candidate = Listing.objects.get(pk="de-third-court")
    incidents.find_forged(machine, case, actor=people["jonas"], reason="I compared the two.", listing=candidate)
    listing = Listing.objects.get(pk="de-third-court")
    record = DirectoryRecord.model_validate(listing.record)
    assert [each.case for each in record.cautions] == [case.reference]
    assert (listing.status, record.is_confirmed) == ("candidate", False)


def test_a_forgery_puts_a_caution_on_the_record(received, browser_of, machine):
    from answerable.casefile.directory import DirectoryRecord
    from answerable.desk.models import Listing

    case = received(forged=True)
    page = text_of(browser_of("mara").get(f"/desk/{case.reference}/suspect"))
    assert "A4 The certificate chains" in page
    browser_of("mara").post(f"/desk/{case.reference}/suspect", SUSPICION | {"shown_by": "A4"})
    browser_of("jonas").post(
        f"/desk/{case.reference}/forged", WORD | {"office": "de-musterstadt-court", "shared": "on"}
    )
    listing = Listing.objects.get(pk="de-musterstadt-court")
    record = DirectoryRecord.model_validate(listing.record)
    caution = next(each for each in record.cautions if each.case == case.reference)
    assert (caution.noted_by, caution.confirmed_by, caution.shared) == ("mara", "jonas", True)
    assert (listing.status, record.is_confirmed) == ("confirmed", True)
    history = text_of(browser_of("mara").get("/desk/directory/records/de-musterstadt-court/"))
    assert f"{case.reference} was found forged in its name" in history

    later = received()
    told = text_of(browser_of("mara").get(f"/desk/{later.reference}/"))
    assert case.reference in told.partition("Found forged in its name: ")[2].partition(".")[0]
    assert "a forged demand used its name" in told


def test_forgeries_are_counted_with_what_showed_them_once_they_are_logged(received, browser_of, machine, work):
    from answerable.desk import queries
    from answerable.report.periods import HalfYear

    def forgeries() -> tuple[int, int]:
        report = queries.report_so_far(machine, HalfYear.of(machine.now().date()))
        return report.figure("forgeries").of("A4"), report.figure("forgeries_left").of("no")

    work(tick=True)
    before = forgeries()
    case = received(forged=True)
    browser_of("mara").post(f"/desk/{case.reference}/suspect", SUSPICION | {"shown_by": "A4"})
    browser_of("jonas").post(f"/desk/{case.reference}/forged", WORD)
    assert forgeries() == before
    work(tick=True)
    assert forgeries() == (before[0] + 1, before[1] + 1)


def test_a_case_shows_what_directory_law_and_past_say(received, browser_of):
    case = received()
    page = text_of(browser_of("mara").get(f"/desk/{case.reference}/"))
    assert "The evidence, fact by fact" in page
    assert "Not shown by this:" in page
