"""What do those who score reports look for, and does the software supply it? Never a claim for the organisation.

Elements of three benchmarks, as data in `scorecard.yaml`: Ranking Digital Rights (F5a, F6, P10a, P11a, P12), the Transparency
Reporting Toolkit of New America and the Berkman Center, and the Santa Clara Principles (S6 to S27). In our own words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml

from answerable.casefile.encoding import Record

State = Literal["supplied", "needs the organisation", "not applicable"]
BENCHMARKS: dict[str, str] = {
    "RDR": "Ranking Digital Rights 2022: F5a, F6, P10a, P11a, P12",
    "NA": "New America and Berkman Center, Transparency Reporting Toolkit",
    "SC": "Santa Clara Principles 2.0, S6 to S27",
}


class Element(Record):
    """One element: its name there, what it asks for, whether we supply it, and where, or why not.

    `figure` names the figure of the report that supplies it, `where` a page of the documents or of the desk.
    """

    benchmark: str
    name: str
    asks: str
    state: State
    figure: str = ""
    where: str = ""
    note: str = ""


@lru_cache(maxsize=1)
def elements() -> tuple[Element, ...]:
    """Return every element of the three benchmarks, in their order."""
    text = (files("answerable.report") / "scorecard.yaml").read_text(encoding="utf-8")
    told = yaml.safe_load(text)
    return tuple(Element(benchmark=name, **each) for name, listed in told.items() for each in listed)


def lines() -> Iterator[str]:
    """Yield the score card as text: sums first, then element by element."""
    for benchmark, title in BENCHMARKS.items():
        of = [each for each in elements() if each.benchmark == benchmark]
        sums = Counter(each.state for each in of)
        yield f"{title}: {len(of)} elements, " + ", ".join(f"{number} {state}" for state, number in sums.most_common())
    yield "What the software supplies is there to be published; that it is, is for the organisation to say."
    for each in elements():
        place = f"figure {each.figure}" if each.figure else each.where
        yield f"{each.benchmark:<4} {each.name:<7} {each.state:<23} {each.asks}; {', '.join(filter(None, (place, each.note)))}"


def page() -> Iterator[str]:
    """Yield docs/scorecard.md."""
    yield from (
        "# Score card",
        "",
        "Made by `answerable report scorecard` from `src/answerable/report/scorecard.yaml`. *Supplied* means that the software",
        "makes it and it can be published; nothing here says that an organisation does. What the benchmarks ask is told in our",
        "own words; those of the Santa Clara Principles are not checked against their text.",
    )
    for benchmark, title in BENCHMARKS.items():
        of = [each for each in elements() if each.benchmark == benchmark]
        sums = Counter(each.state for each in of)
        yield from ("", f"## {title}", "")
        yield f"{len(of)} elements: " + ", ".join(f"{number} {state}" for state, number in sums.most_common()) + "."
        yield from ("", "| element | asks for | | where, or why not |", "|---|---|---|---|")
        yield from (f"| {each.name} | {each.asks} | {each.state} | {_place(each)} |" for each in of)


def _place(element: Element) -> str:
    figure = f"figure [`{element.figure}`](formats/report.md)" if element.figure else ""
    where = f"[{element.where}]({element.where})" if element.where.endswith(".md") else element.where
    return "; ".join(filter(None, (figure, where, element.note)))
