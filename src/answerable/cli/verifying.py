"""How does an outsider check what the desk gave out? Without a desk, and with few dependencies."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.shared import FILE, FOLDER, print_checks


@click.command()
@click.argument("answer", type=FILE)
@click.option(
    "--identity", type=FILE, help="The secret key: of age, OpenPGP without passphrase, or a certificate (PEM)."
)
@click.option("--opened", type=FILE, help="Instead of --identity: the tar, opened with your own tool or smart card.")
@click.option("--log", "log_folder", type=FOLDER, help="The published log, as a folder.")
@click.option("--receipt", type=FILE, help="The receipt; by default ANSWER.tlog-proof.")
@click.option("--trust", type=FILE, help="Certificates (PEM) at which timestamp and signature must end.")
@click.option("--log-key", help="The log's key, if you hold it from elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def verify(
    answer: Path,
    identity: Path | None,
    opened: Path | None,
    log_folder: Path | None,
    receipt: Path | None,
    trust: Path | None,
    log_key: str | None,
    as_json: bool,
) -> None:
    """Check an answer, its receipt and the public log; or derive a bundle of evidence again. Needs no desk.

    Example: answerable verify answer.tar.age --identity authority.key --log log
    """
    from answerable.adapters.bundles import is_bundle, verify_bundle
    from answerable.adapters.verifying import Given, certificates, verify_delivery

    if is_bundle(answer):
        print_checks(verify_bundle(answer), as_json=as_json, good="all hold.", bad="broken: do not rely on it.")
    if (identity is None) == (opened is None) or log_folder is None:
        raise click.UsageError(
            "An answer is checked with --log and either --identity or --opened; a bundle of evidence needs neither."
        )
    proof = receipt or answer.with_name(answer.name + ".tlog-proof")
    given = Given(log_key=log_key, trust=certificates(trust) if trust else (), opened=opened)
    secret = identity.read_bytes() if identity else None
    checks = verify_delivery(answer, secret, log_folder, receipt=proof, given=given)
    print_checks(checks, as_json=as_json, good="all hold.", bad="broken: do not rely on it.")
