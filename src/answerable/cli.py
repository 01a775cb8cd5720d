"""What can be done from the command line? `answerable <verb>`. Each verb imports only what it needs."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from answerable import __version__
from answerable.desk.commands.authenticating import authenticate
from answerable.desk.commands.caution import caution
from answerable.desk.commands.directory import directory
from answerable.errors import AnswerableError, NotConfigured, explain
from answerable.verify.check import Check

if TYPE_CHECKING:
    from answerable.assess.differing import Difference
    from answerable.law.register import Law

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


def _explained(command: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except AnswerableError as fault:
            click.echo("\n".join(explain(fault)), err=True)
        except ModuleNotFoundError as fault:
            click.echo("\n".join(explain(_not_installed(fault))), err=True)
        sys.exit(1)

    return run


def _not_installed(fault: ModuleNotFoundError) -> NotConfigured:
    return NotConfigured(
        "cli.not-installed",
        what="This command needs a part that is not installed.",
        why=f"The bare install gives library, law and `verify`; {fault.name} comes with an extra.",
        next_step="Install answerable[desk] for everything, or answerable[papers] to read and make papers.",
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Answer governments: lawfully, sparingly, by two people, and on a public record.

    Not legal advice.
    """


@main.command()
@click.argument("answer", type=_FILE)
@click.option("--identity", type=_FILE, help="The age identity that the answer is sealed to.")
@click.option("--log", "log_folder", type=_FOLDER, help="The published log, as a folder.")
@click.option("--receipt", type=_FILE, help="The receipt; by default ANSWER.tlog-proof.")
@click.option("--log-key", help="The log's key, if you hold it from elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@_explained
def verify(
    answer: Path,
    identity: Path | None,
    log_folder: Path | None,
    receipt: Path | None,
    log_key: str | None,
    as_json: bool,
) -> None:
    """Check an answer, its receipt and the public log; or derive a bundle of evidence again. Needs no desk.

    Example: answerable verify answer.tar.age --identity authority.key --log log
    """
    from answerable.adapters.bundles import is_bundle, verify_bundle
    from answerable.adapters.verifying import verify_delivery

    if is_bundle(answer):
        _print_checks(verify_bundle(answer), as_json=as_json, good="all hold.", bad="broken: do not rely on it.")
    if identity is None or log_folder is None:
        raise click.UsageError("An answer is checked with --identity and --log; a bundle of evidence needs neither.")
    proof = receipt or answer.with_name(answer.name + ".tlog-proof")
    checks = verify_delivery(answer, identity.read_text(), log_folder, receipt=proof, log_key=log_key)
    _print_checks(checks, as_json=as_json, good="all hold.", bad="broken: do not rely on it.")


@main.command()
@click.argument("form", type=_FILE)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the PDF goes.")
@click.option("--seal", type=_FOLDER, help="A folder with root.pem, seal.pem and seal.key.")
@_explained
def paper(form: Path, out: Path, seal: Path | None) -> None:
    """Make the PDF of a certificate from its form data, sealed where a seal is given.

    Example: answerable paper order.json --seal court/ --out order.pdf
    """
    from answerable.adapters.paper import paper as make_paper
    from answerable.adapters.signing import SealingIdentity
    from answerable.intake import read

    out.write_bytes(make_paper(read(form.read_bytes()).form, SealingIdentity.load(seal) if seal else None))
    click.echo(f"wrote {out}")


@main.command()
@click.argument("demand", type=_FILE)
@click.option("--paper", type=click.IntRange(1), help="Which paper of a mail is meant, where several carry a form.")
@_explained
def intake(demand: Path, paper: int | None) -> None:
    """Print what a demand says, as form data in JSON. Nothing is kept.

    Example: answerable intake order.pdf
    """
    from answerable.intake import read

    click.echo(read(demand.read_bytes(), paper=paper).form.model_dump_json(indent=2, exclude_defaults=True))


@main.command()
@click.argument("demand", type=_FILE)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of receipt; by default now.")
@click.option("--state", default="NL", show_default=True, help="The provider's Member State or country.")
@click.option("--bound-by", multiple=True, help="Another State whose law binds the provider; can be repeated.")
@click.option("--language", multiple=True, default=("en",), show_default=True, help="A language the provider accepts.")
@click.option("--forged", is_flag=True, help="Judge it as not proved genuine.")
@click.option("--pack", "packs", multiple=True, help="A law pack of one's own: its code is run. Can be repeated.")
@click.option("--supplied", type=_FILE, help="What its paper does not say, as JSON: docs/formats/supplied.md.")
@click.option("--json", "as_json", is_flag=True, help="Print the assessment as JSON.")
@_explained
def assess(
    demand: Path, on: datetime | None, state: str, bound_by: tuple[str, ...], language: tuple[str, ...], *,
    forged: bool, packs: tuple[str, ...], supplied: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Put a demand to the law: what may leave, what stays and why, until when. Nothing is kept.

    Paper and sender are taken as genuine: the desk examines them, this command does not.

    Example: answerable assess order.json --on 2026-11-23
    """
    from answerable.adapters.clock import now
    from answerable.assess.cases import assess_paper
    from answerable.assess.telling import told
    from answerable.intake import read, read_supplied
    from answerable.law.own import own_laws
    from answerable.law.register import title_of

    content = demand.read_bytes()
    beside = read_supplied(supplied.read_bytes() if supplied else b"{}")
    received = on.replace(hour=12, tzinfo=UTC) if on else now()
    provider = {"member_state": state, "bound_by": bound_by, "languages": language}
    own = own_laws(packs, states=(state, *bound_by))
    form = read(content).form
    assessment, notice = assess_paper(
        form, content, provider=provider, received_at=received, is_genuine=not forged, supplied=beside, own=own
    )
    if as_json:
        plain = {"assessment": assessment.model_dump(mode="json"), "notice": notice.model_dump(mode="json")}
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    title = title_of(assessment.instrument, (each.pack for each in own)) or ""
    click.echo("\n".join(told(assessment, notice, title=title)))


@main.group()
def law() -> None:
    """The laws this desk knows."""


@law.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@_explained
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
@_explained
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
@_explained
def law_check(packs: tuple[str, ...]) -> None:
    """Run the table of cases of each law, of all of ours where none is named. PACKS are names, or folders of one's own.

    The code of a pack of one's own is run, with your rights: read it first.

    Example: answerable law check docs/examples/law-pack
    """
    from answerable.assess.checking import check_law
    from answerable.law.own import law_at
    from answerable.law.register import laws

    checks = [check for each in ([law_at(pack) for pack in packs] or laws()) for check in check_law(each)]
    _print_checks(
        [Check(name=name, passed=not wrong, detail=wrong) for name, wrong in checks],
        as_json=False,
        good="all hold.",
        bad="do not hold.",
    )


@law.command("diff")
@click.argument("pack")
@click.option("--from", "before", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day.")
@click.option("--to", "after", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The second day.")
@click.option("--home", type=_FOLDER, envvar="ANSWERABLE_HOME", help="The desk whose past cases are compared as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@_explained
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
    from answerable.desk.starting import start

    start(home.absolute())
    from answerable.desk.queries import differing_cases
    from answerable.desk.wiring import desk

    def compared(number: int, total: int) -> None:
        if number % 100 == 0 or (number == total and total >= 100):
            click.echo(f"{number:,} of {total:,} cases compared", err=True)

    found: Iterator[Difference] = differing_cases(desk(), law, days=(before.date(), after.date()), on_case=compared)
    return list(found)


@main.command()
@click.argument("name", type=click.Choice(["epoc", "order"]), default="epoc")
@_explained
def schema(name: str) -> None:
    """Print the JSON Schema of the form data: of a European certificate, or of the plain form of every other demand.

    Example: answerable schema order > order.schema.json
    """
    from answerable.intake.schema import json_schema

    click.echo(json.dumps(json_schema(name), indent=2, ensure_ascii=False))


_HOME = click.option(
    "--home", type=_FOLDER, envvar="ANSWERABLE_HOME", required=True, help="The desk's folder; or ANSWERABLE_HOME."
)


@main.command()
@_HOME
@click.option("--bind", default="127.0.0.1", show_default=True, help="The address; put a TLS proxy before any other.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@_explained
def serve(home: Path, bind: str, port: int) -> None:
    """Serve the desk's pages. The worker runs beside it.

    Example: answerable serve --home /srv/desk
    """
    from answerable.desk.serving import serve_pages
    from answerable.desk.starting import start

    start(home.absolute())
    from answerable.desk.wiring import desk

    desk()  # what is missing or wrong is refused here, not at the first page that is asked for
    serve_pages(bind=bind, port=port)


@main.command()
@_HOME
@click.option("--quiet", is_flag=True, help="Say nothing of each step.")
@_explained
def worker(home: Path, quiet: bool) -> None:
    """Examine, seal, deliver and tick the log, until stopped. One worker a desk.

    Example: answerable worker --home /srv/desk
    """
    from answerable.desk.starting import start

    start(home.absolute())
    from answerable.desk.wiring import desk
    from answerable.desk.worker import work

    work(desk(), stop=_stop_on_signal(), on_step=(lambda *_: None) if quiet else _step)


@main.command()
@_HOME
@click.argument("username")
@click.option("--name", help="The full name; opens the account where there is none.")
@click.option("--role", type=click.Choice(["reviewer", "officer"]), help="What a new account may do.")
@click.option("--address", default="http://127.0.0.1:8000", show_default=True, help="Where the desk is reached.")
@_explained
def link(home: Path, username: str, name: str | None, role: str | None, address: str) -> None:
    """Print a link that signs an account in once, within twelve hours.

    Example: answerable link --home /srv/desk mara --name "Mara Visser" --role reviewer
    """
    from answerable.desk.starting import start

    start(home.absolute())
    from answerable.desk import moves
    from answerable.desk.wiring import desk

    account = moves.account_for_link(username, name=name, role=role)
    click.echo(f"{address.rstrip('/')}/sign-in/{moves.make_link(desk(), account)}/")


@main.command()
@_HOME
@_explained
def setup(home: Path) -> None:
    """Make the folder of a new desk: keys, and the files to fill in. Never replaces what is there.

    Example: answerable setup --home /srv/desk
    """
    from answerable.desk.founding import found

    for line in found(home.absolute()):
        click.echo(line)


@main.command()
@_HOME
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@_explained
def doctor(home: Path, as_json: bool) -> None:
    """Check a desk: settings, keys, trust, directory, data map against the stores, worker, log.

    Example: answerable doctor --home /srv/desk
    """
    from answerable.desk.doctor import examine

    _print_checks(list(examine(home.absolute())), as_json=as_json, good="all well.", bad="to be mended.")


@main.command()
@_HOME
@click.argument("demand", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@_explained
def plan(home: Path, demand: Path, as_json: bool) -> None:
    """Print what would be read for everything a demand asks for. No store is opened, nothing is kept.

    Example: answerable plan --home /srv/desk order.pdf
    """
    from answerable.casefile.demand import requested_of
    from answerable.collect import load_data_map, make_plan
    from answerable.desk.home import Home
    from answerable.intake import read

    data_map = load_data_map(Home(home.absolute()).data_map_text())
    made = make_plan(requested_of(read(demand.read_bytes()).form), data_map, case=demand.stem)
    if as_json:
        click.echo(made.model_dump_json(indent=2))
        return
    for step in made.steps:
        click.echo(f"{step.number:>3}  {step.words}")
    for gap in made.unanswered:
        click.echo(f"  –  {gap.category}: {gap.why}")
    click.echo("The desk reads only the part of this that the law permits and two people approve.")


def _print_checks(checks: Sequence[Check], *, as_json: bool, good: str, bad: str) -> None:
    failing = sum(not check.passed for check in checks)
    if as_json:
        click.echo(json.dumps([check.model_dump() for check in checks], indent=2))
    else:
        for check in checks:
            mark = "ok    " if check.passed else "BROKEN"
            click.echo(f"{mark}  {check.name}{': ' + check.detail if check.detail else ''}")
        click.echo(f"{len(checks)} checks, " + (good if not failing else f"{failing} {bad}"))
    sys.exit(1 if failing else 0)


def _step(kind: str, reference: str) -> None:
    click.echo(f"{kind:<15}{reference}")


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@main.command()
@click.option("--once", is_flag=True, help="Walk the route without a browser, and stop.")
@click.option("--out", type=_FOLDER, default=Path("demo"), show_default=True, help="Where everything goes.")
@click.option("--accounts", type=click.IntRange(1_300), default=100_000, show_default=True)
@click.option("--events", type=click.IntRange(1), default=5_000_000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--bind", default="127.0.0.1", show_default=True, help="Refuses any address but this machine's own.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@_explained
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


authenticate.callback = _explained(authenticate.callback) if authenticate.callback else None
main.add_command(authenticate)
for _group in (directory, caution):
    main.add_command(_group)
    for _command in _group.commands.values():
        _command.callback = _explained(_command.callback) if _command.callback else None
