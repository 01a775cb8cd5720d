"""Can an answer be sealed before one person looked up what no machine can ask and another confirmed it; and then is it whole?"""

from __future__ import annotations

import html
import io
import json
import re
import tarfile
from datetime import timedelta

import pyrage
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from answerable.collect import load_data_map
from answerable.collect.scan import TARGET
from answerable.errors import MoveRefused, StoreFailed

ARCHIVE = """\
  - store: archive
    table: letters
    subject_keys: [{column: customer, role: author}, {column: other, role: addressee}]
    time: {column: sent_at}
    order_by: [page]
    columns:
      sent_at: {class: traffic.time}
      other: {class: traffic.time, third_party: token, only_if: {role: author}}
"""


def _text(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def archive(machine):
    """Let the desk's map name an archive of paper, which only a person can look into."""
    before = machine.data_map
    text = machine.home.data_map_text().replace("stores:\n", "stores:\n  archive: {kind: person}\n", 1) + ARCHIVE
    object.__setattr__(machine, "data_map", load_data_map(text))
    yield
    object.__setattr__(machine, "data_map", before)


@pytest.fixture
def subject(machine):
    """The number of the account that the lawful order names."""
    from answerable.adapters.sources import whose
    from answerable.casefile.scope import Identifier

    who = Identifier(kind="email", value="mara.lind@mail.example")
    return whose(machine.data_map, machine.settings.stores, [who], now=machine.now)[who][0]


@pytest.fixture
def found(machine, subject):
    """Return a file as somebody brings it: rows of the account, two days ago unless said otherwise."""

    def make(*rows: dict[str, str], columns: str = "customer,sent_at,page,other") -> SimpleUploadedFile:
        at = (machine.now() - timedelta(days=2)).isoformat()
        known = {"customer": subject, "sent_at": at, "page": "1", "other": "4711"}
        lines = [columns, *(",".join((known | row)[name] for name in columns.split(",")) for row in rows)]
        return SimpleUploadedFile("letters.csv", "\n".join(lines).encode())

    return make


@pytest.fixture
def waiting(archive, decided):
    """A case that two people decided, and in which something is to be looked up."""
    return decided("lawful")


def _page(client, case) -> str:
    [address] = set(re.findall(rf"/desk/{case.reference}/look-ups/\d+", _text(client.get(f"/desk/{case.reference}/"))))
    return address


def test_two_people_look_up_and_only_then_the_answer_is_sealed(
    browser_of, waiting, work, found, subject, demo, machine
):
    mara, jonas = browser_of("mara"), browser_of("jonas")
    assert waiting.state == "decided"
    assert "Look up by hand" in _text(mara.get("/desk/"))
    address = _page(mara, waiting)
    page = _text(mara.get(address))
    assert f"customer is <b>{subject}</b>" in page
    assert "sent_at lies in" in page
    assert mara.post(address, {"file": found({}, {"page": "2", "other": subject})}).status_code == 302
    assert "Waits for a second person" in _text(mara.get(f"/desk/{waiting.reference}/"))
    assert "I compared this file" not in _text(mara.get(address))
    shown = _text(jonas.get(address))
    sha512 = re.search(r'name="sha512" value="([0-9a-f]{128})"', shown)[1]
    assert "2 rows" in shown
    brought = jonas.get(f"{address}/file")
    assert brought.content.startswith(b"customer,sent_at,page,other\n")
    assert "attachment" in brought["Content-Disposition"]
    assert mara.post(f"{address}/confirm", {"sha512": sha512}).status_code == 409
    assert jonas.post(f"{address}/confirm", {"sha512": "0" * 128}).status_code == 409
    work()
    waiting.refresh_from_db()
    assert waiting.state == "decided"
    assert jonas.post(f"{address}/confirm", {"sha512": sha512}).status_code == 302
    work()
    waiting.refresh_from_db()
    assert waiting.state == "sealed"
    assert list(machine.home.uploads.iterdir()) == []
    _is_whole(_opened(machine, waiting, demo))
    assert "What was looked up was confirmed by a second person" in _text(mara.get(f"/desk/{waiting.reference}/"))


def _opened(machine, case, demo) -> dict[str, bytes]:
    sealed = (machine.home.packages / case.package["name"]).read_bytes()
    identity = pyrage.x25519.Identity.from_str(_identity(demo))
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(sealed, [identity]))) as bag:
        return {each.name: bag.extractfile(each).read() for each in bag if each.isfile()}


def _identity(demo) -> str:
    return next(
        line for line in (demo.folder / "authority.key").read_text().splitlines() if line.startswith("AGE-SECRET-KEY")
    )


def _is_whole(bag: dict[str, bytes]) -> None:
    """The rows went through the same masking, and the read log says that a person looked, in which file."""
    wrote, got = sorted(name for name in bag if "archive.letters" in name)
    rows = [json.loads(line) for line in bag[wrote].splitlines()]
    assert [set(row) - {TARGET} for row in rows] == [{"sent_at", "other"}] * 2
    assert [row["other"].startswith("tp_") for row in rows] == [True, False]
    assert [set(json.loads(line)) - {TARGET} for line in bag[got].splitlines()] == [{"sent_at"}]
    log = [json.loads(line) for line in bag["meta/readlog.jsonl"].splitlines()]
    entries = [entry for entry in log if entry["store"] == "archive"]
    assert [entry["rows_returned"] for entry in entries] == [2, 1]
    for entry in entries:
        assert entry["query"].startswith("person: a reviewer looked up")
        assert "mara" not in json.dumps(entry)
        [(name, digest)] = entry["files"]
        assert (name, len(digest)) == ("archive.letters", 64)


