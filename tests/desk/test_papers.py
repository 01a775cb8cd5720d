"""Is every paper kept first, read and drawn apart from the desk, shown as pixels, and let out only on purpose?"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.rendering import hostile
from tests.rendering.test_drawing import written_over

from answerable.adapters.gate import PaperSettings
from answerable.adapters.sandbox import Layers, Sandbox
from answerable.adapters.sandbox.failing import Cause, failed
from answerable.casefile.encoding import sha512_hex

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these walls")
FILES = hostile.files()


@pytest.fixture
def settings(machine):
    """Change how this desk lets papers in, for one test."""
    before = machine.settings

    def change(**papers) -> None:
        changed = before.model_copy(update={"papers": PaperSettings(**papers)})
        object.__setattr__(machine, "settings", changed)

    yield change
    object.__setattr__(machine, "settings", before)


@pytest.fixture
def walls(machine):
    """Put another sandbox in place of the desk's, for one test."""
    before = machine.sandbox
    yield lambda other: object.__setattr__(machine, "sandbox", other)
    object.__setattr__(machine, "sandbox", before)


@pytest.fixture
def send(browser_of, people):
    """Send bytes in by the officers' portal or by the reviewers' form, and return the case."""
    from answerable.desk.models import Case

    def by(content: bytes, *, way: str = "portal") -> Case:
        file = SimpleUploadedFile("paper", content)
        if way == "portal":
            sent = browser_of("ina").post("/portal/", {"paper": file})
        else:
            sent = browser_of("mara").post("/desk/receive/", {"paper": file, "channel": "post"})
        assert sent.status_code == 302
        return Case.objects.get(reference=sent["Location"].strip("/").rpartition("/")[2])

    return by


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_paper_is_kept_and_the_desk_stays_up(send, settings, work, browser_of, name):
    settings(seconds=2, drawn={"pages": 3, "width": 300})
    content = FILES[name]
    case = send(content, way="portal" if len(name) % 2 else "desk")
    work()
    case.refresh_from_db()
    mara = browser_of("mara")
    assert case.unreadable["code"].startswith("intake.")
    assert mara.get("/desk/").status_code == 200
    page = mara.get(f"/desk/{case.reference}/")
    assert page.status_code == 200
    assert "being drawn" not in text(page)
    assert mara.get(f"/desk/{case.reference}/pages/").status_code == 200
    assert mara.post(f"/desk/{case.reference}/demand").content == content
    assert case.paper.sha512 == sha512_hex(content)


