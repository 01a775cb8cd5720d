"""Do all stores give the same rows of the same data? Each case is asked of every kind of store, with indexes and without."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.util import find_spec

import pytest
from tests.collect.worlds import BERLIN, COLUMNS, Event, in_mariadb, in_parquet, in_postgres, in_sqlite, rows_of

from answerable.adapters.sources.connections import Connection, open_store
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan, Target
from answerable.errors import StoreFailed

MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
LEAST = timedelta(microseconds=1)
FORWARD, BACK = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 0, tzinfo=UTC)  # clocks of Berlin
EVENTS = (
    Event(1, at=MARCH),
    Event(2, at=APRIL),
    Event(3, at=APRIL - LEAST),
    Event(4, at=MARCH - LEAST),
    Event(5, who="Mara"),
    Event(6, who="mara "),
    Event(7, who="ren\u00e9"),
    Event(8, who="rene\u0301"),
    Event(9, who="rene"),
    Event(10, who=None),
    Event(11, who="ines", at=None),
    Event(12, realm="b"),
    Event(13, realm=None),
    Event(14, who="42", number=42),
    Event(15, who="jon", number=None, at=APRIL, day=None, price=None, octets=None, big=None, note=None),
    Event(16, who="stra\u00dfe", note=""),
    Event(17, who="strasse", note='line\nline, "quoted"\t\\ \u2028'),
    Event(18, who="\U0001f6a2"),
    Event(19, who="jon", big=-(2**63), price=Decimal("-0.01"), octets=b"", number=-(2**31)),
    Event(20, who="dst", wall="2026-03-29 01:59:59.999999"),
    Event(21, who="dst", wall="2026-03-29 02:00:00"),  # never shown: 01:00 UTC
    Event(22, who="dst", wall="2026-03-29 02:30:00"),
    Event(23, who="dst", wall="2026-03-29 03:00:00"),  # 01:00 UTC too
    Event(24, who="dst", wall="2026-03-29 03:30:00"),
    Event(25, who="dst", wall="2026-10-25 01:59:59.999999"),
    Event(26, who="dst", wall="2026-10-25 02:00:00"),  # shown twice: the first time, 00:00 UTC
    Event(27, who="dst", wall="2026-10-25 02:59:59.999999"),
    Event(28, who="dst", wall="2026-10-25 03:00:00"),  # 02:00 UTC
    Event(29, who="dst", wall=None),
)
KINDS = ["sqlite", "sqlite-plain", "postgres", "postgres-plain", "mysql", "mysql-plain", "parquet"]


@pytest.fixture(scope="module", params=KINDS)
def store(request, tmp_path_factory):
    opened = opened_with(EVENTS, request, tmp_path_factory.mktemp("events"), kind=request.param)
    yield opened
    opened.close()


def opened_with(events, request, folder, *, kind):
    """Return a store of a kind with these events in it; `-plain` has no index."""
    name, _, plain = kind.partition("-")
    indexed = not plain
    if name == "sqlite":
        return open_store("events", name, Connection(path=str(in_sqlite(folder, events, indexed=indexed))))
    if name in ("postgres", "mysql"):
        server = request.getfixturevalue({"postgres": "postgres", "mysql": "mariadb"}[name])
        database = f"agreement{plain}"
        server.prepare(database)
        if name == "postgres":
            in_postgres(server.dsn("postgres", database), events, indexed=indexed)
        else:
            in_mariadb(server.folder / "s", database, events, indexed=indexed)
        return open_store("events", name, server.connection("reader", database))
    in_parquet(folder / "store", events)
    if name == "parquet":
        pytest.importorskip("answerable.adapters.sources.parquet")
        return open_store("events", name, Connection(path=str(folder / "store")))
    request.getfixturevalue("java")
    assert find_spec("pyspark")
    return open_store("events", name, Connection(master="local[2]", path=str(folder / "store")))


def scan_of(*targets, columns=("id",), keys=("who",), time="at", zone="UTC", order=("id",)):
    return Scan("events", keys, columns, targets, order, time, zone)


def target(*subject, start=None, end=None):
    return Target(subject, start, end)


# What is asked, and the numbers of the rows of each target.
CASES = [
    pytest.param(
        scan_of(target("mara", start=MARCH, end=APRIL)), [[1, 3, 12, 13]], id="a row on the start is in, on the end out"
    ),
    pytest.param(scan_of(target("mara", end=MARCH)), [[4]], id="no start"),
    pytest.param(scan_of(target("mara", start=APRIL)), [[2]], id="no end"),
    pytest.param(scan_of(target("mara")), [[1, 2, 3, 4, 12, 13]], id="no period"),
    pytest.param(
        scan_of(
            target("mara", start=MARCH, end=APRIL),
            target("mara", end=MARCH),
            target("mara"),
            target("mara", start=APRIL),
        ),
        [[1, 3, 12, 13], [4], [1, 2, 3, 4, 12, 13], [2]],
        id="a period of one's own for each, some open",
    ),
    pytest.param(
        scan_of(target("mara", start=MARCH, end=APRIL), target("mara", start=MARCH + LEAST, end=APRIL + LEAST)),
        [[1, 3, 12, 13], [2, 3, 12, 13]],
        id="to the microsecond, and a row in two targets is given twice",
    ),
    pytest.param(
        scan_of(target("mara"), target("mara")), [[1, 2, 3, 4, 12, 13]] * 2, id="the same person in two demands"
    ),
    pytest.param(scan_of(target("Mara"), target("MARA")), [[5], []], id="letter case is not folded"),
    pytest.param(
        scan_of(target("mara "), target("mara  "), target(" mara")), [[6], [], []], id="nor a space at the end"
    ),
    pytest.param(
        scan_of(target("ren\u00e9"), target("rene\u0301"), target("rene")), [[7], [8], [9]], id="nor normal form"
    ),
    pytest.param(scan_of(target("stra\u00dfe"), target("strasse")), [[16], [17]], id="nor sharp s"),
    pytest.param(scan_of(target("\U0001f6a2"), target("\U0001f6a3")), [[18], []], id="nor what lies beyond two octets"),
    pytest.param(scan_of(target("ines"), target("ines", start=MARCH)), [[11], []], id="no moment is in no period"),
    pytest.param(
        scan_of(target(""), target("None"), target("NULL"), target("null")), [[], [], [], []], id="nothing is nobody"
    ),
    pytest.param(
        scan_of(target("mara%"), target("' OR 1=1 --"), target('mara"'), target("\\")), [[]] * 4, id="no value is code"
    ),
    pytest.param(scan_of(target("mara\x00"), target("\ud800")), [[], []], id="what no text can be is nobody"),
    pytest.param(
        scan_of(
            target("a", "mara"), target("b", "mara"), target("a", "Mara"), target("mara", "a"), keys=("realm", "who")
        ),
        [[1, 2, 3, 4], [12], [5], []],
        id="a key of two columns, none of which may be missing",
    ),
    pytest.param(
        scan_of(
            target("42"),
            target("042"),
            target("42.0"),
            target("+42"),
            target("4e1"),
            target("9" * 40),
            keys=("number",),
        ),
        [[14], [], [], [], [], []],
        id="a whole number is written one way",
    ),
    pytest.param(scan_of(target("-2147483648"), keys=("number",)), [[19]], id="the smallest number"),
    pytest.param(scan_of(target("42", "42"), keys=("who", "number")), [[14]], id="a key of text and number"),
    pytest.param(
        scan_of(target("-0.01"), target("-0.010"), keys=("price",), time=None), [[19], []], id="a decimal number"
    ),
    pytest.param(scan_of(target("-9223372036854775808"), keys=("big",), time=None), [[19]], id="a huge number"),
    pytest.param(
        scan_of(target("00ff", "jon"), target("", "jon"), target("00FF", "mara"), keys=("octets", "who"), time=None),
        [[], [19], []],
        id="octets in small hexadecimal digits",
    ),
    pytest.param(
        scan_of(target("dst", start=FORWARD, end=FORWARD + timedelta(hours=1)), time="wall", zone=BERLIN),
        [[21, 22, 23, 24]],
        id="the hour that the clock skipped",
    ),
    pytest.param(
        scan_of(
            target("dst", start=FORWARD + timedelta(minutes=30), end=APRIL),
            target("dst", start=FORWARD - LEAST, end=FORWARD),
            time="wall",
            zone=BERLIN,
        ),
        [[22, 24], [20]],
        id="a bound within the hour after it",
    ),
    pytest.param(
        scan_of(
            target("dst", start=BACK, end=BACK + timedelta(hours=1)),
            target("dst", start=BACK + timedelta(hours=1), end=BACK + timedelta(hours=2)),
            target("dst", start=BACK - LEAST, end=BACK),
            target("dst", start=BACK + timedelta(hours=2)),
            time="wall",
            zone=BERLIN,
        ),
        [[26, 27], [], [25], [28]],
        id="the hour that the clock showed twice",
    ),
    pytest.param(
        scan_of(target("dst", start=FORWARD, end=APRIL), time="wall"),
        [[20, 21, 22, 23, 24]],
        id="the same without a zone",
    ),
    pytest.param(scan_of(), [], id="nobody is asked for"),
]


@pytest.mark.parametrize(("scan", "ids"), CASES)
def test_every_store_gives_the_same_rows(store, scan, ids):
    check_rows(store, scan, ids)


def check_rows(store, scan, ids):
    found = [[] for _ in scan.targets]
    rows = rows_of(store, scan)
    for place, *row in rows:
        found[place].append(row[0])
    assert found == ids
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)


def test_values_leave_as_they_are(store):
    numbers = ("id", "who", "number", "day", "octets", "note")
    scan = scan_of(target("strasse"), target("jon"), columns=numbers)
    assert rows_of(store, scan) == [
        (0, 17, "strasse", 1, "2026-03-01", b"\x00\xff", 'line\nline, "quoted"\t\\ \u2028'),
        (1, 15, "jon", None, None, None, None),
        (1, 19, "jon", -(2**31), "2026-03-01", b"", "quay"),
    ]
    decimals = [tuple(map(str, row[1:])) for row in rows_of(store, replace(scan, columns=("price", "big")))]
    assert decimals == [("1.50", str(2**62)), ("None", "None"), ("-0.01", str(-(2**63)))]
    empty = [row[1] for row in rows_of(store, scan_of(target("stra\u00dfe"), columns=("note",)))]
    assert empty == [""]


def test_moments_leave_in_utc(store):
    if type(store).__name__ == "SqliteStore":
        return  # it has no type for moments: they leave as the text they are
    scan = scan_of(target("dst"), columns=("wall", "at"), zone=BERLIN)
    walls = [row[1] for row in rows_of(store, scan)]
    assert walls == [
        "2026-03-29T00:59:59.999999+00:00",
        "2026-03-29T01:00:00.000000+00:00",
        "2026-03-29T01:30:00.000000+00:00",
        "2026-03-29T01:00:00.000000+00:00",
        "2026-03-29T01:30:00.000000+00:00",
        "2026-10-24T23:59:59.999999+00:00",
        "2026-10-25T00:00:00.000000+00:00",
        "2026-10-25T00:59:59.999999+00:00",
        "2026-10-25T02:00:00.000000+00:00",
        None,
    ]
    march = rows_of(store, scan_of(target("mara", end=MARCH), columns=("at",)))
    assert march == [(0, "2026-02-28T23:59:59.999999+00:00")]


def test_ten_thousand_targets_in_one_scan(store):
    names = [f"nobody{number}" for number in range(9_998)]
    names[5_000:5_000] = ["mara", "ren\u00e9"]
    rows = rows_of(store, scan_of(*(target(name, start=MARCH, end=APRIL) for name in names)))
    assert rows == [(5_000, 1), (5_000, 3), (5_000, 12), (5_000, 13), (5_001, 7)]


def test_the_order_is_the_scan_s_with_what_is_missing_first(store):
    scan = scan_of(target("jon"), target("mara"), order=("number", "id"))
    assert rows_of(store, scan) == [(0, 15), (0, 19), (1, 1), (1, 2), (1, 3), (1, 4), (1, 12), (1, 13)]


def test_texts_are_ordered_by_their_octets(store):
    scan = scan_of(target("1"), keys=("number",), columns=("who",), order=("who", "id"))
    names = [row[1] for row in rows_of(store, scan)]
    assert names == sorted(names, key=lambda each: (each is not None, (each or "").encode()))


def test_the_text_of_a_query_holds_no_value(store):
    text = store.query(scan_of(target("mara", start=MARCH, end=APRIL), target("jon"), columns=COLUMNS))
    assert not any(value in text for value in ("mara", "jon", "2026"))
    assert TARGET in text


def asked(store, *identifiers, column="who", keys="id", time=None, within=0):
    rule = json.loads(
        IdentifierRule(
            store="events", table="events", column=column, key=keys, time=time, within_seconds=within
        ).model_dump_json(by_alias=True)
    )
    return store.resolve(IdentifierRule.model_validate(rule), identifiers)


def named(value, at=None):
    return Identifier(kind="ip" if at else "user", value=value, at=at)


def test_identifiers_stand_for_subjects(store):
    found = asked(
        store, named("rene"), named("nobody"), named("REN\u00c9"), named("42"), named("STRASSE"), named("jon")
    )
    assert [tuple(sorted(each)) for each in found] == [(("9",),), (), (), (("14",),), (("17",),), (("15",), ("19",))]


def test_of_letters_only_the_case_of_a_to_z_does_not_count(store):
    found = asked(
        store, named("REN\u00e9"), named("Rene\u0301"), named("MARA "), named("STRA\u00dfe"), named("STRA\u1e9eE")
    )
    assert found == ((("7",),), (("8",),), (("6",),), (("16",),), ())


def test_two_subjects_are_enough_and_nothing_is_no_subject(store):
    assert len(asked(store, named("mara"))[0]) == 2
    assert asked(store, named("jon"), keys="number") == ((("-2147483648",),),)


def test_an_identifier_counts_around_its_moment(store):
    second = timedelta(seconds=1)
    at = [
        MARCH - LEAST - second,
        MARCH - LEAST - second - LEAST,
        MARCH + second,
        MARCH + second + LEAST,
        APRIL + second,
    ]
    found = asked(store, *(named("mara", each) for each in at), time="at", within=1)
    assert [tuple(sorted(each)) for each in found] == [(("4",),), (), (("1",),), (), (("2",),)]


def test_what_is_not_there_is_refused(store):
    assert store.columns("nowhere") == {}
    assert set(store.columns("events")) == set(COLUMNS)
    for table, columns in (("nowhere", {"id"}), ("events", {"id", "nothing"})):
        with pytest.raises(Exception, match="not-as-mapped"):
            store.check(table, columns)


def test_every_table_that_could_be_read_is_named(store):
    assert set(store.tables()) == {"events"}


def test_an_index_is_known(store):
    facts = store.columns("events")
    if type(store).__name__ in ("SqliteStore", "PostgresStore", "MysqlStore"):
        assert facts["who"].is_indexed == facts["number"].is_indexed
        assert not facts["at"].is_indexed


@pytest.fixture(scope="module")
def warehouse(request, tmp_path_factory):
    opened = opened_with(EVENTS, request, tmp_path_factory.mktemp("warehouse"), kind="warehouse")
    yield opened
    opened.close()


def together(cases):
    """Yield the cases with those joined that differ in their targets only: each question to a cluster takes seconds."""
    groups = {}
    for case in cases:
        scan, ids = case.values
        shape = groups.setdefault(replace(scan, targets=()), ([], []))
        shape[0].extend(scan.targets)
        shape[1].extend(ids)
    for shape, (targets, ids) in groups.items():
        yield replace(shape, targets=tuple(targets)), ids


@pytest.mark.slow
# Spark's own bridge to Java leaves sockets to the collector of garbage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_warehouse_gives_the_same_rows(warehouse):
    for scan, ids in together(CASES):
        check_rows(warehouse, scan, ids)
    test_values_leave_as_they_are(warehouse)
    test_moments_leave_in_utc(warehouse)
    test_ten_thousand_targets_in_one_scan(warehouse)
    test_the_order_is_the_scan_s_with_what_is_missing_first(warehouse)
    test_texts_are_ordered_by_their_octets(warehouse)
    test_the_text_of_a_query_holds_no_value(warehouse)
    test_identifiers_stand_for_subjects(warehouse)
    test_of_letters_only_the_case_of_a_to_z_does_not_count(warehouse)
    test_two_subjects_are_enough_and_nothing_is_no_subject(warehouse)
    test_an_identifier_counts_around_its_moment(warehouse)
    test_what_is_not_there_is_refused(warehouse)
    snapshot = warehouse.touched(scan_of()).snapshot
    assert "2 files, their list with SHA-256" in snapshot
    warehouse.interrupt()
    with pytest.raises(StoreFailed, match=r"collect\.stopped"):
        warehouse.count(scan_of(target("mara")))
