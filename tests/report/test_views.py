"""Does each view say what the rows say, and the documents what the code does?"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path
from statistics import median

import pytest
import yaml
from tests.report.worlds import demand, demands, publish

from answerable.law.pack import load_yaml
from answerable.law.register import instruments
from answerable.report.bands import bands, room
from answerable.report.counted import accounts_band, coarse, hours_band, months_band
from answerable.report.query import current
from answerable.report.schema import json_schema
from answerable.report.scorecard import BENCHMARKS, elements, page
from answerable.report.views import VIEWS, Counting
from answerable.report.views.charts import Bar, Chart, Stacked
from answerable.report.views.columns import columns
from answerable.report.views.view import as_json, as_json_list
from answerable.verify.report import read_report

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ROWS = demands(300, seed=4)
REPORT = read_report(publish(ROWS).report)
COUNTING = Counting(REPORT, ROWS)


def made(file: str, counting: Counting = COUNTING) -> bytes:
    return b"".join(next(view for view in VIEWS if view.file == file).make(counting))


def table(file: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made(file).decode(), newline="")))


def test_every_figure_stands_in_the_csv_number_by_number():
    told = Counter()
    for row in table("figures.csv")[1:]:
        told[row[1]] += int(row[-1])
    assert told == {figure.name: figure.total + figure.not_shown for figure in REPORT.figures}


@pytest.mark.parametrize("view", [view for view in VIEWS if view.is_public], ids=lambda view: view.file)
def test_what_is_public_is_made_from_the_report_alone(view):
    assert made(view.file) == made(view.file, Counting(REPORT, ()))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.file)
def test_no_view_goes_through_the_rows_a_second_time(view):
    assert made(view.file, Counting(REPORT, iter(ROWS))) == made(view.file)


def test_orders_of_member_states_are_counted_exactly_in_the_template():
    lines = [dict(zip("ABCDEFGHIJKLMN", row, strict=False)) for row in table("dsa-article-15-orders.csv")[1:]]
    union = [row for row in ROWS if row.country != "US"]
    total = next(line for line in lines if (line["D"], line["F"]) == ("TOTAL", "TOTAL"))
    acting = [row for row in union if row.lane == "removal"]
    assert (total["G"], total["H"]) == (str(len(acting)), str(sum(row.items for row in acting)))
    assert total["K"] == str(sum(row.lane == "data" for row in union))
    hours = [row.hours_to_answer for row in union if row.lane == "data" and row.answered]
    assert float(total["M"]) == median(hours)
    assert total["C"] == "2026-01-01/2026-06-30"
    states = [line for line in lines if line["D"] == "TOTAL" and line["F"] != "TOTAL"]
    assert {line["F"] for line in states} == {row.country for row in union}
    assert sum(int(line["K"]) for line in states) == int(total["K"])
    assert all(line["N"] for line in lines if line["D"] == "STATEMENT_CATEGORY_NOT_SPECIFIED_ORDER")


def test_the_template_has_the_columns_of_the_law_and_writes_greece_as_eurostat_does():
    greek = Counting(REPORT, [ROWS[0].model_copy(update={"country": "GR", "lane": "data"})])
    rows = list(csv.reader(io.StringIO(made("dsa-article-15-orders.csv", greek).decode())))
    assert len(rows[0]) == 20
    assert {row[5] for row in rows[1:]} == {"TOTAL", "EL"}


def test_european_orders_are_split_as_article_28_has_it():
    told = json.loads(made("e-evidence-article-28.json"))["production orders"]
    orders = [row for row in ROWS if row.instrument == "eu.epoc"]
    parts = ("fulfilled", "not fulfilled", "not answered yet")
    assert told["received"]["all"] == len(orders) == sum(told[part]["all"] for part in parts)
    assert told["received"]["by issuing State"] == Counter(row.country for row in orders)
    assert told["received"]["by class of data"]["content"] == sum("content" in row.asked for row in orders)
    assert told["received"]["emergencies"] == sum(row.emergency for row in orders)


def test_removals_of_terrorist_content_are_told_point_by_point_and_what_is_not_known_is_said():
    told = json.loads(made("tco-article-7.json"))
    orders = [row for row in ROWS if row.instrument == "eu.tco.removal"]
    point = {each["point"]: each for each in told["points"]}
    assert list(point) == list("abcdefg")
    assert point["c"]["figures"]["items"] == sum(row.measures.get("removed", 0) for row in orders)
    assert point["c"]["figures"]["orders not carried out"] == sum(row.refused for row in orders)
    assert (point["a"]["figures"], point["a"]["known by"]) == (None, "the organisation, outside the desk")


def test_a_notice_for_the_archive_tells_no_more_than_the_figure():
    told = json.loads(made("lumen.json"))
    figure = REPORT.figure("removals_by_state")
    assert len(told["notices"]) == figure.total
    assert told["not_shown"] == figure.not_shown
    assert "http" not in json.dumps(told["notices"])


@pytest.mark.parametrize(
    "values", [[], [("one", 0)], [({"a": []}, 1)], [({"a": ["é"]}, 2), ("[]", 1), (0, 3)]], ids=repr
)
def test_a_list_that_is_told_piece_by_piece_is_written_as_if_it_were_whole(values):
    whole = {"before": "[]", "listed": [value for value, times in values for _ in range(times)]}
    assert b"".join(as_json_list({"before": "[]"}, "listed", values)) == b"".join(as_json(whole))


def test_every_column_of_another_service_has_a_figure_or_a_reason_and_its_keys_can_be():
    named = {figure.name: figure for figure in current().figures}
    words = {value for row in ROWS for value in coarse(row).values()} | set(instruments()) | {
        "preservation", "put back", "carry out in part", "content", "silence binds us", "coe.mla"
    }  # fmt: skip
    for column in columns():
        assert ("figure" in column) != ("why_not" in column), column
        if "figure" in column:
            assert column["figure"] in named
            assert set(column.get("keys") or ()) <= words, column
    assert {column["service"] for column in columns()} == {"Google", "Meta", "Apple", "Microsoft", "GitHub", "Signal"}
    assert len(table("columns.csv")) == len(columns()) + 1


def test_no_cell_of_a_table_is_run_by_a_spreadsheet():
    odd = REPORT.model_copy(update={"provider": "=1+1", "period": "2026-H1"})
    rows = made("dsa-article-15-orders.csv", Counting(odd, ROWS)).decode()
    assert "\n=1" not in rows
    assert ",=1" not in rows
    assert ",'=1+1," in rows


@pytest.mark.parametrize(("way", "wide"), [(1, 1000), (2, 500), (3, 250)])
def test_bands_begin_at_nought_and_end_before_the_next(way, wide):
    import random

    pick = random.Random(1)
    end, soon, late = REPORT.end, REPORT.end, REPORT.end.replace(year=2027)
    for number, low in ((0, 0), (1, 0), (wide - 1, 0), (wide, wide)):
        letters = [demand(at, pick, instrument="us.nsl", accounts=1) for at in range(number)]
        told = bands(letters, way=way, end=end, on=late)
        name = "all national security process" if way == 3 else "national security letters"
        assert told.bands[name] == (low, low + wide - 1)
        assert room(letters, way=way) >= number
    early = bands([], way=way, end=end, on=soon)
    assert (early.later is None) is (way == 3)
    assert any("FISA" in name for name in early.bands) is False


@pytest.mark.parametrize(
    ("of", "numbers", "bands_"),
    [
        (accounts_band, [0, 1, 2, 4, 5, 9, 10, 999, 1000], ["none", "1", "2 to 4", "2 to 4", "5 to 9", "5 to 9", "10 to 49", "200 to 999", "1,000 or more"]),
        (hours_band, [None, 0, 1, 7, 8, 23, 239, 240, 1439, 1440], ["open", "within 1 hour", "within 8 hours", "within 8 hours", "within a day", "within a day", "within 10 days", "within 60 days", "within 60 days", "later"]),
        (months_band, [0, 1, 5, 6, 12, 24], ["less than a month", "1 to 5 months", "1 to 5 months", "6 to 11 months", "a year", "two years or more"]),
    ],
)  # fmt: skip
def test_numbers_lie_in_their_bands(of, numbers, bands_):
    assert [of(number) for number in numbers] == bands_


def test_a_chart_shows_the_numbers_of_its_table_and_runs_nothing():
    chart = Chart("k", "A & B", "Demands", (Bar("<script>", 1_200), Bar("no", 7), Bar("closed", 5, closed=True)))
    assert re.findall(r'<text class="val"[^>]*>([^<]+)</text>', chart.svg) == ["1,200", "7", "5"]
    assert "<script" not in chart.svg
    assert "style=" not in chart.svg
    assert "&lt;script&gt; 1,200, no 7, closed 5." in chart.svg
    assert '<rect class="s5"' in chart.svg


def test_standing_and_lying_bars_tell_the_same():
    stacked = Stacked("all", "T", "S", ("in full", "in part"), (("2025-H2", (30, 10)), ("2026-H1", (0, 0))))
    for svg in (stacked.wide, stacked.narrow):
        assert re.findall(r'<text class="val sum"[^>]*>([^<]+)</text>', svg) == ["40", "0"]
        assert "2025-H2: in full 30, in part 10." in svg


def test_the_score_card_has_every_element_once_and_each_place_is_there():
    numbers = Counter(each.benchmark for each in elements())
    assert numbers == {"RDR": 37, "NA": 24, "SC": 22}
    assert set(BENCHMARKS) == set(numbers)
    assert len({(each.benchmark, each.name) for each in elements()}) == 83
    figures = {figure.name for figure in current().figures}
    for each in elements():
        assert not each.figure or each.figure in figures
        assert each.state != "supplied" or each.figure or each.where
        assert not each.where.endswith(".md") or (DOCS / each.where).is_file()
        assert each.state == "supplied" or each.note


def test_the_page_of_the_score_card_is_the_one_that_is_made():
    assert (DOCS / "scorecard.md").read_text(encoding="utf-8") == "\n".join(page()) + "\n"


def test_the_schema_of_the_report_is_the_one_the_code_makes_and_every_field_is_documented():
    written = json.loads((DOCS / "formats" / "report.schema.json").read_text(encoding="utf-8"))
    assert written == json_schema()
    text = (DOCS / "formats" / "report.md").read_text(encoding="utf-8")
    fields = {name for sheet in current().sheets for name in sheet.fields} | set(json_schema()["properties"])
    assert [name for name in sorted(fields) if f"`{name}`" not in text] == []
    assert [view.path for view in VIEWS if view.path not in text] == []


def test_the_example_of_a_report_is_one():
    [example] = re.findall(r"^```json\n(.*?)^```$", (DOCS / "formats" / "report.md").read_text(), re.M | re.S)
    assert read_report(example.encode()).received == 31


def test_lists_in_yaml_hold_what_they_say():
    for name in ("scorecard.yaml", "views/columns.yaml"):
        text = (ROOT / "src" / "answerable" / "report" / name).read_text(encoding="utf-8")
        assert load_yaml(text) == yaml.safe_load(text)
