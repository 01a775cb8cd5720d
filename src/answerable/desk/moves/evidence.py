"""What does the sheet of a case rest on, how is it kept, and how does it leave as a bundle that anybody can check?

The DNS is asked once, when the demand is examined: a key may be gone next year. What it said, the revocation data and the
lists of that day are kept, encrypted, each file once however many cases rest on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from answerable.adapters.bundles import bundle_bytes
from answerable.adapters.dns import NameServers, gather, offline
from answerable.adapters.reading import make_sheet, open_mail, open_paper
from answerable.authenticate.claiming import claims_of
from answerable.authenticate.gathered import Evidence, Proven, from_plain, to_plain
from answerable.authenticate.mail import DnsRecords
from answerable.casefile.demand import Demand
from answerable.casefile.encoding import canonical
from answerable.casefile.handover import Handover
from answerable.casefile.mail import is_mail
from answerable.desk.models import Case, Paper
from answerable.desk.moves.casefiles import calls_of
from answerable.desk.moves.papers import keep, paper_bytes, read
from answerable.desk.queries.directory import confirmed_records, matching
from answerable.desk.queries.officers import sender_account
from answerable.desk.wiring import Desk
from answerable.errors import MalformedDemand, MoveRefused


def asked(desk: Desk, names: Iterable[str], *, at: datetime) -> DnsRecords:
    """Return what the DNS says of these names; where the desk asks none, that it was not asked and why."""
    settings = desk.settings.dns
    if settings is None:
        return offline(names, at=at)
    servers = NameServers(settings.addresses, settings.port, settings.seconds_a_name, settings.seconds_in_all)
    return gather(names, servers, at=at)


def gathered(desk: Desk, content: bytes, *, at: datetime, channel: str, country: str | None) -> Evidence:
    """Return what the sheet of a paper rests on, as of its receipt. Refuses what cannot be read (`MalformedDemand`).

    Our servers' own words count only on a mail that our mailbox brought: whoever uploads one wrote all of it.
    """
    limits = desk.settings.papers.limits
    try:
        within = open_paper(content, sandbox=desk.sandbox, limits=limits).within(content)
    except MalformedDemand as fault:
        if fault.code == "intake.ended-its-reader":
            raise
        within = None  # a person read it: what is looked at is the whole of what came
    revocation, (lists, pinned) = desk.revocation(), desk.lists(country)
    evidence = Evidence(
        original=content, paper=within, at=at, anchors=desk.trust_roots, crls=revocation.crls, ocsps=revocation.ocsps,
        lists=lists, pinned=pinned,
    )  # fmt: skip
    if not is_mail(content):
        return evidence
    mail = open_mail(content, sandbox=desk.sandbox, limits=limits)
    return replace(
        evidence,
        records=asked(desk, mail.questions, at=desk.now()),
        servers=desk.settings.mail_servers if channel == "email" else None,
        directory=tuple(each for each in confirmed_records() if each.domains),
    )


def with_handover(evidence: Evidence, came: tuple[Handover, bytes] | None, *, named: str | None) -> Evidence:
    """Return the evidence with how a State's own system handed it over; `named` is the State that the paper names."""
    if came is None:
        return evidence
    handover, metadata = came
    return replace(evidence, handover=handover.model_copy(update={"named": named}), metadata=metadata)


def keep_evidence(desk: Desk, evidence: Evidence) -> dict[str, object]:
    """Keep everything that evidence rests on but the original, and return where it is, for the row of a case."""
    plain, files = to_plain(evidence)
    octets = "application/octet-stream"
    beside = {name: content for name, content in files.items() if name != plain["original"]}
    kept = {name: keep(desk, content, media_type=octets).sha512 for name, content in beside.items()}
    return {"plain": keep(desk, canonical(plain), media_type="application/json").sha512, "files": kept}


def evidence_of(desk: Desk, case: Case) -> Evidence:
    """Return what the sheet of a case rests on, with its demand, the office it names, its account and its calls."""
    if not case.evidence or not case.demand:
        raise MoveRefused(
            "authenticate.no-evidence",
            what=f"{case.reference} has no evidence that could leave as a bundle.",
            why="It could not be read, was not examined yet, or was examined by an earlier version.",
            next_step="Wait for the worker, or make a bundle of the original with `answerable authenticate --bundle`.",
        )
    plain = json.loads(_kept(desk, case.evidence["plain"]))
    files = {name: _kept(desk, sha512) for name, sha512 in case.evidence["files"].items()}
    evidence = from_plain(plain, files | {plain["original"]: paper_bytes(desk, case)})
    demand = Demand.model_validate(case.demand)
    known = Proven.model_validate(case.sheet) if case.sheet else None
    claims = claims_of(demand, mail=known.mail if known else None, seal=known.seal if known else None)
    return replace(
        evidence,
        demand=demand,
        directory=tuple({each.id: each for each in (*evidence.directory, *matching(claims))}.values()),
        account=sender_account(case),
        calls=calls_of(case),
    )


def bundle_of(desk: Desk, case: Case) -> bytes:
    """Return the bundle of a case: what its sheet rests on, and the sheet derived from it now, in a child."""
    evidence = evidence_of(desk, case)
    sheet = make_sheet(evidence, sandbox=desk.sandbox, limits=desk.settings.papers.limits).sheet
    return bundle_bytes(evidence, sheet)


def _kept(desk: Desk, sha512: str) -> bytes:
    return read(desk, Paper.objects.get(sha512=sha512))
