"""What is known of where a paper comes from, at the command line? Facts on the screen, or a bundle that derives them again."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from answerable.casefile.demand import Arrival, Demand, instrument_of
from answerable.casefile.encoding import sha512_hex
from answerable.cli.shared import FILE
from answerable.errors import MalformedDemand

if TYPE_CHECKING:
    from answerable.adapters.sandbox import Sandbox
    from answerable.authenticate.gathered import Evidence

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="The day as of which it is looked at; by default now.")
@click.option("--trust", type=_FOLDER, help="A folder with certificates (PEM) at which a chain may end.")
@click.option(
    "--lists", type=_FOLDER, help="A folder of EU trusted lists, with the certificates they rest on in pinned/."
)
@click.option("--revocation", type=_FOLDER, help="A folder of revocation data: .crl (DER or PEM) and .ocsp (DER).")
@click.option("--home", type=_FOLDER, help="A desk's folder: its certificates and its directory are used, too.")
@click.option("--dns", is_flag=True, help="Ask the DNS for what a mail's signatures need. Without it nothing is asked.")
@click.option(
    "--bundle", type=click.Path(dir_okay=False, path_type=Path), help="Where everything the facts rest on goes."
)
@click.option("--json", "as_json", is_flag=True, help="Print the sheet as JSON.")
def authenticate(
    file: Path, at: datetime | None, trust: Path | None, lists: Path | None, *,
    revocation: Path | None, home: Path | None, dns: bool, bundle: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Show what is known of where a paper comes from: facts, never a score, each with what it does not show.

    Example: answerable authenticate order.pdf --trust trust/ --bundle order.evidence
    """
    from answerable.adapters.bundles import write_bundle
    from answerable.adapters.clock import now
    from answerable.adapters.reading import make_sheet
    from answerable.adapters.sandbox import Sandbox
    from answerable.authenticate.sheet import told

    moment = at.replace(hour=12, tzinfo=UTC) if at else now()
    with closing(Sandbox(load=("answerable.adapters.reading.jobs",))) as sandbox:
        evidence = _gathered(file.read_bytes(), moment, sandbox, dns=dns)
        evidence = replace(evidence, **_trusted(trust, lists) | (_of_desk(home, trust) if home else {}))
        evidence = replace(evidence, **_not_revoked(revocation))
        sheet = make_sheet(evidence, sandbox=sandbox).sheet
    if bundle:
        write_bundle(bundle, evidence, sheet)
    if as_json:
        click.echo(json.dumps(sheet.model_dump(mode="json"), indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(told(sheet)).lstrip("\n"))
    click.echo(
        f"\n{len(sheet.facts)} facts, {len(sheet.contradicted)} of them against the paper. No score: people decide."
    )
    if bundle:
        click.echo(f"wrote {bundle}; `answerable verify {bundle}` derives it again")


def _gathered(content: bytes, at: datetime, sandbox: Sandbox, *, dns: bool) -> Evidence:
    """Return the paper with its form, where it has one, and what the DNS says of its mail, where it may be asked."""
    from answerable.adapters.dns import NameServers, gather, offline
    from answerable.adapters.reading import open_paper
    from answerable.authenticate.gathered import Evidence
    from answerable.authenticate.mail import questions
    from answerable.casefile.mail import is_mail

    demand = paper = None
    try:
        opened = open_paper(content, sandbox=sandbox)
        arrival = Arrival(
            received_at=at, channel="file", media_type=opened.media_type, sha512=sha512_hex(content), size=len(content)
        )
        demand, paper = (
            Demand(instrument=instrument_of(opened.form), form=opened.form, arrival=arrival),
            opened.within(content),
        )
    except MalformedDemand as fault:
        click.echo(f"No form could be read, so nothing is compared with it: {fault.what} ({fault.code})", err=True)
    names = questions(content) if is_mail(content) else ()
    records = gather(names, NameServers(), at=at) if dns else offline(names, at=at)
    return Evidence(original=content, at=at, paper=paper, demand=demand, records=records)


def _trusted(trust: Path | None, lists: Path | None) -> dict[str, Any]:
    from answerable.adapters.trusted_lists import read_certificates, read_lists, read_pinned

    anchors = tuple(der for path in sorted(trust.glob("*.pem")) for der in read_certificates(path)) if trust else ()
    if lists is None:
        return {"anchors": anchors}
    return {"anchors": anchors, "lists": tuple(read_lists(lists).items()), "pinned": read_pinned(lists)}


def _not_revoked(folder: Path | None) -> dict[str, Any]:
    """Return the revocation data of a folder; what cannot be read is named on the screen and left out."""
    from answerable.adapters.revocation import read_revocation

    if folder is None:
        return {}
    found = read_revocation(folder)
    for name in found.unreadable:
        click.echo(f"{name} holds no revocation data that can be read; it is left out.", err=True)
    return {"crls": found.crls, "ocsps": found.ocsps}


def _of_desk(home: Path, trust: Path | None) -> dict[str, Any]:
    from answerable.desk.starting import start

    start(home.absolute())
    from answerable.desk.queries.directory import confirmed_records
    from answerable.desk.wiring import desk

    machine = desk()
    own = _trusted(trust, None)["anchors"]
    return {"anchors": (*own, *machine.trust_roots), "directory": confirmed_records()}
