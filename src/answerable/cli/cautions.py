"""How do desks warn each other from the command line? Publish our feed, take in theirs, check one without a desk."""

from __future__ import annotations

import json
from pathlib import Path

import click

from answerable.cli.shared import FILE, HOME, start_desk


@click.group()
def caution() -> None:
    """Cautions about agencies whose name, domain or account was misused: a signed feed between desks."""


@caution.command("publish")
@HOME
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the feed goes.")
@click.option("--days", type=click.IntRange(1, 90), default=14, show_default=True, help="How long the feed holds.")
def publish(home: Path, *, out: Path, days: int) -> None:
    """Sign and write our shared cautions, two people's each. Prints the key that others must name.

    Example: answerable caution publish --out cautions.note --home /srv/desk
    """
    start_desk(home)
    from answerable.adapters.files import write_whole
    from answerable.desk.moves.cautions import caution_signer, publish_feed
    from answerable.desk.wiring import desk

    feed, note = publish_feed(desk(), days=days)
    write_whole(out, note, mode=0o644)
    click.echo(f"wrote {out}: feed {feed.number}, {len(feed.entries)} cautions, until {feed.expires_at:%Y-%m-%d}")
    click.echo(f"key: {caution_signer(desk()).verifier_key}")


@caution.command("subscribe")
@HOME
@click.argument("file", type=FILE)
def subscribe(home: Path, file: Path) -> None:
    """Take in a feed that was fetched to FILE. Refuses one that no key of `caution_keys` in desk.yaml signed.

    Example: answerable caution subscribe cautions.note --home /srv/desk
    """
    start_desk(home)
    from answerable.desk.moves.cautions import take_feed
    from answerable.desk.wiring import desk

    feed, is_news = take_feed(desk(), file.read_bytes())
    held = sum(entry.holds_at(desk().now()) for entry in feed.entries)
    said = "taken in" if is_news else "was held already"
    click.echo(f"{feed.publisher}: feed {feed.number} {said}; {len(feed.entries)} cautions, {held} in force")


@caution.command("list")
@HOME
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_cautions(home: Path, *, as_json: bool) -> None:
    """List what other desks report. A report is not a finding of ours.

    Example: answerable caution list --home /srv/desk
    """
    start_desk(home)
    from answerable.desk.queries.feeds import feeds
    from answerable.desk.wiring import desk

    held = [feed for _, feed in feeds()]
    if as_json:
        click.echo(json.dumps([feed.model_dump(mode="json") for feed in held], indent=2, ensure_ascii=False))
        return
    now = desk().now()
    for feed in held:
        over = "" if feed.expires_at > now else ", expired"
        click.echo(f"{feed.publisher}: feed {feed.number}, until {feed.expires_at:%Y-%m-%d}{over}")
        for entry in feed.entries:
            state = "taken back" if entry.retracted_at else "contested" if entry.contested_at else "reported"
            what = entry.domain or entry.telephone or entry.about.value
            click.echo(
                f"  {state:<10} {entry.starts_at:%Y-%m-%d}  {entry.agency} ({entry.country}), {what}: {entry.reason.value}"
            )
    click.echo(f"{len(held)} feeds")


@caution.command("verify")
@click.argument("file", type=FILE)
@click.option("--key", "keys", multiple=True, required=True, help="A key line of the publisher; can be repeated.")
def verify(file: Path, *, keys: tuple[str, ...]) -> None:
    """Check a feed with its publisher's key, without a desk.

    Example: answerable caution verify cautions.note --key "desk.example/log/cautions+1a2b3c4d+AbCd…"
    """
    from answerable.adapters.clock import now
    from answerable.public_log.note import Verifier
    from answerable.verify.cautions import open_feed

    feed = open_feed(file.read_bytes(), [Verifier.parse(key) for key in keys], now=now())
    click.echo(
        f"holds: {feed.publisher}, feed {feed.number}, {len(feed.entries)} cautions, until {feed.expires_at:%Y-%m-%d}"
    )
