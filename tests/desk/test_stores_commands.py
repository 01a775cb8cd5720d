"""Do the verbs on stores say what a person needs, end as they should, and leave rows alone?"""

from __future__ import annotations

import json
import shutil
import sqlite3

import pytest
import yaml
from click.testing import CliRunner

from answerable.casefile.categories import CATEGORIES
from answerable.cli import main
from answerable.collect import load_data_map

DATASET = (
    "fides_key: shop\ncollections: [{name: customer, fields: [{name: email, data_categories: [user.contact.email]}]}]\n"
)


def run(*arguments):
    done = CliRunner().invoke(main, ["stores", *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


@pytest.fixture
def home(demo, tmp_path):
    """A copy of the demo's settings, with a forum of its own that a test may damage."""
    folder = tmp_path / "desk"
    folder.mkdir()
    settings = yaml.safe_load((demo.home.folder / "desk.yaml").read_text())
    places = {name: str(demo.home.folder / place) for name, place in settings["stores"].items()}
    shutil.copy(places["forum"], folder / "forum.sqlite3")
    settings["stores"] = places | {"forum": str(folder / "forum.sqlite3")}
    (folder / "desk.yaml").write_text(yaml.safe_dump(settings))
    shutil.copy(demo.home.folder / settings.get("data_map", "data-map.yaml"), folder / "data-map.yaml")
    return folder


def test_a_map_that_fits_ends_with_nought_and_names_what_nobody_can_answer(home):
    done = run("check", "--home", home, "--json")
    assert done.exit_code == 0, done.output
    remarks = json.loads(done.output)
    assert not [each for each in remarks if each["must_mend"]]
    assert {"never read", "unanswerable", "time"} <= {each["topic"] for each in remarks}
    assert {each["place"] for each in remarks if each["topic"] == "unanswerable"} <= set(CATEGORIES)
    assert "The map fits the stores" in run("check", "--home", home).output


def test_what_must_be_mended_comes_first_and_ends_with_one(home):
    with sqlite3.connect(home / "forum.sqlite3") as db:
        db.execute("ALTER TABLE posts RENAME COLUMN body TO words")
        db.execute("DROP TABLE devices")
    db.close()
    done = run("check", "--home", home)
    assert done.exit_code == 1
    wrong = [line for line in done.output.splitlines() if line.startswith("MEND")]
    assert wrong == done.output.splitlines()[:2]
    assert any("forum.posts.body" in line for line in wrong)
    assert any("forum.devices" in line for line in wrong)
    assert "2 to be mended." in done.output


def test_an_imported_draft_is_written_once_and_is_no_map(tmp_path):
    source, out = tmp_path / "dataset.yml", tmp_path / "draft.yaml"
    source.write_text(DATASET)
    done = run("import", "--fideslang", source, "--out", out)
    assert done.exit_code == 0
    assert "shop.customer.email: What is it in law, if it may leave? Suggested: subscriber.identity" in done.output
    assert yaml.safe_load(out.read_text())["tables"][0]["columns"] is None
    again = run("import", "--fideslang", source, "--out", out)
    assert (again.exit_code, "stores.not-written" in again.output) == (1, True)
    assert json.loads(run("import", "--fideslang", source, "--json").output)["to_decide"]
    assert run("import", "--fideslang", source).output == out.read_text()


@pytest.mark.parametrize("options", [(), ("--fideslang", "a", "--odcs", "a")])
def test_an_import_takes_one_description(tmp_path, options):
    (tmp_path / "a").write_text(DATASET)
    assert run("import", *(tmp_path / each if each == "a" else each for each in options)).exit_code == 2


@pytest.mark.parametrize("content", [b"\xff", b"- a\n", DATASET.encode()])
def test_a_description_of_another_kind_is_explained(tmp_path, content):
    (tmp_path / "contract").write_bytes(content)
    done = run("import", "--odcs", tmp_path / "contract")
    assert (done.exit_code, "data-map.not-importable" in done.output) == (1, True)
    assert "Traceback" not in done.output


@pytest.fixture
def paper(order, tmp_path):
    def written(name):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(order(name))
        return path

    return written


def test_a_preview_plans_what_the_law_permits_and_counts_it(home, paper):
    path = paper("broad")
    permitted = json.loads(run("preview", "--home", home, path, "--json").output)
    asked = json.loads(run("preview", "--home", home, path, "--asked", "--json").output)
    assert len(permitted["steps"]) < len(asked["steps"])
    assert asked["rows"] == {}
    assert set(permitted["rows"]) == {str(step["number"]) for step in permitted["steps"]}
    assert sum(permitted["rows"].values()) > 0
    shown = run("preview", "--home", home, path).output
    assert "rows]" in shown
    assert "The desk reads it once two people approve." in shown


def test_a_bulk_demand_is_not_looked_up(home, paper):
    done = run("preview", "--home", home, paper("bulk"))
    assert (done.exit_code, "a bulk demand is not looked up" in done.output) == (0, True)
    assert "rows]" not in done.output


def test_what_only_a_person_can_count_is_said(home, paper):
    text = (home / "data-map.yaml").read_text().replace("stores:\n", "stores:\n  archive: {kind: person}\n", 1)
    text += "  - {store: archive, table: letters, subject_keys: [{column: customer, role: author}], order_by: [page],\n"
    text += "     columns: {signature: {class: subscriber.identity}}}\n"
    (home / "data-map.yaml").write_text(text)
    assert load_data_map(text)
    shown = run("preview", "--home", home, paper("lawful")).output
    assert next(line for line in shown.splitlines() if "archive.letters" in line).endswith("[not counted]")
    assert "A person looks up what a plan needs here" in run("check", "--home", home).output
