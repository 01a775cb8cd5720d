"""Is a database read by a role that cannot change it, in one snapshot, and does whatever goes wrong say so without a value?"""

import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg
import pymysql
import pytest
from tests.collect.worlds import Event, in_mariadb, in_postgres, in_sqlite, rows_of

from answerable.adapters.sources.connections import Connection, open_store
from answerable.collect.scan import Scan, Target
from answerable.errors import StoreFailed

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
SCAN = Scan("events", ("who",), ("id", "note"), (Target(("mara",)),), ("id",))
SECRETS = ("mara", "quay", "secret", "2026-03")
MANY = tuple(Event(number, note="quay" * 40) for number in range(5_000))


class World:
    """A database of one kind, in which events lie, and what is special about the kind."""

    def __init__(self, kind, server, database):
        self.kind, self.server, self.database = kind, server, database
        server.prepare(database)

    def fill(self, events):
        if self.kind == "postgres":
            in_postgres(self.server.dsn("postgres", self.database), events, indexed=True)
        else:
            in_mariadb(self.server.folder / "s", self.database, events, indexed=True)

    def run(self, *statements):
        self.server.run(self.database, *statements)

    def open(self, user="reader", **settings):
        return open_store("forum", self.kind, self.server.connection(user, self.database, **settings))

    def reader(self, name, *grants):
        """Make a role of its own with these rights."""
        at = "" if self.kind == "postgres" else "@localhost"
        self.run(f"DROP {'ROLE' if not at else 'USER'} IF EXISTS {name}{at}")
        self.run(f"CREATE ROLE {name} LOGIN" if not at else f"CREATE USER {name}{at}")
        self.run(*(f"{each} TO {name}{at}" for each in grants))
        return name

    @property
    def slow(self):
        """A view in which every row takes a while."""
        wait = "pg_sleep(0.2) IS NOT NULL" if self.kind == "postgres" else "SLEEP(0.2) = 0"
        self.run(f"CREATE OR REPLACE VIEW slow AS SELECT * FROM events WHERE {wait}")
        if self.kind == "postgres":
            self.run("GRANT SELECT ON slow TO reader")
        return Scan("slow", ("who",), ("id",), (Target(("mara",)),), ("id",))


@pytest.fixture(params=["postgres", "mysql"])
def world(request):
    server = request.getfixturevalue({"postgres": "postgres", "mysql": "mariadb"}[request.param])
    return World(request.param, server, f"base_{abs(hash(request.node.name)) % 10**8}")


def refused(ask, *arguments, **named):
    """Return the code of a refusal, after a look that it says everything and no value."""
    with pytest.raises(StoreFailed) as refusal:
        found = ask(*arguments, **named)
        list(found) if hasattr(found, "__iter__") else found
    fault = refusal.value
    told = " ".join([fault.what, fault.why, fault.next_step])
    assert all([fault.what, fault.why, fault.next_step])
    assert not any(value in told for value in SECRETS)
    return fault


WRITERS = {
    "postgres": [
        ("GRANT INSERT ON events", "write to public.events"),
        ("GRANT UPDATE (note) ON events", "write to public.events"),
        ("GRANT TRUNCATE ON events", "write to public.events"),
        ("GRANT CREATE ON SCHEMA public", "create in the schema public"),
        ("GRANT pg_write_all_data", "write to public.events"),
    ],
    "mysql": [
        ("GRANT INSERT ON {database}.events", "INSERT on"),
        ("GRANT UPDATE (note) ON {database}.events", "UPDATE on"),
        ("GRANT ALL PRIVILEGES ON {database}.*", "ALL PRIVILEGES on"),
        ("GRANT CREATE ON {database}.*", "CREATE on"),
        ("GRANT EXECUTE ON {database}.*", "EXECUTE on"),
    ],
}


