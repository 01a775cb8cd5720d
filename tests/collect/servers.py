"""Which database servers do the tests ask? Real ones, started in a folder of their own, on a socket of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pymysql
import pytest

from answerable.adapters.sources.connections import Connection

# A machine of a minute gains nothing by compiling twice, or by sorting dozens of rows in two hundred parts.
_SPARING = '--driver-java-options "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" --conf spark.sql.shuffle.partitions=4 pyspark-shell'
_POSTGRES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/bin")


class Server:
    """A running server: its folder, and how to reach it as a user of it."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.process = process

    def connection(self, user: str, database: str, **settings: Any) -> Connection:
        """Return settings that lead to a database, with the address in a file."""
        file = self.folder / f"{user}-{database}.dsn"
        file.write_text(self.dsn(user, database), encoding="utf-8")
        return Connection(dsn_file=str(file), **settings)

    def dsn(self, user: str, database: str) -> str:
        """Return the address of a database."""
        raise NotImplementedError


class Postgres(Server):
    """PostgreSQL."""

    def dsn(self, user: str, database: str) -> str:
        return f"host={self.folder} user={user} dbname={database}"

    def run(self, database: str, *statements: str) -> None:
        """Run statements as the superuser."""
        with psycopg.connect(self.dsn("postgres", database), autocommit=True) as db:
            for each in statements:
                db.execute(each)

    def prepare(self, database: str) -> None:
        """Make a database anew, and a role that can read in it and no more."""
        self.run("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)", f"CREATE DATABASE {database}")
        with suppress(psycopg.errors.DuplicateObject):
            self.run("postgres", "CREATE ROLE reader LOGIN")


class Mariadb(Server):
    """MariaDB."""

    def dsn(self, user: str, database: str) -> str:
        return f"mysql://{user}@localhost/{database}?unix_socket={quote(str(self.folder / 's'))}"

    def run(self, database: str, *statements: str) -> None:
        """Run statements as root."""
        with pymysql.connect(unix_socket=str(self.folder / "s"), user="root", database=database, autocommit=True) as db:
            for each in statements:
                db.cursor().execute(each)

    def prepare(self, database: str) -> None:
        """Make a database anew, and a user that can read in it and no more."""
        self.run("mysql", f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database}")
        self.run(
            "mysql", "CREATE USER IF NOT EXISTS reader@localhost", f"GRANT SELECT ON {database}.* TO reader@localhost"
        )


def absent(what: str) -> Any:
    """Skip, or fail where nothing may be skipped."""
    (pytest.fail if os.environ.get("ANSWERABLE_REQUIRE_ALL") else pytest.skip)(f"{what} is not installed")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server with nothing in it."""
    places = [str(each) for pattern in _POSTGRES for each in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    programs = [
        shutil.which(each, path=os.pathsep.join([*places, os.environ["PATH"]])) for each in ("initdb", "postgres")
    ]
    if None in programs:
        absent("PostgreSQL")
    with _folder("postgres") as (folder, user):
        _run(
            [
                programs[0],
                "-D",
                folder / "data",
                "-A",
                "trust",
                "-U",
                "postgres",
                "-N",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
            user,
        )
        fast = [f"-c{each}=off" for each in ("fsync", "synchronous_commit", "full_page_writes")]
        command = [programs[1], "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", *fast]
        with _started(command, folder, user) as process:
            server = Postgres(folder, process)
            _waited(lambda: server.run("postgres", "SELECT 1"), folder)
            yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Mariadb]:
    """A MariaDB server with nothing in it."""
    path = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/libexec"])
    programs = [shutil.which(each, path=path) for each in ("mariadb-install-db", "mariadbd")]
    if None in programs:
        absent("MariaDB")
    with _folder("mysql") as (folder, user):
        data = f"--datadir={folder / 'data'}"
        _run([programs[0], "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db"], user)
        fast = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--skip-networking"]
        command = [
            programs[1],
            "--no-defaults",
            data,
            f"--socket={folder / 's'}",
            f"--pid-file={folder / 'pid'}",
            *fast,
        ]
        with _started(command, folder, user) as process:
            server = Mariadb(folder, process)
            _waited((folder / "s").stat, folder)
            _waited(lambda: server.run("mysql", "SELECT 1"), folder)
            yield server


@pytest.fixture(scope="session")
def java() -> Iterator[str]:
    """The Java that Spark runs on, told to be sparing with what pays in hours only. Spark is stopped in the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_SUBMIT_ARGS", _SPARING)
        yield shutil.which("java") or absent("Java")
    from pyspark.sql import SparkSession

    if session := SparkSession.getActiveSession():
        session.stop()


@contextmanager
def _folder(user: str) -> Iterator[tuple[Path, str | None]]:
    """Make a folder with a short name, for a socket's may not be long; as root, one that belongs to another user."""
    with tempfile.TemporaryDirectory(prefix="an-", ignore_cleanup_errors=True) as name:
        other = None
        if os.geteuid() == 0:
            for other in (user, "nobody"):
                with suppress(LookupError):
                    shutil.chown(name, other)
                    break
            Path(name).chmod(0o755)
        yield Path(name), other


def _command(command: list[Any], user: str | None) -> list[str]:
    as_user = ["setpriv", f"--reuid={user}", f"--regid={_group(user)}", "--clear-groups"] if user else []
    return [*as_user, *map(str, command)]


def _group(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def _run(command: list[Any], user: str | None) -> None:
    subprocess.run(_command(command, user), check=True, capture_output=True, cwd="/")


@contextmanager
def _started(command: list[Any], folder: Path, user: str | None) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(_command(command, user), stdout=log, stderr=log, cwd="/")
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _waited(ready: Callable[[], Any], folder: Path, *, seconds: int = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            ready()
            return
        except (psycopg.OperationalError, pymysql.OperationalError, FileNotFoundError):
            if time.monotonic() > end:
                raise AssertionError((folder / "log").read_text(errors="replace")[-2000:]) from None
            time.sleep(0.05)
