"""Does an answer hold exactly what is permitted: nobody else's records, no other category, no other moment, no third party?

Small stores are made at random. What may leave is worked out here once more, row by row, without plan or query, and the
opened package must hold that and nothing else. Every value of the stores names its row or person, so it can be searched for.
"""

import io
import json
import re
import sqlite3
import tarfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.adapters.encryption import decrypt, encrypt, new_identity
from answerable.adapters.sources import collect, open_sources
from answerable.adapters.sources.connections import Connection
from answerable.casefile.encoding import canonical
from answerable.casefile.scope import Identifier, Period, ScopeItem, scope_of
from answerable.collect import load_data_map, make_plan
from answerable.seal import Bag
from answerable.verify.answer import verify_answer

AUTHOR, TOKEN = {"only_if": {"role": "author"}}, {"third_party": "token"}
MAP = {
    "version": 1,
    "stores": {"forum": {"kind": "sqlite"}, "events": {"kind": "parquet"}},
    "identifiers": {
        "user": {"store": "forum", "table": "accounts", "column": "username", "key": "id"},
        "email": {"store": "forum", "table": "accounts", "column": "email", "key": "id"},
    },
    "tables": [
        {
            "store": "forum", "table": "accounts", "order_by": ["id"],
            "subject_keys": [{"column": "id", "role": "subject"}],
            "columns": {
                "ref": {"class": ["subscriber.identity", "subscriber.registration"]},
                "email": {"class": "subscriber.identity"},
                "invited_by": {"class": "subscriber.registration", **TOKEN},
            },
        },
        {
            "store": "forum", "table": "messages", "order_by": ["ref"], "time": {"column": "at"},
            "subject_keys": [{"column": "from_id", "role": "author"}, {"column": "to_id", "role": "addressee"}],
            "columns": {
                "ref": {"class": ["traffic.time", "traffic.routing"]},
                "at": {"class": "traffic.time"},
                "from_id": {"class": "traffic.routing", **TOKEN},
                "to_id": {"class": "traffic.routing", **TOKEN},
                "from_email": {"class": "traffic.routing", **TOKEN},
                "to_email": {"class": "traffic.routing", **TOKEN},
                "to_ip": {"class": "traffic.routing", **TOKEN},
                "subject_line": {"class": "content.messages", **AUTHOR},
                "body": {"class": ["content.messages", "content.mailbox"], **AUTHOR},
            },
        },
        {
            "store": "events", "table": "calls", "order_by": ["at", "ref"], "time": {"column": "at"},
            "subject_keys": [{"column": "from_id", "role": "author"}, {"column": "to_id", "role": "addressee"}],
            "columns": {
                "ref": {
                    "class": [
                        "traffic.call_time", "traffic.call_parties", "identification.connection", "subscriber.service"
                    ]
                },
                "device": {"class": "subscriber.service"},
                "at": {"class": ["traffic.call_time", "identification.connection"]},
                "from_id": {"class": "traffic.call_parties", **TOKEN},
                "to_id": {"class": "traffic.call_parties", **TOKEN},
                "to_ip": {"class": "traffic.call_parties", **TOKEN},
                "from_email": {"class": "identification.connection", **AUTHOR},
            },
        },
    ],
}  # fmt: skip
NAMED = load_data_map(json.dumps(MAP))
CATEGORIES = sorted(
    {
        code
        for table in MAP["tables"]
        for column in table["columns"].values()
        for code in ([column["class"]] if isinstance(column["class"], str) else column["class"])
    }
    | {"traffic.logs", "subscriber.payment"}
)  # fmt: skip - two more, which no column answers

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
# Few moments, a second apart where it hurts, so that rows lie on the edges of periods and just beside them.
MOMENTS = [FIRST + timedelta(seconds=each) for each in (0, 1, 2, 86_399, 86_400, 86_401, 5_000_000)]
ACCOUNTS, PEOPLE = range(4), range(6)  # the last two have no account here
REF = re.compile(r"[acm]\d{3}$")

people = st.sampled_from(PEOPLE)
talks = st.lists(st.tuples(people, people, st.sampled_from(MOMENTS), st.booleans()), min_size=4, max_size=16)
inviters = st.lists(st.none() | people, min_size=len(ACCOUNTS), max_size=len(ACCOUNTS))
pairs = st.lists(st.sampled_from(MOMENTS), min_size=2, max_size=2, unique=True).map(sorted)
periods = pairs.map(lambda each: Period(start=each[0], end=each[1]))
open_periods = st.sampled_from(MOMENTS).flatmap(
    lambda at: st.sampled_from([Period(start=at), Period(end=at), Period()])
)
named = st.sampled_from(
    [Identifier(kind="user", value=f"name{n}") for n in ACCOUNTS]
    + [Identifier(kind="email", value=f"p{n}@mail.example") for n in ACCOUNTS]
    + [Identifier(kind="user", value="nobody"), Identifier(kind="tel", value="+31600000000")]
)
whens = st.one_of(periods, periods, periods, open_periods, st.none())
codes_asked = st.lists(st.sampled_from(CATEGORIES), min_size=4, max_size=len(CATEGORIES), unique=True)
scopes = st.lists(st.tuples(named, whens, codes_asked), min_size=1, max_size=3).map(
    lambda lines: scope_of(
        ScopeItem(identifier=identifier, category=code, period=period)
        for identifier, period, codes in lines
        for code in codes
    )
)


