"""Would the tests notice if a rule of law were written wrongly? Each small change of `law/` must fail a table or a test.

python bench/mutation.py [MODULE…] [--jobs N] [--sample N]

MODULE is a law ("eu/domestic_order"), a folder ("uk") or a file ("calendar.py") below src/answerable/law; without one, all.
It prints two tables in Markdown: the figures of each module, and each mutant that lives. `docs/mutation.md` says how to
read them, and gives for each mutant that is known to live the reason; one that is not there is marked as new.

1  the operators of cosmic-ray make the mutants; what cannot change an answer is left out
2  each mutant runs in a fork of its own, in which the module is compiled from the changed source; no file is touched
3  first the tables: of the law it belongs to, or of all laws where they share it; then `tests/law`, up to the first failure
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import pickle
import random
import resource
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest
from cosmic_ray.commands.init import _all_work_items
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).resolve().parents[1]
LAW = ROOT / "src" / "answerable" / "law"
KNOWN = ROOT / "docs" / "mutation.md"
TESTS = ROOT / "tests" / "law"
# These run every table a second time, or ask how a pack is read: a mutant of a rule cannot fail them and pass the rest.
_OF_LOADING = ("test_packs.py", "test_own_packs.py")
_LOADING = ("pack.py", "register.py", "own.py", "guarding.py", "soundness.py")
_PYTEST = ("-x", "-q", "--tb=line", "--assert=plain", "-k", "not twenty_thousand")
_CPU_SECONDS = 120
LIVES, KILLED, BROKEN = 0, 1, 3
_BY_FILE = 16  # and more: killed by a test of the file with that number
_FIRST = 2  # so many files, those that killed most of this module's mutants so far, are asked before all others
_READ: dict[str, bytes] = {}

Tables = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed source of a module: by which operator, in which line, what stood there and what stands there now."""

    path: Path
    operator: str
    line: int
    was: str
    now: str
    source: str

    @property
    def module(self) -> str:
        """The module below `law/`."""
        return self.path.relative_to(LAW).as_posix()

    @property
    def change(self) -> str:
        """The change as it stands in a cell of a table: the least that tells it."""
        return f"`{self.was}` → `{self.now}`".replace("|", "\\|")


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the mutants of one module."""

    module: str
    made: int
    run: int
    alive: tuple[Mutant, ...]
    seconds: float


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a module that could change an answer, each changed source once."""
    text = path.read_text(encoding="utf-8")
    left_out, seen = tuple(_without_effect(ast.parse(text))), {text}
    for item in _all_work_items([path], {}):
        spec = item.mutations[0]
        if any(start <= spec.start_pos < end for start, end in left_out) or _is_same(spec.operator_name):
            continue
        try:
            source = mutate_code(text, get_operator(spec.operator_name)(**dict(spec.operator_args)), spec.occurrence)
        except AttributeError:  # the operator for `except` stumbles over an exception that is named with a dot
            continue
        if source is None or source in seen or source.count("/,") != text.count("/,"):  # the star of a signature
            continue
        seen.add(source)
        line, was, now = _changed(text, source)
        yield Mutant(path, spec.operator_name.removeprefix("core/"), line, was, now, source)


