"""Does whoever changes a published report get caught, and does the message say where?"""

from __future__ import annotations

import base64
import json
import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.worlds import PERIOD, SECRET, Published, demand, demands, epoch_of, publish, slot_tree

from answerable.casefile.encoding import canonical
from answerable.casefile.events import LOG_FIELDS
from answerable.public_log import leaves, merkle, receipt, slots
from answerable.report.gathered import values_on
from answerable.report.query import current
from answerable.report.rows import Place, places, salt_of, to_base64
from answerable.verify.counted import LinkedRow, verify_links
from answerable.verify.report import Recounted, recount


@cache
def published() -> Published:
    return publish(demands(400))


def said(recounted: Recounted) -> str:
    return " | ".join(f"{check.name}: {check.detail}" for check in recounted.checks if not check.passed)


def check(of: Published, **changed) -> Recounted:
    known = {"table": of.table, "query": of.query, "report": of.report, "log": of.log()}
    return recount(**(known | changed))


def test_a_report_as_it_was_published_holds_and_gives_the_same_bytes():
    found = check(published())
    assert said(found) == ""
    assert found.text == published().report
    assert found.table_root == published().leaf.table_root


@pytest.mark.parametrize("figure", range(len(current().figures)))
def test_a_figure_that_is_changed_by_one_is_named_with_both_numbers(figure):
    changed = json.loads(published().report)
    counted = changed["figures"][figure]
    if not counted["cells"]:
        counted["not_shown"] += 1
        named = f"{counted['name']}, not shown"
    else:
        counted["cells"][0]["rows"] += 1
        named = (
            f"{counted['name']}, {', '.join(counted['cells'][0]['key'])}: the report says {counted['cells'][0]['rows']}"
        )
    told = said(check(published(), report=canonical(changed) + b"\n"))
    assert named in told
    assert "The report is the one in the log: report.json was changed" in told


def test_a_row_that_is_dropped_is_missed():
    table = [line for at, line in enumerate(published().table) if at != 17]
    assert "a row of sheet months was left out" in said(check(published(), table=table)) or "this is no row" in said(
        check(published(), table=table)
    )


def test_a_row_that_is_dropped_with_its_figures_made_to_fit_is_missed_by_the_log():
    fewer = publish(published().demands[:-1])
    told = said(check(fewer, log=published().log()))
    assert "The table is the one in the log: a row was changed, dropped or added" in told
    assert "The report is the one in the log" in told


def test_a_row_that_is_added_is_one_too_many():
    table = [*published().table, published().table[-1]]
    assert f"Line {len(table)} is one more than" in said(check(published(), table=table))


def test_a_decoy_that_becomes_a_demand_is_seen_on_its_sheet():
    table = list(published().table)
    at = next(number for number, line in enumerate(table[2:], 2) if line.startswith('["'))
    table[at] = next(line for line in table[2:] if line.startswith("[0,"))
    told = said(check(published(), table=table))
    assert "Every sheet tells of as many demands" in told
    assert "The table is the one in the log" in told
    assert "by_lane" in told


def test_a_period_that_is_published_twice_is_named_with_both_leaves():
    again = publish(demands(401))
    told = said(check(published(), log=published().log(again.leaf)))
    assert "The log does not hold. A period is in the log twice" in told
    assert "2026-H1 is published twice: leaf 2, leaf 3." in told


def test_a_report_that_the_log_does_not_tell_of_is_none():
    other = published().leaf.model_copy(update={"period": "2025-H2"})
    log = Published(**{**vars(published()), "leaf": other}).log()
    assert "The log tells of 2026-H1 once: it does not" in said(check(published(), log=log))


def test_rules_that_were_changed_are_seen():
    query = published().query.replace(b'"title": "Who asks"', b'"title": "Who asked"')
    told = said(check(published(), query=query))
    assert "The counting rules are those in the log: query.json was changed" in told