def rows_of(invited, messages, calls):
    """Return every row of every table, a column that the map does not name among them."""

    def talk(letter, n, between):
        sender, addressee, at, has_ip = between
        return {
            "ref": f"{letter}{n:03d}", "at": at, "from_id": f"id-{sender}", "to_id": f"id-{addressee}",
            "from_email": f"p{sender}@mail.example", "to_email": f"p{addressee}@mail.example",
            "to_ip": f"198.51.100.{addressee}" if has_ip else None, "subject_line": f"about_{letter}{n:03d}",
            "body": f"text_{letter}{n:03d}", "device": f"device_{letter}{n:03d}", "never_named": f"secret_{letter}{n:03d}",
        }  # fmt: skip

    return {
        "accounts": [
            {
                "ref": f"a{n:03d}", "id": f"id-{n}", "username": f"name{n}", "email": f"p{n}@mail.example",
                "invited_by": None if by is None else f"id-{by}", "never_named": f"secret_a{n:03d}",
            } for n, by in enumerate(invited)
        ],
        "messages": [talk("m", n, each) for n, each in enumerate(messages)],
        "calls": [talk("c", n, each) for n, each in enumerate(calls)],
    }  # fmt: skip


def write_stores(folder, rows):
    """Write the rows as the two kinds of store keep them, calls in two files; return the places."""
    db = sqlite3.connect(folder / "forum.sqlite")
    db.executescript(
        "PRAGMA synchronous = OFF; CREATE TABLE accounts (ref, id, username, email, invited_by, never_named);"
        "CREATE TABLE messages (ref, at, from_id, to_id, from_email, to_email, to_ip, subject_line, body, device, never_named);"
    )
    for table in ("accounts", "messages"):
        for row in rows[table]:
            values = [
                each.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(each, datetime) else each for each in row.values()
            ]
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
    db.commit()
    db.close()
    names = [*MAP["tables"][2]["columns"], "never_named"]
    schema = pa.schema([(name, pa.timestamp("us", tz="UTC") if name == "at" else pa.string()) for name in names])
    (folder / "events" / "calls").mkdir(parents=True)
    for half in (0, 1):
        table = pa.Table.from_pylist([{name: row[name] for name in names} for row in rows["calls"][half::2]], schema)
        pq.write_table(table, folder / "events" / "calls" / f"{half}.parquet")
    places = {"forum": folder / "forum.sqlite", "events": folder / "events"}
    return {name: Connection(path=str(place)) for name, place in places.items()}


def permitted_cells(scope, rows):
    """Yield who, row, column, value and whether it must be a token: what `scope` lets leave, worked out row by row."""
    for item in scope.items:
        column_asked = {"user": "username", "email": "email"}.get(item.identifier.kind)
        for account in [each for each in rows["accounts"] if each.get(column_asked) == item.identifier.value]:
            own = {account["id"], item.identifier.value}
            for table in MAP["tables"]:
                for row in rows[table["table"]]:
                    roles = {key["role"] for key in table["subject_keys"] if row[key["column"]] == account["id"]}
                    if roles and lies_in(item, row.get("at")):
                        yield from cells_of(row, table, item=item, roles=roles, own=own)


def lies_in(item, at):
    if item.category.startswith("subscriber."):
        return True
    period = item.period
    return None not in (period, at) and None not in (period.start, period.end) and period.start <= at < period.end


def cells_of(row, table, *, item, roles, own):
    for name, rule in table["columns"].items():
        classes = [rule["class"]] if isinstance(rule["class"], str) else rule["class"]
        only = rule.get("only_if", {}).get("role")
        if item.category in classes and (only is None or only in roles):
            value = row[name].isoformat().replace("+00:00", "Z") if name == "at" else row[name]
            masked = "third_party" in rule and value is not None and value not in own
            yield (item.identifier, row["ref"], name), (value, masked)


def found_cells(files):
    """Return who, row, column and value of every record in the payload."""
    named = [Identifier.model_validate(each) for each in json.loads(files["meta/plan.json"])["identifiers"]]
    found = {}
    for path, content in files.items():
        if path.endswith(".jsonl") and path.startswith("data/"):
            for line in content.splitlines():
                record = json.loads(line)
                who = named[record.pop("answerable_target") - 1]
                row = REF.search(record.get("ref") or record["body"])
                for name, value in record.items():
                    assert found.setdefault((who, row[0], name), value) == value
    return found


