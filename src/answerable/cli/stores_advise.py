"""What would another layout of the provider's Parquet files save?"""

from __future__ import annotations

import dataclasses
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.shared import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from answerable.adapters.sources.advising import Advice, Cost


@click.command("advise")
@click.argument("place", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("table")
@click.option("--key", required=True, help="The column that says whose row it is.")
@click.option("--time", required=True, help="The column by which a row belongs to a period.")
@click.option("--rewrite", type=FOLDER, help="Write the table in the recommended layout to this new folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def advise(place: Path, table: str, *, key: str, time: str, rewrite: Path | None, as_json: bool) -> None:
    """Measure on your own files what another layout would save. PLACE is the store's folder, TABLE a folder in it.

    A sample is rewritten in a temporary folder and measured. Your files stay as they are; no account is printed.

    Example: answerable stores advise /srv/lake/events signins --key account_id --time at
    """
    from answerable.adapters.sources.advising import Advising

    if rewrite is not None and rewrite.exists():
        raise click.UsageError("The folder of --rewrite is there already; name a new one.")
    advising = Advising(place.absolute(), table, key=key, time=time, on_step=partial(click.echo, err=True))
    found = advising.advice(rewrite.absolute() if rewrite else None)
    rows = advising.rewrite(found, rewrite.absolute()) if rewrite and found.chosen else None
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found) | {"rewritten_rows": rows}, indent=2))
        return
    click.echo("\n".join(_told(found)))
    if rows is not None:
        click.echo(f"{rows:,} rows written to {rewrite}.")


def _told(found: Advice) -> Iterator[str]:
    yield "The whole table today, the last 90 days:"
    yield from _costs(found.today)
    for layout in found.layouts:
        yield f"A sample of {found.sample_rows:,} rows, {layout.name}: {layout.octets / 1e6:,.1f} MB"
        yield from _costs(layout.costs)
    if found.chosen is None:
        yield "No layout that was tried saves much. Leave the files as they are."
        return
    yield f"Recommended: {found.chosen.name}."
    if found.chosen.has_filter:
        yield "--rewrite writes it; or have your own writer make the filter, as pyarrow and Spark do where they are asked to."
    if found.statements:
        yield f"Sorted by one statement of DuckDB for each file; the first of {len(found.statements)}:"
        yield found.statements[0]


def _costs(costs: tuple[Cost, ...]) -> Iterator[str]:
    for cost in costs:
        yield f"    {cost.accounts:>6,} accounts: {cost.row_groups:>8,.1f} row groups, {cost.octets / 1e6:>9,.2f} MB"
