"""How does an outsider watch logs? `answerable witness`: small enough for an NGO or a court to run."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path

import click

from answerable.cli.shared import FOLDER


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--name", required=True, help="The witness's name, a URL without scheme: witness.ngo.example/w1.")
@click.option("--log", "logs", multiple=True, required=True, help="A key line of a log it watches; can be repeated.")
@click.option("--bind", default="127.0.0.1", show_default=True, help="The address; put a TLS proxy before any other.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8017, show_default=True)
@click.option("--keys", "only_keys", is_flag=True, help="Print the key lines and end.")
def witness(folder: Path, *, name: str, logs: tuple[str, ...], bind: str, port: int, only_keys: bool) -> None:
    """Cosign the checkpoints of logs, each only if it goes on from the one before. Keeps keys and state in FOLDER.

    Example: answerable witness /srv/witness --name witness.ngo.example/w1 --log "desk.example/log+1a2b3c4d+AbCd…"
    """
    from answerable.adapters.clock import now
    from answerable.adapters.witness_server import Witness, serve_witness
    from answerable.public_log.note import Verifier

    with closing(Witness(folder, name=name, logs=[Verifier.parse(line) for line in logs], now=now)) as made:
        for verifier in made.cosigner.verifiers:
            click.echo(verifier.line)
        if only_keys:
            return
        with serve_witness(made, bind=bind, port=port) as server, suppress(KeyboardInterrupt):
            click.echo(f"listening on {bind}, port {server.server_address[1]}", err=True)
            server.serve_forever()
