"""Do the pages on the directory and on cautions say what the code does, and are their examples true?"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from answerable.authenticate.directory.importing import COLUMNS, KINDS
from answerable.casefile.caution_feed import CautionFeed, FeedEntry
from answerable.casefile.directory import CautionReason, DirectoryRecord
from answerable.cli.directory import _KINDS
from answerable.public_log.note import Verifier
from answerable.verify.cautions import open_feed

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "formats"
DIRECTORY = (FORMATS / "directory.md").read_text(encoding="utf-8")
CAUTION = (FORMATS / "caution.md").read_text(encoding="utf-8")
MADE = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def test_the_example_of_the_table_is_read_without_a_fault():
    [table] = blocks(DIRECTORY, "csv")
    read = KINDS["eu-competent-authorities"](table.encode(), MADE)
    assert (read.faults, len(read.made)) == ((), 2)
    assert [each.number for each in read.made[0].numbers] == ["+49305550100", "+49305550101"]


def test_every_column_field_and_kind_of_list_is_documented():
    missing = [name for name in (*COLUMNS, *DirectoryRecord.model_fields, *_KINDS) if f"`{name}`" not in DIRECTORY]
    assert missing == []
    assert set(_KINDS) == {*KINDS, "suffixes"}


def test_the_example_of_a_feed_is_signed_by_the_key_beside_it():
    note, key = blocks(CAUTION, "text")
    feed = open_feed(note.encode(), [Verifier.parse(key.strip())], now=MADE)
    assert [entry.domain for entry in feed.entries] == ["politie.voorbeeld.example"]


@pytest.mark.parametrize(
    "name", [*CautionFeed.model_fields, *FeedEntry.model_fields, *(each.value for each in CautionReason)]
)
def test_every_field_and_reason_of_a_feed_is_documented(name):
    assert f"`{name}`" in CAUTION
