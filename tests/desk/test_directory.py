"""Does the directory take two people, remember everything, and give no number too early?"""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import timedelta

import pytest

REASON = "Seen in the register of the ministry."
FIELDS = {
    "name": "Police of Voorbeeld",
    "country": "NL",
    "kind": "police",
    "numbers": "+31 20 5550100, duty desk",
    "domains": "police.voorbeeld.example",
    "source": "register of the ministry, 3 November 2026",
    "reason": REASON,
}


def text_of(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def proposed(browser_of):
    """Return the page of a proposal that Mara made, for a new authority or for one that is there."""

    def propose(record: str | None = None, **fields) -> str:
        address = f"/desk/directory/records/{record}/propose" if record else "/desk/directory/new/"
        answer = browser_of("mara").post(address, FIELDS | fields)
        assert answer.status_code == 302, text_of(answer)
        return answer["Location"]

    return propose


@pytest.fixture
def entered(browser_of, proposed):
    """Return the id of an authority that two people entered."""

    def enter(**fields) -> str:
        answer = browser_of("jonas").post(proposed(**fields))
        assert answer.status_code == 302
        return answer["Location"].rstrip("/").rpartition("/")[2]

    return enter


def test_one_proposes_and_nothing_changes_until_another_confirms(browser_of, proposed):
    from answerable.desk.models import Listing

    before = Listing.objects.count()
    page = proposed()
    assert Listing.objects.count() == before
    mara, jonas = browser_of("mara"), browser_of("jonas")
    assert "You proposed this." in text_of(mara.get(page))
    assert mara.post(page).status_code == 409
    shown = text_of(jonas.get(page))
    assert all(each in shown for each in ("Police of Voorbeeld", "+31205550100", REASON, "Confirm as second person"))
    assert "Police of Voorbeeld" in text_of(jonas.get("/desk/directory/proposals/"))
    done = jonas.post(page)
    record = text_of(jonas.get(done["Location"]))
    assert "Confirmed by two people" in record
    assert "within the 30 days before the demand came" in record
    assert jonas.post(page).status_code == 409
    assert Listing.objects.count() == before + 1


def test_the_database_itself_refuses_a_confirmation_by_the_proposer_and_every_change_of_history(
    proposed, people, machine
):
    from django.db import DatabaseError, transaction

    from answerable.desk.models import Proposal, Verdict

    number = int(proposed().rstrip("/").rpartition("/")[2])
    proposal = Proposal.objects.get(pk=number)
    with pytest.raises(DatabaseError, match="takes two people"), transaction.atomic():
        Verdict.objects.create(proposal=proposal, outcome="confirmed", by=people["mara"], at=machine.now())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Proposal.objects.filter(pk=number).update(by=people["jonas"])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        proposal.delete()


def test_what_stays_keeps_its_day_and_what_is_new_does_not_serve(entered, browser_of, machine, people):
    from answerable.authenticate.directory import numbers_at, usable_numbers
    from answerable.casefile.directory import Number
    from answerable.desk.models import Listing
    from answerable.desk.moves import directory

    listing = Listing.objects.get(pk=entered())
    record = directory.as_record(listing)
    later = replace(machine, now=lambda: machine.now() + timedelta(days=40))
    added = Number(number="+31205550199", source="a letter", added_at=record.numbers[0].added_at, added_by="somebody",
                   confirmed_at=record.numbers[0].added_at, confirmed_by="somebody else")  # fmt: skip
    draft = record.model_copy(update={"numbers": (*record.numbers, added)})
    proposal = directory.propose(later, actor=people["mara"], draft=draft, base=1, reason="They have a second number.")
    edited = directory.as_record(directory.confirm(later, proposal, actor=people["jonas"]))
    assert edited.numbers[0] == record.numbers[0]
    assert (edited.numbers[1].added_by, edited.numbers[1].confirmed_by) == ("mara", "jonas")
    assert usable_numbers(edited, later.now()) == record.numbers
    assert "within the 30 days" in numbers_at(edited, later.now())[1].refused
    page = text_of(browser_of("mara").get(f"/desk/directory/records/{listing.key}/"))
    assert "version 1" in page
    assert "version 2" in page
    assert "+31205550199" in page


def test_a_proposal_on_an_old_version_is_refused(entered, proposed, browser_of):
    key = entered()
    one, two = proposed(key, name="Police of V."), proposed(key, name="Police of W.")
    assert browser_of("jonas").post(one).status_code == 302
    assert browser_of("jonas").post(two).status_code == 409
    assert "was changed after this was written" in text_of(browser_of("jonas").get(two))


def test_declined_withdrawn_and_empty_proposals_change_nothing(entered, proposed, browser_of):
    from answerable.desk.models import Listing

    key = entered()
    before = Listing.objects.get(pk=key).record
    for name, outcome in (("jonas", "Declined"), ("mara", "Withdrawn")):
        page = proposed(key, name="Something else")
        client = browser_of(name)
        assert client.post(f"{page}decline", {"reason": "short"}).status_code == 422
        assert client.post(f"{page}decline", {"reason": "It is not what the register says."}).status_code == 302
        assert outcome in text_of(client.get(page))
    assert Listing.objects.get(pk=key).record == before
    same = browser_of("mara").post(f"/desk/directory/records/{key}/propose", FIELDS)
    assert same.status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("numbers", "020 5550100", "Line 1 is no number with its country code"),
        ("numbers", "+31 20 5550100\n\nring me", "Line 3 is no number"),
        ("domains", "not a domain", "Line 1 is no mail domain"),
        ("domains", "police.example\npolice.example", "Not as the directory has it"),
        ("certificates", "12:34", "Line 1 is no SHA-256 fingerprint"),
        ("country", "Netherlands", "two capital letters"),
        ("competent_for", "everything!", "competent for"),
        ("reason", "short", "ten characters"),
        ("source", "", "where it comes from"),
    ],
)
def test_a_form_says_which_line_is_wrong_and_keeps_what_was_typed(browser_of, field, value, said):
    answer = browser_of("mara").post("/desk/directory/new/", FIELDS | {field: value})
    assert answer.status_code == 422
    assert said.casefold() in text_of(answer).casefold()
    assert "Police of Voorbeeld" in text_of(answer)


