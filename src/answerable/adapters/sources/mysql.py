"""How is a MySQL or MariaDB database read? In one read-only snapshot, row after row as they come, joined with the targets."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa
import pymysql  # type: ignore[import-untyped]
from pymysql.converters import encoders  # type: ignore[import-untyped]
from pymysql.cursors import SSCursor  # type: ignore[import-untyped]

from answerable.adapters.sources import failures
from answerable.adapters.sources.batches import Pace, schema_of
from answerable.adapters.sources.connections import Connection, secret
from answerable.adapters.sources.mysql_columns import Column, columns_of_table, rights_to_write, ticked
from answerable.adapters.sources.scanning import ColumnFacts, Touched
from answerable.adapters.sources.source import refuse_missing
from answerable.adapters.sources.targets import Clock, Sought, bound, found_subjects, sought, sought_around
from answerable.casefile.scope import Identifier
from answerable.collect.data_map import IdentifierRule
from answerable.collect.scan import TARGET, Scan

_GONE = {1053, 1927, 2002, 2003, 2006, 2013, 2055, 4031}
_TOO_SLOW = {1969, 3024}
_OPTIONS = {"unix_socket", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity"}
_FOLDED = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class MysqlStore:
    """One database, seen as it was when the store was opened, by a user that cannot change it."""

    def __init__(self, name: str, settings: Connection) -> None:
        self._name = name
        self._seconds = settings.statement_timeout_seconds
        self._stop = threading.Event()
        self._tables: dict[str, Mapping[str, Column]] = {}
        self._placed: Scan | None = None
        self._reads = False
        self._address = _address(name, secret(name, settings))
        with self._explained():
            self._db = self._connected()
        try:
            self._prepare(settings)
        except BaseException:
            self._db.close()
            raise

    def _connected(self) -> Any:
        return pymysql.connect(
            **self._address,
            charset="utf8mb4",
            conv=dict(encoders),  # values stay the text the server writes until they are a column
            autocommit=True,
            connect_timeout=10,
            read_timeout=self._seconds + 30,
            program_name="answerable",
        )

    def _prepare(self, settings: Connection) -> None:
        """Make the session read-only, refuse a user that can write, and take the snapshot."""
        version = self._db.get_server_info()
        is_maria = "MariaDB" in version
        self._refuse_old(version, (10, 6) if is_maria else (8, 0))
        timeout = f"max_statement_time = {self._seconds}" if is_maria else f"max_execution_time = {self._seconds}000"
        for each in (
            f"SET SESSION {timeout}, time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES',"
            f" net_write_timeout = {self._seconds}",
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "SET SESSION TRANSACTION READ ONLY",
        ):
            self._rows(each)
        rights = rights_to_write(self._grants)
        if rights and settings.may_write_because is None:
            raise failures.may_write(self._name, rights)
        self._may_write = bool(rights)
        self._rows("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        moment = self._rows("SELECT UTC_TIMESTAMP(6), CONNECTION_ID()")[0]
        self._thread = int(moment[1])
        log = self._rows("SELECT @@gtid_current_pos" if is_maria else "SELECT @@global.gtid_executed")[0][0]
        self._snapshot = f"consistent snapshot of {moment[0].replace(' ', 'T')}Z" + (f", log at {log}" if log else "")

    def tables(self) -> Collection[str]:
        """Return every table and view of the database that the user may see."""
        found = self._rows("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
        return [row[0] for row in found]

    def is_writable(self) -> bool:
        """Whether the user could write, which the settings then give a reason for."""
        return self._may_write

    def columns(self, table: str) -> Mapping[str, ColumnFacts]:
        """Return the columns of a table, empty where there is no such table."""
        return {name: ColumnFacts(each.shown, each.is_indexed) for name, each in self._columns(table).items()}

    def check(self, table: str, columns: Collection[str]) -> None:
        """Refuse a table or a column that is not there."""
        refuse_missing(self._name, table, columns, known=self._columns(table))

    def resolve(
        self, rule: IdentifierRule, identifiers: Sequence[Identifier]
    ) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Return the subjects of each identifier. Of letters, only the case of A to Z does not count.

        No collation folds just these, so that the last word is ours.
        """
        keys, time = rule.keys, rule.time
        self.check(rule.table, {rule.column, *keys} | ({time} if time else set()))
        known = self._columns(rule.table)
        clock = self._clock(rule.table, time)
        column = known[rule.column]
        ask = _Asked(rule.table, (column,), sought_around(rule, identifiers, clock), time=(time, clock), is_near=True)
        if not ask.wanted:
            return tuple(() for _ in identifiers)
        values = ", ".join([column.key_text, *(known[key].key_text for key in keys)])
        found = [
            (place, *subject)
            for place, value, *subject in self._rows(f"SELECT DISTINCT x.place, {values} {ask.source}", ask.values)
            if None not in subject and value.translate(_FOLDED) == identifiers[int(place)].value.translate(_FOLDED)
        ]
        return found_subjects(found, identifiers)

    def count(self, scan: Scan) -> tuple[int, ...]:
        """Return how many rows each target of the scan has."""
        self._refuse_unplaceable(scan)
        ask, counts = self._asked(scan), [0] * len(scan.targets)
        if ask.wanted:
            for place, rows in self._rows(f"SELECT x.place, COUNT(*) {ask.source} GROUP BY x.place", ask.values):
                counts[int(place)] = int(rows)
        return tuple(counts)

    def query(self, scan: Scan) -> str:
        """Return the text that `read` runs."""
        return self._query(scan, self._asked(scan))

    def _query(self, scan: Scan, ask: _Asked) -> str:
        known = self._columns(scan.table)
        selected = ", ".join([f"x.place AS {ticked(TARGET)}", *(known[each].selected for each in scan.columns)])
        order = ", ".join(["x.place", *(known[each].ordered for each in scan.order_by)])
        return f"SELECT {selected} {ask.source} ORDER BY {order}"

    def read(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        """Yield the rows in batches."""
        self._refuse_unplaceable(scan)
        ask, known, pace = self._asked(scan), self._columns(scan.table), Pace()
        columns = [known[each] for each in scan.columns]
        schema = schema_of([(each.name, each.arrow) for each in columns])
        if not ask.wanted:
            return
        with self._cursor() as cursor:
            with self._explained():
                cursor.execute(self._query(scan, ask), ask.values)
            while rows := self._fetched(cursor, pace.rows):
                places, *values = zip(*rows, strict=True)
                try:
                    arrays = [column.array(each, scan.zone) for column, each in zip(columns, values, strict=True)]
                except pa.ArrowInvalid as fault:
                    raise failures.off_calendar(self._name, scan.table) from fault
                numbers = pa.array(places, pa.string()).cast(pa.int32())
                batch = pa.RecordBatch.from_arrays([numbers, *arrays], schema=schema)
                pace.after(batch)
                del rows, places, values, arrays
                yield batch

    def touched(self, scan: Scan) -> Touched:  # noqa: ARG002 - one snapshot for all
        """Return the snapshot."""
        return Touched(snapshot=self._snapshot)

    def interrupt(self) -> None:
        """Stop a reading that runs in another thread; the store then answers nothing more."""
        self._stop.set()
        self._kill()

    def close(self) -> None:
        """End the snapshot."""
        with suppress(pymysql.Error):
            self._db.close()

    def _kill(self) -> None:
        """End the statement that runs, by another connection: a connection that is read from can be told nothing."""
        with suppress(pymysql.Error):
            other = self._connected()
            with other, other.cursor() as cursor:
                cursor.execute(f"KILL QUERY {self._thread}")

    def _refuse_unplaceable(self, scan: Scan) -> None:
        """Refuse zero dates and parts of dates: left out they would be missing, taken along they might be too much."""
        if not scan.time_column or scan is self._placed:
            return
        self.check(scan.table, scan.touched)
        self._clock(scan.table, scan.time_column)
        ask, column = self._asked(scan, is_timed=False), f"t.{ticked(scan.time_column)}"
        if ask.wanted:
            condition = f"(DAYOFMONTH({column}) = 0 OR MONTH({column}) = 0)"
            unplaceable = int(self._rows(f"SELECT COUNT(*) {ask.source} AND {condition}", ask.values)[0][0])
            if unplaceable:
                raise failures.unplaceable(self._name, scan, unplaceable)
        self._placed = scan

    def _asked(self, scan: Scan, *, is_timed: bool = True) -> _Asked:
        self.check(scan.table, scan.touched)
        known, column = self._columns(scan.table), scan.time_column if is_timed else None
        clock = self._clock(scan.table, column)
        return _Asked(
            scan.table, [known[each] for each in scan.subject_columns], sought(scan, clock), time=(column, clock)
        )

    def _clock(self, table: str, column: str | None) -> Clock:
        if column is None:
            return "none"
        kind = self._columns(table)[column]
        if kind.clock is None:
            raise failures.no_moment(self._name, table, column, kind.shown)
        return kind.clock

    def _columns(self, table: str) -> Mapping[str, Column]:
        if table not in self._tables:
            self._tables[table] = columns_of_table(self._rows, table)
        return self._tables[table]

    def _grants(self, role: str | None) -> list[str] | None:
        if role is None:
            return [row[0] for row in self._rows("SHOW GRANTS")]
        try:
            with self._db.cursor() as cursor:
                cursor.execute(f"SHOW GRANTS FOR {role}")
                return [row[0] for row in cursor.fetchall()]
        except pymysql.Error:  # a role that its holder may not look into
            return None

    def _refuse_old(self, version: str, least: tuple[int, int]) -> None:
        numbers = [int(each) for each in version.removeprefix("5.5.5-").split("-")[0].split(".")[:2]]
        if tuple(numbers) < least:
            raise failures.no_credentials(
                self._name, "The server is older than MariaDB 10.6 or MySQL 8.0 and cannot join a list of targets."
            )

    def _rows(self, text: str, values: Any = None) -> Sequence[Sequence[Any]]:
        if self._reads:
            raise failures.busy(self._name)
        with self._explained(), self._db.cursor() as cursor:
            cursor.execute(text, values)
            found: Sequence[Sequence[Any]] = cursor.fetchall()
            return found

    def _fetched(self, cursor: Any, rows: int) -> Sequence[Sequence[Any]]:
        with self._explained():
            found: Sequence[Sequence[Any]] = cursor.fetchmany(rows)
            self._reads = bool(found)
            return found

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """Lend a cursor that streams. One left in the middle is ended at the server: else all its rows would be drawn."""
        if self._reads:
            raise failures.busy(self._name)
        cursor, self._reads = self._db.cursor(SSCursor), True
        try:
            yield cursor
        finally:
            if self._reads and not self._stop.is_set():
                self._kill()
            self._reads = False
            if self._db.open:
                with suppress(pymysql.Error):
                    cursor.close()
            # Else both would try again to draw the rest, when they are collected as garbage.
            cursor.connection = None
            if cursor._result is not None:
                cursor._result.unbuffered_active = False

    @contextmanager
    def _explained(self) -> Iterator[None]:
        if self._stop.is_set():
            raise failures.stopped(self._name)
        try:
            yield
        except pymysql.Error as fault:
            if self._stop.is_set():
                raise failures.stopped(self._name) from fault
            code = fault.args[0] if fault.args else 0
            if code in _TOO_SLOW:
                raise failures.too_slow(self._name, self._seconds) from fault
            if code in _GONE or isinstance(fault, pymysql.err.InterfaceError):
                raise failures.lost(self._name) from fault
            raise failures.broken(self._name, f"{type(fault).__name__} {code}") from fault


class _Asked:
    """Rows of one table for some targets: the text from `FROM` on, and its values."""

    def __init__(
        self,
        table: str,
        keys: Sequence[Column],
        wanted: Sequence[Sought],
        *,
        time: tuple[str | None, Clock],
        is_near: bool = False,
    ) -> None:
        self.wanted = [each for each in wanted if all(k.holds(v) for k, v in zip(keys, each.keys, strict=True))]
        self.values: dict[str, str] = {}
        columns = ["place INT PATH '$[0]'"]
        conditions = []
        for number, key in enumerate(keys, 1):
            columns.append(f"key{number} {key.sent_as} PATH '$[{number}]'")
            conditions.append(key.nearly(f"x.key{number}") if is_near else key.equals(f"x.key{number}"))
        for place, (side, sign) in enumerate((("start", ">="), ("end", "<")), len(keys) + 1):
            columns.append(f"{side}s DATETIME(6) PATH '$[{place}]'")
            differs, widest = bound(self.wanted, side)  # type: ignore[arg-type]
            mine = f"t.{ticked(time[0] or '')}"
            if widest:
                self.values[f"widest_{side}"] = _reading(widest)
                conditions.append(f"{mine} {sign} CAST(%(widest_{side})s AS DATETIME(6))")
            if differs:
                open_too = "" if widest else f"x.{side}s IS NULL OR "
                conditions.append(f"({open_too}{mine} {sign} x.{side}s)")
        self.values["targets"] = json.dumps(
            [
                [each.place, *(k.sent(v) for k, v in zip(keys, each.keys, strict=True)),
                 each.start and _reading(each.start), each.end and _reading(each.end)]
                for each in self.wanted
            ],
            ensure_ascii=False,
        )  # fmt: skip
        self.source = (
            f"FROM JSON_TABLE(%(targets)s, '$[*]' COLUMNS ({', '.join(columns)})) AS x"
            f" {self._join(keys)} {ticked(table)} AS t ON {' AND '.join(conditions)}"
        )

    @staticmethod
    def _join(keys: Sequence[Column]) -> str:
        """Return how to join: by an index each target finds its rows, else the server decides."""
        return "STRAIGHT_JOIN" if any(each.is_indexed for each in keys) else "JOIN"


def _reading(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _address(name: str, dsn: str) -> dict[str, Any]:
    """Return an address such as mysql://reader:secret@db.example:3306/forum?ssl_ca=/etc/ssl/ca.pem, in its parts."""
    try:
        parts = urlsplit(dsn)
        options: dict[str, Any] = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        port = parts.port or 3306
    except ValueError:
        options, parts, port = {}, urlsplit(""), 0
    database = unquote(parts.path.strip("/"))
    if parts.scheme not in ("mysql", "mariadb") or not database or set(options) - _OPTIONS:
        raise failures.no_credentials(
            name,
            f"The address is no mysql://user:password@host/database with options of {', '.join(sorted(_OPTIONS))}.",
        )
    for switch in ("ssl_verify_cert", "ssl_verify_identity"):
        if switch in options:
            options[switch] = options[switch].lower() in ("1", "true", "yes")
    return {
        "host": parts.hostname or "localhost",
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": database,
        **options,
    }
