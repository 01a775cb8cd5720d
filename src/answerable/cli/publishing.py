"""How does the log reach everybody, and how does anybody check it? Publish, mirror, check, open, and say what is newest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.shared import FILE, FOLDER, HOME, print_checks, start_desk, telling

if TYPE_CHECKING:
    from answerable.adapters.log_stores import Source, Store

_KEY = click.option("--key", help="The log's key line, if you hold it from elsewhere.")


@click.command()
@HOME
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def publish(home: Path, target: str, as_json: bool) -> None:
    """Copy the published log to TARGET, a folder or s3://bucket/prefix, the checkpoint last. Never a step back.

    Example: answerable publish s3://transparency/log --home /srv/desk
    """
    from answerable.adapters.log_stores import LocalStore
    from answerable.adapters.mirroring import open_store
    from answerable.desk.home import Home

    _copy(LocalStore(Home(home.absolute()).log), open_store(target), key=None, as_json=as_json)


@click.command()
@click.argument("source")
@click.argument("folder", type=FOLDER)
@_KEY
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def mirror(source: str, folder: Path, key: str | None, as_json: bool) -> None:
    """Check the log at SOURCE, a folder, https:// or s3://, and copy it to FOLDER. Needs no desk.

    Example: answerable mirror https://desk.example/log mirror
    """
    from answerable.adapters.log_stores import LocalStore
    from answerable.adapters.mirroring import open_source

    folder.mkdir(parents=True, exist_ok=True)
    _copy(open_source(source), LocalStore(folder), key=key, as_json=as_json)


@click.group()
def log() -> None:
    """The public log: check one, open what was sealed, go on after a restore."""


@log.command("check")
@click.argument("place")
@_KEY
@click.option("--witnesses", type=FILE, help="A policy of witnesses; its quorum must have cosigned.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def check(place: str, key: str | None, witnesses: Path | None, as_json: bool) -> None:
    """Compute all of a log again from its files, in a folder or at an address. Always ends, naming file and index.

    Example: answerable log check mirror
    """
    from answerable.adapters.mirroring import check_place
    from answerable.public_log.quorum import parse_quorum

    quorum = parse_quorum(witnesses.read_bytes()) if witnesses else None
    found = check_place(place, key=key, quorum=quorum, on_step=telling())
    print_checks(found.checks, as_json=as_json, good="all hold.", bad="broken: do not rely on it.")


@log.command("open")
@HOME
@click.argument("reference")
@click.argument("event")
@click.option("--field", "fields", multiple=True, help="A field to show; without one, the whole event.")
@click.option("--by", required=True, help="The reviewer who wants it.")
@click.option("--seconded-by", required=True, help="The second reviewer.")
def open_event(home: Path, reference: str, event: str, *, fields: tuple[str, ...], by: str, seconded_by: str) -> None:
    """Open an EVENT of a case to everybody at the next tick, by its kind. Two people; it cannot be closed again.

    Example: answerable log open AN-2026-000001 decided --field decision --by mara --seconded-by jonas --home /srv/desk
    """
    start_desk(home)
    from answerable.desk import moves, queries
    from answerable.desk.wiring import desk

    found = queries.event_of(reference, event)
    people = [queries.account_named(name) for name in (by, seconded_by)]
    moves.want_opened(desk(), found, names=fields or None, by=people[0], seconded_by=people[1])
    click.echo(f"{reference}, {event}: {', '.join(fields) or 'the whole event'} will be opened at the next tick")


@log.command("receipt")
@HOME
@click.argument("reference")
@click.argument("event")
@click.option("--field", "fields", multiple=True, required=True, help="A field to show; can be repeated.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the receipt goes.")
def receipt(home: Path, reference: str, event: str, *, fields: tuple[str, ...], out: Path) -> None:
    """Write the receipt of an EVENT of a case, by its kind, for somebody who is to see these fields alone.

    Example: answerable log receipt AN-2026-000001 approved --field event --field statement_sha512 --out a.tlog-proof --home /srv/desk
    """
    start_desk(home)
    from answerable.adapters.files import write_whole
    from answerable.desk import queries
    from answerable.desk.moves.delivering import receipt_of
    from answerable.desk.wiring import desk

    content = receipt_of(desk(), queries.event_of(reference, event), shown=fields)
    write_whole(out, content)
    click.echo(f"wrote {out}: {len(content)} bytes")


@log.command("resume")
@HOME
@click.option("--this-is-the-newest", is_flag=True, help="Go on without the witnesses' word.")
def resume(home: Path, this_is_the_newest: bool) -> None:
    """Let a desk that was restored sign again: its witnesses say that it is the newest, or you do.

    Example: answerable log resume --home /srv/desk
    """
    start_desk(home)
    from answerable.desk.moves.restoring import resume
    from answerable.desk.wiring import desk

    for line in resume(desk(), insist=this_is_the_newest):
        click.echo(line)


def _copy(source: Source, target: Store, *, key: str | None, as_json: bool) -> None:
    from answerable.adapters.mirroring import copy

    found, new = copy(source, target, key=key, on_step=telling())
    if not found.passed or found.head is None:
        print_checks(found.checks, as_json=as_json, good="", bad="broken: nothing was copied.")
        return
    said = {"origin": found.head.origin, "size": found.head.size, "root": found.head.root.hex(), "new_files": new}
    click.echo(json.dumps(said) if as_json else f"{said['origin']}: {said['size']} leaves, {new} files new")
