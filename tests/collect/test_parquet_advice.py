"""Does the advice on layout hold where it is followed, and does it tell no account?"""

import json

import pyarrow as pa
import pytest
from click.testing import CliRunner
from tests.collect.lakes import lay_signins

from answerable.adapters.sources import advising
from answerable.adapters.sources.parquet import ParquetStore
from answerable.cli.stores_advise import advise
from answerable.collect.scan import Scan, Target


@pytest.fixture
def lake(tmp_path, monkeypatch):
    monkeypatch.setattr(advising, "SIZES", (100, 400))
    return lay_signins(tmp_path / "lake", files=3, rows=8_000, accounts=300, group=200)


def run(*arguments):
    done = CliRunner().invoke(advise, [*map(str, arguments), "--key", "account", "--time", "at"])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_files_in_time_order_are_better_sorted_by_account_and_no_account_is_told(lake):
    found = json.loads(run(lake, "signins", "--json"))
    as_is, *others = found["layouts"]
    assert found["chosen"] in others
    assert found["chosen"]["costs"][0]["octets"] < as_is["costs"][0]["octets"] / 2
    text = run(lake, "signins")
    assert "Recommended: sorted" in text
    assert "ORDER BY" in text
    assert "secret" not in text + json.dumps(found)


def test_the_rewritten_files_hold_the_same_rows_and_are_left_as_they_are(lake, tmp_path):
    before = {path.name: path.read_bytes() for path in (lake / "signins").iterdir()}
    assert "24,000 rows written" in run(lake, "signins", "--rewrite", tmp_path / "out")
    assert before == {path.name: path.read_bytes() for path in (lake / "signins").iterdir()}
    asked = Scan("signins", ("account",), ("n", "at"), (Target(("secret7",)),), ("at",), "at")
    old, new = (ParquetStore("s", place) for place in (lake, tmp_path / "out"))
    assert pa.Table.from_batches(new.read(asked)).equals(pa.Table.from_batches(old.read(asked)))
    assert new.touched(asked).bytes_read < old.touched(asked).bytes_read / 2
    assert "No layout that was tried saves much" in run(tmp_path / "out", "signins")


def test_a_folder_that_is_there_is_never_written_to(lake, tmp_path):
    (tmp_path / "out").mkdir()
    done = CliRunner().invoke(
        advise, [str(lake), "signins", "--key", "account", "--time", "at", "--rewrite", str(tmp_path / "out")]
    )
    assert done.exit_code == 2
