"""How does an outsider check what the desk gave out? Without a desk, and with few dependencies."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.shared import FILE, FOLDER, print_checks


@click.command()
@click.argument("answer", type=FILE)
@click.option("--identity", type=FILE, help="The age identity that the answer is sealed to.")
@click.option("--log", "log_folder", type=FOLDER, help="The published log, as a folder.")
@click.option("--receipt", type=FILE, help="The receipt; by default ANSWER.tlog-proof.")
@click.option("--log-key", help="The log's key, if you hold it from elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def verify(
    answer: Path,
    identity: Path | None,
    log_folder: Path | None,
    receipt: Path | None,
    log_key: str | None,
    as_json: bool,
) -> None:
    """Check an answer, its receipt and the public log; or derive a bundle of evidence again; or check the proof that a case
    was counted, with --log. Needs no desk.

    Example: answerable verify answer.tar.age --identity authority.key --log log
    """
    from answerable.adapters.bundles import is_bundle, verify_bundle
    from answerable.adapters.counting import counted_checks
    from answerable.adapters.verifying import verify_delivery

    if is_bundle(answer):
        print_checks(verify_bundle(answer), as_json=as_json, good="all hold.", bad="broken: do not rely on it.")
    if log_folder is not None and (counted := counted_checks(answer, log_folder, log_key=log_key)):
        print_checks(counted, as_json=as_json, good="all hold.", bad="broken: do not rely on it.")
    if identity is None or log_folder is None:
        raise click.UsageError("An answer is checked with --identity and --log; a bundle of evidence needs neither.")
    proof = receipt or answer.with_name(answer.name + ".tlog-proof")
    checks = verify_delivery(answer, identity.read_text(), log_folder, receipt=proof, log_key=log_key)
    print_checks(checks, as_json=as_json, good="all hold.", bad="broken: do not rely on it.")