def _without_effect(tree: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the places where a change changes no answer: annotations, caches, and what keeps a record frozen."""
    for node in ast.walk(tree):
        for each in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if each is not None:
                yield (each.lineno, each.col_offset), (each.end_lineno, each.end_col_offset)
        for each in getattr(node, "decorator_list", ()):
            if ast.unparse(each).startswith(("lru_cache", "cache", "dataclass")):
                yield (each.lineno, 0), (each.end_lineno, each.end_col_offset)


def _is_same(operator: str) -> bool:
    """Whether the operator only asks for the same object in place of an equal one."""
    old, _, new = operator.rpartition("ComparisonOperator_")[2].partition("_")
    return {old, new} in ({"Eq", "Is"}, {"NotEq", "IsNot"})


def _changed(text: str, source: str) -> tuple[int, str, str]:
    """Return the first line that differs, with what it was and is now; a line taken out is now nothing."""
    old, new = text.splitlines(), source.splitlines()
    for _, start, end, begin, stop in (
        each for each in SequenceMatcher(None, old, new).get_opcodes() if each[0] != "equal"
    ):
        return start + 1, " ".join(old[start:end]).strip(), " ".join(new[begin:stop]).strip()
    return 0, "", ""


def run(paths: Iterable[Path], *, jobs: int, sample: int | None) -> Iterator[Figures]:
    """Yield the figures of each module. Refuses a module whose tests fail before anything was changed."""
    tables = _warmed_up()
    for path in paths:
        began, made = time.monotonic(), list(mutants_of(path))
        whole = Mutant(path, "", 0, "", "", path.read_text(encoding="utf-8"))
        chosen = random.Random(1).sample(made, sample) if sample and sample < len(made) else made
        alive = []
        for mutant, fate in _fates([whole, *chosen], tables, jobs=jobs):
            if mutant is whole and fate != LIVES:
                raise SystemExit(f"{whole.module}: its tables or tests fail as it is; mend them first")
            if mutant is not whole and fate == LIVES:
                alive.append(mutant)
                print(f"lives: {mutant.module}:{mutant.line} {mutant.change}", file=sys.stderr, flush=True)
        alive.sort(key=lambda each: (each.line, each.operator))
        yield Figures(whole.module, len(made), len(chosen), tuple(alive), time.monotonic() - began)


def _warmed_up() -> Tables:
    """Import once, for all forks, what is slow to import, and read each text of YAML once; return the table of each law."""
    sys.dont_write_bytecode = True
    os.environ["ANSWERABLE_REQUIRE_ALL"] = "1"  # Hypothesis then tries the same examples in every fork
    _read_once()
    for name in ("hypothesis", "answerable.assess.cases", "answerable.demo.demands", "answerable.adapters.signing"):
        importlib.import_module(name)
    cases, register = sys.modules["answerable.assess.cases"], importlib.import_module("answerable.law.register")
    register.instruments()
    return {name: cases.load_table(name) for name in register.names()}


def _read_once() -> None:
    """Let each text of YAML be read once for all forks: reading them is most of the work of a test."""
    pack = importlib.import_module("answerable.law.pack")
    read = pack.load_yaml

    def reading(text: str) -> Any:
        if text not in _READ:
            _READ[text] = pickle.dumps(read(text))
        return pickle.loads(_READ[text])

    pack.load_yaml = reading


def _fates(mutants: Iterable[Mutant], tables: Tables, *, jobs: int) -> Iterator[tuple[Mutant, int]]:
    """Yield each mutant with what became of it, as many forks at a time as there are jobs."""
    running: dict[int, Mutant] = {}
    killers: Counter[int] = Counter()
    for mutant in (*mutants, None):
        while running and (mutant is None or len(running) >= jobs):
            process, status = os.wait()
            fate = os.waitstatus_to_exitcode(status)
            if fate == BROKEN:
                raise SystemExit(f"{running[process].module} was imported too early to be changed")
            if fate >= _BY_FILE:
                killers[fate - _BY_FILE] += 1
                fate = KILLED
            yield running.pop(process), fate
        if mutant is not None:
            running[_fork(mutant, tables, [number for number, _ in killers.most_common(_FIRST)])] = mutant


def _fork(mutant: Mutant, tables: Tables, first: list[int]) -> int:
    """Start a fork that ends with the fate of the mutant, and return its process id. Time spent waiting does not count."""
    process = os.fork()
    if process:
        return process
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for each in (1, 2):
        if not os.environ.get("MUTATION_ALOUD"):
            os.dup2(nowhere, each)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    fate = KILLED
    try:
        fate = _fate(mutant, tables, first)
    except BaseException as fault:  # a mutant may stop in any way, and each way kills it
        print(repr(fault))
    os._exit(fate)


def _fate(mutant: Mutant, tables: Tables, first: list[int]) -> int:
    _put_in_place(mutant)
    run_cases = importlib.import_module("answerable.assess.cases").run_cases
    own = mutant.module.rpartition("/")[0]
    for name in [own] if own in tables else tables:
        if any(result.differences for result in run_cases(tables[name])):
            return KILLED
    left_out = () if mutant.module in _LOADING else _OF_LOADING
    files = [each for each in sorted(TESTS.glob("test_*.py"), reverse=True) if each.name not in left_out]
    for some in ([files[number] for number in first], [each for at, each in enumerate(files) if at not in first]):
        failed = _Failed()
        if some and pytest.main([*_PYTEST, *map(str, some)], plugins=[failed]) != 0:
            return _BY_FILE + files.index(failed.path) if failed.path in files else KILLED
    return LIVES


class _Failed:
    """Hears from pytest in which file something failed."""

    path: Path | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the file of a test that failed."""
        if report.failed:
            self.path = ROOT / report.nodeid.partition("::")[0]


def _put_in_place(mutant: Mutant) -> None:
    """Let the module be compiled from the changed source. One that is imported already is forgotten with all above it."""
    target, read = str(mutant.path), SourceFileLoader.get_code

    def changed(loader: SourceFileLoader, name: str) -> Any:
        if loader.path != target:
            return read(loader, name)
        with warnings.catch_warnings(action="ignore"):  # `is` beside a literal is a mutant like any other
            return compile(mutant.source, target, "exec")

    SourceFileLoader.get_code = changed  # type: ignore[method-assign, assignment]
    if not any(getattr(each, "__file__", None) == target for each in sys.modules.values()):
        return
    if mutant.path.parent != LAW:
        os._exit(BROKEN)
    kept = ("answerable.casefile", "answerable.errors")
    for name in [name for name in sys.modules if name.startswith("answerable.") and not name.startswith(kept)]:
        del sys.modules[name]
    if mutant.module not in _LOADING:
        _read_once()


def modules(names: Iterable[str]) -> list[Path]:
    """Return the files of the modules named, of all where none is. Refuses a name that fits none."""
    every = [path for path in sorted(LAW.rglob("*.py")) if path.name != "__init__.py"]
    chosen = []
    for name in names:
        fitting = [path for path in every if path.relative_to(LAW).as_posix().startswith(name)]
        if not fitting:
            raise SystemExit(f"{name}: there is no such module in src/answerable/law")
        chosen += fitting
    return list(dict.fromkeys(chosen)) or every


def main() -> None:
    """Print the figures, then what lives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--jobs", type=int, default=2, help="forks at a time")
    parser.add_argument("--sample", type=int, help="so many mutants of each module, the same ones in every run")
    options = parser.parse_args()
    os.chdir(ROOT)
    found = []
    print(
        "| module | mutants | run | killed | alive | share alive | seconds |\n|---|---|---|---|---|---|---|", flush=True
    )
    for each in run(modules(options.modules), jobs=options.jobs, sample=options.sample):
        found.append(each)
        print(_row(each.module, [each]), flush=True)
    print(_row("all", found))
    known = KNOWN.read_text(encoding="utf-8") if KNOWN.exists() else ""
    print("\n| module | line | mutant | known |\n|---|---|---|---|")
    for mutant in (mutant for each in found for mutant in each.alive):
        is_known = any(mutant.module in row and mutant.change in row for row in known.splitlines())
        print(f"| {mutant.module} | {mutant.line} | {mutant.change} | {'yes' if is_known else 'new'} |")


def _row(name: str, figures: list[Figures]) -> str:
    made, tried = sum(each.made for each in figures), sum(each.run for each in figures)
    alive = sum(len(each.alive) for each in figures)
    share = 100 * alive / tried if tried else 0
    seconds = sum(each.seconds for each in figures)
    return f"| {name} | {made} | {tried} | {tried - alive} | {alive} | {share:.1f} % | {seconds:.0f} |"


if __name__ == "__main__":
    main()
