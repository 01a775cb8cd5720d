"""Do the documents say what the code does? Errors, settings, schema, verbs, examples, links; and is the code small enough?"""

import ast
import hashlib
import io
import json
import re
import statistics
import tarfile
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import click
import pytest

from answerable import errors
from answerable.casefile.answer import ReadLogEntry
from answerable.casefile.events import LOG_FIELDS, EventKind
from answerable.casefile.parties import Authority, Provider
from answerable.casefile.supplied import (
    Enforcement,
    Exchange,
    ExchangeKind,
    Raised,
    Reply,
    Supplied,
    ThirdCountryConflict,
)
from answerable.cli import main
from answerable.collect import load_data_map
from answerable.deliver.manifest import DeliveryManifest
from answerable.desk.home import DeskSettings
from answerable.intake import read, read_supplied
from answerable.intake.schema import json_schema
from answerable.law.pack import DatedValue, Title, load_yaml
from answerable.law.register import coverage, instruments
from answerable.public_log import checkpoint, leaves, merkle, note
from answerable.seal.bag import Bag

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "answerable"
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
SOURCES = sorted(SOURCE.rglob("*.py"))
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> list[ast.FunctionDef]:
    return [each for each in ast.walk(parsed(path)) if isinstance(each, ast.FunctionDef)]


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield name and first argument of each call of a plain name."""
    for each in ast.walk(tree):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.args:
            yield each.func.id, each.args[0]


def makers(path: Path) -> dict[str, str]:
    """Return the functions of a module that pass their first argument on as the code of an error, and its class."""
    return {
        function.name: kind
        for function in functions(path)
        for kind, code in calls(function)
        if kind in KINDS and isinstance(code, ast.Name) and function.args.args and code.id == function.args.args[0].arg
    }


def codes_in_source() -> dict[str, str]:
    """Return each error code with its class."""
    found = {}
    shared = {name: kind for path in SOURCES for name, kind in makers(path).items() if not name.startswith("_")}
    for path in SOURCES:
        known = {kind: kind for kind in KINDS} | shared | makers(path)
        for name, code in calls(parsed(path)):
            if name in known and isinstance(code, ast.Constant):
                found[code.value] = known[name]
    return found


def codes_in_docs() -> dict[str, str]:
    found, kind = {}, ""
    for line in (DOCS / "errors.md").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"(##|###) `(.+)`", line):
            if heading[1] == "##":
                kind = heading[2]
            else:
                assert heading[2] not in found, f"{heading[2]} stands there twice"
                found[heading[2]] = kind
    return found


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a page in a language."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [textwrap.dedent(each) for each in re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.M | re.S)]


def section(page: str, heading: str) -> str:
    """Return what stands under a heading, down to the next of its level or above."""
    text = (DOCS / page).read_text(encoding="utf-8")
    level = len(heading) - len(heading.lstrip("#"))
    parts = re.split(rf"^(?=#{{1,{level}}} )", text, flags=re.M)
    return next(part for part in parts if part.startswith(heading + "\n"))


def anchors(path: Path) -> set[str]:
    """Return the anchors that a page's headings give."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_error_is_documented_under_its_class_and_no_other():
    assert codes_in_source() == codes_in_docs()


@pytest.mark.parametrize("code", codes_in_source())
def test_a_code_names_its_place_and_its_fault(code):
    assert re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", code)


