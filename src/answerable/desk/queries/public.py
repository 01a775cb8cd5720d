"""What does everybody see? Figures as charts, and the rules the desk follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from answerable.casefile.decision import DecisionKind
from answerable.casefile.effect import Measure
from answerable.desk.queries.figures import report
from answerable.desk.wiring import Desk
from answerable.desk.wording import COUNTRIES, MEASURES
from answerable.law.register import Law, laws
from answerable.report.counting import OPEN, Report

_BAR, _ROW = 500, 56
_ACTS = {kind.value for kind in DecisionKind if kind.acts}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its count, the baselines of label and bar, and its width, of `_BAR` units."""

    label: str
    count: int
    label_at: int
    top: int
    width: int
    value_at: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a heading, with what they show in words."""

    key: str
    title: str
    subtitle: str
    bars: tuple[Bar, ...]
    height: int
    noun: str

    @property
    def description(self) -> str:
        """The numbers in words, for those who hear the page."""
        return ", ".join(f"{bar.label} {bar.count}" for bar in self.bars) + "."


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The report and its charts."""

    figures: Report
    charts: tuple[Chart, ...]

    @property
    def answered(self) -> int:
        """Demands answered in full or in part."""
        return sum(self.figures.by_outcome.get(kind, 0) for kind in ("answer", "answer in part"))

    @property
    def not_answered(self) -> int:
        """Demands contested or refused, or for which nothing was held."""
        return self.figures.received - self.answered - self.carried_out - self.figures.open

    @property
    def carried_out(self) -> int:
        """Demands on which something was removed, preserved or put back."""
        return sum(n for kind, n in self.figures.by_outcome.items() if kind in _ACTS)


def report_page(desk: Desk) -> ReportPage:
    """Return the figures of the current half-year with their charts."""
    figures = report(desk)
    named = {"answer": "answered in full", "answer in part": "answered in part", "contest": "contested",
             "carry out": "carried out", "carry out in part": "carried out in part", "put back": "put back",
             "refuse": "refused", "nothing held": "nothing held", OPEN: "still open"}  # fmt: skip
    titles = {rule.id: rule.title for each in rules(desk) for rule in each.rules}
    charts = (
        _chart("outcome", "What we did", "Demands by outcome", ((named[k], n) for k, n in figures.by_outcome.items())),
        _chart("state", "Where they come from", "Demands by issuing State",
               ((COUNTRIES.get(k, k), n) for k, n in figures.by_state.items())),
        _chart("asked", "What they asked for", "Demands by class of data", figures.by_class_asked.items()),
        _chart("answered", "What left", "Demands answered by class of data", figures.by_class_answered.items()),
        _chart("measures", "What was removed or preserved", "Items by what was done with them",
               ((MEASURES[Measure(k)][0], n) for k, n in figures.items_by_measure.items()), noun="Items"),
        _chart("grounds", "Why we withheld", "Demands by the condition that was not met",
               ((f"{k}: {titles.get(k, '')}", n) for k, n in figures.grounds.items())),
    )  # fmt: skip
    return ReportPage(figures, tuple(chart for chart in charts if chart.bars))


def rules(desk: Desk) -> tuple[Law, ...]:
    """Return each law with its pack and its rules, in order: those of the desk's own last."""
    return (*laws(), *desk.own_laws)


def _chart(key: str, title: str, subtitle: str, counts: Iterable[tuple[str, int]], *, noun: str = "Demands") -> Chart:
    shown = [(label, count) for label, count in counts if count]
    most = max((count for _, count in shown), default=1)
    bars = tuple(_bar(number, label, count, most) for number, (label, count) in enumerate(shown))
    return Chart(key, title, subtitle, bars, len(shown) * _ROW, noun)


def _bar(number: int, label: str, count: int, most: int) -> Bar:
    """Return a bar under its label: the label's line, then the bar's."""
    label_at = number * _ROW + 16
    width = max(2, round(_BAR * count / most))
    return Bar(label, count, label_at, label_at + 8, width, width + 9)
