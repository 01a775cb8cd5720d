"""Does a hostile table end in an error that names its line, and does what is exported come back the same?"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticate.directory.records import RECEIVED, number, office

from answerable.authenticate.directory.importing import COLUMNS, KINDS, exported, suffixes
from answerable.authenticate.directory.importing.csv_reading import harmless, unformulaic
from answerable.errors import MalformedDirectory

SEEDS = Path(__file__).resolve().parents[4] / "shared" / "directory"
HEAD = "id,name,country,kind,source,telephones,mail_domains\n"
GOOD = "nl-a,Police A,NL,police,register,+31 20 5550100,a.example\n"
seeds = pytest.mark.skipif(not SEEDS.exists(), reason="the seeds of the directory are not beside this checkout")


def table(content: str | bytes):
    return KINDS["authorities"](content.encode() if isinstance(content, str) else content, RECEIVED)


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "directory.not-a-table", "empty"),
        (b"\xff\xfei\x00d\x00", "directory.encoding", "UTF-16"),
        (HEAD.encode() + GOOD.encode() + b"nl-b,Caf\xe9,NL,police,x,,\n", "directory.encoding", "Line 3"),
        (HEAD.encode() + b"nl-b,\x00,NL,police,x,,\n", "directory.encoding", "Line 2"),
        (b"id,name\n", "directory.columns", "Missing: country, kind, source"),
        (b"id,id,name,country,kind,source\n", "directory.columns", "one name"),
        (HEAD.replace("telephones", "phone").encode(), "directory.columns", "1 of its columns"),
        (HEAD.encode() + b'nl-b,"never closed,NL,police,x,,\n', "directory.not-a-table", "Line 2"),
        (HEAD.encode() + b'nl-b,"a"b,NL,police,x,,\n', "directory.not-a-table", "Line 2"),
        (HEAD.encode() + b"nl-b," + b"x" * 140_000 + b",NL,police,x,,\n", "directory.not-a-table", "too long"),
        (b"x" * (64 * 1024 * 1024 + 1), "directory.too-long", "64 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("directory.") else "",
)
def test_a_file_that_is_no_table_is_refused_whole(content, code, said):
    with pytest.raises(MalformedDirectory) as refused:
        table(content)
    assert refused.value.code == code
    assert said in refused.value.why


def test_more_lines_than_any_list_has_are_refused(monkeypatch):
    from answerable.authenticate.directory.importing import csv_reading

    monkeypatch.setattr(csv_reading, "_MOST_LINES", 2)
    with pytest.raises(MalformedDirectory, match="too-long"):
        table(HEAD + GOOD * 3)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nl-a,Police B,NL,police,register,,\n", "its id is that of line 2"),
        ("nl-b,Police B,NL,police,register,\n", "it has 6 cells"),
        ("nl-b,=HYPERLINK(1),NL,police,register,,\n", "a formula"),
        ("nl-b,@SUM(1),NL,police,register,,\n", "a formula"),
        ("nl-b,Police B,Netherlands,police,register,,\n", "country"),
        ("nl-b,Police B,NL,wizard,register,,\n", "kind"),
        ("nl-b,Police B,NL,police,,,\n", "source"),
        ("NL B,Police B,NL,police,register,,\n", "id"),
        ("nl-b,,NL,police,register,,\n", "name"),
        ("nl-b,Police B,NL,police,register,020 5550100,\n", "telephones"),
        ("nl-b,Police B,NL,police,register,,no domain\n", "mail_domains"),
        (f"nl-b,{'x' * 10_001},NL,police,register,,\n", "longer than"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_read(line, said):
    read = table(HEAD + GOOD + "\n" + line + GOOD.replace("nl-a", "nl-c"))
    assert [record.id for record in read.made] == ["nl-a", "nl-c"]
    [fault] = read.faults
    assert fault.line == 4
    assert said in fault.why


def test_a_line_is_counted_as_a_person_counts_it_in_the_file():
    read = table(HEAD + '"nl-a","Police\nA",NL,police,register,,\n' + "bad line\n")
    assert [fault.line for fault in read.faults] == [4]


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault():
    read = table(b"\xef\xbb\xbf" + (HEAD + GOOD).replace("\n", "\r\n").encode())
    assert ([record.name for record in read.made], read.faults) == (["Police A"], ())


def test_what_comes_in_is_a_candidate_that_nobody_confirmed():
    [record] = table(HEAD + GOOD).made
    assert not record.is_confirmed
    assert [each.stands_since for each in (*record.numbers, *record.domains)] == [None, None]


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=60).filter(
    lambda text: text.strip() == text and text[:1] not in "=@'" and ";" not in text
)


@settings(deadline=None)
@given(st.lists(names, min_size=1, max_size=4, unique=True), names)
def test_what_is_exported_comes_back_the_same_and_holds_no_formula(found, source):
    record = office(
        name=found[0], other_names=tuple(found[1:]), source=source, numbers=(number(), number("+31205550199"))
    )
    text = exported([record])
    read = table(text)
    assert read.faults == ()
    [back] = read.made
    for field in ("id", "name", "other_names", "country", "kind", "source"):
        assert getattr(back, field) == getattr(record, field)
    assert [each.number for each in back.numbers] == [each.number for each in record.numbers]


@settings(deadline=None)
@given(st.text(max_size=20))
def test_no_cell_is_a_formula_and_none_is_lost(cell):
    written = unformulaic(cell)
    assert written[:1] not in ("=", "+", "-", "@", "\t", "\r", "|", "%")
    assert harmless(written) == cell or cell.startswith("'")


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_by_name(content):
    for kind in KINDS.values():
        try:
            kind(content, RECEIVED)
        except MalformedDirectory as refused:
            assert refused.code.startswith("directory.")


@settings(deadline=None)
@given(st.text(alphabet='",\n\r;ab=', max_size=200))
def test_any_lines_below_a_good_head_are_read_or_refused_by_name(text):
    try:
        read = table(",".join(COLUMNS) + "\n" + text)
    except MalformedDirectory:
        return
    assert all(fault.line >= 2 for fault in read.faults)


@pytest.mark.parametrize("content", [b"{}", b"[]", b"[1", b"nothing", b"[" * 5_000])
def test_a_list_of_courts_that_is_none_is_refused(content):
    with pytest.raises(MalformedDirectory, match="not-a-list"):
        KINDS["us-courts"](content, RECEIVED)


def test_odd_courts_are_named_by_their_place():
    content = b'[{"id": "a", "name": "Court A", "dates": [{"end": "1790-01-01"}]}, {"id": "a", "name": "Court B"}, 7, {"name": ""}]'
    read = KINDS["us-courts"](content, RECEIVED)
    assert [(record.id, record.is_retired(RECEIVED.date())) for record in read.made] == [("us-court-a", True)]
    assert [fault.line for fault in read.faults] == [2, 3, 4]


@seeds
@pytest.mark.parametrize(
    ("kind", "name", "least"), [("us-dotgov", "us-dotgov-cc0.csv", 14_000), ("us-courts", "us-courts-bsd2.json", 2_700)]
)
def test_the_seeds_are_read_without_a_fault_the_same_each_time_as_candidates(kind, name, least):
    content = (SEEDS / name).read_bytes()
    read, again = KINDS[kind](content, RECEIVED), KINDS[kind](content, RECEIVED)
    assert read == again
    assert read.faults == ()
    assert len({record.id for record in read.made}) == len(read.made) >= least
    assert not any(record.is_confirmed or record.numbers for record in read.made)


@seeds
def test_every_gov_domain_is_somebodys_once():
    content = (SEEDS / "us-dotgov-cc0.csv").read_bytes()
    domains = [each.domain for record in KINDS["us-dotgov"](content, RECEIVED).made for each in record.domains]
    assert len(domains) == len(set(domains)) == content.count(b"\n") - 1


@seeds
def test_the_suffixes_are_read_without_a_fault():
    read = suffixes((SEEDS / "government-like-public-suffixes.csv").read_bytes())
    assert read.faults == ()
    assert {"police.uk", "gov", "gov.au"} <= {each.suffix for each in read.made}