@pytest.mark.parametrize("name", ["epoc", "order"])
def test_the_schema_is_the_one_the_code_makes(name):
    written = json.loads((DOCS / "formats" / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert written == json_schema(name)


@pytest.mark.parametrize("name", ["epoc", "order"])
def test_every_field_of_a_form_is_documented(name):
    page = (DOCS / "formats" / f"{name}.md").read_text(encoding="utf-8")
    assert [field for field in json_schema(name)["properties"] if f"`{field}`" not in page] == []


@pytest.mark.parametrize("text", blocks("formats/order.md", "json"))
def test_the_examples_of_orders_are_read(text):
    assert read(text.encode()).form.instrument in instruments()


VERBS = {
    f"{name} {inner}".strip(): command
    for name, verb in main.commands.items()
    for inner, command in (verb.commands.items() if isinstance(verb, click.Group) else [("", verb)])
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_shows_an_example(verb):
    shown = VERBS[verb].get_help(click.Context(VERBS[verb], info_name=verb))
    assert f"Example: answerable {verb}" in shown


def test_the_table_of_coverage_is_the_one_that_is_made():
    assert (DOCS / "law-coverage.md").read_text(encoding="utf-8") == "\n".join(coverage()) + "\n"


@pytest.mark.parametrize("path", [*SOURCES, *PAGES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_is_named_exists(path):
    named = set(re.findall(r"`(?:uv run )?answerable ([a-z][a-z-]*)", path.read_text(encoding="utf-8")))
    assert named <= set(main.commands)


@pytest.mark.parametrize(
    ("heading", "record"),
    [("## `desk.yaml`", DeskSettings), ("### `provider`", Provider), ("## `directory.yaml`", Authority)],
)
def test_every_setting_is_documented(heading, record):
    rows = re.findall(r"^\| (`.+?`) \|", section("run/settings.md", heading), re.M)
    rows += re.findall(r"^\| (`.+?`, `.+?`) \|", section("run/settings.md", heading), re.M)
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    missing = set(record.model_fields) - documented
    assert not missing
    if record is not DeskSettings:
        assert documented == set(record.model_fields)


def test_the_examples_of_settings_are_settings():
    desk, directory = blocks("run/settings.md", "yaml")
    assert DeskSettings.model_validate(load_yaml(desk)).provider.identifier_threshold == 50
    assert [Authority.model_validate(each) for each in load_yaml(directory)]


def test_every_variable_of_the_environment_is_documented():
    named = {name for path in SOURCES for name in re.findall(r"\bANSWERABLE_[A-Z_]+", path.read_text(encoding="utf-8"))}
    documented = section("run/settings.md", "## Environment variables")
    assert named
    assert all(f"`{name}`" in documented for name in named)


def test_every_page_that_the_source_refers_to_is_there():
    named = {
        name
        for path in SOURCE.rglob("*")
        if path.suffix in {".py", ".html", ".yaml", ".typ"}
        for name in re.findall(r"docs/[\w/.-]+\.(?:md|json)", path.read_text(encoding="utf-8"))
    }
    assert "docs/run/recovery.md" in named
    assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        found = (page.parent / place).resolve() if place else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


@pytest.mark.parametrize("text", [*blocks("formats/data-map.md", "yaml"), *blocks("guide/stores.md", "yaml")])
def test_the_examples_of_data_maps_load(text):
    assert load_data_map(text).tables


@pytest.mark.parametrize("text", blocks("formats/epoc.md", "json"))
def test_the_examples_of_certificates_are_read(text):
    assert read(text.encode()).form.A.issuing_state == "DE"


def test_the_examples_of_a_package_are_its_records():
    reading, manifest = blocks("formats/package.md", "json")
    entry = ReadLogEntry.model_validate_json(reading)
    assert entry.query_sha256 == hashlib.sha256(entry.query.encode()).hexdigest()
    assert DeliveryManifest.model_validate_json(manifest).files[0].name.endswith(".tar.age")


def test_the_layout_of_a_package_names_every_file_of_a_bag():
    layout = section("formats/package.md", "## The package")
    bag = Bag(case="AN-2026-000001", sealed_at=datetime(2026, 11, 23, tzinfo=UTC), payload=(), tags=dict)
    with tarfile.open(fileobj=io.BytesIO(b"".join(bag.stream()))) as made:
        names = set(made.getnames())
    sealing = (SOURCE / "desk" / "moves" / "sealing.py").read_text(encoding="utf-8")
    names |= set(re.findall(r'"(meta/[\w.]+)"', sealing))
    assert len(names) == 12
    assert [name for name in names if name not in layout] == []


def test_the_examples_of_the_log_hold_together():
    policy, epoch, head, key = (text.encode() for text in blocks("formats/public-log.md", "text"))
    verifier = note.Verifier.parse(key.decode().strip())
    signed = checkpoint.parse(note.open_note(head, verifier))
    assert isinstance(leaves.parse(policy), leaves.Policy)
    assert isinstance(leaves.parse(epoch), leaves.Epoch)
    assert signed.root == merkle.root([merkle.leaf_hash(policy), merkle.leaf_hash(epoch)])


def test_every_field_and_event_of_the_log_is_documented():
    fields = section("formats/public-log.md", "## The 32 fields")
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", fields, re.M)
    used = [each for each in enumerate(LOG_FIELDS) if not each[1].startswith("reserved_")]
    assert [(int(at), name) for at, name in rows] == used
    assert all(f"`{kind.value}`" in fields for kind in EventKind)


def test_the_examples_of_a_law_pack_are_one():
    title, values, cases = (load_yaml(text) for text in blocks("formats/law-pack.md", "yaml"))
    assert Title.model_validate(title).reviewed_by is None
    assert [DatedValue.model_validate(each) for dated in values.values() for each in dated]
    written = load_yaml((SOURCE / "law/eu/e_evidence_regulation/cases.yaml").read_text(encoding="utf-8"))
    assert all(case in written["cases"] for case in cases)


def test_the_rule_of_the_example_is_the_rule():
    [rule] = blocks("formats/law-pack.md", "python")
    assert any(
        rule in path.read_text(encoding="utf-8") for path in (SOURCE / "law/eu/e_evidence_regulation").glob("*.py")
    )


def test_every_field_that_can_be_set_down_beside_a_paper_is_documented_and_the_examples_are_read():
    page = (DOCS / "formats" / "supplied.md").read_text(encoding="utf-8")
    for record in (Supplied, Exchange, Raised, ThirdCountryConflict, Enforcement):
        assert [field for field in record.model_fields if f"`{field}`" not in page] == []
    for value in (*ExchangeKind, *Reply):
        assert f"`{value}`" in page
    assert [read_supplied(text.encode()) for text in blocks("formats/supplied.md", "json")]


def test_functions_are_short():
    lengths = {
        f"{path.relative_to(ROOT)}:{each.name}": each.end_lineno - each.lineno + 1
        for path in SOURCES
        for each in functions(path)
    }
    assert {name: lines for name, lines in lengths.items() if lines > 60} == {}
    assert statistics.median(lengths.values()) <= 12
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 40


def test_files_are_short():
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {path: lines for path, lines in lengths.items() if lines > 500} == {}
    assert statistics.median(lengths.values()) <= 150
