"""Which packs of one's own were named, and can each be asked?

A pack of one's own is a folder with the files of a law, or what an installed distribution offers by the entry point group
`answerable.law`. Naming one runs its code, with the rights of whoever names it; what nobody named is never imported.

1  the place: a folder, or the name that an installed distribution gave its pack
2  the files: each there, each readable
3  the code: its rules, and what follows from them, each guarded by the pack's name
4  soundness, and that it takes nothing that belongs to another law
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module, invalidate_caches
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import ModuleType

import yaml
from pydantic import ValidationError

from answerable.errors import MalformedLaw
from answerable.law.guarding import guarded, place_of
from answerable.law.pack import Pack, read
from answerable.law.register import Law, laws, named, names
from answerable.law.rule import Rule, Rules
from answerable.law.soundness import faults

GROUP = "answerable.law"
FILES = ("pack.yaml", "values.yaml", "rules.py", "consequences.py", "cases.yaml")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def own_laws(places: Iterable[str], *, beside: Path = Path(), states: tuple[str, ...] | None = None) -> tuple[Law, ...]:
    """Return the law in each place, named `own/…`. A relative path is taken from `beside`.

    `states` are those whose law binds the provider. Refuses what cannot be read, run or asked, what takes a name, an
    instrument or a rule of another law, and the law of a State that does not bind the provider.
    """
    found: list[Law] = []
    for place in places:
        law = own_law(place, beside=beside)
        _refuse_clash(law, (*laws(), *found))
        _refuse_foreign(law, states)
        found.append(law)
    return tuple(found)


def law_at(place: str) -> Law:
    """Return the law of that name, or the pack of one's own in that place. Refuses where there is neither."""
    return named(place) if place in names() else own_laws((place,))[0]


def own_law(place: str, *, beside: Path = Path()) -> Law:
    """Return the law in one place. Refuses what cannot be read, run or asked."""
    folder, known = beside / place, offered()
    if folder.is_dir() and place in known:
        raise _clash(f"“{place}” is a folder, and an installed pack.", f"Write ./{place} for the folder.")
    if folder.is_dir():
        return _law(folder.resolve().name, folder, _as_package(folder.resolve()))
    if place in known:
        module = _imported(known[place])
        return _law(place, files(module), module.__name__)
    raise MalformedLaw(
        "law.no-pack",
        what=f"There is no law pack “{place}”.",
        why="It is no folder, and neither a law here nor an installed distribution has the name. "
        f"Here are: {', '.join((*names(), *known))}.",
        next_step="Correct the path or the name, or install the distribution that offers the pack.",
    )


def offered() -> dict[str, EntryPoint]:
    """Return what installed distributions offer, by name. Nothing of it is imported. Refuses a name offered twice."""
    found: dict[str, EntryPoint] = {}
    for each in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        if found.setdefault(each.name, each).value != each.value:
            raise _clash(f"Two installed packs are called “{each.name}”.", "Take one of the distributions away.")
    return found


def _law(name: str, folder: Traversable, module: str) -> Law:
    if not _NAME.fullmatch(name):
        raise _malformed(name, "Its name is that of its folder: small letters, digits, - and _, forty at most.")
    missing = [each for each in FILES if not folder.joinpath(each).is_file()]
    if missing:
        raise _malformed(name, f"Missing: {', '.join(missing)}.")
    pack = _read(name, folder)
    rules, consequences = (_run(name, f"{module}.{each}") for each in ("rules", "consequences"))
    if not isinstance(given := getattr(rules, "RULES", None), Rules) or not all(
        isinstance(each, Rule) for each in given
    ):
        raise _malformed(name, "rules.py has no RULES, made by answerable.law.rule.Rules.")
    lacking = [each for each in ("clocks", "notice") if not callable(getattr(consequences, each, None))]
    if lacking:
        raise _malformed(name, f"consequences.py has no function {' and no '.join(lacking)}.")
    law = Law(pack, given, consequences.clocks, consequences.notice, folder)
    if said := list(faults(law)):
        raise _malformed(name, " ".join(said[:5]))
    return guarded(law)


