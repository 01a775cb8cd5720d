"""Does each row leave in the packages it belongs to and in no other, whatever is read together?

Small stores of another shape than the demo's: two tenants that number alike, a chat, joint accounts, devices that lead to
sessions, two zones, NULL keys, names that differ only in case or normal form. What may leave is worked out here once more.
"""

import json
import sqlite3
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.adapters.sources import Watch, collect, collect_together, count, identify, open_sources
from answerable.adapters.sources.connections import Connection
from answerable.adapters.sources.sqlite import SqliteStore
from answerable.casefile.scope import Identifier, Period, ScopeItem, scope_of
from answerable.collect import load_data_map, make_plan
from answerable.collect.masking import is_token, token
from answerable.collect.scan import TARGET
from answerable.errors import StoreFailed

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Across the night in which summer time ends: 25 October 2026, 03:00 becomes 02:00.
FIRST = datetime(2026, 10, 24, 22, tzinfo=UTC)
MOMENTS = [FIRST + timedelta(hours=each) for each in (0, 1, 5, 24, 25)]
NAMES = ["mara", "Mara", "jos\u00e9", "jose\u0301", "\u039cara"]  # the last begins with a Greek letter
MAP = """\
version: 1
stores: {main: {kind: sqlite}, logs: {kind: sqlite}}
identifiers:
  user: {store: main, table: users, column: handle, key: [tenant, id]}
tables:
  - {store: main, table: users, subject_keys: [{columns: [tenant, id], role: subject}], order_by: [handle],
     columns: {handle: {class: subscriber.identity}}}
  - {store: main, table: devices, subject_keys: [{columns: [tenant, user_id], role: holder}], order_by: [device],
     columns: {model: {class: subscriber.service}}}
  - store: logs
    table: sessions
    subject_keys: [{column: device, role: holder, reached_from: {store: main, table: devices, column: device}}]
    time: {column: at, zone: Europe/Amsterdam}
    retention: P30D
    order_by: [ref]
    columns: {ref: {class: traffic.time}}
  - store: main
    table: chats
    subject_keys:
      - {columns: [tenant, sender], role: author}
      - {column: chat, role: member, reached_from: {store: main, table: members, column: chat}}
    time: {column: at}
    order_by: [ref]
    columns:
      ref: {class: [traffic.routing, content.messages], only_if: {role: member}}
      sender: {class: traffic.routing, third_party: token}
      text: {class: content.messages, third_party: flag, only_if: {role: author}}
  - {store: main, table: members, subject_keys: [{columns: [tenant, user_id], role: member}], order_by: [chat],
     columns: {chat: {class: subscriber.service}}}
"""
NAMED = load_data_map(MAP)
CATEGORIES = ["subscriber.identity", "subscriber.service", "traffic.time", "traffic.routing", "content.messages"]

tenants, numbers = st.sampled_from(["t1", "t2"]), st.sampled_from(["7", "8", "9"])
maybe = st.one_of(st.none(), numbers, numbers, numbers)
moments = st.sampled_from(MOMENTS)
rows_of_main = st.fixed_dictionaries(
    {
        "users": st.lists(st.tuples(tenants, maybe, st.sampled_from(NAMES)), max_size=6, unique_by=lambda row: row[2].lower()),
        "devices": st.lists(st.tuples(tenants, maybe, st.sampled_from(["d1", "d2", None])), max_size=6),
        "members": st.lists(st.tuples(tenants, maybe, st.sampled_from(["c1", "c2"])), max_size=6),
        "chats": st.lists(st.tuples(tenants, maybe, st.sampled_from(["c1", "c2", None]), moments), max_size=8),
        "sessions": st.lists(st.tuples(st.sampled_from(["d1", "d2", "d3", None]), moments, st.booleans()), max_size=8),
    }
)  # fmt: skip
periods = st.lists(moments, min_size=2, max_size=2, unique=True).map(lambda two: Period(start=min(two), end=max(two)))
named = st.sampled_from([Identifier(kind="user", value=name) for name in NAMES])
demands = st.lists(
    st.tuples(named, periods, st.lists(st.sampled_from(CATEGORIES), min_size=1, unique=True)), min_size=1, max_size=3
).map(
    lambda lines: scope_of(
        ScopeItem(identifier=who, period=period, category=code) for who, period, codes in lines for code in codes
    )
)


