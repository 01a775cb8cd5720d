"""Do the rules on who may import whom hold, and does breaking one break the build?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from answerable.casefile.route import STAGES

ROOT = Path(__file__).resolve().parents[2]
LINTER = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
POINT_DOWN, PURE = "Imports point down", "From verify down everything is pure"
MACHINES, AUDIENCES = "Adapters know machines", "The audiences' pages know nothing of each other"


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """Return a copy of the sources and of the contracts."""
    folder = tmp_path_factory.mktemp("copied")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def source(copied):
    """Return a function that plants a line in a module of the copy, which is mended afterwards."""
    before = {}

    def plant(path, line):
        file = copied / "src" / "answerable" / path
        before[file] = file.read_bytes() if file.exists() else None
        file.parent.mkdir(exist_ok=True)
        file.write_bytes((before[file] or b"") + f"\n{line}\n".encode())

    yield plant
    for file, content in before.items():
        file.unlink() if content is None else file.write_bytes(content)
        if not any(file.parent.iterdir()):
            file.parent.rmdir()


def python(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, **options)


def lint(folder):
    """Return whether every contract is kept, the names of the broken ones, and all that the linter said."""
    env = os.environ | {"PYTHONPATH": str(folder / "src"), "COLUMNS": "400"}
    done = python("-c", LINTER, cwd=folder, env=env)
    said = " ".join(done.stdout.split())
    names = (POINT_DOWN, PURE, MACHINES, AUDIENCES)
    assert all(name in said for name in names), done.stdout + done.stderr
    broken = {name for name in names if "BROKEN" in said.partition(name)[2].partition(" KEPT")[0]}
    return done.returncode == 0, broken, said


def test_every_contract_is_kept(copied):
    kept, broken, said = lint(copied)
    assert kept, said
    assert broken == set()
    assert "4 kept, 0 broken" in said


@pytest.mark.parametrize(
    ("path", "line", "contract", "named"),
    [
        ("seal/bag.py", "import django", PURE, "answerable.seal.bag -> django"),
        ("casefile/scope.py", "from django.db import models", PURE, "answerable.casefile.scope -> django"),
        ("collect/plan.py", "import sqlite3", PURE, "answerable.collect.plan -> sqlite3"),
        ("public_log/slots.py", "import secrets", PURE, "answerable.public_log.slots -> secrets"),
        ("verify/answer.py", "import urllib.request", PURE, "answerable.verify.answer -> urllib"),
        ("adapters/clock.py", "from django.utils import timezone", MACHINES, "answerable.adapters.clock -> django"),
        ("seal/bag.py", "from answerable.collect import plan", POINT_DOWN, "answerable.seal.bag -> answerable.collect"),
        ("assess/assessing.py", "import answerable.authenticate", POINT_DOWN, "answerable.assess.assessing -> answerable.authenticate"),
        ("casefile/scope.py", "from answerable.law import calendar", POINT_DOWN, "answerable.casefile.scope -> answerable.law"),
        ("law/pack.py", "from answerable import assess", POINT_DOWN, "answerable.law.pack -> answerable.assess"),
        ("adapters/clock.py", "from answerable.desk import apps", POINT_DOWN, "answerable.adapters.clock -> answerable.desk"),
        ("desk/public/planted.py", "from answerable.desk import staff", AUDIENCES, "answerable.desk.public.planted -> answerable.desk.staff"),
        ("desk/portal/planted.py", "from answerable.desk import staff", AUDIENCES, "answerable.desk.portal.planted -> answerable.desk.staff"),
        ("elsewhere/__init__.py", "", POINT_DOWN, "answerable.elsewhere"),
        ("elsewhere.py", "", POINT_DOWN, "answerable.elsewhere"),
    ],
)  # fmt: skip
def test_a_broken_contract_is_named_with_the_line_that_breaks_it(copied, source, path, line, contract, named):
    source(path, line)
    kept, broken, said = lint(copied)
    assert not kept
    assert contract in broken
    assert named in said


def test_each_stage_of_the_route_is_a_folder():
    folders = {path.parent.name for path in (ROOT / "src" / "answerable").glob("*/__init__.py")}
    assert set(STAGES) <= folders
    assert folders - set(STAGES) == {"casefile", "law", "verify", "adapters", "desk", "demo", "cli"}


SEEN = "import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
HEAVY = {"django", "duckdb", "pyarrow", "pikepdf", "pyhanko", "typst", "sqlite3"}


def test_help_for_an_outsider_loads_no_framework_and_no_engine():
    done = python("-X", "importtime", "-m", "answerable", "verify", "--help")
    assert done.returncode == 0
    assert "Check an answer" in done.stdout
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "click" in loaded, "the list of what was imported is read"
    assert not loaded & HEAVY


@pytest.mark.parametrize("module", ["answerable.adapters.verifying", "answerable.verify.answer", "answerable.assess"])
def test_checking_an_answer_needs_no_framework_and_no_engine(module):
    done = python("-c", SEEN.format(module=module))
    assert "answerable" in done.stdout.split(), done.stderr
    assert not set(done.stdout.split()) & HEAVY
