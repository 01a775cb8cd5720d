"""What do directory, law and earlier papers say of a demand? Facts F, G and H, set down once, with the trace of its text."""

from __future__ import annotations

from django.db import transaction

from answerable.authenticate.claiming import addresses_of, claims_of, numbers_of, sender_of
from answerable.authenticate.coherence import Mail, Seal, Trace, coherence_facts, papers_of
from answerable.authenticate.directory import Fit, fitting, history_facts, issuer_facts, reported_about
from answerable.casefile.demand import Demand
from answerable.casefile.evidence import Fact
from answerable.desk.models import Case, IssuerSheet
from answerable.desk.queries.directory import court_names, feeds_held, matching
from answerable.desk.queries.earlier import earlier_papers, past_of
from answerable.desk.wiring import Desk


def examine_issuer(desk: Desk, case: Case, *, mail: Mail | None = None, seal: Seal | None = None) -> tuple[Fact, ...]:
    """Return the facts F, G and H about a case, and keep them with the trace of its text.

    `mail` and `seal` are what other checks proved of them; without them what rests on them is absent, never assumed.
    """
    demand = Demand.model_validate(case.demand)
    received = demand.arrival.received_at
    claims = claims_of(demand, mail=mail, seal=seal)
    fit = fitting(matching(claims), claims, on=received.date())
    sender = sender_of(demand, fit)
    papers = papers_of(demand, sender=sender, mail=mail, seal=seal)
    at = desk.now()
    facts = (
        *issuer_facts(demand, fit, at=at),
        *coherence_facts(
            demand,
            papers=papers,
            record=fit.record,
            earlier=earlier_papers(case, papers.trace.digest),
            courts=court_names(demand),
            at=at,
        ),
        *history_facts(
            fit.record,
            past_of(case, sender=sender, listing=fit.record.id if fit.record else ""),
            reported=reported_about(
                feeds_held(received),
                claims,
                addresses=addresses_of(demand, mail),
                numbers=numbers_of(demand),
                at=received,
            ),
            at=received,
        ),
    )
    _keep(case, facts, papers.trace, sender=sender, fit=fit, at=at)
    return facts


def _keep(case: Case, facts: tuple[Fact, ...], trace: Trace, *, sender: str, fit: Fit, at) -> None:
    with transaction.atomic():
        IssuerSheet.objects.update_or_create(
            case=case,
            defaults={
                "facts": [fact.model_dump(mode="json") for fact in facts],
                "trace": trace.model_dump(mode="json"),
                "digest": trace.digest,
                "sender": sender,
                "listing": fit.record.id if fit.record else "",
                "at": at,
            },
        )
