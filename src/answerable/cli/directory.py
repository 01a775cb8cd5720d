"""How is the directory filled and looked at from the command line? Lists come in as candidates; confirming is for the pages."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from answerable.cli.shared import FILE, HOME, start_desk

_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
_KINDS = ("us-dotgov", "us-courts", "suffixes", "eu-competent-authorities", "authorities")
_MOST_FAULTS = 20


@click.group()
def directory() -> None:
    """The directory of authorities: fill it from lists, look at it, take it along."""


@directory.command("import")
@HOME
@click.argument("file", type=FILE)
@click.option("--kind", type=click.Choice(_KINDS), required=True, help="Which list it is.")
@click.option("--dry-run", "trial", is_flag=True, help="Say what it would do, and change nothing.")
@click.option("--leave-out", is_flag=True, help="Import the rest where some lines cannot be used.")
@_JSON
def import_list(home: Path, file: Path, *, kind: str, trial: bool, leave_out: bool, as_json: bool) -> None:
    """Enter a list as candidates. They serve for nothing until two people confirm each; what is confirmed is not touched.

    Example: answerable directory import us-dotgov-cc0.csv --kind us-dotgov --home /srv/desk
    """
    from answerable.adapters.clock import now
    from answerable.authenticate.directory.importing import KINDS, suffixes

    content = file.read_bytes()
    read: Any = suffixes(content) if kind == "suffixes" else KINDS[kind](content, now())
    stopped = bool(read.faults) and not leave_out
    done = None if stopped else _entered(home, read.made, kind=kind, content=content, trial=trial, quiet=as_json)
    _print_import(read, done, trial=trial, as_json=as_json)
    sys.exit(1 if stopped else 0)


@directory.command("list")
@HOME
@click.option("--search", default="", help="Words of a name, a place or a domain.")
@click.option("--status", type=click.Choice(["candidate", "confirmed", "retired"]), default=None)
@click.option("--most", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
@_JSON
def list_records(home: Path, *, search: str, status: str | None, most: int, as_json: bool) -> None:
    """List authorities by name.

    Example: answerable directory list --search "police hamburg" --home /srv/desk
    """
    queries = _queries(home)
    page = queries.directory_page(search=search, status=status or "")
    rows = [*page.rows]
    while len(rows) < min(most, page.matching):
        rows += queries.directory_page(search=search, status=status or "", start=len(rows)).rows
    if as_json:
        click.echo(_as_json([{"id": row.key, "status": row.status, **_short(row)} for row in rows[:most]]))
        return
    for row in rows[:most]:
        click.echo(f"{row.status:<10} {row.country} {row.kind:<12} {row.key}  {row.name}")
    click.echo(f"{page.matching:,} match, {len(rows[:most]):,} shown")


@directory.command("show")
@HOME
@click.argument("record")
@_JSON
def show(home: Path, record: str, *, as_json: bool) -> None:
    """Show one record, its history, and which of its numbers could be called back now.

    Example: answerable directory show de-musterstadt-court --home /srv/desk
    """
    from answerable.errors import MoveRefused

    queries = _queries(home)
    listing = queries.find_listing(record)
    if listing is None:
        raise MoveRefused(
            "directory.unknown",
            what="The directory has no record of this id.",
            why="It was never entered, or the id is misspelt.",
            next_step="Look for it: answerable directory list --search.",
        )
    from answerable.desk.wiring import desk

    page = queries.record_page(desk(), listing)
    if as_json:
        numbers = [{"number": each.number.number, "refused": each.refused} for each in page.numbers]
        history = [{"at": each.at.isoformat(), "words": each.words, "by": each.by} for each in page.history]
        click.echo(_as_json({"status": listing.status, **listing.record, "numbers_now": numbers, "history": history}))
        return
    click.echo("\n".join(_told(page)))


@directory.command("check")
@HOME
@_JSON
def check(home: Path, *, as_json: bool) -> None:
    """Check the confirmed records: numbers that can be called, seals and domains that two records share, cautions.

    Example: answerable directory check --home /srv/desk
    """
    _queries(home)
    from answerable.desk.queries.directory_check import check_directory
    from answerable.desk.wiring import desk

    checks = list(check_directory(desk()))
    if as_json:
        click.echo(_as_json([each.model_dump() for each in checks]))
    else:
        for each in checks:
            click.echo(
                f"{'ok    ' if each.passed else 'LOOK  '}  {each.name}{': ' + each.detail if each.detail else ''}"
            )
    sys.exit(0 if all(each.passed for each in checks) else 1)


@directory.command("export")
@HOME
@click.option(
    "--status", type=click.Choice(["candidate", "confirmed", "retired"]), default="confirmed", show_default=True
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file; by default the screen.")
def export(home: Path, *, status: str, out: Path | None) -> None:
    """Write records as the table that can be imported again; no cell is a formula to a spreadsheet.

    Example: answerable directory export --out authorities.csv --home /srv/desk
    """
    from answerable.authenticate.directory.importing import exported

    text = exported(_queries(home).records_of(status))
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_bytes(text.encode())
    click.echo(f"wrote {out}")


def _entered(home: Path, made: Any, *, kind: str, content: bytes, trial: bool, quiet: bool) -> Any:
    from answerable.adapters.clock import now

    start_desk(home)
    from answerable.desk.moves.directory import import_candidates, import_suffixes

    sha256 = hashlib.sha256(content).hexdigest()
    if kind == "suffixes":
        return import_suffixes(made, at=now(), sha256=sha256, trial=trial)
    step = (lambda _: None) if quiet else (lambda count: click.echo(f"{count:>9,} entered", err=True))
    return import_candidates(made, at=now(), kind=kind, sha256=sha256, trial=trial, on_step=step)


def _print_import(read: Any, done: Any, *, trial: bool, as_json: bool) -> None:
    counts = done.counts() if done else {}
    if as_json:
        faults = [{"line": fault.line, "why": fault.why} for fault in read.faults]
        click.echo(
            _as_json({"read": len(read.made), "trial": trial, "entered": bool(done), **counts, "faults": faults})
        )
        return
    for fault in read.faults[:_MOST_FAULTS]:
        click.echo(f"line {fault.line}: {fault.why}", err=True)
    if len(read.faults) > _MOST_FAULTS:
        click.echo(f"and {len(read.faults) - _MOST_FAULTS:,} more", err=True)
    if done is None:
        click.echo("Nothing was entered. Mend these lines, or add --leave-out to enter the rest.", err=True)
        return
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    click.echo(f"{'Would be: ' if trial else ''}{len(read.made):,} read: {said}. Candidates: two people confirm each.")


def _queries(home: Path) -> Any:
    start_desk(home)
    from answerable.desk.queries import directory as queries

    return queries


def _told(page: Any) -> Iterator[str]:
    record, listing = page.record, page.listing
    yield f"{record.name} ({record.id}), {record.country}, {record.kind}: {listing.status}"
    yield f"source: {record.source}"
    yield from (f"also: {name}" for name in record.other_names)
    yield from (f"domain: {each.domain} ({each.source})" for each in record.domains)
    yield from (f"seal: {each}" for each in (*record.organisation_identifiers, *record.certificates))
    for each in page.numbers:
        yield f"number: {each.number.number}: {'can be called back' if each.refused is None else each.refused}"
    yield from (
        f"caution: {each.reason.value}, {'in force' if each.id in page.held else 'not in force'}"
        for each in record.cautions
    )
    yield from (f"reported by {each.by}: {each.about}, {each.reason}" for each in page.reported)
    yield from (f"{each.at:%Y-%m-%d %H:%M} {each.words}, {each.by}" for each in page.history)


def _short(row: Any) -> dict[str, object]:
    domains = [each["domain"] for each in row.record["domains"]]
    return {"name": row.name, "country": row.country, "kind": row.kind, "domains": domains}


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