def write(folder, rows):
    """Write the stores: chats in UTC, sessions by the clock on the wall or with an offset. Return the places."""
    main, logs = sqlite3.connect(folder / "main.sqlite"), sqlite3.connect(folder / "logs.sqlite")
    main.executescript(
        "PRAGMA synchronous = OFF; CREATE TABLE users (tenant, id, handle); CREATE TABLE devices (tenant, user_id, device, model);"
        "CREATE TABLE members (tenant, user_id, chat); CREATE TABLE chats (tenant, sender, chat, at, ref, text);"
    )
    logs.executescript("PRAGMA synchronous = OFF; CREATE TABLE sessions (device, at, ref)")
    main.executemany("INSERT INTO users VALUES (?, ?, ?)", rows["users"])
    main.executemany(
        "INSERT INTO devices VALUES (?, ?, ?, ?)", [(*row, f"model{n}") for n, row in enumerate(rows["devices"])]
    )
    main.executemany("INSERT INTO members VALUES (?, ?, ?)", rows["members"])
    main.executemany(
        "INSERT INTO chats VALUES (?, ?, ?, ?, ?, ?)",
        [(*row[:3], row[3].strftime("%Y-%m-%dT%H:%M:%SZ"), f"c{n}", f"text{n}") for n, row in enumerate(rows["chats"])],
    )
    logs.executemany(
        "INSERT INTO sessions VALUES (?, ?, ?)",
        [(device, on_the_wall(at, plain), f"s{n}") for n, (device, at, plain) in enumerate(rows["sessions"])],
    )
    for db in (main, logs):
        db.commit()
        db.close()
    return {name: Connection(path=str(folder / f"{name}.sqlite")) for name in ("main", "logs")}


def on_the_wall(at, plain):
    local = at.astimezone(AMSTERDAM)
    return local.strftime("%Y-%m-%d %H:%M:%S") if plain else local.isoformat()


def expected(scope, rows):
    """Return what may leave: who, column, value and how often, worked out item by item."""
    found = Counter()
    for item in scope.items:
        who = item.identifier.value
        # ASCII case aside, as the map's papers say of this store; nothing else is folded.
        same = [(t, i) for t, i, handle in rows["users"] if i is not None and folded(handle) == folded(who)]
        for subject in dict.fromkeys(same):
            for column, value in cells(item, subject, rows):
                found[who, item.period if not item.category.startswith("subscriber") else None, column, value] = 1
    return found


def folded(name):
    return "".join(chr(ord(each) + 32) if "A" <= each <= "Z" else each for each in name)


def cells(item, subject, rows):
    code = item.category
    if code == "subscriber.identity":
        yield from (("handle", handle) for *own, handle in rows["users"] if tuple(own) == subject)
    devices = {device for t, i, device in rows["devices"] if (t, i) == subject} - {None}
    chats = {chat for t, i, chat in rows["members"] if (t, i) == subject}
    if code == "subscriber.service":
        yield from (("model", f"model{n}") for n, (t, i, _) in enumerate(rows["devices"]) if (t, i) == subject)
        yield from (("chat", chat) for chat in chats)
    for n, (device, at, _) in enumerate(rows["sessions"]):
        if code == "traffic.time" and device in devices and item.period.contains(at):
            yield "ref", f"s{n}"
    for n, (tenant, sender, chat, at) in enumerate(rows["chats"]):
        if item.period.contains(at):
            if chat in chats and code in ("traffic.routing", "content.messages"):
                yield "ref", f"c{n}"
            if (tenant, sender) == subject and code == "content.messages":
                yield "text", f"text{n}"


def found_in(plan, parts):
    """Return the same of what left; others and oneself by the name of the sender column are looked at apart."""
    found, senders = Counter(), set()
    for path, content in parts:
        step = plan.steps[int(path[5:8]) - 1]
        for record in map(json.loads, content.splitlines()):
            number = record.pop(TARGET)
            assert number in step.targets
            assert tuple(record) == step.column_names
            for column, value in record.items():
                if column == "sender":
                    senders.add((step.role, value))
                else:
                    found[plan.identifier(number).value, step.period, column, value] = 1
    return found, senders


@settings(max_examples=60, deadline=None)
@given(rows=rows_of_main, scopes=st.lists(demands, min_size=1, max_size=3))
def test_rows_never_cross_and_together_gives_what_alone_gives(rows, scopes):
    plans = [make_plan(scope, NAMED, case=f"AN-2026-{n:06d}") for n, scope in enumerate(scopes)]
    keys = [bytes([n]) * 32 for n in range(len(plans))]
    with TemporaryDirectory() as name:
        with open_sources(NAMED, write(Path(name), rows), now=lambda: FIRST) as sources:
            together = collect_together(list(zip(plans, keys, strict=True)), sources, spool_in=Path(name))
            packages = [list(each.chunks()) for each in together]
            alone = [collect(plan, sources, masking_key=key) for plan, key in zip(plans, keys, strict=True)]
            for plan, package, other, one in zip(plans, packages, together, alone, strict=True):
                assert sorted(package) == sorted(one.chunks())
                assert (other.records, other.masking, other.flags) == (one.records, one.masking, one.flags)
                counts = count(plan, sources)
                for entry in other.read_log:
                    if not entry.purpose:
                        assert entry.rows_returned == entry.rows_counted == counts[entry.step]
        assert not list(Path(name).glob("*.part")), "nothing waits on disk under a name"
    for scope, plan, package, key in zip(scopes, plans, packages, keys, strict=True):
        found, senders = found_in(plan, package)
        assert found == expected(scope, rows)
        for role, value in senders:
            # A part of a composite key is nobody's own, but for the row that is theirs by it.
            assert value is None or (role == "author" and value in "789") or is_token(key, value)


