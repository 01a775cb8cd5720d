"""How does an outsider check what the desk gave out? Without a desk, and with few dependencies."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.shared import FILE, FOLDER, print_checks

_BAD = "broken: do not rely on it."


@click.command()
@click.argument("answer", type=FILE)
@click.option(
    "--identity", type=FILE, help="The secret key: of age, OpenPGP without passphrase, or a certificate (PEM)."
)
@click.option("--opened", type=FILE, help="Instead of --identity: the tar, opened with your own tool or smart card.")
@click.option("--log", "log_folder", type=FOLDER, help="The published log, as a folder.")
@click.option("--receipt", "receipts", type=FILE, multiple=True, help="A receipt; by default ANSWER.tlog-proof.")
@click.option("--trust", type=FILE, help="Certificates (PEM) at which timestamp and signature must end.")
@click.option("--log-key", help="The log's key, if you hold it from elsewhere.")
@click.option("--witnesses", type=FILE, help="A policy of witnesses whose quorum a receipt must have.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def verify(
    answer: Path,
    identity: Path | None,
    opened: Path | None,
    log_folder: Path | None,
    receipts: tuple[Path, ...],
    trust: Path | None,
    log_key: str | None,
    witnesses: Path | None,
    as_json: bool,
) -> None:
    """Check an answer, a receipt, a decision and its approvals, or the proof that a case was counted; or derive a bundle of
    evidence again. Needs no desk.

    A receipt or a promise needs the log's key alone; a decision (decision.json) the receipts of the events `prepared` and
    `approved`; the proof that a case was counted the log.

    Example: answerable verify answer.tar.age --identity authority.key --log log
    """
    from answerable.adapters.bundles import is_bundle, verify_bundle
    from answerable.adapters.counting import counted_checks
    from answerable.adapters.verifying import Given, certificates, verify_delivery, verify_offline

    if is_bundle(answer):
        print_checks(verify_bundle(answer), as_json=as_json, good="all hold.", bad=_BAD)
    if log_key is not None and (
        answer.suffix in (".tlog-proof", ".promise") or (answer.suffix == ".json" and receipts)
    ):
        checks = verify_offline(answer, receipts, log_key=log_key, witnesses=witnesses)
        print_checks(checks, as_json=as_json, good="all hold.", bad=_BAD)
    if log_folder is not None and (counted := counted_checks(answer, log_folder, log_key=log_key)):
        print_checks(counted, as_json=as_json, good="all hold.", bad=_BAD)
    if (identity is None) == (opened is None) or log_folder is None:
        raise click.UsageError(
            "An answer is checked with --log and either --identity or --opened, a receipt with --log-key, a decision with"
            " --log-key and --receipt; a bundle of evidence needs none of them."
        )
    proof = receipts[0] if receipts else answer.with_name(answer.name + ".tlog-proof")
    given = Given(log_key=log_key, trust=certificates(trust) if trust else (), opened=opened)
    secret = identity.read_bytes() if identity else None
    checks = verify_delivery(answer, secret, log_folder, receipt=proof, given=given)
    print_checks(checks, as_json=as_json, good="all hold.", bad=_BAD)
