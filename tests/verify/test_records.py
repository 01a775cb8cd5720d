"""Is every record looked at, and is one that does not belong seen?"""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import VerificationFailed
from answerable.verify.records import comma_separated, json_lines

LINE = b'{"at":"2026-11-10T18:45:04Z","n":-5,"on":true,"off":null,"text":"\\u0000 \\" \xc3\xa9"}\n'
NAMES = ("at", "n", "on", "off", "text")


def test_the_columns_and_the_number_of_lines_are_told():
    assert json_lines(LINE * 3) == ({NAMES}, 3)


@pytest.mark.parametrize(
    "other",
    [
        b'{"at":1,"n":2,"on":3,"off":4}\n',
        b'{"at":1,"n":2,"on":3,"off":4,"text":5,"more":6}\n',
        b'{"n":1,"at":2,"on":3,"off":4,"text":5}\n',
        b'{"At":1,"n":2,"on":3,"off":4,"text":5}\n',
        b"{}\n",
    ],
)
@pytest.mark.parametrize("before", [0, 1, 500])
def test_a_line_with_other_columns_is_seen_wherever_it_stands(other, before):
    found, records = json_lines(LINE * before + other + LINE)
    assert found == {NAMES, tuple(json.loads(other))}
    assert records == before + 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\n", b"[1]\n", b"1\n", b'{"a":}\n', b'{"a":"\xff"}\n', b'{"a":"\n"}\n', b'{"a":01}\n{"b":"}\n', b"[" * 99_999 + b"\n"],
)  # fmt: skip
def test_what_is_no_line_of_json_is_refused(content):
    with pytest.raises(VerificationFailed):
        json_lines(LINE + content if content else content)


def test_lists_and_records_inside_a_value_are_read_too():
    assert json_lines(b'{"a":[1,{"b":2}],"c":{"d":null}}\n{"a":1,"c":2}\n') == ({("a", "c")}, 2)


names = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4, unique=True)
values = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.integers(), max_size=2)


@settings(max_examples=150, deadline=None)
@given(st.lists(names.flatmap(lambda each: st.fixed_dictionaries(dict.fromkeys(each, values))), min_size=1, max_size=6))
def test_it_finds_what_a_slow_reader_finds(rows):
    content = b"".join(
        json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n" for row in rows
    )
    slow = [tuple(json.loads(line)) for line in content.split(b"\n")[:-1]]
    assert json_lines(content) == (set(slow), len(slow))


def test_rows_of_csv_are_counted_across_line_ends_inside_text():
    assert comma_separated(b'"a","b"\n1,"x\n""y"",\nz"\n,""\n') == ({("a", "b")}, 2)


@pytest.mark.parametrize(
    "content", [b"", b'"a"', b'"a","b"\n1\n', b'"a","b"\n1,2,3\n', b'"a","b"\n1,"x\n', b'"a"\n"\xff"\n']
)
def test_what_is_no_csv_is_refused(content):
    with pytest.raises(VerificationFailed) as refusal:
        comma_separated(content)
    assert re.match("A record cannot be read", refusal.value.what)