def _read(name: str, folder: Traversable) -> Pack:
    try:
        return read(f"own/{name}", folder)
    except ValidationError as fault:
        places = (".".join(map(str, each["loc"])) or "the whole file" for each in fault.errors()[:5])
        raise _malformed(
            name, f"pack.yaml or values.yaml says something unknown or too little. Look at: {', '.join(places)}."
        ) from fault
    except yaml.MarkedYAMLError as fault:
        line = f" in line {fault.problem_mark.line + 1}" if fault.problem_mark else ""
        raise _malformed(name, f"A file is no YAML{line}: {fault.problem or fault.context}.") from fault
    except (yaml.YAMLError, OSError, UnicodeDecodeError, TypeError, ValueError, RecursionError) as fault:
        raise _malformed(name, f"pack.yaml or values.yaml cannot be read ({type(fault).__name__}).") from fault


def _as_package(folder: Path) -> str:
    """Make the folder a package under a name that no other has, read anew, and return the name."""
    name = f"answerable_own_law_{sha256(str(folder).encode()).hexdigest()[:16]}"
    for loaded in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[loaded]
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    invalidate_caches()
    return name


def _imported(point: EntryPoint) -> ModuleType:
    with _code_runs(point.name):
        module = point.load()
    if not isinstance(module, ModuleType) or not hasattr(module, "__path__"):
        raise _malformed(
            point.name, f"The entry point names {point.value}, which is no package with the files of a law."
        )
    return module


def _run(name: str, module: str) -> ModuleType:
    with _code_runs(name):
        return import_module(module)


@contextmanager
def _code_runs(name: str) -> Iterator[None]:
    try:
        yield
    except Exception as fault:
        raise MalformedLaw(
            "law.code-failed",
            what=f"The code of the law pack own/{name} cannot be loaded.",
            why=f"It stopped with {type(fault).__name__}{place_of(fault)}: {getattr(fault, 'msg', None) or fault}.",
            next_step="Correct the file; docs/formats/law-pack.md shows each, with an example.",
        ) from fault


def _refuse_clash(law: Law, others: tuple[Law, ...]) -> None:
    title = law.pack.title
    for other in others:
        theirs = other.pack.name
        if theirs == law.pack.name:
            raise _clash(f"Two law packs are called {theirs}.", "Give one of the folders another name.")
        if taken := sorted(title.instruments.keys() & other.pack.title.instruments.keys()):
            raise _clash(
                f"{law.pack.name} takes {', '.join(taken)}, which {theirs} has.", "Name it otherwise in pack.yaml."
            )
        if taken := sorted({rule.id for rule in law.rules} & {rule.id for rule in other.rules}):
            raise _clash(
                f"{law.pack.name} has rules called {', '.join(taken)}, as {theirs} has.", "Give them other ids."
            )


def _refuse_foreign(law: Law, states: tuple[str, ...] | None) -> None:
    country = law.pack.title.country
    if states is not None and country is not None and country not in states:
        raise MalformedLaw(
            "law.other-state",
            what=f"{law.pack.name} is not for this provider.",
            why=f"It is the law of {country}; the provider is bound by that of {', '.join(states)}.",
            next_step="Take it out; or correct `country` in pack.yaml, or `member_state` and `bound_by` of the provider.",
        )


def _clash(why: str, next_step: str) -> MalformedLaw:
    return MalformedLaw("law.clash", what="A law pack stands in the way of another.", why=why, next_step=next_step)


def _malformed(name: str, why: str) -> MalformedLaw:
    return MalformedLaw(
        "law.malformed",
        what=f"own/{name} is no law pack that can be asked.",
        why=why,
        next_step="Correct it; docs/formats/law-pack.md shows each file, with an example.",
    )
