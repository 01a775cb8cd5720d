"""What do all verbs share: files and folders as arguments, the desk's folder, and how checks are printed?"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from answerable.adapters.steps import OnStep
from answerable.verify.check import Check

_SECONDS = 3

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
HOME = click.option(
    "--home", type=FOLDER, envvar="ANSWERABLE_HOME", required=True, help="The desk's folder; or ANSWERABLE_HOME."
)


def start_desk(home: Path) -> None:
    """Start the web framework on the desk's folder; what reads or writes the desk may be imported after it."""
    from answerable.desk.starting import start

    start(home.absolute())


def telling() -> OnStep:
    """Return what says on standard error how far long work is: every three seconds, so that of short work nothing is said."""
    said = [time.monotonic()]

    def on_step(what: str, count: int) -> None:
        if time.monotonic() - said[0] >= _SECONDS:
            said[0] = time.monotonic()
            click.echo(f"{count:>13,} {what}", err=True)

    return on_step


def print_checks(checks: Sequence[Check], *, as_json: bool, good: str, bad: str) -> None:
    """Print each check and end: with 0 where all hold, with 1 where one does not."""
    failing = sum(not check.passed for check in checks)
    if as_json:
        click.echo(json.dumps([check.model_dump() for check in checks], indent=2))
    else:
        for check in checks:
            mark = "ok    " if check.passed else "BROKEN"
            click.echo(f"{mark}  {check.name}{': ' + check.detail if check.detail else ''}")
        click.echo(f"{len(checks)} checks, " + (good if not failing else f"{failing} {bad}"))
    sys.exit(1 if failing else 0)
