"""Does a demand walk the whole route by the pages alone, and does every page refuse what the route refuses?"""

from __future__ import annotations

import html
import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from answerable.casefile.encoding import sha512_hex


def _text(response) -> str:
    return html.unescape(response.content.decode())


def _upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("order.pdf", content)


def _statement(page: str) -> str:
    return re.search(r'name="statement" value="([0-9a-f]{128})"', page)[1]


def test_from_an_officers_upload_to_the_officers_download(browser_of, order, work, demo, machine):
    mara, jonas, ina = browser_of("mara"), browser_of("jonas"), browser_of("ina")
    sent = ina.post("/portal/", {"paper": _upload(order("broad"))})
    reference = sent["Location"].strip("/").rpartition("/")[2]
    assert "being examined" in _text(ina.get(sent["Location"]))
    work()
    case = f"/desk/{reference}/"
    assert reference in _text(mara.get(f"/desk/?q={reference}"))
    page = _text(mara.get(case))
    assert "Section G(c) ticks nothing" in page
    assert "Not yet read by a lawyer" in page

    short = mara.post(f"{case}prepare", {"kind": "answer in part", "reason": "short"})
    assert (short.status_code, "at least ten characters" in _text(short)) == (422, True)
    closed = mara.post(f"{case}prepare", {"kind": "answer", "reason": "Everything, please, at once."})
    assert closed.status_code == 422

    question = mara.post(f"{case}questions/R6", {"outcome": "met", "reason": "The offence and the person are German."})
    assert question.status_code == 302
    assert mara.post(f"{case}questions/R5", {"outcome": "met", "reason": "Talk it away, please."}).status_code == 409

    assert (
        mara.post(f"{case}prepare", {"kind": "answer in part", "reason": "Lawful for account data."}).status_code == 302
    )
    statement = _statement(_text(jonas.get(f"{case}approve")))
    assert "You cannot approve this." in _text(mara.get(f"{case}approve"))
    assert mara.post(f"{case}approve", {"statement": statement}).status_code == 409
    assert jonas.post(f"{case}approve", {"statement": "0" * 128}).status_code == 409

    assert jonas.post(f"{case}send-back", {"reason": "Name the section of the law."}).status_code == 302
    assert "Name the section of the law." in _text(mara.get(case))
    assert jonas.post(f"{case}approve", {"statement": statement}).status_code == 409
    assert (
        mara.post(f"{case}prepare", {"kind": "answer in part", "reason": "Art. 5(3) and (4), see R5."}).status_code
        == 302
    )
    assert (
        jonas.post(f"{case}approve", {"statement": _statement(_text(jonas.get(f"{case}approve")))}).status_code == 302
    )

    work()
    assert "no log, no release" in _text(mara.get(case))
    assert "Being answered".lower() in _text(ina.get(f"/portal/{reference}/"))
    assert ina.post(f"/portal/{reference}/package").status_code == 409
    assert ina.get(f"/portal/{reference}/letters/covering-letter.pdf").status_code == 404
    work(tick=True)
    page = _text(ina.get(f"/portal/{reference}/"))
    package = b"".join(ina.post(f"/portal/{reference}/package").streaming_content)
    assert sha512_hex(package) in page
    assert b"".join(ina.get(f"/portal/{reference}/files/receipt").streaming_content).startswith(b"c2sp.org/tlog-proof")
    assert ina.get(f"/portal/{reference}/letters/annex-iii.pdf").content.startswith(b"%PDF-")
    assert mara.post(f"{case}close").status_code == 302
    assert "Package fetched by the authority" in _text(mara.get(case))
    assert reference in _text(mara.get("/desk/?show=closed"))


def test_a_forged_order_can_only_be_refused_or_contested(browser_of, received, machine):
    case = received(forged=True)
    page = _text(browser_of("mara").get(f"/desk/{case.reference}/"))
    offered = re.findall(r'name="kind" value="([^"]+)"', page)
    assert offered == ["contest", "refuse"]
    for kind in ("answer", "answer in part", "nothing held"):
        asked = browser_of("mara").post(
            f"/desk/{case.reference}/prepare", {"kind": kind, "reason": "Do it all the same."}
        )
        assert asked.status_code == 422
    case.refresh_from_db()
    assert (case.decision, case.package) == (None, None)


def test_somebody_we_do_not_know_is_answered_with_nothing_held(browser_of, decided, received):
    unknown = {"evidence": [{"kind": "user", "value": "nobody-of-this-name", "boxes": ["a1"], "time_ranges": []}]}
    case = decided(E=unknown)
    assert case.decision["kind"] == "nothing held"
    assert {letter.kind for letter in case.letters.all()} == {"covering-letter", "annex-iii"}
    known = received()
    against = _text(browser_of("mara").get(f"/desk/{known.reference}/"))
    assert "The stores hold records of what is permitted." in against


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("spaces", b" \n" * 100),
        ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        ("truncated PDF", None),
        ("JSON with an unknown field", b'{"form": "eu.epoc", "Q": {}}'),
        ("JSON in another encoding", '{"form": "eu.epoc"}'.encode("utf-16")),
        ("deep JSON", b'{"A":' * 5_000),
    ],
)
def test_what_cannot_be_read_is_kept_and_says_what_why_and_next(browser_of, order, name, content, machine):
    content = order()[:3_000] if content is None else content
    marked = content + name.encode() if name == "a picture" else content
    sent = browser_of("ina").post("/portal/", {"paper": _upload(marked)})
    assert sent.status_code == 302
    reference = sent["Location"].strip("/").rpartition("/")[2]
    page = _text(browser_of("mara").get(f"/desk/{reference}/"))
    assert sha512_hex(marked) in page
    for word in ("What:", "Why:", "Next:"):
        assert word in page
    assert browser_of("mara").post(f"/desk/{reference}/demand").content == marked
    assert "Could not be read" in _text(browser_of("ina").get(sent["Location"]))


