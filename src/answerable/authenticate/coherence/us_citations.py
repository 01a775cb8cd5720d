"""Are the decisions and courts that an American paper cites known? Fact G8, with eyecite and courts-db where installed.

eyecite (BSD-2-Clause) knows the reporters and their years; courts-db (BSD-2-Clause) knows the courts. Both come with the
extra `citations`. Without them, and without a list of courts in the directory, the fact could not be checked.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from importlib import import_module
from typing import Any, Literal

from answerable.authenticate.directory.fact import Said
from answerable.authenticate.directory.naming import same_name
from answerable.casefile.demand import Demand
from answerable.casefile.evidence import Fact, Result
from answerable.casefile.order import Order

# The reader of citations logs what it stumbles over, which is the paper's own text.
logging.getLogger("eyecite").addHandler(logging.NullHandler())
logging.getLogger("eyecite").propagate = False

_LONGEST = 50_000
_REPORTED = re.compile(r"\b\d{1,4} [A-Z][A-Za-z0-9. ]{1,30}? \d{1,5}\b(?:[^()]{0,40}\([^()]{0,60}?(\d{4})\))")
# What may stand between a citation and its year: pages, and the court inside the same brackets.
_YEAR = re.compile(r"(?:, ?[0-9]{1,5}(?:[-–][0-9]{1,5})?)*,? ?\([^()]{0,60}?([0-9]{4})\)")
_COURT = re.compile(r"\b(?:court|tribunal|magistrate)\b", re.IGNORECASE)


def citation_fact(said: Said, demand: Demand, text: str, courts: Collection[str] | None) -> Fact:
    """Return G8. `courts` are names of courts in normal form (`same_name`), or None where there is no list."""
    if demand.head.country != "US":
        return said("G8", Result.ABSENT, "The paper is not American; citations of other States are not looked up.")
    wrong, seen, unsure = _decisions(demand, text)
    court = _court(demand, courts)
    if wrong:
        return said("G8", Result.CONTRADICTED, " ".join(wrong))
    if court == "unknown":
        unsure = (*unsure, "The court it names is in no list of ours; lists are not complete.")
    if court == "unchecked":
        unsure = (*unsure, "There is no list of courts here: import one, or install the extra `citations`.")
    if unsure:
        return said("G8", Result.NOT_CHECKED, " ".join(unsure))
    if not seen and court == "none":
        return said("G8", Result.ABSENT, "It cites no decision and names no court.")
    parts = [f"{seen} reported {'decision' if seen == 1 else 'decisions'} in known reporters"] if seen else []
    parts += ["a court that is known"] if court == "known" else []
    return said("G8", Result.CONFIRMED, f"It cites {' and '.join(parts)}.")


def _decisions(demand: Demand, text: str) -> tuple[tuple[str, ...], int, tuple[str, ...]]:
    """Return what is wrong with its citations, how many are in known reporters, and what could not be checked."""
    if not any(each.isdigit() for each in text):
        return (), 0, ()
    try:
        reader, case_citation = import_module("eyecite"), import_module("eyecite.models").FullCaseCitation
    except ModuleNotFoundError:
        why = "The reader of citations is not installed (extra `citations`)."
        return (), 0, (why,) if _REPORTED.search(text[:_LONGEST]) else ()
    try:
        found = [each for each in reader.get_citations(text[:_LONGEST]) if isinstance(each, case_citation)]
    except Exception as fault:
        # Whatever a hostile text makes the reader stumble over, its citations were not looked at.
        return (), 0, (f"Its citations could not be read ({type(fault).__name__}).",)
    last = demand.arrival.received_at.year
    return tuple(filter(None, (_against(each, text, last) for each in found))), len(found), ()


def _against(citation: Any, text: str, last_year: int) -> str:
    """Return what is wrong with the year of one citation. The year is read here from what follows it: the reader gives
    neighbouring citations one another's years."""
    stated = _YEAR.match(text, citation.span()[1])
    if stated is None:
        return ""
    year, edition, cited = int(stated[1]), citation.edition_guess, citation.corrected_citation()[:80]
    if year > last_year:
        return f"{cited} is dated {year}, after the paper came."
    if edition is not None and edition.start is not None and year < edition.start.year:
        return f"{cited} is dated {year}; that reporter began in {edition.start.year}."
    if edition is not None and edition.end is not None and year > edition.end.year:
        return f"{cited} is dated {year}; that reporter ended in {edition.end.year}."
    return ""


def _court(demand: Demand, courts: Collection[str] | None) -> Literal["none", "known", "unknown", "unchecked"]:
    """Return whether the paper names a court that a list of ours holds."""
    form = demand.form
    names = [form.requester.name, form.approval.name] if isinstance(form, Order) else [form.A.issuing_authority]
    named = [name for name in names if name and _COURT.search(name)]
    if not named:
        return "none"
    if courts and any(same_name(name) in courts for name in named):
        return "known"
    known = _in_courts_db(named)
    if known:
        return "known"
    return "unchecked" if known is None and not courts else "unknown"


def _in_courts_db(names: list[str]) -> bool | None:
    try:
        find_court = import_module("courts_db").find_court
    except ModuleNotFoundError:
        return None
    try:
        return any(find_court(name[:200]) for name in names)
    except Exception:
        # Its expressions may give up on a hostile name; then nobody looked.
        return None
