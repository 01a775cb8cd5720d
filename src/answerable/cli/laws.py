"""Which laws does the desk know, do their tables hold, and what does a change of law change?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.shared import FOLDER, print_checks, start_desk
from answerable.verify.check import Check

if TYPE_CHECKING:
    from answerable.assess.differing import Difference
    from answerable.law.register import Law


@click.group()
def law() -> None:
    """The laws this desk knows."""


@law.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def law_list(as_json: bool) -> None:
    """List each law with its instruments, and each pack that an installed distribution offers.

    Example: answerable law list
    """
    from answerable.law.own import offered
    from answerable.law.register import laws

    if as_json:
        titles = [each.pack.title.model_dump(mode="json") | {"name": each.pack.name} for each in laws()]
        click.echo(json.dumps(titles, indent=2))
        return
    for each in laws():
        read_by = each.pack.title.reviewed_by or "not yet read by a lawyer"
        click.echo(f"{each.pack.label}: {each.pack.title.title}, {len(each.rules)} rules, {read_by}")
        for name, instrument in each.pack.title.instruments.items():
            click.echo(f"    {name:<24}{instrument.title} ({instrument.kind})")
    for name in offered():
        click.echo(f"{name}: offered by an installed distribution; its code is run only where it is named")


@law.command("show")
@click.argument("pack")
def law_show(pack: str) -> None:
    """Show one law: its rules, its values by day, its ways to answer. PACK is its name, or a folder of one's own.

    Example: answerable law show eu/e_evidence_regulation
    """
    from answerable.law.own import law_at

    for line in law_at(pack).described():
        click.echo(line)


@law.command("coverage")
def law_coverage() -> None:
    """Print how much of each law is in the rules, as the table of the documents.

    Example: answerable law coverage > docs/law-coverage.md
    """
    from answerable.law.register import coverage

    click.echo("\n".join(coverage()))


@law.command("check")
@click.argument("packs", nargs=-1)
def law_check(packs: tuple[str, ...]) -> None:
    """Run the table of cases of each law, of all of ours where none is named. PACKS are names, or folders of one's own.

    The code of a pack of one's own is run, with your rights: read it first.

    Example: answerable law check docs/examples/law-pack
    """
    from answerable.assess.checking import check_law
    from answerable.law.own import law_at
    from answerable.law.register import laws

    checks = [check for each in ([law_at(pack) for pack in packs] or laws()) for check in check_law(each)]
    print_checks(
        [Check(name=name, passed=not wrong, detail=wrong) for name, wrong in checks],
        as_json=False,
        good="all hold.",
        bad="do not hold.",
    )


@law.command("diff")
@click.argument("pack")
@click.option("--from", "before", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day.")
@click.option("--to", "after", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The second day.")
@click.option("--home", type=FOLDER, envvar="ANSWERABLEHOME", help="The desk whose past cases are compared as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
def law_diff(pack: str, before: datetime, after: datetime, *, home: Path | None, as_json: bool) -> None:
    """Say which cases of a law's table come out otherwise when they are received on another day.

    With a desk, say it of its past cases too: each keeps its dates, and is put to the law as it stood on each day. Case
    numbers, rules, categories, counts and moments are printed, and nothing of what a paper says.

    Example: answerable law diff eu/digital_services_act --from 2024-02-16 --to 2024-02-17
    """
    from answerable.assess.differing import differing
    from answerable.law.own import law_at

    named = law_at(pack)
    table = list(differing(named, before.replace(hour=12, tzinfo=UTC), after.replace(hour=12, tzinfo=UTC)))
    past = None if home is None else _past_cases(home, named, before, after)
    if as_json:
        parts = {"table": table} | ({} if past is None else {"past_cases": past})
        plain = {name: [each.model_dump(mode="json") for each in part] for name, part in parts.items()}
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(each.told for each in table) or "No case comes out otherwise.")
    if past is not None:
        click.echo("\n".join(("", "Past cases of the desk:", *(each.told for each in past))))
        click.echo(f"{len(past)} of them come out otherwise.")


def _past_cases(home: Path, law: Law, before: datetime, after: datetime) -> list[Difference]:
    start_desk(home)
    from answerable.desk.queries import differing_cases
    from answerable.desk.wiring import desk

    def compared(number: int, total: int) -> None:
        if number % 100 == 0 or (number == total and total >= 100):
            click.echo(f"{number:,} of {total:,} cases compared", err=True)

    found: Iterator[Difference] = differing_cases(desk(), law, days=(before.date(), after.date()), on_case=compared)
    return list(found)
