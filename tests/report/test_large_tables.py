"""Is a table that every core writes and reads the same as one that is written and read from one end to the other?"""

from __future__ import annotations

import hmac
import os
import pickle
import signal
import threading
from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.worlds import PERIOD, SECRET, demands, publish

from answerable.adapters import at_once, counting, tabling
from answerable.errors import LogHalted, MoveRefused, VerificationFailed
from answerable.public_log import merkle
from answerable.report import rows
from answerable.report.gathered import gather
from answerable.report.groups import Shown
from answerable.report.query import current, query_text
from answerable.report.reporting import Closing, header_for
from answerable.report.table import order_of
from answerable.verify.report import recount

HERE = "ANSWERABLE_TEST_PROCESS"


def power(exponent: int, number: int) -> int:
    return number**exponent


def square(number: int) -> int:
    if number < 0 and os.environ[HERE] != str(os.getpid()):
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 13:
        raise ValueError("thirteen")
    return number * number


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setenv(HERE, str(os.getpid()))


@pytest.mark.parametrize("alone", [True, False])
def test_answers_come_in_the_order_of_the_parts_and_a_fault_in_its_turn(two_cores, monkeypatch, alone):
    monkeypatch.setattr(at_once, "_is_alone", lambda: alone)
    assert list(at_once.at_once(square, range(12), worth=True)) == [number * number for number in range(12)]
    found = at_once.at_once(square, [*range(12, 15)], worth=True)
    assert next(found) == 144
    with pytest.raises(ValueError, match="thirteen"):
        next(found)


def test_what_a_process_that_died_did_not_answer_is_done_here(two_cores):
    assert list(at_once.at_once(square, [1, 2, -3, 4], worth=True)) == [1, 4, 9, 16]


def test_where_no_process_can_be_started_all_is_done_here(two_cores, monkeypatch):
    def refused(*_):
        raise OSError(11, "no more processes")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.submit", refused)
    assert list(at_once.at_once(square, range(9), worth=True)) == [number * number for number in range(9)]


def test_what_is_bound_to_the_work_is_handed_over_once_and_not_with_each_part(two_cores, monkeypatch):
    handed = []
    submit = at_once.ProcessPoolExecutor.submit
    monkeypatch.setattr(at_once.ProcessPoolExecutor, "submit", lambda *all_: handed.append(all_[1:]) or submit(*all_))
    assert list(at_once.at_once(partial(power, 3), range(5), worth=True)) == [0, 1, 8, 27, 64]
    assert handed
    assert handed == [(at_once._do, number) for number in range(len(handed))]


@pytest.mark.parametrize("cores", [1, 2, None])
def test_where_the_system_does_not_say_what_may_be_used_all_there_is_may_be(monkeypatch, cores):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert list(at_once.at_once(abs, range(-2, 2), worth=True)) == [2, 1, 0, 1]


def test_a_thread_that_has_ended_does_not_count_while_it_is_still_listed(monkeypatch):
    listed = iter([["1", "2"], ["1", "2"], ["1"]])
    monkeypatch.setattr(at_once.Path, "iterdir", lambda _: iter(next(listed)))
    assert at_once._is_alone()


def test_a_process_with_another_thread_is_not_copied():
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    found = at_once._is_alone()
    stop.set()
    other.join()
    assert not found


@pytest.mark.parametrize("kind", [LogHalted, VerificationFailed, MoveRefused])
def test_an_error_is_the_same_in_another_process(kind):
    fault = kind("a.code", what="What.", why="Why.", next_step="Next.")
    other = pickle.loads(pickle.dumps(fault))
    assert (type(other), str(other), vars(other)) == (kind, str(fault), vars(fault))


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory):
    report = publish(demands(400))
    folder = tmp_path_factory.mktemp("table")
    (folder / "table.jsonl").write_text("\n".join(report.table) + "\n")
    (folder / "query.json").write_bytes(report.query)
    (folder / "report.json").write_bytes(report.report)
    return report, folder


