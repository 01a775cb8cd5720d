"""Do the report and the check work for people, in a real browser: charts that agree with their tables, a script on one page?"""

from __future__ import annotations

import gzip
import json
import re

import pytest
from tests.report.worlds import Published, demands, publish

from answerable.casefile.encoding import canonical, sha512_hex

pytestmark = pytest.mark.browser


def _as_of(period: str, start: str, end: str, made: Published) -> tuple[Published, bytes]:
    """Return a made-up report under another half-year's name, with its table as it is published."""
    header, report = json.loads(made.table[0]), json.loads(made.report)
    for told in (header, report):
        told |= {"period": period, "start": start, "end": end}
    table = "\n".join([canonical(header).decode(), *made.table[1:]]) + "\n"
    text = canonical(report) + b"\n"
    leaf = made.leaf.model_copy(update={"period": period, "report_sha512": sha512_hex(text)})
    return Published(made.demands, table.split("\n")[:-1], made.query, text, made.sheets, leaf), table.encode()


def _keep(machine) -> None:
    from answerable.desk import moves
    from answerable.desk.models import PublishedPeriod
    from answerable.desk.moves.recording import append_period
    from answerable.desk.queries.published import table_place

    worlds = (("2025-H1", "2025-01-01", "2025-07-01", 331, 3), ("2025-H2", "2025-07-01", "2026-01-01", 402, 4))
    for period, start, end, count, seed in worlds:
        if PublishedPeriod.objects.filter(pk=period).exists():
            continue
        made, table = _as_of(period, start, end, publish(demands(count, seed=seed)))
        row = PublishedPeriod.objects.create(
            period=period, closed_at=machine.now(), counted=b"", report=made.report, query=made.query,
            rows=made.leaf.rows, table_root=made.leaf.table_root,
        )  # fmt: skip
        table_place(machine, row).write_bytes(gzip.compress(table))
        append_period(machine, made.leaf)
    moves.publish(machine)


@pytest.fixture(scope="module")
def reports(machine, aside):
    """Two half-years of made-up demands, as if they had been published."""
    aside(_keep, machine)


_PAGES = {"report-full": "/reports/2025-H2/", "report-first": "/reports/2025-H1/", "check": "/check/"}


@pytest.mark.parametrize(
    ("size", "scheme"), [("wide", "light"), ("wide", "dark"), ("narrow", "light"), ("narrow", "dark")]
)
def test_the_pages_are_accessible_and_fit(reports, open_as, photograph, size, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page, wrong = open_as(None, size=size, scheme=scheme, scripts=True), []
    for name, where in _PAGES.items():
        page.goto(where)
        photograph(page, f"{name}-{size}-{scheme}")
        for summary in page.locator("figure summary").all():
            summary.click()
        found = axe.run(page)
        wrong += [f"{name}: {each['id']}: {each['nodes'][0]['html'][:120]}" for each in found.response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{name}: scrolls sideways")
    assert wrong == []


def test_every_chart_and_the_table_beside_it_agree(reports, open_as):
    page = open_as(None)
    page.goto("/reports/2025-H2/")
    figures = page.locator("figure:not(.wide)").all()
    assert len(figures) >= 12
    for figure in figures:
        drawn = figure.locator("svg .val").all_text_contents()
        told = figure.locator("td").all_text_contents()
        labels = figure.locator("svg text:not(.val)").all_text_contents()
        assert drawn == told
        whole = figure.locator("tbody th").all_text_contents()
        assert len(labels) == len(whole)
        assert all(
            name == label or name.startswith(label.rstrip("…")) for name, label in zip(whole, labels, strict=True)
        )
    wide = page.locator("figure.wide")
    sums = [
        f"{sum(int(cell.replace(',', '')) for cell in row.locator('td').all_text_contents()):,}"
        for row in wide.locator("tbody tr").all()
    ]
    assert wide.locator(".only-wide svg .sum").all_text_contents() == sums
    assert wide.locator(".only-narrow svg .sum").all_text_contents() == sums


def test_the_report_needs_no_script_and_prints(reports, open_as, photograph):
    page = open_as(None)
    page.goto("/reports/2025-H2/")
    page.emulate_media(media="print")
    photograph(page, "report-print")
    assert page.locator("svg.chart").first.is_visible()
    assert page.locator("script").count() == 0


def test_the_browser_counts_a_report_again_and_asks_no_other_machine(reports, chromium, address):
    context = chromium.new_context(base_url=address)
    page, asked, complaints = context.new_page(), set(), []
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/check/")
    page.get_by_label("Or count a report again").select_option("2025-H1")
    page.get_by_role("button", name="Check").click()
    page.get_by_text(re.compile("Everything that was checked holds|This does not hold")).wait_for(timeout=60_000)
    said = page.get_by_role("status").inner_text()
    if "cannot check Ed25519" in said:
        pytest.skip("this browser is too old to check Ed25519")
    assert said == "Everything that was checked holds.", said
    assert "331" in page.locator("#found").inner_text()
    assert asked == {address.split("/")[2]}
    assert complaints == []
    context.close()


def test_without_a_script_the_check_says_how_else(reports, open_as):
    page = open_as(None)
    page.goto("/check/")
    assert page.get_by_text("answerable verify counted.json").is_visible()
    assert not page.get_by_role("button", name="Check").is_visible()