def test_a_demand_is_shown_as_pictures(received, browser_of):
    case = received()
    mara = browser_of("mara")
    page = text(mara.get(f"/desk/{case.reference}/"))
    assert "What is shown is what was signed: confirmed" in page
    address = f"/desk/{case.reference}/pages/1-whole.png"
    assert f'src="{address}"' in page
    picture = mara.get(address)
    assert picture["Content-Type"] == "image/png"
    assert picture["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in picture["Cache-Control"]
    assert Image.open(io.BytesIO(picture.content)).width > 1200
    for name in ("1-signed.png", "99-whole.png", "1-else.png", "x", "1-whole.png.png"):
        assert mara.get(f"/desk/{case.reference}/pages/{name}").status_code == 404
    for nobody in ("ina", None):
        assert browser_of(nobody).get(address).status_code in (302, 403)


def test_a_page_changed_after_signing_stands_beside_the_signed_one(send, order, work, browser_of):
    case = send(written_over(order()))
    work()
    mara = browser_of("mara")
    for address in (f"/desk/{case.reference}/", f"/desk/{case.reference}/pages/"):
        page = text(mara.get(address))
        assert "Page 1 is not as it was signed." in page
        assert "1-signed.png" in page
        assert "1-whole.png" in page
    signed, whole = (mara.get(f"/desk/{case.reference}/pages/1-{side}.png").content for side in ("signed", "whole"))
    assert signed != whole
    assert "What is shown is what was signed: contradicted" in text(mara.get(f"/desk/{case.reference}/"))


def test_a_photograph_of_a_demand_is_kept_and_shown_though_it_cannot_be_read(send, work, browser_of):
    file = io.BytesIO()
    Image.new("RGB", (100, 100), "red").save(file, "JPEG")
    case = send(file.getvalue())
    work()
    page = text(browser_of("mara").get(f"/desk/{case.reference}/"))
    assert "Could not be read" in page
    assert "1-whole.png" in page


def test_the_original_is_kept_before_anything_reads_it(machine, people, monkeypatch):
    from answerable.desk import moves
    from answerable.desk.models import Paper
    from answerable.desk.moves import papers, receiving

    content = b"%PDF-1.7 kept first"

    def dies(seen, **_):
        assert papers.read(machine, Paper.objects.get(sha512=sha512_hex(content))) == seen == content
        raise failed(Cause.ABSENT, "No process can be started.")

    monkeypatch.setattr(receiving, "open_paper", dies)
    with pytest.raises(Exception, match="shut a paper in"):
        moves.receive(machine, content, channel="post", actor=people["mara"])
    monkeypatch.undo()
    case = moves.receive(machine, content, channel="post", actor=people["mara"])
    assert papers.paper_bytes(machine, case) == content


def test_originals_lie_encrypted_under_names_that_say_nothing(send, machine):
    content = b"{ a paper in the clear }"
    case = send(content)
    names = {path.name for path in machine.home.papers.iterdir()} | {
        path.name for path in machine.home.drawings.iterdir()
    }
    assert case.paper.sha512 not in names
    place = machine.home.papers / machine.vault.name_for(case.paper.sha512)
    assert content not in place.read_bytes()


def test_a_paper_under_its_old_name_is_still_read(send, machine):
    from answerable.desk import moves

    case = send(b"from an older desk")
    place = machine.home.papers / machine.vault.name_for(case.paper.sha512)
    place.rename(machine.home.papers / case.paper.sha512)
    assert moves.paper_bytes(machine, case) == b"from an older desk"


@pytest.mark.parametrize(
    ("papers", "content", "code"),
    [
        ({"largest": 1}, b"%PDF-1.7" + bytes(2 << 20), "intake.over-the-limit"),
        ({"kinds": ("pdf",)}, b'{"form": "order", "n": 1}', "intake.not-opened-here"),
        ({}, b"PK\x03\x04 an archive", "intake.not-opened-here"),
    ],
)
def test_what_is_stopped_at_the_gate_is_kept_and_says_why(
    send, settings, walls, work, browser_of, papers, content, code
):
    class Untouched(Sandbox):
        def run(self, *_, **__):
            raise AssertionError("it was opened")

    settings(**papers)
    walls(Untouched())
    case = send(content)
    work()
    assert case.unreadable["code"] == code
    assert "No picture: The file " in text(browser_of("mara").get(f"/desk/{case.reference}/"))
    assert code in text(browser_of("mara").get(f"/desk/{case.reference}/"))
    assert browser_of("mara").post(f"/desk/{case.reference}/demand").content == content


def test_the_original_leaves_only_after_a_question_and_as_a_file_that_no_browser_opens(send, browser_of):
    content = b"<html><script>alert(1)</script></html>"
    case, mara = send(content), browser_of("mara")
    asked = mara.get(f"/desk/{case.reference}/demand")
    assert asked["Content-Type"].startswith("text/html")
    assert content not in asked.content
    assert "from somebody who may mean harm" in text(asked)
    left = mara.post(f"/desk/{case.reference}/demand")
    assert left.content == content
    assert left["Content-Type"] == "application/octet-stream"
    assert left["Content-Disposition"] == f'attachment; filename="{case.reference}.original"'
    assert left["X-Content-Type-Options"] == "nosniff"
    assert left["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert left["Cache-Control"] == "no-store"


def test_with_a_host_of_its_own_the_original_leaves_by_that_host_alone(send, settings, browser_of, monkeypatch):
    settings(originals_host="localhost:8443")
    case, mara = send(b"leaves by another door"), browser_of("mara")
    page = mara.post(f"/desk/{case.reference}/demand")
    assert b"leaves by another door" not in page.content
    link = text(page).split('href="//localhost:8443')[1].split('"')[0]
    nobody = browser_of(None)
    assert nobody.get(link, headers={"host": "localhost:8443"}).content == b"leaves by another door"
    assert nobody.get(link).status_code == 404
    assert (
        nobody.get(link[:-1] + ("A" if link[-1] != "A" else "B"), headers={"host": "localhost:8443"}).status_code == 404
    )
    monkeypatch.setattr("answerable.desk.originals._SECONDS", -1)
    assert nobody.get(link, headers={"host": "localhost:8443"}).status_code == 404
    settings()
    assert nobody.get(link, headers={"host": "localhost:8443"}).status_code == 404


def test_without_walls_nothing_is_drawn_it_says_so_and_it_is_drawn_once_there_are(
    send, order, walls, machine, work, browser_of
):
    class Open(Sandbox):
        def available(self) -> Layers:
            return Layers(memory=True, cpu=True)

    inner, mara = machine.sandbox, browser_of("mara")
    case = send(order())
    walls(Open())
    work()
    page = text(mara.get(f"/desk/{case.reference}/"))
    assert "A job could reach the network." in page
    assert "what was signed: could not be checked" in page
    assert "1-whole.png" not in page
    machine.sandbox.close()
    walls(inner)
    assert mara.post(f"/desk/{case.reference}/pages/again").status_code == 302
    work()
    assert "1-whole.png" in text(mara.get(f"/desk/{case.reference}/"))


def test_a_paper_that_ends_its_examiner_is_not_genuine_and_says_why(send, order, walls, machine, work, browser_of):
    class Ends(Sandbox):
        def run(self, job, content, settings=None, **named):
            if job.endswith(("examine_paper", "make_sheet")) and content:
                raise failed(Cause.PROCESSOR, "It took more than 20 s of processor time.")
            return inner.run(job, content, settings, **named)

    inner, case = machine.sandbox, send(order())
    walls(Ends())
    work()
    case.refresh_from_db()
    assert [each["rule"] for each in case.authenticity] == ["A1", "A2", "A3", "A4", "A5", "A6", "A7"]
    assert {each["outcome"] for each in case.authenticity} == {"unclear"}
    assert "more than 20 s of processor time" in text(browser_of("mara").get(f"/desk/{case.reference}/"))


@pytest.mark.parametrize("answer", [b"[]", b"{}", b"", b"null", b'[{"rule": "A1"}]'], ids=repr)
def test_an_examiner_that_was_taken_over_cannot_leave_a_fact_out(order, walls, machine, answer):
    from answerable.adapters.reading import authenticate, open_paper

    class Lying(Sandbox):
        def run(self, job, content, settings=None, **named):
            return (
                answer
                if job.endswith("examine_paper") and content
                else machine.sandbox.run(job, content, settings, **named)
            )

    content = order()
    form = open_paper(content, sandbox=machine.sandbox).form
    known = {"trust_roots": machine.trust_roots, "directory": machine.directory, "at": machine.now()}
    lied = authenticate(content, form, **known, sandbox=Lying())
    told = authenticate(content, form, **known, sandbox=machine.sandbox)
    assert {each.outcome for each in lied} == {"unclear"}
    assert {each.outcome for each in told} == {"met"}
    assert [each.rule for each in lied] == [each.rule for each in told]


@pytest.mark.parametrize(
    "answer", [b"", b"{}", b"[]", b'{"media_type": "application/pdf"}', b'{"epoc": {}}', b"\xff"], ids=repr
)
def test_a_reader_that_says_nothing_sensible_leaves_an_unreadable_case(send, walls, answer):
    class Lying(Sandbox):
        def run(self, *_, **__):
            return answer

    walls(Lying())
    assert send(b"%PDF-1.7 " + answer).unreadable["code"] == "intake.ended-its-reader"


def test_the_doctor_says_which_walls_hold(machine):
    from answerable.desk.doctor import examine

    checks = {check.name: check for check in examine(machine.home.folder)}
    walls = checks["papers are shut in: no network, little memory, little time"]
    assert walls.passed
    assert "seccomp" in walls.detail
    assert checks["papers see no file of this machine"].passed


def test_the_doctor_says_what_is_missing(machine, walls, monkeypatch):
    from answerable.desk import doctor

    layers = Layers(memory=True, missing={"seccomp": "Function not implemented"})
    found = {check.name: check for check in doctor.walls(layers)}
    shut = found["papers are shut in: no network, little memory, little time"]
    assert not shut.passed
    assert "A job could reach the network." in shut.detail
    assert "seccomp: Function not implemented" in shut.detail
    assert "docs/run/sandbox.md" in shut.detail
    assert not found["papers see no file of this machine"].passed


def test_no_reader_of_papers_is_loaded_in_the_desk():
    """What parses PDF, signatures and pictures runs in children alone."""
    import subprocess

    code = (
        "import sys, answerable.desk.home, answerable.adapters.reading, answerable.adapters.rendering, answerable.adapters.gate;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    assert "answerable" in done.stdout.split()
    assert not {"pikepdf", "pyhanko", "PIL", "pypdfium2", "asn1crypto"} & set(done.stdout.split())


def test_what_speaks_against_a_paper_is_answered_in_writing_before_anything_leaves(machine, people, demo, work):
    from answerable.casefile.decision import DecisionKind
    from answerable.casefile.finding import Outcome
    from answerable.casefile.route import decision_blockers
    from answerable.desk import moves
    from answerable.desk.models import Case
    from answerable.desk.moves.casefiles import case_file
    from answerable.errors import MoveRefused

    case = moves.receive(machine, demo.demand("lawful") + b"\n% more\n", channel="email", actor=people["mara"])
    work()
    case = Case.objects.get(pk=case.pk)
    against = next(each for each in case.authenticity if each["rule"] == "A7")
    assert against["outcome"] == "unclear"
    assert "D6" in against["fact"]
    with pytest.raises(MoveRefused):
        moves.answer_question(
            machine, case, actor=people["mara"], rule="A3", outcome=Outcome.MET, reason="Only a comment was added."
        )
    moves.answer_question(
        machine, case, actor=people["mara"], rule="A7", outcome=Outcome.MET, reason="Only a comment was added."
    )
    file = case_file(Case.objects.get(pk=case.pk))
    assert next(each for each in file.authenticity if each.rule == "A7").outcome is Outcome.MET
    # The fact that bytes were added stands: no answer of a person makes the seal cover them.
    assert "not proved genuine" in " ".join(decision_blockers(file, DecisionKind.ANSWER))