@pytest.mark.parametrize("number", range(5))
def test_a_role_that_can_write_is_refused_unless_the_operator_says_why(world, number):
    world.fill([Event(1)])
    grant, told = WRITERS[world.kind][number]
    select = "GRANT SELECT ON events" if world.kind == "postgres" else f"GRANT SELECT ON {world.database}.*"
    user = world.reader(f"writer{number}", select, grant.format(database=world.database))
    fault = refused(world.open, user)
    assert (fault.code, told in fault.why) == ("collect.may-write", True)
    with closing(world.open(user, may_write_because="the only role that our host gives us")) as store:
        assert (rows_of(store, SCAN), store.is_writable()) == ([(0, 1, "quay")], True)
        with pytest.raises((psycopg.Error, pymysql.Error)):
            store._db.cursor().execute("INSERT INTO events (id, note) VALUES (2, '')")


def test_a_role_that_could_become_a_writer_is_refused(world):
    world.fill([Event(1)])
    if world.kind == "postgres":
        world.run("DROP ROLE IF EXISTS crew", "CREATE ROLE crew", "GRANT DELETE ON events TO crew")
        user = world.reader("sailor", "GRANT SELECT ON events", "GRANT crew")
        world.run("ALTER ROLE sailor NOINHERIT")
    else:
        world.run("DROP ROLE IF EXISTS crew", "CREATE ROLE crew", f"GRANT DELETE ON {world.database}.* TO crew")
        user = world.reader("sailor", f"GRANT SELECT ON {world.database}.*", "GRANT crew")
    assert refused(world.open, user).code == "collect.may-write"


def test_the_superuser_is_refused(world):
    world.fill([])
    assert refused(world.open, "postgres" if world.kind == "postgres" else "root").code == "collect.may-write"


def test_what_changes_meanwhile_is_not_seen(world):
    world.fill([Event(1), Event(2)])
    with closing(world.open()) as store:
        batches = store.read(SCAN)
        before = store.touched(SCAN).snapshot
        world.run("INSERT INTO events (id, who) VALUES (3, 'mara')", "UPDATE events SET note = 'gone' WHERE id = 1")
        world.run("DELETE FROM events WHERE id = 2")
        assert [row["id"] for batch in batches for row in batch.to_pylist()] == [1, 2]
        assert rows_of(store, SCAN) == [(0, 1, "quay"), (0, 2, "quay")]
        assert store.touched(SCAN).snapshot == before
    with closing(world.open()) as store:
        assert rows_of(store, SCAN) == [(0, 1, "gone"), (0, 3, None)]
        assert store.touched(SCAN).snapshot != before


def test_a_statement_that_takes_too_long_is_ended(world):
    world.fill([Event(number) for number in range(20)])
    scan = world.slow
    with closing(world.open(statement_timeout_seconds=1)) as store:
        fault = refused(store.read, scan)
    assert (fault.code, "1 seconds" in fault.why) == ("collect.too-slow", True)


def test_a_reading_is_stopped_from_another_thread_while_the_server_works(world):
    world.fill([Event(number) for number in range(200)])
    scan = world.slow
    with closing(world.open()) as store:
        timer = threading.Timer(0.5, store.interrupt)
        timer.start()
        started = time.monotonic()
        assert refused(store.read, scan).code == "collect.stopped"
        assert time.monotonic() - started < 20
        timer.join()
        assert refused(store.count, SCAN).code == "collect.stopped"


def test_a_reading_is_stopped_between_two_batches(world):
    world.fill(MANY)
    with closing(world.open()) as store:
        batches = store.read(SCAN)
        assert next(batches).num_rows < len(MANY)
        store.interrupt()
        assert refused(lambda: batches).code == "collect.stopped"


def test_a_reading_given_up_leaves_the_store_usable(world):
    world.fill(MANY)
    with closing(world.open()) as store:
        batches = store.read(SCAN)
        next(batches)
        batches.close()
        assert store.count(SCAN) == (len(MANY),)


def test_a_connection_that_ends_is_noticed_in_the_middle(world):
    world.fill(MANY)
    with closing(world.open()) as store:
        batches = store.read(SCAN)
        next(batches)
        if world.kind == "postgres":
            world.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'")
        else:
            world.run(f"KILL CONNECTION {store._thread}")
        assert refused(lambda: batches).code == "collect.lost-connection"


def test_a_server_that_is_not_there_is_said(tmp_path, monkeypatch):
    for kind, dsn in (
        ("postgres", f"host={tmp_path} user=reader password=secret dbname=forum"),
        ("mysql", f"mysql://reader:secret@localhost/forum?unix_socket={tmp_path}/none"),
    ):
        monkeypatch.setenv("FORUM_DSN", dsn)
        assert refused(open_store, "forum", kind, Connection(dsn_env="FORUM_DSN")).code == "collect.lost-connection"


