"""What do the provider's stores hold, does the data map fit them, and what would be read of them for a demand?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from answerable.cli.shared import FILE, HOME
from answerable.cli.stores_advise import advise

if TYPE_CHECKING:
    from answerable.casefile.scope import Scope
    from answerable.collect import DataMap, Plan
    from answerable.collect.checking import Remark
    from answerable.desk.home import Home


@click.group()
def stores() -> None:
    """The provider's stores: check the map against them, draft a map, see what a demand would read."""


stores.add_command(advise)


@stores.command("check")
@HOME
@click.option("--json", "as_json", is_flag=True, help="Print the remarks as JSON.")
def stores_check(home: Path, as_json: bool) -> None:
    """Compare the data map with the stores: what is missing, what is slow, what is never read, what nobody can answer.

    No row is read. Ends with 1 where something must be mended: an answer would fail, or be wrong.

    Example: answerable stores check --home /srv/desk
    """
    from answerable.adapters.clock import now
    from answerable.adapters.sources import read_facts
    from answerable.collect import load_data_map
    from answerable.collect.checking import examine
    from answerable.desk.home import Home

    desk = Home(home.absolute())
    data_map = load_data_map(desk.data_map_text())
    remarks = examine(data_map, read_facts(data_map, desk.settings().stores, now=now))
    wrong = sum(remark.must_mend for remark in remarks)
    if as_json:
        click.echo(json.dumps([remark.model_dump() for remark in remarks], indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_told(remarks)))
        click.echo(f"{wrong} to be mended." if wrong else "The map fits the stores; the rest is good to know.")
    sys.exit(1 if wrong else 0)


@stores.command("import")
@click.option("--fideslang", type=FILE, help="A file of fideslang datasets (YAML).")
@click.option("--odcs", type=FILE, help="A data contract of the Open Data Contract Standard 3 (YAML).")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the draft goes; never replaces a file."
)
@click.option("--json", "as_json", is_flag=True, help="Print the draft and what is to be decided as JSON.")
def stores_import(fideslang: Path | None, odcs: Path | None, *, out: Path | None, as_json: bool) -> None:
    """Draft a data map from a description of the stores. Suggestions only: nothing can be read by a draft.

    Every column is a comment until a person gives it its class in law.

    Example: answerable stores import --fideslang dataset.yml --out data-map.draft.yaml
    """
    from answerable.collect.importing import draft, from_fideslang, from_odcs

    if fideslang and not odcs:
        made = draft(from_fideslang(_text(fideslang)))
    elif odcs and not fideslang:
        made = draft(from_odcs(_text(odcs)))
    else:
        raise click.UsageError("Name one description: --fideslang FILE or --odcs FILE.")
    if out is not None:
        _write_new(out, made.text)
    if as_json:
        click.echo(made.model_dump_json(indent=2))
        return
    if out is None:
        click.echo(made.text, nl=False)
        return
    click.echo(f"wrote {out}; it is refused as a data map until somebody decides:")
    for each in made.to_decide:
        click.echo(f"  {each.place}: {each.question}" + (f" Suggested: {each.suggested}" if each.suggested else ""))
    for line in made.left_out:
        click.echo(f"  left out: {line}")


@stores.command("preview")
@HOME
@click.argument("demand", type=FILE)
@click.option("--asked", is_flag=True, help="Plan everything that is asked, lawful or not. No store is opened.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan and its counts as JSON.")
def stores_preview(home: Path, demand: Path, *, asked: bool, as_json: bool) -> None:
    """Print what would be read for what the law permits of a demand, and how many rows that is. No row is read.

    Paper and sender are taken as genuine, and nothing is kept: the desk examines them, and two people decide. A bulk
    demand is not looked up at all.

    Example: answerable stores preview --home /srv/desk order.pdf
    """
    from answerable.casefile.demand import requested_of
    from answerable.collect import load_data_map, make_plan
    from answerable.desk.home import Home
    from answerable.intake import read

    desk, content = Home(home.absolute()), demand.read_bytes()
    form = read(content).form
    data_map = load_data_map(desk.data_map_text())
    scope = requested_of(form) if asked else _permitted(desk, form, content)
    plan = make_plan(scope, data_map, case=demand.stem)
    is_bulk = len(requested_of(form).identifiers) >= desk.settings().provider.identifier_threshold
    rows = {} if asked or is_bulk else _counts(desk, data_map, plan)
    if as_json:
        plain = plan.model_dump(mode="json") | {"rows": {str(step): count for step, count in rows.items()}}
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(_planned(plan, rows)))
    click.echo(
        "The desk reads only the part of this that the law permits and two people approve."
        if asked
        else "Not counted: a bulk demand is not looked up." if is_bulk else "The desk reads it once two people approve."
    )  # fmt: skip


def _permitted(desk: Home, form: Any, content: bytes) -> Scope:
    """Return what the law leaves of a demand that is taken as genuine, received now."""
    from answerable.adapters.clock import now
    from answerable.assess.cases import assess_paper
    from answerable.desk.wiring import laws_of

    settings = desk.settings()
    provider, own = settings.provider.model_dump(), laws_of(desk, settings)
    found, _ = assess_paper(form, content, provider=provider, received_at=now(), is_genuine=True, own=own)
    return found.reach


def _counts(desk: Home, data_map: DataMap, plan: Plan) -> dict[int, int]:
    """Return the rows of each step that a machine can count; what a person looks up is not among them."""
    from answerable.adapters.clock import now
    from answerable.adapters.sources import count, open_sources

    with open_sources(data_map, desk.settings().stores, now=now) as sources:
        counted = count(plan, sources)
    return {step.number: counted[step.number] for step in plan.steps if not step.by_hand}


def _planned(plan: Plan, rows: dict[int, int]) -> list[str]:
    lines = []
    for step in plan.steps:
        count = f"  [{rows[step.number]:,} rows]" if step.number in rows else "  [not counted]" if rows else ""
        lines.append(f"{step.number:>3}  {step.words}{count}")
    return lines + [f"  –  {gap.category}: {gap.why}" for gap in plan.unanswered] or ["Nothing would be read."]


def _told(remarks: tuple[Remark, ...]) -> list[str]:
    lines = []
    for remark in sorted(remarks, key=lambda each: not each.must_mend):
        mark = "MEND" if remark.must_mend else "    "
        lines.append(f"{mark}  {remark.topic:<12}  {remark.place}: {remark.says} {remark.next_step}".rstrip())
    return lines


def _text(path: Path) -> str:
    from answerable.collect.importing.described import not_importable

    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise not_importable("a description of stores", "It is not written in UTF-8.") from fault


def _write_new(path: Path, text: str) -> None:
    from answerable.errors import NotConfigured

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as fault:
        raise NotConfigured(
            "stores.not-written",
            what=f"{path.name} was not written.",
            why="It is there already." if isinstance(fault, FileExistsError) else f"{type(fault).__name__}.",
            next_step="Name another file: a draft never takes the place of a map.",
        ) from fault
