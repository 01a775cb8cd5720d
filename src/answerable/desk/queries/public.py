"""What does everybody see? The reports of the half-years that are over, as charts and files, and the rules the desk follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from answerable.casefile.effect import Measure
from answerable.desk.models import PublishedPeriod
from answerable.desk.queries.published import kept, table_pieces
from answerable.desk.wiring import Desk
from answerable.desk.wording import CHECKS_OF_PAPERS, COUNTRIES, MEASURES, instrument_title
from answerable.law.register import Law, laws
from answerable.report.bands import Bands, is_banded
from answerable.report.counted import NOTHING, OPEN
from answerable.report.figures import Counted, Report
from answerable.report.views import VIEWS, Counting
from answerable.report.views.charts import Bar, Chart, Stacked, legend
from answerable.verify.report import read_report

NAMED: dict[str, str] = {
    "answer": "answered in full", "answer in part": "answered in part", "contest": "contested",
    "carry out": "carried out", "carry out in part": "carried out in part", "put back": "put back", "refuse": "refused",
    "nothing held": "nothing held", "closed unanswered": "closed unanswered", OPEN: "still open", "yes": "yes", "no": "no",
    NOTHING: "none",
}  # fmt: skip
# States beyond the Union whose demands the law packs know.
_FURTHER = {
    "AU": "Australia", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland", "CN": "China", "GB": "United Kingdom",
    "IN": "India", "JP": "Japan", "KR": "South Korea", "RU": "Russia", "TR": "Turkey", "US": "United States",
}  # fmt: skip
_SAID: dict[str, dict[str, str]] = {
    "refused": {"yes": "refused or contested", "no": "neither refused nor contested"},
    "emergency": {"yes": "an emergency", "no": "no emergency"},
    "court": {"yes": "with a judge", "no": "without a judge"},
    "country": COUNTRIES | _FURTHER,
}
_STACKED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("answered or carried out in full", ("answer", "carry out")),
    ("in part", ("answer in part", "carry out in part")),
    ("refused or contested", ("refuse", "contest")),
    ("other", ("nothing held", "put back", "closed unanswered", OPEN)),
)
# Figure, the heading over its bars, what stands below the heading, and the values that say nothing and are left out.
_CHARTS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("data_outcome", "Demands for data", "What we did with them", ()),
    ("removal_outcome", "Demands to remove", "What we did with them", ()),
    ("by_state", "Where they come from", "All demands, by State", ()),
    ("by_instrument", "Under which law", "All demands", ()),
    ("grounds", "Why we refused or withheld", "The weightiest condition that was not met", (NOTHING,)),
    ("speed", "How fast we answered", "From receipt to hand-over, deed or refusal", ()),
    ("emergencies", "Emergencies", "Demands with an emergency, and others", ()),
    ("emergency_speed", "How fast we answered emergencies", "From receipt to the answer", ()),
    ("forgeries", "Forgeries caught", "By the fact that showed them; found by two people", (NOTHING,)),
    ("notice", "Who was told", "The people whose data or content a demand was about", ()),
    ("gags", "Silence in force at the end", "Demands of which we may not speak to the person", ()),
    ("gag_age", "How old that silence is", "Since it began to bind us", (NOTHING,)),
    ("bulk_refused", "Demands in bulk", "About more people than we look up: refused, and not", ()),
    ("by_class_given", "What left", "The most private class of data that a demand was given", ()),
    ("measures", "What was removed or preserved", "What was done with most of its items", (NOTHING,)),
    ("by_court", "With and without a court", "Issued, approved or validated by a judge", ()),
)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One published half-year with its charts; `periods` are the names of all, newest first; None where none is over yet."""

    figures: Report | None
    periods: tuple[str, ...]
    charts: tuple[Chart, ...] = ()
    stacked: Stacked | None = None

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """The colours of the chart of all half-years."""
        return legend(self.stacked.parts) if self.stacked else ()

    @property
    def answered(self) -> int:
        """Demands on which data left or something was done."""
        return self._of("answer", "answer in part", "carry out", "carry out in part")

    @property
    def refused(self) -> int:
        """Demands contested or refused."""
        return self._of("refuse", "contest")

    @property
    def forged(self) -> int:
        """Demands that two people found forged."""
        counted = self.figures.figure("forgeries") if self.figures else None
        return sum(cell.rows for cell in counted.cells if cell.key != (NOTHING,)) if counted else 0

    @property
    def told(self) -> int:
        """Demands about which the person was told by us."""
        return self.figures.figure("notice").of("told") if self.figures else 0

    @property
    def bands(self) -> Bands | None:
        """What is told in bands only."""
        return self.figures.bands if self.figures else None

    def _of(self, *outcomes: str) -> int:
        return sum(self.figures.figure("by_outcome").of(each) for each in outcomes) if self.figures else 0


