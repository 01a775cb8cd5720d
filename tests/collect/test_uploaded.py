"""Is a file that a person brings taken only where it holds what the plan reads, and do its errors keep quiet about people?"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.casefile.scope import Identifier, Period, Scope, ScopeItem
from answerable.collect import load_data_map, make_plan
from answerable.collect.by_hand import Task, tasks
from answerable.collect.uploaded import LARGEST, MOST_ROWS, checked_rows, column_names, moment_of, read_rows
from answerable.errors import StoreFailed

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
MARCH = Period(start=FIRST, end=FIRST + timedelta(days=31))
ANNA, BEN = (Identifier(kind="user", value=name) for name in ("anna", "ben"))
MAP = """\
version: 1
stores: {forum: {kind: sqlite}, archive: {kind: person}}
identifiers: {user: {store: forum, table: accounts, column: username, key: id}}
tables:
  - store: archive
    table: letters
    subject_keys: [{column: sender, role: author}, {column: recipient, role: addressee}]
    time: {column: sent_at}
    order_by: ["no"]
    columns:
      sent_at: {class: traffic.logs}
      recipient: {class: traffic.logs, third_party: token, only_if: {role: author}}
      body: {class: content.messages, only_if: {role: author}}
  - {store: forum, table: accounts, subject_keys: [{column: id, role: subject}], order_by: [id],
     columns: {name: {class: subscriber.identity}}}
