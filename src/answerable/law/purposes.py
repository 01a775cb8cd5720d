"""Does a paper cite a statute that is for one purpose only, and does it state that purpose?

Statutes of the United States that give a subpoena without a judge. An office is not a purpose: what is said about an
officer of customs is not said about customs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from answerable.law.citation import articles, us_code
from answerable.law.words import said


@dataclass(frozen=True, slots=True)
class Statute:
    """A section of the United States Code, how else people cite it (act, section), and words that state its one purpose."""

    section: str
    also: tuple[tuple[str, str], ...]
    purpose: tuple[str, ...]


STATUTES = (
    Statute(
        "19 USC 1509",
        (("tariff act", "509"),),
        (
            "customs", "customs duty", "import", "imported", "importing", "importer", "importation", "import duty", "tariff",
            "evasion of duty", "unpaid duty", "antidumping", "smuggl*", "merchandise", "entry of goods",
        ),
    ),
    Statute(
        "8 USC 1225",
        (("immigration and nationality act", "235"), ("INA", "235")),
        (
            "immigration", "immigrant", "alien", "noncitizen", "admissib*", "inadmissib*", "admission to the united states",
            "deportation", "removal proceeding", "unlawful entry", "illegal entry", "entry into the united states", "visa",
        ),
    ),
    Statute(
        "18 USC 3486",
        (),
        (
            "health care", "child", "children", "minors", "underage", "sex offender", "secret service", "imminent threat",
            "threat against the president",
        ),
    ),
    Statute(
        "21 USC 876",
        (("controlled substances act", "506"),),
        (
            "controlled substance", "drug", "narcotic", "opioid", "opiate", "fentanyl", "heroin", "cocaine",
            "methamphetamine", "listed chemical",
        ),
    ),
)  # fmt: skip
_NUMBERS = tuple(
    cite.split()[-1]
    for statute in STATUTES
    for cite in (statute.section, *(f"§ {number}" for _, number in statute.also))
)
_OFFICES = (
    "customs and border protection", "immigration and customs enforcement", "US customs", "customs enforcement",
    "customs service", "customs office", "customs officer", "customs agent", "customs official", "immigration enforcement",
    "immigration officer", "immigration agent", "immigration official", "immigration raid", "citizenship and immigration services",
    "drug enforcement",
)  # fmt: skip


def cited(legal_basis: str | None) -> Iterator[Statute]:
    """Yield each statute of one purpose that a legal basis cites."""
    basis = legal_basis or ""
    if not any(number in basis for number in _NUMBERS):
        return
    sections, numbers = us_code(basis), articles(basis)
    for statute in STATUTES:
        if statute.section in sections or any(
            number in numbers and said((act,), basis) for act, number in statute.also
        ):
            yield statute


def is_stated(statute: Statute, words: str) -> bool:
    """Whether the words of a paper state the purpose of a statute."""
    return said(statute.purpose, words, not_in=_OFFICES) is not None


def fits(legal_basis: str | None, words: str) -> bool:
    """Whether the words of a paper state the purpose of each statute of one purpose that its legal basis cites."""
    return all(is_stated(statute, words) for statute in cited(legal_basis))
