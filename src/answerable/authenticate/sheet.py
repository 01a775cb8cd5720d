"""What is known of where a paper comes from? Everything that the facts rest on goes in; the same evidence gives the same sheet.

1  A and B: the way it came and the sender's domain, where it came as a mail or by a State's own system
2  D and E: the paper itself and its signers
3  F and G: the office that it names, and whether what it says agrees with itself; only where its form could be read
4  C and I: the account that sent it, and the calls to the authority, as a desk has handed them over

H rests on what one desk remembers of other cases, which no bundle may carry: it is added there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from answerable.authenticate.account import account_facts
from answerable.authenticate.calling import call_facts
from answerable.authenticate.claiming import claims_of, sender_of
from answerable.authenticate.coherence import Mail, Seal, coherence_facts, papers_of
from answerable.authenticate.directory import fitting, issuer_facts
from answerable.authenticate.documents import Examined, Trust, document_facts
from answerable.authenticate.documents.trusted_lists import verify_lists
from answerable.authenticate.gathered import Evidence, Proven
from answerable.authenticate.handed_over import handover_facts
from answerable.authenticate.mail import ExaminedMail, mail_facts
from answerable.casefile.demand import Demand
from answerable.casefile.evidence import Fact, Sheet
from answerable.casefile.mail import is_mail


def sheet_of(evidence: Evidence) -> Sheet:
    """Return the sheet: facts A to G and I, in their order. Never raises for what a paper holds, never fetches anything."""
    return proven(evidence).sheet


def proven(evidence: Evidence) -> Proven:
    """Return the sheet with what it proves of the office."""
    mail = _mail(evidence) if is_mail(evidence.original) else None  # 1
    lists = verify_lists(dict(evidence.lists), pinned=evidence.pinned, at=evidence.at) if evidence.lists else None
    trust = Trust(evidence.anchors, evidence.crls, evidence.ocsps, lists.accepted if lists else ())
    paper = document_facts(evidence.paper or evidence.original, trust=trust, at=evidence.at)  # 2
    office = _office(evidence, evidence.demand, mail=mail, paper=paper) if evidence.demand else ()  # 3
    beside = _beside(evidence)  # 4
    handed = _handed_over(evidence)  # 1
    facts = sorted(
        (*(mail.facts if mail else ()), *handed, *paper.facts, *office, *beside), key=lambda fact: fact.code[0]
    )
    sheet = Sheet(paper=hashlib.sha256(evidence.original).hexdigest(), at=evidence.at, facts=tuple(facts))
    return Proven(sheet=sheet, mail=head_of_mail(mail), seal=seal_of(paper))


def _handed_over(evidence: Evidence) -> tuple[Fact, ...]:
    if evidence.handover is None or evidence.metadata is None:
        return ()
    return handover_facts(evidence.handover, evidence.metadata, evidence.original, at=evidence.at)


def _beside(evidence: Evidence) -> tuple[Fact, ...]:
    paper = hashlib.sha256(evidence.original).hexdigest()
    account = account_facts(evidence.account, paper, at=evidence.at) if evidence.account else ()
    calls = call_facts(evidence.calls, evidence.demand, at=evidence.at) if evidence.demand and evidence.calls else ()
    return (*account, *calls)


def _mail(evidence: Evidence) -> ExaminedMail:
    domains = {each.domain: record.name for record in evidence.directory for each in record.domains}
    return mail_facts(
        evidence.original,
        records=evidence.records,
        trusted_servers=evidence.servers,
        directory_domains=domains,
        at=evidence.at,
    )


def _office(evidence: Evidence, demand: Demand, *, mail: ExaminedMail | None, paper: Examined) -> tuple[Fact, ...]:
    head, seal = head_of_mail(mail), seal_of(paper)
    fit = fitting(evidence.directory, claims_of(demand, mail=head, seal=seal), on=demand.arrival.received_at.date())
    papers = papers_of(demand, sender=sender_of(demand, fit), mail=head, seal=seal)
    return (
        *issuer_facts(demand, fit, at=evidence.at),
        *coherence_facts(demand, papers=papers, record=fit.record, earlier=(), courts=None, at=evidence.at),
    )


def head_of_mail(mail: ExaminedMail | None) -> Mail | None:
    """Return the head of a mail as the office's own, only where a signature proves the domain of its From."""
    if mail is None or mail.proven_domain is None:
        return None
    reply = tuple(value for name, value in mail.headers if name.casefold() == "reply-to")
    return Mail(from_address=mail.from_address, reply_to=reply)


def seal_of(paper: Examined) -> Seal | None:
    """Return whose seal a whole paper carries: that of the last signer whose chain ends at an anchor, or None."""
    trusted = [each for each in paper.signers if each.holds and each.trusted] if paper.whole else []
    if not trusted:
        return None
    signer = trusted[-1]
    return Seal(
        organisation=signer.organisation,
        organisation_identifier=signer.organisation_identifier,
        fingerprint=signer.certificate,
        country=signer.country,
    )


def told(sheet: Sheet) -> Iterator[str]:
    """Yield the sheet as lines of text: what speaks against the paper first within each section."""
    order = ("contradicted", "could not be checked", "absent", "confirmed")
    section = ""
    for fact in sorted(sheet.facts, key=lambda each: (each.code[0], order.index(each.result), each.code)):
        if fact.section != section:
            section = fact.section
            yield f"\n{section.value}  {section.name.replace('_', ' ').lower()}"
        subject = f" ({fact.subject})" if fact.subject else ""
        yield f"{fact.code:<4}{fact.result.value}: {fact.title}{subject}"
        yield f"    {fact.found}"
        yield f"    does not show {fact.not_shown}; {fact.method}"
