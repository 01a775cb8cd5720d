"""Is a half-year that is over published once, counted from the log, and can whoever it concerns check that it was?"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from tests.report.worlds import demands

from answerable import desk
from answerable.errors import MoveRefused, NotConfigured
from answerable.report.periods import HalfYear
from answerable.verify.counted import verify_counted, verify_links
from answerable.verify.log import verify_log
from answerable.verify.report import recount


def _tree(machine):
    from tests.public_log.worlds import read_tree

    return verify_log(read_tree(machine.home.log))


def _this(machine) -> HalfYear:
    return HalfYear.of(machine.now().date())


@pytest.fixture
def later(machine):
    """The same desk, a week after the half-year is over."""
    over = _this(machine).moments[1] + timedelta(days=7)
    return replace(machine, now=lambda: over)


@pytest.fixture
def published(machine, later, received, decided, work):
    """The half-year that runs now, closed: once for all tests, with the demands that had come by then."""
    from answerable.desk.models import PublishedPeriod
    from answerable.desk.moves.reporting import close_period

    if not PublishedPeriod.objects.filter(pk=_this(machine).name).exists():
        for _ in range(4):
            received()
        decided()
        received("removal")
    for _ in range(3):  # what is made available once it is logged, is itself to be logged
        work(tick=True)
    row = close_period(later, _this(machine))
    work(tick=True)  # which is when the log tells of it
    return row


def _lines(machine, row) -> list[str]:
    from answerable.desk.queries.published import table_pieces

    return b"".join(table_pieces(machine, row)).decode().splitlines()


def _written(machine, row, folder: Path) -> None:
    from answerable.adapters.files import write_whole
    from answerable.desk.queries import report_files

    for name, pieces in report_files(machine, row):
        (folder / name).parent.mkdir(exist_ok=True)
        write_whole(folder / name, pieces)


def test_a_half_year_that_runs_is_not_published(machine):
    from answerable.desk.moves.reporting import close_period

    with pytest.raises(MoveRefused) as refused:
        close_period(machine, _this(machine))
    assert refused.value.code == "report.period-runs"


def test_a_half_year_of_which_something_is_not_logged_is_not_published(machine, later, received, work):
    from answerable.desk.models import PublishedPeriod
    from answerable.desk.moves import reporting

    received()
    if PublishedPeriod.objects.filter(pk=_this(machine).name).exists():
        with pytest.raises(MoveRefused):
            reporting._refuse_too_early(later, _this(machine))
    else:
        with pytest.raises(MoveRefused) as refused:
            reporting.close_period(later, _this(machine))
        assert refused.value.code == "report.not-logged"
    work(tick=True)


def test_a_table_that_reads_otherwise_than_it_was_written_is_not_published(machine, later, work, monkeypatch):
    from answerable.desk.models import Leaf, PublishedPeriod
    from answerable.desk.moves import reporting

    for _ in range(3):
        work(tick=True)
    write, closed, leaves = reporting.write_table, PublishedPeriod.objects.count(), Leaf.objects.count()

    def rotten(table, *what, **more):
        root = write(table, *what, **more)
        lines = table.read_text().splitlines()
        at = next(number for number, line in enumerate(lines) if line.startswith('["'))
        table.write_text("\n".join([*lines[:at], '["' + "A" * 43 + '="]', *lines[at + 1 :], ""]))
        return root

    monkeypatch.setattr(reporting, "write_table", rotten)
    with pytest.raises(MoveRefused) as refused:
        reporting._made(later, _this(machine), reporting.silent)
    assert refused.value.code == "report.table-differs"
    assert (PublishedPeriod.objects.count(), Leaf.objects.count()) == (closed, leaves)


def test_what_is_published_is_counted_again_from_its_table_and_looked_up_in_the_log(machine, published):
    found = recount(
        _lines(machine, published), bytes(published.query), bytes(published.report), log=_tree(machine), keep_rows=True
    )
    assert [each for each in found.checks if not each.passed] == []
    assert found.text == bytes(published.report)


def test_a_half_year_is_published_once_and_gives_the_same_bytes_again(machine, later, published, received, work):
    from answerable.desk.models import Leaf
    from answerable.desk.moves.reporting import close_period

    received()
    work(tick=True)
    leaves = Leaf.objects.count()
    again = close_period(later, _this(machine))
    assert (bytes(again.report), bytes(again.table_root)) == (bytes(published.report), bytes(published.table_root))
    assert Leaf.objects.count() == leaves


def test_of_two_who_close_at_once_one_is_published_and_one_table_stays(machine, published, monkeypatch):
    from answerable.desk.moves import reporting
    from answerable.desk.queries.published import table_place, tables_are_there
    from answerable.desk.queries.published_table import roots_place

    period, make = HalfYear.of(_this(machine).end), reporting._made
    later, won = replace(machine, now=lambda: period.moments[1]), []

    def overtaken(*asked):
        made = make(*asked)
        monkeypatch.setattr(reporting, "_made", make)
        won.append(reporting.close_period(*asked))
        return made

    monkeypatch.setattr(reporting, "_made", overtaken)
    said = []
    with transaction.atomic():
        row = reporting.close_period(later, period, lambda *step: said.append(step))
        assert row.table_root == won[0].table_root
        left = {table_place(machine, row), roots_place(machine, row)}
        assert set(machine.home.reports.glob(f"{period.name}-*")) == left
        assert said[-1] == ("of 10 sheets read again", 10)
        assert tables_are_there(machine).passed
        transaction.set_rollback(True)


@pytest.mark.parametrize("harm", [lambda file: b"", lambda file: file[:-9], lambda file: file[:99] + b"x" + file[100:]])
def test_a_table_that_is_lost_or_damaged_is_refused_by_name(machine, browser_of, published, harm):
    from answerable.desk.queries.published import table_place, tables_are_there

    place, address = table_place(machine, published), f"/reports/{published.period}/table.jsonl"
    whole = place.read_bytes()
    try:
        place.write_bytes(harm(whole)) if harm(whole) else place.unlink()
        with pytest.raises(NotConfigured) as refused:
            _lines(machine, published)
        assert refused.value.code == "report.table-lost"
        assert place.name in refused.value.why
        if not harm(whole):
            assert browser_of(None).get(address).status_code == 500
            assert tables_are_there(machine).detail == place.name
    finally:
        place.write_bytes(whole)
    assert _lines(machine, published)


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
@pytest.mark.parametrize("count", [0, 1, 40])
def test_what_was_counted_is_read_as_it_was_kept_however_it_is_cut(machine, monkeypatch, piece, count):
    from answerable.desk.models import PublishedPeriod
    from answerable.desk.queries import published as keeping

    monkeypatch.setattr(keeping, "_PIECE", piece)
    counted = demands(40, seed=3)[:count]
    counted = [each.model_copy(update={"reply": '],"cases":[ü€\U0001f5ff{"}'}) for each in counted]
    keys = [f"{number:032x}" for number in range(count)]
    held = keeping.Keeping()
    assert list(map(held.add, zip(keys, counted, strict=True))) == counted
    sealed = machine.vault.seal(held.closed(b"s" * 32), name=keeping.kept_name("2019-H1"))
    found = keeping.kept(machine, PublishedPeriod(period="2019-H1", counted=sealed))
    assert (found.secret, list(found.cases)) == (b"s" * 32, keys)
    for _ in range(2):
        assert list(found.demands()) == counted


OLD = """
import json, os, sys, zlib
home = sys.argv[1]
os.environ["ANSWERABLE_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = home, "answerable.desk.settings"
import django; django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", "desk", "0019", verbosity=0)
text = b"".join(b'["%d"]\\n' % number for number in range(300_000))
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO desk_publishedperiod VALUES ('2024-H1', '2024-07-08', '', '', '', %s, 1, %s)", [zlib.compress(text), bytes(32)])
from answerable.desk.starting import start
from pathlib import Path
from types import SimpleNamespace
start(Path(home))
from django.conf import settings
from answerable.desk.models import PublishedPeriod
from answerable.desk.queries.published import table_pieces
row = PublishedPeriod.objects.get()
same = b"".join(table_pieces(SimpleNamespace(home=settings.HOME), row)) == text
with connection.cursor() as cursor:
    kept = [row[0] for row in cursor.execute("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'index') AND tbl_name IN ('desk_event', 'desk_publishedperiod')").fetchall()]
print(json.dumps({"same": same, "kept": kept}))
"""


def test_a_table_that_an_earlier_version_kept_in_the_database_is_read_from_its_file(demo, tmp_path):
    home = tmp_path / "desk"
    shutil.copytree(demo.home.folder, home, ignore=shutil.ignore_patterns("desk.sqlite3*", "log", "reports"))
    done = subprocess.run([sys.executable, "-c", OLD, home], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["same"] is True
    assert {
        f"{table}_no_{verb}" for table in ("desk_event", "desk_publishedperiod") for verb in ("update", "delete")
    } <= set(told["kept"])
    assert "events_of_a_case" in told["kept"]
    assert "desk_event_case_id_42322604" not in told["kept"]


def test_a_published_report_cannot_be_changed(published):
    from answerable.desk.models import PublishedPeriod

    for change in (lambda: PublishedPeriod.objects.update(rows=1), lambda: PublishedPeriod.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_every_row_stands_for_one_logged_event_and_every_first_event_has_its_rows(machine, published):
    from answerable.desk.models import Case
    from answerable.desk.moves.delivering import receipt_of
    from answerable.desk.moves.showing_counted import opened_links
    from answerable.desk.queries.published import kept

    found = recount(_lines(machine, published), bytes(published.query), bytes(published.report), keep_rows=True)
    counted = kept(machine, published)
    cases = Case.objects.filter(key__in=counted.cases)
    receipts = [receipt_of(machine, case.events.order_by("serial").first()) for case in cases[:5]]
    checks = verify_links(found, opened_links(machine, published), receipts)
    assert [each for each in checks if not each.passed] == []
    assert checks[1].detail == str(len(counted.cases))


def test_whom_a_case_concerns_can_check_that_it_was_counted(machine, published, tmp_path):
    from answerable.desk.models import Case
    from answerable.desk.moves.showing_counted import counted_proof
    from answerable.desk.queries.published import kept

    first = Case.objects.get(key=kept(machine, published).cases[0])
    proof = counted_proof(machine, first)
    checks = verify_counted(proof, _tree(machine))
    assert [each for each in checks if not each.passed] == []
    assert sum(each.name.startswith("The case was counted") for each in checks) == 10
    file = tmp_path / "counted.json"
    file.write_bytes(proof)
    done = subprocess.run(
        [sys.executable, "-m", "answerable", "verify", file, "--log", machine.home.log],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checks, all hold." in done.stdout


def test_a_notice_goes_with_the_receipt_and_once_the_report_is_out_with_the_proof_that_it_was_counted(
    machine, published, granted, done, work, browser_of, monkeypatch
):
    from answerable.desk.moves import showing_counted
    from answerable.desk.queries import notices
    from answerable.verify.receipt import verify_receipt_offline

    case = done(granted("removal"), "removed")
    work()
    notice = case.notices.get()
    mara, place = browser_of("mara"), f"/desk/{case.reference}/"
    for module in (showing_counted, notices):  # as before the report of this half-year is out
        monkeypatch.setattr(module, "published_leaf", lambda _: None)
    assert f"notices/{notice.pk}/proof" not in mara.get(place).content.decode()
    assert mara.get(f"{place}notices/{notice.pk}/proof").status_code == 409
    work(tick=True)
    assert "The receipt from the log" in mara.get(place).content.decode()
    held = mara.get(f"{place}notices/{notice.pk}/proof").content
    found = verify_receipt_offline(held, machine.signer.verifiers)
    assert (found.passed, sorted(found.shown), found.shown["event"]) == (True, ["event", "moment"], "received")
    assert len(held) <= 2048
    assert browser_of("ina").get(f"{place}notices/{notice.pk}/proof").status_code in (403, 404)


def test_the_proof_beside_a_notice_holds_once_its_case_was_counted(machine, published):
    from answerable.desk.models import Case
    from answerable.desk.moves import proof_for_person
    from answerable.desk.queries import notices
    from answerable.desk.queries.published import kept

    case = Case.objects.get(key=kept(machine, published).cases[0])
    name, content = proof_for_person(machine, case)
    assert name == f"{case.reference}-counted.json"
    assert notices._proof(case) == "The proof that it was counted"
    assert all(each.passed for each in verify_counted(content, _tree(machine)))


@pytest.mark.parametrize("roots", ["lost", "empty", "others", "cut"])
def test_roots_of_parts_that_are_lost_or_wrong_are_made_again(machine, published, monkeypatch, roots):
    from answerable.desk.models import Case
    from answerable.desk.moves.showing_counted import counted_proof
    from answerable.desk.queries import published_table
    from answerable.desk.queries.published import kept

    monkeypatch.setattr(published_table, "PART", 64)  # that a sheet has several
    place, case = (
        published_table.roots_place(machine, published),
        Case.objects.get(key=kept(machine, published).cases[2]),
    )
    proof = counted_proof(machine, case)
    made = place.read_bytes()
    assert len(made) == 32 * published.rows // 64
    if roots == "lost":
        place.unlink()
    else:
        place.write_bytes({"empty": b"", "others": made[::-1], "cut": made[:-1]}[roots])
    assert counted_proof(machine, case) == proof
    assert place.read_bytes() == made
    assert [each for each in verify_counted(proof, _tree(machine)) if not each.passed] == []


@pytest.mark.parametrize(
    "how", ["a row changed", "no row", "cut at a line", "a heading changed", "no header", "not there"]
)
def test_no_proof_is_made_of_a_table_that_is_not_the_published_one(machine, published, how):
    from answerable.desk.models import Case
    from answerable.desk.moves.showing_counted import counted_proof
    from answerable.desk.queries.published import kept, table_place

    case, place = Case.objects.get(key=kept(machine, published).cases[1]), table_place(machine, published)
    whole = place.read_bytes()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith(b'["'))
    altered = {
        "a row changed": [*lines[:at], b'["' + b"A" * 43 + b'="]\n', *lines[at + 1 :]],
        "no row": [*lines[:at], b"[]\n", *lines[at + 1 :]],
        "cut at a line": lines[:-5],
        "no header": [b"{}\n", *lines[1:]],
        "a heading changed": [lines[0], b'{"groups":3}\n', *lines[2:]],
        "not there": None,
    }[how]
    try:
        place.unlink() if altered is None else place.write_bytes(gzip.compress(b"".join(altered), 1))
        with pytest.raises(NotConfigured) as refused:
            counted_proof(machine, case)
        assert refused.value.code == "report.table-lost"
    finally:
        place.write_bytes(whole)


def test_a_proof_of_another_case_or_with_a_changed_row_is_refused(machine, published):
    from answerable.desk.models import Case
    from answerable.desk.moves.showing_counted import counted_proof
    from answerable.desk.queries.published import kept

    one, two = (
        json.loads(counted_proof(machine, Case.objects.get(key=key))) for key in kept(machine, published).cases[:2]
    )
    log = _tree(machine)
    swapped = verify_counted(json.dumps(one | {"rows": two["rows"]}).encode(), log)
    assert [each.detail for each in swapped if not each.passed] == ["The row links to another event."] * 10
    one["rows"][3]["row"]["leaves"][0] = one["rows"][2]["row"]["leaves"][0]
    changed = verify_counted(json.dumps(one).encode(), log)
    assert [each.detail for each in changed if not each.passed] == ["The row is not in that table."]


def test_a_case_that_came_later_is_in_no_published_report(machine, published, received, work):
    from answerable.desk.moves.showing_counted import counted_proof

    with pytest.raises(MoveRefused) as refused:
        counted_proof(machine, received())
    assert refused.value.code == "report.not-counted-yet"
    work(tick=True)


def test_everybody_reads_the_report_and_its_files_and_nobody_those_that_are_handed_in(machine, browser_of, published):
    page = browser_of(None).get("/").content.decode()
    assert published.period in page
    address = f"/reports/{published.period}/"
    assert browser_of(None).get(address).status_code == 200
    assert browser_of(None).get(address + "report.json").getvalue() == bytes(published.report)
    assert browser_of(None).get(address + "query.json").getvalue() == bytes(published.query)
    assert browser_of(None).get(address + "table.jsonl").getvalue().decode().splitlines() == _lines(machine, published)
    for name in ("figures.csv", "columns.csv", "lumen.json", "national-security.json"):
        assert browser_of(None).get(address + name).getvalue()
    for name in ("dsa-article-15-orders.csv", "tco-article-7.json", "e-evidence-article-28.json", "counted"):
        assert browser_of(None).get(address + name).status_code == 404
    assert browser_of(None).get("/reports/2019-H1/").status_code == 404
    assert browser_of(None).get("/reports/2019-H1/report.json").status_code == 404


def test_before_the_first_report_the_page_says_when_it_comes(browser_of, monkeypatch):
    from answerable.desk import queries
    from answerable.desk.queries.public import ReportPage

    monkeypatch.setattr(queries, "report_page", lambda *_: ReportPage(None, ()))
    page = browser_of(None).get("/").content.decode()
    assert "comes when a half-year is over" in page
    assert '<svg class="chart"' not in page


def test_a_script_may_run_on_one_page_and_ask_this_site_alone(browser_of, published):
    policies = {
        where: browser_of(None).get(where)["Content-Security-Policy"] for where in ("/", "/log/", "/rules/", "/check/")
    }
    assert [where for where, policy in policies.items() if "script-src" in policy] == ["/check/"]
    assert "script-src 'self'; connect-src 'self'" in policies["/check/"]
    assert "unsafe" not in "".join(policies.values())


def test_the_second_verifier_reads_what_the_desk_published(machine, published, tmp_path):
    from answerable.desk.models import Case
    from answerable.desk.moves.showing_counted import counted_proof
    from answerable.desk.queries.published import kept

    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("ANSWERABLE_REQUIRE_ALL") else pytest.skip)("Node is not installed")
    _written(machine, published, tmp_path)
    proof = tmp_path / "counted.json"
    proof.write_bytes(counted_proof(machine, Case.objects.get(key=kept(machine, published).cases[-1])))
    script = Path(desk.__file__).parent / "static" / "verify.mjs"
    done = subprocess.run(
        [node, script, machine.home.log, tmp_path, proof], capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("all hold.\n"), done.stdout
    assert f"The case was counted in {published.period}, on 10 sheets" in done.stdout


def test_the_command_writes_the_files_and_counts_them_again(machine, published, tmp_path):
    _written(machine, published, tmp_path)
    command = [sys.executable, "-m", "answerable", "report", "recount", tmp_path, "--log", machine.home.log]
    done = subprocess.run([*command, "--out", tmp_path / "again"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "again" / "report.json").read_bytes() == bytes(published.report)
    told = json.loads((tmp_path / "report.json").read_text())
    told["received"] += 1
    (tmp_path / "report.json").write_text(json.dumps(told))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"received: the report says {told['received']}, the table gives {told['received'] - 1}" in done.stdout


def _told_in_the_log(machine, monkeypatch, tmp_path) -> str:
    from click.testing import CliRunner

    from answerable.cli import main, reporting

    monkeypatch.setattr(reporting, "start_desk", lambda _: None)
    home = str(machine.home.folder)
    asked = ["report", "--period", _this(machine).name, "--home", home, "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, asked, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "report.json").exists()
    return done.output.splitlines()[-1]


@pytest.mark.parametrize("works", [False, True])
def test_the_command_says_where_the_log_tells_of_a_period_or_that_a_worker_will(
    machine, published, tmp_path, monkeypatch, works
):
    from contextlib import nullcontext

    from answerable.desk import jobs
    from answerable.desk.models import Checkpoint, Leaf
    from answerable.public_log import leaves

    name = _this(machine).name
    [index] = [
        row.index for row in Leaf.objects.all() if getattr(leaves.parse(bytes(row.content)), "period", "") == name
    ]
    assert _told_in_the_log(machine, monkeypatch, tmp_path) == f"leaf {index} of the log tells of {name}"
    # As it is between closing and the next tick: the leaf stands, and no checkpoint is over it.
    seen, asked = [], []
    monkeypatch.setattr("answerable.desk.queries.published.published_leaf", lambda _: index if asked else None)
    monkeypatch.setattr("answerable.desk.moves.publish", lambda _: asked.append(Checkpoint.objects.count()))
    with jobs.only_worker(machine) if works else nullcontext():
        seen.append(_told_in_the_log(machine, monkeypatch, tmp_path))
    assert bool(asked) is not works
    assert ("a worker runs" in seen[0]) is works
