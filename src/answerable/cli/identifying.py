"""How is it said whom the tokens of a package stand for?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from answerable.cli.shared import HOME, start_desk


@click.command()
@HOME
@click.argument("case")
@click.argument("order")
@click.option("--by", "username", required=True, help="The reviewer who asks.")
@click.option("--json", "as_json", is_flag=True, help="Print tokens and values as JSON.")
def reidentify(home: Path, case: str, order: str, *, username: str, as_json: bool) -> None:
    """Say whom the tokens in the package of CASE stand for that ORDER names. It takes an order that two people approved.

    Example: answerable reidentify --home /srv/desk AN-2026-000001 AN-2026-000044 --by mara
    """
    start_desk(home)
    from answerable.desk import moves
    from answerable.desk.queries import find_case
    from answerable.desk.wiring import desk

    earlier, wider = find_case(case), find_case(order)
    if earlier is None or wider is None:
        raise click.UsageError(f"There is no case {order if earlier else case}.")
    found = moves.reidentify(desk(), earlier, order=wider, actor=moves.account_for_link(username, name=None, role=None))
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for token, value in sorted(found.items()):
        click.echo(f"{token}  {value}")
    click.echo(f"{len(found)} tokens stand for somebody whom the stores still hold.")
