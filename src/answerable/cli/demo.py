"""How does somebody try the whole route on a sample provider?"""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.shared import FOLDER


@click.command()
@click.option("--once", is_flag=True, help="Walk the route without a browser, and stop.")
@click.option("--out", type=FOLDER, default=Path("demo"), show_default=True, help="Where everything goes.")
@click.option("--accounts", type=click.IntRange(1_300), default=100_000, show_default=True)
@click.option("--events", type=click.IntRange(1), default=5_000_000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--bind", default="127.0.0.1", show_default=True, help="Refuses any address but this machine's own.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
def demo(once: bool, out: Path, accounts: int, events: int, seed: int, bind: str, port: int) -> None:
    """Try the whole route on a sample provider.

    Example: answerable demo --once --out demo
    """
    from answerable.demo.setting_up import refuse_other_addresses, set_up
    from answerable.desk.starting import start

    refuse_other_addresses(bind)
    ready = set_up(out.absolute(), accounts=accounts, events=events, seed=seed, progress=_progress)
    start(ready.home.folder)
    if once:
        from answerable.demo.once import run_once

        run_once(ready, say=click.echo)
    else:
        from answerable.demo.serving import serve as serve_demo

        serve_demo(ready, bind=bind, port=port, say=click.echo)


def _progress(done: str) -> None:
    click.echo(f"sample provider   {done}")