ROWS = {
    "users": [("t1", "7", "mara"), ("t2", "7", "jos\u00e9"), ("t1", "8", "jose\u0301")],
    "devices": [("t1", "7", "d1"), ("t1", "7", "d2"), ("t2", "7", "d3"), ("t1", "8", "d2")],
    "members": [("t1", "7", "c1"), ("t1", "8", "c1"), ("t2", "7", "c2")],
    "chats": [("t1", "7", "c1", MOMENTS[1]), ("t1", "8", "c1", MOMENTS[1]), ("t2", "7", "c2", MOMENTS[1])],
    "sessions": [("d1", MOMENTS[0], True), ("d2", MOMENTS[1], False), ("d3", MOMENTS[1], True), ("d1", MOMENTS[3], True)],
}  # fmt: skip
DAY = Period(start=MOMENTS[0], end=MOMENTS[3])


def asked(*names, codes=CATEGORIES, period=DAY):
    return scope_of(
        ScopeItem(identifier=Identifier(kind="user", value=name), category=code, period=period)
        for name in names
        for code in codes
    )


@pytest.fixture
def places(tmp_path):
    return write(tmp_path, ROWS)


def lines(scope, places, key=b"k" * 32):
    plan = make_plan(scope, NAMED, case="AN-2026-000001")
    with open_sources(NAMED, places, now=lambda: FIRST) as sources:
        rows = collect(plan, sources, masking_key=key)
        return plan, rows, [json.loads(line) for _, content in rows.chunks() for line in content.splitlines()]


def test_a_device_leads_to_its_sessions_and_only_to_those_in_the_period(places):
    plan, rows, found = lines(asked("mara", codes=["traffic.time"]), places)
    assert [each["ref"] for each in found] == ["s0", "s1"]
    assert plan.steps[0].words == (
        "Read ref from logs.sessions where device is device of a row of main.devices where user mara is holder, from"
        " 24 October 2026, 22:00 UTC to before 25 October 2026, 22:00 UTC: internet: date and time of connections."
        " Moments without a zone are those of Europe/Amsterdam. Rows are kept 30 days."
    )
    way, read = rows.read_log
    assert (way.table, way.rows_read, way.rows_returned) == ("devices", 2, 0)
    assert "lead to a later table" in way.purpose
    assert (read.table, read.rows_returned) == ("sessions", 2)


def test_in_a_chat_the_others_are_tokens_and_only_ones_own_text_is_read(places):
    _, rows, found = lines(asked("mara", codes=["traffic.routing", "content.messages"]), places)
    texts = [each["text"] for each in found if "text" in each]
    senders = {each["ref"]: each["sender"] for each in found if "ref" in each}
    assert texts == ["text0"]
    assert senders == {"c0": token(b"k" * 32, "7"), "c1": token(b"k" * 32, "8")}
    assert [json.loads(line) for line in rows.flags.splitlines()] == [
        {"column": "text", "first": 1, "last": 1, "step": 1}
    ]
    assert rows.flagged == 1


def test_names_that_only_look_alike_are_different_people(places):
    for name, device in (("jos\u00e9", "model2"), ("jose\u0301", "model3")):
        _, _, found = lines(asked(name, codes=["subscriber.service"]), places)
        assert [each["model"] for each in found if "model" in each] == [device]


def test_ten_thousand_identifiers_are_one_step_and_one_scan_a_table(places):
    scope = asked("mara", *(f"nobody{n}" for n in range(9_999)), codes=["subscriber.identity"])
    plan, rows, found = lines(scope, places)
    assert len(plan.steps) == len(rows.read_log) == 1
    assert "one of 10,000 (user mara, user nobody0, user nobody1 and 9,997 more) is subject" in plan.steps[0].words
    assert found == [{TARGET: 1, "handle": "mara"}]


