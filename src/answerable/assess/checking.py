"""Does a law say what its own table of cases says, and does the table ask each rule both ways? For our laws and one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import Field, ValidationError

from answerable.assess.cases import all_cases, assess_changed, differences, provider_of, read_table
from answerable.casefile.encoding import Record
from answerable.casefile.finding import Outcome
from answerable.casefile.parties import Provider
from answerable.errors import MalformedLaw, UnknownLaw
from answerable.law.register import Law, laws, names

# What a table whose cases do not fit its base ends in.
NO_DEMAND = (LookupError, TypeError, ValueError, AttributeError)


class Case(Record):
    """One line of a table: its sentence, what is changed in the base, and what the rules then say."""

    name: str
    given: dict[str, Any] = Field(default_factory=dict)
    expect: dict[str, Outcome] = Field(default_factory=dict)
    permitted: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


class Part(Record):
    """A lawful demand, and the cases that change it."""

    base: dict[str, Any]
    cases: tuple[Case, ...]


class Table(Part):
    """The whole of `cases.yaml`, as the docs give it: what it must hold to before it is run."""

    provider: dict[str, Any] = Field(default_factory=dict)
    follow_ups: Part | None = None


def check_law(law: Law) -> Iterator[tuple[str, str]]:
    """Yield each sentence of a law's table with what is wrong about it, or an empty text; last, what the table leaves out."""
    name, own, table = law.pack.name, own_of(law), table_of(law)
    provider = provider_of(table)
    for base, case in all_cases(table):
        yield f"{name}: {case['name']}", _wrong(base, case, provider=provider, own=own)
    yield f"{name}: each rule is met in one case, and not in another", " ".join(_left_out(law, table))


def own_of(law: Law) -> tuple[Law, ...]:
    """Return what has to be given along as packs of one's own, for a law to be asked: itself, unless it is one of ours."""
    return () if law.pack.name in names() else (law,)


def table_of(law: Law) -> dict[str, Any]:
    """Return the table of cases of a law. Refuses one that cannot be read as a table."""
    try:
        table = read_table(law.folder)
        Table.model_validate(table)
        provider_of(table)
    except ValidationError as fault:
        places = ", ".join(".".join(map(str, each["loc"])) or "the whole file" for each in fault.errors()[:5])
        raise _no_table(law, f"Look at: {places}.") from fault
    except (yaml.YAMLError, OSError, ValueError, TypeError, RecursionError) as fault:
        line = getattr(getattr(fault, "problem_mark", None), "line", None)
        raise _no_table(law, f"It is no YAML{f', from line {line + 1}' if line is not None else ''}.") from fault
    return table


def _no_table(law: Law, why: str) -> MalformedLaw:
    return MalformedLaw(
        "law.no-table",
        what=f"cases.yaml of {law.pack.name} is no table of cases.",
        why=why,
        next_step="Correct it; docs/formats/law-pack.md shows the file, with an example.",
    )


def _wrong(base: Mapping[str, Any], case: Mapping[str, Any], *, provider: Provider, own: tuple[Law, ...]) -> str:
    """Return what a case says otherwise than the law does, or why it cannot be put to it."""
    try:
        found = assess_changed(base, case.get("given", {}), provider=provider, own=own)
    except ValidationError as fault:
        places = ", ".join(dict.fromkeys(".".join(map(str, each["loc"])) for each in fault.errors()[:5]))
        return f"what is given makes no demand: look at {places}"
    except NO_DEMAND:
        return "what is given has no place in the base"
    except (MalformedLaw, UnknownLaw) as fault:
        return fault.why
    return "; ".join(differences(case, found))


def _left_out(law: Law, table: Mapping[str, Any]) -> Iterator[str]:
    said: dict[str, set[str]] = {}
    for _, case in all_cases(table):
        for rule, outcome in case.get("expect", {}).items():
            said.setdefault(rule, set()).add(outcome)
    for rule in law.rules:
        outcomes = said.get(rule.id, set())
        if "met" not in outcomes:
            yield f"{rule.id} is met in none."
        if not outcomes & {"not met", "unclear"}:
            yield f"{rule.id} is found otherwise in none."
    yield from (f"There is no rule {each}." for each in sorted(said.keys() - _known(law)))


def _known(law: Law) -> set[str]:
    return {rule.id for each in (law, *laws()) for rule in each.rules}