@pytest.mark.parametrize("worth", [1, 1 << 30])
def test_a_table_is_written_alike_by_one_process_and_by_many(laid_out, tmp_path, monkeypatch, two_cores, worth):
    report, _ = laid_out
    monkeypatch.setattr(tabling, "_WORTH", worth)
    gathered = gather(current(), report.demands)
    header = header_for(current(), gathered, Closing("Harbour Forum", PERIOD, date(2026, 7, 2)))
    roots = tabling.write_table(tmp_path / "table.jsonl", current(), header, gathered=gathered, secret=SECRET)
    assert (tmp_path / "table.jsonl").read_text().splitlines() == report.table
    assert merkle.root(roots) == report.leaf.table_root
    assert [each.name for each in tmp_path.iterdir()] == ["table.jsonl"]


def changed(table: list[str], how: str) -> list[str]:
    size = len(table) // len(current().sheets)
    at = 3 * size + 40
    return {
        "as it is": table,
        "a row too few": table[:at] + table[at + 1 :],
        "a row too many": [*table, table[-1]],
        "no row": [*table[:at], "[]", *table[at + 1 :]],
        "an object": [*table[:at], '{"0":"x"}', *table[at + 1 :]],
        "another decoy": [*table[:at], '["' + "A" * 43 + '="]', *table[at + 1 :]],
        "spaces": [*table[:at], table[at].replace(",", ", "), *table[at + 1 :]],
        "escapes": [*table[:at], table[at].replace("+", "\\u002b").replace("A", "\\u0041"), *table[at + 1 :]],
        "two faults": [*table[:at], "[]", *table[at + 1 : 9 * size], "[]", *table[9 * size + 1 :]],
    }[how]


@pytest.mark.parametrize(
    "how",
    ["as it is", "a row too few", "a row too many", "no row", "an object", "another decoy", "spaces", "escapes", "two faults"],
)  # fmt: skip
def test_many_processes_say_of_a_table_what_one_says(laid_out, tmp_path, monkeypatch, two_cores, how):
    report, _ = laid_out
    table, file = changed(report.table, how), tmp_path / "table.jsonl"
    file.write_text("\n".join(table) + "\n")
    expected = recount(table, report.query, report.report, keep_rows=True)
    assert expected.passed or how != "as it is"
    if how != "two faults":  # processes are started for one of them; the others only take the same way
        monkeypatch.setattr(counting, "at_once", lambda work, parts, *, worth: map(work, parts))
    for worth in (0, 1 << 30):
        monkeypatch.setattr(counting, "_WORTH", worth)
        assert counting.recount_table(file, query_text(), report.report, keep_rows=True) == expected


def test_a_large_table_that_is_cut_off_is_refused(laid_out, tmp_path, monkeypatch, two_cores):
    report, folder = laid_out
    (tmp_path / "table.jsonl").write_bytes((folder / "table.jsonl").read_bytes()[:-1])
    monkeypatch.setattr(counting, "_WORTH", 0)
    found = counting.recount_table(tmp_path / "table.jsonl", query_text(), report.report)
    assert [each.name for each in found.checks] == ["table.jsonl ends in the middle of a line."]


KEY = st.binary(min_size=32, max_size=32)


@given(KEY, st.integers(0, 2**32 - 1), st.integers(0, 255))
def test_seeds_and_decoys_are_the_hmacs_that_the_format_names(key, at, sheet):
    number = bytes([sheet]) + at.to_bytes(4, "big")
    assert rows.decoys(key, sheet)(at) == hmac.digest(key, b"answerable/row-decoy/v1" + number, "sha256")
    assert rows.derived(key, b"open", sheet)(at) == hmac.digest(key, b"answerable/open" + number, "sha256")


@given(KEY, st.lists(st.text(max_size=20), max_size=6))
def test_the_leaves_of_a_row_are_those_of_its_salted_fields(key, values):
    expected = [rows.field_leaf(at, value, rows.salt_of(key, at)) for at, value in enumerate(values)]
    assert rows.leaves_of(key, [rows.field(at, value) for at, value in enumerate(values)]) == expected


@given(st.lists(st.sampled_from([None, "x"]), min_size=1, max_size=6).map(tuple))
def test_leaves_are_put_in_the_order_of_their_fields(shows: Shown):
    fields = [(at, value) for at, value in enumerate((None, *shows))]
    given_ = [each for each in fields if each[1] is None] + [each for each in fields if each[1] is not None]
    assert list(order_of(shows)([each[0] for each in given_])) == list(range(len(fields)))