"""
DATA_MAP = load_data_map(MAP)
SUBJECTS = {ANNA: ("1",), BEN: ("2",)}
IN_MARCH = "2026-03-05T10:00:00Z"


def planned(*asked):
    items = (ScopeItem(identifier=who, category=category, period=MARCH) for who, category in asked)
    return make_plan(Scope(items=tuple(items)), DATA_MAP, case="AN-2026-000001")


def task(*categories, who=(ANNA,)) -> Task:
    [only] = tasks(planned(*((each, category) for each in who for category in categories)), DATA_MAP)
    return only


LOGS, MESSAGES = task("traffic.logs"), task("traffic.logs", "content.messages")


def line(**changes):
    return {"sender": "1", "recipient": "7", "sent_at": IN_MARCH, "no": "1"} | changes


def as_csv(*rows, of=LOGS, delimiter=","):
    cells = [of.columns, *([row.get(name) or "" for name in of.columns] for row in rows)]
    return "\n".join(delimiter.join(row) for row in cells).encode()


def as_lines(*rows):
    return b"\n".join(json.dumps(row).encode() for row in rows)


def refused(content, asked=LOGS, subjects=SUBJECTS):
    with pytest.raises(StoreFailed) as stopped:
        checked_rows(content, asked, subjects)
    return stopped.value


def test_steps_on_one_table_are_one_task_and_a_machine_is_asked_the_rest():
    found = tasks(planned((ANNA, "subscriber.identity"), (ANNA, "traffic.logs"), (BEN, "traffic.logs")), DATA_MAP)
    assert [each.label for each in found] == ["archive.letters"]
    assert found[0].identifiers == (ANNA, BEN)
    assert set(found[0].columns) == {"sender", "recipient", "sent_at", "no"}
    assert set(found[0].found_by) == {"sender", "recipient", "sent_at", "no"}
    assert tasks(planned((ANNA, "subscriber.identity")), DATA_MAP) == ()
    assert Task.model_validate_json(MESSAGES.model_dump_json()) == MESSAGES


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_and_lines_of_json_are_read_alike(delimiter):
    rows = [line(), line(recipient=None, no="2")]
    table = as_csv(*rows, delimiter=delimiter)
    assert list(read_rows(table, LOGS.columns)) == list(read_rows(as_lines(*rows), LOGS.columns)) == rows
    assert checked_rows(b"\xef\xbb\xbf" + table + b"\r\n", LOGS, SUBJECTS) == 2
    assert set(column_names(table)) == set(column_names(as_lines(*rows))) == set(LOGS.columns)


def test_a_header_alone_says_that_nothing_was_found():
    assert checked_rows(as_csv(), LOGS, SUBJECTS) == 0


def test_numbers_stay_as_they_are_written():
    content = as_lines(line()).replace(b'"no": "1"', b'"no": 12345678901234567890.10')
    assert next(read_rows(content, LOGS.columns))["no"] == "12345678901234567890.10"
    assert next(read_rows(as_lines(line(no=True)), LOGS.columns))["no"] == "true"


WRONG = {
    "of somebody else": (as_csv(line(sender="9")), "upload.row", "about nobody"),
    "subject in another case": (as_csv(line(sender="１")), "upload.row", "about nobody"),
    "of a person not asked for": (as_csv(line(sender="2", recipient="3")), "upload.row", "about nobody"),
    "at the end of the period": (as_csv(line(sent_at="2026-04-01T00:00:00Z")), "upload.row", "outside the period"),
    "before the period": (as_csv(line(sent_at="2026-02-28T23:59:59.999999Z")), "upload.row", "outside the period"),
    "a day alone": (as_csv(line(sent_at="2026-03-05")), "upload.row", "no moment"),
    "no moment": (as_csv(line(sent_at="")), "upload.row", "no moment"),
    "a column too many": (as_lines(line(secret="x")), "upload.columns", "its column 5"),
    "a column too few": (as_lines({"sender": "1"}), "upload.columns", "does not carry"),
    "a column twice": (as_lines(line()).replace(b'"no"', b'"sender"'), "upload.columns", "twice"),
    "no header": (b"1,7,2026-03-05T10:00:00Z,1\n", "upload.columns", "does not name its column"),
    "empty": (b"", "upload.columns", "empty"),
    "a cell too few": (as_csv(line()) + b"\n1,2", "upload.format", "2 cells"),
    "an open quote": (as_csv(line(no='"')), "upload.format", "near line"),
    "not UTF-8": (as_csv(line()) + b"\xff", "upload.encoding", "UTF-8"),
    "a workbook": (b"PK\x03\x04" + b"\x00" * 60, "upload.columns", "does not carry"),
    "half an object": (b'{"sender": "1"', "upload.format", "Line 1"),
    "an array of objects": (b'{"sender"' + as_lines([line()]), "upload.format", "Line 1"),
    "an object inside": (as_lines(line(no={"a": 1})), "upload.format", "inside a value"),
    "a list inside": (as_lines(line(no=[])), "upload.format", "inside a value"),
    "nested without end": (b'{"no":' + b"[" * 100_000, "upload.format", "Line 1"),
    "no number": (as_lines(line()).replace(b'"no": "1"', b'"no": NaN'), "upload.format", "Line 1"),
    "half a character": (as_lines(line(no="\ud800")), "upload.format", "half a character"),
    "too large": (b" " * (LARGEST + 1), "upload.too-large", "25 MiB"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_file_with_anything_more_or_less_is_refused_by_its_place(name):
    content, code, why = WRONG[name]
    fault = refused(content)
    assert (fault.code, why in fault.why) == (code, True), fault.why


def test_too_many_rows_are_refused():
    content = as_csv() + b"\n" + b"7,7,2026-03-05T10:00:00Z,1\n" * (MOST_ROWS + 1)
    with pytest.raises(StoreFailed, match=r"upload\.too-large"):
        sum(1 for _ in read_rows(content, LOGS.columns))


@pytest.mark.parametrize(
    ("sender", "recipient", "body", "why"),
    [
        ("1", "7", "to them", ""),
        ("7", "1", "", ""),
        ("7", "1", "to us", "carries body"),
        ("1", "1", "to myself", ""),
    ],
)
def test_a_value_that_the_plan_does_not_read_in_its_row_is_refused(sender, recipient, body, why):
    content = as_csv(line(sender=sender, recipient=recipient, body=body), of=MESSAGES)
    if why:
        assert why in refused(content, MESSAGES).why
    else:
        assert checked_rows(content, MESSAGES, SUBJECTS) == 1


def test_an_identifier_that_stands_for_nobody_takes_no_row():
    assert refused(as_csv(line()), subjects={}).code == "upload.row"


SECRETS = st.text(st.characters(codec="utf-8", exclude_characters=",;\t\"'\r\n{}[]"), min_size=12, max_size=30)


@settings(deadline=None, max_examples=60)
@given(SECRETS, st.sampled_from(["header", "sender", "sent_at", "body", "json key", "json value"]))
def test_no_error_repeats_what_stands_in_the_file(secret, place):
    known = {"sender": "9", "recipient": "7", "sent_at": IN_MARCH, "no": "1", "body": ""}
    content = {
        "header": f"{secret},{secret}\n1,2".encode(),
        "json key": as_lines(known | {secret: "1"}),
        "json value": as_lines(known | {"body": {secret: secret}}),
    }.get(place) or as_csv(known | {place: secret}, of=MESSAGES)
    fault = refused(content, MESSAGES)
    assert secret not in f"{fault} {fault.what} {fault.why} {fault.next_step}"


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_raise_anything_but_a_refusal(content):
    for start in (b"", b"{", b"sender,recipient,sent_at,no\n"):
        try:
            checked_rows(start + content, LOGS, SUBJECTS)
        except StoreFailed as fault:
            assert fault.code.startswith("upload.")


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-03-05T10:00:00Z", "UTC", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("2026-03-05 10:00:00+02:00", "UTC", datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("2026-03-05T10:00:00", "Europe/Amsterdam", datetime(2026, 3, 5, 9, tzinfo=UTC)),
        ("2026-03-05T10:00:00.000001", "UTC", datetime(2026, 3, 5, 10, microsecond=1, tzinfo=UTC)),
        ("2026-03-05T10:00:00.0000001", "UTC", None),
        ("2026-03-29T02:30:00", "Europe/Amsterdam", None),  # skipped by the change of clocks
        ("2026-10-25T02:30:00", "Europe/Amsterdam", None),  # there twice
        ("2026-10-25T02:30:00+01:00", "Europe/Amsterdam", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", "UTC", None),
        ("2026-03-05", "UTC", None),
        ("yesterday at ten", "UTC", None),
        (None, "UTC", None),
    ],
)
def test_a_moment_is_one_moment_or_none(text, zone, moment):
    assert moment_of(text, zone) == moment
