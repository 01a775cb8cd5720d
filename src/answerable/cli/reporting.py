"""How is a half-year published, how does anyone count it again, and what do those who score reports find where?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.shared import FILE, FOLDER, HOME, print_checks, start_desk, telling

if TYPE_CHECKING:
    from answerable.report.periods import HalfYear


@click.group(invoke_without_command=True)
@click.option("--home", type=FOLDER, envvar="ANSWERABLE_HOME", help="The desk's folder; or ANSWERABLE_HOME.")
@click.option("--period", help="The half-year, as in 2026-H2.")
@click.option("--out", type=FOLDER, help="The folder that the files go to.")
@click.option("--so-far", is_flag=True, help="Print the figures of a half-year that still runs, for the desk alone.")
@click.pass_context
def report(context: click.Context, *, home: Path | None, period: str | None, out: Path | None, so_far: bool) -> None:
    """The half-yearly report: publish it, count it again, see what it supplies to those who score reports.

    Closes a half-year that is over, or writes out again one that is closed: report, table, counting rules, figures as CSV.
    What laws ask for goes to OUT/statutory, to be looked at before it is sent or published. Once closed, a half-year stays
    as it is. The log tells of it at once where no worker runs, and else at the worker's next tick.

    Example: answerable report --period 2026-H2 --home /srv/desk --out report-2026-H2
    """
    if context.invoked_subcommand is not None:
        return
    if home is None or period is None or (out is None and not so_far):
        raise click.UsageError("Name --home and --period, and with --out where the files go; or --so-far.")
    start_desk(home)
    if out is None:
        _print_so_far(period)
    else:
        _publish(period, out)


def _print_so_far(period: str) -> None:
    from answerable.desk.queries import report_so_far
    from answerable.desk.wiring import desk
    from answerable.report.periods import HalfYear

    counted = report_so_far(desk(), HalfYear.named(period))
    click.echo(json.dumps(counted.model_dump(mode="json"), indent=2, ensure_ascii=False))


def _publish(period: str, out: Path) -> None:
    from answerable.adapters.files import write_whole
    from answerable.desk.moves.reporting import close_period
    from answerable.desk.queries import report_files
    from answerable.desk.wiring import desk
    from answerable.report.periods import HalfYear

    row = close_period(desk(), HalfYear.named(period), telling())
    for name, content in report_files(desk(), row):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(out / name, content, mode=0o644)
        click.echo(f"wrote {out / name}")
    _say_where_it_is_told(HalfYear.named(period))


def _say_where_it_is_told(period: HalfYear) -> None:
    from answerable.desk.queries.published import published_leaf
    from answerable.desk.wiring import desk
    from answerable.desk.worker import publish_if_alone

    if published_leaf(period) is None:
        publish_if_alone(desk())
    index = published_leaf(period)
    if index is None:
        click.echo(
            f"a worker runs: the log tells of {period.name} from its next tick on, and no report can be looked up before"
        )
    else:
        click.echo(f"leaf {index} of the log tells of {period.name}")


@report.command("recount")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--log", "log_folder", type=FOLDER, help="The published log, as a folder.")
@click.option("--log-key", help="The log's key, if you hold it from elsewhere.")
@click.option("--links", type=FILE, help="Opened links, as an auditor was given them.")
@click.option("--receipt", "receipts", type=FILE, multiple=True, help="The receipt of a first event; can be repeated.")
@click.option("--out", type=FOLDER, help="The folder that the report goes to as it was counted again.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def recount(
    folder: Path,
    *,
    out: Path | None,
    log_folder: Path | None,
    log_key: str | None,
    links: Path | None,
    receipts: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Count a published report again from its table, and look it up in the log. Needs no desk.

    Example: answerable report recount report-2026-H2 --log log
    """
    from answerable.adapters.counting import recount_folder

    found, checks = recount_folder(
        folder, log=log_folder, log_key=log_key, links=links, receipts=receipts, on_step=telling()
    )
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.json").write_bytes(found.text)
    print_checks(checks, as_json=as_json, good="all hold.", bad="do not: these figures cannot be relied on.")


@report.command("counted")
@HOME
@click.argument("reference")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the proof goes.")
def counted(home: Path, reference: str, *, out: Path) -> None:
    """Write the proof that a case is in the log and was counted, for the person or authority whom it concerns.

    Example: answerable report counted AN-2026-000001 --out counted.json --home /srv/desk
    """
    start_desk(home)
    from answerable.adapters.files import write_whole
    from answerable.desk.moves.showing_counted import counted_proof
    from answerable.desk.queries import find_case
    from answerable.desk.wiring import desk

    case = find_case(reference)
    if case is None:
        raise click.UsageError(f"There is no case {reference}.")
    write_whole(out, counted_proof(desk(), case), mode=0o600)
    click.echo(f"wrote {out}")


@report.command("links")
@HOME
@click.option("--period", required=True, help="The half-year, as in 2026-H2.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the links go.")
def links(home: Path, *, period: str, out: Path) -> None:
    """Open the links of a published table for an auditor: they show that each row stands for one event. Never publish them.

    Example: answerable report links --period 2026-H2 --out links.jsonl --home /srv/desk
    """
    start_desk(home)
    from answerable.adapters.files import write_whole
    from answerable.desk.moves.reporting import close_period
    from answerable.desk.moves.showing_counted import opened_links
    from answerable.desk.wiring import desk
    from answerable.report.periods import HalfYear

    row = close_period(desk(), HalfYear.named(period), telling())
    write_whole(out, (f"{line}\n".encode() for line in opened_links(desk(), row)), mode=0o600)
    click.echo(f"wrote {out}")


@report.command("scorecard")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def scorecard(*, as_json: bool) -> None:
    """Show, for each element of three benchmarks, whether the software supplies it or the organisation has to.

    Example: answerable report scorecard --json
    """
    from answerable.report.scorecard import elements, lines

    if as_json:
        click.echo(json.dumps([each.model_dump(mode="json") for each in elements()], indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(lines()))
