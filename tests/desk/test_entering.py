"""What happens to a letter in an office's own words? It is kept, read by a person, entered, examined and put to the law."""

from __future__ import annotations

import html
import itertools
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from answerable.casefile.assessment import Assessment
from answerable.casefile.finding import Finding, Outcome
from answerable.errors import MoveRefused

LETTER = "Bundesamt für Forenwesen, Bonn\n\nPlease remove hxxps://harbourforum[.]example/posts/{} without delay.\n\nDr. A. Amtmann\n"
_numbers = itertools.count(1)
ENTERED = {
    "instrument": "eu.dsa.act",
    "language": "en",
    "requester_name": "Bundesamt für Forenwesen",
    "requester_country": "DE",
    "requester_kind": "agency",
    "requester_official": "Dr. A. Amtmann",
    "items": "https://harbourforum.example/posts/1",
    "text": "Please remove it.",
}


def text(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def letter(machine, people):
    """Return a function that opens a case on a letter that is new each time."""
    from answerable.desk import moves

    def arrives(content: bytes | None = None):
        content = content or LETTER.format(next(_numbers)).encode()
        return moves.receive(machine, content, channel="post", actor=people["mara"])

    return arrives


@pytest.fixture
def enter(browser_of):
    """Return a function that sends the page's form for a case, and then reads the row anew."""

    def send(case, *, name="mara", **fields):
        response = browser_of(name).post(f"/desk/{case.reference}/enter", fields)
        case.refresh_from_db()
        return response

    return send


def test_the_page_shows_the_words_and_the_mended_addresses(letter, browser_of):
    case = letter()
    assert case.state == "unreadable"
    assert f"/desk/{case.reference}/enter" in text(browser_of("mara").get(f"/desk/{case.reference}/"))
    page = text(browser_of("mara").get(f"/desk/{case.reference}/enter"))
    assert "Dr. A. Amtmann" in page
    assert "https://harbourforum.example/posts/" in page
    assert "eu.epoc" not in page


def test_what_a_person_enters_is_examined_and_put_to_the_law(letter, enter, work, people, browser_of):
    case = letter()
    received, original = case.received_at, case.paper.sha512
    assert enter(case, **ENTERED).status_code == 302
    assert (case.state, case.instrument, case.country) == ("received", "eu.dsa.act", "DE")
    work()
    case.refresh_from_db()
    assert case.state == "assessed"
    assert (case.received_at, case.paper.sha512, case.entered_by) == (received, original, people["mara"])
    found = {each.rule: each.outcome for each in Assessment.model_validate(case.assessment).findings}
    assert (found["DS1"], found["DS4"], found["DS8"]) == (Outcome.NOT_MET, Outcome.NOT_MET, Outcome.MET)
    assert case.sheet is not None
    event = case.events.get(kind="entered by a person")
    assert (event.actor, event.facts["instrument"], event.facts["document_sha512"]) == ("mara", "eu.dsa.act", original)
    page = text(browser_of("jonas").get(f"/desk/{case.reference}/"))
    assert "read it and entered what it says" in page


def test_a_person_s_reading_proves_nothing_of_the_paper(letter, enter, work):
    case = letter()
    enter(case, **ENTERED)
    work()
    case.refresh_from_db()
    findings = [Finding.model_validate(each) for each in case.authenticity]
    assert {each.rule for each in findings if each.outcome is Outcome.MET} <= {"A7"}


def test_data_asked_for_are_entered_line_by_line(letter, enter):
    case = letter()
    enter(
        case, instrument="us.sca.subpoena", language="en", asked="user mara.lind\nemail a@b.example", boxes=["a1", "c.ii.4"],
        start="2026-10-01T00:00", end="2026-11-01T00:00", secrecy_kind="requested", emergency_claimed="on",
    )  # fmt: skip
    form = case.demand["form"]
    assert [(line["kind"], line["value"], line["boxes"]) for line in form["asked"]] == [
        ("user", "mara.lind", ["a1", "c.ii.4"]),
        ("email", "a@b.example", ["a1", "c.ii.4"]),
    ]
    assert form["asked"][0]["time_ranges"] == [{"start": "2026-09-30T22:00:00Z", "end": "2026-10-31T23:00:00Z"}]
    assert (form["secrecy"]["kind"], form["emergency"]["claimed"]) == ("requested", True)
    assert case.identifiers == 2


def test_form_data_can_be_handed_in_instead(letter, enter, forms):
    case = letter()
    data = SimpleUploadedFile("form.json", forms["lawful"].model_dump_json().encode())
    assert enter(case, instrument="eu.dsa.act", language="en", data=data).status_code == 302
    assert case.instrument == "eu.epoc"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"asked": "mara.lind"}, "Line 1 does not begin with a kind and a space."),
        ({"asked": "user a\nnobody b"}, "Line 2 does not begin with a kind and a space."),
        ({"requester_country": "Germany"}, "Write two capital letters, as DE."),
        ({"language": "German"}, "Write two small letters, as en or de."),
        ({"instrument": "eu.epoc"}, "Select a valid choice"),
        ({"due": "yesterday"}, "Enter a valid date"),
    ],
)
def test_what_is_badly_typed_is_said_and_nothing_is_set_down(letter, enter, fields, said):
    case = letter()
    answer = enter(case, **ENTERED | fields)
    assert (answer.status_code, case.state) == (422, "unreadable")
    assert said in text(answer)


@pytest.mark.parametrize("content", [b"{}", b"not json", json.dumps({"form": "order"}).encode()])
def test_form_data_that_are_no_form_leave_the_case_as_it_was(letter, enter, content):
    case = letter()
    answer = enter(case, instrument="eu.dsa.act", language="en", data=SimpleUploadedFile("form.json", content))
    assert answer.status_code >= 400
    assert case.state == "unreadable"


def test_a_key_that_is_none_is_refused_with_its_field(machine, letter, people):
    from answerable.desk import moves

    with pytest.raises(MoveRefused) as fault:
        moves.enter(machine, letter(), {"instrument": "eu.dsa.act", "encryption_key": "no key"}, actor=people["mara"])
    assert fault.value.code == "intake.not-entered"
    assert "encryption_key" in fault.value.why


def test_what_the_machine_read_nobody_enters_again(machine, received, people):
    from answerable.desk import moves

    with pytest.raises(MoveRefused):
        moves.enter(machine, received(), {"instrument": "eu.dsa.act"}, actor=people["mara"])


def test_an_officer_enters_nothing(machine, letter, people, enter):
    from answerable.desk import moves

    case = letter()
    assert enter(case, name="ina", **ENTERED).status_code in (302, 403, 404)
    assert case.state == "unreadable"
    with pytest.raises(MoveRefused):
        moves.enter(machine, case, {"instrument": "eu.dsa.act"}, actor=people["ina"])