def test_a_group_that_is_smaller_than_the_rules_say_is_named():
    small = json.loads(published().query)
    small["smallest_group"] = 9
    assert "No group of rows is smaller than the rules say: sheet" in said(
        check(published(), query=json.dumps(small).encode())
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_bit_that_is_flipped_in_any_file_is_found(data):
    name = data.draw(st.sampled_from(["table", "query", "report"]))
    whole = ("\n".join(published().table) + "\n").encode() if name == "table" else getattr(published(), name)
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    flipped = whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
    if name != "table":
        assert not check(published(), **{name: flipped}).passed
        return
    text = flipped.decode(errors="replace")
    table = text.split("\n")
    assert table.pop() == "" or not text.endswith("\n")
    assert not check(published(), table=table).passed


def links_of(report: Published) -> list[str]:
    found = []
    size = json.loads(report.table[0])["size"]
    for number, sheet in enumerate(current().sheets):
        groups = report.sheets[number].groups
        for at, where in enumerate(places(SECRET, number, len(report.demands), size=size)):
            line = json.loads(report.sheets[number].lines[where])
            demand = report.demands[at]
            place, values = Place(SECRET, number, where), (demand.link, *values_on(sheet, demand))
            others = place.leaves(values, groups[line[0]] if len(line) > 1 else None)[1:]
            row = LinkedRow(
                sheet=number,
                at=where,
                link=values[0],
                salt=to_base64(salt_of(place.closed_seed, 0)),
                leaves=tuple(map(to_base64, others)),
            )
            found.append(canonical(row).decode())
    return found


@cache
def with_events() -> tuple[Published, list[bytes]]:
    """A report over twenty demands whose first events lie in the log, and the receipts of those events."""
    pick, seeds = random.Random(3), [bytes([number]) * 32 for number in range(20)]
    fields = [tuple(f"event {number}" if name == "event" else "" for name in LOG_FIELDS) for number in range(20)]
    roots = [slots.event_root(each, seed) for each, seed in zip(fields, seeds, strict=True)]
    report = publish([demand(number, pick, link=root.hex()) for number, root in enumerate(roots)])
    tree = slot_tree(dict(enumerate(roots)))
    entries = [leaves.render(each) for each in (*_first(), epoch_of(dict(enumerate(roots))), report.leaf)]
    receipts = [
        receipt.make(
            merkle.leaf_hashes(entries),
            1,
            receipt.Opening.of(
                each, seed, shown=[3], tree=tree, at=(1, at), decoy_commitment=slots.decoy_commitment(SECRET)
            ),
            checkpoint=_checkpoint(report, roots),
        )
        for at, (each, seed) in enumerate(zip(fields, seeds, strict=True))
    ]
    return report, receipts


def _first():
    from tests.report.worlds import FIRST

    return FIRST


def _checkpoint(report: Published, roots: list[bytes]) -> bytes:
    from tests.report.worlds import log_files

    return log_files([*_first(), epoch_of(dict(enumerate(roots))), report.leaf])["checkpoint"]


def test_opened_links_show_that_rows_are_events_one_to_one():
    report, receipts = with_events()
    found = recount(report.table, report.query, report.report, keep_rows=True)
    assert [each.detail for each in verify_links(found, links_of(report), receipts) if not each.passed] == []


def test_an_event_that_was_left_out_of_the_table_is_named_by_its_receipt():
    report, receipts = with_events()
    fewer = publish(report.demands[:7] + report.demands[8:])
    found = recount(fewer.table, fewer.query, fewer.report, keep_rows=True)
    [wrong] = [each for each in verify_links(found, links_of(fewer), receipts) if not each.passed]
    assert wrong.detail == "the event in leaf 1, slot 7 is in no row of the table"


def test_an_event_that_is_counted_twice_or_on_one_sheet_alone_is_named():
    report, receipts = with_events()
    doubled = publish([*report.demands, report.demands[0]])
    found = recount(doubled.table, doubled.query, doubled.report, keep_rows=True)
    told = [each.detail for each in verify_links(found, links_of(doubled), receipts) if not each.passed]
    assert "count one event twice" in told[0]
    found = recount(report.table, report.query, report.report, keep_rows=True)
    told = [each.detail for each in verify_links(found, links_of(report)[1:], receipts) if not each.passed]
    assert told == ["sheet 0 lacks 1", "the event in leaf 1, slot 0 is in no row of the table"]


def test_a_link_that_is_not_of_the_table_is_refused():
    report, receipts = with_events()
    lines = links_of(report)
    row = json.loads(lines[0])
    row["salt"] = base64.b64encode(bytes(32)).decode()
    found = recount(report.table, report.query, report.report, keep_rows=True)
    told = verify_links(found, [json.dumps(row), *lines[1:]], receipts)
    assert "is another one" in told[0].detail


def test_fewer_demands_than_the_smallest_group_look_like_none():
    few, none = publish(demands(4)), publish([])
    assert json.loads(few.report) == json.loads(none.report)
    assert [len(line) for line in few.table] == [len(line) for line in none.table]
    assert said(check(few)) == said(check(none)) == ""
    assert json.loads(few.report)["received"] is None


def test_what_is_told_in_bands_only_looks_like_decoys_and_is_in_no_figure():
    plain = demands(40)
    pick = random.Random(9)
    sealed = [demand(1000 + number, pick, instrument="us.nsl", country="US", accounts=2) for number in range(30)]
    one, two = publish(plain), publish(plain + sealed)
    assert one.report == two.report
    assert [line[:3] for line in one.table].count('["') == 0
    assert sum(line.startswith('["') for line in one.table) == sum(line.startswith('["') for line in two.table)
    assert json.loads(two.report)["bands"]["bands"]["all national security process"] == [0, 249]


def test_the_root_over_the_table_is_the_root_over_all_its_rows():
    rows = [merkle.leaf_hash(each) for sheet in published().sheets for each in sheet.commitments]
    assert merkle.root(rows) == published().leaf.table_root
    assert published().leaf.rows == len(rows)
    assert PERIOD.name == published().leaf.period