def report_page(desk: Desk, period: str = "") -> ReportPage | None:
    """Return the page of a published half-year, by default the newest; None where that one is not published.

    Only half-years that are over: whoever compares two days of this page sees nothing of what came between them.
    """
    reports = {row.period: read_report(bytes(row.report)) for row in _light().order_by("period")}
    names = tuple(reversed(reports))
    if not reports and not period:
        return ReportPage(None, ())
    shown = reports.get(period or names[0])
    if shown is None:
        return None
    return ReportPage(shown, names, tuple(_charts(desk, shown)), _stacked(reports.values()))


def published_periods() -> tuple[str, ...]:
    """Return the names of the published half-years, newest first."""
    return tuple(PublishedPeriod.objects.order_by("-period").values_list("period", flat=True))


def report_file(desk: Desk, period: str, name: str) -> Iterator[bytes] | None:
    """Return one public file of a published half-year, piece by piece, or None."""
    row = _light().filter(pk=period).first()
    if row is None:
        return None
    plain = {"report.json": row.report, "query.json": row.query}
    if name in plain:
        return iter([bytes(plain[name])])
    if name == "table.jsonl":
        return table_pieces(desk, row)
    view = next((view for view in VIEWS if view.is_public and view.file == name), None)
    return iter(view.make(Counting(read_report(bytes(row.report)), ()))) if view else None


def report_files(desk: Desk, row: PublishedPeriod) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield every file of a published half-year, those that laws ask for too, in pieces; the latter for the desk alone."""
    yield "report.json", [bytes(row.report)]
    yield "query.json", [bytes(row.query)]
    yield "table.jsonl", table_pieces(desk, row)
    held, report = kept(desk, row), read_report(bytes(row.report))
    for view in VIEWS:
        told = (demand for demand in held.demands() if not is_banded(demand))
        yield view.path, view.make(Counting(report, told))


def rules(desk: Desk) -> tuple[Law, ...]:
    """Return each law with its pack and its rules, in order: those of the desk's own last."""
    return (*laws(), *desk.own_laws)


def _light() -> QuerySet[PublishedPeriod]:
    """Return published half-years without what is large."""
    return PublishedPeriod.objects.defer("counted")


def _charts(desk: Desk, report: Report) -> Iterator[Chart]:
    titles = CHECKS_OF_PAPERS | {rule.id: rule.title for each in rules(desk) for rule in each.rules}
    for name, title, subtitle, silent in _CHARTS:
        bars = tuple(_bars(report.figure(name), silent, titles))
        if bars:
            yield Chart(name, title, subtitle, bars)


def _bars(figure: Counted, silent: tuple[str, ...], titles: dict[str, str]) -> Iterator[Bar]:
    for cell in figure.cells:
        if cell.key[0] not in silent:
            yield Bar(_label(figure.by[0], cell.key[0], titles), cell.rows)
    if figure.not_shown:
        yield Bar("not shown, for their numbers are small", figure.not_shown, closed=True)


def _label(field: str, value: str, titles: dict[str, str]) -> str:
    if field == "instrument":
        return instrument_title(value) or value
    if field in ("ground", "forged_by"):
        return f"{value}: {titles[value]}" if value in titles else value
    if field == "measure" and value != NOTHING:
        return MEASURES[Measure(value)][0]
    return _SAID.get(field, NAMED).get(value, value)


def _stacked(reports: Iterable[Report]) -> Stacked:
    names = (*(name for name, _ in _STACKED), "not shown, for their numbers are small")
    rows = []
    for report in reports:
        figure = report.figure("by_outcome")
        parts = [sum(figure.of(each) for each in outcomes) for _, outcomes in _STACKED]
        rows.append((report.period, (*parts, figure.not_shown)))
    return Stacked("all", "Demands by half-year", "What came of them", names, tuple(rows))
