"""How is a demand made, read and put to the law, where nothing is kept?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.shared import FILE, FOLDER

if TYPE_CHECKING:
    from answerable.casefile.epoc import Epoc
    from answerable.casefile.order import Order

_A_LETTER = "eu.dsa.act"
_WITHOUT_FORM = ("intake.unknown-kind", "intake.mail-without-form", "intake.no-form-data")


@click.command()
@click.argument("form", type=FILE)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the PDF goes.")
@click.option("--seal", type=FOLDER, help="A folder with root.pem, seal.pem and seal.key.")
def paper(form: Path, out: Path, seal: Path | None) -> None:
    """Make the PDF of a certificate from its form data, sealed where a seal is given.

    Example: answerable paper order.json --seal court/ --out order.pdf
    """
    from answerable.adapters.paper import paper as make_paper
    from answerable.adapters.signing import SealingIdentity
    from answerable.intake import read

    out.write_bytes(make_paper(read(form.read_bytes()).form, SealingIdentity.load(seal) if seal else None))
    click.echo(f"wrote {out}")


@click.command()
@click.argument("demand", type=FILE)
@click.option("--paper", type=click.IntRange(1), help="Which paper of a mail is meant, where several carry a form.")
def intake(demand: Path, paper: int | None) -> None:
    """Print what a demand says, as form data in JSON. Nothing is kept.

    Example: answerable intake order.pdf
    """
    from answerable.intake import read

    click.echo(read(demand.read_bytes(), paper=paper).form.model_dump_json(indent=2, exclude_defaults=True))


@click.command()
@click.argument("demand", type=FILE)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of receipt; by default now.")
@click.option("--state", default="NL", show_default=True, help="The provider's Member State or country.")
@click.option("--bound-by", multiple=True, help="Another State whose law binds the provider; can be repeated.")
@click.option("--language", multiple=True, default=("en",), show_default=True, help="A language the provider accepts.")
@click.option("--forged", is_flag=True, help="Judge it as not proved genuine.")
@click.option("--pack", "packs", multiple=True, help="A law pack of one's own: its code is run. Can be repeated.")
@click.option("--supplied", type=FILE, help="What its paper does not say, as JSON: docs/formats/supplied.md.")
@click.option(
    "--as",
    "instrument",
    help="For a plain letter: which instrument it is; by default the Digital Services Act's order to act.",
)
@click.option("--written-in", default="en", show_default=True, help="For a plain letter: its language, in two letters.")
@click.option("--json", "as_json", is_flag=True, help="Print the assessment as JSON.")
def assess(
    demand: Path, on: datetime | None, state: str, bound_by: tuple[str, ...], language: tuple[str, ...], *,
    forged: bool, packs: tuple[str, ...], supplied: Path | None, instrument: str | None, written_in: str, as_json: bool,
) -> None:  # fmt: skip
    """Put a demand to the law: what may leave, what stays and why, until when. Nothing is kept.

    DEMAND is form data, a PDF that carries them, a mail with one of both; or a plain letter (text, mail, PDF), of which the
    words and the web addresses alone are taken, and which is flagged for everything it lacks. Paper and sender are taken as
    genuine: the desk examines them, this command does not.

    Example: answerable assess order.json --on 2026-11-23
    """
    from answerable.adapters.clock import now
    from answerable.assess.cases import assess_paper
    from answerable.assess.telling import told
    from answerable.intake import read_supplied
    from answerable.law.own import own_laws
    from answerable.law.register import title_of

    content = demand.read_bytes()
    beside = read_supplied(supplied.read_bytes() if supplied else b"{}")
    received = on.replace(hour=12, tzinfo=UTC) if on else now()
    provider = {"member_state": state, "bound_by": bound_by, "languages": language}
    own = own_laws(packs, states=(state, *bound_by))
    form = _form(content, instrument=instrument, written_in=written_in)
    assessment, notice = assess_paper(
        form, content, provider=provider, received_at=received, is_genuine=not forged, supplied=beside, own=own
    )
    if as_json:
        plain = {"assessment": assessment.model_dump(mode="json"), "notice": notice.model_dump(mode="json")}
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    title = title_of(assessment.instrument, (each.pack for each in own)) or ""
    click.echo("\n".join(told(assessment, notice, title=title)))


def _form(content: bytes, *, instrument: str | None, written_in: str) -> Epoc | Order:
    """Return what a paper says: its form, or where it carries none, the words of the letter that it is."""
    from answerable.errors import MalformedDemand
    from answerable.intake import read, read_letter
    from answerable.law.register import instruments

    try:
        if instrument is None:
            return read(content).form
    except MalformedDemand as fault:
        if fault.code not in _WITHOUT_FORM:
            raise
    named = instrument or _A_LETTER
    known = instruments().get(named)
    is_removal = known is not None and known.title.instruments[named].kind == "removal"
    click.echo(f"Read as a letter, by its words and addresses alone, and judged as {named}.", err=True)
    click.echo("What it says of sender, law and data a person enters: answerable schema order.", err=True)
    return read_letter(content, instrument=named, language=written_in, is_removal=is_removal)


@click.command()
@click.argument("name", type=click.Choice(["epoc", "order"]), default="epoc")
def schema(name: str) -> None:
    """Print the JSON Schema of the form data: of a European certificate, or of the plain form of every other demand.

    Example: answerable schema order > order.schema.json
    """
    from answerable.intake.schema import json_schema

    click.echo(json.dumps(json_schema(name), indent=2, ensure_ascii=False))
