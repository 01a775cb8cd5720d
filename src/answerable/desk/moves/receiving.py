"""What happens when bytes arrive? They are kept first; then read; whatever they are, a case is opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from answerable.adapters.gate import refuse_at_the_gate
from answerable.adapters.keys import random_bytes
from answerable.adapters.reading import Opened, open_paper
from answerable.casefile.demand import Arrival, Demand, instrument_of
from answerable.casefile.encoding import digest, sha512_hex
from answerable.casefile.events import EventKind
from answerable.casefile.route import State
from answerable.desk.jobs import as_row, enqueue
from answerable.desk.models import Account, Case, Paper
from answerable.desk.moves.papers import keep
from answerable.desk.moves.recording import record
from answerable.desk.wiring import Desk
from answerable.errors import MalformedDemand, MoveRefused


def receive(
    desk: Desk,
    content: bytes,
    *,
    channel: str,
    actor: Account | None = None,
    sender: Account | None = None,
    received_at: datetime | None = None,
) -> Case:
    """Keep `content`, open a case on it and return the case. The same bytes again return the first case.

    `sender` is the officer who may fetch the answer: by default the one who sent the demand in. `received_at` is when it
    reached the provider by another way, by default now; a moment that is still to come is refused.
    """
    _refuse_state_system(channel)
    return take_in(desk, content, channel=channel, at=received_at or desk.now(), actor=actor, sender=sender or actor)


def take_in(
    desk: Desk, content: bytes, *, channel: str, at: datetime, actor: Account | None = None, sender: Account | None = None,
    beside: Callable[[Case], object] = lambda _: None,
) -> Case:  # fmt: skip
    """Do what `receive` does, by any channel, with what stands `beside` the case written in the same transaction."""
    _refuse_future(at, desk.now())
    if known := _known(content):
        beside(known)
        return known
    paper = keep(desk, content, media_type="unreadable")
    opened, refused = _opened(desk, content)
    arrival = Arrival(
        received_at=at,
        channel=channel,
        media_type=opened.media_type if opened else "unreadable",
        sha512=sha512_hex(content),
        size=len(content),
    )
    demand = Demand(instrument=instrument_of(opened.form), form=opened.form, arrival=arrival) if opened else None
    with transaction.atomic():
        if known := _known(content):
            beside(known)
            return known
        paper.media_type = arrival.media_type
        paper.save()
        case = _open_case(paper, arrival, demand=demand, refused=refused, sender=sender)
        facts = {"document_sha512": arrival.sha512}
        if demand:
            facts |= set_demand(case, demand)
            case.save()
            enqueue(desk, "examine", case)
        enqueue(desk, "draw", case)
        record(desk, case, EventKind.RECEIVED if demand else EventKind.UNREADABLE, actor=actor, **facts)
        beside(case)
    return case


def set_demand(case: Case, demand: Demand) -> dict[str, str]:
    """Set what a paper says on its case, and return the facts of it that the log keeps. The caller saves."""
    case.demand = demand.model_dump(mode="json")
    case.instrument = demand.instrument
    case.authority, case.country = demand.head.authority or "", demand.head.country or ""
    case.their_reference = demand.head.reference or ""
    case.identifiers = demand.people
    return {
        "instrument": demand.instrument,
        "issuing_state": case.country,
        "authority": case.authority,
        "identifiers": str(case.identifiers),
        "record_sha512": digest(case.demand),
    }


def _known(content: bytes) -> Case | None:
    return Case.objects.filter(paper__sha512=sha512_hex(content)).first()


def _opened(desk: Desk, content: bytes) -> tuple[Opened | None, MalformedDemand | None]:
    """Return what the paper says, or why it does not. It is read in a child, outside of any transaction."""
    try:
        refuse_at_the_gate(content, desk.settings.papers)
        return open_paper(content, sandbox=desk.sandbox, limits=desk.settings.papers.limits), None
    except MalformedDemand as fault:
        return None, fault


def _refuse_state_system(channel: str) -> None:
    """Only what takes messages from an access point's folder may say so (`handing_over`): no person's word does."""
    if channel == "state system":
        raise MoveRefused(
            "intake.no-state-system",
            what="A demand cannot be entered as one that came through a state's own system.",
            why="That word can free an emergency from the call-back, so no person may give it.",
            next_step="Enter the way by which it reached you: by post or by e-mail.",
        )


def _refuse_future(at: datetime, now: datetime) -> None:
    if at > now:
        raise MoveRefused(
            "intake.not-yet",
            what="The demand would have been received at a moment that is still to come.",
            why=f"It says {at:%d %B %Y, %H:%M} UTC; it is {now:%d %B %Y, %H:%M} UTC.",
            next_step="Enter the moment at which it reached you, or leave it empty.",
        )


def _open_case(
    paper: Paper,
    arrival: Arrival,
    *,
    demand: Demand | None,
    refused: MalformedDemand | None,
    sender: Account | None,
) -> Case:
    return Case.objects.create(
        key=random_bytes(16).hex(),
        reference=_next_reference(arrival.received_at.year),
        state=(State.RECEIVED if demand else State.UNREADABLE).value,
        channel=arrival.channel,
        paper=paper,
        received_at=arrival.received_at,
        sent_by=sender if sender and sender.role == Account.Role.OFFICER else None,
        unreadable=as_row(refused) if refused else None,
    )


def _next_reference(year: int) -> str:
    last = Case.objects.filter(reference__startswith=f"AN-{year}-").order_by("reference").last()
    number = int(last.reference.rpartition("-")[2]) + 1 if last else 1
    return f"AN-{year}-{number:06d}"
