"""Which laws does a paper cite, whose are they, and which data do they give? Read from the packs; no second list.

`citations.yaml` says only how papers write them. The reach comes from the values of the packs, the States' own laws from
the table of foreign demands, the agencies' statutes from the rules on administrative subpoenas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from answerable.casefile.encoding import Record
from answerable.law.pack import Pack, load, load_yaml
from answerable.law.purposes import STATUTES
from answerable.law.world.foreign_demand.table import table

_US_CODE = re.compile(r"\b([0-9]{1,3}) ?u\.? ?s\.? ?c(?:ode|\.?a\.?|\.)?(?=[ §0-9])", re.IGNORECASE)
_TITLE = re.compile(r"\btitle ([0-9]{1,3}),? (?:of the )?(?:united states code|usc),?")
_SIGNS = re.compile(r"(?<=usc|ode) ?(?:§+|sections?|secs?\.?|ss?\.) ?(?=[0-9])")
_SECTION = re.compile(r"\b([0-9]{1,3}) usc ([0-9]{1,5})((?:[a-z](?![a-z]))?(?:\([a-z0-9]{1,4}\))*)")
_DUTCH_REACH = "nl_reach_"
# The United States Code has titles 1 to 54. The chapter of stored communications ends with section 2713, and the next
# begins with 2721; section 2703 has paragraphs (a) to (h). Not compared with the official text.
_LAST_TITLE = 54
_NO_SECTIONS = range(2714, 2721)
_PARAGRAPHS_2703 = frozenset("abcdefgh")


class _Law(Record):
    cite: str
    named_by: tuple[str, ...]
    reach: str | None = None


class _Group(Record):
    pack: str
    countries: Literal["US", "GB", "Union"]
    laws: tuple[_Law, ...]


@dataclass(frozen=True, slots=True)
class Statute:
    """A law as papers cite it. `gives` are classes or categories; None: its pack's rules test that; empty: nothing stored.

    `ended` says on the day asked for that it is no longer, or not yet, in force.
    """

    cite: str
    countries: frozenset[str]
    named_by: tuple[str, ...]
    gives: tuple[str, ...] | None
    ended: bool = False


def cited(text: str, day: date, *, country: str | None = None) -> tuple[Statute, ...]:
    """Return the laws that a text cites, in its order, each once. Of names within a name the longest counts.

    A State's table may name its law by a bare section number; such names count only for a paper of that `country`.
    """
    said = normal(text)
    found: list[tuple[int, int, Statute]] = []
    for statute in statutes(day):
        if len(statute.countries) == 1 and not (_is_plain(statute) or country in statute.countries):
            continue
        found += [(at, at + len(name), statute) for name in statute.named_by for at in _places(name, said)]
    kept = [each for each in found if not any(_swallows(other, each) for other in found)]
    return tuple(dict.fromkeys(statute for _, _, statute in sorted(kept, key=lambda each: each[:2])))


def impossible(text: str) -> tuple[str, ...]:
    """Return the citations of the United States Code that cannot be: titles, sections and paragraphs that do not exist."""
    found = _SECTION.findall(normal(text))
    return tuple(
        dict.fromkeys(
            f"{title} USC {section}{rest}" for title, section, rest in found if not _can_be(title, section, rest)
        )
    )


def _can_be(title: str, section: str, rest: str) -> bool:
    if title == "18" and section == "2703":
        paragraph = re.match(r"\(([a-z])\)", rest)
        return paragraph is None or paragraph[1] in _PARAGRAPHS_2703
    return 1 <= int(title) <= _LAST_TITLE and not (title == "18" and int(section) in _NO_SECTIONS)


def normal(text: str) -> str:
    """Return a text as citations are compared: lower case, one space, `usc`, no section signs."""
    said = " ".join(text.casefold().split())
    said = _US_CODE.sub(r"\1 usc", said)
    said = _TITLE.sub(r"\1 usc", said.replace("u.s.c.", "usc"))
    return re.sub(r"(?<=[0-9)]) +(?=\()", "", _SIGNS.sub(" ", said))


@lru_cache(maxsize=64)
def statutes(day: date) -> tuple[Statute, ...]:
    """Return every law that this desk can recognise, with what it gave on `day`."""
    return (*_of_packs(day), *_of_agencies(day), *_of_the_netherlands(day), *_of_states(day))


def _of_packs(day: date) -> Iterator[Statute]:
    text = files("answerable.law").joinpath("citations.yaml").read_text(encoding="utf-8")
    for group in map(_Group.model_validate, load_yaml(text)):
        pack = load(group.pack)
        ended = pack.value("applies", day) is None
        for law in group.laws:
            gives = _reach(pack, law.reach, day)
            yield Statute(law.cite, _states(group.countries, pack, day), law.named_by, gives, ended)


def _of_agencies(day: date) -> Iterator[Statute]:
    gives = _words(load("us/stored_communications_act"), "reach_admin_subpoena", day)
    for statute in STATUTES:
        yield Statute(statute.section, frozenset({"US"}), (statute.section.casefold(),), gives)


def _of_the_netherlands(day: date) -> Iterator[Statute]:
    pack = load("eu/domestic_order")
    for name in pack.values:
        if name.startswith(_DUTCH_REACH):
            article = name.removeprefix(_DUTCH_REACH)
            cite = f"Code of Criminal Procedure (Netherlands), Art. {article}"
            yield Statute(cite, frozenset({"NL"}), (article,), _words(pack, name, day))


def _of_states(day: date) -> Iterator[Statute]:
    for country, state in table().countries.items():
        for law in state.laws:
            gives = tuple(each.value for each in law.reach)
            ended = not law.holds_on(day)
            yield Statute(law.cite, frozenset({country}), tuple(map(normal, law.named_by)), gives, ended)


def _reach(pack: Pack, reach: str | None, day: date) -> tuple[str, ...] | None:
    if reach == "none":
        return ()
    if reach == "all":
        return ("subscriber", "identification", "traffic", "content")
    return None if reach is None else _words(pack, reach, day)


def _words(pack: Pack, name: str, day: date) -> tuple[str, ...]:
    return tuple(str(pack.value(name, day) or "").split())


def _states(countries: str, pack: Pack, day: date) -> frozenset[str]:
    if countries != "Union":
        return frozenset({countries})
    members = str(load("eu/digital_services_act").values["member_states"][-1].value).split()
    return frozenset(members).difference(
        _words(pack, "state_not_bound", day) if "state_not_bound" in pack.values else ()
    )


def _is_plain(statute: Statute) -> bool:
    """Whether its names say by themselves whose law it is: a pack's own, or with words beside the number."""
    return bool(statute.countries & {"US", "GB"}) or all(re.search(r"[^\W\d_]{4,}", name) for name in statute.named_by)


def _places(name: str, said: str) -> Iterator[int]:
    for each in re.finditer(re.escape(name), said):
        before, after = said[: each.start()][-1:], said[each.end() :][:1]
        if not (before.isalnum() and name[0].isalnum()) and not (after.isalnum() and name[-1].isalnum()):
            yield each.start()


def _swallows(wide: tuple[int, int, Statute], narrow: tuple[int, int, Statute]) -> bool:
    return wide[0] <= narrow[0] and narrow[1] <= wide[1] and (wide[1] - wide[0]) > (narrow[1] - narrow[0])
