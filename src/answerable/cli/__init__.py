"""What can be done from the command line? `answerable <verb>`. Each verb imports only what it needs.

A verb stands in the file of its subject and is listed here. What goes wrong is told in one place: as four lines, never as
a traceback.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from answerable import __version__
from answerable.cli.authenticating import authenticate
from answerable.cli.cautions import caution
from answerable.cli.demo import demo
from answerable.cli.directory import directory
from answerable.cli.identifying import reidentify
from answerable.cli.laws import law
from answerable.cli.papers import assess, intake, paper, schema
from answerable.cli.publishing import log, mirror, publish
from answerable.cli.reporting import report
from answerable.cli.running import doctor, link, serve, setup, worker
from answerable.cli.stores import stores
from answerable.cli.verifying import verify
from answerable.cli.witnessing import witness
from answerable.errors import AnswerableError, NotConfigured, explain


class _Explained(click.Group):
    """A group of verbs whose errors are explained."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except AnswerableError as fault:
            click.echo("\n".join(explain(fault)), err=True)
        except ModuleNotFoundError as fault:
            click.echo("\n".join(explain(_not_installed(fault))), err=True)
        sys.exit(1)


def _not_installed(fault: ModuleNotFoundError) -> NotConfigured:
    return NotConfigured(
        "cli.not-installed",
        what="This command needs a part that is not installed.",
        why=f"The bare install gives library, law and `verify`; {fault.name} comes with an extra.",
        next_step="Install answerable[desk] for everything, or answerable[papers] to read and make papers.",
    )


@click.group(cls=_Explained, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Answer governments: lawfully, sparingly, by two people, and on a public record.

    Not legal advice.
    """


for _verb in (
    assess, authenticate, caution, demo, directory, doctor, intake, law, link, log, mirror, paper, publish, reidentify, report,
    schema, serve, setup, stores, verify, witness, worker,
):  # fmt: skip
    main.add_command(_verb)