def test_the_values_behind_tokens_are_found_again_with_the_key_and_with_no_other(places):
    plan = make_plan(asked("mara", codes=["traffic.routing"]), NAMED, case="AN-2026-000001")
    wanted = {token(b"k" * 32, "8"), token(b"k" * 32, "nobody")}
    with open_sources(NAMED, places, now=lambda: FIRST) as sources:
        assert identify(plan, sources, masking_key=b"k" * 32, tokens=wanted) == {token(b"k" * 32, "8"): "8"}
        assert identify(plan, sources, masking_key=b"l" * 32, tokens=wanted) == {}


def other_rows(change):
    """Return a second engine that gives the same rows in another order and other types, but for what `change` does."""

    def cross_check(self, scan):
        table = pa.Table.from_batches(list(self.read(scan)))
        rows = change(table.take(list(reversed(range(table.num_rows)))))
        wide = [pa.large_string() if each.type == pa.string() else each.type for each in rows.schema]
        yield from rows.cast(pa.schema(list(zip(rows.schema.names, wide, strict=True)))).to_batches(max_chunksize=1)

    return cross_check


def test_a_second_engine_that_gives_the_same_rows_lets_the_answer_go(places, monkeypatch):
    monkeypatch.setattr(SqliteStore, "cross_check", other_rows(lambda table: table), raising=False)
    _, rows, found = lines(asked("mara", "jos\u00e9"), places)
    assert found
    assert all(entry.cross_checked for entry in rows.read_log if not entry.purpose)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.slice(1),
        lambda table: pa.concat_tables([table, table.slice(0, 1)]),
        lambda table: table.set_column(1, table.schema.names[1], pa.array(["x"] * table.num_rows)),
        lambda table: table.set_column(0, TARGET, pa.array([1] * table.num_rows, pa.int32())),
    ],
)
def test_a_second_engine_that_gives_other_rows_holds_the_answer_and_says_where(places, monkeypatch, change):
    monkeypatch.setattr(SqliteStore, "cross_check", other_rows(change), raising=False)
    with pytest.raises(StoreFailed) as refusal:
        lines(asked("mara", "jos\u00e9", codes=["subscriber.identity"]), places)
    assert refusal.value.code == "collect.engines-disagree"
    assert "in step 1 of the plan" in refusal.value.why


def test_a_reading_tells_how_far_it_is_and_a_stopped_one_starts_clean(places, tmp_path):
    plan = make_plan(asked("mara", "jos\u00e9"), NAMED, case="AN-2026-000001")
    told, stop = [], threading.Event()

    def tell(progress):
        told.append(progress)
        if len(told) == 2:
            stop.set()

    with open_sources(NAMED, places, now=lambda: FIRST) as sources:
        with pytest.raises(StoreFailed) as refusal:
            collect_together([(plan, b"k" * 32)], sources, spool_in=tmp_path, watch=Watch(tell=tell, stop=stop))
        assert refusal.value.code == "collect.stopped"
        assert told[-1].expected == sum(count(plan, sources).values())
        assert told[0].seconds_left is None
        assert told[-1].rows > 0
        assert told[-1].seconds_left >= 0
        whole = collect(plan, sources, masking_key=b"k" * 32)
        assert list(whole.chunks())
        assert whole.records == told[-1].expected


def test_what_a_person_must_bring_holds_the_answer(places):
    by_hand = load_data_map(
        MAP.replace("logs: {kind: sqlite}}", "logs: {kind: sqlite}, archive: {kind: person}}")
        + "  - {store: archive, table: letters, subject_keys: [{columns: [tenant, id], role: author}], order_by: [n],\n"
        "     columns: {letter: {class: subscriber.identity}}}\n"
    )
    plan = make_plan(asked("mara", codes=["subscriber.identity"]), by_hand, case="AN-2026-000001")
    assert plan.steps[-1].words.startswith("Have a person read letter from archive.letters")
    with open_sources(by_hand, places, now=lambda: FIRST) as sources:
        assert count(plan, sources) == {1: 1, 2: 0}
        with pytest.raises(StoreFailed) as refusal:
            list(collect(plan, sources, masking_key=b"k" * 32).chunks())
    assert refusal.value.code == "collect.by-hand"
    with sqlite3.connect(places["main"].path) as db:
        db.execute("CREATE TABLE letters (tenant, id, n, letter)")
        db.execute("INSERT INTO letters VALUES ('t1', '7', 1, 'Dear all')")
    brought = {"archive": SqliteStore("archive", Path(places["main"].path))}
    with open_sources(by_hand, places, now=lambda: FIRST, brought=brought) as sources:
        parts = dict(collect(plan, sources, masking_key=b"k" * 32).chunks())
    assert parts["data/002-archive.letters.0001.jsonl"] == b'{"answerable_target":1,"letter":"Dear all"}\n'
