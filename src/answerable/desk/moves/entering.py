"""What does a paper say that no machine can read? A person reads it, and enters it in the form; the original stays as it came."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from pydantic import ValidationError

from answerable.adapters.reading import Letter, open_paper, read_words
from answerable.casefile.demand import Arrival, Demand, instrument_of
from answerable.casefile.epoc import Epoc
from answerable.casefile.events import EventKind
from answerable.casefile.order import Order
from answerable.casefile.route import Move
from answerable.desk.jobs import enqueue
from answerable.desk.models import Account, Case
from answerable.desk.moves.casefiles import allowed, locked, refuse_unless_reviewer
from answerable.desk.moves.papers import paper_bytes
from answerable.desk.moves.receiving import set_demand
from answerable.desk.moves.recording import record
from answerable.desk.wiring import Desk
from answerable.errors import MoveRefused
from answerable.intake.reading import places


def words_of(desk: Desk, case: Case) -> Letter | None:
    """Return the words of a paper and the addresses in them, read behind walls; None where it holds none."""
    return read_words(paper_bytes(desk, case), sandbox=desk.sandbox, limits=desk.settings.papers.limits)


def enter(desk: Desk, case: Case, form: dict[str, Any] | bytes, *, actor: Account) -> Case:
    """Set down what a person read in a paper: the fields of the plain form, or form data as JSON. It is then examined.

    The moment of receipt and the original stay. Refuses what is not the form, and a paper that the machine could read.
    """
    refuse_unless_reviewer(actor)
    read = _from_data(desk, form) if isinstance(form, bytes) else _plain(form)
    with transaction.atomic():
        case = locked(case)
        _, after = allowed(desk, case, Move.ENTER, actor=actor)
        arrival = Arrival(
            received_at=case.received_at,
            channel=case.channel,
            media_type="unreadable",
            sha512=case.paper.sha512,
            size=case.paper.size,
        )
        facts = set_demand(case, Demand(instrument=instrument_of(read), form=read, arrival=arrival))
        case.entered_by, case.state, case.handled_by = actor, after.value, case.handled_by or actor
        case.save()
        record(desk, case, EventKind.ENTERED, actor=actor, document_sha512=arrival.sha512, **facts)
        enqueue(desk, "examine", case)
    return case


def _from_data(desk: Desk, content: bytes) -> Epoc | Order:
    return open_paper(content, sandbox=desk.sandbox, limits=desk.settings.papers.limits).form


def _plain(form: dict[str, Any]) -> Order:
    try:
        return Order.model_validate(form)
    except ValidationError as fault:
        raise MoveRefused(
            "intake.not-entered",
            what="What was entered is not the form of a demand.",
            why=places(fault),
            next_step="Correct the fields that are named, and enter it again.",
        ) from fault
