"""How is a demand made, read and put to the law, where nothing is kept?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from answerable.cli.shared import FILE, FOLDER


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
@click.option("--json", "as_json", is_flag=True, help="Print the assessment as JSON.")
def assess(
    demand: Path, on: datetime | None, state: str, bound_by: tuple[str, ...], language: tuple[str, ...], *,
    forged: bool, packs: tuple[str, ...], supplied: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Put a demand to the law: what may leave, what stays and why, until when. Nothing is kept.

    Paper and sender are taken as genuine: the desk examines them, this command does not.

    Example: answerable assess order.json --on 2026-11-23
    """
    from answerable.adapters.clock import now
    from answerable.assess.cases import assess_paper
    from answerable.assess.telling import told
    from answerable.intake import read, read_supplied
    from answerable.law.own import own_laws
    from answerable.law.register import title_of

    content = demand.read_bytes()
    beside = read_supplied(supplied.read_bytes() if supplied else b"{}")
    received = on.replace(hour=12, tzinfo=UTC) if on else now()
    provider = {"member_state": state, "bound_by": bound_by, "languages": language}
    own = own_laws(packs, states=(state, *bound_by))
    form = read(content).form
    assessment, notice = assess_paper(
        form, content, provider=provider, received_at=received, is_genuine=not forged, supplied=beside, own=own
    )
    if as_json:
        plain = {"assessment": assessment.model_dump(mode="json"), "notice": notice.model_dump(mode="json")}
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    title = title_of(assessment.instrument, (each.pack for each in own)) or ""
    click.echo("\n".join(told(assessment, notice, title=title)))


@click.command()
@click.argument("name", type=click.Choice(["epoc", "order"]), default="epoc")
def schema(name: str) -> None:
    """Print the JSON Schema of the form data: of a European certificate, or of the plain form of every other demand.

    Example: answerable schema order > order.schema.json
    """
    from answerable.intake.schema import json_schema

    click.echo(json.dumps(json_schema(name), indent=2, ensure_ascii=False))
