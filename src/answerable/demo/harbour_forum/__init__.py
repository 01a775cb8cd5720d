"""What does a provider look like? Harbour Forum: fictional people on documentation addresses, made from a seed in seconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import duckdb

from answerable.adapters.files import write_whole

_MONTHS = 24
_MARK = "complete"

_TABLES = """
CREATE TABLE accounts (id TEXT PRIMARY KEY, username TEXT, name TEXT, email TEXT, phone TEXT, registered_at TEXT,
  registration_ip TEXT, recovery_email TEXT, password_hash TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id TEXT, at TEXT, body TEXT);
CREATE TABLE messages (id INTEGER PRIMARY KEY, sender_id TEXT, recipient_id TEXT, at TEXT, body TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, account_id TEXT, shared_with TEXT, at TEXT, item TEXT);
CREATE TABLE payments (id INTEGER PRIMARY KEY, account_id TEXT, at TEXT, means TEXT, amount_cents INTEGER);
CREATE TABLE devices (id INTEGER PRIMARY KEY, account_id TEXT, model TEXT, first_seen TEXT);
"""
_INDEXES = """
CREATE INDEX accounts_username ON accounts (username COLLATE NOCASE);
CREATE INDEX accounts_email ON accounts (email COLLATE NOCASE);
CREATE INDEX posts_author ON posts (author_id, at);
CREATE INDEX messages_sender ON messages (sender_id, at);
CREATE INDEX messages_recipient ON messages (recipient_id, at);
CREATE INDEX orders_account ON orders (account_id, at);
CREATE INDEX orders_shared ON orders (shared_with, at);
CREATE INDEX payments_account ON payments (account_id, at);
CREATE INDEX devices_account ON devices (account_id);
"""
# Accounts the demands name: the first three numbers.
PLANTED = (("mara.lind", "Mara Lind"), ("jonas.velt", "Jonas Velt"), ("old.harbour", "Ole Harbour"))


@dataclass(frozen=True, slots=True)
class HarbourForum:
    """Where the sample provider lies."""

    folder: Path

    @property
    def places(self) -> dict[str, str]:
        """The places of its stores, by the names of its data map."""
        return {"forum": str(self.folder / "forum.sqlite"), "events": str(self.folder / "events")}


def data_map() -> str:
    """Return the data map of Harbour Forum."""
    return files("answerable.demo.harbour_forum").joinpath("data-map.yaml").read_text(encoding="utf-8")


def make(
    folder: Path,
    *,
    until: datetime,
    accounts: int = 100_000,
    events: int = 5_000_000,
    seed: int = 7,
    progress: Callable[[str], None] = lambda _: None,
) -> HarbourForum:
    """Return the provider in `folder`, made where it is missing or was left half-made. Same seed, same content."""
    forum = HarbourForum(folder)
    mark = f"{accounts} accounts, {events} events, seed {seed}, until {until:%Y-%m-%d}\n"
    if (folder / _MARK).exists() and (folder / _MARK).read_text() == mark:
        return forum
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).unlink(missing_ok=True)
    progress(f"{accounts:,} accounts")
    _write_database(folder / "forum.sqlite", accounts, seed=seed, until=until)
    _write_events(folder / "events" / "signins", (accounts, events), seed=seed, until=until, progress=progress)
    write_whole(folder / _MARK, mark.encode())
    return forum


def _write_database(path: Path, accounts: int, *, seed: int, until: datetime) -> None:
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES}")
    pick = _Pick(seed, accounts, until)
    db.executemany("INSERT INTO accounts VALUES (?,?,?,?,?,?,?,?,?)", (pick.account(n) for n in range(accounts)))
    db.executemany("INSERT INTO posts VALUES (?,?,?,?)", (pick.post(n) for n in range(accounts * 2)))
    db.executemany("INSERT INTO messages VALUES (?,?,?,?,?)", (pick.message(n) for n in range(accounts * 2)))
    db.executemany("INSERT INTO orders VALUES (?,?,?,?,?)", (pick.order(n) for n in range(accounts // 2)))
    db.executemany("INSERT INTO payments VALUES (?,?,?,?,?)", (pick.payment(n) for n in range(accounts // 2)))
    db.executemany("INSERT INTO devices VALUES (?,?,?,?)", (pick.device(n) for n in range(accounts)))
    db.executescript(_INDEXES)
    db.commit()
    db.close()


class _Pick:
    """Numbers that look random and are not: a multiplicative hash of row and seed."""

    def __init__(self, seed: int, accounts: int, until: datetime) -> None:
        self._seed, self._accounts, self._until = seed, accounts, until

    def _hash(self, *parts: int) -> int:
        mixed = self._seed + 0x9E3779B97F4A7C15
        for part in parts:
            mixed = ((mixed ^ part) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
            mixed ^= mixed >> 29
        return mixed

    def _who(self, kind: int, row: int) -> str:
        # Every fiftieth row belongs to a planted account, so that a demand finds something.
        number = row // 50 % len(PLANTED) if row % 50 == 0 else self._hash(kind, row) % self._accounts
        return f"u{number:07d}"

    def _at(self, kind: int, row: int) -> str:
        seconds = self._hash(kind + 100, row) % (_MONTHS * 30 * 86_400)
        return (self._until - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def account(self, n: int) -> tuple[object, ...]:
        user, name = PLANTED[n] if n < len(PLANTED) else (f"sailor{n}", f"Sailor {n}")
        ip = f"198.51.100.{self._hash(1, n) % 254 + 1}"
        return (
            f"u{n:07d}", user, name, f"{user}@mail.example", f"+3161{n:07d}", self._at(1, n), ip,
            f"{user}@backup.example", f"$argon2id${self._hash(2, n):016x}",
        )  # fmt: skip

    def post(self, n: int) -> tuple[object, ...]:
        return n, self._who(3, n), self._at(3, n), f"Post {n} about tides, ropes and harbours."

    def message(self, n: int) -> tuple[object, ...]:
        sender, recipient = self._who(4, n), f"u{self._hash(5, n) % self._accounts:07d}"
        both = (recipient, sender) if n % 100 == 50 else (sender, recipient)
        return n, *both, self._at(4, n), f"Message {n}: see you at the quay."

    def order(self, n: int) -> tuple[object, ...]:
        shared = f"u{self._hash(7, n) % self._accounts:07d}" if n % 3 == 0 else None
        return n, self._who(6, n), shared, self._at(6, n), ("rope", "chart", "lantern")[n % 3]

    def payment(self, n: int) -> tuple[object, ...]:
        return (
            n,
            self._who(8, n),
            self._at(8, n),
            f"card ending {self._hash(9, n) % 10_000:04d}",
            self._hash(10, n) % 9_000,
        )

    def device(self, n: int) -> tuple[object, ...]:
        return n, self._who(11, n), ("phone", "tablet", "laptop")[n % 3], self._at(11, n)


def _write_events(
    folder: Path, size: tuple[int, int], *, seed: int, until: datetime, progress: Callable[[str], None]
) -> None:
    """Write one file a month, sorted by account inside it: one account then reads few row groups."""
    folder.mkdir(parents=True, exist_ok=True)
    accounts, events = size
    spill = str(folder.with_name("spill"))
    limits: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": "160MB",
        "threads": 2,
        "temp_directory": spill,
    }
    limits["preserve_insertion_order"] = False
    db = duckdb.connect(":memory:", config=limits)
    db.execute("SET TimeZone = 'UTC'")
    db.execute("SET enable_progress_bar = false")
    each = max(1, events // _MONTHS)
    for month in range(_MONTHS):
        start = until - timedelta(days=30 * (_MONTHS - month))
        db.execute(
            f"""COPY (
              SELECT i AS id, 'u' || lpad(CAST(CASE WHEN i % 5000 = 0 THEN i // 5000 % 3 ELSE hash(i, {seed}) % {accounts} END
                AS VARCHAR), 7, '0') AS account_id,
                TIMESTAMPTZ '{start.isoformat()}' + to_seconds(CAST(hash(i, {seed + 1}) % 2592000 AS BIGINT)) AS "at",
                '203.0.113.' || (hash(i, {seed + 2}) % 254 + 1) AS ip, CAST(hash(i, {seed + 3}) % 64000 + 1024 AS INTEGER) AS port,
                'Browser/' || (hash(i, {seed + 4}) % 40) AS user_agent, CASE WHEN i % 4 = 0 THEN 'refresh' ELSE 'sign-in' END AS kind
              FROM range({month * each}, {(month + 1) * each}) t(i) ORDER BY account_id, "at")
            TO '{folder / f"{month:02d}.parquet"}' (FORMAT parquet, COMPRESSION zstd)"""
        )
        progress(f"{(month + 1) * each:,} events")
    db.close()
