"""How does a provider say, on the form of Annex III, what of a European certificate is not done? In English only."""

from __future__ import annotations

from datetime import datetime

from answerable.casefile.assessment import Assessment
from answerable.casefile.decision import Decision, DecisionKind
from answerable.casefile.demand import Demand
from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Epoc
from answerable.casefile.finding import Outcome
from answerable.casefile.parties import Provider
from answerable.casefile.scope import Moment
from answerable.casefile.supplied import Supplied, ThirdCountryConflict

# The boxes of Annex III, Section D(a), in the form's order, in our words.
BOXES: dict[str, str] = {
    "D1": "the certificate is incomplete",
    "D2": "the certificate contains manifest errors",
    "D3": "the certificate does not contain sufficient information",
    "D4": "the data were not stored by or for the provider on receipt",
    "D5": "other de facto impossibility",
    "D6": "not issued or validated by an authority of Article 4",
    "D7": "traffic or content data for an offence outside Article 5(4)",
    "D8": "the service is not covered by the Regulation",
    "D9": "immunity, privilege or press protection",
    "D10": "conflict with the law of a third country",
}


_NOTHING = Supplied()
# That nothing leaves on a preservation order is no reason against it.
_NO_GROUND = "P0"
# Immunity and the law of a third country are told to the enforcing authority too, whether or not it was notified.
_ALWAYS_TOLD = frozenset({"D9", "D10"})


class AnnexIII(Record):
    """The content of the form of Annex III, Sections A to H. Its words are English whatever the language of the demand.

    `told` says to whom it goes besides the issuing authority, and why; `conflict` is Section E.
    """

    is_preservation: bool
    provider: Provider
    issuing: str
    issuing_file: str
    validating: str
    issued: str
    received: Moment
    enforcing: str
    addressee_file: str
    boxes: tuple[tuple[str, str, bool], ...]
    explanation: tuple[str, ...]
    conflict: ThirdCountryConflict | None
    told: str
    needed: tuple[str, ...]
    preserved: bool
    at: Moment
    law: str
    reviewed_by: str | None


def annex_iii(
    *,
    decision: Decision,
    demand: Demand,
    provider: Provider,
    assessment: Assessment,
    at: datetime,
    supplied: Supplied = _NOTHING,
) -> AnnexIII:
    """Return the form of Annex III with every ground that was found, not only the first."""
    if not isinstance(demand.form, Epoc):
        raise TypeError("Annex III answers a European certificate and nothing else")
    form, head = demand.form, demand.head
    failing = [each for each in assessment.findings if each.outcome is Outcome.NOT_MET and each.rule != _NO_GROUND]
    grounds = tuple(f"{finding.title}: not met. {finding.fact} ({finding.citation})" for finding in failing)
    return AnnexIII(
        is_preservation=form.form == "eu.epoc_pr",
        provider=provider,
        issuing=head.authority or "",
        issuing_file=head.reference or "",
        validating=form.A.validating_authority or "",
        issued=f"{head.issued_on:%d %B %Y}" if head.issued_on else "not stated",
        received=demand.arrival.received_at,
        enforcing=form.K.notified or "" if form.K else "",
        addressee_file=decision.case,
        boxes=tuple((code, label, code in decision.annex_iii) for code, label in BOXES.items()),
        explanation=(decision.reason, *grounds),
        conflict=supplied.conflict if "D10" in decision.annex_iii else None,
        told=_told(form, provider, set(decision.annex_iii)),
        needed=tuple(finding.title for finding in failing if {"D1", "D2", "D3"} & set(finding.annex_iii)),
        preserved=decision.kind is not DecisionKind.NOTHING_HELD,
        at=at,
        law=assessment.pack,
        reviewed_by=assessment.reviewed_by,
    )


def _told(form: Epoc, provider: Provider, boxes: set[str]) -> str:
    """Return to whom the form goes besides the issuing authority (Art. 10(5) to (8), 11(4), 17(1)); nobody, an empty text."""
    if form.K and form.K.notified:
        return f"{form.K.notified}, which was notified of the order."
    if boxes & _ALWAYS_TOLD:
        return (
            f"The enforcing authority of {provider.member_state}, because of {', '.join(sorted(boxes & _ALWAYS_TOLD))}."
        )
    return ""