def test_the_same_bytes_again_open_no_second_case(browser_of, order, people):
    from answerable.desk.models import Case

    content = order()
    first = browser_of("ina").post("/portal/", {"paper": _upload(content)})["Location"]
    before = Case.objects.count()
    assert browser_of("ina").post("/portal/", {"paper": _upload(content)})["Location"] == first
    other = browser_of("otto").post("/portal/", {"paper": _upload(content)}, follow=True)
    assert Case.objects.count() == before
    assert "from another sender" in _text(other)
    assert first.strip("/").rpartition("/")[2] not in _text(other)


def test_a_body_larger_than_any_demand_is_refused_before_it_is_read(browser_of):
    class Untouched(io.BytesIO):
        def read(self, *_):
            raise AssertionError("the body was read")

    response = browser_of("ina").generic(
        "POST", "/portal/", b"", CONTENT_LENGTH=str(10**12), **{"wsgi.input": Untouched()}
    )
    assert response.status_code == 413


def test_a_demand_by_post_counts_from_the_day_it_came_and_never_from_tomorrow(browser_of, order, people, work):
    from answerable.desk.models import Case

    mara = browser_of("mara")
    form = {"channel": "post", "received_at": "2026-11-20T09:30", "sender": people["ina"].pk}
    sent = mara.post("/desk/receive/", {**form, "paper": _upload(order())})
    case = Case.objects.get(reference=sent["Location"].strip("/").rpartition("/")[2])
    assert f"{case.received_at:%Y-%m-%d %H:%M}" == "2026-11-20 08:30"
    assert case.sent_by == people["ina"]
    assert (
        mara.post("/desk/receive/", {**form, "received_at": "2999-01-01T00:00", "paper": _upload(order())}).status_code
        == 409
    )
    assert (
        mara.post("/desk/receive/", {**form, "received_at": "yesterday", "paper": _upload(order())}).status_code == 422
    )
    assert mara.post("/desk/receive/", form).status_code == 422


@pytest.mark.parametrize(
    "address",
    [
        "desk/AN-1-1/",
        "desk/AN-1-1/demand",
        "desk/AN-1-1/letters/x.pdf",
        "log/..%2fdesk.yaml",
        "log/../desk.yaml",
        "log/tile",
        "log/.x",
    ],
)
def test_what_is_not_there_is_not_found(browser_of, address):
    assert browser_of("mara").get(f"/{address}").status_code == 404


def test_a_case_is_not_closed_while_something_is_to_be_done(browser_of, received):
    assert browser_of("mara").post(f"/desk/{received().reference}/close").status_code == 409


def test_the_public_page_tells_nothing_of_a_half_year_that_runs(browser_of, received, work):
    before = browser_of(None).get("/").content
    received()
    work(tick=True)
    assert browser_of(None).get("/").content == before


def test_the_figures_so_far_do_not_count_a_demand_before_the_log_holds_it(machine, received, work):
    from answerable.desk import queries
    from answerable.report.periods import HalfYear

    def counted() -> int:
        return queries.report_so_far(machine, HalfYear.of(machine.now().date())).received

    received()
    work(tick=True)
    before = counted()
    received()
    assert counted() == before
    work(tick=True)
    assert counted() == before + 1


def test_the_log_is_served_as_it_lies_on_disk(browser_of, demo, work):
    work(tick=True)
    for path in [path for path in demo.home.log.rglob("*") if path.is_file()]:
        served = browser_of(None).get(f"/log/{path.relative_to(demo.home.log).as_posix()}")
        assert b"".join(served.streaming_content) == path.read_bytes()


def test_a_demand_under_another_law_is_put_to_it_and_nothing_leaves_without_a_seal(browser_of, work):
    from answerable.desk.models import Case

    order = {
        "form": "order",
        "instrument": "us.sca.subpoena",
        "requester": {"name": "United States Attorney", "country": "US", "kind": "prosecutor"},
        "asked": [{"kind": "user", "value": "mara.lind", "boxes": ["a1", "d4"]}],
        "secrecy": {"kind": "requested"},
    }
    mara = browser_of("mara")
    sent = mara.post("/desk/receive/", {"channel": "email", "paper": _upload(json.dumps(order).encode())})
    work()
    page = _text(mara.get(sent["Location"]))
    assert "Subpoena for basic subscriber records" in page
    assert "Move to quash or modify" in page
    assert "it binds nobody" in page
    assert "Silence towards the person" not in page
    assert re.findall(r'name="kind" value="([^"]+)"', page) == ["contest", "refuse"]
    case = Case.objects.get(reference=sent["Location"].strip("/").rpartition("/")[2])
    assert case.assessment["permitted"]["items"] == []


def test_an_instrument_that_no_law_knows_waits_for_a_lawyer(browser_of, work):
    unknown = json.dumps({"form": "order", "instrument": "zz.unheard_of"}).encode()
    mara = browser_of("mara")
    sent = mara.post("/desk/receive/", {"channel": "post", "paper": _upload(unknown)})
    work()
    queue = _text(mara.get("/desk/"))
    assert "The demand cannot be put to the law." in queue
    assert "Being put to the law" in _text(mara.get(sent["Location"]))
