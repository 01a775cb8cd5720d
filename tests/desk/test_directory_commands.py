"""Do the verbs fill the directory the same way each time, refuse what they cannot read, and exchange cautions?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from answerable.cli import main

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "directory"
TABLE = "id,name,country,kind,source,telephones\nbe-{n},Police {n},BE,police,register,+32 2 555010{n}\n"


@pytest.fixture
def run(machine):
    """Run a verb on the desk of this process and return what it said, its errors and its code."""

    def verb(*arguments: str | Path):
        done = CliRunner().invoke(main, [str(each) for each in (*arguments, "--home", machine.home.folder)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.stdout, done.stderr, done.exit_code

    return verb


def test_a_table_comes_in_once_and_a_confirmed_record_is_never_touched(run, tmp_path, machine, people):
    from answerable.desk.models import Listing
    from answerable.desk.moves import directory

    file = tmp_path / "a.csv"
    file.write_text(TABLE.format(n=1))
    arguments = ("directory", "import", file, "--kind", "authorities", "--json")
    assert json.loads(run(*arguments, "--dry-run")[0])["new"] == 1
    assert not Listing.objects.filter(pk="be-1").exists()
    assert json.loads(run(*arguments)[0])["new"] == 1
    assert json.loads(run(*arguments)[0])["same"] == 1
    file.write_text(TABLE.format(n=1).replace("Police 1", "Police One"))
    assert json.loads(run(*arguments)[0])["changed"] == 1

    record = directory.as_record(Listing.objects.get(pk="be-1"))
    made = directory.propose(machine, actor=people["mara"], draft=record, base=0, reason="I saw the register.")
    directory.confirm(machine, made, actor=people["jonas"])
    file.write_text(TABLE.format(n=1).replace("5550101", "5559999"))
    assert json.loads(run(*arguments)[0])["kept"] == 1
    assert directory.as_record(Listing.objects.get(pk="be-1")).numbers[0].number == "+3225550101"


def test_bad_lines_stop_an_import_and_are_named(run, tmp_path):
    from answerable.desk.models import Listing

    file = tmp_path / "b.csv"
    file.write_text(TABLE.format(n=2) + "be-3,Police 3,Belgium,police,register,\n")
    said, errors, code = run("directory", "import", file, "--kind", "authorities")
    assert (said, code) == ("", 1)
    assert "line 3: not as the format has it: country" in errors
    assert not Listing.objects.filter(pk="be-2").exists()
    said, _, code = run("directory", "import", file, "--kind", "authorities", "--leave-out")
    assert (code, "1 new" in said) == (0, True)
    _, errors, code = run("directory", "import", file, "--kind", "us-dotgov")
    assert (code, "Code: directory.columns" in errors) == (1, True)


def test_records_are_listed_shown_checked_and_taken_along(run, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text(TABLE.format(n=4))
    run("directory", "import", file, "--kind", "authorities")
    assert [each["id"] for each in json.loads(run("directory", "list", "--search", "be-4", "--json")[0])] == ["be-4"]
    shown = run("directory", "show", "be-4")[0]
    assert "+3225550104: The record is a candidate" in shown
    assert "Code: directory.unknown" in run("directory", "show", "nobody")[1]
    out = tmp_path / "out.csv"
    assert run("directory", "export", "--status", "candidate", "--out", out)[2] == 0
    assert "'+3225550104" in out.read_text()
    assert "new" in run("directory", "import", out, "--kind", "authorities", "--dry-run")[0]
    names = {each["name"] for each in json.loads(run("directory", "check", "--json")[0])}
    assert {"each can be called back now", "no mail domain is of two records"} <= names


@pytest.mark.skipif(not SEEDS.exists(), reason="the seeds of the directory are not beside this checkout")
def test_the_list_of_courts_comes_in_whole_and_then_changes_nothing(run):
    arguments = ("directory", "import", SEEDS / "us-courts-bsd2.json", "--kind", "us-courts", "--json")
    first, second = (json.loads(run(*arguments)[0]) for _ in range(2))
    assert first["read"] == second["same"] == first["new"] + first["same"]
    arguments = ("directory", "import", SEEDS / "government-like-public-suffixes.csv", "--kind", "suffixes", "--json")
    assert [json.loads(run(*arguments)[0])["same"] for _ in range(2)][1] == 242


def test_a_feed_is_published_taken_in_by_name_of_key_and_never_goes_back(run, machine, tmp_path, monkeypatch):
    from answerable.desk import wiring
    from answerable.desk.models import Feed

    one, two = tmp_path / "one.note", tmp_path / "two.note"
    said = run("caution", "publish", "--out", one)[0]
    key = said.partition("key: ")[2].strip()
    first = int(said.partition("feed ")[2].partition(",")[0])
    assert "Code: caution.foreign-key" in run("caution", "subscribe", one)[1]
    assert CliRunner().invoke(main, ["caution", "verify", str(one), "--key", key]).exit_code == 0

    from dataclasses import replace

    trusting = replace(machine, settings=machine.settings.model_copy(update={"caution_keys": (key,)}))
    monkeypatch.setattr(wiring, "desk", lambda: trusting)
    run("caution", "publish", "--out", two)
    assert f"feed {first + 1} taken in" in run("caution", "subscribe", two)[0]
    assert f"feed {first + 1} was held already" in run("caution", "subscribe", two)[0]
    assert "Code: caution.older" in run("caution", "subscribe", one)[1]
    publisher = key.partition("+")[0]
    assert f"{publisher}: feed {first + 1}" in run("caution", "list")[0]
    held = {each["publisher"]: each["number"] for each in json.loads(run("caution", "list", "--json")[0])}
    assert held[publisher] == Feed.objects.get(publisher=publisher).number == first + 1


OLD = """
import os, sys
from pathlib import Path
home = Path(sys.argv[1])
os.environ["ANSWERABLE_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = str(home), "answerable.desk.settings"
import django; django.setup()
from django.core.management import call_command
call_command("migrate", "desk", "0002", verbosity=0)
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO desk_account (username, password, name, role, authority, is_active) VALUES ('old', '!', 'Old', 'reviewer', '', 1)")
"""


def test_a_desk_of_before_comes_up_to_date_with_everything_it_had(demo, tmp_path):
    home = tmp_path / "desk"
    home.mkdir()
    for name in ("desk.yaml", "directory.yaml", "data-map.yaml"):
        (home / name).write_bytes((demo.home.folder / name).read_bytes())
    for folder in ("keys", "trust"):
        (home / folder).mkdir()
        for path in (demo.home.folder / folder).iterdir():
            (home / folder / path.name).write_bytes(path.read_bytes())
    env = {key: value for key, value in os.environ.items() if key != "ANSWERABLE_HOME"}

    def run(*arguments):
        return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, env=env).stdout

    run("-c", OLD, str(home))
    listed = run("-m", "answerable", "directory", "list", "--json", "--home", str(home))
    assert [each["id"] for each in json.loads(listed)] == ["de-musterstadt-court"]
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(home / "desk.sqlite3")) as database:
        assert database.execute("SELECT username FROM desk_account").fetchall() == [("old",)]
        with pytest.raises(sqlite3.DatabaseError, match="append-only"):
            database.execute("DELETE FROM desk_importbatch")