def test_a_password_that_is_wrong_or_a_database_that_is_not_there_is_no_riddle(world):
    world.database = "nowhere_at_all"
    assert refused(world.open).code in ("collect.store-failed", "collect.lost-connection")


def test_a_table_that_may_not_be_read_is_as_if_it_were_not_there(world):
    world.fill([Event(1)])
    user = world.reader("nobody1", *(["GRANT USAGE ON *.*"] if world.kind == "mysql" else []))
    if world.kind == "mysql":
        assert refused(world.open, user).code == "collect.store-failed"
    else:
        with closing(world.open(user)) as store:
            assert refused(store.read, SCAN).code == "collect.not-as-mapped"


def test_a_text_is_no_column_of_time(world):
    world.fill([Event(1)])
    scan = Scan("events", ("who",), ("id",), (Target(("mara",), FIRST),), ("id",), "note")
    with closing(world.open()) as store:
        assert refused(store.count, scan).code == "collect.unreadable-moment"


def test_a_second_reading_on_one_connection_never_cuts_the_first_short(world):
    world.fill(MANY)
    with closing(world.open()) as store:
        batches = store.read(SCAN)
        rows = next(batches).num_rows
        if world.kind == "postgres":
            assert store.count(SCAN) == (len(MANY),)
        else:
            assert refused(store.count, SCAN).code == "collect.store-failed"
        assert rows + sum(each.num_rows for each in batches) == len(MANY)


def test_batches_stay_small_where_rows_are_large(world):
    world.fill([Event(number, note="q" * 190) for number in range(3_000)])
    with closing(world.open()) as store:
        sizes = [(each.num_rows, each.nbytes) for each in store.read(SCAN)]
    assert sum(rows for rows, _ in sizes) == 3_000
    assert len(sizes) > 1
    assert max(size for _, size in sizes) < 6_000_000


def test_names_are_looked_up_where_the_settings_say(postgres):
    world = World("postgres", postgres, "paths")
    world.fill([Event(1)])
    world.run(
        "CREATE SCHEMA older",
        "CREATE TABLE older.events AS SELECT * FROM public.events",
        "UPDATE older.events SET id = 9",
    )
    world.run("GRANT USAGE ON SCHEMA older TO reader", "GRANT SELECT ON older.events TO reader")
    for path, number in (((), 1), (("older", "public"), 9)):
        with closing(world.open(search_path=path)) as store:
            assert rows_of(store, SCAN) == [(0, number, "quay")]


def test_a_collation_that_folds_is_not_believed(postgres):
    world = World("postgres", postgres, "folding")
    world.run(
        "CREATE COLLATION folds (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
        "CREATE TABLE events (id int, who text COLLATE folds, code char(8), nr uuid)",
        "INSERT INTO events VALUES (1, 'mara', 'a', '00000000-0000-4000-8000-00000000000a'), (2, 'MARA', 'A', NULL),"
        " (3, 'm\u00e1ra', 'a b', NULL)",
        "CREATE INDEX ON events (who)",
        "GRANT SELECT ON events TO reader",
    )
    with closing(world.open()) as store:
        for column, values, ids in (
            ("who", ("mara", "MARA", "Mara"), [(0, 1), (1, 2)]),
            ("code", ("a", "A", "a b", "a "), [(0, 1), (1, 2), (2, 3)]),
            ("nr", ("00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000A"), [(0, 1)]),
        ):
            scan = Scan("events", (column,), ("id",), tuple(Target((value,)) for value in values), ("id",))
            assert rows_of(store, scan) == ids


def test_an_infinite_moment_is_in_no_closed_period_and_never_becomes_another(postgres):
    world = World("postgres", postgres, "infinite")
    world.fill([Event(1, at=FIRST)])
    world.run("INSERT INTO events (id, who, at) VALUES (2, 'mara', 'infinity')")
    scan = Scan("events", ("who",), ("id", "at"), (Target(("mara",), FIRST, FIRST + timedelta(days=1)),), ("id",), "at")
    with closing(world.open()) as store:
        assert [row[1] for row in rows_of(store, scan)] == [1]
        assert (
            refused(store.read, Scan("events", ("who",), ("at",), (Target(("mara",)),), ("id",))).code
            == "collect.unreadable-moment"
        )


