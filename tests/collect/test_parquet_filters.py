"""Do bloom filters only ever leave out what holds no row that is asked for?"""

import json
import random
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.collect.lakes import FIRST, lay_signins

from answerable.adapters.sources.advising import Advising
from answerable.adapters.sources.parquet import ParquetStore
from answerable.adapters.sources.parquet.blooms import MOST_VALUES
from answerable.cli.stores_advise import advise
from answerable.collect.scan import Scan, Target

WIDTHS = {f"{sign}{bits}": getattr(pa, f"{sign}{bits}")() for sign in ("int", "uint") for bits in (8, 16, 32, 64)}
TEXTS = {"text": pa.string(), "large": pa.large_string(), "dictionary": pa.dictionary(pa.int32(), pa.string())}


@pytest.fixture(autouse=True)
def asked_however_small(monkeypatch):
    """Have filters asked about files as small as these, which would be read at once."""
    monkeypatch.setattr("answerable.adapters.sources.parquet.table._BYTES_UNASKED", 0)


def numbers(kind: str):
    signed, bits = not kind.startswith("u"), int(kind.lstrip("uint"))
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return st.one_of(st.integers(low, high), st.sampled_from((low, high, 0)))


def lay(folder, keys, *, filters, group=3):
    (folder / "events").mkdir(parents=True, exist_ok=True)
    moments = pa.array([FIRST + timedelta(minutes=n) for n in range(len(keys[0]))], pa.timestamp("us", "UTC"))
    columns = {f"key_{place}": key for place, key in enumerate(keys)}
    table = pa.table(columns | {"at": moments, "n": pa.array(range(len(keys[0])), pa.int64())})
    options = dict.fromkeys(columns, True) if filters else None
    pq.write_table(table, folder / "events" / "a.parquet", row_group_size=group, bloom_filter_options=options)
    return ParquetStore("s", folder)


def scan(*subjects):
    targets = tuple(Target(subject) for subject in subjects)
    keys = tuple(f"key_{place}" for place in range(len(subjects[0])))
    return Scan("events", keys, ("n",), targets, ("at",), "at")


@pytest.mark.parametrize("kind", [*WIDTHS, *TEXTS])
def test_the_same_rows_are_found_with_filters_and_without(kind, tmp_path_factory):
    values = numbers(kind) if kind in WIDTHS else st.text(st.characters(codec="utf-8"), max_size=4)

    @settings(max_examples=12, deadline=None)
    @given(st.lists(st.none() | values, min_size=1, max_size=20), st.lists(values, min_size=1, max_size=6), st.data())
    def check(keys, others, data):
        present = [key for key in keys if key is not None]
        asked = dict.fromkeys(
            [*others, *(data.draw(st.lists(st.sampled_from(present), max_size=3)) if present else ())]
        )
        wanted = scan(*((str(each),) for each in asked))
        column = pa.array(keys, (WIDTHS | TEXTS)[kind])
        folder = tmp_path_factory.mktemp("lake")
        plain = lay(folder / "plain", [column], filters=False)
        filtered = lay(folder / "filtered", [column], filters=True)
        found = pa.Table.from_batches(plain.read(wanted), None) if sum(plain.count(wanted)) else None
        assert sum(filtered.count(wanted)) == sum(plain.count(wanted))
        batches = list(filtered.read(wanted))
        assert (pa.Table.from_batches(batches) if batches else None) == found
        assert filtered.touched(wanted).row_groups <= (plain.touched(wanted).row_groups or 0)

    check()


def test_only_the_row_groups_that_may_hold_somebody_are_read(tmp_path):
    chance = random.Random(3)
    names = [f"u{chance.randrange(10**9)}" for _ in range(4_000)]
    plain, filtered = (
        lay(tmp_path / name, [pa.array(names)], filters=name == "filtered", group=100) for name in ("plain", "filtered")
    )
    wanted, absent = scan((names[777],)), scan(("u500000000x",))
    assert [batch.num_rows for batch in filtered.read(wanted)] == [batch.num_rows for batch in plain.read(wanted)]
    assert plain.touched(wanted).row_groups > 35
    assert filtered.touched(wanted).row_groups < 5
    assert list(filtered.read(absent)) == []
    assert filtered.touched(absent).row_groups < 4
    many = scan(*((name,) for name in names[: MOST_VALUES + 1]))
    assert sum(batch.num_rows for batch in filtered.read(many)) == MOST_VALUES + 1
    assert filtered.touched(many).row_groups > 35  # with so many, no filter is asked


def test_of_a_key_of_two_columns_each_filter_counts(tmp_path):
    lands, members = [f"l{n % 7}" for n in range(700)], [n // 7 for n in range(700)]
    store = lay(tmp_path, [pa.array(lands), pa.array(members, pa.int32())], filters=True, group=50)
    wanted = scan(("l3", "44"), ("l9", "44"))
    assert [batch.column("n").to_pylist() for batch in store.read(wanted)] == [[44 * 7 + 3]]
    assert store.touched(wanted).row_groups == 1
    assert sum(store.count(wanted)) == 1


def test_advice_measures_a_filter_and_writes_one_that_serves(tmp_path):
    lake, told = lay_signins(tmp_path / "lake", files=2, rows=3_000, accounts=10**6, group=150), []
    advising = Advising(lake, "signins", key="account", time="at", on_step=told.append)
    advice = advising.advice()
    as_is, filtered = advice.layouts[0], next(each for each in advice.layouts if each.has_filter and not each.group)
    assert filtered.costs[0].row_groups < as_is.costs[0].row_groups / 4
    assert any("with a bloom filter on account" in each for each in told)
    assert not any("secret" in each for each in told)
    for chosen in [each for each in advice.layouts if each.has_filter]:
        out = tmp_path / f"out{chosen.group}"
        assert advising.rewrite(replace(advice, chosen=chosen), out) == 6_000
        new, old = ParquetStore("s", out), ParquetStore("s", lake)
        name = pq.read_table(lake / "signins" / "0.parquet").column("account")[17].as_py()
        wanted = Scan("signins", ("account",), ("n", "at"), (Target((name,)),), ("at",), "at")
        assert pa.Table.from_batches(new.read(wanted)).equals(pa.Table.from_batches(old.read(wanted)))
        assert new.touched(wanted).row_groups <= old.touched(wanted).row_groups


def test_what_is_printed_as_json_is_json_alone(tmp_path):
    lay(tmp_path, [pa.array([f"u{n}" for n in range(500)])], filters=True, group=50)
    runner = CliRunner()
    done = runner.invoke(advise, [str(tmp_path), "events", "--key", "key_0", "--time", "at", "--json"])
    assert done.exit_code == 0
    assert {each["has_filter"] for each in json.loads(done.stdout)["layouts"]} == {False, True}
    assert "a sample of 500 rows" in done.stderr
