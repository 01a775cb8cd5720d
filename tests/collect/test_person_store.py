"""Does a store of confirmed files answer scans as any other store does, and refuse what nobody looked up?"""

import hashlib
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from answerable.adapters.sources import PersonStore
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan, Target
from answerable.errors import StoreFailed

MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
LETTERS = """\
sender,recipient,sent_at,page,body
1,7,2026-03-31T23:59:59.999999Z,2,last
1,7,2026-03-01T01:00:00,10,"first, with a comma"
1,7,2026-04-01T00:00:00Z,3,too late
7,1,2026-03-05T10:00:00Z,4,
2,7,2026-03-05T10:00:00Z,9,of two
2,7,2026-03-05T10:00:00Z,10,of two
"""
ONE, TWO, NOBODY = Target(("1",), MARCH, APRIL), Target(("2",), MARCH, APRIL), Target(("3",), MARCH, APRIL)


def scan(*targets, **changes):
    known = {
        "table": "letters", "subject_columns": ("sender",), "columns": ("sent_at", "body"), "order_by": ("sent_at", "page"),
        "time_column": "sent_at", "zone": "Europe/Amsterdam",
    }  # fmt: skip
    return Scan(targets=targets or (ONE, TWO, NOBODY), **known | changes)


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "letters"
    path.write_text(LETTERS, encoding="utf-8")
    opened = PersonStore("archive", {"letters": path})
    path.unlink()  # it was read: the file need not stay
    return opened


def rows(store, asked):
    return [row for batch in store.read(asked) for row in batch.to_pylist()]


def test_each_target_gets_its_own_rows_in_order_with_moments_in_utc(store):
    found = rows(store, scan())
    assert [(row[TARGET], row["body"]) for row in found] == [
        (0, "first, with a comma"), (0, "last"), (1, "of two"), (1, "of two"),
    ]  # fmt: skip
    assert found[0]["sent_at"] == MARCH
    assert found[1]["sent_at"] == APRIL - timedelta(microseconds=1)
    assert store.count(scan()) == (2, 2, 0)
    [first, *_] = store.read(scan())
    assert first.schema == pa.schema(
        [(TARGET, pa.int32()), ("sent_at", pa.timestamp("us", "UTC")), ("body", pa.string())]
    )


def test_several_columns_can_say_whose_row_it_is_and_a_period_can_be_open(store):
    both = scan(Target(("1", "7")), subject_columns=("sender", "recipient"))
    assert [row["body"] for row in rows(store, both)] == ["first, with a comma", "last", "too late"]
    assert store.count(scan(Target(("1",), APRIL, None), Target(("1",), None, APRIL))) == (1, 2)


def test_whole_numbers_are_ordered_as_numbers(store):
    found = rows(store, scan(TWO, columns=("page",), order_by=("page",)))
    assert [row["page"] for row in found] == ["9", "10"]


def test_the_read_log_names_a_person_and_the_file_and_no_value(store):
    touched = store.touched(scan())
    assert touched.files == (("archive.letters", hashlib.sha256(LETTERS.encode()).hexdigest()),)
    assert touched.rows_read == 6
    assert store.query(scan()).startswith("person: a reviewer looked up sent_at, body in letters, by sender, sent_at")
    assert "another reviewer confirmed" in store.query(scan())


def test_what_nobody_looked_up_is_no_empty_table(store):
    for ask in (lambda asked: store.count(asked), lambda asked: list(store.read(asked))):
        with pytest.raises(StoreFailed, match=r"collect\.not-looked-up"):
            ask(scan(table="parcels"))
        with pytest.raises(StoreFailed, match=r"collect\.not-as-mapped"):
            ask(scan(columns=("stamp",)))
    assert store.columns("parcels") == {}
    assert set(store.columns("letters")) == {"sender", "recipient", "sent_at", "page", "body"}


def test_nobody_is_found_here(store):
    rule = IdentifierRule(store="archive", table="letters", column="sender", key="sender")
    assert store.resolve(rule, [Identifier(kind="user", value="1")]) == ((),)


def test_a_reading_can_be_stopped(store):
    store.interrupt()
    with pytest.raises(StoreFailed, match=r"collect\.store-failed"):
        rows(store, scan())


def test_a_moment_that_is_none_stops_a_reading_without_a_period(tmp_path):
    path = tmp_path / "letters"
    path.write_text("sender,recipient,sent_at,page,body\n1,7,yesterday,1,x\n", encoding="utf-8")
    store = PersonStore("archive", {"letters": path})
    assert store.count(scan()) == (0, 0, 0)
    with pytest.raises(StoreFailed, match=r"collect\.store-failed"):
        rows(store, scan(Target(("1",))))


def test_a_file_that_is_away_is_refused(tmp_path):
    with pytest.raises(StoreFailed, match=r"collect\.store-failed"):
        PersonStore("archive", {"letters": tmp_path / "letters"})