@pytest.mark.parametrize("zero", ["0000-00-00 00:00:00", "2026-03-00 00:00:00", "2026-00-00 00:00:00"])
def test_a_zero_date_stops_the_answer(mariadb, zero):
    world = World("mysql", mariadb, "zeros")
    world.fill([Event(1), Event(2, who="jon")])
    world.run("SET sql_mode = ''", f"UPDATE events SET wall = '{zero}' WHERE who = 'mara'")
    period = (FIRST, FIRST + timedelta(days=2))
    with closing(world.open()) as store:
        scan = Scan("events", ("who",), ("id",), (Target(("mara",), *period),), ("id",), "wall")
        assert refused(store.count, scan).code == refused(store.read, scan).code == "collect.unreadable-moment"
        other = Scan("events", ("who",), ("id",), (Target(("jon",), *period),), ("id",), "wall")
        assert rows_of(store, other) == [(0, 2)]


def test_old_alphabets_are_compared_exactly(mariadb):
    world = World("mysql", mariadb, "latin")
    world.run(
        "CREATE TABLE events (id INT, who VARCHAR(20), f FLOAT, big BIGINT UNSIGNED, KEY (who)) CHARACTER SET latin1",
        "INSERT INTO events VALUES (1, 'ren\u00e9', 0.1, 18446744073709551615), (2, 'rene', 1.5, 0), (3, '?', 1e30, 1)",
    )
    names = ("ren\u00e9", "rene\u0301", "rene", "\U0001f6a2", "?")
    scan = Scan("events", ("who",), ("id", "big"), tuple(Target((name,)) for name in names), ("id",))
    with closing(world.open()) as store:
        assert rows_of(store, scan) == [(0, 1, 2**64 - 1), (2, 2, 0), (4, 3, 1)]
        floats = [row[1] for row in rows_of(store, Scan("events", ("who",), ("f",), (Target(("?",)),), ("id",)))]
        assert floats[0] == pytest.approx(1e30, rel=1e-6)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "Exactly one of dsn_env and dsn_file"),
        ({"dsn_env": "NOT_SET_ANYWHERE"}, "NOT_SET_ANYWHERE is not set"),
        ({"dsn_file": "/nowhere/dsn"}, "cannot be read"),
        ({"dsn_env": "A", "dsn_file": "b"}, "Exactly one"),
    ],
)
def test_credentials_come_from_one_place_outside_the_map(settings, told):
    for kind in ("postgres", "mysql"):
        fault = refused(open_store, "forum", kind, Connection(**settings))
        assert fault.code == "collect.no-connection"
        assert told in fault.why


@pytest.mark.parametrize(
    "dsn", ["reader:secret@host/forum", "mysql://reader:secret@host", "mysql://h:x/forum", "mysql://h/forum?tls=1"]
)
def test_an_address_that_is_none_is_refused_without_being_shown(monkeypatch, dsn):
    monkeypatch.setenv("FORUM_DSN", dsn)
    assert refused(open_store, "forum", "mysql", Connection(dsn_env="FORUM_DSN")).code == "collect.no-connection"


def test_a_kind_nobody_knows_or_a_file_without_a_path_is_refused():
    assert refused(open_store, "forum", "sqlite", Connection()).code == "collect.no-connection"
    assert refused(open_store, "forum", "oracle", Connection(path="x")).code == "collect.no-connection"
    assert Connection.model_validate("/srv/forum.sqlite") == Connection(path="/srv/forum.sqlite")


def test_an_sqlite_store_is_stopped_and_keeps_its_snapshot(tmp_path):
    path = in_sqlite(tmp_path, MANY, indexed=True)
    with closing(open_store("forum", "sqlite", Connection(path=str(path)))) as store:
        batches = store.read(SCAN)
        next(batches)
        store.interrupt()
        assert refused(lambda: batches).code == "collect.stopped"
    assert (
        refused(open_store, "forum", "sqlite", Connection(path=str(tmp_path / "none"))).code == "collect.store-failed"
    )
