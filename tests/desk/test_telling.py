"""Is the person told when it may be, by a paper that no authority sees, and never before?"""

from __future__ import annotations

import html
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from answerable.errors import MoveRefused

HERE = ZoneInfo("Europe/Amsterdam")
SILENT = {"secrecy": {"kind": "ordered", "by": "judge", "days": 30, "reason": "Public security."}}
DSA = {"instrument": "eu.dsa.act", "legal_basis": "Criminal Code, Section 130"}


def text(response) -> str:
    return html.unescape(response.content.decode())


def test_who_posted_what_was_removed_is_told_and_that_is_set_down(granted, done, work, browser_of, machine):
    case = done(granted("removal"), "removed")
    work()
    notice = case.notices.get()
    assert (notice.to, notice.given_at, notice.paper is not None) == ("", None, True)
    mara, place = browser_of("mara"), f"/desk/{case.reference}/"
    assert "Whoever posted the content" in text(mara.get(place))
    assert case.reference in text(mara.get("/desk/")).partition("To be told now")[2].partition("</section>")[0]
    pdf = mara.get(f"{place}notices/{notice.pk}.pdf")
    assert pdf.content.startswith(b"%PDF-")
    sent = {"how": "in the service", "at": machine.now().astimezone(HERE).strftime("%Y-%m-%dT%H:%M")}
    assert mara.post(f"{place}notices/{notice.pk}/given", sent | {"how": "by pigeon"}).status_code == 422
    assert mara.post(f"{place}notices/{notice.pk}/given", sent | {"at": "2999-01-01T00:00"}).status_code == 409
    assert mara.post(f"{place}notices/{notice.pk}/given", sent).status_code == 302
    assert mara.post(f"{place}notices/{notice.pk}/given", sent).status_code == 409
    assert case.reference not in text(mara.get("/desk/")).partition("To be told now")[2].partition("</section>")[0]
    assert "notice given" in [event.kind for event in case.events.all()]


def test_the_authority_sees_no_notice_and_no_draft(machine, people, received, work, browser_of, monkeypatch):
    from answerable.casefile.decision import DecisionKind
    from answerable.desk import moves
    from answerable.desk.moves import writing
    from answerable.desk.moves.casefiles import case_file

    real = writing.letters_for
    monkeypatch.setattr(writing, "letters_for", lambda matter: real(matter) | {"motion": _motion()})
    case = received("broad")
    said = {"kind": DecisionKind.CONTEST, "reason": "It asks for more than the law permits."}
    case = moves.prepare(machine, case, actor=people["mara"], **said)
    moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
    work()
    kinds = {letter.kind for letter in case.letters.all()}
    assert kinds == {"covering-letter", "annex-iii", "motion"}
    ina, place = browser_of("ina"), f"/portal/{case.reference}/"
    page = text(ina.get(place))
    assert "Covering letter" in page
    assert "motion" not in page
    assert ina.get(f"{place}letters/motion.pdf").status_code == 404
    assert browser_of("mara").get(f"/desk/{case.reference}/letters/motion.pdf").content.startswith(b"%PDF-")


def _motion():
    from tests.decide.matters import make

    from answerable.decide.letters import letters_for

    return letters_for(make("us.sca.warrant", "contest"))["motion"]


def test_silence_holds_the_notice_back_until_its_last_day(granted, done, work, later, browser_of, people, machine):
    from answerable.desk import moves, queries

    case = done(granted("removal", **SILENT), "removed")
    work()
    notice = case.notices.get()
    assert notice.paper is None
    assert timedelta(days=29) < notice.may_be_sent_from - case.received_at < timedelta(days=32)
    page = text(browser_of("mara").get(f"/desk/{case.reference}/"))
    assert "It is written on that day." in page
    assert browser_of("mara").get(f"/desk/{case.reference}/notices/{notice.pk}.pdf").status_code == 404
    with pytest.raises(MoveRefused, match=r"notify\.not-open"):
        moves.give_notice(machine, notice, actor=people["mara"], at=machine.now(), how="by post")
    with pytest.raises(MoveRefused, match=r"notify\.silence-stands"):
        moves.lift_silence(machine, case, actor=people["mara"], reason="The authority rang us.")
    moves.write_notices(later(28), case)
    assert case.notices.get().paper is None
    after = later(33)
    moves.write_notices(after, case)
    notice = case.notices.get()
    assert notice.paper is not None
    assert case.reference in [due.reference for due in queries.due_notices(after)]
    assert case.reference not in [due.reference for due in queries.due_notices(machine)]
    too_early = notice.may_be_sent_from - timedelta(days=1)
    with pytest.raises(MoveRefused, match=r"moment\.too-early"):
        moves.give_notice(after, notice, actor=people["mara"], at=too_early, how="by post")
    moves.give_notice(after, notice, actor=people["mara"], at=after.now(), how="by post")
    assert case.reference not in [due.reference for due in queries.due_notices(after)]


def test_a_silence_without_end_ends_when_a_person_says_why(granted, done, work, browser_of, machine):
    case = done(granted("removal", **DSA, secrecy={"kind": "ordered", "by": "judge"}), "removed")
    work()
    assert (case.notices.get().may_be_sent_from, case.notices.get().paper) == (None, None)
    mara, place = browser_of("mara"), f"/desk/{case.reference}/"
    assert "Not before the silence ends" in text(mara.get(place))
    assert mara.post(f"{place}silence", {"reason": "short"}).status_code == 422
    assert mara.post(f"{place}silence", {"reason": "The court released us, letter of 3 March."}).status_code == 302
    work()
    assert case.notices.get().paper is not None
    assert mara.post(f"{place}silence", {"reason": "Once more, for good measure."}).status_code == 409


def test_nobody_is_told_by_us_of_a_european_order(decided, received, machine, people):
    assert not decided().notices.exists()


def test_what_was_put_back_is_told_again(machine, people, granted, done, work):
    from answerable.casefile.decision import DecisionKind
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    case = done(granted("removal"), "removed")
    work()
    case = moves.reopen(machine, case, actor=people["mara"], reason="Annulled on 3 March, 4 K 12/26.")
    said = {"kind": DecisionKind.PUT_BACK, "reason": "The court annulled the order."}
    case = moves.prepare(machine, case, actor=people["mara"], **said)
    moves.approve(machine, case, actor=people["jonas"], statement=case_file(case).decision.statement)
    case.refresh_from_db()
    done(case, "put back")
    work()
    assert case.notices.count() == 2
    assert all(notice.paper for notice in case.notices.all())


def test_the_portal_of_another_officer_shows_nothing_of_it(granted, done, work, browser_of):
    case = done(granted("removal"), "removed")
    work()
    assert browser_of("otto").get(f"/portal/{case.reference}/").status_code == 404
    assert browser_of("ina").get(f"/desk/{case.reference}/notices/{case.notices.get().pk}.pdf").status_code == 403