def test_the_search_finds_names_domains_and_states_of_a_record(entered, browser_of):
    key = entered(name="Gerechtshof Überall", domains="hof.ueberall.example")
    mara = browser_of("mara")
    for search in ("überall", "HOF.ueberall", key, "gerechtshof überall"):
        assert key in text_of(mara.get("/desk/directory/", {"q": search}))
    assert key not in text_of(mara.get("/desk/directory/", {"q": "nobody of this name"}))
    assert key not in text_of(mara.get("/desk/directory/", {"show": "candidate"}))
    for odd in ("x", "-1", "99999999999999999999", "²"):
        assert mara.get("/desk/directory/", {"from": odd}).status_code == 200


def test_a_retired_record_serves_for_nothing(entered, proposed, browser_of, machine):
    from answerable.desk.models import Listing
    from answerable.desk.queries.directory import authorities

    key = entered(organisation_identifiers="NTRNL-1", name="Old Court")
    assert "Old Court" in {each.name for each in authorities(machine)}
    page = proposed(key, organisation_identifiers="NTRNL-1", name="Old Court", retired_on="2026-01-01")
    browser_of("jonas").post(page)
    assert Listing.objects.get(pk=key).status == "retired"
    assert "Old Court" not in {each.name for each in authorities(machine)}


def test_a_caution_takes_two_people_and_so_does_lifting_it(entered, browser_of):
    from answerable.desk.models import Listing

    key = entered()
    mara, jonas = browser_of("mara"), browser_of("jonas")
    fields = {
        "about": "account", "value": "inspector@police.voorbeeld.example", "why": "a mailbox was taken over",
        "starts_on": "2026-01-01", "shared": "on", "reason": "The police told us by telephone.",
    }  # fmt: skip
    page = mara.post(f"/desk/directory/records/{key}/caution", fields)["Location"]
    assert mara.post(page).status_code == 409
    jonas.post(page)
    [caution] = Listing.objects.get(pk=key).record["cautions"]
    assert (caution["noted_by"], caution["confirmed_by"], caution["shared"]) == ("mara", "jonas", True)
    assert "inspector" not in str(Listing.objects.get(pk=key).record)
    assert "1 caution in force" in text_of(mara.get(f"/desk/directory/records/{key}/"))

    change = f"/desk/directory/records/{key}/cautions/{caution['id']}"
    personal = {"word": "contest", "reply": "Call Jan at 020 5550100", "reason": "They wrote to us today."}
    assert mara.post(change, personal).status_code == 422
    page = mara.post(change, {"word": "lift", "reason": "The mailbox is theirs again."})["Location"]
    jonas.post(page)
    assert "caution in force" not in text_of(mara.get(f"/desk/directory/records/{key}/"))
    assert mara.get(f"/desk/directory/records/{key}/cautions/{'0' * 32}").status_code == 404


def test_the_file_of_the_desk_is_a_candidate_and_its_seals_still_count(machine):
    from answerable.desk.models import Listing
    from answerable.desk.moves.directory import adopt
    from answerable.desk.queries.directory import authorities

    listed = machine.directory[0].model_copy(update={"id": "de-second-court", "name": "A second court"})
    adopt([listed], at=machine.now())
    assert Listing.objects.get(pk="de-second-court").status == "candidate"
    assert "de-musterstadt-court" in {each.id for each in authorities(machine)}
