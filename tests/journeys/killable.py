"""How far does a demo get before it is killed? Runs `demo --once` and ends it with SIGKILL at its N-th durable operation.

A process that has only imported what a desk imports forks once a run, so that hundreds of runs are affordable. A run
with neither `kill_at` nor `count` is not touched at all. One JSON object a line comes in, with what `run` takes; one
number a line goes out: the exit code, negative for a signal.

Durable operations are: a file written and synced, a tree renamed, a name linked, a transaction committed, a row written
outside a transaction. Each is hit before it happens, which is after the one before it. A file that is not synced yet may
be lost after a power cut, so it is cut to half its length first.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import stat
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from answerable.cli import main
from answerable.demo import demands

WARM = (
    "answerable.adapters.bundles", "answerable.adapters.passkeys", "answerable.adapters.reading",
    "answerable.adapters.sources", "answerable.adapters.sources.parquet", "answerable.adapters.tabling",
    "answerable.adapters.trusted_lists", "answerable.adapters.typesetting", "answerable.adapters.verifying",
    "answerable.adapters.witness_client", "answerable.assess", "answerable.assess.checking", "answerable.authenticate",
    "answerable.authenticate.coherence", "answerable.authenticate.directory.history", "answerable.authenticate.documents",
    "answerable.authenticate.sheet", "answerable.decide", "answerable.deliver.manifest",
    "answerable.demo.harbour_forum", "answerable.demo.setting_up", "answerable.intake",
    "answerable.law.eu.e_evidence_regulation.rules", "answerable.law.eu.terrorist_content_regulation.rules",
    "answerable.law.own", "answerable.law.red_flags.rules", "answerable.notify", "answerable.report.reporting",
    "answerable.report.views", "answerable.verify.counted", "django.contrib.auth.hashers",
    "django.core.management.commands.migrate", "django.db.backends.sqlite3.base", "django.template", "django.urls",
    "django.views.debug", "pandas", "pikepdf", "pyhanko.sign.validation", "pyarrow", "typst", "yaml",
)  # fmt: skip
ACCOUNTS, EVENTS = 1_300, 2_400


class Counting:
    """Counts durable operations, and kills this very process before the one that is due."""

    def __init__(self, kill_at: int | None) -> None:
        self.kinds: list[str] = []
        self._kill_at = kill_at

    def before(self, kind: str, *, unsynced: int | None = None) -> None:
        """Note that an operation of `kind` is about to happen; `unsynced` is the open file it is to make durable."""
        self.kinds.append(kind)
        if len(self.kinds) == self._kill_at:
            os.write(1, f"\nkilled before: {kind}\n".encode())
            if unsynced is not None:
                os.ftruncate(unsynced, os.fstat(unsynced).st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Put this counter in front of every durable operation of this process."""
        self._watch_files()
        self._watch_database()

    def _watch_files(self) -> None:
        fsync = os.fsync

        def synced(handle: int) -> None:
            # A killed process has renamed or it has not: only a power cut asks whether the folder was synced.
            if not stat.S_ISDIR(os.fstat(handle).st_mode):
                self.before("sync file", unsynced=handle)
            fsync(handle)

        os.fsync = synced
        for name in ("hardlink_to", "rename"):
            setattr(Path, name, self._counted(name, getattr(Path, name)))

    def _watch_database(self) -> None:
        from django.db.backends.base.base import BaseDatabaseWrapper
        from django.db.backends.sqlite3.base import SQLiteCursorWrapper

        BaseDatabaseWrapper._commit = self._counted("commit", BaseDatabaseWrapper._commit)
        execute = SQLiteCursorWrapper.execute

        def executed(cursor: Any, query: str, parameters: Any = None) -> Any:
            writes = query.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE")
            if writes and not cursor.connection.in_transaction:
                self.before("record a migration" if '"django_migrations"' in query else "write a row")
            return execute(cursor, query, parameters)

        SQLiteCursorWrapper.execute = executed

    def _counted(self, kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.before(kind)
            return real(*arguments, **options)

        return counted


def small_orders(now: Any, recipient: str, *, real: Callable[..., Any] = demands.orders) -> dict[str, Any]:
    """Return the demands of the demo, the bulk one with 60 identifiers instead of 1,200: still bulk, and quick."""
    forms = real(now, recipient)
    bulk = forms["bulk"]
    lines = bulk.E.model_copy(update={"evidence": bulk.E.evidence[:60]})
    return forms | {"bulk": bulk.model_copy(update={"E": lines})}


def run(out: str, *, kill_at: int | None = None, count: str | None = None, only_set_up: bool = False) -> None:
    """Run the demo in this process; `count` is the file that gets the kinds of all operations, in order."""
    counting = Counting(kill_at)
    if kill_at or count:
        counting.watch()
    if only_set_up:
        from answerable.demo.setting_up import set_up

        set_up(Path(out), accounts=ACCOUNTS, events=EVENTS, seed=7)
    else:
        sizes = ["--accounts", str(ACCOUNTS), "--events", str(EVENTS)]
        main(["demo", "--once", "--out", out, *sizes], standalone_mode=False)
    if count:
        Path(count).write_text(json.dumps(counting.kinds))


def forked(request: dict[str, Any]) -> int:
    """Run `request` in a fork, which writes what it says to a file beside its folder, and return its exit code."""
    child = os.fork()
    if not child:
        code = 1
        try:
            os.dup2(os.open(f"{request['out']}.said", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 1)
            os.dup2(1, 2)
            run(**request)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for each in WARM:
        importlib.import_module(each)
    demands.orders = small_orders
    # Nothing that is warm is ever collected: a fork then shares it with its parent.
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(f"{forked(json.loads(line))}\n")
        sys.stdout.flush()
    os._exit(0)
