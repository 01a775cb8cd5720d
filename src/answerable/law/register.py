"""Which laws does the desk know, and which of them governs this demand on this day?

A law is a folder anywhere below this one that holds `pack.yaml`; its `rules.py` gives RULES, its `consequences.py` gives
`clocks` and `notice`. What is asked with `own` looks at packs of one's own as well (`own.py`): they come in as arguments, so
nothing that was loaded for one desk is there for another, and what is kept here are the laws of this folder alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable

from answerable.casefile.assessment import Clock, NoticeRule
from answerable.casefile.finding import Finding
from answerable.law.pack import Instrument, Pack, load, unknown
from answerable.law.rule import Facts, Rules


@dataclass(frozen=True, slots=True)
class Law:
    """A pack with its rules and what follows from it. `folder` is where its files lie."""

    pack: Pack
    rules: Rules
    clocks: Callable[[Facts, tuple[Finding, ...]], Iterator[Clock]]
    notice: Callable[[Facts], NoticeRule]
    folder: Traversable

    def instrument(self, name: str) -> Instrument:
        """Return one of the instruments of this law."""
        return self.pack.title.instruments[name]

    def as_of(self, day: date) -> Law:
        """Return the law as if what held on `day` had always held."""
        return replace(self, pack=self.pack.as_of(day))

    def described(self) -> Iterator[str]:
        """Yield the law as text: head, instruments, rules, values by day."""
        title = self.pack.title
        yield f"{title.title}: {title.cite}"
        yield f"source {title.source}; checked {title.checked_on}; {title.reviewed_by or 'not yet read by a lawyer'}"
        for name, instrument in title.instruments.items():
            yield f"\n{name}: {instrument.title} ({instrument.kind}), {instrument.cite}"
            yield from (f"    {way.title} ({way.citation})" for way in instrument.ways)
        yield ""
        for rule in self.rules:
            mark = "" if rule.reviewed else " [not checked against the official text]"
            only = f" [{', '.join(rule.only)}]" if rule.only else ""
            yield f"{rule.id:<6}{rule.title} ({rule.citation}){only}{mark}"
        yield ""
        for name, dated in self.pack.values.items():
            yield from (f"{name} = {each.value} from {each.since} ({each.citation})" for each in dated)

    def findings(self, facts: Facts) -> tuple[Finding, ...]:
        """Return every rule's finding on the demand. Refuses where no rule is for its instrument: no test is no yes."""
        found = tuple(rule.find(facts) for rule in self.rules if rule.is_for(facts))
        if not found:
            raise unknown(f"{self.pack.title.cite} has no rule for {facts.instrument}.")
        return found


@lru_cache
def names() -> tuple[str, ...]:
    """Return the folder of every law, in order."""
    return tuple(sorted(_names(files("answerable.law"), "")))


@lru_cache
def laws() -> tuple[Law, ...]:
    """Return every law, in the order of its folder."""
    return tuple(law(name) for name in names())


@lru_cache
def law(name: str) -> Law:
    """Return the law in the folder `name` ("eu/e_evidence_regulation")."""
    module = f"answerable.law.{name.replace('/', '.')}"
    rules, consequences = import_module(f"{module}.rules"), import_module(f"{module}.consequences")
    folder = files("answerable.law").joinpath(name)
    return Law(load(name), rules.RULES, consequences.clocks, consequences.notice, folder)


@lru_cache
def instruments() -> dict[str, Pack]:
    """Return the pack of each instrument. The rules of a law are read when it is asked, so one broken pack stops no other."""
    return {instrument: pack for pack in map(load, names()) for instrument in pack.title.instruments}


def named(name: str) -> Law:
    """Return a law of ours by its name. Refuses one that is not here."""
    if name not in names():
        raise unknown(f"No law here has this name. Here are: {', '.join(names())}.")
    return law(name)


def coverage() -> Iterator[str]:
    """Yield the coverage of every law as a Markdown table."""
    yield "# How much of each law is in the rules"
    yield ""
    yield "Made by `answerable law coverage`. No law here was read by a lawyer unless its line says by whom."
    for each in laws():
        title = each.pack.title
        yield f"\n## {title.title}\n"
        yield f"{title.cite}. `{each.pack.label}`, {len(each.rules)} rules, {title.reviewed_by or 'not yet read by a lawyer'}.\n"
        yield "| provision | in the rules |\n|---|---|"
        yield from (f"| {provision} | {state} |" for provision, state in title.coverage.items())


def law_for(instrument: str, day: date, own: tuple[Law, ...] = ()) -> Law:
    """Return the law that governs `instrument` on `day`. Refuses what no pack knows: unknown is never lawful."""
    given = next((each for each in own if instrument in each.pack.title.instruments), None)
    known = given.pack if given else instruments().get(instrument)
    if known is None:
        raise unknown("No pack of this desk knows the instrument.")
    if known.value("applies", day) is None:
        raise unknown(f"{known.title.cite} does not apply on the day of receipt.")
    return given or law(known.name)


def pack_of(instrument: str, own: Iterable[Pack] = ()) -> Pack | None:
    """Return the pack that knows an instrument, or None. No pack of one's own has an instrument of another: `own.py`."""
    given = next((each for each in own if instrument in each.title.instruments), None)
    return given or instruments().get(instrument)


def title_of(instrument: str, own: Iterable[Pack] = ()) -> str | None:
    """Return what the law calls an instrument, or None where no law knows it."""
    pack = pack_of(instrument, own)
    return pack.title.instruments[instrument].title if pack else None


def _names(folder: Traversable, path: str) -> Iterator[str]:
    if folder.joinpath("pack.yaml").is_file():
        yield path
    for inner in folder.iterdir():
        if inner.is_dir() and not inner.name.startswith("_"):
            yield from _names(inner, f"{path}/{inner.name}".lstrip("/"))
