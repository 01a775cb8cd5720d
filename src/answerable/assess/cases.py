"""Does a law say what its own table of cases says? The same runner for the laws here and for a pack of one's own.

`cases.yaml` holds a `base` demand that is lawful, the `provider` it is addressed to where that matters, and `cases`: a
sentence, what is changed in the base (`given`, by dotted path; beside it `received_at`, `authenticity`, `copies` of the first
line, and what was `supplied` beside the paper), what the named rules then say (`expect`), and where it matters which categories leave (`permitted`) or stay (`withheld`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import TypeAdapter

from answerable.assess.assessing import assess, notice_rule
from answerable.casefile.assessment import Assessment, NoticeRule
from answerable.casefile.demand import Arrival, Demand, instrument_of
from answerable.casefile.encoding import sha512_hex
from answerable.casefile.epoc import Epoc
from answerable.casefile.finding import Finding, Outcome
from answerable.casefile.order import Order
from answerable.casefile.parties import Provider
from answerable.casefile.supplied import Supplied
from answerable.law.pack import load_yaml
from answerable.law.register import Law

_PROVIDER: dict[str, Any] = {
    "name": "Harbour Forum", "addressee": "Harbour Forum B.V.", "addressee_kind": "designated_establishment",
    "member_state": "NL", "address": "Kade 1", "email": "orders@harbourforum.example", "contact_person": "A. Person",
    "contact_post": "reviewer", "languages": ["en"], "services": ["Harbour Forum"], "zone": "Europe/Amsterdam",
}  # fmt: skip
_NOTHING = Supplied()
_RECEIVED = "2026-11-23T09:42:00Z"
_BESIDE = ("received_at", "authenticity", "copies", "supplied")


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of a table: its sentence, and what was said otherwise than expected; nothing where it holds."""

    name: str
    differences: tuple[str, ...]
    assessment: Assessment


def run_cases(table: Mapping[str, Any], own: tuple[Law, ...] = ()) -> Iterator[CaseResult]:
    """Yield each case of a table with what came out otherwise than it says."""
    provider = provider_of(table)
    for base, case in all_cases(table):
        found = assess_changed(base, case.get("given", {}), provider=provider, own=own)
        yield CaseResult(case["name"], tuple(differences(case, found)), found)


def all_cases(table: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each case with its base: those of the demand itself, then those of what follows it."""
    for part in (table, table.get("follow_ups", {"base": {}, "cases": ()})):
        yield from ((part["base"], case) for case in part["cases"])


def assess_changed(
    base: Mapping[str, Any], given: Mapping[str, Any], *, provider: Provider, own: tuple[Law, ...] = ()
) -> Assessment:
    """Return the assessment of the base demand with the changes `given`."""
    plain, supplied = deepcopy(dict(base)), deepcopy(given.get("supplied", {}))
    for path, value in given.items():
        if path.startswith("supplied."):
            _set(supplied, path.split(".")[1:], value)
        elif path not in _BESIDE:
            _set(plain, path.split("."), value)
    if "copies" in given:
        _multiply(plain, given["copies"])
    form: Epoc | Order = Order.model_validate(plain) if plain.get("form") == "order" else Epoc.model_validate(plain)
    received = TypeAdapter(datetime).validate_python(given.get("received_at", _RECEIVED))
    return assess(
        _demand(form, b"", received),
        provider=provider,
        authenticity=(_taken_as(given.get("authenticity", "met")),),
        at=received,
        supplied=Supplied.model_validate(supplied),
        own=own,
    )


def assess_paper(
    form: Epoc | Order,
    content: bytes,
    *,
    provider: Mapping[str, Any],
    received_at: datetime,
    is_genuine: bool,
    supplied: Supplied = _NOTHING,
    own: tuple[Law, ...] = (),
) -> tuple[Assessment, NoticeRule]:
    """Return what the law says to a paper outside the desk, and who tells the person."""
    whole = Provider.model_validate(_PROVIDER | dict(provider))
    demand = _demand(form, content, received_at)
    facts = (_taken_as("met" if is_genuine else "not met"),)
    found = assess(demand, provider=whole, authenticity=facts, at=received_at, supplied=supplied, own=own)
    return found, notice_rule(demand, provider=whole, own=own)


def provider_of(table: Mapping[str, Any]) -> Provider:
    """Return the provider to whom the demands of a table are addressed."""
    return Provider.model_validate(_PROVIDER | table.get("provider", {}))


def load_table(name: str) -> dict[str, Any]:
    """Return the table of cases of a law of ours."""
    return read_table(files("answerable.law").joinpath(name))


def read_table(folder: Traversable) -> dict[str, Any]:
    """Return the table of cases that lies in a folder."""
    return dict(load_yaml(folder.joinpath("cases.yaml").read_text(encoding="utf-8")))


def _demand(form: Epoc | Order, content: bytes, received_at: datetime) -> Demand:
    arrival = Arrival(
        received_at=received_at,
        channel="file",
        media_type="application/json",
        sha512=sha512_hex(content),
        size=len(content),
    )
    return Demand(instrument=instrument_of(form), form=form, arrival=arrival)


def _taken_as(outcome: str) -> Finding:
    return Finding(
        rule="A", title="Paper and sender hold", outcome=Outcome(outcome), citation="taken as given", fact="-", pack="-"
    )


def _multiply(plain: dict[str, Any], copies: int) -> None:
    """Ask the same about so many people."""
    lines = plain["asked"] if "asked" in plain else plain["E"]["evidence"]
    lines[:] = [{**lines[0], "value": f"sailor{number}@mail.example"} for number in range(copies)]


def _set(plain: Any, path: list[str], value: Any) -> None:
    """Set a value in plain data by its path; a number is a place in a list."""
    for step in path[:-1]:
        plain = plain[int(step)] if isinstance(plain, list) else plain.setdefault(step, {})
    if isinstance(plain, list):
        plain[int(path[-1])] = value
    else:
        plain[path[-1]] = value


def differences(case: Mapping[str, Any], found: Assessment) -> Iterator[str]:
    """Yield what was said otherwise than a case expects."""
    said = {finding.rule: finding.outcome.value for finding in found.findings}
    for rule, outcome in case.get("expect", {}).items():
        if said.get(rule) != outcome:
            yield f"{rule}: {said.get(rule, 'not asked')}, not {outcome}"
    leaves = {item.category for item in found.permitted.items}
    stays = {part.item.category for part in found.withheld}
    for name, have in (("permitted", leaves), ("withheld", stays)):
        if name in case and set(case[name]) != have:
            yield f"{name}: {', '.join(sorted(have)) or 'nothing'}, not {', '.join(sorted(case[name])) or 'nothing'}"