REFUSED = [
    ([{"customer": "999999"}], {}, "about nobody"),
    ([{"sent_at": "2020-01-01T00:00:00Z"}], {}, "outside the period"),
    ([{}], {"columns": "customer,sent_at,page"}, "does not carry other"),
    ([{}], {"columns": "customer,sent_at,page,other,customer"}, "twice"),
]


@pytest.mark.parametrize(("rows", "options", "why"), REFUSED)
def test_what_the_plan_does_not_read_is_refused_and_not_kept(browser_of, waiting, found, rows, options, why):
    from answerable.desk.models import Paper

    mara = browser_of("mara")
    address, kept = _page(mara, waiting), Paper.objects.count()
    answer = mara.post(address, {"file": found(*rows, **options)})
    assert (answer.status_code, why in _text(answer)) == (422, True)
    assert mara.post(address).status_code == 422
    assert Paper.objects.count() == kept
    assert not waiting.look_ups.get().brought.exists()
    assert mara.get(f"{address}/file").status_code == 404


def test_nothing_found_is_a_file_too(browser_of, waiting, found, work):
    mara, jonas = browser_of("mara"), browser_of("jonas")
    address = _page(mara, waiting)
    assert mara.post(address, {"file": found()}).status_code == 302
    jonas.post(f"{address}/confirm", {"sha512": waiting.look_ups.get().brought.last().paper_id})
    work()
    waiting.refresh_from_db()
    assert waiting.state == "sealed"


def test_a_wrong_file_is_replaced_by_the_other_person_and_confirmed_by_the_first(
    browser_of, waiting, found, machine, people
):
    from answerable.desk.moves import looking_up as moves

    mara, jonas = browser_of("mara"), browser_of("jonas")
    address = _page(mara, waiting)
    mara.post(address, {"file": found({})})
    stale = waiting.look_ups.get().brought.last().paper_id
    jonas.post(address, {"file": found({"page": "2"})})
    assert mara.post(f"{address}/confirm", {"sha512": stale}).status_code == 409
    task = waiting.look_ups.get()
    with pytest.raises(MoveRefused):
        moves.confirm(machine, task, actor=people["jonas"], sha512=task.brought.last().paper_id)
    assert mara.post(f"{address}/confirm", {"sha512": task.brought.last().paper_id}).status_code == 302
    assert jonas.post(address, {"file": found({"page": "3"})}).status_code == 409


def test_a_decision_that_is_sent_back_withdraws_what_was_to_be_looked_up(browser_of, waiting, found, machine, people):
    from answerable.desk.queries import queue

    mara, jonas = browser_of("mara"), browser_of("jonas")
    address = _page(mara, waiting)
    assert jonas.post(f"/desk/{waiting.reference}/send-back", {"reason": "Say why it is lawful."}).status_code == 302
    assert mara.post(address, {"file": found({})}).status_code == 409
    assert "look-ups/" not in _text(mara.get(f"/desk/{waiting.reference}/"))
    rows = {row.reference: row.next_step for row in queue(machine, people["mara"], search=waiting.reference).rows}
    assert "Look up" not in rows[waiting.reference]


def test_an_officer_sees_nothing_of_it(browser_of, waiting):
    address = _page(browser_of("mara"), waiting)
    for rest in ("", "/file", "/confirm"):
        assert browser_of("ina").get(address + rest).status_code == 403


def test_the_database_itself_refuses_one_person_for_both(machine, waiting, found, people):
    from answerable.desk.models import Brought, ConfirmedFile
    from answerable.desk.moves import looking_up as moves

    brought = moves.bring(machine, waiting.look_ups.get(), actor=people["mara"], content=found({}).read())
    for refused in (
        lambda: ConfirmedFile.objects.create(brought=brought, by=people["mara"], at=machine.now()),
        lambda: Brought.objects.filter(pk=brought.pk).update(rows=0),
        lambda: connection.cursor().execute("DELETE FROM desk_brought"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()


def test_a_map_that_changed_after_the_decision_seals_nothing(machine, archive, decided, waiting, work, people, found):
    """Where the map names another table by then, nobody looked into it, and nothing goes out as if it were empty."""
    from answerable.desk import moves
    from answerable.desk.moves import looking_up

    task = waiting.look_ups.get()
    brought = looking_up.bring(machine, task, actor=people["mara"], content=found({}).read())
    text = machine.home.data_map_text().replace("stores:\n", "stores:\n  archive: {kind: person}\n", 1)
    object.__setattr__(machine, "data_map", load_data_map(text + ARCHIVE.replace("table: letters", "table: parcels")))
    looking_up.confirm(machine, task, actor=people["jonas"], sha512=brought.paper_id)
    with pytest.raises(StoreFailed, match=r"collect\.not-looked-up"):
        moves.seal(machine, waiting)


def test_nothing_held_is_not_offered_while_only_people_know(archive, received):
    from answerable.casefile.decision import DecisionKind
    from answerable.casefile.route import decision_blockers
    from answerable.desk.moves.casefiles import case_file

    file = case_file(received("lawful"))
    assert file.only_people_know
    assert any("only a person can look" in each for each in decision_blockers(file, DecisionKind.NOTHING_HELD))