def sealed_and_opened(folder, scope, *, places, masking_key):
    """Return the opened tar and its files: plan, collect, seal to a fresh key, decrypt, unpack."""
    identity, recipient = new_identity()
    plan = make_plan(scope, NAMED, case="AN-2026-000001")
    with open_sources(NAMED, places, now=lambda: FIRST) as sources:
        rows = collect(plan, sources, masking_key=masking_key)
        bag = Bag(
            case="AN-2026-000001",
            sealed_at=FIRST,
            payload=rows.chunks(),
            tags=lambda: {
                "meta/plan.json": canonical(plan),
                "meta/readlog.jsonl": b"".join(canonical(entry) + b"\n" for entry in rows.read_log),
                "meta/masking.json": canonical(rows.masking),
            },
        )
        encrypt(bag.stream(), folder / "answer.tar.age", [recipient])
    opened = b"".join(decrypt(folder / "answer.tar.age", identity))
    with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    return opened, files


def answers(scope, rows, keys):
    with TemporaryDirectory() as name:
        places = write_stores(Path(name), rows)
        return [sealed_and_opened(Path(name), scope, places=places, masking_key=key) for key in keys]


def token_of(expected, found):
    """Return the token of each third party's value, having checked that it has one, and shares it with nobody."""
    tokens = {}
    for place, (value, masked) in expected.items():
        if masked:
            assert re.fullmatch("tp_[a-z2-7]{32}", found[place])
            assert tokens.setdefault(value, found[place]) == found[place]
        else:
            assert found[place] == value
    assert len(set(tokens.values())) == len(tokens)
    return tokens


stores = st.builds(rows_of, inviters, talks, talks)


@settings(max_examples=50, deadline=None)
@given(scope=scopes, rows=stores)
def test_all_that_is_permitted_leaves_and_nothing_else(scope, rows):
    expected = dict(permitted_cells(scope, rows))
    [(opened, files)] = answers(scope, rows, [b"k" * 32])
    found = found_cells(files)
    assert set(found) == set(expected)
    token_of(expected, found)
    shown = {value for value, masked in expected.values() if not masked} | {each.value for each in scope.identifiers}
    for row in (row for table in rows.values() for row in table):
        for column, value in row.items():
            hidden = column != "at" and value is not None and value not in shown
            assert not (hidden and re.search(rb"(?<!\w)" + re.escape(value.encode()) + rb"(?!\w)", opened)), value
    assert b"never_named" not in opened
    assert b"secret_" not in opened


@settings(max_examples=20, deadline=None)
@given(scope=scopes, rows=stores)
def test_a_package_describes_itself_truly(scope, rows):
    [(opened, files)] = answers(scope, rows, [b"k" * 32])
    assert [check for check in verify_answer(iter([opened])).checks if not check.passed] == []
    tokens = Counter()
    for path, content in files.items():
        if path.endswith(".jsonl") and path.startswith("data/"):
            table = re.fullmatch(r"data/\d{3}-(\w+\.\w+)\.\d{4}\.jsonl", path)[1]
            for record in map(json.loads, content.splitlines()):
                tokens.update(f"{table}.{name}" for name, value in record.items() if str(value).startswith("tp_"))
    assert tokens == +Counter(json.loads(files["meta/masking.json"]))


@settings(max_examples=15, deadline=None)
@given(scope=scopes, rows=stores)
def test_tokens_of_two_packages_have_nothing_in_common(scope, rows):
    expected = dict(permitted_cells(scope, rows))
    one, other = (
        token_of(expected, found_cells(files)) for _, files in answers(scope, rows, [b"k" * 32, b"l" * 32])
    )  # fmt: skip
    assert one.keys() == other.keys()
    assert not set(one.values()) & set(other.values())


def test_the_examples_reach_every_column_and_both_sides_of_a_period():
    rows = rows_of([5, 0, None, 1], [(0, 5, at, True) for at in MOMENTS], [(5, 0, at, True) for at in MOMENTS])
    period = Period(start=MOMENTS[1], end=MOMENTS[4])
    who = Identifier(kind="user", value="name0")
    scope = scope_of(ScopeItem(identifier=who, category=code, period=period) for code in CATEGORIES)
    [(_, files)] = answers(scope, rows, [b"k" * 32])
    found = found_cells(files)
    seen = {ref for _, ref, _ in found}
    assert seen == {"a000", "m001", "m002", "m003", *(row["ref"] for row in rows["calls"])}
    timed = {ref for _, ref, name in found if name == "at"}
    assert timed == {"m001", "m002", "m003", "c001", "c002", "c003"}, "what describes the account has no date"
    columns = {name for table in MAP["tables"] for name in table["columns"]}
    assert {name for _, _, name in found} == columns
    assert (who, "c001", "from_email") not in found, "of a call that somebody else made, only_if keeps this column"
