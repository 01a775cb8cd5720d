"""How is a desk founded, checked, served and worked?"""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from answerable.cli.shared import HOME, print_checks, start_desk


@click.command()
@HOME
@click.option("--bind", default="127.0.0.1", show_default=True, help="The address; put a TLS proxy before any other.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
def serve(home: Path, bind: str, port: int) -> None:
    """Serve the desk's pages. The worker runs beside it.

    Example: answerable serve --home /srv/desk
    """
    start_desk(home)
    from answerable.desk.serving import serve_pages
    from answerable.desk.wiring import desk

    desk()  # what is missing or wrong is refused here, not at the first page that is asked for
    serve_pages(bind=bind, port=port)


@click.command()
@HOME
@click.option("--quiet", is_flag=True, help="Say nothing of each step.")
def worker(home: Path, quiet: bool) -> None:
    """Examine, seal, deliver and tick the log, until stopped. One worker a desk.

    Where desk.yaml says so, it copies the log to where it is published (publish_to) and closes half-years (report_after_days).

    Example: answerable worker --home /srv/desk
    """
    start_desk(home)
    from answerable.desk.wiring import desk
    from answerable.desk.worker import work

    work(desk(), stop=_stop_on_signal(), on_step=(lambda *_: None) if quiet else _step)


@click.command()
@HOME
@click.argument("username")
@click.option("--name", help="The full name; opens the account where there is none.")
@click.option("--role", type=click.Choice(["reviewer", "officer"]), help="What a new account may do.")
@click.option("--address", default="http://127.0.0.1:8000", show_default=True, help="Where the desk is reached.")
def link(home: Path, username: str, name: str | None, role: str | None, address: str) -> None:
    """Print a link that signs an account in once, within twelve hours.

    Example: answerable link --home /srv/desk mara --name "Mara Visser" --role reviewer
    """
    start_desk(home)
    from answerable.desk import moves
    from answerable.desk.wiring import desk

    account = moves.account_for_link(username, name=name, role=role)
    click.echo(f"{address.rstrip('/')}/sign-in/{moves.make_link(desk(), account)}/")


@click.command()
@HOME
def setup(home: Path) -> None:
    """Make the folder of a new desk: keys, and the files to fill in. Never replaces what is there.

    Example: answerable setup --home /srv/desk
    """
    from answerable.desk.founding import found

    for line in found(home.absolute()):
        click.echo(line)


@click.command()
@HOME
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def doctor(home: Path, as_json: bool) -> None:
    """Check a desk: settings, keys, trust, directory, data map against the stores, worker, log.

    Example: answerable doctor --home /srv/desk
    """
    from answerable.desk.doctor import examine

    print_checks(list(examine(home.absolute())), as_json=as_json, good="all well.", bad="to be mended.")


def _step(kind: str, reference: str) -> None:
    click.echo(f"{kind:<15}{reference}")


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
