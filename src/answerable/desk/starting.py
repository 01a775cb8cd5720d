"""What must happen before anything of the desk can be used? The framework learns its folder; the database comes up to date."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from answerable.adapters import clock
from answerable.adapters.files import sync_folder
from answerable.errors import NotConfigured


def start(home: Path) -> None:
    """Point the web framework at the folder `home` and bring its database up to date."""
    os.environ["ANSWERABLE_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerable.desk.settings")
    import django

    django.setup()
    with _alone(home):
        if _is_behind():
            _migrate()
        _adopt_directory(home)


def _adopt_directory(home: Path) -> None:
    """Enter what directory.yaml holds as candidates; a file that cannot be read is named where the desk is wired."""
    from answerable.desk.home import Home
    from answerable.desk.moves.directory import adopt

    try:
        authorities = Home(home).directory()
    except NotConfigured:
        return
    adopt(authorities, at=clock.now())


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one process at a time look after the database: pages and worker may start together."""
    with (home / "start.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrate() -> None:
    """Change a copy of the database and put it in place whole.

    A migration is committed before it is recorded as done; a process killed between the two could never start again.
    """
    from django.core.management import call_command
    from django.db import connection

    connection.close()
    target = Path(connection.settings_dict["NAME"])
    copy = target.with_name(f".{target.name}.part")
    for left in target.parent.glob(f"{copy.name}*"):
        left.unlink()
    with closing(sqlite3.connect(target)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.settings_dict["NAME"] = copy
    try:
        call_command("migrate", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=DELETE")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = target
    copy.replace(target)
    sync_folder(target.parent)
